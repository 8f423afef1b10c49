"""What a partner reads follows what is published, story by story."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import Feed, FeedFormat, Rights
from syndicate.pipeline.partners.partnerfeeds import PartnerFeeds
from syndicate.pipeline.partners.partnering import Wish, enrol, missing, unknown
from syndicate.pipeline.partners.partnerparts import rendered_parts
from syndicate.pipeline.publishing import every_feed, publish
from syndicate.store import entries

FEED = "https://tin.example/rss"
ENTRY = re.compile(rb"^<(entry|item)\b.*?</\1>", re.M | re.S)


@pytest.fixture
def reads(desk, clock):
    """Return what asks for a partner's document, as a server that runs on does."""
    made = {}

    def read(name="bao", before="", **wish):
        settings = {
            key: wish.pop(key)
            for key in ("feeds_of_desk", "rights_of_desk")
            if key in wish
        }
        if name not in made:
            work = desk.publishing(
                feeds=settings.get("feeds_of_desk", ()),
                rights=settings.get("rights_of_desk", Rights.FULL),
            )
            served = PartnerFeeds(
                desk.database,
                site=work.site,
                feeds=every_feed(work),
                parts=rendered_parts(work, clock),
                clock=clock,
            )
            partner, _token = enrol(desk.database, name, Wish(**wish), clock.now)
            made[name] = served, partner
        served, partner = made[name]
        return served.made(partner, before)

    return read


def public(desk, name="all.atom"):
    return (desk.folder / "feeds" / name).read_bytes()


@pytest.mark.parametrize("form", FeedFormat)
def test_a_partner_of_everything_reads_the_parts_that_are_published(
    desk, reads, clock, form
):
    desk.with_news(1, 2, 3)
    publish(desk.publishing(), clock.now)
    document, expected = reads(format=form).content, public(desk, f"all.{form.value}")
    if form is FeedFormat.JSON:
        assert document.partition(b'"items"')[2] == expected.partition(b'"items"')[2]
    else:
        found = [one.group() for one in ENTRY.finditer(document)]
        assert found == [one.group() for one in ENTRY.finditer(expected)]
        assert len(found) == 3


def test_news_corrections_and_withdrawals_reach_a_partner_with_the_next_publish(
    desk, reads, web, clock, words
):
    desk.with_news(1, 2)
    publish(desk.publishing(), clock.now)
    first = reads()
    assert first.content.count(b"<entry") == 2
    assert reads() is first

    web.pages[FEED] = words.rss(*(words.item(n) for n in (4, 1, 2)))
    clock.advance(hours=1)
    desk.visit()
    assert reads() is first
    publish(desk.publishing(), clock.now)
    second = reads()
    assert second.content.count(b"<entry") == 3
    assert second.etag != first.etag

    corrected = words.item(2).replace("Ngày hội số 2", "Ngày hội lần thứ hai")
    web.pages[FEED] = words.rss(words.item(4), words.item(1), corrected)
    clock.advance(hours=1)
    desk.visit()
    publish(desk.publishing(), clock.now)
    assert "lần thứ hai" in reads().content.decode()


def test_a_correction_reaches_partners_that_read_further_back_than_the_public(
    desk, reads, web, clock, words
):
    few = Feed(key="it", title="Ít", sources=("tin",), limit=1)
    desk.with_news(*range(1, 6))

    def publish_all():
        publish(desk.publishing(feeds=(few,)), clock.advance(minutes=1))

    publish_all()
    before = reads(feeds=("it",), items=5, feeds_of_desk=(few,))
    assert before.content.count(b"<entry") == 5
    assert public(desk, "it.atom").count(b"<entry") == 1
    for number in range(1, 6):
        items = [words.item(n) for n in range(1, 6)]
        items[number - 1] = items[number - 1].replace(
            f"Ngày hội số {number}", f"Sửa lần {number}"
        )
        web.pages[FEED] = words.rss(*items)
        clock.advance(hours=1)
        desk.visit()
        publish_all()
        assert f"Sửa lần {number}" in reads().content.decode()


def test_a_story_that_every_teller_withdrew_leaves_a_tombstone(desk, reads, clock):
    desk.with_news(1, 2)
    publish(desk.publishing(), clock.now)
    reads()
    gone, kept = desk.stories()
    with desk.database.write() as connection:
        entries.withdraw(connection, gone.lead.id, clock.advance(hours=1))
    publish(desk.publishing(), clock.now)
    document = reads().content.decode()
    assert gone.lead.entry.url not in document
    assert kept.lead.entry.url in document
    assert re.search(rf"deleted-entry[^>]*story/{gone.uid}", document)


def test_what_is_under_embargo_is_told_to_no_partner(desk, reads, web, clock, words):
    desk.add(embargo=timedelta(hours=6))
    web.pages[FEED] = words.rss(words.item(1, at=clock.now))
    desk.visit()
    publish(desk.publishing(), clock.advance(hours=5, minutes=59))
    assert b"tin.example/1.html" not in reads().content
    publish(desk.publishing(), clock.advance(minutes=2))
    assert b"tin.example/1.html" in reads().content


def test_a_partner_may_get_more_than_the_public_and_never_more_than_the_source(
    desk, reads, web, clock, words
):
    for source, rights in (("day", Rights.FULL), ("it", Rights.LINK)):
        host, number = f"{source}.example", 1 + (source == "it")
        desk.add(source, url=f"https://{host}/rss", rights=rights)
        item = words.item(number, host=host)
        web.pages[f"https://{host}/rss"] = words.rss(item)
        desk.visit(source)
    publish(desk.publishing(rights=Rights.LINK), clock.now)
    assert "Ngày hội số" not in public(desk).decode()
    told = reads(rights_of_desk=Rights.LINK).content.decode()
    assert "Ngày hội số 1" in told
    assert "Ngày hội số 2" not in told
    less = reads("dai", rights=Rights.LINK, rights_of_desk=Rights.FULL)
    assert "Ngày hội số" not in less.content.decode()


def test_a_cited_document_may_be_in_a_scope_and_other_words_may_not(desk, clock):
    desk.with_news(1)
    publish(desk.publishing(), clock.now)
    known = [feed.key for feed in every_feed(desk.publishing())]
    asked = ["all", "document/nobody-cites-it", "category/x"]
    assert unknown(desk.database, asked, known) == asked[1:]
    partner, _token = enrol(
        desk.database, "bao", Wish(feeds=("all", "gone", "document/x")), clock.now
    )
    assert missing(partner, known) == ("gone",)
    assert missing(replace(partner, feeds=("all",)), known) == ()
