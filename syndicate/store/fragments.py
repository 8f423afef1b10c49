"""Stories as parts of documents, rendered and deflated.

They are made again at any time: what is not here costs the time to render it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from secrets import token_hex
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Connection, delete, func, select

from syndicate.store.bulk import insert_rows, rows_in
from syndicate.store.rows import portions
from syndicate.store.schema import fragments

_COLUMNS = ("story_id", "form", "stamp", "content", "packed")
_SOME = """
    SELECT story_id, content, packed FROM fragments
    WHERE story_id IN {some} AND form = ? AND stamp = ?
"""
_WORD = "SELECT stamp FROM fragments WHERE story_id = 0 AND form = ''"
_MOST = 32_000_000
_Part = TypeVar("_Part")


class Part(NamedTuple):
    """A part of a document, as it is and deflated: publish.fragments.Fragment."""

    content: bytes
    packed: bytes


def get_many(
    connection: Connection, story_ids: Collection[int], form: str, stamp: str
) -> dict[int, Part]:
    """Rendered stories, by number; those of another stamp are left out."""
    if not story_ids:
        return {}
    found = rows_in(connection, _SOME, sorted(set(story_ids)), form, stamp)
    return {
        story: Part(bytes(content), bytes(packed)) for story, content, packed in found
    }


class Kept(Generic[_Part]):
    """Parts that a process remembers from run to run.

    What is remembered holds as long as nobody has forgotten a part since: the store
    has a word for that, which every :func:`forget` changes. A process that forgets
    some itself goes on with the others.
    """

    def __init__(
        self, build: Callable[[bytes, bytes], _Part], most: int = _MOST
    ) -> None:
        """``most`` bytes are remembered, the newest."""
        self._build, self._most = build, most
        self._parts: dict[tuple[str, str], dict[int, tuple[_Part, int]]] = {}
        self._size = 0
        self._word = ""
        self._lock = Lock()

    def known(
        self, word: str, form: str, stamp: str, ids: Collection[int]
    ) -> dict[int, _Part]:
        """Return what is remembered of some stories, if ``word`` still holds."""
        with self._lock:
            if word != self._word:
                self._parts, self._size, self._word = {}, 0, word
            parts = self._parts.get((form, stamp), {})
            return {one: parts[one][0] for one in ids if one in parts}

    def add(
        self, word: str, form: str, stamp: str, new: Mapping[int, tuple[bytes, bytes]]
    ) -> dict[int, _Part]:
        """Remember parts that were loaded while ``word`` held."""
        made = {one: self._build(*each) for one, each in new.items()}
        with self._lock:
            if word == self._word:
                size = {one: len(each[0]) + len(each[1]) for one, each in new.items()}
                if self._size + sum(size.values()) > self._most:
                    self._parts, self._size = {}, 0
                parts = self._parts.setdefault((form, stamp), {})
                self._size += sum(size[one] for one in made if one not in parts)
                parts.update((one, (part, size[one])) for one, part in made.items())
        return made

    def forget(self, before: str, after: str, ids: Collection[int]) -> None:
        """Forget some parts, and follow the store from one word to the next."""
        with self._lock:
            if self._word != before:
                return
            self._word = after
            for parts in self._parts.values():
                self._size -= sum(parts.pop(one)[1] for one in ids if one in parts)


def recall(
    connection: Connection,
    story_ids: Collection[int],
    form: str,
    stamp: str,
    kept: Kept[_Part],
) -> dict[int, _Part]:
    """As :func:`get_many`, without loading what is remembered."""
    word = _word(connection)
    found = kept.known(word, form, stamp, story_ids)
    unknown = [one for one in story_ids if one not in found]
    if unknown:
        loaded = get_many(connection, unknown, form, stamp)
        found |= kept.add(word, form, stamp, loaded)
    return found


def save(
    connection: Connection, form: str, stamp: str, made: Iterable[tuple[int, Part]]
) -> None:
    """Keep rendered stories."""
    rows = [(story, form, stamp, one.content, one.packed) for story, one in made]
    insert_rows(connection, fragments, _COLUMNS, rows, known="replace")


def forget(
    connection: Connection,
    story_ids: Collection[int],
    kept: Kept[_Part] | None = None,
) -> None:
    """Forget how stories looked; ``kept`` by this process does so, too."""
    gone = 0
    for some in portions(sorted(story_ids)):
        which = fragments.c.story_id.in_(some)
        gone += connection.execute(delete(fragments).where(which)).rowcount
    if not gone:
        return
    before, after = _word(connection), _new_word(connection)
    if kept is not None:
        kept.forget(before, after, story_ids)


def forget_all(connection: Connection) -> None:
    """Forget how all stories looked."""
    connection.execute(delete(fragments))
    _new_word(connection)


def keep(connection: Connection, story_ids: Collection[int]) -> int:
    """Forget all other stories; how many were forgotten."""
    known = set(connection.scalars(select(fragments.c.story_id).distinct()))
    surplus = known - set(story_ids) - {0}
    forget(connection, surplus)
    return len(surplus)


def _word(connection: Connection) -> str:
    """Return the word that holds while nothing is forgotten."""
    row = connection.exec_driver_sql(_WORD).first()
    return row[0] if row else ""


def _new_word(connection: Connection) -> str:
    """Say that something was forgotten; kept as the part of a story that is none."""
    word = token_hex(8)
    row = (0, "", word, b"", b"")
    insert_rows(connection, fragments, _COLUMNS, [row], known="replace")
    return word


def count(connection: Connection) -> int:
    """How many rows are kept."""
    query = select(func.count()).select_from(fragments)
    return connection.execute(query.where(fragments.c.story_id != 0)).scalar_one()
