"""What a change costs, what it leaves, and what becomes of settings that change."""

from __future__ import annotations

import gzip
import json
import os
import threading
from dataclasses import replace
from datetime import timedelta
from random import Random

import feedparser
import pytest

from syndicate.files import alone
from syndicate.model import (
    Category,
    CitedDocument,
    Feed,
    FeedOrder,
    Label,
    Rights,
    SourceKind,
)
from syndicate.pipeline.publishing import (
    begin_anew,
    fragments_of,
    is_due,
    items_of,
    leftovers,
    look_over,
    publish,
    tidy,
)
from syndicate.pipeline.shelving import cited_stories
from syndicate.publish.forms.fragments import Form
from syndicate.store import (
    carried,
    changes,
    documents,
    entries,
    feeds,
    fragments,
    stories,
    unwritten,
    written,
)

FEED = "https://tin.example/rss"


def release(desk, **given):
    return publish(desk.publishing(**given), desk.clock.now)


def read(desk, name="all.atom"):
    return (desk.folder / "feeds" / name).read_text(encoding="utf-8")


def ids(desk, name="all.json"):
    return [
        one["id"].rpartition("/")[2] for one in json.loads(read(desk, name))["items"]
    ]


def uid(desk, url):
    (found,) = (one for one in desk.stories() if one.entries[0].entry.url == url)
    return found.uid


def withdraw(desk, number):
    (one,) = (e for e in desk.entries() if e.entry.url.endswith(f"/{number}.html"))
    with desk.database.write() as connection:
        entries.withdraw(connection, one.id, desk.clock.now)
    return one


def label(desk, number, *slugs):
    (one,) = (e for e in desk.entries() if e.entry.url.endswith(f"/{number}.html"))
    told = [
        Label(category=slug, reason="thử", confidence=0.9, primary=not at)
        for at, slug in enumerate(slugs)
    ]
    with desk.database.write() as connection:
        stories.set_labels(connection, one.story, told)


# ── What a change costs ──────────────────────────────────────────────────────


def test_with_nothing_changed_nothing_is_looked_at(desk, clock):
    desk.with_news(1, 2, 3)
    assert release(desk).stories == 3
    assert not is_due(desk.publishing(), clock.now)
    again = release(desk)
    assert (again.stories, again.units, again.changed) == (0, 0, ())


def test_one_new_story_makes_its_own_documents_and_no_others(desk, web, words):
    desk.add("bao", url="https://bao.example/rss")
    desk.with_news(1, 2, 3)
    label(desk, 1, "cau-duong")
    label(desk, 2, "giao-duc")
    release(desk)
    web.pages[FEED] = words.rss(words.item(4), words.item(1))
    desk.visit("tin")
    label(desk, 4, "giao-duc")
    desk.clock.advance(hours=1)
    done = release(desk)
    assert done.stories == 1
    new = uid(desk, "https://tin.example/4.html")
    pages = {path for path in done.changed if path.startswith("story/")}
    assert pages == {f"story/{new}.html"}
    touched = {path.partition(".")[0] for path in done.changed if path.endswith("atom")}
    assert touched == {"all", "source/tin", "category/giao-duc"}


def test_stories_that_did_not_change_are_not_rendered_again(desk, web, words):
    desk.with_news(1, 2, 3)
    release(desk)
    with desk.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE fragments SET content = CAST('kept' AS BLOB) WHERE form = 'rss'"
        )
    web.pages[FEED] = words.rss(words.item(4))
    desk.visit("tin")
    release(desk)
    assert read(desk, "all.rss").count("kept") == 3
    assert read(desk, "all.rss").count("<item>") == 1


def test_what_was_noted_and_is_the_same_makes_nothing(desk):
    desk.with_news(1, 2)
    release(desk)
    with desk.database.write() as connection:
        changes.note_all(connection)
    done = release(desk)
    assert (done.stories, done.units) == (2, 0)


def test_parts_of_stories_that_no_document_shows_are_forgotten(desk, clock):
    desk.with_news(1, 2, 3)
    work = desk.publishing(feeds=())
    publish(work, clock.now)
    with desk.database.write() as connection:
        fragments.save(connection, "rss", "x", [(999, fragments.Part(b"1", b"2"))])
    before = desk.ask(fragments.count)
    assert tidy(work, clock.now) == 1
    assert desk.ask(fragments.count) == before - 1
    assert tidy(work, clock.now) == 0


# ── Withdrawn ────────────────────────────────────────────────────────────────


