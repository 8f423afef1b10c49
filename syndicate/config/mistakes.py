"""What is wrong with a config.toml, and what would be right, one line for each."""

from __future__ import annotations

import difflib
import inspect
import json
import re
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from syndicate.config.form import ConfigForm
from syndicate.config.lines import Path
from syndicate.config.words import _

_ALTERNATIVES = ("function-", "literal[", "constrained-", "[key]")
"""How pydantic names the alternatives of ``A | B`` in a path; no setting does."""
_PLAIN = {
    "tuple_type": 'must be a list: ["one", "two"]',
    "string_type": 'must be a text: "…"',
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}
"""pydantic's kind of mistake → what would be right."""
_WORDS = (
    _('must be a list: ["one", "two"]'),
    _('must be a text: "…"'),
    _("must be true or false"),
    _("must be a whole number"),
    _("must be a number"),
    _("must not be empty"),
    _("category"),
    _("source"),
)
"""What is shown as ``_(said)``, named here so that it is translated."""
_TABLES = ("dict_type", "model_type", "model_attributes_type")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where, and what a person should know of it."""

    path: Path
    text: str


def from_validation(error: ValidationError) -> list[Mistake]:
    """Turn pydantic's report into mistakes; alternatives of one key are one mistake."""
    mistakes: dict[Path, Mistake] = {}
    for detail in error.errors(include_url=False):
        path = plain_path(detail["loc"])
        mistakes.setdefault(path, Mistake(path, _text(detail, path)))
    return list(mistakes.values())


def unknown(
    path: Path, value: str, known: Iterable[str], what: str, where: str
) -> Mistake:
    """Make the mistake of naming something that is not there."""
    said = _('there is no {what} "{value}"').format(what=_(what), value=value)
    return Mistake(path, f"{said}{suggest(value, known, where)}")


def suggest(value: str, known: Iterable[str], otherwise: str = "") -> str:
    """Give ``; did you mean "…"?`` for a near miss, else what would be right."""
    near = difflib.get_close_matches(value, list(known), n=1, cutoff=0.6)
    if near:
        return _('; did you mean "{near}"?').format(near=near[0])
    return f"; {otherwise}" if otherwise else ""


def written(path: Path) -> str:
    """Write a path as a person would: ``source[2].selectors.item``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text or "config.toml"


def plain_path(location: Sequence[str | int]) -> Path:
    """Drop what pydantic adds for alternatives: names of types, "literal['']"."""
    return tuple(
        part
        for part in location
        if isinstance(part, int)
        or not (part == "str" or part.startswith(_ALTERNATIVES))
    )


def _text(detail: ErrorDetails, path: Path) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return _("is missing; it must be set")
        case "extra_forbidden":
            names = _keys_of(path[:-1])
            listed = ", ".join(sorted(names))
            name = str(path[-1])
            otherwise = _("known here: {listed}").format(listed=listed)
            return _("is not a setting") + suggest(name, names, otherwise)
        case "literal_error":
            value = detail["input"]
            allowed = str(context["expected"]).replace("'", '"')
            names = re.findall(r'"([^"]*)"', allowed)
            near = suggest(str(value), names)
            said = _('"{value}" is not allowed{near} (use {allowed})')
            return said.format(value=value, near=near, allowed=allowed)
        case "value_error":
            return str(context["error"])
        case _:
            return _otherwise(detail, path)


def _otherwise(detail: ErrorDetails, path: Path) -> str:
    """Say what would be right, and what stands there."""
    kind, found = detail["type"], detail["input"]
    name = ".".join(str(part) for part in path if isinstance(part, str))
    if kind == "tuple_type" and isinstance(found, dict):
        return _("is one table; write [[{name}]] with two brackets").format(name=name)
    if kind in _TABLES:
        table = "category.SLUG" if path[:1] == ("category",) else name
        said = _("must be a table, [{table}], not {found}")
        return said.format(table=table, found=_shown(found))
    said = _PLAIN.get(kind, f"{detail['msg'][:1].lower()}{detail['msg'][1:]}")
    return _("{said}, not {found}").format(said=_(said), found=_shown(found))


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _keys_of(path: Path) -> list[str]:
    """Name the keys that the table at ``path`` may hold."""
    form: type[BaseModel] = ConfigForm
    for part in path:
        if isinstance(part, str) and part in form.model_fields:
            inner = _form_in(form.model_fields[part].annotation)
            form = inner or form
    return list(form.model_fields)


def _form_in(annotation: object) -> type[BaseModel] | None:
    """Find the table inside ``tuple[Table, ...]``, ``dict[str, Table]`` and such."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    found = (_form_in(part) for part in typing.get_args(annotation))
    return next((form for form in found if form), None)
