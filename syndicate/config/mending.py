"""A document with mistakes, mended enough for its tables to be held together.

What must agree between tables can only be checked on tables that are right. So that
every mistake is reported at once, what is wrong is taken out and what is missing is
put in, and the rest is checked; what is said of the patches is nobody's mistake.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from syndicate.config.form import ConfigForm
from syndicate.config.lines import Path
from syndicate.config.mistakes import plain_path

_PATCHES: dict[str, dict[str, str]] = {
    "site": {"title": "x", "base_url": "https://x.invalid", "contact": "x@x.example"},
    "source": {
        "key": "x{}",
        "title": "x",
        "kind": "feed",
        "url": "https://x{}.invalid/",
    },
    "feed": {"key": "x{}", "title": "x"},
    "digest": {"key": "x{}", "title": "x"},
}
_ROUNDS = 5
"""Taking out one mistake may show another behind it."""


def mended(document: dict[str, Any]) -> ConfigForm | None:
    """Return the form of ``document`` without its mistakes; None if hopeless."""
    patched = copy.deepcopy(document)
    patched.setdefault("site", {})
    for _round in range(_ROUNDS):
        try:
            return ConfigForm.model_validate(patched)
        except ValidationError as error:
            _patch(patched, [plain_path(one["loc"]) for one in error.errors()])
    return None


def _patch(document: dict[str, Any], paths: Iterable[Path]) -> None:
    for path in paths:
        _take_out(document, path)
        if isinstance(table := document.get(str(path[0])), list):
            for index, item in enumerate(table):
                if isinstance(item, dict) and index in path[1:2]:
                    _fill(item, str(path[0]), index)
        elif isinstance(table, dict):
            _fill(table, str(path[0]), 0)
    for category in document.get("category", {}).values():
        category.setdefault("title", "x")
    document.setdefault("site", dict(_PATCHES["site"]))


def _fill(table: dict[str, Any], name: str, index: int) -> None:
    for key, value in _PATCHES.get(name, {}).items():
        table.setdefault(key, value.format(index))


def _take_out(document: dict[str, Any], path: Path) -> None:
    """Delete what stands at ``path``, or the last thing on the way that is there.

    What is missing inside a small table takes that table with it; the large ones
    are filled up.
    """
    holder: Any = document
    for depth, part in enumerate(path):
        inner = _inside(holder, part)
        last = depth == len(path) - 1
        if inner is None and depth > 2:
            _take_out(document, path[:depth])
            return
        if last or not isinstance(inner, dict | list):
            _delete(holder, part, whole=depth > 1)
            return
        holder = inner


def _inside(holder: Any, part: str | int) -> Any:
    try:
        return holder[part]
    except (KeyError, IndexError, TypeError):
        return None


def _delete(holder: Any, part: str | int, *, whole: bool) -> None:
    """Delete a key; of a list inside a table everything, of tables the one."""
    if isinstance(holder, dict):
        holder.pop(part, None)
    elif isinstance(holder, list) and whole:
        holder.clear()
    elif isinstance(holder, list) and isinstance(part, int) and part < len(holder):
        holder[part] = {}
