"""Feeds as portals write them, by the hundred and the same for a seed.

RSS and Atom; some in windows-1252, some that are not well-formed; a fifth of the
items repeats the text of another feed. Three in five have an ETag and a
Last-Modified, one in five a Last-Modified alone; the others have none, and half of
those change their ``lastBuildDate`` at every visit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from random import Random

from bench.texts import Text, article, copied

_EPOCH = datetime(2026, 9, 1, 8, tzinfo=UTC)
COPIES = 0.2
"""The part of the items that repeats another feed's text."""
CHANGED = 20
"""One in so many feeds changes from one revision to the next."""
BUILT = "@BUILT@"
"""Where the server writes the time of the visit."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed."""

    number: int
    text: Text
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A feed: how it is written, and what it holds."""

    number: int
    home: str
    """Address without a slash at the end."""
    items: tuple[Item, ...]
    atom: bool
    encoding: str
    flaw: str
    """What is wrong with its XML: ``ampersand``, ``control``, ``cut`` or nothing."""
    validators: str
    """``both``, ``date``, ``none`` or ``ticking``."""
    changed_at: datetime

    @property
    def url(self) -> str:
        """Where the feed is."""
        return f"{self.home}/{self.path}"

    @property
    def path(self) -> str:
        """The feed's path on its host, without a slash."""
        return f"tin-{self.number}.{'atom' if self.atom else 'rss'}"