def test_a_withdrawn_story_leaves_a_tombstone_in_atom_and_nothing_elsewhere(desk):
    desk.with_news(1, 2)
    release(desk)
    gone = withdraw(desk, 1)
    known = uid(desk, "https://tin.example/2.html")
    release(desk)
    assert ids(desk) == [known]
    for path in (desk.folder / "feeds").rglob("*.*"):
        if path.suffix != ".gz" and "story" not in path.parts:
            assert gone.entry.title not in path.read_text(encoding="utf-8"), path
    atom = read(desk)
    assert atom.count("deleted-entry ref=") == 1
    assert "deleted-entry" not in read(desk, "all.rss")
    assert gone.entry.url not in atom


def test_a_tombstone_goes_after_thirty_days_though_nobody_writes_anything(desk, clock):
    desk.with_news(1, 2)
    release(desk)
    withdraw(desk, 1)
    release(desk)
    clock.advance(days=29, hours=23)
    assert not is_due(desk.publishing(), clock.now)
    assert "deleted-entry" in read(desk)
    clock.advance(hours=2)
    assert is_due(desk.publishing(), clock.now)
    release(desk)
    assert "deleted-entry" not in read(desk)
    assert not is_due(desk.publishing(), clock.now)


def test_a_story_that_comes_back_has_its_id_and_its_place_again(desk):
    desk.with_news(1, 2, 3)
    release(desk)
    before = ids(desk)
    gone = withdraw(desk, 2)
    release(desk)
    with desk.database.write() as connection:
        entries.restore(connection, gone.id)
    release(desk)
    assert ids(desk) == before
    assert "deleted-entry" not in read(desk)


def test_a_story_that_only_leaves_a_feed_leaves_no_tombstone_there(desk):
    """Its id is the same in all feeds: a reader would drop it everywhere."""
    desk.with_news(1, 2)
    label(desk, 1, "cau-duong")
    label(desk, 2)
    release(desk)
    assert len(ids(desk, "category/cau-duong.json")) == 1
    label(desk, 1, "giao-duc")
    release(desk)
    assert ids(desk, "category/cau-duong.json") == []
    assert len(ids(desk, "category/giao-duc.json")) == 1
    assert "deleted-entry" not in read(desk, "category/cau-duong.atom")


# ── Settings ─────────────────────────────────────────────────────────────────


def test_a_new_feed_is_filled_with_what_is_there(desk):
    desk.with_news(1, 2, 3)
    release(desk)
    done = release(desk, feeds=(Feed(key="rieng", title="Riêng"),))
    assert ids(desk, "rieng.json") == ids(desk)
    assert "all.atom" not in done.changed


def test_a_feed_whose_phrases_change_carries_others(desk):
    desk.with_news(1, 2, 3)
    release(desk, feeds=(Feed(key="rieng", title="Riêng", phrases=("dạy nghề",)),))
    first = ids(desk, "rieng.json")
    release(desk, feeds=(Feed(key="rieng", title="Riêng", phrases=("cây dừa",)),))
    assert len(first) == len(ids(desk, "rieng.json")) == 1
    assert first != ids(desk, "rieng.json")


def test_a_shorter_feed_has_the_rest_in_its_archive(desk):
    desk.with_news(1, 2, 3)
    release(desk, feeds=(Feed(key="rieng", title="Riêng", limit=3),))
    assert "prev-archive" not in read(desk, "rieng.atom")
    whole = ids(desk, "rieng.json")
    release(desk, feeds=(Feed(key="rieng", title="Riêng", limit=1),))
    assert ids(desk, "rieng.json") == whole[:1]
    assert "prev-archive" in read(desk, "rieng.atom")
    assert set(ids(desk, "archive/rieng/1.json")) == set(whole)


def test_a_feed_in_another_order_keeps_its_archive_pages(desk, web, words, clock):
    desk.add()
    old = words.item(1, at=clock.now - timedelta(days=3))
    web.pages[FEED] = words.rss(words.item(2), old)
    desk.visit()
    clock.advance(hours=1)
    web.pages[FEED] = words.rss(words.item(3, at=clock.now - timedelta(days=2)))
    desk.visit()
    release(desk, feeds=(Feed(key="rieng", title="Riêng", limit=2),))
    seen, page = ids(desk, "rieng.json"), ids(desk, "archive/rieng/1.json")
    by_date = Feed(key="rieng", title="R", limit=2, order=FeedOrder.PUBLISHED)
    release(desk, feeds=(by_date,))
    assert seen[0] == uid(desk, "https://tin.example/3.html")
    assert ids(desk, "rieng.json") == [
        uid(desk, "https://tin.example/2.html"),
        uid(desk, "https://tin.example/3.html"),
    ]
    assert ids(desk, "archive/rieng/1.json") == page


