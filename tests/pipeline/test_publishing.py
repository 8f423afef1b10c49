"""Documents follow the store: written when they differ, and not before their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from syndicate.model import Feed
from syndicate.pipeline.publishing import every_feed, leftovers, prune, publish
from syndicate.templating import templates

FEED = "https://tin.example/rss"


def read(desk, name="all.atom"):
    return (desk.folder / "feeds" / name).read_text(encoding="utf-8")


def test_a_second_publish_writes_nothing(desk, clock):
    desk.with_news(1, 2)
    first = publish(desk.publishing(), clock.now)
    assert {"all.atom", "all.rss", "all.json", "index.html"} <= set(first.changed)
    stamps = {p: p.stat().st_mtime_ns for p in (desk.folder / "feeds").rglob("*")}
    second = publish(desk.publishing(), clock.advance(hours=5))
    assert (second.changed, second.failed, second.units) == ((), (), 0)
    after = {p: p.stat().st_mtime_ns for p in (desk.folder / "feeds").rglob("*")}
    assert after == stamps


def test_a_new_story_rewrites_its_feeds_and_no_others(desk, web, clock, words):
    desk.add("bao", url="https://bao.example/rss")
    desk.with_news(1)
    publish(desk.publishing(), clock.now)
    web.pages[FEED] = words.rss(words.item(4), words.item(1))
    desk.visit("tin")
    changed = set(publish(desk.publishing(), clock.advance(hours=1)).changed)
    assert {"all.atom", "source/tin.atom"} <= changed
    assert not {"source/bao.atom", "category/cau-duong.atom"} & changed


def test_a_story_appears_when_its_embargo_ends(desk, web, clock, words):
    desk.add(embargo=timedelta(hours=6))
    web.pages[FEED] = words.rss(words.item(1, at=clock.now))
    desk.visit()
    publish(desk.publishing(), clock.advance(hours=5, minutes=59))
    assert "tin.example/1.html" not in read(desk)
    written = publish(desk.publishing(), clock.advance(minutes=2))
    assert "all.atom" in written.changed
    assert "tin.example/1.html" in read(desk)


def test_no_file_names_a_teller_before_its_embargo_ends(desk, web, clock, words):
    desk.with_news(1)
    desk.add("cam", embargo=timedelta(hours=6))
    item = words.item(1, at=clock.now, host="cam.example")
    web.pages[desk.sources["cam"].url] = words.rss(item)
    desk.visit("cam")
    (story,) = desk.stories()
    assert [one.entry.source for one in story.entries] == ["tin", "cam"]

    def naming(now):
        publish(desk.publishing(), now)
        files = (desk.folder / "feeds").rglob("*.*")
        return {one.name for one in files if b"cam.example/1.html" in one.read_bytes()}

    assert naming(clock.advance(hours=5, minutes=59)) == set()
    assert (
        b"tin.example/1.html"
        not in (desk.folder / "feeds/source/cam.atom").read_bytes()
    )
    assert {"all.json", "all.html", "cam.json"} <= naming(clock.advance(minutes=2))


def test_a_document_that_cannot_be_written_does_not_keep_the_others(desk, clock):
    desk.with_news(1)
    (desk.folder / "feeds" / "all.atom").mkdir(parents=True)
    written = publish(desk.publishing(), clock.now)
    assert [path for path, _why in written.failed] == ["all.atom"]
    assert "all.rss" in written.changed


def test_feeds_of_the_settings_stand_beside_the_standing_ones(desk, clock):
    desk.with_news(1, 2)
    own = Feed(key="cau", title="Cầu", phrases=("sạt lở",))
    work = desk.publishing(feeds=(own,))
    keys = [feed.key for feed in every_feed(work)]
    assert keys[-1] == "cau"
    assert {"all", "category/cau-duong", "source/tin"} <= set(keys)
    publish(work, clock.now)
    assert "tin.example/2.html" in read(desk, "cau.atom")
    assert "tin.example/1.html" not in read(desk, "cau.atom")


def test_documents_of_a_feed_that_is_gone_are_named_and_pruned(desk, clock):
    desk.with_news(1)
    own = Feed(key="cau", title="Cầu")
    publish(desk.publishing(feeds=(own,)), clock.now)
    work = desk.publishing()
    publish(work, clock.now)
    left = leftovers(work, clock.now)
    assert "cau.atom" in left
    assert "all.atom" not in left
    assert not prune(work, left).failed
    assert leftovers(work, clock.now) == ()
    assert not (desk.folder / "feeds" / "cau.atom").exists()


def test_a_faulty_page_template_is_said_and_does_not_keep_the_feeds_back(
    desk, tmp_path, clock
):
    desk.with_news(1)
    own = tmp_path / "own"
    (own / "web").mkdir(parents=True)
    (own / "web" / "index.html").write_text("{{ nothing.at.all }}", encoding="utf-8")
    work = replace(desk.publishing(), templates=templates([own], language="vi"))
    written = publish(work, clock.now)
    assert "all.atom" in written.changed
    assert [path for path, _ in written.failed] == ["index.html"]
    assert "index.html, line 1" in written.failed[0][1]
