"""Sources are written into config.toml; every other byte of it stays as it is.

tomlkit writes the new tables. They go in as text, below the last ``[[source]]``, so
that comments, order, indentation and line ends of the rest cannot change; what comes
out is read back and compared before it is kept. Where sources are not written as
``[[source]]`` tables, tomlkit rewrites the document instead.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from syndicate.config.environment import Environment
from syndicate.config.form import SourceForm
from syndicate.config.lines import line_numbers
from syndicate.config.load import load
from syndicate.config.mistakes import from_validation, written
from syndicate.config.settings import Settings
from syndicate.config.words import _
from syndicate.errors import ConfigError
from syndicate.files import alone, beside, fill, settle

Table = Mapping[str, Any]
_BOM = "\ufeff"
_EXAMPLE = re.compile(r"^\s*#\s*\[\[source\]\]")


def mistakes_of(source: Table) -> tuple[str, ...]:
    """What is wrong with one source by itself, ``url: …``; () if it can be written."""
    try:
        SourceForm.model_validate(dict(source))
    except ValidationError as error:
        return tuple(
            f"{written(mistake.path)}: {mistake.text}"
            for mistake in from_validation(error)
        )
    return ()


def as_toml(sources: Sequence[Table]) -> str:
    """The sources as ``[[source]]`` tables, a blank line between two."""
    tables = tomlkit.aot()
    for source in sources:
        table = tomlkit.table()
        for key, value in source.items():
            table.add(key, value)
        tables.append(table)
    document = tomlkit.document()
    document.add("source", tables)
    text = tomlkit.dumps(document).strip("\n")
    return re.sub(r"\n+(?=\[\[source\]\])", "\n\n", text) + "\n"


def add_sources(
    path: Path, environment: Environment, sources: Sequence[Table]
) -> Settings:
    """Write ``sources`` into the config.toml at ``path``, all of them or none.

    The file is replaced in one step, and only if the new one passes every check;
    raises ConfigError with what is wrong, and nothing is written. Gives the new
    settings.
    """
    target = path.resolve()
    with alone(target.parent):
        before = _read(target)
        after = with_sources(before, sources)
        return _replaced(target, after, environment)


def with_sources(text: str, sources: Sequence[Table]) -> str:
    """The text of a config.toml with ``sources`` below those that it has.

    Raises ConfigError if ``text`` is not TOML.
    """
    if not sources:
        return text
    try:
        document = tomllib.loads(text.removeprefix(_BOM).replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        said = _("is not TOML: {said}").format(said=error)
        raise ConfigError((f"config.toml: {said}",)) from None
    block = as_toml(sources)
    lines = text.splitlines(keepends=True)
    for place in (_place(text, [line.strip() for line in lines]), len(lines)):
        added = _inserted(text, lines, place, block)
        if _adds_exactly(document, added, sources):
            return added
    return _rewritten(text, document, sources)


def _adds_exactly(before: dict[str, Any], text: str, sources: Sequence[Table]) -> bool:
    """Say whether ``text`` means the old document and the new sources, no more."""
    try:
        after = tomllib.loads(text.removeprefix(_BOM).replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        return False
    wanted = [*before.get("source", []), *(_plain(one) for one in sources)]
    return after == {**before, "source": wanted}


def _plain(source: Table) -> dict[str, Any]:
    return {
        key: dict(value) if isinstance(value, Mapping) else _listed(value)
        for key, value in source.items()
    }


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _inserted(text: str, lines: list[str], place: int, block: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    head, tail = "".join(lines[:place]), "".join(lines[place:])
    if head and not head.endswith(("\n", "\r")):
        head += end
    gap = end if head.strip() else ""
    follow = end if tail.strip() and not tail.startswith(("\n", "\r")) else ""
    return head + gap + block.replace("\n", end) + follow + tail


def _place(text: str, lines: list[str]) -> int:
    """The number of lines before the place for a new source.

    It is below the last source, and what is commented right under its settings is
    still that source's; below the example in a config.toml without sources; or else
    the end.
    """
    heads = sorted(
        (number, path)
        for path, number in line_numbers(text).items()
        if lines[number - 1].startswith("[")
    )
    ours = [number for number, path in heads if path[0] == "source"]
    if not ours:
        return _below_example(lines)
    after = (number for number, path in heads if number > ours[-1])
    return _without_remarks(lines, next(after, len(lines) + 1) - 1)


def _without_remarks(lines: list[str], end: int) -> int:
    """Leave out blank lines, and comments that stand apart, before line ``end``."""
    while True:
        while end and not lines[end - 1]:
            end -= 1
        start = end
        while start and lines[start - 1].startswith("#"):
            start -= 1
        if start == end or (start and lines[start - 1]):
            return end
        end = start


def _below_example(lines: list[str]) -> int:
    found = [place for place, line in enumerate(lines) if _EXAMPLE.match(line)]
    if not found:
        return len(lines)
    end = found[-1]
    while end < len(lines) and lines[end].startswith("#"):
        end += 1
    return end


def _rewritten(text: str, before: dict[str, Any], sources: Sequence[Table]) -> str:
    """The document as tomlkit writes it, for sources that are an inline array."""
    try:
        document: Any = tomlkit.parse(text.removeprefix(_BOM))
        for source in sources:
            table = tomlkit.inline_table()
            table.update(_plain(source))
            document["source"].append(table)
        added = (_BOM if text.startswith(_BOM) else "") + tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, AttributeError, ValueError):
        added = text
    if not _adds_exactly(before, added, sources):
        raise ConfigError(
            (_("config.toml: write its sources as [[source]] tables first"),)
        )
    return added


# ── The file ─────────────────────────────────────────────────────────────────


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        said = _("{path}: there is no such file; `syndicate init` writes one")
        raise ConfigError((said.format(path=path),)) from None
    except UnicodeDecodeError:
        said = _("is not UTF-8; save it in that encoding")
        raise ConfigError((f"{path.name}: {said}",)) from None


def _replaced(path: Path, text: str, environment: Environment) -> Settings:
    """Check ``text`` beside the file, and put it in its place."""
    fresh = beside(path)
    try:
        fill(fresh, text.encode())
        settings = _checked(fresh, path, environment)
        fresh.chmod(path.stat().st_mode & 0o7777)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    settle(path.parent)
    return settings


def _checked(fresh: Path, path: Path, environment: Environment) -> Settings:
    try:
        return load(fresh, environment)
    except ConfigError as error:
        told = (said.replace(fresh.name, path.name) for said in error.mistakes)
        raise ConfigError(tuple(told)) from None
