"""The mailbox is looked at again and again; the desk is told if it cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from syndicate.errors import MailError
from syndicate.pipeline.membership.bouncing import Bouncing
from syndicate.ports import Arrived
from syndicate.schedule.returning import LONGEST_PAUSE, PAUSE, TOLD_AFTER, Returns
from syndicate.store import Database, bounces

NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)


class Box:
    """A mailbox in memory, which can be shut."""

    def __init__(self, *contents: bytes) -> None:
        self.contents = list(contents)
        self.shut = ""
        self.looked = threading.Event()
        self.closed = 0

    def waiting(self, most: int) -> list[Arrived]:
        self.looked.set()
        if self.shut:
            raise MailError(self.shut)
        return [
            Arrived(name=str(number), content=content)
            for number, content in enumerate(self.contents[:most])
        ]

    def done(self, names: Any) -> None:
        del self.contents[: len(names)]

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path / 'desk.db'}") as opened:
        yield opened


@pytest.fixture
def work(database: Database) -> Bouncing:
    return Bouncing(database=database, secret="s" * 32, zone="UTC")


def returns(work: Bouncing, box: Box | None, told: list[str] | None = None) -> Returns:
    return Returns(
        work,
        (lambda: box) if box else None,
        clock=lambda: NOW,
        on_trouble=(told if told is not None else []).append,
    )


def test_a_look_takes_in_what_is_there_and_rests(work: Bouncing) -> None:
    box = Box(b"Subject: 1\n\nWhat?", b"Subject: 2\n\nWhat?")
    assert returns(work, box).look() == PAUSE
    with work.database.read() as connection:
        assert bounces.unsettled(connection) == 2
    assert (box.contents, box.closed) == ([], 1)


def test_after_a_look_that_ended_at_its_limit_the_next_is_soon(
    work: Bouncing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicate.schedule.returning.AT_A_LOOK", 2)
    assert returns(work, Box(b"1\n\n", b"2\n\n")).look() <= timedelta(seconds=1)


def test_without_a_mailbox_addresses_are_forgiven_all_the_same(work: Bouncing) -> None:
    assert returns(work, None).look() == PAUSE


def test_a_mailbox_that_cannot_be_read_is_left_alone_for_longer(
    work: Bouncing,
) -> None:
    box = Box()
    box.shut = "it is shut"
    reading = returns(work, box)
    pauses = [reading.look() for _time in range(8)]
    assert pauses[:3] == [2 * PAUSE, 4 * PAUSE, 8 * PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert box.closed == 8
    box.shut = ""
    assert reading.look() == PAUSE


def test_the_desk_is_told_when_it_goes_on_failing(work: Bouncing) -> None:
    told: list[str] = []
    box = Box()
    box.shut = "it is shut"
    reading = returns(work, box, told)
    for _time in range(TOLD_AFTER - 1):
        reading.look()
    assert told == []
    reading.look()
    assert told == ["it is shut"]


def test_a_desk_that_cannot_be_told_is_no_reason_to_stop(work: Bouncing) -> None:
    box = Box()
    box.shut = "it is shut"

    def fail(_why: str) -> None:
        raise MailError("no relay")

    reading = Returns(work, lambda: box, clock=lambda: NOW, on_trouble=fail)
    for _time in range(TOLD_AFTER + 1):
        assert reading.look() > PAUSE


def test_a_thread_looks_at_once_and_ends_when_told(work: Bouncing) -> None:
    box = Box(b"Subject: 1\n\nWhat?")
    reading = returns(work, box)
    reading.start()
    assert box.looked.wait(10)
    reading.stop()
    assert box.contents == []