def portals(count: int, hosts: list[str], seed: int = 1) -> Iterator[Portal]:
    """Yield ``count`` feeds on ``hosts`` (addresses without a slash at the end)."""
    rng = Random(seed)
    told: list[Text] = []
    for number in range(count):
        language = "fr" if number % 12 == 5 else "vi"
        items: list[Item] = []
        own: list[Text] = []
        others = rng.sample(told, k=min(len(told), 50))
        for at in range(rng.randint(20, 50)):
            repeats = others and language == "vi" and rng.random() < COPIES
            text = copied(rng, others.pop()) if repeats else _fresh(rng, language)
            if language == "vi" and not repeats:
                own.append(text)
            items.append(Item(at, text, _EPOCH - timedelta(hours=5 * at, minutes=at)))
        # A feed repeats other feeds only, and none of their texts twice: two items of
        # one feed with one text are one entry for us, and two for a rival.
        told += own
        yield Portal(
            number=number,
            home=hosts[number % len(hosts)],
            items=tuple(items),
            atom=number % 3 == 2,
            encoding="windows-1252" if language == "fr" else "utf-8",
            flaw=("ampersand", "control", "cut")[number // 15 % 3]
            if number % 15 == 7
            else "",
            validators=(
                "both",
                "both",
                "both",
                "date",
                ("none", "ticking")[number % 2],
            )[number // 2 % 5],
            changed_at=_EPOCH,
        )


def revised(portal: Portal, revision: int, seed: int = 1) -> Portal:
    """Return the feed as it is after ``revision`` rounds of news.

    Every twentieth feed has two entries more and one corrected at each round.
    """
    for turn in range(1, revision + 1):
        if portal.number % CHANGED == turn % CHANGED:
            portal = _with_news(portal, turn, seed)
    return portal


def document(portal: Portal) -> bytes:
    """Return the feed's bytes; :data:`BUILT` stands where a ticking one has a time."""
    text = _atom(portal) if portal.atom else _rss(portal)
    if portal.flaw == "cut":
        # In the middle of what closes the document: every entry is whole.
        text = text[: text.rindex("</")]
    return text.encode(portal.encoding, "xmlcharrefreplace")


def _with_news(portal: Portal, turn: int, seed: int) -> Portal:
    rng = Random(f"{seed}:{portal.number}:{turn}")
    language = "fr" if portal.encoding == "windows-1252" else "vi"
    at = _EPOCH + timedelta(hours=turn)
    fresh = [
        Item(1000 * turn + each, _fresh(rng, language), at + timedelta(minutes=each))
        for each in (1, 0)
    ]
    first, *others = portal.items
    corrected = Text(
        first.text.title, (*first.text.paragraphs, _fresh(rng, language).paragraphs[0])
    )
    items = (*fresh, replace(first, text=corrected), *others)
    return replace(portal, items=items, changed_at=at)


def _fresh(rng: Random, language: str) -> Text:
    return article(rng, language, rng.randint(900, 5_400))


def _rss(portal: Portal) -> str:
    built = BUILT if portal.validators == "ticking" else rfc822(portal.changed_at)
    entries = "\n".join(_rss_item(portal, item) for item in portal.items)
    return (
        f'<?xml version="1.0" encoding="{portal.encoding}"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
        f"<title>Trang {portal.number}</title><link>{portal.home}/</link>"
        f"<description>Tin</description><lastBuildDate>{built}</lastBuildDate>\n"
        f"{entries}\n</channel></rss>\n"
    )


def _rss_item(portal: Portal, item: Item) -> str:
    title, lead = escape(item.text.title), escape(item.text.paragraphs[0][:200])
    guid = f"{portal.home}/{portal.number}/{item.number}"
    return (
        f"<item><title>{_flawed(title, portal, item)}</title>"
        f"<link>{_address(portal, item)}</link>"
        f'<guid isPermaLink="false">{guid}</guid>'
        f"<pubDate>{rfc822(item.at)}</pubDate><dc:creator>Ban biên tập</dc:creator>"
        f"<category>Tin {item.number % 5}</category><description>{lead}</description>"
        f"<content:encoded><![CDATA[{_html(portal, item)}]]></content:encoded></item>"
    )


def _atom(portal: Portal) -> str:
    built = BUILT if portal.validators == "ticking" else portal.changed_at.isoformat()
    entries = "\n".join(_atom_entry(portal, item) for item in portal.items)
    return (
        f'<?xml version="1.0" encoding="{portal.encoding}"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>Trang {portal.number}</title><id>{portal.home}/{portal.number}</id>"
        f'<link rel="alternate" href="{portal.home}/"/><updated>{built}</updated>\n'
        f"{entries}\n</feed>\n"
    )


def _atom_entry(portal: Portal, item: Item) -> str:
    title, lead = escape(item.text.title), escape(item.text.paragraphs[0][:200])
    return (
        f"<entry><title>{_flawed(title, portal, item)}</title>"
        f'<link rel="alternate" href="{_address(portal, item)}"/>'
        f"<id>{portal.home}/{portal.number}/{item.number}</id>"
        f"<published>{item.at.isoformat()}</published>"
        f"<updated>{item.at.isoformat()}</updated>"
        f"<author><name>Ban biên tập</name></author><summary>{lead}</summary>"
        f'<content type="html">{escape(_html(portal, item))}</content></entry>'
    )


def _html(portal: Portal, item: Item) -> str:
    first, *others = item.text.paragraphs
    picture = f'<img src="{portal.home}/anh/{item.number}.jpg" alt="">'
    link = f'<a href="/chuyen-muc/{item.number % 7}">xem thêm</a>'
    middle = "".join(f"<p>{escape(each)}</p>\n" for each in others)
    return (
        f"<p><strong>{escape(first)}</strong></p>\n<p>{picture}</p>\n{middle}"
        f'<p style="text-align: right">Nguồn&nbsp;tin: {link}</p>'
    )


def _address(portal: Portal, item: Item) -> str:
    return f"{portal.home}/bai-{portal.number}/{item.number}.html"


def _flawed(title: str, portal: Portal, item: Item) -> str:
    if item.number % 10 == 3 and portal.flaw == "ampersand":
        return f"{title} A&B"
    if item.number % 10 == 3 and portal.flaw == "control":
        return f"{title} \x0b"
    return title


def rfc822(moment: datetime) -> str:
    """Return a date as RSS and HTTP write it (RFC 9110 §5.6.7)."""
    return format_datetime(moment, usegmt=True)
