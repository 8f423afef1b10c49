"""A copy of the feeds folder in another place, brought up to date after publishing.

The folder is the truth. What the copy has is noted in the store, so only what differs
is sent; whatever dies in between, the next run goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from syndicate.errors import PublishError
from syndicate.files import alone
from syndicate.ports import Bucket
from syndicate.publish.copies.mirror import (
    Mirrored,
    Plan,
    Upload,
    headers,
    held_back,
    plan,
)
from syndicate.store import Database, mirrored

TOGETHER = 8
"""Documents that are on their way at the same time."""
NOTED = 200
"""Documents after which it is noted what the copy has."""
PATIENCE = 8
"""Failures in a row after which the rest has to wait: the place does not answer."""
LOCK = ".mirror.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirroring:
    """What copying works with."""

    database: Database
    folder: Path
    """The feeds folder."""
    target: str
    """``[publish] target``: the name of the copy in the store, too."""
    bucket: Callable[[str], Bucket]
    """Opens the target; raises PublishError."""
    stopping: Callable[[], bool] = bool
    """True once nothing new is to be begun."""


@dataclass(slots=True)
class _Turn:
    """How one run stands."""

    work: Mirroring
    bucket: Bucket
    advance: Callable[[str], None]
    uploaded: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    in_a_row: int = 0

    @property
    def over(self) -> bool:
        return self.in_a_row >= PATIENCE or self.work.stopping()


def planned(work: Mirroring) -> Plan:
    """Say what the copy lacks; nothing is sent."""
    with work.database.read() as connection:
        return plan(
            (Upload(*each) for each in mirrored.behind(connection, work.target)),
            mirrored.gone(connection, work.target),
        )


def mirror(
    work: Mirroring, *, advance: Callable[[str], None] = lambda _path: None
) -> Mirrored:
    """Send what the copy lacks, and remove from it what is no more.

    Whatever cannot be sent is named in the answer, and tried again next time; an error
    is raised for nothing but a target that cannot be opened. ``advance`` is told of
    each document that is done with.
    """
    bucket = work.bucket(work.target)
    with _only_one(work.folder):
        todo = planned(work)
        if not todo:
            return Mirrored()
        return asyncio.run(_mirror(_Turn(work, bucket, advance), todo))


def forget(work: Mirroring) -> None:
    """Have everything sent anew by the next run: the copy was lost, or tampered with.

    What we put there stays known by its path, so that it goes when it is no more.
    """
    with work.database.write() as connection:
        mirrored.doubt_all(connection, work.target)


async def _mirror(turn: _Turn, todo: Plan) -> Mirrored:
    for wave in todo.waves():
        for batch in _batches(wave):
            if not turn.over:
                await _send(turn, batch)
    if not turn.over:
        await _remove(turn, todo.removals)
    done = len(turn.uploaded) + len(turn.removed) + len(turn.failed)
    return Mirrored(
        uploaded=tuple(turn.uploaded),
        removed=tuple(turn.removed),
        failed=tuple(turn.failed.items()),
        left=len(todo.uploads) + len(todo.removals) - done,
    )


async def _send(turn: _Turn, batch: Sequence[Upload]) -> None:
    """Send some documents; a process that dies meanwhile leaves them in doubt.

    Not as they were before: what lies there is then the old one or the new one, and
    must go, too, should the document be no more by the next run.
    """
    target, database = turn.work.target, turn.work.database
    paths = [one.path for one in batch if not held_back(one.path, turn.failed)]
    with database.write() as connection:
        mirrored.doubt(connection, target, paths)
    sent: dict[str, str] = {}

    async def send(path: str) -> None:
        content = _content(turn, path)
        if content is not None:
            await turn.bucket.put(path, content, headers(path))
            sent[path] = sha256(content).hexdigest()

    await _each(turn, paths, send)
    with database.write() as connection:
        mirrored.keep(connection, target, sent)
    turn.uploaded += sent


async def _remove(turn: _Turn, paths: Sequence[str]) -> None:
    gone: list[str] = []

    async def remove(path: str) -> None:
        await turn.bucket.remove(path)
        gone.append(path)

    await _each(turn, paths, remove)
    with turn.work.database.write() as connection:
        mirrored.forget(connection, turn.work.target, gone)
    turn.removed += gone


async def _each(
    turn: _Turn, paths: Sequence[str], act: Callable[[str], Awaitable[None]]
) -> None:
    """Do ``act`` for every path, a few at a time, until the place stops answering."""
    waiting = iter(paths)

    async def work_off() -> None:
        for path in waiting:
            if turn.over:
                return
            try:
                await act(path)
                turn.in_a_row = 0
            except PublishError as error:
                turn.failed[path] = str(error)
                turn.in_a_row += 1
            turn.advance(path)

    await asyncio.gather(*(work_off() for _number in range(TOGETHER)))


def _content(turn: _Turn, path: str) -> bytes | None:
    """Read a document; one that is not there is no fault of the place it goes to."""
    try:
        return turn.work.folder.joinpath(*path.split("/")).read_bytes()
    except OSError as error:
        turn.failed[path] = f"{path}: {error.strerror or error}"
        return None


def _batches(wave: Sequence[Upload]) -> Iterator[Sequence[Upload]]:
    for start in range(0, len(wave), NOTED):
        yield wave[start : start + NOTED]


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Keep two runs apart: the slower one would put old documents over new ones."""
    lock = folder / LOCK
    try:
        lock.touch()
    except OSError as error:
        raise PublishError(f"{lock}: {error.strerror or error}") from error
    with alone(lock):
        yield
