"""Portals that nobody wrote selectors for: how much of them is read right.

Each case of tests/data/gather/portals is a portal of its own build: ``portal.toml``
says what it shows, ``page.html`` draws its listing and its articles around the texts
of samples/articles. The figures of the cases marked ``held_out`` are reported apart.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.listing import ListedLink, Listing, parse_listing
from syndicate.model import Dated, DateOrigin, Entry, Precision, Source, SourceKind
from syndicate.text import dates
from syndicate.text.clean import key_text, one_line, slug, words

ROOT = Path(__file__).resolve().parents[2]
PORTALS = ROOT / "tests" / "data" / "gather" / "portals"
TEXTS = ROOT / "samples" / "articles"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FETCHED = datetime(2026, 10, 19, 6, 0, tzinfo=HANOI)
CASES = sorted(each.parent.name for each in PORTALS.glob("*/portal.toml"))
WEEKDAYS = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")


@dataclass
class Piece:
    """A paragraph, a heading inside the text, or a point of a list."""

    kind: str
    text: str

    def __html__(self) -> str:
        return self.text


@dataclass
class Article:
    """One article of a portal: what its page shows, and what is true."""

    id: int
    url: str
    title: str
    lead: str
    pieces: list[Piece]
    captions: list[str]
    pictures: list[str]
    authors: str
    post: str
    credit: str
    at: datetime
    others: list[Any] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return slug(self.title, 60)


def shown_date(moment: datetime, form: str) -> str:
    """``strftime``, and {thu}, {sa}, {h} for what Vietnamese portals write."""
    day = moment.weekday()
    weekday = "Chủ nhật" if day == 6 else f"Thứ {WEEKDAYS[day]}"
    short = "CN" if day == 6 else f"T{day + 2}"
    half = "SA" if moment.hour < 12 else "CH"
    text = moment.strftime(form).replace("{thu}", weekday).replace("{t}", short)
    text = text.replace("{sa}", half).replace("{j}", str(moment.day))
    return text.replace("{n}", str(moment.month)).replace("{g}", str(moment.hour))


def cut(text: str, words: int) -> str:
    """The first words, and dots if there are more."""
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]) + "…"


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(PORTALS), undefined=StrictUndefined, autoescape=True
    )
    made.filters.update(d=shown_date, cut=cut)
    return made


@dataclass
class Portal:
    """A case, read from its folder."""

    name: str
    said: dict[str, Any]
    articles: list[Article]
    others: list[Article]

    def source(self) -> Source:
        return Source(
            key=self.name,
            title=self.name,
            kind=SourceKind.LISTING,
            url=self.said["url"],
            language=self.said.get("language", "vi"),
        )

    def page(self, article: Article | None) -> bytes:
        template = environment().get_template(f"{self.name}/page.html")
        text = template.render(
            a=article,
            items=self.articles,
            others=self.others,
            now=FETCHED - timedelta(minutes=3),
            site=self.said,
        )
        if self.said.get("nfd"):
            text = unicodedata.normalize("NFD", text)
        encoding = self.said.get("encoding", "utf-8")
        return in_1258(text) if encoding == "windows-1258" else text.encode(encoding)


def in_1258(text: str) -> bytes:
    """Vietnamese as windows-1258 writes it: vowel, then tone."""
    written = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = [mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"]
        rest = "".join(mark for mark in parts if mark not in tone)
        base = unicodedata.normalize("NFC", rest)
        written.append((base + "".join(tone)).encode("cp1258", "xmlcharrefreplace"))
    return b"".join(written)


@cache
def text_of(number: str) -> dict[str, Any]:
    path = next(iter([*TEXTS.glob(f"{number}-*"), *PORTALS.glob(f"{number}.toml")]))
    return tomllib.loads(path.read_text(encoding="utf-8"))


def pieces_of(body: str) -> list[Piece]:
    found = []
    for part in body.strip().split("\n\n"):
        line = one_line(part)
        kind = {"# ": "heading", "* ": "item"}.get(line[:2], "p")
        found.append(Piece(kind, line if kind == "p" else line[2:]))
    return found


def article_of(number: str, at: int, said: dict[str, Any]) -> Article:
    text = text_of(number)
    moment = text["telling"][0]["at"].astimezone(HANOI)
    # Every time of day is another one, so that a right minute is no accident.
    moment = moment.replace(minute=(7 * at + 11) % 60, hour=7 + at % 9)
    own = text.get("captions", [])
    identity = 17_700 + 13 * int(number)
    title = text["title"]
    authors = said.get("authors")
    credits_ = said.get("credits")
    made = Article(
        id=identity,
        url="",
        title=title.upper() if said.get("upper") else title,
        lead=one_line(text["lead"]),
        pieces=pieces_of(text["body"])[: said.get("pieces")],
        captions=own,
        pictures=[f"/img/{identity}-{n}.jpg" for n in range(len(own))],
        authors=authors[at % len(authors)] if authors else text.get("author", ""),
        post=text.get("post", ""),
        credit=credits_[at % len(credits_)] if credits_ else "",
        at=moment,
    )
    made.url = said["address"].format(slug=made.slug, id=made.id, at=moment)
    return made


@cache
def portal(name: str) -> Portal:
    text = (PORTALS / name / "portal.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)
    chosen = said["articles"]
    rest = [f"{n:02}" for n in range(1, 47) if f"{n:02}" not in chosen]
    vietnamese = said.get("language", "vi") == "vi"
    others = [n for n in rest if (text_of(n).get("language") != "en") == vietnamese]
    return Portal(
        name=name,
        said=said,
        articles=[article_of(n, at, said) for at, n in enumerate(chosen)],
        others=[article_of(n, at, said) for at, n in enumerate(others)],
    )


# ── Scoring ──────────────────────────────────────────────────────────────────


def is_day(found: Dated | None, truth: datetime, precision: str) -> bool:
    """The date is right: to the minute, to the day, or rightly none."""
    if precision == "none":
        return found is None
    if found is None or found.origin is DateOrigin.PAGE:
        return False
    if precision == "day":
        is_fine = found.precision is Precision.DAY or (
            found.value.hour == found.value.minute == 0
        )
        return is_fine and found.value.date() == truth.date()
    exact = found.value.astimezone(HANOI).replace(second=0, microsecond=0)
    return exact == truth.replace(second=0, microsecond=0)


def f1(ours: str, truth: str) -> float:
    mine, right = Counter(words(ours)), Counter(words(truth))
    shared = sum((mine & right).values())
    total = sum(mine.values()) + sum(right.values())
    return 2 * shared / total if total else 1.0


def read_listing(case: Portal) -> Listing:
    return parse_listing(case.page(None), url=case.said["url"], source=case.source())


def read_article(case: Portal, article: Article, link: ListedLink | None) -> Entry:
    raw = parse_article(
        case.page(article), url=article.url, source=case.source(), listed=link
    )
    return to_entry(raw, source=case.source(), fetched_at=FETCHED)


def true_body(case: Portal, article: Article) -> str:
    shown = [article.lead] if case.said.get("lead", True) else []
    return "\n\n".join([*shown, *(piece.text for piece in article.pieces)])


def score_listing(case: Portal) -> Iterator[tuple[str, float, str]]:
    """(figure, value, remark) of the listing."""
    listing = read_listing(case)
    wanted = {each.url: each for each in case.articles}
    got = {link.url: link for link in listing.links}
    right = wanted.keys() & got.keys()
    lost = sorted(wanted.keys() - got.keys())
    extra = sorted(got.keys() - wanted.keys())
    yield "link recall", len(right) / len(wanted), f"lost {lost}"
    yield "link precision", len(right) / max(len(got), 1), f"extra {extra}"
    next_page = case.said.get("next", "")
    yield "next page", listing.next_page == next_page, f"{listing.next_page!r}"
    for url in right:
        link, article = got[url], wanted[url]
        shown = case.said.get("listing_title", "whole") == "whole"
        begins = key_text(article.title).startswith(
            key_text(link.title).strip("….")[:20]
        )
        same = one_line(link.title) == article.title if shown else begins
        yield "listing title", same, f"{link.title!r} for {article.title!r}"
        found = (
            dates.read(
                link.date.raw, origin=DateOrigin.LISTING, zone="Asia/Ho_Chi_Minh"
            )
            if link.date
            else None
        )
        precision = case.said.get("listing_date", "none")
        good = is_day(found, article.at, precision)
        yield "listing date", good, f"{found and found.raw!r} for {article.at}"


def score_articles(case: Portal) -> Iterator[tuple[str, float, str]]:
    """(figure, value, remark) of each article, read with its listing's link."""
    links = {link.url: link for link in read_listing(case).links}
    for article in case.articles[: case.said.get("read", 3)]:
        entry = read_article(case, article, links.get(article.url))
        said = case.said
        yield (
            "title",
            entry.title == article.title,
            f"{entry.title!r} for {article.title!r}",
        )
        good = is_day(entry.published, article.at, said["date"])
        yield "date", good, f"{entry.published} for {article.at} ({said['date']})"
        names = tuple(
            name
            for name in article.authors.split(" - ")
            if name and said.get("author", True)
        )
        yield "author", entry.authors == names, f"{entry.authors} for {names}"
        named = article.credit.partition(": ")[2] or article.credit
        named = named.removeprefix("Theo ")
        yield "credit", entry.credit == named, f"{entry.credit!r} for {named!r}"
        if said.get("lead", True):
            same = one_line(entry.lead) == article.lead
            yield "lead", same, f"{entry.lead!r} for {article.lead!r}"
        truth = true_body(case, article)
        score = f1(entry.text, truth)
        yield "body F1", score, difference(entry.text, truth)
        paragraphs = truth.split("\n\n")
        ours = entry.text.replace("\n\n", "\n").split("\n")
        yield (
            "paragraphs",
            len(ours) == len(paragraphs),
            f"{len(ours)} for {len(paragraphs)}",
        )
        captions = set(article.captions) if said.get("captions", True) else set()
        yield (
            "captions",
            set(entry.captions) == captions,
            f"{entry.captions} for {captions}",
        )
        pictures = said.get("pictures", True) and article.pictures
        shown = [each for each in article.pictures if each in entry.html]
        whole = len(shown) == len(article.pictures) if pictures else True
        stray = entry.html.count("<img") - len(shown)
        cover = int(said.get("cover", False))
        yield "pictures", whole and stray <= cover, f"{len(shown)} shown, {stray} stray"


