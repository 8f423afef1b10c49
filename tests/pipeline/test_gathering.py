"""What a visit comes to, with a web of answers in a dict."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.errors import BadAnswer, StoreError, TooSlow
from syndicate.model import DateOrigin, Precision, Selectors, SourceKind
from syndicate.pipeline import paging
from syndicate.pipeline.gathering import due_sources
from syndicate.ports import Response
from syndicate.store import sources

FEED = "https://tin.example/rss"
LIST = "https://cong.example/tin"
LISTED = Selectors(item="li.t", item_date=".d", body=".bai", title="h1", date=".ngay")


def answer(url, body, etag):
    return Response(url=url, status=200, headers={"etag": etag}, body=body)


def state(desk, key):
    return desk.ask(lambda connection: sources.load(connection, key))


def test_a_first_visit_brings_new_entries_and_a_second_none(desk, web, words):
    desk.add()
    web.pages[FEED] = words.rss(words.item(1), words.item(2))
    assert desk.outcomes() == {"new": 2}
    visit = desk.visit()
    assert visit.not_modified
    assert visit.outcomes == {}


def test_a_feed_that_grew_has_its_old_entries_unchanged(desk, web, words):
    desk.add()
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    web.pages[FEED] = words.rss(words.item(2), words.item(1))
    assert desk.outcomes() == {"unchanged": 1, "new": 1}


def test_validators_are_sent_and_a_304_is_not_modified(desk, web, words):
    desk.add()
    web.pages[FEED] = answer(FEED, words.rss(words.item(1)), '"a"')
    desk.visit()
    assert desk.visit().not_modified
    assert web.asked[-1].etag == '"a"'
    kept = state(desk, "tin")
    assert kept.etag == '"a"'
    assert kept.body_hash  # a 304 says nothing of the body, so what we knew stays


def test_a_corrected_entry_is_changed_and_keeps_its_first_sight(
    desk, web, clock, words
):
    desk.add()
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    seen = clock.now
    later = clock.advance(hours=1)
    text = words.article(1)[1] + " Đính chính: lớp có hai mươi lăm chị."
    web.pages[FEED] = words.rss(words.item(1, text=text))
    assert desk.outcomes() == {"changed": 1}
    (entry,) = desk.entries()
    assert (entry.seen_at, entry.changed_at) == (seen, later)


def test_the_same_text_from_two_sources_is_one_story_told_by_both(desk, web, words):
    desk.add("tin", rank=50)
    desk.add("bao", url="https://bao.example/rss", rank=10)
    web.pages[FEED] = words.rss(words.item(1))
    web.pages["https://bao.example/rss"] = words.rss(
        words.item(1, host="bao.example", guid="khac")
    )
    assert desk.outcomes("tin") == {"new": 1}
    assert desk.outcomes("bao") == {"repeat": 1}
    (story,) = desk.stories()
    assert [one.entry.source for one in story.entries] == ["bao", "tin"]


def test_two_items_of_one_guid_are_two_entries(desk, web, words):
    desk.add()
    web.pages[FEED] = words.rss(words.item(1, guid="x"), words.item(2, guid="x"))
    assert desk.outcomes() == {"new": 2}
    web.pages[FEED] += b"\n"
    assert desk.outcomes() == {"unchanged": 2}


def test_a_guid_is_unique_per_source_only(desk, web, words):
    desk.add()
    desk.add("bao", url="https://bao.example/rss")
    web.pages[FEED] = words.rss(words.item(1, guid="1"))
    web.pages["https://bao.example/rss"] = words.rss(
        words.item(2, guid="1", host="bao.example")
    )
    desk.gather()
    assert len(desk.entries()) == len(desk.stories()) == 2


def test_old_entries_of_a_first_import_are_backlog_and_so_are_undated_ones(
    desk, web, words
):
    desk.add()
    old = words.start - timedelta(days=30)
    web.pages[FEED] = words.rss(
        words.item(1), words.item(2, at=old), words.item(3, at=None)
    )
    desk.visit()
    backlog = {one.entry.guid: one.backlog for one in desk.entries()}
    assert backlog == {"g1": False, "g2": True, "g3": True}


def test_an_undated_entry_of_a_later_visit_is_news(desk, web, clock, words):
    desk.add()
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    clock.advance(hours=1)
    web.pages[FEED] = words.rss(words.item(3, at=None), words.item(1))
    desk.visit()
    assert [one.backlog for one in desk.entries()] == [False, False]


def test_a_first_import_is_filed_oldest_first_whatever_its_order(desk, web, words):
    desk.add()
    hours = {1: 5, 2: 9, 3: 1}
    web.pages[FEED] = words.rss(
        *(words.item(n, at=words.start - timedelta(hours=h)) for n, h in hours.items())
    )
    desk.visit()
    assert [one.entry.guid for one in desk.entries()] == ["g2", "g1", "g3"]


def test_an_entry_that_cannot_be_read_does_not_lose_the_others(desk, web, words):
    desk.add()
    empty = "<item><description></description></item>"
    web.pages[FEED] = words.rss(words.item(1), empty, words.item(2))
    visit = desk.visit()
    assert visit.outcomes.get("new") == 2
    assert visit.error == ""


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (RuntimeError("không ngờ"), "https://tin.example/2.html: RuntimeError"),
        (StoreError("không ghi được"), "không ghi được"),
    ],
)
def test_a_fault_in_one_entry_is_told_and_loses_no_other(
    desk, web, words, trouble, said
):
    desk.rules.breaks["g2"] = trouble
    desk.add()
    web.pages[FEED] = words.rss(*map(words.item, (1, 2, 3)))
    visit = desk.visit()
    assert visit.outcomes == {"new": 2, "failed": 1}
    assert visit.details[0].startswith(said)


def refuses(desk, title):
    """Let the database itself refuse an entry."""
    with desk.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON entries"
            f" WHEN NEW.title = '{title}' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )


def test_documents_that_are_filed_together_do_not_lose_each_other(desk, web, words):
    """What the database refuses is one entry, and told with its own source only."""
    for host in ("a", "b", "c"):
        desk.add(host, url=f"https://{host}.example/rss")
    for number, host in enumerate("abc"):
        web.pages[f"https://{host}.example/rss"] = words.rss(
            words.item(number), words.item(number + 3)
        )
    refuses(desk, words.article(1)[0])
    visits = desk.gather()
    assert visits["a"].outcomes == visits["c"].outcomes == {"new": 2}
    assert visits["b"].outcomes == {"new": 1, "failed": 1}
    assert {one.entry.source for one in desk.entries()} == {"a", "b", "c"}
    assert len(desk.entries()) == 5


def test_after_a_failure_the_server_is_asked_for_the_whole_again(desk, web, words):
    desk.rules.breaks["g2"] = RuntimeError("không ngờ")
    desk.add()
    web.pages[FEED] = answer(FEED, words.rss(words.item(1), words.item(2)), '"a"')
    desk.visit()
    desk.rules.breaks.clear()
    assert desk.outcomes() == {"unchanged": 1, "new": 1}
    assert web.asked[-1].etag == ""


def test_an_unexpected_exception_in_one_source_is_said_and_others_go_on(
    desk, web, words
):
    desk.add()
    desk.add("xau", url="https://xau.example/rss")
    web.pages[FEED] = words.rss(words.item(1))
    web.pages["https://xau.example/rss"] = ZeroDivisionError("lỗi lạ")
    visits = desk.gather()
    assert visits["tin"].outcomes == {"new": 1}
    assert visits["xau"].error == "xau: ZeroDivisionError: lỗi lạ"
    assert state(desk, "xau").failures == 1


def test_failures_double_the_pause_and_one_success_clears_them(desk, web, clock, words):
    desk.add(every=timedelta(hours=1))
    web.pages[FEED] = TooSlow(FEED, "no answer in 20 s")
    for failures, hours in ((1, 2), (2, 4), (3, 8)):
        desk.visit()
        kept = state(desk, "tin")
        pause = (kept.due_at - clock.now) / timedelta(hours=1)
        assert kept.failures == failures
        assert hours <= pause <= hours * 1.1  # spread by up to a tenth
        clock.now = kept.due_at
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    assert (state(desk, "tin").failures, state(desk, "tin").error) == (0, "")


def test_a_source_is_due_when_its_time_has_come(desk, web, clock, words):
    source = desk.add(every=timedelta(hours=1))
    assert due_sources(desk.database, [source], clock.now) == [source]
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    assert due_sources(desk.database, [source], clock.now) == []
    assert due_sources(desk.database, [source], clock.advance(hours=2)) == [source]


def test_a_store_that_cannot_be_written_is_said_in_the_visit(desk, web, words):
    desk.add()
    web.pages[FEED] = words.rss(words.item(1))
    desk.database.close()
    file = desk.folder / "desk.db"
    for each in desk.folder.glob("desk.db*"):
        each.unlink()
    file.mkdir()
    visit = desk.visit()
    assert visit.error
    assert "Traceback" not in visit.error


def test_a_listing_leads_to_pages_and_its_date_survives_their_recheck(
    desk, web, clock, words
):
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages["https://cong.example/1.html"] = words.page(1)
    assert desk.outcomes() == {"new": 1}
    clock.advance(hours=13)
    web.pages["https://cong.example/1.html"] = words.page(1, more="Xin đính chính.")
    assert desk.outcomes() == {"changed": 1}
    (stored,) = desk.entries()
    published = stored.entry.published
    assert published.origin is DateOrigin.LISTING
    assert published.precision is Precision.DAY
    assert published.value.date().isoformat() == "2026-10-13"
    assert "Xin đính chính" in stored.entry.text


def test_a_page_is_looked_at_again_after_its_pause_and_not_sooner(
    desk, web, clock, words
):
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages[url] = answer(url, words.page(1), '"p"')
    desk.visit()
    clock.advance(hours=11)
    desk.visit()
    assert web.times(url) == 1
    clock.advance(hours=2)
    assert desk.outcomes() == {"unchanged": 1}
    assert web.times(url) == 2
    assert web.asked[-1].etag == '"p"'


def test_an_old_page_is_left_in_peace(desk, web, clock, words):
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages[url] = words.page(1)
    desk.visit()
    clock.advance(days=8)
    desk.visit()
    assert web.times(url) == 1


def test_an_article_is_taken_down_after_two_404s_and_is_back_with_its_page(
    desk, web, clock, words
):
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"), (2, "13/10/2026"))
    web.pages[url] = answer(url, words.page(1), '"p"')
    web.pages["https://cong.example/2.html"] = words.page(2)
    desk.visit()
    web.gone(url)
    clock.advance(hours=13)
    assert "failed" not in desk.outcomes()
    assert len(desk.stories()) == 2
    clock.advance(hours=13)
    desk.visit()
    assert [one.lead.entry.url for one in desk.stories()] == [
        "https://cong.example/2.html"
    ]
    uid = {one.entry.url: one.story for one in desk.entries()}[url]
    clock.advance(hours=13)
    web.pages[LIST] += b"<!-- moved -->"
    desk.visit()  # gone still: no failure, no noise
    assert len(desk.stories()) == 1
    clock.advance(hours=13)
    web.pages[url] = answer(url, words.page(1), '"p"')
    web.pages[LIST] += b"<!-- again -->"
    visit = desk.visit()
    assert (visit.error, visit.details) == ("", ())
    assert len(desk.stories()) == 2
    back = {one.entry.url: one for one in desk.entries()}[url]
    assert (back.withdrawn_at, back.story) == (None, uid)


def test_one_404_between_two_good_answers_takes_nothing_down(desk, web, clock, words):
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    body = answer(url, words.page(1), '"p"')
    web.pages[url] = body
    desk.visit()
    for there in (False, True, False):
        clock.advance(hours=13)
        if there:
            web.pages[url] = body
        else:
            web.gone(url)
        desk.visit()
    assert len(desk.stories()) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        BadAnswer("https://cong.example/1.html", 503, "503 Service Unavailable"),
        TooSlow("https://cong.example/1.html", "no answer in 20 s"),
        RuntimeError("lạ"),
    ],
)
def test_an_outage_takes_no_article_down(desk, web, clock, words, trouble):
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages[url] = words.page(1)
    desk.visit()
    web.pages[url] = trouble
    for _ in range(3):
        clock.advance(hours=13)
        visit = desk.visit()
        assert visit.outcomes == {"failed": 1}
        assert url in visit.details[0]
    assert len(desk.stories()) == 1


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("https://cong.example/", "leads to the front page"),
        ("https://www.cong.example/tin/", "leads to the front page"),
        ("https://cong.example/2.html", "leads to another article"),
    ],
)
def test_an_article_that_leads_elsewhere_by_now_keeps_what_it_said(
    desk, web, clock, words, to, said
):
    """So many sites answer for what they took down: with a good page of something."""
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"), (2, "13/10/2026"))
    for n in (1, 2):
        web.pages[f"https://cong.example/{n}.html"] = words.page(n)
    desk.visit()
    web.pages[url] = Response(url=to, status=200, body=words.page(2))
    clock.advance(hours=13)
    visit = desk.visit()
    assert said in visit.details[0]
    kept = [one.entry.title for one in desk.entries() if one.entry.url == url]
    assert kept == [words.article(1)[0]]


def test_an_article_that_moved_is_read_at_its_new_address(desk, web, words):
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    moved = "https://cong.example/moi/1.html"
    web.pages["https://cong.example/1.html"] = Response(
        url=moved, status=200, body=words.page(1)
    )
    assert desk.outcomes() == {"new": 1}


def test_a_flood_of_pages_is_read_a_part_at_a_time_newest_first(
    desk, web, words, monkeypatch
):
    monkeypatch.setattr(paging, "MAX_PAGES", 2)
    desk.add_listing()
    web.pages[LIST] = words.listing(*((n, "13/10/2026") for n in (5, 4, 3, 2, 1)))
    for n in range(1, 6):
        web.pages[f"https://cong.example/{n}.html"] = words.page(n)
    assert desk.outcomes() == {"new": 2}
    assert {one.entry.url[-6] for one in desk.entries()} == {"5", "4"}
    assert desk.outcomes() == {"unchanged": 2, "new": 2}
    assert desk.outcomes() == {"unchanged": 4, "new": 1}
    assert desk.visit().not_modified


def paged(desk, web, words, pages):
    """A listing of several pages, two articles on each."""
    selectors = replace(LISTED, next_page="a.sau")
    desk.add_listing(selectors=selectors)
    for at, numbers in enumerate(pages):
        body = words.listing(*((n, "") for n in numbers))
        older = f"{LIST}?p={at + 1}" if at + 1 < len(pages) else ""
        link = f"<a class='sau' href='{older}'>Trang sau</a>" if older else ""
        address = f"{LIST}?p={at}" if at else LIST
        web.pages[address] = body.replace(b"</body>", f"{link}</body>".encode())
        for n in numbers:
            web.pages[f"https://cong.example/{n}.html"] = words.page(n)


def test_a_first_visit_reads_the_first_page_of_a_listing_only(desk, web, words):
    paged(desk, web, words, [(6, 5), (4, 3), (2, 1)])
    assert desk.outcomes("cong") == {"new": 2}


def test_backfill_reads_as_many_older_pages_as_asked_and_none_of_it_is_news(
    desk, web, words
):
    paged(desk, web, words, [(5, 4), (3, 2), (1, 0)])
    desk.backfill = 1
    assert desk.outcomes("cong") == {"new": 4}
    assert all(entry.backlog for entry in desk.entries())


def test_more_news_than_one_page_holds_is_not_lost(desk, web, words):
    paged(desk, web, words, [(0,)])
    desk.visit("cong")
    paged(desk, web, words, [(5, 4), (3, 2), (1, 0)])
    assert desk.outcomes("cong") == {"new": 5, "unchanged": 1}


def test_older_pages_are_left_alone_once_one_link_is_known(desk, web, words):
    paged(desk, web, words, [(2, 1)])
    desk.visit("cong")
    paged(desk, web, words, [(3, 2), (1, 0)])
    assert desk.outcomes("cong") == {"new": 1, "unchanged": 1}


def test_an_older_page_that_cannot_be_had_is_said_and_the_first_is_filed(
    desk, web, words
):
    paged(desk, web, words, [(5, 4), (3, 2)])
    web.gone(f"{LIST}?p=1")
    desk.backfill = 1
    visit = desk.visit("cong")
    assert visit.outcomes == {"failed": 1, "new": 2}
    assert "?p=1" in visit.details[0]


def test_pages_of_a_feed_are_read_and_the_guid_is_kept(desk, web, clock, words):
    desk.add(read_pages=True)
    url = "https://tin.example/1.html"
    web.pages[FEED] = words.rss(words.item(1, text="Tóm tắt."))
    web.pages[url] = words.page(1, date="12/10/2026 08:15")
    assert desk.outcomes() == {"new": 1}
    (stored,) = desk.entries()
    assert stored.entry.guid == "g1"
    assert "người dân" in stored.entry.text or "hai mươi" in stored.entry.text.lower()
    clock.advance(hours=13)
    web.pages[url] = words.page(1, date="12/10/2026 08:15", more="Đã sửa một số.")
    assert desk.outcomes() == {"changed": 1}
    (again,) = desk.entries()
    assert again.entry.guid == "g1"
    assert again.entry.published == stored.entry.published


def test_wrong_minutes_of_a_feed_are_not_kept(desk, web, words):
    desk.add(hour_only=True)
    web.pages[FEED] = words.rss(words.item(1, at=words.start - timedelta(minutes=137)))
    desk.visit()
    (stored,) = desk.entries()
    published = stored.entry.published
    assert published.precision is Precision.HOUR
    assert published.value.minute == 0


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


def sitemap(*numbers, host="cong.example"):
    rows = "".join(
        f"<url><loc>https://{host}/{n}.html</loc><lastmod>2026-10-1{n}</lastmod></url>"
        for n in numbers
    )
    return SITEMAP.format(rows).encode()


def index(*names):
    rows = "".join(
        f"<sitemap><loc>https://cong.example/{name}.xml</loc></sitemap>"
        for name in names
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<sitemapindex xmlns="{space}">{rows}</sitemapindex>'.encode()


def map_desk(desk, web, words):
    desk.add("cong", kind=SourceKind.SITEMAP, url="https://cong.example/sitemap.xml")
    for n in (1, 2, 3):
        web.pages[f"https://cong.example/{n}.html"] = words.page(n)


def test_the_maps_of_an_index_are_read_and_a_broken_one_loses_no_other(
    desk, web, words
):
    map_desk(desk, web, words)
    web.pages["https://cong.example/sitemap.xml"] = index("a", "b", "c", "d")
    web.pages["https://cong.example/a.xml"] = sitemap(1, 2)
    web.pages["https://cong.example/b.xml"] = b"<html>no</html>"
    web.pages["https://cong.example/d.xml"] = sitemap(2, 3)
    visit = desk.visit()
    assert visit.outcomes == {"new": 3, "failed": 2}
    assert [
        name for name in "bc" if any(f"/{name}.xml" in d for d in visit.details)
    ] == ["b", "c"]
    assert len(desk.entries()) == 3


def test_an_index_of_which_no_map_can_be_read_is_an_error(desk, web, words):
    map_desk(desk, web, words)
    web.pages["https://cong.example/sitemap.xml"] = index("a", "b")
    assert "/a.xml" in desk.visit().error


def test_saved_files_of_a_folder_are_read_and_a_bad_one_is_named(desk, words, tmp_path):
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "a.rss").write_bytes(words.rss(words.item(1), words.item(2)))
    (folder / "b.html").write_bytes(words.page(3, date="13/10/2026"))
    (folder / "c.html").write_bytes(b"")
    desk.add("luu", kind=SourceKind.FOLDER, url=str(folder))
    visit = desk.visit()
    assert visit.error == ""
    assert visit.outcomes == {"new": 3, "failed": 1}
    assert "c.html" in visit.details[0]
    assert desk.visit().outcomes["unchanged"] == 3


def test_a_folder_that_is_not_there_is_an_error(desk, tmp_path):
    desk.add("luu", kind=SourceKind.FOLDER, url=str(tmp_path / "none"))
    assert str(tmp_path / "none") in desk.visit().error


def test_what_was_filed_before_a_cancellation_is_kept(desk, web, words):
    """A desk that is told to end does not wait; the next start goes on from there."""
    desk.add_listing()
    web.pages[LIST] = words.listing((2, "13/10/2026"), (1, "13/10/2026"))
    web.pages["https://cong.example/1.html"] = words.page(1)
    web.pages["https://cong.example/2.html"] = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        desk.gather()
    assert len(desk.entries()) == 1
    web.pages["https://cong.example/2.html"] = words.page(2)
    assert desk.outcomes() == {"unchanged": 1, "new": 1}
