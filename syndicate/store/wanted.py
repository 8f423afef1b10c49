"""Who is to get an issue, and what each of them wants to see of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, select

from syndicate.model import Digest
from syndicate.store.planned import Edition, receiving
from syndicate.store.schema import members, subscriptions

_AT_A_TIME = 500
_m, _s = members.c, subscriptions.c
_JOINED = subscriptions.join(members, _m.id == _s.member_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a copy depends on; ``member`` is 0 where several are counted together."""

    language: str
    text_only: bool
    categories: tuple[str, ...]
    sources: tuple[str, ...]
    member: int = 0


def edition(digest: Digest) -> Edition:
    """Say whose issues those of a digest are: who chose its cadence, or none."""
    own = digest.cadence.value
    cadences = (own,) if digest.parent else ("", own)
    return Edition(series=digest.series, cadences=cadences)


def counted(
    connection: Connection, edition: Edition, now: datetime
) -> Iterator[tuple[Person, int]]:
    """Yield what people want, and how many want the same."""
    topics, tellers = cast(_s.categories, Text), cast(_s.sources, Text)
    query = (
        select(
            _m.language,
            _m.text_only,
            func.min(_s.id).label("one"),
            func.count(_m.mailbox.distinct()).label("number"),
        )
        .select_from(_JOINED)
        .where(receiving(edition, now))
        .group_by(_m.language, _m.text_only, topics, tellers)
        .subquery()
    )
    found = select(
        query.c.language, query.c.text_only, query.c.number, _s.categories, _s.sources
    ).join(subscriptions, _s.id == query.c.one)
    for row in connection.execute(found):
        yield _person(row), row.number


def people(
    connection: Connection, edition: Edition, now: datetime
) -> Iterator[list[Person]]:
    """Yield everybody, some hundreds at a time."""
    query = (
        select(
            _m.id.label("member"),
            _m.language,
            _m.text_only,
            _s.categories,
            _s.sources,
        )
        .select_from(_JOINED)
        .where(receiving(edition, now))
        .order_by(_m.id)
        .limit(_AT_A_TIME)
    )
    last = 0
    while rows := connection.execute(query.where(_m.id > last)).all():
        last = rows[-1].member
        yield [_person(row, row.member) for row in rows]


def _person(row: Row[*tuple[Any, ...]], member: int = 0) -> Person:
    return Person(
        language=row.language,
        text_only=row.text_only,
        categories=tuple(row.categories),
        sources=tuple(row.sources),
        member=member,
    )
