"""What people said outlives a backup: a file beside the store remembers it by mark.

A database that was restored has forgotten who left, complained or was erased since the
backup was made. So each suppression and each departure is also a line in a file that
only grows, and that no backup of the database holds
(:mod:`~syndicate.pipeline.membership.beside`).

Where the file knows more than the store, the store is put right before anything is
sent. Where the store knows more, the file is. A file that is lost is written anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from syndicate.model import (
    ConsentKind,
    Suppression,
    SuppressionReason,
)
from syndicate.pipeline.membership.beside import (
    BACK,
    LEFT,
    LIFTED,
    SUPPRESSED,
    Key,
    Line,
    append,
    read,
)
from syndicate.pipeline.membership.erasing import QUICK, forget
from syndicate.pipeline.membership.leaving import end
from syndicate.pipeline.membership.suppressing import LIFTED_FORM
from syndicate.store import (
    Connection,
    Database,
    consents,
    departures,
    members,
    subscriptions,
    suppressions,
)
from syndicate.store.leaping import leap

FORM = "a file beside the store, after a backup was restored"
log = logging.getLogger(__name__)


def remember(database: Database, secret: str, path: Path | None, now: datetime) -> int:
    """Compare store and file, and put each right; gives what the store had forgotten.

    To be called before anything is sent, and after somebody left. What cannot be read
    or written is told in the log: mail goes on without the file.
    """
    if path is None:
        return 0
    try:
        known = read(path)
        forgotten = _recall(database, secret, known, now)
        with database.read() as connection:
            append(path, _news(connection, known))
    except OSError as error:
        log.warning("members: %s: %s", path, error)
        return 0
    if forgotten:
        said = "members: a restored store had forgotten %d departures; they are kept"
        log.warning(said, forgotten)
    return forgotten


def _news(connection: Connection, known: dict[Key, Line]) -> Iterable[Line]:
    """What the store knows and the file does not."""
    suppressed, left = departures.suppressed(connection), departures.left(connection)
    for mark, (reason, at) in suppressed.items():
        line = known.get((mark, ""))
        if not line or (line.kind, line.reason) != (SUPPRESSED, reason.value):
            yield Line(at, SUPPRESSED, mark, "", reason.value)
    for (mark, digest), at in left.items():
        line = known.get((mark, digest))
        if not line or line.kind != LEFT:
            yield Line(at, LEFT, mark, digest)
    for (mark, digest), line in known.items():
        if line.kind == SUPPRESSED and mark not in suppressed:
            yield Line(line.at, LIFTED, mark, "")
        elif line.kind == LEFT and (mark, digest) not in left:
            yield Line(line.at, BACK, mark, digest)


def _recall(
    database: Database, secret: str, known: dict[Key, Line], now: datetime
) -> int:
    """Put the store right; gives how often that was needed."""
    with database.read() as connection:
        suppressed, left = (
            departures.suppressed(connection),
            departures.left(connection),
        )
        lines = [
            line
            for (mark, digest), line in known.items()
            if (line.kind == SUPPRESSED and mark not in suppressed)
            or (line.kind == LEFT and (mark, digest) not in left)
        ]
    if not lines:
        return 0
    with database.write() as connection:
        done = [line for line in lines if _put_right(connection, line, now)]
        if done:  # it has forgotten people, too, whose links must not open others'
            leap(connection)
    erased = [one for one in done if one.reason == SuppressionReason.ERASED.value]
    for line in erased:
        with database.read() as connection:
            member = members.marked(connection, line.mark)
        if member and member.address:
            forget(database, secret, member.address, now, most=QUICK)
    return len(done)


def _put_right(connection: Connection, line: Line, now: datetime) -> bool:
    if line.kind == LEFT:
        return _leave(connection, line, now)
    return not _was_lifted(connection, line) and _suppress(connection, line)


def _suppress(connection: Connection, line: Line) -> bool:
    reasons = [one.value for one in SuppressionReason]
    if line.reason not in reasons:
        return False
    reason = SuppressionReason(line.reason)
    new = Suppression(mark=line.mark, reason=reason, at=line.at, note="")
    return suppressions.add(connection, new)


def _was_lifted(connection: Connection, line: Line) -> bool:
    return any(
        one.kind is ConsentKind.STATED and one.form == LIFTED_FORM and one.at >= line.at
        for one in consents.of(connection, line.mark)
    )


def _leave(connection: Connection, line: Line, now: datetime) -> bool:
    """Let somebody leave again who had left, unless they came back since."""
    member = members.marked(connection, line.mark)
    held = member and subscriptions.one(connection, member.id, line.digest)
    if not held or (held.confirmed_at and held.confirmed_at > line.at):
        return False
    return end(connection, held, now, FORM)
