"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    String,
    Text,
    TypeDecorator,
)

from syndicate.store.codecs import storable

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's number; SQLite counts by itself only in a column called INTEGER."""


_REMEMBERED = 1_000
"""Characters; a longer one would take up memory."""
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """A moment to the microsecond: aware in, UTC out.

    PostgreSQL has ``timestamptz``. SQLite has text, written in UTC with a fixed width
    so that it sorts as time does.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """UTC for the database.

        :raises ValueError: ``value`` has no time zone
        """
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        moment = in_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: Any | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """An aware datetime in UTC."""
        if not isinstance(value, datetime):
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Name(TypeDecorator[str]):
    """Short text: keys, uids, states; what cannot be stored is replaced.

    See :func:`~syndicate.store.codecs.storable`.
    """

    impl = String
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> str | None:
        """Text that both engines take."""
        return None if value is None else storable(value)


class Prose(Name):
    """Text of any length, from outside."""

    impl = Text
    cache_ok = True


def fits(number: int) -> bool:
    """Can ``number`` stand in a column? SQLite's driver fails beyond 64 bits.

    To be asked of numbers that come from people.
    """
    return -(2**63) <= number < 2**63


def in_utc(value: datetime) -> datetime:
    """The same moment; at the ends of the calendar the nearest that UTC has.

    ``0001-01-01T00:00:00+07:00`` is what some portals print for "no date", and lies
    before the first moment of UTC.
    """
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return _FIRST if value.year == 1 else _LAST


def mark(text: str) -> str:
    """32 hexadecimal digits that stand for ``text`` in an index.

    PostgreSQL cannot index a value of more than 2,704 bytes, and addresses in the
    wild are longer than that.
    """
    return _mark(text) if len(text) <= _REMEMBERED else _mark.__wrapped__(text)


@lru_cache(maxsize=2_048)
def _mark(text: str) -> str:
    """What is looked up is kept a moment later, under the same marks."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
