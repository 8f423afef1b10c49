"""Records of consent: added, never changed and never removed; kept by mark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from syndicate.model import Consent, ConsentKind
from syndicate.store.bulk import insert_rows, moments
from syndicate.store.codecs import storable
from syndicate.store.schema import consents

_COLUMNS = ("mark", "digest", "kind", "at", "form", "text", "version")


def add(connection: Connection, mark: str, consent: Consent) -> None:
    """Keep a record of the person whose address has that mark."""
    values = {
        "mark": mark,
        "digest": consent.digest,
        "kind": consent.kind.value,
        "at": consent.at,
        "form": consent.form,
        "text": consent.text,
        "version": consent.version,
    }
    connection.execute(insert(consents).values(values))


def add_same(connection: Connection, marks: Iterable[str], consent: Consent) -> None:
    """Keep the same record of many people."""
    at = moments(connection)(consent.at)
    said = (consent.form, consent.text, consent.version)
    rest = (consent.digest, consent.kind.value, at, *map(storable, said))
    insert_rows(connection, consents, _COLUMNS, [(mark, *rest) for mark in marks])


def of(connection: Connection, mark: str) -> list[Consent]:
    """The records of a person, oldest first."""
    query = select(consents).where(consents.c.mark == mark).order_by(consents.c.id)
    return [_consent(row) for row in connection.execute(query)]


def tally(connection: Connection) -> dict[ConsentKind, int]:
    """How many records of each kind there are."""
    query = select(consents.c.kind, func.count()).group_by(consents.c.kind)
    return {ConsentKind(kind): number for kind, number in connection.execute(query)}


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        digest=row.digest,
        kind=ConsentKind(row.kind),
        at=row.at,
        form=row.form,
        text=row.text,
        version=row.version,
    )
