"""What a copy of the feeds folder has, as against what was written."""

from __future__ import annotations

import pytest

from syndicate.store import mirrored, written

TARGET = "s3://tin/feeds"


def record(path: str, digest: str, now) -> written.Record:
    return written.Record(
        path=path, sha256=digest, size=1, changed_at=now, unit="feed:0:all", mtime=1
    )


@pytest.fixture
def connection(database, now):
    with database.write() as connection:
        rows = [("all.rss", "a1"), ("all.atom", "b1")]
        written.save(connection, [record(path, digest, now) for path, digest in rows])
        yield connection


def test_a_copy_that_nothing_is_known_of_lacks_everything(connection):
    assert mirrored.behind(connection, TARGET) == [
        ("all.atom", "b1"),
        ("all.rss", "a1"),
    ]
    assert mirrored.gone(connection, TARGET) == []


def test_only_what_differs_is_behind(connection):
    mirrored.keep(connection, TARGET, {"all.rss": "a1", "all.atom": "b0"})
    assert mirrored.behind(connection, TARGET) == [("all.atom", "b1")]
    mirrored.keep(connection, TARGET, {"all.atom": "b1"})
    assert mirrored.behind(connection, TARGET) == []


def test_each_target_has_a_copy_of_its_own(connection):
    mirrored.keep(connection, "s3://other", {"all.rss": "a1", "all.atom": "b1"})
    assert len(mirrored.behind(connection, TARGET)) == 2
    mirrored.doubt_all(connection, TARGET)
    mirrored.forget(connection, TARGET, ["all.rss"])
    assert mirrored.behind(connection, "s3://other") == []


def test_what_is_in_doubt_is_behind_and_goes_when_it_is_no_more(connection):
    mirrored.doubt(connection, TARGET, ["all.rss"])
    assert ("all.rss", "a1") in mirrored.behind(connection, TARGET)
    written.remove(connection, ["all.rss"])
    assert mirrored.gone(connection, TARGET) == ["all.rss"]
    mirrored.forget(connection, TARGET, ["all.rss", "never.rss"])
    assert mirrored.gone(connection, TARGET) == []
    mirrored.forget(connection, TARGET, [])


def test_doubt_of_all_keeps_in_mind_what_is_there(connection):
    mirrored.keep(connection, TARGET, {"all.rss": "a1", "gone.rss": "c1"})
    mirrored.doubt_all(connection, TARGET)
    assert len(mirrored.behind(connection, TARGET)) == 2
    assert mirrored.gone(connection, TARGET) == ["gone.rss"]
