from __future__ import annotations

from collections import Counter
from random import Random

import feedparser
import pytest

from bench.feeds import BUILT, document, portals, revised
from bench.texts import article, copied
from syndicate.dedupe.wording import containment, shingles

HOSTS = [f"http://127.1.1.{number}:8080" for number in range(1, 9)]


@pytest.fixture(scope="module")
def world():
    return list(portals(40, HOSTS))


@pytest.fixture(scope="module")
def parsed(world):
    return [feedparser.parse(document(portal)) for portal in world]


def seeded(number: int) -> Random:
    return Random(number)  # noqa: S311 - makes texts, keeps no secret


def test_a_seed_gives_the_same_feeds_each_time(world):
    again = list(portals(40, HOSTS))
    assert [document(portal) for portal in again] == [
        document(portal) for portal in world
    ]


def test_another_seed_gives_other_feeds(world):
    other = next(portals(1, HOSTS, seed=2))
    assert document(other) != document(world[0])


def test_every_feed_has_an_address_of_its_own_on_one_of_the_hosts(world):
    assert len({portal.url for portal in world}) == len(world)
    assert {portal.home for portal in world} == set(HOSTS)


def test_there_is_some_of_everything_that_makes_feeds_hard(world):
    assert {portal.flaw for portal in world} == {"", "ampersand", "control", "cut"}
    assert {portal.encoding for portal in world} == {"utf-8", "windows-1252"}
    assert {portal.atom for portal in world} == {True, False}
    validators = Counter(portal.validators for portal in world)
    assert validators == {"both": 24, "date": 8, "none": 4, "ticking": 4}


def test_feedparser_finds_every_entry_of_every_feed(world, parsed):
    for portal, found in zip(world, parsed, strict=True):
        assert len({each.id for each in found.entries}) == len(portal.items)


def test_only_the_flawed_feeds_are_not_well_formed(world, parsed):
    assert [bool(found.bozo) for found in parsed] == [
        bool(portal.flaw) for portal in world
    ]


def test_a_feed_has_20_to_50_items_that_are_as_long_as_news(world):
    for portal in world:
        assert 20 <= len(portal.items) <= 50
        for item in portal.items:
            assert 550 <= len("".join(item.text.paragraphs)) <= 6_500


def test_about_a_fifth_of_the_items_repeats_another_feed_and_never_its_own(world):
    seen: set[str] = set()
    repeats = 0
    for portal in world:
        titles = [item.text.title for item in portal.items]
        assert len(set(titles)) == len(titles)
        repeats += sum(title in seen for title in titles)
        seen.update(titles)
    total = sum(len(portal.items) for portal in world)
    assert 0.1 < repeats / total < 0.25


def test_a_revision_brings_news_to_a_twentieth_of_the_feeds_only(world):
    after = [revised(portal, 1) for portal in world]
    changed = [(old, new) for old, new in zip(world, after, strict=True) if old != new]
    assert len(changed) == 2
    for old, new in changed:
        assert len(new.items) == len(old.items) + 2
        assert {item.number for item in old.items} < {item.number for item in new.items}
        assert new.changed_at > old.changed_at


def test_a_ticking_feed_has_a_place_for_the_time_of_the_visit(world):
    ticking = {portal.number for portal in world if BUILT.encode() in document(portal)}
    assert ticking == {
        portal.number for portal in world if portal.validators == "ticking"
    }


def test_a_copy_is_alike_and_two_texts_are_not():
    rng = seeded(3)
    one, other = article(rng), article(rng)
    told = ["\n\n".join(text.paragraphs) for text in (one, other, copied(rng, one))]
    grams = [shingles(text) for text in told]
    assert containment(grams[0], grams[2]) > 0.9
    assert containment(grams[0], grams[1]) < 0.1


def test_a_text_is_about_as_long_as_was_asked_for():
    for size in (900, 3_000, 6_000):
        length = sum(map(len, article(seeded(size), size=size).paragraphs))
        assert size <= length <= size + 500