def test_rights_of_a_feed_and_of_the_site_are_a_ceiling(desk):
    desk.add(rights=Rights.FULL)
    desk.with_news(1)
    desk.sources["tin"] = replace(desk.sources["tin"], rights=Rights.FULL)
    release(desk, feeds=(Feed(key="rieng", title="R", rights=Rights.LINK),))
    assert "content_html" in read(desk, "all.json")
    assert "content_html" not in read(desk, "rieng.json")
    assert "content_html" in read(desk, "source/tin.json")
    release(desk, rights=Rights.LINK)
    for path in ("all.json", "source/tin.json"):
        assert "content_html" not in read(desk, path)


def test_a_new_title_of_a_source_or_category_reaches_its_own_stories_alone(
    desk, web, words
):
    desk.add("bao", url="https://bao.example/rss")
    web.pages["https://bao.example/rss"] = words.rss(words.item(5, host="bao.example"))
    desk.with_news(1)
    desk.visit("bao")
    release(desk)
    desk.sources["bao"] = replace(desk.sources["bao"], title="Tên mới")
    done = release(desk)
    pages = {path for path in done.changed if path.startswith("story/")}
    assert pages == {f"story/{uid(desk, 'https://bao.example/5.html')}.html"}
    assert "Tên mới" in read(desk, "all.rss")


def test_another_site_title_makes_every_document_anew_and_keeps_ids_and_order(desk):
    desk.with_news(1, 2, 3)
    release(desk)
    before = ids(desk)
    desk.site = replace(desk.site, title="Tên khác")
    done = release(desk)
    assert {"all.atom", "all.html", "index.html"} <= set(done.changed)
    assert ids(desk) == before
    assert release(desk).changed == ()


def test_a_new_category_costs_no_page_of_other_stories(desk):
    desk.with_news(1, 2)
    release(desk)
    more = (*desk.publishing().categories, Category(slug="moi", title="Mới"))
    done = release(desk, categories=more)
    assert "category/moi.atom" in done.changed
    assert "index.html" in done.changed
    assert not [path for path in done.changed if path.startswith("story/")]


def test_a_feed_that_comes_back_has_its_archive_as_it_was(desk):
    own = Feed(key="rieng", title="Riêng", limit=1)
    desk.with_news(1, 2, 3)
    release(desk, feeds=(own,))
    kept = ids(desk, "archive/rieng/1.json")
    release(desk)
    assert "rieng.atom" in leftovers(desk.publishing(), desk.clock.now)
    withdraw(desk, 1)
    release(desk)
    release(desk, feeds=(own,))
    assert len(ids(desk, "archive/rieng/1.json")) == 2
    assert set(ids(desk, "archive/rieng/1.json")) < set(kept)


def test_closed_pages_stay_closed_if_all_that_was_known_of_feeds_is_lost(desk):
    own = Feed(key="rieng", title="Riêng", limit=1)
    desk.with_news(1, 2, 3)
    release(desk, feeds=(own,))
    kept = read(desk, "archive/rieng/1.atom")
    with desk.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM feeds")
    release(desk, feeds=(own,))
    assert read(desk, "archive/rieng/1.atom") == kept
    assert not (desk.folder / "feeds" / "archive/rieng/2.atom").exists()


# ── The disk ─────────────────────────────────────────────────────────────────


def test_what_was_deleted_or_edited_is_found_and_mended(desk):
    desk.with_news(1)
    release(desk)
    base = desk.folder / "feeds"
    wanted = {path: path.read_bytes() for path in base.rglob("*.*") if path.is_file()}
    (base / "all.atom").write_text("<feed/>", encoding="utf-8")
    (base / "all.rss.gz").unlink()
    (base / "index.html").unlink()
    assert look_over(desk.publishing()) == 2
    release(desk)
    for path, content in wanted.items():
        if not path.name.startswith("."):
            assert path.read_bytes() == content, path


def test_a_folder_that_was_lost_is_filled_anew(desk):
    desk.with_news(1, 2)
    first = release(desk)
    (desk.folder / "feeds").rename(desk.folder / "moved")
    assert set(release(desk).changed) == set(first.changed)


def test_making_everything_anew_changes_nothing(desk):
    desk.with_news(1, 2, 3)
    first = release(desk)
    assert begin_anew(desk.publishing(), desk.clock.now) > 3
    again = release(desk)
    assert again.changed == ()
    assert again.unchanged == len(first.changed)


