"""Keeps the index of words that search looks into: one row an entry.

Whoever adds or changes entries notes them as waiting, in the same transaction; they
are indexed many at once, which costs a fifth. What is in the index and no longer in
``searchable`` is never found, whatever became of its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from syndicate.store.bulk import as_moment, insert_rows, loaded, rows_in, run_many
from syndicate.store.schema import searchable, unsearched
from syndicate.text.sought import Sought, pairs, sought

TOGETHER = 1_000
"""Entries that are indexed in one transaction."""
A_DAY = 1 << 17
"""Numbers that a day has; the entries of a fuller one go on in the next day's."""

_DAY = 86_400
_ENTRIES = """
    SELECT id, source, title, lead, text, captions, authors, published_at, seen_at
    FROM entries WHERE id IN {some}
"""
_KNOWN = "SELECT entry_id, number, at, print FROM searchable WHERE entry_id IN {some}"
_LAST = "SELECT max(number) FROM searchable WHERE number >= ? AND number < ?"
_WAITING = "SELECT entry_id FROM unsearched ORDER BY entry_id LIMIT ?"
_DROP = "DELETE FROM searchable WHERE number = ?"
_EMPTY = "UPDATE searchable SET entry_id = NULL WHERE number = ?"
_PARTS = "exact, plain"
_ADD = f"INSERT INTO search_words (rowid, {_PARTS}) VALUES (?, ?, ?)"  # noqa: S608 - our own names
_REMOVE = (
    f"INSERT INTO search_words (search_words, rowid, {_PARTS}) "  # noqa: S608 - our own names
    "VALUES ('delete', ?, ?, ?)"
)
_FILL = """
    INSERT INTO searchable (number, entry_id, at, print, words)
    VALUES (?, ?, ?, ?, array_to_tsvector(string_to_array(?, ' ')))
"""


@dataclass(frozen=True, slots=True)
class _Text:
    """An entry as the index has it."""

    entry_id: int
    at: int
    """Seconds since 1970."""
    sought: Sought
    print: int


def first_of_day(at: int) -> int:
    """The first number of the day of ``at``, in seconds since 1970; UTC."""
    return at // _DAY * A_DAY


def note(connection: Connection, ids: Iterable[int]) -> None:
    """Note that these entries are to be indexed, anew if they are already."""
    rows = [(one,) for one in ids]
    insert_rows(connection, unsearched, ("entry_id",), rows, known="keep")


def waiting(connection: Connection, most: int) -> int:
    """How many entries wait to be indexed; ``most`` if there are more."""
    query = f"SELECT count(*) FROM ({_WAITING}) AS them"  # noqa: S608 - our own words
    return int(_execute(connection, query, most).scalar_one())


