"""What a copy of the feeds folder has, as against what was written.

A row says what was sent last, so what a dead process sent without noting it is sent
once more: that does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from syndicate.store.bulk import insert_rows
from syndicate.store.schema import mirrored, written


def behind(connection: Connection, target: str) -> list[tuple[str, str]]:
    """List the documents (path, SHA-256) that ``target`` lacks or has as they were."""
    same = and_(mirrored.c.path == written.c.path, mirrored.c.target == target)
    query = (
        select(written.c.path, written.c.sha256)
        .select_from(written.outerjoin(mirrored, same))
        .where(
            or_(
                mirrored.c.sha256.is_(None),
                mirrored.c.sha256 != written.c.sha256,
            )
        )
        .order_by(written.c.path)
    )
    return [(row.path, row.sha256) for row in connection.execute(query)]


def gone(connection: Connection, target: str) -> list[str]:
    """List the documents that ``target`` has though they are no more."""
    same = written.c.path == mirrored.c.path
    query = (
        select(mirrored.c.path)
        .select_from(mirrored.outerjoin(written, same))
        .where(mirrored.c.target == target, written.c.path.is_(None))
        .order_by(mirrored.c.path)
    )
    return list(connection.scalars(query))


def keep(connection: Connection, target: str, sent: Mapping[str, str]) -> None:
    """Note that ``target`` has these documents (path → SHA-256)."""
    insert_rows(
        connection,
        mirrored,
        ("target", "path", "sha256"),
        [(target, path, digest) for path, digest in sent.items()],
        known="replace",
    )


def doubt(connection: Connection, target: str, paths: Collection[str]) -> None:
    """Note that ``target`` has something of these documents, and not what."""
    keep(connection, target, dict.fromkeys(paths, ""))


def forget(connection: Connection, target: str, paths: Collection[str]) -> None:
    """Note that ``target`` has these documents no longer."""
    statement = delete(mirrored).where(
        mirrored.c.target == target, mirrored.c.path == bindparam("gone")
    )
    if paths:
        connection.execute(statement, [{"gone": path} for path in paths])


def doubt_all(connection: Connection, target: str) -> None:
    """Note that ``target`` may have lost, or changed, whatever was sent to it."""
    statement = update(mirrored).where(mirrored.c.target == target)
    connection.execute(statement.values(sha256=""))
