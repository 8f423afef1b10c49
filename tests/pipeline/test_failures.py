"""Failure must not become content, and what a source takes back is taken down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.categorise.rules import Rules
from syndicate.errors import BadAnswer, TooSlow
from syndicate.gather.limits import Reading
from syndicate.model import Category, Outcome, Scoring, SourceKind
from syndicate.pipeline import paging
from syndicate.pipeline.gathering import gather
from syndicate.pipeline.jobs import Setup
from syndicate.pipeline.parsing import Here
from syndicate.ports import Response
from syndicate.store import pages, sources

FEED = "https://tin.example/rss"
LIST = "https://cong.example/tin"
PAGE = "https://tin.example/1.html"


def state(desk, key="tin"):
    return desk.ask(lambda connection: sources.load(connection, key))


def titles(desk):
    return sorted(story.lead.entry.title for story in desk.stories())


# ── An empty answer (8) ──────────────────────────────────────────────────────


def test_a_feed_that_lost_all_its_entries_is_an_error_and_removes_nothing(
    desk, web, words
):
    desk.add()
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    web.pages[FEED] = words.rss()
    visit = desk.visit()
    assert "without entries" in visit.error
    assert "may_be_empty" in visit.error
    assert state(desk).failures == 1
    assert len(desk.stories()) == 1


def test_an_empty_feed_is_no_error_where_that_is_normal(desk, web, words):
    desk.add(may_be_empty=True)
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    web.pages[FEED] = words.rss()
    assert desk.outcomes() == {}


def test_a_feed_that_has_never_had_an_entry_may_be_empty(desk, web, words):
    desk.add()
    web.pages[FEED] = words.rss()
    assert desk.outcomes() == {}


def test_a_feed_of_ours_is_refused(desk, web, words):
    desk.add()
    desk.reader = Here(Setup(base_url="https://ban-tin.example"), desk.rules)
    own = (
        "<link xmlns='http://www.w3.org/2005/Atom' rel='self'"
        " href='https://ban-tin.example/feeds/all.rss'/><item>"
    )
    web.pages[FEED] = words.rss(words.item(1)).replace(b"<item>", own.encode(), 1)
    assert "one of our own feeds" in desk.visit().error
    assert desk.entries() == []


def test_no_more_entries_than_the_limit_are_read_of_a_feed(desk, web, words):
    desk.add()
    desk.reader = Here(Setup(reading=Reading(items=3)), desk.rules)
    web.pages[FEED] = words.rss(*map(words.item, range(6)))
    assert desk.outcomes() == {"new": 3}


# ── Pages that cannot be read (8) ────────────────────────────────────────────


def with_page(desk, web, words, text="Tóm tắt ngắn của bài báo."):
    desk.add(read_pages=True)
    web.pages[FEED] = words.rss(words.item(1, text=text))


@pytest.mark.parametrize(
    "trouble",
    [
        TooSlow(PAGE, "no answer in 20 s"),
        BadAnswer(PAGE, 404, "no such page"),
        b"",
        b"<html><body></body></html>",
    ],
)
def test_an_entry_whose_page_fails_is_filed_as_its_feed_told_it(
    desk, web, words, trouble
):
    with_page(desk, web, words)
    web.pages[PAGE] = trouble
    visit = desk.visit()
    assert visit.outcomes == {Outcome.NEW: 1}
    assert PAGE in visit.details[0]
    (stored,) = desk.entries()
    assert stored.entry.text == "Tóm tắt ngắn của bài báo."


def test_the_page_that_failed_is_looked_at_again_and_then_has_its_say(
    desk, web, clock, words
):
    with_page(desk, web, words)
    web.pages[PAGE] = TooSlow(PAGE, "no answer in 20 s")
    desk.visit()
    web.pages[PAGE] = words.page(1)
    desk.visit()
    assert web.times(PAGE) == 1
    clock.advance(hours=13)
    assert desk.outcomes() == {"changed": 1}
    (stored,) = desk.entries()
    assert words.article(1)[1] in stored.entry.text.replace("\n", " ")


def test_a_page_that_shows_less_than_the_feed_keeps_the_feeds_text(desk, web, words):
    text = " ".join(words.article(n)[1] for n in range(6))
    with_page(desk, web, words, text)
    web.pages[PAGE] = words.page(1)
    desk.visit()
    (stored,) = desk.entries()
    assert stored.entry.text == text


def test_a_failing_page_is_tried_again_after_growing_pauses(desk, web, clock, words):
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"), (2, "13/10/2026"))
    web.pages["https://cong.example/2.html"] = words.page(2)
    web.pages[url] = BadAnswer(url, 500, "in trouble")
    asked = []
    for hour in range(48):
        desk.visit()
        if web.times(url) > len(asked):
            asked.append(hour)
        clock.advance(hours=1)
    assert asked == [0, 1, 2, 5, 12, 27]
    web.pages[url] = words.page(1)
    clock.advance(days=7)
    desk.visit()
    assert len(desk.entries()) == 2
    assert desk.visit().not_modified


def test_a_listing_is_old_news_though_a_page_of_it_fails(desk, web, clock, words):
    """A dead link must not make us fetch and read the whole listing for ever."""
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages[url] = BadAnswer(url, 404, "no such page")
    for _ in range(3):
        desk.visit()
        clock.advance(hours=1)
    assert desk.visit().not_modified


def test_a_failing_page_that_is_listed_no_more_is_still_tried(desk, web, clock, words):
    url = "https://cong.example/1.html"
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages[url] = TooSlow(url, "no answer in 20 s")
    desk.visit()
    web.pages[LIST] = words.listing((2, "13/10/2026"))
    web.pages["https://cong.example/2.html"] = words.page(2)
    web.pages[url] = words.page(1)
    clock.advance(hours=2)
    assert desk.outcomes() == {"new": 2}


def test_the_retries_of_a_page_never_end_and_are_a_week_apart_at_most(clock):
    for misses in range(1, 40):
        pause = paging.retry_at(clock.now, misses) - clock.now
        assert timedelta(0) <= pause <= timedelta(days=7)
    assert pause == timedelta(days=7)


# ── robots.txt ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("setting", "feed", "page"),
    [("pages", False, True), ("all", True, True), ("none", False, False)],
)
def test_robots_txt_has_a_say_where_the_settings_say(
    desk, web, words, setting, feed, page
):
    with_page(desk, web, words)
    web.pages[PAGE] = words.page(1)
    desk.robots = setting
    desk.visit()
    assert {request.url: request.robots for request in web.asked} == {
        FEED: feed,
        PAGE: page,
    }
    assert {request.source for request in web.asked} == {"tin"}


def test_robots_txt_has_no_say_where_the_owner_agreed(desk, web, words):
    desk.add_listing(robots=False)
    web.pages[LIST] = words.listing((1, ""))
    desk.robots = "all"
    desk.visit()
    assert [request.robots for request in web.asked] == [False, False]


# ── What is taken back ───────────────────────────────────────────────────────


def atom(*numbers, more="", words):
    entries = "".join(
        f"<entry><id>tag:{n}</id><title>{words.article(n)[0]}</title>"
        f"<link href='https://tin.example/{n}.html'/>"
        f"<updated>2026-10-13T0{n}:00:00Z</updated>"
        f"<content type='text'>{words.article(n)[1]}</content></entry>"
        for n in numbers
    )
    return (
        "<feed xmlns='http://www.w3.org/2005/Atom'"
        " xmlns:at='http://purl.org/atompub/tombstones/1.0'"
        " xmlns:fh='http://purl.org/syndication/history/1.0'>"
        "<id>tag:tin</id><title>Tin</title><updated>2026-10-13T09:00:00Z</updated>"
        f"{more}{entries}</feed>"
    ).encode()


STONE = "<at:deleted-entry ref='tag:1' when='2026-10-13T09:00:00Z'/>"
COMPLETE = "<fh:complete/>"


def test_an_entry_with_a_tombstone_is_taken_down_at_once(desk, web, words):
    desk.add()
    web.pages[FEED] = atom(1, 2, words=words)
    desk.visit()
    web.pages[FEED] = atom(2, more=STONE, words=words)
    desk.visit()
    assert titles(desk) == [words.article(2)[0]]


def test_a_tombstone_of_one_source_takes_nothing_of_another_down(desk, web, words):
    desk.add()
    desk.add("bao", url="https://bao.example/rss")
    web.pages[FEED] = atom(1, words=words)
    web.pages["https://bao.example/rss"] = atom(2, more=STONE, words=words)
    desk.gather()
    assert len(desk.stories()) == 2


def test_what_a_complete_feed_has_lost_twice_is_taken_down(desk, web, clock, words):
    desk.add()
    web.pages[FEED] = atom(1, 2, more=COMPLETE, words=words)
    desk.visit()
    web.pages[FEED] = atom(2, more=COMPLETE, words=words)
    desk.visit()
    assert len(desk.stories()) == 2  # once may be an accident
    clock.advance(hours=1)
    desk.visit()  # the same document again: it means it
    assert titles(desk) == [words.article(2)[0]]
    assert desk.visit().not_modified


def test_what_a_complete_feed_has_again_stays(desk, web, words):
    desk.add()
    for numbers in ((1, 2), (2,), (1, 2), (2,)):
        web.pages[FEED] = atom(*numbers, more=COMPLETE, words=words)
        desk.visit()
    assert len(desk.stories()) == 2


def test_what_an_ordinary_feed_no_longer_lists_stays(desk, web, words):
    desk.add()
    for numbers in ((1, 2), (2,), (2, 3), (3,)):
        web.pages[FEED] = atom(*numbers, words=words)
        desk.visit()
    assert len(desk.stories()) == 3


def test_a_complete_feed_that_flips_its_guids_and_addresses_takes_nothing_down(
    desk, web, words
):
    """What was recognised under another name has not vanished."""
    desk.add()
    body = atom(1, 2, more=COMPLETE, words=words)
    web.pages[FEED] = body
    desk.visit()
    other = body.replace(b"tag:1", b"https://tin.example/?p=1")
    other = other.replace(b"https://tin.example/1.html", b"http://tin.example/1.html/")
    for n in range(3):
        web.pages[FEED] = other + b"<!-- %d -->" % n
        desk.visit()
    assert len(desk.stories()) == 2


def test_a_tombstone_under_a_later_guid_takes_its_entry_down(desk, web, words):
    desk.add()
    web.pages[FEED] = atom(1, 2, words=words)
    desk.visit()
    web.pages[FEED] = atom(1, 2, words=words).replace(b"tag:1<", b"urn:moi:1<")
    desk.visit()
    stone = STONE.replace("tag:1", "urn:moi:1")
    web.pages[FEED] = atom(2, more=stone, words=words)
    desk.visit()
    assert titles(desk) == [words.article(2)[0]]


def test_a_feed_of_nothing_but_tombstones_takes_back_all_that_it_had(desk, web, words):
    desk.add()
    web.pages[FEED] = atom(1, 2, words=words)
    desk.visit()
    web.pages[FEED] = atom(more=STONE + STONE.replace("tag:1", "tag:2"), words=words)
    assert desk.visit().error == ""
    assert desk.stories() == []


def test_a_complete_feed_that_goes_on_elsewhere_takes_nothing_down(desk, web, words):
    desk.add()
    more = COMPLETE + "<link rel='next' href='https://tin.example/2'/>"
    web.pages[FEED] = atom(1, 2, more=more, words=words)
    desk.visit()
    for _ in range(3):
        web.pages[FEED] = atom(2, more=more, words=words) + b"<!-- -->"
        desk.visit()
    assert len(desk.stories()) == 2


def test_what_a_complete_feed_lost_asks_for_no_page(desk, web, clock, words):
    desk.add()
    web.pages[FEED] = atom(1, 2, more=COMPLETE, words=words)
    desk.visit()
    web.pages[FEED] = atom(2, more=COMPLETE, words=words)
    desk.visit()
    clock.advance(days=1)
    desk.visit()
    assert {request.url for request in web.asked} == {FEED}


# ── Back-filling and drift ───────────────────────────────────────────────────


def test_older_documents_of_a_feed_are_read_on_request(desk, web, words):
    desk.add()
    addresses = [FEED, "https://tin.example/rss?p=2", "https://tin.example/rss?p=3"]
    for at, url in enumerate(addresses):
        older = addresses[at + 1] if at + 1 < len(addresses) else FEED
        link = f"<link rel='next' href='{older}'/>"
        web.pages[url] = atom(2 * at, 2 * at + 1, more=link, words=words)
    assert desk.outcomes() == {"new": 2}
    link = f"<link rel='next' href='{addresses[1]}'/>"
    web.pages[FEED] = atom(5, 0, 1, more=link, words=words)
    desk.backfill = 1
    assert desk.outcomes() == {"new": 3, "unchanged": 2}


def test_documents_of_a_feed_that_lead_in_a_circle_are_read_once(desk, web, words):
    desk.add()
    second = "https://tin.example/rss?p=2"
    web.pages[FEED] = atom(1, more=f"<link rel='next' href='{second}'/>", words=words)
    web.pages[second] = atom(2, more=f"<link rel='next' href='{FEED}'/>", words=words)
    desk.backfill = 9
    assert desk.outcomes() == {"new": 2}
    assert len(web.asked) == 2


def test_an_older_document_that_cannot_be_had_is_said(desk, web, words):
    desk.add()
    link = "<link rel='next' href='https://tin.example/rss?p=2'/>"
    web.pages[FEED] = atom(1, more=link, words=words)
    desk.backfill = 3
    visit = desk.visit()
    assert visit.outcomes == {Outcome.NEW: 1, Outcome.FAILED: 1}
    assert "?p=2" in visit.details[0]


# ── Replay ───────────────────────────────────────────────────────────────────


def test_a_replay_reads_all_anew_and_labels_by_the_rules_of_today(desk, web, words):
    desk.add()
    web.pages[FEED] = words.rss(words.item(0))
    desk.visit()
    (story,) = desk.stories()
    assert [label.category for label in story.labels] == ["cau-duong"]
    renamed = (Category(slug="xa-hoi", title="Xã hội", strong=("cây cầu",)),)
    desk.rules = Rules(renamed, Scoring())
    desk.replay = True
    assert desk.outcomes() == {"unchanged": 1}
    (story,) = desk.stories()
    assert [label.category for label in story.labels] == ["xa-hoi"]


def test_a_replay_remembers_nothing_of_the_sources(desk, web, clock, words):
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages["https://cong.example/1.html"] = words.page(1)
    desk.visit()
    before = state(desk, "cong")
    clock.advance(days=1)
    desk.replay = True
    web.gone("https://cong.example/1.html")  # not kept, which is not "gone"
    for _ in range(3):
        desk.gather()
    assert state(desk, "cong") == before
    assert len(desk.stories()) == 1
    visits = desk.ask(lambda c: sources.visits(c, "cong"))
    assert len(visits) == 1
    page = desk.ask(lambda c: pages.load(c, "cong", ["https://cong.example/1.html"]))
    assert [one.misses for one in page.values()] == [0]


def test_a_replay_reads_pages_anew_too(desk, web, clock, words):
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages["https://cong.example/1.html"] = words.page(1)
    desk.visit()
    desk.replay = True
    web.pages["https://cong.example/1.html"] = words.page(1, more="Chọn thêm đoạn này.")
    assert desk.outcomes() == {"changed": 1}


def test_a_replay_reads_pages_anew_that_no_listing_shows_any_more(
    desk, web, clock, words
):
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages["https://cong.example/1.html"] = words.page(1)
    desk.visit()
    clock.advance(hours=2)
    web.pages[LIST] = words.listing((2, "14/10/2026"))
    web.pages["https://cong.example/2.html"] = words.page(2)
    desk.visit()
    desk.replay = True
    web.pages["https://cong.example/1.html"] = words.page(1, more="Chọn thêm đoạn này.")
    assert desk.outcomes() == {"unchanged": 1, "changed": 1}


def test_a_page_whose_answer_was_not_kept_is_no_failure_of_a_replay(desk, web, words):
    desk.add_listing()
    web.pages[LIST] = words.listing((1, "13/10/2026"))
    web.pages["https://cong.example/1.html"] = words.page(1)
    desk.visit()
    desk.replay = True
    web.gone("https://cong.example/1.html")
    visit = desk.visit()
    assert (visit.error, visit.outcomes) == ("", {})
    assert "1.html" in visit.details[0]


def test_what_a_kept_answer_calls_today_is_the_day_when_it_was_fetched(
    desk, web, clock, words
):
    """A visit clock that is read again later must not become the article's date."""
    desk.add()
    fetched = clock.now
    late = words.item(0).replace("</pubDate>", "</pubDate><!-- -->")
    web.pages[FEED] = words.rss(late)
    job_times = []

    class Noting(Here):
        def read(self, job, body):
            job_times.append(job.at)
            return super().read(job, body)

    class Kept:
        async def fetch(self, request):
            return replace(await web.fetch(request), fetched_at=fetched)

    desk.reader = Noting(Setup(), desk.rules)
    clock.advance(days=30)
    work = replace(desk.work(), fetcher=Kept(), replay=True)
    asyncio.run(gather(work, list(desk.sources.values())))
    assert job_times == [fetched]


