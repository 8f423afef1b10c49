"""Whatever stands in the store, what we publish parses and says what it should.

Nothing here is cleaned first: the stories are as a store could hold them that others
write to, or that an older version filled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from syndicate.model import (
    Bond,
    Category,
    Citation,
    Dated,
    DateOrigin,
    Enclosure,
    Entry,
    Feed,
    Image,
    Label,
    Precision,
    Relation,
    Rights,
    Site,
    Source,
    SourceKind,
    StoredEntry,
    Story,
)
from syndicate.publish.forms.characters import said, unmarked
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.frames import Heading
from syndicate.publish.forms.item import Item, items
from syndicate.publish.forms.opml import opml, published_outlines, source_outlines
from syndicate.publish.forms.paging import archive_path, current_path, paging
from syndicate.publish.forms.tombstones import Tombstone
from syndicate.publish.forms.whole import last_change, whole
from syndicate.publish.lint import lint
from syndicate.publish.media_types import media_type

A = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SEEN = datetime(2026, 10, 12, 8, tzinfo=UTC)
SITE = Site(
    title="Bản tin Cửu Hà",
    base_url="https://ban-tin.example",
    id_authority="ban-tin.example,2026",
)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
RFC_822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"
    r"|Dec) \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d\d[03]0)"
)

KEYS = ("all", "tinh", "category/a", "category/b", "source/khoi")

# ── What could stand in a store ──────────────────────────────────────────────

WORDS = st.one_of(
    st.text(st.characters(), max_size=40),
    st.sampled_from(
        [
            "",
            " \t\n",
            "<script>alert(1)</script>",
            "]]> & <b>x</b> &lt;i&gt; &#60; &copy; &copy --> <!-- x",
            "A < B & C > D",
            "x\x00\x0b\x1f\ud800\ufffe\uffff\U0001fffe\x85\u2028\u2029y",
            "Đa\u0309ng uy\u0309 Khô\u0301i",
            "\u202eđảo ngược\u2066",
            "\u2067שלום\u2069 và مرحبا",
            "👩‍👩‍👧‍👦🇻🇳",
            "\u0338 onmouseover=alert(1) x",
            "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
            "&amp;amp;lt;",
            "dài " * 300,
            "x" * 5000,
        ]
    ),
)
MARKUP = st.one_of(
    WORDS,
    st.sampled_from(
        [
            "<p>một<p>hai<div><p>ba</div>",
            "<a href='javascript:alert(1)'>x</a><a href='/tin'>y</a><a>z</a>",
            "<img src=x onerror=alert(1)><img src='data:image/png;base64,AA'>",
            "<table><td><b><i></table></b><ul><li>x</ul></i>",
            "<svg><script>alert(1)</script></svg><math><mi//xlink:href='x'>",
            "<iframe src='https://e.example'></iframe><form><input></form>",
            "<p style='position:fixed' onclick='x()' class='y' id='z'>t</p>",
            "<b>" * 300 + "sâu" + "</b>" * 300,
            "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
            "<a href='https://a.example/?a=1&b=2&copy=3'>q</a>",
        ]
    ),
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b",
                ">",
                "<a href=",
                "'x'",
                "<table>",
                "<td>",
                "</",
                "<!--",
            ]
        ),
        max_size=12,
    ).map("".join),
)
URLS = st.one_of(
    st.text(st.characters(), max_size=20).map("https://a.example/".__add__),
    WORDS,
    st.sampled_from(
        [
            "https://đảng.example/tin-tức?id=12&amp;x=1#đ",
            "https://xn--ng-ela27b.example:8443/a",
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "http://[::1",
            "http://[::1]/x.mp3",
            "https://u:p@a.example:99999/",
            "https://nguoi:mat-khau@a.example/x",
            "HTTPS://A.EXAMPLE",
            "http://noi-bo/x.mp3",
            "//a.example/x",
            "https://a.example/a b|c^d`{}\\<>\"'[1]",
            "https://a.example/?q=%zz%E1%BB",
            "https://a.example/" + "x" * 3000,
        ]
    ),
)
ZONES = st.integers(-1439, 1439).map(lambda n: timezone(timedelta(minutes=n)))
MOMENTS = st.one_of(
    st.datetimes(timezones=ZONES),
    st.sampled_from(
        [
            datetime.min.replace(tzinfo=timezone(timedelta(hours=23, minutes=59))),
            datetime.max.replace(tzinfo=timezone(-timedelta(hours=23, minutes=59))),
            datetime(2026, 10, 12, 14, tzinfo=timezone(timedelta(seconds=25590))),
        ]
    ),
)
DATES = st.one_of(
    st.none(),
    st.builds(
        Dated,
        value=MOMENTS,
        precision=st.sampled_from(Precision),
        origin=st.just(DateOrigin.META),
        raw=st.just(""),
    ),
)
LANGUAGES = st.sampled_from(
    ["", "vi", "vi_VN", "tiếng Việt", "en-", "zh-Hant-TW", "x", "xyz", "vi\n", "\ud800"]
)
TYPES = st.one_of(
    WORDS, st.sampled_from(["application/pdf", "audio/mpeg; q=1", "a/b/c", "Ả/b"])
)
FILES = st.builds(Enclosure, url=URLS, type=TYPES, length=st.integers(-9, 10**15))
ENTRIES = st.builds(
    Entry,
    source=st.sampled_from(["khoi", "bao", "quên"]),
    url=URLS,
    title=WORDS,
    lead=WORDS,
    html=MARKUP,
    text=WORDS,
    authors=st.lists(WORDS, max_size=3).map(tuple),
    published=DATES,
    image=st.one_of(st.none(), st.builds(Image, url=URLS, caption=WORDS)),
    enclosures=st.lists(FILES, max_size=4).map(tuple),
    language=LANGUAGES,
    citations=st.lists(st.builds(Citation, key=WORDS), max_size=2).map(tuple),
)
SOURCES = st.builds(
    Source,
    key=st.just(""),
    title=WORDS,
    kind=st.sampled_from(SourceKind),
    url=URLS,
    home=URLS,
    language=LANGUAGES,
    rights=st.sampled_from(Rights),
    licence=st.one_of(st.just(""), URLS),
)


@st.composite
def stories(draw: st.DrawFn, number: int) -> Story:
    told = draw(st.lists(ENTRIES, min_size=1, max_size=3))
    age = timedelta(seconds=draw(st.integers(0, 10**8)))
    return Story(
        id=number,
        uid=f"uid{number}",
        entries=tuple(
            StoredEntry(
                id=number * 10 + place,
                story=number,
                entry=entry,
                bond=Bond(relation=draw(st.sampled_from(Relation))),
                seen_at=SEEN - age,
                changed_at=SEEN - age / 2,
            )
            for place, entry in enumerate(told)
        ),
        labels=tuple(
            Label(category=slug, reason="", confidence=1.0, primary=place == 0)
            for place, slug in enumerate(draw(st.sets(st.sampled_from(["a", "b"]))))
        ),
        seen_at=SEEN - age,
        changed_at=SEEN - age / 2,
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Feed, Site, tuple[Item, ...]]:
    count = draw(st.integers(0, 3))
    site = replace(
        SITE, title=draw(WORDS), description=draw(WORDS), language=draw(LANGUAGES)
    )
    sources = {key: replace(draw(SOURCES), key=key) for key in ("khoi", "bao")}
    found = items(
        [draw(stories(number)) for number in range(1, count + 1)],
        site=site,
        sources=sources,
        categories=[Category(slug=slug, title=draw(WORDS)) for slug in ("a", "b")],
        rights=draw(st.sampled_from(Rights)),
    )
    return Feed(key="all", title=draw(WORDS), description=draw(WORDS)), site, found


def written(
    form: Form, world: tuple[Feed, Site, tuple[Item, ...]], page: int = 0
) -> bytes:
    feed, site, told = world
    heading = Heading(
        feed=feed,
        site=site,
        updated=last_change(told),
        paging=paging(form, feed, site, page=page, pages=2),
        hubs=("https://hub.example/",),
        tombstones=(Tombstone(uid="uid9", at=SEEN),),
    )
    return whole(form, heading, told).content


hostile = settings(
    max_examples=100,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# ── The rules ────────────────────────────────────────────────────────────────


def is_absolute(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isascii()


def unsafe(markup: str) -> Iterator[str]:
    """Say what in HTML could run, or leads nowhere from another page."""
    if not markup.strip():
        return
    for each in lxml_html.fragment_fromstring(markup, create_parent="div").iter():
        if not isinstance(each.tag, str):
            yield f"{each!r}"
            continue
        if each.tag in ("script", "style", "iframe", "object", "embed", "form", "svg"):
            yield each.tag
        for name, value in each.attrib.items():
            if name.startswith("on") or name in ("style", "class", "id"):
                yield name
            if name in ("href", "src") and not is_absolute(value):
                yield value


def as_feedparser_reads(text: str) -> str:
    """Say what feedparser makes of text that looks like UTF-8 read as Latin-1."""
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def agrees(found: bytes, told: tuple[Item, ...], *, plain: bool) -> None:
    """Read a document with feedparser and compare it with what it was made of."""
    parsed = feedparser.parse(found)
    assert not parsed.bozo
    assert [each.id for each in parsed.entries] == [item.id for item in told]
    assert [each.link for each in parsed.entries] == [item.link for item in told]
    for each, item in zip(parsed.entries, told, strict=True):
        title = unmarked(item.title) if plain else said(item.title)
        assert each.title == as_feedparser_reads(title)
        if item.published or plain:
            moment = (item.published or item.seen).astimezone(UTC)
            assert each.published_parsed[:6] == moment.timetuple()[:6]
        assert each.updated_parsed[:6] == item.updated.timetuple()[:6]


@hostile
@given(worlds())
def test_rss_of_anything_holds_the_rules(world):
    found = written(Form.RSS, world)
    root = etree.fromstring(found)
    entries = root.findall("channel/item")
    guids = [each.findtext("guid") for each in entries]
    assert len(set(guids)) == len(guids) == len(world[2])
    for date in (*root.iter("pubDate"), *root.iter("lastBuildDate")):
        assert RFC_822.fullmatch(date.text)
        parsedate_to_datetime(date.text)
    for each in entries:
        assert len(each.findall("enclosure")) <= 1
        assert each.findtext("description").strip()
        assert not re.search("<|&(#|lt|gt|amp)", each.findtext("title"))
        assert not list(unsafe(each.findtext(f"{CONTENT}encoded") or ""))
        assert not list(unsafe(each.findtext("description")))
        assert not each.findtext("category") or each.findtext("category").strip()
    addresses = [each.text for each in root.iter("link")]
    addresses += [each.get("url") for each in root.iter("enclosure", "source")]
    addresses += [each.get("url") for each in root.iter(f"{MEDIA}content")]
    addresses += [each.get("href") for each in root.iter(f"{A}link")]
    assert all(map(is_absolute, addresses))
    agrees(found, world[2], plain=True)


@hostile
@given(worlds())
def test_atom_of_anything_holds_the_rules(world):
    found = written(Form.ATOM, world)
    root = etree.fromstring(found)
    ids = [each.findtext(f"{A}id") for each in root.iterfind(f"{A}entry")]
    assert len(set(ids)) == len(ids) == len(world[2])
    dates = [each.text for each in root.iter(f"{A}updated", f"{A}published")]
    assert all(map(RFC_3339.fullmatch, dates))
    of_entries = [each.text for each in root.iterfind(f"{A}entry/{A}updated")]
    assert len(set(of_entries)) == len(of_entries)
    for each in root.iterfind(f"{A}entry"):
        assert each.find(f"{A}title").get("type") == "text"
        assert each.findtext(f"{A}title").strip()
        assert each.findtext(f"{A}author/{A}name").strip()
        assert re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", each.get(XML_LANG))
        assert len(each.findall(f"{A}link[@rel='alternate']")) == 1
        assert not list(unsafe(each.findtext(f"{A}content") or ""))
        assert each.findtext(f"{A}source/{A}title").strip()
    assert all(is_absolute(each.get("href")) for each in root.iter(f"{A}link"))
    assert all(is_absolute(each.get("url")) for each in root.iter(f"{MEDIA}content"))
    agrees(found, world[2], plain=False)


@hostile
@given(worlds())
def test_json_of_anything_holds_the_rules(world):
    found = json.loads(written(Form.JSON, world))
    assert [each["id"] for each in found["items"]] == [item.id for item in world[2]]
    for each, item in zip(found["items"], world[2], strict=True):
        assert each["url"] == item.link
        assert each["title"] == said(item.title)
        assert ("content_html" in each) != ("content_text" in each)
        assert not list(unsafe(each.get("content_html", "")))
        for name in ("date_published", "date_modified"):
            assert RFC_3339.fullmatch(each.get(name, "2000-01-01T00:00:00Z"))
        addresses = [each["url"], each.get("image", each["url"])]
        addresses += [file["url"] for file in each.get("attachments", ())]
        addresses += [one["url"] for one in each["_syndicate"].get("tellers", ())]
        assert all(map(is_absolute, addresses))


@hostile
@given(worlds(), st.sampled_from([Form.RSS, Form.ATOM, Form.JSON]))
def test_the_same_stories_give_the_same_bytes_each_on_a_line(world, form):
    found = written(form, world)
    assert found == written(form, world)
    starts = {Form.RSS: b"<item>", Form.ATOM: b"<entry ", Form.JSON: b'{"id": '}
    assert found.count(b"\n" + starts[form]) == len(world[2])


@hostile
@given(worlds(), st.sampled_from([Form.RSS, Form.ATOM, Form.JSON]), st.integers(0, 2))
def test_our_validator_finds_nothing(world, form, page):
    found = written(form, world, page)
    path = archive_path("all", page, form) if page else current_path("all", form)
    address = f"https://ban-tin.example/feeds/{path}"
    assert lint(found, url=address, content_type=media_type(path)) == ()


@hostile
@given(st.lists(SOURCES, max_size=3), st.lists(st.tuples(WORDS, WORDS)), WORDS)
def test_lists_of_anything_hold_the_rules(sources, titles, title):
    feeds = [
        Feed(key=key, title=named, description=described)
        for key, (named, described) in zip(KEYS, titles, strict=False)
    ]
    given = [replace(source, key=f"k{n}") for n, source in enumerate(sources)]
    outlines = (*published_outlines(feeds, SITE, shelved=1), *source_outlines(given))
    found = opml(title, outlines)
    assert lint(found, content_type=media_type("feeds.opml")) == ()
    for each in etree.fromstring(found).iter("outline"):
        assert each.get("text").strip()
        for name in ("xmlUrl", "htmlUrl", "url"):
            assert is_absolute(each.get(name, SITE.base_url))


@hostile
@given(worlds())
def test_nobodys_password_is_passed_on(world):
    made = b"".join(written(form, world) for form in (Form.RSS, Form.ATOM, Form.JSON))
    assert b"mat-khau@" not in made


@pytest.mark.parametrize("form", [Form.RSS, Form.ATOM, Form.JSON])
def test_a_title_of_a_million_characters_and_a_thousand_files_are_borne(form):
    files = tuple(
        Enclosure(url=f"https://a.example/{n}.mp3", type="audio/mpeg")
        for n in range(1000)
    )
    entry = Entry(
        source="khoi",
        url="https://a.example/1",
        title="Đảng ủy " * 125_000,
        html="<p>" + "<b>x</b>" * 50_000,
        enclosures=files + files,
    )
    stored = StoredEntry(
        id=1,
        story=1,
        entry=entry,
        bond=Bond(relation=Relation.FIRST),
        seen_at=SEEN,
        changed_at=SEEN,
    )
    source = Source(
        key="khoi",
        title="Khối",
        kind=SourceKind.FEED,
        url="https://a.example/rss",
        rights=Rights.FULL,
    )
    told = items(
        [Story(id=1, uid="u", entries=(stored,), seen_at=SEEN, changed_at=SEEN)],
        site=SITE,
        sources={"khoi": source},
        categories=(),
    )
    assert len(told[0].enclosures) == 100
    found = written(form, (Feed(key="all", title="x"), SITE, told))
    if form is Form.JSON:
        assert json.loads(found)["items"][0]["title"] == told[0].title
    else:
        agrees(found, told, plain=form is Form.RSS)
