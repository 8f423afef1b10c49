"""New people get new numbers, also in a store that was restored from a backup.

Links in mails hold numbers of members, subscriptions and letters, and some work for
ever. A restored store would give those numbers away again that it has forgotten, and
what one person holds would open what is another's. So it leaps over them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from syndicate.store.schema import letters, members, subscriptions

FAR = 1_000_000
"""Numbers that are passed over: more than come into being between two backups."""
_TABLES = (members.name, subscriptions.name, letters.name)
_KNOWN = text("UPDATE sqlite_sequence SET seq = seq + :far WHERE name = :table")
_FIRST = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :far)")
_POSTGRESQL = text(
    "SELECT setval(pg_get_serial_sequence(:table, 'id'), "
    "nextval(pg_get_serial_sequence(:table, 'id')) + :far)"
)


def leap(connection: Connection) -> None:
    """Pass over numbers that a store may have given away and forgotten."""
    for table in _TABLES:
        values = {"table": table, "far": FAR}
        if connection.dialect.name != "sqlite":
            connection.execute(_POSTGRESQL, values)
        elif not connection.execute(_KNOWN, values).rowcount:
            connection.execute(_FIRST, values)
