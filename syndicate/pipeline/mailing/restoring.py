"""A store that was restored from a backup sends nothing until somebody says so.

It has forgotten what left after the backup was made, and would send that again. So each
claim is counted, in the store and in a small file beside it that no backup holds. Where
the file has counted further than the store, the store is not the one that sent last.
A file that is lost, or behind, is no alarm: it is written anew.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from syndicate.errors import MailError
from syndicate.model import Digest, IssueState, Promise
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.store import Connection, generations, issues, outstanding
from syndicate.store.generations import DOUBTFUL, SENDING, Generation
from syndicate.store.leaping import leap

log = logging.getLogger(__name__)

FORGOTTEN = "perhaps sent after the backup was made that was restored"
_FORM = "{number:020d} {at}\n"
_MOST = 100
"""Bytes of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What a restored store does not know of."""

    claims: int
    until: datetime
    """When the last copy was claimed that it has forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What it came to that sending may go on."""

    until: datetime
    issues: int
    copies: int
    """How many copies became uncertain."""


class Counter:
    """The file beside the store, while a run of sending has it open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def write(self, generation: Generation) -> None:
        """Note how far the store has counted; to be called once that is committed.

        What is written survives the death of this process at once. It is not waited
        for until it is on the disk: after a power cut the file may be behind.
        """
        try:
            if self._descriptor is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            os.pwrite(self._descriptor, told(generation), 0)
        except OSError as error:
            # The store is right; only a restored backup would not be noticed.
            log.warning("%s: %s", self._path, error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def told(generation: Generation) -> bytes:
    """Return what the file says of a count: always as long."""
    at = generation.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _FORM.format(number=generation.number, at=at).encode()


def beside(path: Path) -> Generation | None:
    """Read the file beside the store; None if it is not there, or says nothing."""
    try:
        number, at = path.read_bytes()[:_MOST].decode().split()
        moment = datetime.fromisoformat(at)
    except (OSError, ValueError):
        return None
    if not number.isdecimal() or moment.tzinfo is None:
        return None
    return Generation(number=int(number), at=moment)


def raised(connection: Connection, now: datetime) -> Generation:
    """Count a claim, in the transaction that makes it."""
    return generations.raised(connection, SENDING, now)


def lost(work: Mailing) -> Lost | None:
    """Tell what the store has forgotten; None if it is the one that sent last."""
    seen = beside(work.generation_file) if work.generation_file else None
    if seen is None:
        return None
    with work.database.read() as connection:
        own = generations.get(connection, SENDING)
    claims = seen.number - (own.number if own else 0)
    return Lost(claims=claims, until=seen.at) if claims > 0 else None


def forbid(work: Mailing) -> None:
    """Raise MailError if the store was restored, and nobody has said what to do."""
    found = lost(work)
    if found:
        raise MailError(
            "nothing is sent: the store was restored from a backup, or is another one. "
            f"{work.generation_file} knows of {found.claims} claims of copies that the "
            f"store does not, the last at {found.until:%Y-%m-%d %H:%M} UTC. "
            "`syndicate digest send --restored` goes on, and counts as uncertain "
            "what may have left already"
        )


def resume(work: Mailing, now: datetime, digests: Iterable[Digest]) -> Resumed | None:
    """Let a restored store send again; None if it was not restored.

    Copies that were due by the moment up to which the store has forgotten what it did
    become uncertain, for nobody knows whether they left. Those of ``digests`` that
    promise to send at least once are sent again, under the Message-IDs that they had.
    What the store plans again is in doubt in any case (see :func:`doubt_planned`).
    Whoever joins from now on gets a number that nobody's links hold.
    """
    found = lost(work)
    if found is None or work.generation_file is None:
        return None
    sure = {one.key for one in digests if one.promise is Promise.AT_LEAST_ONCE}
    with work.database.write() as connection:
        counts = [
            outstanding.doubt(
                connection, stored.id, until=found.until, said=FORGOTTEN, now=now
            )
            for stored in issues.in_state(connection, IssueState.APPROVED)
            if stored.issue.digest not in sure
        ]
        own = generations.get(connection, SENDING)
        number = (own.number if own else 0) + found.claims + 1
        generation = Generation(number=number, at=now)
        generations.put(connection, SENDING, number, now)
        generations.put(connection, DOUBTFUL, 0, found.until)
        leap(connection)
    with Counter(work.generation_file) as counter:
        counter.write(generation)
    return Resumed(until=found.until, issues=sum(map(bool, counts)), copies=sum(counts))


def doubt_planned(
    connection: Connection, issue_id: int, end: datetime, now: datetime
) -> int:
    """Call uncertain what was just planned, and what a restored store may have sent.

    That is the issue of a window that was over before the store forgot.
    """
    forgot = generations.get(connection, DOUBTFUL)
    if forgot is None or end > forgot.at:
        return 0
    return outstanding.doubt(connection, issue_id, until=now, said=FORGOTTEN, now=now)