# ── Sitemaps ─────────────────────────────────────────────────────────────────


def test_a_map_that_changed_is_read_though_its_index_is_as_it_was(
    desk, web, clock, words
):
    url = "https://cong.example/sitemap.xml"
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    part = "https://cong.example/a.xml"

    def urlset(*numbers):
        rows = "".join(
            f"<url><loc>https://cong.example/{n}.html</loc></url>" for n in numbers
        )
        return f"<urlset xmlns='{space}'>{rows}</urlset>".encode()

    desk.add("cong", kind=SourceKind.SITEMAP, url=url)
    index = f"<sitemapindex xmlns='{space}'><sitemap><loc>{part}</loc></sitemap>"
    body = f"{index}</sitemapindex>".encode()
    web.pages[url] = Response(url=url, status=200, headers={"etag": '"i"'}, body=body)
    for n in (1, 2):
        web.pages[f"https://cong.example/{n}.html"] = words.page(n)
    web.pages[part] = Response(
        url=part, status=200, headers={"etag": '"1"'}, body=urlset(1)
    )
    assert desk.outcomes() == {"new": 1}
    assert desk.outcomes() == {}  # the map says that it has not changed
    web.pages[part] = Response(
        url=part, status=200, headers={"etag": '"2"'}, body=urlset(2, 1)
    )
    assert desk.outcomes() == {"new": 1, "unchanged": 1}


def test_a_listing_that_suddenly_gives_few_links_is_told_and_is_no_failure(
    desk, web, clock, words
):
    desk.add_listing()
    numbers = [*range(12)]
    for n in numbers:
        web.pages[f"https://cong.example/{n}.html"] = words.page(n)
    for day in range(6):
        web.pages[LIST] = words.listing(*((n, "13/10/2026") for n in numbers))
        web.pages[LIST] += f"<!-- {day} -->".encode()
        assert not any("layout" in said for said in desk.visit().details)
        clock.advance(days=1)
    for day in range(2):
        web.pages[LIST] = words.listing((1, "13/10/2026")) + f"<!-- {day} -->".encode()
        visit = desk.visit()
        clock.advance(days=1)
    assert visit.error == ""
    assert any("layout changed" in said for said in visit.details)
    assert state(desk, "cong").memory.shape.drift == "links"


def test_an_empty_listing_is_an_error_unless_that_is_normal(desk, web, words):
    desk.add_listing()
    web.pages[LIST] = b"<html><body><h1>Tin</h1><p>Chua co tin nao.</p></body></html>"
    assert desk.visit().error
    desk.add_listing(may_be_empty=True)
    assert desk.visit().error == ""
