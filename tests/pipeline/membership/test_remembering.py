"""A backup that is restored brings nobody back who left meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicate.members.marks import address_mark
from syndicate.model import MemberState, Suppression, SuppressionReason
from syndicate.pipeline.membership.erasing import erase_address
from syndicate.pipeline.membership.leaving import come_back, leave
from syndicate.pipeline.membership.remembering import remember
from syndicate.pipeline.membership.suppressing import lift, standing, suppress
from syndicate.store import Database, suppressions

AN, BA, TU, DA = (f"{name}@vd.example" for name in ("an", "ba", "tu", "da"))


class Restoring:
    """A desk whose database is copied away, and put back later."""

    def __init__(self, desk: Any, folder: Path) -> None:
        self.desk, self.folder = desk, folder
        self.file = folder / "store.departed"
        desk.work = desk.working(beside=self.file)

    def remember(self) -> int:
        desk = self.desk
        return remember(desk.database, desk.work.secret, self.file, desk.now)

    def back_up(self) -> None:
        self.desk.database.scrub(["nothing that is there"])
        shutil.copyfile(self.folder / "only.db", self.folder / "backup")

    def restore(self) -> None:
        self.desk.database.close()
        for path in self.folder.glob("only.db*"):
            path.unlink()
        shutil.copyfile(self.folder / "backup", self.folder / "only.db")
        self.desk.database = Database.open(f"sqlite:///{self.folder / 'only.db'}")
        self.desk.work = self.desk.working(beside=self.file)


@pytest.fixture
def restoring(sqlite_desk: Any, tmp_path: Path) -> Iterator[Restoring]:
    made = Restoring(sqlite_desk, tmp_path)
    yield made
    made.desk.database.close()


def test_who_left_after_the_backup_has_left_after_the_restore(
    restoring: Restoring,
) -> None:
    desk = restoring.desk
    for address in (AN, BA):
        desk.join(address)
    restoring.back_up()
    leave(desk.work, desk.subscription(AN).id, desk.later(days=1))
    restoring.restore()
    assert desk.audience() == [AN, BA], "the backup knows no better"
    assert restoring.remember() == 1
    assert desk.audience() == [BA]
    assert restoring.remember() == 0


def test_who_joins_after_a_restore_gets_no_number_that_was_given_before(
    restoring: Restoring,
) -> None:
    desk = restoring.desk
    desk.join(AN)
    restoring.back_up()
    forgotten = desk.join(BA)
    leave(desk.work, desk.subscription(AN).id, desk.later(days=1))
    restoring.restore()
    restoring.remember()
    assert desk.join(TU).id > forgotten.id


def test_suppressions_and_erasures_outlive_a_restore(restoring: Restoring) -> None:
    desk = restoring.desk
    for address in (AN, BA, TU, DA):
        desk.join(address)
    restoring.back_up()
    desk.later(days=1)
    suppress(desk.work, AN, "by letter", desk.now)
    erase_address(desk.work, BA, desk.now)
    mark = address_mark(desk.work.secret, TU)
    gone = Suppression(mark=mark, reason=SuppressionReason.COMPLAINT, at=desk.now)
    with desk.database.write() as connection:
        suppressions.add(connection, gone)
    restoring.remember()
    restoring.restore()
    assert restoring.remember() == 4
    assert desk.audience() == [DA]
    assert desk.member(BA).state is MemberState.ERASED
    assert BA.encode() not in (restoring.folder / "only.db").read_bytes()
    assert "vd.example" not in restoring.file.read_text(encoding="ascii")
    kept = standing(desk.work, TU).kept
    assert kept is not None
    assert kept.reason is SuppressionReason.COMPLAINT


def test_who_came_back_stays_whatever_the_file_says_of_before(
    restoring: Restoring,
) -> None:
    desk = restoring.desk
    for address in (AN, BA):
        desk.join(address)
    number = desk.subscription(AN).id
    leave(desk.work, number, desk.later(days=1))
    suppress(desk.work, BA, "", desk.now)
    assert restoring.remember() == 0
    assert come_back(desk.work, number, desk.later(days=1))
    assert lift(desk.work, BA, "wrote to us again", desk.now)
    for _again in range(3):
        assert restoring.remember() == 0
        assert desk.audience() == [AN, BA]
    leave(desk.work, number, desk.later(days=1))
    assert restoring.remember() == 0
    assert restoring.file.read_text(encoding="ascii").splitlines()[-1].split()[1] == (
        "left"
    )


def test_a_file_that_is_lost_is_written_anew(restoring: Restoring) -> None:
    desk = restoring.desk
    desk.join(AN)
    leave(desk.work, desk.subscription(AN).id, desk.now)
    before = restoring.file.read_text(encoding="ascii")
    restoring.file.unlink()
    assert restoring.remember() == 0
    assert restoring.file.read_text(encoding="ascii") == before
    assert restoring.file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "torn",
    [
        b"2026-10-14T03:00:00+00:00 left",
        b"\xff\xfe\x00 nonsense a b c\n",
        b"never left x y z\n",
        b"2026-10-14T03:00:00 left x weekly -\n",
        b"2026-10-14T03:00:00+00:00 suppressed x - because\n",
        b"2026-10-14T03:00:00+00:00 left nobody weekly -\n",
    ],
)
def test_a_line_that_is_torn_or_strange_spoils_no_other(
    restoring: Restoring, torn: bytes
) -> None:
    desk = restoring.desk
    desk.join(AN)
    desk.join(BA)
    restoring.back_up()
    restoring.file.write_bytes(torn)
    leave(desk.work, desk.subscription(AN).id, desk.later(days=1))
    restoring.remember()
    restoring.restore()
    assert restoring.remember() == 1
    assert desk.audience() == [BA]


def test_a_file_that_cannot_be_written_stops_nobody_from_leaving(
    restoring: Restoring, caplog: pytest.LogCaptureFixture
) -> None:
    desk = restoring.desk
    desk.join(AN)
    restoring.file.mkdir()
    assert leave(desk.work, desk.subscription(AN).id, desk.now)
    assert desk.audience() == []
    assert restoring.remember() == 0
    assert "store.departed" in caplog.text
