"""A copy of the feeds folder, brought up to date after publishing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from syndicate.errors import PublishError
from syndicate.pipeline.mirroring import PATIENCE, Mirroring, forget, mirror, planned
from syndicate.store import Database, written

TARGET = "s3://tin/feeds"


@dataclass
class Shelf:
    """A bucket in a dict; ``sick`` decides what fails, by its path."""

    kept: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    sick: Callable[[str], bool] = lambda _path: False

    async def put(self, path, content, headers) -> None:
        self.log.append(path)
        if self.sick(path):
            raise PublishError(f"{path}: SlowDown")
        self.kept[path] = (content, dict(headers))

    async def remove(self, path) -> None:
        self.log.append(f"-{path}")
        if self.sick(path):
            raise PublishError(f"{path}: SlowDown")
        self.kept.pop(path, None)

    def contents(self) -> dict[str, bytes]:
        return {path: content for path, (content, _headers) in self.kept.items()}


def record(path: str, content: str) -> written.Record:
    return written.Record(
        path=path,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        size=len(content),
        changed_at=datetime(2026, 11, 22, tzinfo=UTC),
        unit="feed:0:all",
        mtime=1,
    )


@pytest.fixture
def database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as opened:
        yield opened


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def work(tmp_path, database, shelf):
    (tmp_path / "feeds").mkdir()
    return Mirroring(
        database=database,
        folder=tmp_path / "feeds",
        target=TARGET,
        bucket=lambda _target: shelf,
    )


@pytest.fixture
def write(work):
    def publish(**documents: str | None) -> None:
        """Write documents ("__" for a slash, "_" for a dot), or take them away."""
        for name, content in documents.items():
            path = name.replace("__", "/").replace("_", ".")
            file = work.folder / path
            with work.database.write() as connection:
                if content is None:
                    written.remove(connection, [path])
                    file.unlink()
                    continue
                written.save(connection, [record(path, content)])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")

    return publish


def test_everything_is_sent_once_with_what_it_is(work, write, shelf):
    write(all_rss="<rss/>", story__a_html="<p>", index_html="<h1>")
    assert mirror(work).uploaded == ("story/a.html", "all.rss", "index.html")
    content, headers = shelf.kept["all.rss"]
    assert content == b"<rss/>"
    assert headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    shelf.log.clear()
    assert mirror(work).uploaded == ()
    assert shelf.log == []


def test_only_what_changed_is_sent_again_and_what_is_gone_goes_last(work, write, shelf):
    write(all_rss="1", all_atom="1", story__a_html="1", story__b_html="1")
    mirror(work)
    shelf.log.clear()
    write(all_rss="2", story__a_html=None)
    found = mirror(work)
    assert shelf.log == ["all.rss", "-story/a.html"]
    assert found.uploaded == ("all.rss",)
    assert found.removed == ("story/a.html",)
    assert sorted(shelf.kept) == ["all.atom", "all.rss", "story/b.html"]


def test_a_plan_says_what_would_go_and_sends_nothing(work, write, shelf):
    write(all_rss="1", story__a_html="1")
    assert [each.path for each in planned(work).uploads] == ["story/a.html", "all.rss"]
    assert shelf.log == []


def test_what_fails_is_named_and_tried_again_and_keeps_nothing_back(work, write, shelf):
    write(all_rss="1", story__a_html="1", story__b_html="1")
    shelf.sick = lambda path: path == "story/a.html"
    found = mirror(work)
    assert found.failed == (("story/a.html", "story/a.html: SlowDown"),)
    assert found.uploaded == ("story/b.html", "all.rss")
    shelf.sick = lambda _path: False
    assert mirror(work).uploaded == ("story/a.html",)


def test_a_feed_waits_until_the_pages_of_its_archive_are_there(work, write, shelf):
    write(all_rss="1", archive__all__1_rss="1", tin_rss="1")
    shelf.sick = lambda path: path.startswith("archive/")
    found = mirror(work)
    assert found.uploaded == ("tin.rss",)
    assert found.left == 1
    shelf.sick = lambda _path: False
    assert mirror(work).uploaded == ("archive/all/1.rss", "all.rss")


def test_a_place_that_does_not_answer_is_not_asked_two_thousand_times(
    work, write, shelf
):
    write(**{f"story__s{number}_html": "1" for number in range(300)})
    shelf.sick = lambda _path: True
    found = mirror(work)
    assert PATIENCE <= len(shelf.log) <= 2 * PATIENCE
    assert len(found.failed) + found.left == 300


def test_a_place_that_fails_now_and_then_gets_everything_else(work, write, shelf):
    write(**{f"story__s{number}_html": "1" for number in range(300)})
    shelf.sick = lambda path: path.endswith("7.html")
    found = mirror(work)
    assert len(found.uploaded) == 270
    assert len(found.failed) == 30
    assert found.left == 0


def test_what_is_missing_in_the_folder_is_no_fault_of_the_place(work, write, shelf):
    write(**{f"story__s{number}_html": "1" for number in range(40)})
    for number in range(30):
        (work.folder / f"story/s{number}.html").unlink()
    found = mirror(work)
    assert len(found.failed) == 30
    assert found.failed[0][1].endswith("No such file or directory")
    assert len(found.uploaded) == 10


def test_a_document_that_changed_meanwhile_is_sent_again(work, write, shelf):
    write(all_rss="1")
    (work.folder / "all.rss").write_text("2", "utf-8")
    mirror(work)
    assert shelf.contents() == {"all.rss": b"2"}
    write(all_rss="2")
    assert mirror(work).uploaded == ()
    (work.folder / "all.rss").write_text("3", "utf-8")
    write(all_rss="3")
    assert mirror(work).uploaded == ("all.rss",)


class Killed(BaseException):
    """As if the process had died here."""


@pytest.mark.parametrize("after", [False, True])
def test_what_a_killed_run_sent_goes_when_it_is_no_more(work, write, shelf, after):
    """The document was withdrawn before anybody could note that it had been sent."""

    class Dying(Shelf):
        async def put(self, path, content, headers) -> None:
            if after:
                await Shelf.put(shelf, path, content, headers)
            raise Killed

    write(story__a_html="1")
    with pytest.raises(Killed):
        mirror(replace(work, bucket=lambda _target: Dying()))
    write(story__a_html=None)
    assert mirror(work).removed == ("story/a.html",)
    assert shelf.kept == {}


def test_nothing_new_is_begun_once_the_desk_is_to_end(work, write, shelf):
    write(**{f"story__s{number}_html": "1" for number in range(50)})
    found = mirror(replace(work, stopping=lambda: len(shelf.log) >= 10))
    assert 10 <= len(found.uploaded) < 20
    assert found.left == 50 - len(found.uploaded)
    assert len(mirror(work).uploaded) == found.left


def test_a_copy_that_was_lost_is_sent_anew(work, write, shelf):
    write(all_rss="1", all_atom="1")
    mirror(work)
    shelf.kept.clear()
    forget(work)
    write(all_atom=None)
    found = mirror(work)
    assert found.uploaded == ("all.rss",)
    assert found.removed == ("all.atom",)


def test_progress_hears_of_every_document(work, write, shelf):
    write(all_rss="1", all_atom="1")
    seen: list[str] = []
    mirror(work, advance=seen.append)
    assert sorted(seen) == ["all.atom", "all.rss"]


def test_a_folder_that_is_not_there_is_said(work, write):
    work.folder.rmdir()
    with pytest.raises(PublishError, match=r"feeds/\.mirror\.lock: No such file"):
        mirror(work)
