"""On which line of a TOML document a setting stands.

``tomllib`` forgets lines. This scanner reads nothing but table heads and keys; the
values are left to ``tomllib``, which has read the document before us.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEAD = re.compile(r"^\s*(\[\[|\[)\s*(.+?)\s*(\]\]|\])\s*(#.*)?$")
_PART = re.compile(
    r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$)"""
)
_KEY = re.compile(
    r"""^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_.\s-])+?)\s*=\s*(.*)$"""
)
_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')


def line_numbers(text: str) -> dict[Path, int]:
    """Return the 1-based line of every table head, key and array element's table.

    Array tables are counted: the second ``[[source]]`` is ``("source", 1)``.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    open_value = _Value()
    for number, line in enumerate(text.splitlines(), start=1):
        if open_value.pending:
            open_value.feed(line)
        elif head := _HEAD.match(line):
            table = _enter(_split(head[2]), array=head[1] == "[[", counts=counts)
            lines.setdefault(table, number)
            if table and isinstance(table[-1], int):
                lines.setdefault(table[:-1], number)
        elif key := _KEY.match(line):
            path = table + _split(key[1])
            for depth in range(len(table) + 1, len(path) + 1):
                lines.setdefault(path[:depth], number)
            open_value.feed(key[2])
    return lines


def line_of(path: Path, lines: dict[Path, int]) -> int:
    """Return the line of ``path``, or of the nearest thing that holds it (else 1)."""
    for length in range(len(path), 0, -1):
        if (found := lines.get(path[:length])) is not None:
            return found
    return 1


def _split(dotted: str) -> Path:
    parts = (match for match in _PART.finditer(dotted) if match[0])
    return tuple(
        next(g for g in match.groups()[:3] if g is not None) for match in parts
    )


def _enter(parts: Path, *, array: bool, counts: dict[Path, int]) -> Path:
    """Give the full path of a table head: array tables on the way get their index."""
    path: Path = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        last = position == len(parts) - 1
        if last and array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


class _Value:
    """Follows a value over lines until its brackets and long strings are closed."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""

    @property
    def pending(self) -> bool:
        return bool(self._depth or self._quote)

    def feed(self, rest: str) -> None:
        position = 0
        while position < len(rest):
            if self._quote:
                end = rest.find(self._quote, position)
                if end < 0:
                    return
                position, self._quote = end + 3, ""
                continue
            token = _TOKEN.search(rest, position)
            if token is None:
                return
            position = token.end()
            if token[0] in ('"""', "'''"):
                self._quote = token[0]
            elif token[0] in "[{":
                self._depth += 1
            elif token[0] in "]}":
                self._depth -= 1