def index_waiting(connection: Connection, most: int = TOGETHER) -> int:
    """Index up to ``most`` entries that wait; returns how many. 0: none waits.

    Call inside a transaction that writes, until it returns 0.
    """
    ids = [one for (one,) in _execute(connection, _WAITING, most)]
    if ids:
        _index(connection, ids)
        rows = [(one,) for one in ids]
        run_many(connection, "DELETE FROM unsearched WHERE entry_id = ?", rows)
    return len(ids)


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Take entries out of the index, while their texts are still as they were.

    To be called before they are changed or removed.
    """
    known = _known(connection, ids)
    if known:
        _take_out(connection, _texts(connection, known), known)
    rows = [(one,) for one in ids]
    run_many(connection, "DELETE FROM unsearched WHERE entry_id = ?", rows)


def rebuild(connection: Connection) -> None:
    """Empty the index and let every entry wait; ``index_waiting`` fills it again."""
    connection.exec_driver_sql("DELETE FROM searchable")
    if _is_sqlite(connection):
        command = "INSERT INTO search_words (search_words) VALUES ('delete-all')"
        connection.exec_driver_sql(command)
    connection.exec_driver_sql("DELETE FROM unsearched")
    connection.exec_driver_sql("INSERT INTO unsearched SELECT id FROM entries")


# ── How ──────────────────────────────────────────────────────────────────────


class _Row(NamedTuple):
    """A row of ``searchable``, without what it leads to."""

    number: int
    at: int
    print: int


def _index(connection: Connection, ids: Sequence[int]) -> None:
    known = _known(connection, ids)
    texts = _texts(connection, ids)
    changed = [one for one in texts if not _is_as_it_was(one, known.get(one.entry_id))]
    _take_out(connection, changed, known)
    numbered = _numbered(connection, changed)
    if _is_sqlite(connection):
        columns = ("number", "entry_id", "at", "print")
        rows = [(number, one.entry_id, one.at, one.print) for number, one in numbered]
        insert_rows(connection, searchable, columns, rows)
        # In rising order: else SQLite would write a piece of the index for each.
        run_many(connection, _ADD, [(n, *_columns(one)) for n, one in numbered])
    else:
        full = [
            (number, one.entry_id, one.at, one.print, _lexemes(one.sought))
            for number, one in numbered
        ]
        run_many(connection, _FILL, full)


def _is_as_it_was(one: _Text, row: _Row | None) -> bool:
    return row is not None and (row.at, row.print) == (one.at, one.print)


def _take_out(
    connection: Connection, texts: Iterable[_Text], known: Mapping[int, _Row]
) -> None:
    """Remove the rows of those that are known, and their words."""
    old = [(known[one.entry_id], one) for one in texts if one.entry_id in known]
    if not _is_sqlite(connection):
        run_many(connection, _DROP, [(row.number,) for row, _ in old])
        return
    # SQLite must be told the words that it has. Those of a text that is not as it was
    # stay, and so does their number, which leads to no entry.
    same = sorted(
        (row.number, *_columns(one)) for row, one in old if row.print == one.print
    )
    run_many(connection, _DROP, [one[:1] for one in same])
    run_many(connection, _REMOVE, same)
    lost = [(row.number,) for row, one in old if row.print != one.print]
    run_many(connection, _EMPTY, lost)


def _known(connection: Connection, ids: Iterable[int]) -> dict[int, _Row]:
    rows = rows_in(connection, _KNOWN, ids)
    return {entry_id: _Row(*rest) for entry_id, *rest in rows}


def _texts(connection: Connection, ids: Iterable[int]) -> list[_Text]:
    return [_text(*row) for row in rows_in(connection, _ENTRIES, sorted(ids))]


def _text(entry_id: int, *row: Any) -> _Text:
    source, title, lead, text, captions, authors, published, seen = row
    words = sought(
        source=source,
        title=title,
        # A lead is most often the first paragraph.
        texts=(*(() if lead in text else (lead,)), text, *(loaded(captions) or ())),
        authors=loaded(authors) or (),
    )
    return _Text(entry_id, _seconds(published, seen), words, words.print)


def _seconds(published: Any, seen: Any) -> int:
    """When it was published, but not later than we saw it; in seconds since 1970."""
    first = as_moment(seen)
    if published is not None:
        first = min(first, as_moment(published))
    return int(first.timestamp())


def _numbered(
    connection: Connection, texts: Iterable[_Text]
) -> list[tuple[int, _Text]]:
    """Each with a free number of its day, in rising order."""
    days: defaultdict[int, list[_Text]] = defaultdict(list)
    for one in texts:
        days[one.at // _DAY].append(one)
    found: list[tuple[int, _Text]] = []
    while days:
        day = min(days)
        some = sorted(days.pop(day), key=attrgetter("entry_id"))
        free = range(_next(connection, day), (day + 1) * A_DAY)
        found += zip(free, some, strict=False)
        if len(some) > len(free):
            days[day + 1] += some[len(free) :]
    return found


def _next(connection: Connection, day: int) -> int:
    """The first free number of a day, or that after its last."""
    first = day * A_DAY
    last = _execute(connection, _LAST, first, first + A_DAY).scalar()
    return first if last is None else int(last) + 1


def _columns(one: _Text) -> tuple[str, str]:
    return one.sought.exact, one.sought.plain


def _lexemes(words: Sought) -> str:
    """Its tokens, words, and pairs of words.

    PostgreSQL looks a phrase up in the texts that have its words; a pair is a word to
    it. So it needs no places, and none of its limits on them is met.
    """
    return " ".join((words.exact, words.plain, *pairs(words.plain)))


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _execute(connection: Connection, statement: str, *values: Any) -> Any:
    if not _is_sqlite(connection):
        statement = statement.replace("?", "%s")
    return connection.exec_driver_sql(statement, values)
