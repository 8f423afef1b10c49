"""Portals that take feeds of their own, and what they took.

Of a token only its SHA-256 is kept, so that who reads the database holds no key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from syndicate.model import FeedFormat, Partner, Rights
from syndicate.store.schema import partners

_FIELDS = tuple(one.name for one in fields(Partner))
_SETTINGS = ("title", "feeds", "rights", "format", "items")
"""What an editor may change of a partner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulls:
    """What a partner took since that was last kept."""

    partner: int
    pulls: int
    unchanged: int
    bytes: int
    last: datetime
    agent: str


def add(connection: Connection, new: Partner, token: str) -> Partner:
    """Keep a partner, and return it with its number; ``token`` is the hash of its own.

    :raises StoreError: at the end of ``write``, if the name is taken
    """
    values = _values(new, ("name", "hint", "created_at", *_SETTINGS))
    counts = {"pulls": 0, "unchanged": 0, "bytes": 0, "agent": ""}
    query = insert(partners).values(token=token, **values, **counts).returning(partners)
    return _partner(connection.execute(query).one())


def every(connection: Connection) -> list[Partner]:
    """All partners by name."""
    found = connection.execute(select(partners).order_by(partners.c.name))
    return [_partner(row) for row in found]


def named(connection: Connection, name: str) -> Partner | None:
    """The partner of that name."""
    return _one(connection, partners.c.name == name)


def holding(connection: Connection, token: str) -> Partner | None:
    """The partner whose token has this hash, also one that was revoked."""
    return _one(connection, partners.c.token == token)


def change(connection: Connection, wanted: Partner) -> None:
    """Keep title, scope, rights, format and number of items as ``wanted`` has them."""
    values = _values(wanted, _SETTINGS)
    connection.execute(
        update(partners).where(partners.c.id == wanted.id).values(values)
    )


def renew(connection: Connection, number: int, token: str, hint: str) -> None:
    """Give a partner another token; the old one opens nothing from now on."""
    new = {"token": token, "hint": hint, "revoked_at": None}
    connection.execute(update(partners).where(partners.c.id == number).values(new))


def revoke(connection: Connection, number: int, now: datetime) -> None:
    """Close a partner's feed from ``now`` on; its name and its counts stay."""
    standing = (partners.c.id == number) & partners.c.revoked_at.is_(None)
    connection.execute(update(partners).where(standing).values(revoked_at=now))


def remove(connection: Connection, number: int) -> None:
    """Forget a partner."""
    connection.execute(delete(partners).where(partners.c.id == number))


def count(connection: Connection, taken: Sequence[Pulls]) -> None:
    """Add what partners took; of one that was removed meanwhile nothing is kept."""
    # In one order, so that two who count at once do not wait for each other for ever.
    for one in sorted(taken, key=lambda pulls: pulls.partner):
        found = partners.c.id == one.partner
        added = {
            "pulls": partners.c.pulls + one.pulls,
            "unchanged": partners.c.unchanged + one.unchanged,
            "bytes": partners.c.bytes + one.bytes,
        }
        connection.execute(update(partners).where(found).values(added))
        later = partners.c.pulled_at.is_(None) | (partners.c.pulled_at <= one.last)
        latest = {"pulled_at": one.last, "agent": one.agent}
        connection.execute(update(partners).where(found, later).values(latest))


def _values(partner: Partner, names: Sequence[str]) -> dict[str, Any]:
    told = {
        "feeds": list(partner.feeds),
        "rights": partner.rights.value,
        "format": partner.format.value,
    }
    return {name: told.get(name, getattr(partner, name)) for name in names}


def _one(connection: Connection, which: ColumnElement[bool]) -> Partner | None:
    row = connection.execute(select(partners).where(which)).first()
    return None if row is None else _partner(row)


def _partner(row: Row[Any]) -> Partner:
    values = {name: row._mapping[name] for name in _FIELDS}
    return Partner(
        **values
        | {
            "feeds": tuple(row.feeds),
            "rights": Rights(row.rights),
            "format": FeedFormat(row.format),
        }
    )
