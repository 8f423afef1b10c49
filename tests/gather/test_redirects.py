"""Permanent redirects are followed at once and adopted late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.gather.limits import Pace
from syndicate.gather.redirects import address, leads_home, moved, tried
from syndicate.model import Move, Source, SourceKind, SourceMemory
from syndicate.ports import Hop

OLD, NEW = "http://tin.example/rss", "http://moi.example/rss"
DAY = timedelta(days=1)


def hops(*each: tuple[int, str]) -> tuple[Hop, ...]:
    return tuple(Hop(status=status, to=to) for status, to in each)


def after(now, *each, move=None, url=OLD, others=()):
    return moved(move, url, hops(*each), others, now, Pace())


def test_a_redirect_is_adopted_after_seven_days_of_the_same_target(now):
    move = after(now, (301, NEW))
    assert move == Move(to=NEW, since=now, of=OLD)
    early = after(now + 6.9 * DAY, (301, NEW), move=move)
    assert early == move
    late = after(now + 7 * DAY, (301, NEW), move=early)
    assert late.adopted
    assert late.since == now


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_never_adopted(now, status):
    assert after(now, (status, NEW)) is None


def test_only_the_leading_permanent_hops_count(now):
    chain = (301, "http://a.example/"), (308, NEW), (302, "http://c.example/")
    assert after(now, *chain).to == NEW
    assert after(now, (302, "http://a.example/"), (301, NEW)) is None


def test_another_target_begins_anew_and_none_ends_it(now):
    move = after(now, (301, NEW))
    other = after(now + 6 * DAY, (301, "http://khac.example/"), move=move)
    assert (other.to, other.since) == ("http://khac.example/", now + 6 * DAY)
    assert after(now + 6 * DAY, move=move) is None
    assert after(now + 6 * DAY, (302, NEW), move=move) is None


@pytest.mark.parametrize(
    "other", [NEW, "https://moi.example/rss/", "http://www.moi.example:80/rss"]
)
def test_a_move_onto_another_configured_source_is_none(now, other):
    assert after(now, (301, NEW), others=[other]) is None
    adopted = Move(to=NEW, since=now, of=OLD, adopted=True)
    assert after(now + 9 * DAY, (301, NEW), move=adopted, others=[other]) is None


def test_a_changed_address_in_config_voids_the_move(source, now):
    adopted = Move(to=NEW, since=now, of=OLD, adopted=True)
    mended = source(url="http://sua.example/")
    assert address(mended, SourceMemory(move=adopted)) == "http://sua.example/"
    assert after(now, move=adopted, url="http://sua.example/") is None


def test_an_adopted_address_is_asked_and_a_watched_one_is_not(source, now):
    watched = Move(to=NEW, since=now, of=OLD)
    adopted = Move(to=NEW, since=now, of=OLD, adopted=True)
    assert address(source(url=OLD), SourceMemory()) == OLD
    assert address(source(url=OLD), SourceMemory(move=watched)) == OLD
    assert address(source(url=OLD), SourceMemory(move=adopted)) == NEW


def test_an_adopted_move_stays_while_its_address_answers(now):
    adopted = Move(to=NEW, since=now, of=OLD, adopted=True)
    assert after(now + 9 * DAY, move=adopted) == adopted
    assert after(now + 9 * DAY, (301, "http://ba.example/"), move=adopted) == adopted


def test_while_an_adopted_address_fails_the_configured_one_is_tried_in_turn(
    source, now
):
    memory = SourceMemory(move=Move(to=NEW, since=now, of=OLD, adopted=True))
    asked = [address(source(url=OLD), memory, failures) for failures in range(4)]
    assert asked == [NEW, OLD, NEW, OLD]


def test_https_is_adopted_and_never_given_up(now):
    safe = OLD.replace("http:", "https:")
    assert after(now, (301, safe)).to == safe
    assert after(now, (301, OLD), url=safe) is None
    assert after(now, (301, NEW), url=safe) is None


def test_a_redirect_back_to_itself_is_no_move(now):
    assert after(now, (301, NEW), (301, OLD)) is None


def test_a_watch_that_began_in_the_future_begins_anew(now):
    move = Move(to=NEW, since=now + 99 * DAY, of=OLD)
    assert after(now, (301, NEW), move=move).since == now


def test_an_address_that_cannot_be_read_harms_nobody(now):
    assert after(now, (301, "http://[x/"), others=["http://[y/"]).to == "http://[x/"


@pytest.mark.parametrize(
    ("url", "to", "home"),
    [
        ("http://tin.example/a/1", "http://tin.example/", True),
        ("http://tin.example/a/1", "https://www.tin.example", True),
        ("http://tin.example/?p=12", "http://tin.example/", True),
        ("http://tin.example/a/1", "http://tin.example/rss/", True),
        ("http://tin.example/a/1", "http://tin.example/cong", True),
        ("http://tin.example/a/1", "http://tin.example/b/1", False),
        ("http://tin.example/a/1", "https://tin.example/a/1/", False),
        ("http://tin.example/?p=12", "http://tin.example/2026/bai", False),
        ("http://hoi.example", "https://www.hoi.example/", False),
    ],
)
def test_an_article_that_leads_to_the_front_page_or_the_list_is_none(url, to, home):
    source = Source(
        key="tin",
        title="Tin",
        kind=SourceKind.LISTING,
        url=OLD,
        home="http://tin.example/cong",
    )
    assert leads_home(url, to, source) is home


def test_an_adopted_move_is_put_to_the_test_where_the_old_address_was_asked(now):
    move = Move(to=NEW, since=now - 9 * DAY, of=OLD, adopted=True)
    assert tried(move, OLD, NEW) is move
    assert after(now, move=tried(move, OLD, OLD)) is None
    assert after(now, (301, NEW), move=tried(move, OLD, OLD)) == move
