"""Members in a table file: CSV as programs write it, read and written.

Spreadsheets write semicolons, tabs, a mark of the byte order, UTF-16 and empty columns,
and take a cell that begins like a formula for one. So every text that begins so gets an
apostrophe in front when it is written, and loses it when it is read: what was
exported is imported as it was.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO

LONGEST_RECORD = 20
"""Lines of a record in quotes; a quote that stays open longer was never meant so."""
_FORMULA = re.compile("'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile("'+[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_LINE_END = re.compile("\r\n|\r|\n")
_TEXT_CELL = re.compile(r'="([^"]*)"')
"""How a spreadsheet is told that a number is text."""

HEADS = {
    "address": "address",
    "name": "name",
    "language": "language",
    "timezone": "timezone",
    "text_only": "text_only",
    "digests": "digests",
    "digest": "digests",
    "cadence": "cadence",
    "weekday": "weekday",
    "hour": "hour",
    "categories": "categories",
    "sources": "sources",
    "state": "state",
    "paused_until": "paused_until",
    "standing": "standing",
    "mark": "mark",
    "reason": "reason",
    "note": "note",
    "at": "at",
    # What others call them.
    "email": "address",
    "e-mail": "address",
    "email address": "address",
    "mail": "address",
    "địa chỉ": "address",
    "địa chỉ email": "address",
    "thư điện tử": "address",
    "full name": "name",
    "họ tên": "name",
    "họ và tên": "name",
    "tên": "name",
    "lists": "digests",
    "list": "digests",
    "language code": "language",
    "time zone": "timezone",
}
"""Words of a head line, in lower case → what we call the column."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or why it is none."""

    line: int
    """At which it begins; the head line is 1."""
    cells: dict[str, str] = field(default_factory=dict)
    """Column → text, without the columns that are empty or that we do not know."""
    trouble: str = ""


class SheetError(ValueError):
    """A file is no table that we can read; says why."""


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with its mark.

    :raises SheetError: it is in another encoding
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SheetError(
            f"line {line}: it is not UTF-8; save it as CSV UTF-8"
        ) from None


def rows(text: str) -> Iterator[Row]:
    """Read a table with a head line, row by row; a bad one spoils no other.

    :raises SheetError: there is no head line with a column for the address, or marks
    """
    lines = _LINE_END.split(text)
    at, separator = _separator(lines)
    if at >= len(lines):
        raise SheetError("it is empty")
    heads = [_head(cell) for cell in _cells(lines[at], separator) or []]
    if not {"address", "mark"} & set(heads):
        raise SheetError(
            'it has no column "address"; the first line must name the columns, '
            "such as address,name"
        )
    twice = {head for head in heads if head and heads.count(head) > 1}
    if twice:
        raise SheetError(f"two columns are {', '.join(sorted(twice))}")
    at += 1
    while at < len(lines):
        if not lines[at].strip(' ,;\t"\ufeff\u00a0'):
            at += 1
            continue
        cells, taken = _record(lines, at, separator)
        yield _row(at + 1, heads, cells)
        at += taken


def unknown_heads(text: str) -> list[str]:
    """Return the words of the head line that name no column of ours."""
    lines = _LINE_END.split(text)
    at, separator = _separator(lines)
    cells = _cells(lines[at], separator) if at < len(lines) else None
    return [cell for cell in cells or [] if cell.strip() and not _head(cell)]


def written(records: Iterable[Sequence[object]]) -> Iterator[str]:
    """Write records as lines of CSV (RFC 4180), guarded against formulas."""
    for record in records:
        line = StringIO()
        csv.writer(line).writerow([_guard(str(cell)) for cell in record])
        yield line.getvalue()


def _guard(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguard(cell: str) -> str:
    text = _TEXT_CELL.fullmatch(cell)
    if text:
        return text[1]
    return cell[1:] if _GUARDED.match(cell) else cell


def _separator(lines: Sequence[str]) -> tuple[int, str]:
    """The number of the head line, and what parts its cells."""
    at = 0
    while at < len(lines) and not lines[at].strip(" ,;\t\ufeff"):
        at += 1
    if at >= len(lines):
        return at, ","
    said = re.fullmatch(r'"?sep=(.)"?', lines[at].strip(" \r").lower())
    if said:
        return at + 1, said[1]
    found = [lines[at].count(one) for one in ",;\t"]
    return at, ",;\t"[found.index(max(found))]


def _head(cell: str) -> str:
    return HEADS.get(" ".join(cell.strip("\ufeff \u00a0").lower().split()), "")


def _record(
    lines: Sequence[str], at: int, separator: str
) -> tuple[list[str] | None, int]:
    """The cells of the record that begins at a line, and how many lines it has.

    A quote that is open at the end of a line goes on; one that never closes costs its
    own line and no other.
    """
    whole = lines[at]
    quotes = whole.count('"')
    if quotes % 2 == 0:
        return _cells(whole, separator), 1
    for more, line in enumerate(lines[at + 1 : at + LONGEST_RECORD], start=2):
        whole += "\n" + line
        quotes += line.count('"')
        if quotes % 2 == 0:
            cells = _cells(whole, separator)
            if cells is not None:
                return cells, more
            break
    return _cells(lines[at], separator), 1


def _cells(record: str, separator: str) -> list[str] | None:
    """The cells of a record; None if its quotes are wrong."""
    try:
        found = list(
            csv.reader(StringIO(record, newline=""), delimiter=separator, strict=True)
        )
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _row(line: int, heads: Sequence[str], cells: list[str] | None) -> Row:
    if cells is None:
        return Row(line, trouble="its quotes do not match")
    if any(cell.strip() for cell in cells[len(heads) :]):
        return Row(line, trouble="it has more cells than the head line")
    told = {
        head: _unguard(cell.strip(" \u00a0\ufeff"))
        for head, cell in zip(heads, cells, strict=False)
        if head and cell.strip(" \u00a0\ufeff")
    }
    return Row(line, told)
