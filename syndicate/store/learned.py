"""What the learner knows, in parts that it names itself.

Every write gives its parts one version, higher than all before: a process sees by the
head alone whether what it holds is old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, select

from syndicate.store.bulk import insert_rows, rows_in, run_many
from syndicate.store.schema import learned

HEAD = "head"
"""The part that changes with every write."""

_DECISION = "decision/"
# As many digits as a row's number may have, so that text sorts as numbers do.
_DIGITS = 19
_COLUMNS = ("part", "version", "content")
_OF = "SELECT part, content FROM learned WHERE part IN {some}"
_VERSION = select(learned.c.version).where(learned.c.part == HEAD)


def version(connection: Connection) -> int:
    """Of the newest state; 0 if nothing was ever learnt."""
    return connection.scalar(_VERSION) or 0


def read(connection: Connection, parts: Iterable[str]) -> dict[str, bytes]:
    """Those of the parts that are there."""
    rows = rows_in(connection, _OF, sorted(set(parts)))
    return {part: bytes(content) for part, content in rows}


def decisions(connection: Connection, keys: Iterable[int]) -> dict[int, bytes]:
    """Those of the decisions that are kept, by key."""
    rows = rows_in(connection, _OF, [_name(key) for key in sorted(set(keys))])
    return {_key(part): bytes(content) for part, content in rows}


def next_keys(connection: Connection, after: int, count: int) -> list[int]:
    """Up to ``count`` keys of decisions that follow a key, going round, each once."""
    found = _keys(connection, learned.c.part > _name(after), count)
    if len(found) < count:
        found += _keys(connection, learned.c.part <= _name(after), count - len(found))
    return found


def write(
    connection: Connection,
    parts: Mapping[str, bytes],
    kept: Mapping[int, bytes],
    gone: Sequence[int] = (),
) -> int:
    """Keep parts and decisions in place of what was there; gives their version.

    ``parts`` must hold the head. To be called by whoever may write.
    """
    new = version(connection) + 1
    named = dict(parts) | {_name(key): content for key, content in kept.items()}
    rows = [(part, new, content) for part, content in sorted(named.items())]
    insert_rows(connection, learned, _COLUMNS, rows, known="replace")
    left = [(_name(key),) for key in sorted(set(gone).difference(kept))]
    run_many(connection, "DELETE FROM learned WHERE part = ?", left)
    return new


def clear(connection: Connection) -> None:
    """Forget everything but how often it was written."""
    connection.execute(delete(learned).where(learned.c.part != HEAD))


def _keys(connection: Connection, where: object, count: int) -> list[int]:
    query = (
        select(learned.c.part)
        .where(where, learned.c.part.like(f"{_DECISION}%"))  # type: ignore[arg-type]  # a comparison
        .order_by(learned.c.part)
        .limit(count)
    )
    return [_key(part) for part in connection.scalars(query)]


def _name(key: int) -> str:
    return f"{_DECISION}{key:0{_DIGITS}}"


def _key(part: str) -> int:
    return int(part.removeprefix(_DECISION))
