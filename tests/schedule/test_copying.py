"""The copy of the feeds folder, brought up to date beside everything else."""

from __future__ import annotations

import hashlib
import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import PublishError
from syndicate.pipeline.mirroring import Mirroring
from syndicate.schedule.copying import Copying
from syndicate.store import Database, written

PATIENCE = 5.0
SOON = timedelta(milliseconds=20)


class Shelf:
    """A bucket in a dict that tells when it was filled."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.filled = threading.Event()
        self.failures = 0

    async def put(self, path, content, _headers) -> None:
        if self.failures:
            self.failures -= 1
            raise PublishError(f"{path}: SlowDown")
        self.kept[path] = content
        self.filled.set()

    async def remove(self, path) -> None:
        self.kept.pop(path, None)


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def work(tmp_path, shelf):
    (tmp_path / "feeds").mkdir()
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as database:
        yield Mirroring(
            database=database,
            folder=tmp_path / "feeds",
            target="s3://tin",
            bucket=lambda _target: shelf,
        )


@pytest.fixture
def copying(work):
    begun = Copying(work, pause=SOON)
    yield begun
    begun.stop()


def write(work: Mirroring, content: str) -> None:
    (work.folder / "all.rss").write_text(content, "utf-8")
    record = written.Record(
        path="all.rss",
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        size=len(content),
        changed_at=datetime(2026, 11, 22, tzinfo=UTC),
        unit="feed:0:all",
        mtime=1,
    )
    with work.database.write() as connection:
        written.save(connection, [record])


def test_it_copies_whenever_it_is_woken(work, shelf, copying):
    write(work, "1")
    copying.start()
    copying.wake()
    assert shelf.filled.wait(PATIENCE)
    shelf.filled.clear()
    write(work, "2")
    copying.wake()
    assert shelf.filled.wait(PATIENCE)
    assert shelf.kept == {"all.rss": b"2"}


def test_what_failed_is_tried_again_without_being_woken(work, shelf, copying, caplog):
    write(work, "1")
    shelf.failures = 3
    with caplog.at_level(logging.INFO):
        copying.start()
        copying.wake()
        assert shelf.filled.wait(PATIENCE)
        copying.stop()
    said = [record.getMessage() for record in caplog.records]
    assert said.count("copy: all.rss: SlowDown") == 3
    assert said[-1] == "copied: 1 documents, 0 removed"


def test_a_target_that_cannot_be_opened_is_logged_and_ends_nothing(work, shelf, caplog):
    tries = iter((PublishError("no such place"), ValueError("a fault of ours")))

    def opening(_target: str) -> Shelf:
        for trouble in tries:
            raise trouble
        return shelf

    write(work, "1")
    broken = Mirroring(
        database=work.database, folder=work.folder, target="s3://tin", bucket=opening
    )
    copying = Copying(broken, pause=SOON)
    copying.start()
    copying.wake()
    assert shelf.filled.wait(PATIENCE)
    copying.stop()
    assert "copy: no such place" in caplog.text
    assert "a fault of ours" in caplog.text


def test_a_desk_that_ends_before_it_began_is_no_trouble(copying):
    copying.stop()
