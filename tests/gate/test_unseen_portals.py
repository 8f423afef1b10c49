"""Portals written by somebody who had not seen the readers: saved pages and a truth.

Each folder of tests/data/gather/portals/unseen holds pages as a browser gets them and
``truth.json``, what their writer meant them to say. ``third`` was measured before the
readers were mended for it, ``fourth`` after; see the README beside the portals.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syndicate.errors import ParseError
from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.listing import ListedLink, Listing, parse_listing
from syndicate.model import Dated, DateOrigin, Entry, Source, SourceKind
from syndicate.text import dates
from syndicate.text.clean import one_line, words

ROOT = Path(__file__).resolve().parents[2]
UNSEEN = ROOT / "tests" / "data" / "gather" / "portals" / "unseen"
CASES = sorted(each.parent.name for each in UNSEEN.glob("*/truth.json"))
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
Score = tuple[str, float, str]


@cache
def truth(name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((UNSEEN / name / "truth.json").read_text("utf-8"))
    return said


def source_of(name: str) -> Source:
    said = truth(name)
    return Source(
        key=name,
        title=name,
        kind=SourceKind.LISTING,
        url=said["listings"][0]["url"],
        language=said["language"],
    )


def read_listing(name: str, shown: dict[str, Any]) -> Listing:
    """What a page lists; nothing where the reader says that there is no list."""
    page = (UNSEEN / name / shown["file"]).read_bytes()
    try:
        return parse_listing(page, url=shown["url"], source=source_of(name))
    except ParseError:
        return Listing(links=())


def read_article(name: str, shown: dict[str, Any], link: ListedLink | None) -> Entry:
    source = source_of(name)
    page = (UNSEEN / name / shown["file"]).read_bytes()
    raw = parse_article(page, url=shown["url"], source=source, listed=link)
    fetched = datetime.fromisoformat(truth(name)["now"])
    return to_entry(raw, source=source, fetched_at=fetched)


def is_date(found: Dated | None, meant: dict[str, Any]) -> bool:
    if meant["precision"] in {"", "none"}:
        return found is None
    if found is None or found.origin is DateOrigin.PAGE:
        return False
    at = datetime.fromisoformat(meant["date"])
    at = at if at.tzinfo else at.replace(tzinfo=HANOI)
    at, value = at.astimezone(HANOI), found.value.astimezone(HANOI)
    if meant["precision"] == "day":
        return value.date() == at.date()
    return value.replace(second=0) == at.replace(second=0)


def score_listings(name: str) -> Iterator[Score]:
    for shown in truth(name)["listings"]:
        listing = read_listing(name, shown)
        meant = {each["url"]: each for each in shown["links"]}
        got = {link.url: link for link in listing.links}
        lost = meant.keys() - got.keys()
        extra = got.keys() - meant.keys() - set(shown["allowed"])
        if meant:
            yield "link recall", 1 - len(lost) / len(meant), f"lost {sorted(lost)}"
        good = 1 - len(extra) / len(got) if got else float(not meant)
        yield "link precision", good, f"extra {sorted(extra)}"
        yield "next page", listing.next_page == shown["next"], listing.next_page
        for url in meant.keys() & got.keys():
            link = got[url]
            same = one_line(link.title) == meant[url]["title"]
            yield "listing title", same, link.title
            raw = link.date.raw if link.date else ""
            read = dates.read(raw, origin=DateOrigin.LISTING, zone="Asia/Ho_Chi_Minh")
            yield "listing date", is_date(read, meant[url]), raw


def score_articles(name: str) -> Iterator[Score]:
    links = {
        link.url: link
        for shown in truth(name)["listings"]
        for link in read_listing(name, shown).links
    }
    for shown in truth(name)["articles"]:
        entry = read_article(name, shown, links.get(shown["url"]))
        yield from score_article(entry, shown)
        alone = read_article(name, shown, None)
        yield "title without its listing", alone.title == shown["title"], alone.title


def score_article(entry: Entry, shown: dict[str, Any]) -> Iterator[Score]:
    yield "title", entry.title == shown["title"], entry.title
    yield "date", is_date(entry.published, shown), str(entry.published)
    same = list(entry.authors) == shown["authors"]
    yield "author", same, f"{entry.authors} for {shown['authors']}"
    yield "credit", entry.credit == shown["credit"], entry.credit
    if shown["lead"]:
        yield "lead", one_line(entry.lead) == shown["lead"], entry.lead
    paragraphs = [each for each in (shown["lead"], *shown["body"]) if each]
    ours = entry.text.replace("\n\n", "\n").split("\n")
    odd = set(ours) ^ set(paragraphs)
    yield "body F1", f1(entry.text, "\n".join(paragraphs)), f"{odd}"
    yield "paragraphs", len(ours) == len(paragraphs), f"{odd}"
    same = set(entry.captions) == set(shown["captions"])
    yield "captions", same, f"{entry.captions}"
    picture = entry.image.url if entry.image else ""
    yield "picture", picture == shown["image"], picture
    files = [each.url for each in entry.enclosures]
    yield "documents", files == shown["attachments"], f"{files}"


def f1(ours: str, meant: str) -> float:
    mine, right = Counter(words(ours)), Counter(words(meant))
    total = sum(mine.values()) + sum(right.values())
    return 2 * sum((mine & right).values()) / total if total else 1.0


def scores(name: str) -> list[Score]:
    return [*score_listings(name), *score_articles(name)]


FLOORS = {
    "link recall": 0.98,
    "link precision": 0.98,
    "next page": 0.95,
    "listing title": 0.98,
    "listing date": 0.98,
    "title": 0.98,
    "title without its listing": 0.95,
    "date": 0.98,
    "author": 0.95,
    "credit": 0.98,
    "lead": 0.95,
    "body F1": 0.99,
    "paragraphs": 0.95,
    "captions": 0.95,
    "picture": 0.95,
    "documents": 0.95,
}


@pytest.mark.parametrize("part", ["third", "fourth"])
def test_portals_that_nobody_here_had_seen_are_read(part, table):
    """Of each set: what comes out right by now, of 1."""
    found: dict[str, list[float]] = defaultdict(list)
    names = [name for name in CASES if truth(name)["set"] == part]
    for name in names:
        for figure, value, _ in scores(name):
            found[figure].append(float(value))
    for figure, floor in FLOORS.items():
        mean = sum(found[figure]) / len(found[figure])
        table(f"unseen {part}: {figure}", mean, floor)


def test_each_unseen_portal_says_what_it_is():
    assert len(CASES) == 18
    assert all(truth(name)["about"] for name in CASES)


def test_an_empty_section_lists_nothing():
    """Its menu is no list of articles."""
    shown = next(
        each
        for each in truth("ward-single")["listings"]
        if each["file"] == "empty.html"
    )
    assert read_listing("ward-single", shown).links == ()