def difference(ours: str, truth: str) -> str:
    mine, right = key_text(ours), key_text(truth)
    extra = [each for each in ours.split("\n") if key_text(each) not in right]
    lost = [each for each in truth.split("\n\n") if key_text(each)[:80] not in mine]
    return f"extra {[each[:90] for each in extra]} lost {[each[:60] for each in lost]}"


def scores(name: str) -> list[tuple[str, float, str]]:
    """(figure, value, remark) of all that one portal shows."""
    case = portal(name)
    return [*score_listing(case), *score_articles(case)]


def means(names: list[str]) -> dict[str, float]:
    """The mean of each figure over some portals."""
    found: dict[str, list[float]] = defaultdict(list)
    for name in names:
        for figure, value, _ in scores(name):
            found[figure].append(float(value))
    return {figure: sum(values) / len(values) for figure, values in found.items()}


FLOORS = {
    "link recall": 0.98,
    "link precision": 0.98,
    "next page": 0.95,
    "listing title": 0.98,
    "listing date": 0.98,
    "title": 0.98,
    "date": 0.98,
    "author": 0.95,
    "credit": 0.98,
    "lead": 0.95,
    "body F1": 0.99,
    "paragraphs": 0.95,
    "captions": 0.95,
    "pictures": 0.95,
}
SETS = {
    "held out first": [n for n in CASES if portal(n).said.get("held_out")],
    "held out second": [n for n in CASES if portal(n).said.get("second")],
    "tuned on": [
        n
        for n in CASES
        if not (portal(n).said.get("held_out") or portal(n).said.get("second"))
    ],
}


@pytest.mark.parametrize("name", SETS)
def test_portals_are_read_without_selectors(name, table):
    """Of each set: what came out right, of 1; see the README beside the cases."""
    found = means(SETS[name])
    for figure, floor in FLOORS.items():
        table(f"{name}: {figure}", found[figure], floor)


def test_no_portal_is_without_its_truth():
    assert len(CASES) >= 30
    assert all(portal(name).said["about"] for name in CASES)


@pytest.mark.parametrize("name", CASES)
def test_an_article_is_read_as_well_without_its_listing(name, table):
    """Title and text; what stands on the listing only cannot be had."""
    case = portal(name)
    for article in case.articles[: case.said.get("read", 3)]:
        entry = read_article(case, article, None)
        assert entry.title == article.title
        assert f1(entry.text, true_body(case, article)) >= 0.9
        assert all(each.origin is not DateOrigin.LISTING for each in entry.dates)
