"""Whatever came in, every document obeys its format: no violation and no warning.

Atom against the grammar of RFC 4287 (tests/data/publish/atom.rng) and its Schematron
rules, RSS against the RSS Advisory Board's profile, JSON Feed against version 1.1.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from syndicate.model import (
    Bond,
    Category,
    Citation,
    Enclosure,
    Feed,
    Image,
    Relation,
    Rights,
    Source,
    SourceKind,
)
from syndicate.publish.select import standing_feeds

GRAMMAR = Path(__file__).resolve().parents[1] / "data" / "publish" / "atom.rng"
A = "{http://www.w3.org/2005/Atom}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
RFC_822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"
    r"|Dec) \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})"
)
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")


@pytest.fixture(scope="module")
def grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(str(GRAMMAR)))


# ── The rules ────────────────────────────────────────────────────────────────


def is_address(text: str | None) -> bool:
    """An absolute http(s) URI of RFC 3986: ASCII, with a host, nothing to escape."""
    parts = urlsplit(text or "")
    legal = re.fullmatch(r"[A-Za-z0-9%:/?#\[\]@!$&'()*+,;=._~-]*", text or "")
    return bool(parts.scheme in ("http", "https") and parts.netloc and legal)


def wrong_in_atom(content: bytes, grammar: etree.RelaxNG) -> Iterator[str]:
    root = etree.fromstring(content)
    if not grammar.validate(root):
        yield from (f"{one.line}: {one.message}" for one in grammar.error_log)
    entries = root.findall(f"{A}entry")
    ids = [each.findtext(f"{A}id") for each in (root, *entries)]
    if len(set(ids)) != len(ids):
        yield "an id is there twice"
    stamps = [each.findtext(f"{A}updated") for each in entries]
    if len(set(stamps)) != len(stamps):
        yield "two entries were updated at the same moment"
    if len(root.findall(f"{A}link[@rel='self']")) != 1:
        yield "not one self link"
    for each in (root, *entries):
        yield from wrong_in_atom_element(each)


def wrong_in_atom_element(each: etree._Element) -> Iterator[str]:
    links = [
        (link.get("rel"), link.get("type"), link.get("hreflang"))
        for link in each.findall(f"{A}link")
    ]
    twice = [key for key, n in Counter(links).items() if n > 1 and key[0] != "related"]
    if [key for key in twice if key[0] == "alternate"]:
        yield f"two alternates alike: {twice}"
    if "alternate" not in [rel for rel, *_ in links]:
        yield "no alternate"
    if not each.findall(f"{A}author"):
        yield "no author"
    if not (each.findtext(f"{A}title") or "").strip():
        yield "no title"
    if not LANGUAGE.fullmatch(each.get(LANG) or ""):
        yield f"language {each.get(LANG)!r}"
    for link in each.findall(f"{A}link"):
        if not is_address(link.get("href")):
            yield f"address {link.get('href')!r}"
    bare = each.tag == f"{A}entry" and each.find(f"{A}content") is None
    if bare and not (each.findtext(f"{A}summary") or "").strip():
        yield "neither content nor summary"


def wrong_in_rss(content: bytes) -> Iterator[str]:
    root = etree.fromstring(content)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        yield "no RSS 2.0"
        return
    for name in ("title", "link", "description"):
        if not (channel.findtext(name) or "").strip():
            yield f"channel has no {name}"
    yield from wrong_in_rss_children(channel)
    if not LANGUAGE.fullmatch(channel.findtext("language") or ""):
        yield "no language"
    guids = [item.findtext("guid") for item in channel.iter("item")]
    if len(set(guids)) != len(guids):
        yield "a guid is there twice"
    for item in channel.iter("item"):
        yield from wrong_in_rss_children(item)
        yield from wrong_in_rss_item(item)
    for name in ("pubDate", "lastBuildDate"):
        for date in channel.iter(name):
            if not RFC_822.fullmatch(date.text or ""):
                yield f"{name} {date.text}"
            parsedate_to_datetime(date.text or "")


def wrong_in_rss_children(parent: etree._Element) -> Iterator[str]:
    counts = Counter(str(child.tag) for child in parent)
    several = {"item", "category", "{http://search.yahoo.com/mrss/}content", CREATOR}
    several.add(f"{A}link")
    for tag, number in counts.items():
        if number > 1 and tag not in several:
            yield f"{tag} is there {number} times"
    link = parent.findtext("link")
    if not is_address(link):
        yield f"link {link!r}"


def wrong_in_rss_item(item: etree._Element) -> Iterator[str]:
    for name in ("title", "description"):
        if not (item.findtext(name) or "").strip():
            yield f"an item has no {name}"
    title = item.findtext("title") or ""
    if "<" in title or html.fromstring(f"<p>{title}</p>").text_content() != title:
        yield f"a title that reads as markup: {title!r}"
    guid = item.find("guid")
    if guid is None or guid.get("isPermaLink") != "false":
        yield "a guid that says it is a link"
    for each in item.findall("enclosure"):
        if not is_address(each.get("url")) or not (each.get("length") or "").isdigit():
            yield f"enclosure {dict(each.attrib)}"
        if not re.fullmatch(r"[^/ ]+/[^/ ]+", each.get("type") or ""):
            yield f"enclosure type {each.get('type')!r}"
    for each in item.findall("source"):
        if not is_address(each.get("url")) or not (each.text or "").strip():
            yield "a source without address or name"


def wrong_in_json(content: bytes) -> Iterator[str]:
    found = json.loads(content)
    if found["version"] != "https://jsonfeed.org/version/1.1" or not found["title"]:
        yield "no JSON Feed 1.1"
    yield from wrong_in_json_object(found)
    ids = [item["id"] for item in found["items"]]
    if len(set(ids)) != len(ids) or not all(isinstance(each, str) for each in ids):
        yield "an id is there twice, or is no string"
    for item in found["items"]:
        yield from wrong_in_json_object(item)
        if not (item.get("content_html") or item.get("content_text")):
            yield "no content"
        yield from wrong_in_json_item(item)


def wrong_in_json_item(item: dict[str, Any]) -> Iterator[str]:
    for name in ("date_published", "date_modified"):
        if name in item and not STAMP.fullmatch(item[name]):
            yield f"{name} {item[name]}"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", [])):
        yield "tags"
    for each in item.get("attachments", []):
        if not is_address(each["url"]) or "/" not in each["mime_type"]:
            yield f"attachment {each}"
        if not isinstance(each.get("size_in_bytes", 0), int):
            yield "size"


def wrong_in_json_object(found: dict[str, Any]) -> Iterator[str]:
    known = {
        *("version", "title", "home_page_url", "feed_url", "description", "language"),
        *("authors", "hubs", "items", "id", "url", "content_html", "content_text"),
        *("summary", "image", "date_published", "date_modified", "tags", "attachments"),
    }
    for key, value in found.items():
        if key not in known and not key.startswith("_"):
            yield f"unknown key {key}"
        addresses = ("url", "home_page_url", "feed_url", "image")
        if key in addresses and not is_address(str(value)):
            yield f"{key} {value!r}"
        if value in ("", [], {}, None) and key != "items":
            yield f"{key} is empty"
    for author in found.get("authors", []):
        if not author.get("name"):
            yield "an author without a name"


def wrong(path: str, content: bytes, grammar: etree.RelaxNG) -> list[str]:
    """List what is wrong with a document, whatever its format."""
    if path.endswith(".atom"):
        return list(wrong_in_atom(content, grammar))
    if path.endswith(".rss"):
        return list(wrong_in_rss(content))
    return list(wrong_in_json(content)) if path.endswith(".json") else []


# ── The rules see what is wrong ──────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'type="text">', b'type="CDATA">'),
        (b"Z</updated>", b"+07:00</updated>"),
        (b'rel="self"', b'rel="via"'),
        (b"<author>", b"<author><x/>"),
        (b"</entry>", b"<id>tag:a.example,2026:1</id></entry>"),
        (b"</entry>", b"<unknown>x</unknown></entry>"),
        (b'href="http', b'href="/http'),
    ],
)
def test_a_violation_of_atom_is_seen(whole_site, site, story, sources, house, now, grammar, before, after):  # fmt: skip  # noqa: E501, PLR0917 - fixtures and cases
    made = whole_site(
        [story()], standing_feeds(site, (), ()), site=site, sources=sources,
        categories=(), templates=house, now=now,
    )  # fmt: skip
    assert wrong("a.atom", made["all.atom"], grammar) == []
    broken = made["all.atom"].replace(before, after, 1)
    assert broken != made["all.atom"]
    assert wrong("a.atom", broken, grammar)


# ── Whatever came in ─────────────────────────────────────────────────────────

WORDS = st.one_of(
    st.text(st.characters(), max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            "<script>alert(1)</script>",
            "]]> & <b>x</b> &lt;i&gt; &#60; &copy; &copy",
            "A < B & C > D",
            "x\x00\x0b\x1f\ud800\ufffe\x85\u2028y",
            "Đa\u0309ng uy\u0309 Khô\u0301i",
            "\u202eđảo ngược\u2066",
            "👩‍👩‍👧‍👦🎉",
            "שלום",
            "\u0338 onmouseover=alert(1) x",
            "<!-- x --><?pi?><![CDATA[x]]>",
            "dài " * 300,
            "x" * 3000,
        ]
    ),
)
URLS = st.one_of(
    st.text(st.characters(), max_size=20).map("https://a.example/".__add__),
    WORDS,
    st.sampled_from(
        [
            "https://đảng.example/tin-tức?id=12&amp;x=1#đ",
            "javascript:alert(1)",
            "http://[::1",
            "https://u:p@a.example:99999/",
            "HTTPS://A.EXAMPLE",
            "//a.example/x",
            "https://a.example/a b|c^d`{}\\<>\"'[1]",
            "https://a.example/?q=%zz%E1%BB",
        ]
    ),
)
LANGUAGES = st.sampled_from(["", "vi", "vi_VN", "tiếng Việt", "en-", "zh-Hant-TW", "x"])
TYPES = st.sampled_from(
    ["", "application/pdf", "pdf", "audio/mpeg; q=1", "a/b/c", "Ả/b"]
)
SIZES = st.integers(-1, 9)


@settings(
    max_examples=120,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_no_document_of_hostile_stories_breaks_its_format(  # noqa: PLR0917 - fixtures
    whole_site, site, story, stored, entry, published, house, now, grammar, data
):
    draw = data.draw
    words, urls = (lambda: draw(WORDS)), (lambda: draw(URLS))
    sources = {
        key: Source(
            key=key,
            title=words(),
            kind=draw(st.sampled_from(SourceKind)),
            url=urls(),
            home=urls(),
            language=draw(LANGUAGES),
            rights=draw(st.sampled_from(Rights)),
        )
        for key in ("khoi", "bao")
    }
    categories = (Category(slug="xay-dung-dang", title=words()),)

    def told(source):
        when = timedelta(seconds=draw(st.integers(-(10**9), 10**6)))
        return entry(
            source,
            url=urls(),
            title=words(),
            lead=words(),
            html=f"<p>{words()}</p>" if draw(st.booleans()) else "",
            text=words(),
            authors=(words(), words()),
            published=draw(
                st.sampled_from([None, published.__class__(
                    value=published.value + when, precision=published.precision,
                    origin=published.origin, raw="",
                )])
            ),
            image=Image(url=urls(), caption=words()),
            enclosures=(
                Enclosure(url=urls(), type=draw(TYPES), length=draw(SIZES)),
                Enclosure(url=urls(), type=draw(TYPES)),
            ),
            language=draw(LANGUAGES),
            citations=(Citation(key=words()),),
        )  # fmt: skip

    stories = [
        story(
            number,
            entries=(
                stored(told("khoi"), number),
                stored(told("bao"), number + 9, bond=Bond(relation=Relation.REPEAT)),
                stored(told("forgotten"), number + 18),
            ),
        )
        for number in (1, 2)
    ]
    feeds = (
        *standing_feeds(site, categories, sources.values()),
        Feed(key="own", title=words(), description=words()),
    )
    made = whole_site(
        stories, feeds, site=site, sources=sources, categories=categories,
        templates=house, now=now,
    )  # fmt: skip
    assert {
        path: said for path in made if (said := wrong(path, made[path], grammar))
    } == {}