def test_making_everything_anew_mends_what_has_the_same_size_and_time(desk):
    desk.with_news(1)
    release(desk)
    file = desk.folder / "feeds" / "all.rss"
    content, told = file.read_bytes(), file.stat()
    file.write_bytes(content.replace(b"<item>", b"<itex>"))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert look_over(desk.publishing()) == 0
    begin_anew(desk.publishing(), desk.clock.now)
    assert "all.rss" in release(desk).changed
    assert file.read_bytes() == content


def test_what_is_written_is_recorded(desk):
    desk.with_news(1)
    done = release(desk)
    known = desk.ask(written.all_of)
    assert set(known) == set(done.changed)
    for path, record in known.items():
        file = desk.folder / "feeds" / path
        assert file.stat().st_size == record.size
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == (
            file.read_bytes()
        )


def test_other_twins_come_and_go_with_the_settings(desk):
    desk.with_news(1)
    release(desk, packed=("gz", "br", "zst"))
    base = desk.folder / "feeds"
    assert (base / "all.atom.br").is_file()
    assert (base / "all.atom.zst").is_file()
    assert leftovers(desk.publishing(), desk.clock.now) == ()
    look_over(desk.publishing())
    release(desk)
    assert not [path for path in base.rglob("*") if path.suffix in (".br", ".zst")]
    assert (base / "all.atom.gz").is_file()


# ── Others meanwhile ─────────────────────────────────────────────────────────


def test_who_does_not_wait_is_told_that_somebody_publishes(desk, clock):
    desk.with_news(1)
    work = desk.publishing()
    work.folder.mkdir()
    with alone(work.folder):
        assert publish(work, clock.now, wait=False).busy
    assert not publish(work, clock.now, wait=False).busy


def test_two_who_publish_at_once_lose_nothing(desk, clock):
    desk.with_news(1, 2, 3)
    work = desk.publishing()
    done = []
    threads = [
        threading.Thread(target=lambda: done.append(publish(work, clock.now)))
        for _one in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.failed for one in done] == [(), (), ()]
    assert sorted(one.stories for one in done) == [0, 0, 3]
    assert len(ids(desk)) == 3
    assert not is_due(work, clock.now)


def test_what_is_stopped_is_gone_on_with(desk, clock):
    desk.with_news(1, 2, 3)
    work = desk.publishing()
    asked = iter([False, False, False, True, True, True, True])
    first = publish(work, clock.now, stopping=lambda: next(asked))
    assert is_due(work, clock.now)
    second = publish(work, clock.now)
    assert len(ids(desk)) == 3
    assert not set(first.changed) & set(second.changed)
    assert not is_due(work, clock.now)


def test_units_of_a_newer_version_are_passed_over(desk, clock):
    desk.with_news(1)
    with desk.database.write() as connection:
        unwritten.note(connection, ["hologram:0:x", "nonsense"])
    assert release(desk).failed == ()
    assert not is_due(desk.publishing(), clock.now)


def test_a_story_that_cannot_be_read_does_not_keep_back_the_others(desk, clock):
    desk.with_news(1, 2, 3)
    with desk.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE entries SET relation = 'nonsense' WHERE url LIKE '%/2.html'"
        )
    done = release(desk)
    assert len(ids(desk)) == 2
    assert [path for path, _why in done.failed] == ["story 2"]
    assert not is_due(desk.publishing(), clock.now)
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE entries SET relation = 'first'")
    release(desk)
    assert len(ids(desk)) == 3


# ── For others ───────────────────────────────────────────────────────────────


def test_parts_for_partners_are_those_of_the_feeds_and_have_a_ceiling_of_their_own(
    desk, clock
):
    desk.with_news(1, 2)
    desk.sources["tin"] = replace(desk.sources["tin"], rights=Rights.FULL)
    work = desk.publishing()
    publish(work, clock.now)
    numbers = [one.id for one in desk.stories()]
    full = fragments_of(work, numbers, Form.ATOM, clock.now)
    link = fragments_of(work, numbers, Form.ATOM, clock.now, Rights.LINK)
    atom = (work.folder / "all.atom").read_bytes()
    assert all(part.content in atom for part in full.values())
    assert all(b"<content" in part.content for part in full.values())
    assert not any(b"<content" in part.content for part in link.values())
    assert fragments_of(work, numbers, Form.ATOM, clock.now, Rights.LINK) == link
    with desk.database.read() as connection:
        assert set(items_of(work, connection, numbers, clock.now)) == set(numbers)


