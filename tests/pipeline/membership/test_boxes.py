"""The mailbox of bounces is read in portions, and nothing in it is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from syndicate.digest.returns.maildir import Maildir
from syndicate.errors import MailError, StoreError
from syndicate.model import Bounce
from syndicate.pipeline.membership import boxes
from syndicate.pipeline.membership.bouncing import Bouncing
from syndicate.pipeline.membership.boxes import read_box
from syndicate.ports import Arrived
from syndicate.store import bounces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def work(sqlite_desk: Any) -> Bouncing:
    return Bouncing(
        database=sqlite_desk.database, secret=sqlite_desk.work.secret, zone="UTC"
    )


def fill(folder: Path, count: int) -> None:
    for number in range(count):
        raw = f"Subject: no. {number}\n\nWhat is this?\n"
        (folder / "new" / f"{number:06}.host").write_text(raw)


def kept(work: Bouncing) -> list[Bounce]:
    with work.database.read() as connection:
        return bounces.listed(connection, limit=10_000)


def unread(folder: Path) -> int:
    return len(list((folder / "new").iterdir()))


def test_all_that_is_unread_is_taken_in(
    work: Bouncing, folder: Path, sqlite_desk: Any
) -> None:
    fill(folder, 120)
    taken = read_box(work, Maildir(folder), sqlite_desk.work.clock)
    assert (taken.messages, taken.kinds, taken.unknown) == (
        120,
        Counter(unknown=120),
        120,
    )
    assert (len(kept(work)), unread(folder)) == (120, 0)


def test_a_flood_waits_for_the_next_look(
    work: Bouncing, folder: Path, sqlite_desk: Any
) -> None:
    fill(folder, 30)
    taken = read_box(work, Maildir(folder), sqlite_desk.work.clock, most=12)
    assert (taken.messages, unread(folder)) == (12, 18)


def test_a_look_without_consequences_marks_nothing(
    work: Bouncing, folder: Path, sqlite_desk: Any
) -> None:
    fill(folder, 3)
    taken = read_box(work, Maildir(folder), sqlite_desk.work.clock, dry_run=True)
    assert (taken.messages, unread(folder), kept(work)) == (3, 3, [])


def test_a_desk_that_is_to_end_begins_no_other_portion(
    work: Bouncing, folder: Path, sqlite_desk: Any
) -> None:
    fill(folder, 3)
    ending = Bouncing(
        database=work.database, secret=work.secret, zone="UTC", stopping=lambda: True
    )
    assert read_box(ending, Maildir(folder), sqlite_desk.work.clock).messages == 0
    assert unread(folder) == 3


class Dying(Maildir):
    """A mailbox whose reader dies when it is to mark what it has taken in."""

    def done(self, names: Any) -> None:
        raise KeyboardInterrupt


def test_who_dies_before_marking_takes_it_in_again_without_effect(
    work: Bouncing, folder: Path, sqlite_desk: Any
) -> None:
    fill(folder, 3)
    with pytest.raises(KeyboardInterrupt):
        read_box(work, Dying(folder), sqlite_desk.work.clock)
    assert (len(kept(work)), unread(folder)) == (3, 3)
    read_box(work, Maildir(folder), sqlite_desk.work.clock)
    assert (len(kept(work)), unread(folder)) == (3, 0)


def test_what_could_not_be_kept_is_not_marked(
    work: Bouncing, folder: Path, sqlite_desk: Any
) -> None:
    fill(folder, 3)
    work.database.close()
    (database,) = folder.parent.glob("only.db")
    database.write_bytes(b"no database any more" * 500)
    with pytest.raises(StoreError):
        read_box(work, Maildir(folder), sqlite_desk.work.clock)
    assert unread(folder) == 3


class Breaking:
    """A mailbox that breaks after its first portion."""

    def __init__(self) -> None:
        self.marked: list[str] = []

    def waiting(self, most: int) -> list[Arrived]:
        if self.marked:
            raise MailError("the line broke")
        return [Arrived(name="1", content=b"Subject: x\n\nWhat?")]

    def done(self, names: Any) -> None:
        self.marked += names

    def close(self) -> None:
        """Nothing to let go of."""


def test_what_was_read_before_a_mailbox_broke_is_kept(
    work: Bouncing, sqlite_desk: Any
) -> None:
    with pytest.raises(MailError, match="broke"):
        read_box(work, Breaking(), sqlite_desk.work.clock)
    assert len(kept(work)) == 1


def test_a_portion_is_small(
    work: Bouncing,
    folder: Path,
    sqlite_desk: Any,
) -> None:
    """What is held in memory at a time does not grow with the mailbox."""
    asked: list[int] = []
    fill(folder, 120)

    class Watching(Maildir):
        def waiting(self, most: int) -> list[Arrived]:
            asked.append(most)
            return super().waiting(most)

    read_box(work, Watching(folder), sqlite_desk.work.clock)
    assert max(asked) <= boxes.TOGETHER
