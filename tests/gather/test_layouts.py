"""Whole pages of many kinds of portal come out right: each case is a folder."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.listing import ListedLink, Listing, parse_listing
from syndicate.model import DateOrigin, Entry
from syndicate.text import dates

PAGES = Path(__file__).resolve().parents[1] / "data" / "gather" / "pages"
CASES = sorted(each.name for each in PAGES.iterdir())
LISTINGS = [name for name in CASES if (PAGES / name / "listing.html").exists()]
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def bytes_of(name: str, file: str, said: dict[str, Any]) -> bytes:
    text = (PAGES / name / file).read_text(encoding="utf-8")
    if said.get("nfd"):
        text = unicodedata.normalize("NFD", text)
    if said.get("encoding") == "windows-1258":
        return in_1258(text)
    return text.encode()


def in_1258(text: str) -> bytes:
    """Vietnamese as windows-1258 writes it: vowel, then tone."""
    written = []
    for letter in text:
        try:
            written.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = [mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"]
            rest = "".join(mark for mark in parts if mark not in tone)
            base = unicodedata.normalize("NFC", rest)
            written.append((base + "".join(tone)).encode("cp1258"))
    return b"".join(written)


def expected(name: str) -> dict[str, Any]:
    return tomllib.loads((PAGES / name / "expected.toml").read_text(encoding="utf-8"))


def listing_of(name: str, source, chosen: dict[str, Any]) -> Listing:
    said = expected(name)
    body = bytes_of(name, "listing.html", said)
    url = said["listing_url"]
    return parse_listing(body, url=url, source=source(url=url, **chosen))


def read_case(name: str, source, now, *, named: bool) -> tuple[Entry, dict[str, Any]]:
    said = expected(name)
    chosen: dict[str, Any] = dict(said.get("selectors", {})) if named else {}
    if "signature" in said:
        chosen["signature"] = said["signature"]
    listed = None
    if "links" in said:
        listed = listing_of(name, source, {}).links[0]
    elif "listed_title" in said:
        listed = ListedLink(url=said["url"], title=said["listed_title"])
    url = listed.url if listed else said["url"]
    site = source(url=url, language=said.get("language", "vi"), **chosen)
    body = bytes_of(name, "article.html", said)
    raw = parse_article(body, url=url, source=site, listed=listed)
    return to_entry(raw, source=site, fetched_at=now), said


def written(moment: datetime | None, like: str) -> str:
    if moment is None:
        return ""
    return f"{moment.astimezone(HANOI):%Y-%m-%dT%H:%M:%S}"[: len(like)]


def check(entry: Entry, said: dict[str, Any]) -> None:
    paragraphs = entry.text.replace("\n\n", "\n").split("\n")
    found = entry.published
    assert entry.title == said["title"]
    assert written(found and found.value, said["published"]) == said["published"]
    if found:
        assert found.precision == said["precision"]
        assert found.origin == said.get("origin", found.origin)
        assert found.origin is not DateOrigin.PAGE
    assert entry.credit == said["credit"]
    assert list(entry.authors) == said.get("authors", list(entry.authors))
    assert paragraphs[0].startswith(said.get("first", ""))
    assert entry.lead.startswith(said.get("lead", ""))
    assert paragraphs[-1].endswith(said["last"])
    assert list(entry.captions) == said["captions"]
    assert [each.key for each in entry.citations] == said["citations"]
    assert len(paragraphs) == said.get("paragraphs", len(paragraphs))
    assert all(text in entry.text for text in said.get("has", []))
    assert not [text for text in said.get("absent", []) if text in entry.text]
    assert entry.language == said.get("language", "vi")
    if "image" in said:
        assert entry.image is not None
        assert entry.image.url == said["image"]


@pytest.mark.parametrize("name", CASES)
def test_an_article_is_read_without_selectors(name, source, now):
    check(*read_case(name, source, now, named=False))


@pytest.mark.parametrize(
    "name", [name for name in CASES if "selectors" in expected(name)]
)
def test_an_article_is_read_with_selectors(name, source, now):
    check(*read_case(name, source, now, named=True))


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_is_read_without_selectors(name, source):
    said = expected(name)
    listing = listing_of(name, source, {})
    found = [
        [link.url, link.title, date_of(link, like)]
        for link, (_, _, like) in zip(listing.links, said["links"], strict=True)
    ]
    assert found == said["links"]
    assert listing.next_page == said["next_page"]


def date_of(link: ListedLink, like: str) -> str:
    if link.date is None:
        return ""
    read = dates.read(link.date.raw, origin=DateOrigin.LISTING, zone="Asia/Ho_Chi_Minh")
    return written(read and read.value, like)