def test_nobody_gets_a_part_of_what_is_under_embargo(desk, web, words, clock):
    desk.add(embargo=timedelta(hours=6))
    web.pages[FEED] = words.rss(words.item(1, at=clock.now))
    desk.visit()
    work, numbers = desk.publishing(), [one.id for one in desk.stories()]
    assert fragments_of(work, numbers, Form.ATOM, clock.now) == {}
    later = clock.advance(hours=7)
    assert set(fragments_of(work, numbers, Form.ATOM, later)) == set(numbers)


def test_a_backlog_goes_where_its_date_puts_it_and_is_read_from_the_archive(
    desk, web, words, clock
):
    desk.add()
    web.pages[FEED] = words.rss(*(words.item(n) for n in range(1, 4)))
    desk.visit()
    own = Feed(key="rieng", title="Riêng", limit=3)
    release(desk, feeds=(own,))
    whole = ids(desk, "rieng.json")
    desk.add("cu", url="https://cu.example/rss", kind=SourceKind.FEED)
    old = [
        words.item(n, host="cu.example", at=clock.now - timedelta(days=60 + n))
        for n in (11, 12)
    ]
    web.pages["https://cu.example/rss"] = words.rss(*old)
    desk.visit("cu")
    release(desk, feeds=(own,))
    assert ids(desk, "rieng.json") == whole
    archived = ids(desk, "archive/rieng/1.json")
    assert len(set(archived) | set(whole)) == 5


def test_atom_says_where_the_archive_begins_and_ends(desk):
    own = Feed(key="rieng", title="Riêng", limit=1)
    desk.with_news(1, 2, 3)
    release(desk, feeds=(own,))
    current = feedparser.parse(read(desk, "rieng.atom"))
    links = {one.rel: one.href for one in current.feed.links}
    assert links["prev-archive"].endswith("/feeds/archive/rieng/1.atom")
    page = feedparser.parse(read(desk, "archive/rieng/1.atom"))
    back = {one.rel: one.href for one in page.feed.links}
    assert back["current"].endswith("/feeds/rieng.atom")
    assert len(page.entries) == 3


# ── Cited documents ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(5))
def test_who_cites_what_is_the_same_as_if_everything_was_read(
    desk, web, words, clock, seed
):
    """Also what a source prints everywhere, and stops printing."""
    random = Random(seed)  # noqa: S311 - the same every time
    desk.add()
    numbers = ("05-CT/TW", "06-CT/TW", "07-CT/TW")
    made = 0
    for turn in range(6):
        items = []
        prints = random.random() < 0.6
        for _one in range(random.randint(3, 9)):
            made += 1
            said = f"Theo Chỉ thị số {random.choice(numbers)}." * random.randint(0, 2)
            foot = "\nGiấy phép theo Chỉ thị số 99-CT/TW" if prints else ""
            text = f"{words.article(made)[1]} {said}{foot}"
            items.append(words.item(made, text=text))
        web.pages[FEED] = words.rss(*items)
        desk.visit()
        if turn % 2:
            one = random.choice(desk.entries())
            with desk.database.write() as connection:
                entries.withdraw(connection, one.id, clock.now)
        clock.advance(hours=1)
        assert release(desk).failed == ()
        with desk.database.read() as connection:
            wanted = {
                f"document/{one.document.slug}": set(one.stories)
                for one in cited_stories(connection)
            }
            found = {
                key: {story for _uid, story in carried.current(connection, key, 999)}
                for key, row in feeds.starting(connection, "document/").items()
                if row.stamp.startswith("1")
            }
        assert found == wanted


def test_a_document_whose_name_is_no_longer_its_own_is_told_apart_everywhere(desk):
    desk.with_news(1, 2)
    told = desk.entries()
    known = [
        CitedDocument(
            id=number,
            slug=f"18-nq-tw-{number}",
            number="18-NQ/TW",
            type_word="Nghị quyết",
            issuer="",
            scope="",
            issued=str(2016 + number),
        )
        for number in (1, 2)
    ]
    with desk.database.write() as connection:
        documents.create_all(connection, known)
        documents.cite_all(connection, [(1, told[0].id, 1)])
    release(desk)
    assert "18-NQ/TW (2017)" not in read(desk, "documents.html")
    with desk.database.write() as connection:
        documents.cite_all(connection, [(2, told[1].id, 1)])
    release(desk)
    assert "18-NQ/TW (2017)" in read(desk, "document/18-nq-tw-1.atom")
    assert "18-NQ/TW (2018)" in read(desk, "document/18-nq-tw-2.atom")
