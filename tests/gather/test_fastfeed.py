"""The fast reader says what feedparser says, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import feedparser
import pytest
from feedparser.mixin import _FeedParserMixin
from feedparser.util import FeedParserDict

from bench.feeds import BUILT, document, portals
from syndicate.errors import ParseError
from syndicate.gather import fastnames
from syndicate.gather import feed as feeds
from syndicate.gather.feed import read_feed
from syndicate.gather.feedfacts import FeedDocument
from syndicate.gather.feedparts import is_readable, is_sound, read_date
from syndicate.text.urls import absolute

URL = "http://tin.example/rss"
OWN = Path(__file__).parents[1] / "data" / "gather" / "feeds"
SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "feeds"


@pytest.fixture
def both(source, monkeypatch) -> Callable[[bytes], tuple[FeedDocument, object]]:
    """Read a feed twice: as always, and by feedparser alone; errors as their text."""

    def read(body: bytes) -> object:
        try:
            return read_feed(body, url=URL, source=source())
        except ParseError as error:
            return str(error)

    def twice(body: bytes) -> tuple[object, object]:
        usual = read(body)
        if not isinstance(usual, FeedDocument) or not usual.fast:
            return usual, usual
        with monkeypatch.context() as patch:
            patch.setattr(feeds, "read_plain", lambda *_: None)
            slow = read(body)
        assert isinstance(slow, str) or not slow.fast
        return replace(usual, fast=False), slow

    return twice


def agree(both, body: bytes, name: str) -> bool:
    """Assert that both ways agree; say whether the fast one was taken."""
    usual, slow = both(body)
    if usual is slow:
        return False
    if isinstance(slow, str):
        raise AssertionError(f"{name}: feedparser refuses it: {slow}\n{body!r}")
    for one, other in zip(usual.entries, slow.entries, strict=False):
        assert one == other, f"{name}\n{body.decode(errors='replace')}"
    assert len(usual.entries) == len(slow.entries), name
    assert usual.facts == slow.facts, name
    return True


def seeds() -> list[tuple[str, bytes]]:
    """Our own feeds, and small ones of the benchmark."""
    own = [(path.stem, path.read_bytes()) for path in sorted(OWN.glob("*.xml"))]
    hosts = ["http://127.0.0.2:8000"]
    small = (replace(each, items=each.items[:3]) for each in portals(40, hosts, seed=5))
    made = [
        (f"bench-{each.number}", document(each).replace(BUILT.encode(), b"now"))
        for each in small
        if each.number % 3 == 2 or each.flaw
    ]
    return own + [(name, _briefer(body)) for name, body in made]


def _briefer(body: bytes) -> bytes:
    """Long paragraphs make slow tests, and find nothing."""
    long = rb"(<p>|&lt;p&gt;)((?:[^<&\x80-\xff]|[\xc0-\xff][\x80-\xbf]*){40})[^<&]*"
    return re.sub(long, rb"\1\2", body)


# ── Corpora ──────────────────────────────────────────────────────────────────


def test_our_own_feeds_are_read_alike(both):
    taken = [name for name, body in seeds() if agree(both, body, name)]
    assert len(taken) >= 0.7 * len(seeds())


def test_the_feeds_of_the_benchmark_are_read_alike_and_all_of_them_fast(both):
    for portal in portals(45, ["http://127.0.0.2:8000"], seed=3):
        body = document(replace(portal, items=portal.items[:12]))
        assert agree(both, body, f"bench {portal.number}"), portal.number


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared feeds are not here")
def test_other_peoples_feeds_are_read_alike_and_most_of_them_fast(both):
    paths = sorted(SHARED.rglob("*.xml"))
    taken = {path for path in paths if agree(both, path.read_bytes(), path.name)}
    kinds = [path for path in paths if b"<rss" in path.read_bytes()[:2_000]]
    assert len(taken) >= 0.55 * len(paths)
    assert len(taken & set(kinds)) >= 0.75 * len(kinds)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared feeds are not here")
def test_no_entry_is_lost_that_feedparser_has(source):
    for path in sorted(SHARED.rglob("*.xml")):
        body = path.read_bytes()
        try:
            ours = len(read_feed(body, url=URL, source=source()).entries)
        except ParseError:
            ours = 0
        assert ours >= min(len(feedparser.parse(body)["entries"]), 2_000), path.name


# ── Mutants ──────────────────────────────────────────────────────────────────

Mutation = Callable[[Random, str], str]
_TAG = re.compile(r"<[^<>!?]+>")
_LEAF = re.compile(r"<([\w:]+)((?:\s[^<>]*)?)>([^<]*)</\1>")


def _at_leaf(change: Callable[[Random, re.Match[str]], str]) -> Mutation:
    def mutate(rng: Random, text: str) -> str:
        leaves = list(_LEAF.finditer(text))
        if not leaves:
            return text
        leaf = rng.choice(leaves)
        return text[: leaf.start()] + change(rng, leaf) + text[leaf.end() :]

    return mutate


def _at_tag(change: Callable[[Random, str], str]) -> Mutation:
    def mutate(rng: Random, text: str) -> str:
        tag = rng.choice(list(_TAG.finditer(text)))
        return text[: tag.start()] + change(rng, tag[0]) + text[tag.end() :]

    return mutate


def _replaced(leaf: re.Match[str], text: str, attributes: str | None = None) -> str:
    shown = leaf[2] if attributes is None else attributes
    return f"<{leaf[1]}{shown}>{text}</{leaf[1]}>"


WORDS = (
    *("&amp;", "&amp;amp;", "&nbsp;", "& ", "&lt;b&gt;", "&#8217;", "&#150;", "&#x91;"),
    *("&#0;", "&#127;", "&copy;", "\u00c3\u00a9", "\u0085", "\u2028", "e\u0301", "\t"),
    *("&amp;lt;p&amp;gt;x&amp;lt;/p&amp;gt;", "&amp;nbsp;", "]]&gt;", "\x0b", "\ufffe"),
    *("<![CDATA[<p>x</p>]]>", "<![CDATA[a & b]]>", "<b>x</b>", "<br/>", "<!-- c -->"),
    *("<?pi x?>", "a<!-- -->\u00a0", "\u00c3<![CDATA[\u00a9]]>", "\u00a0", "'", '"'),
    *("//x.example/a", "http:////x.example/", "HTTP://X.example/Đ", "javascript:1"),
)
DATES = (
    *("2026-02-30", "30 Feb 2026 10:00:00 GMT", "Mon, 31 Feb 2026 25:00 +0700", "0"),
    *("Thứ Hai, 5/10/2026", "2026-W40", "1759640000", "12/31/2026", "", "yesterday"),
    *("2026-10-05T24:00:00Z", "05 October 2026", "2004-07-08T00:00:00.000-99:00"),
)
ADDED = (
    "<title>Khác</title>",
    "<title></title>",
    '<title type="html">K &amp;amp; h</title>',
    '<title type="xhtml"><div>K</div></title>',
    '<title xml:lang="en_GB">Other</title>',
    "<dc:title xmlns:dc='http://purl.org/dc/elements/1.1/'>D</dc:title>",
    "<link>http://tin.example/khac</link>",
    "<link>/a?b=1&amp;c;=2</link>",
    '<link href="http://tin.example/kia"/>',
    '<link rel="Alternate" type="application/json" href="/j"/>',
    '<link rel="enclosure" href="/e.png" type="Image/PNG"/>',
    "<link/>",
    "<guid>g-9</guid>",
    '<guid isPermaLink="true">/g</guid>',
    '<guid ispermalink="TRUE">http://tin.example/g</guid>',
    "<id>http://tin.example/id</id>",
    "<pubDate>Mon, 05 Oct 2026 10:00:00 +0700</pubDate>",
    "<pubDate/>",
    "<date>2026-10-05</date>",
    "<updated>2026-10-05T00:00:00Z</updated>",
    "<author>ai@do.example (Ai Đó)</author>",
    "<author>ai@do.online</author>",
    "<author>A, B &lt;c@d.ee&gt;</author>",
    "<author/>",
    "<author><name>N</name><email>n@m.ee</email></author>",
    "<author><email>n@m.ee</email></author>",
    "<author>x<name> N </name>y</author>",
    "<contributor><name>C</name></contributor>",
    "<category>c</category>",
    '<category domain="d">c</category>',
    '<category domain="d"/>',
    '<category term="t" label="l"/>',
    "<keywords>a,b</keywords>",
    "<tags>a,b</tags>",
    "<links>x</links>",
    "<summary>s</summary>",
    "<description>mô tả &lt;i&gt;hai&lt;/i&gt;</description>",
    "<content>nội dung</content>",
    '<content type="html">&lt;p&gt;x&lt;/p&gt;</content>',
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></content>',
    '<content src="/c.html"/>',
    "<body>b</body>",
    '<enclosure url="/f.mp3" length="x" type="Audio/MP3"/>',
    '<enclosure url=""/>',
    '<enclosure href="/h.mp3"/>',
    '<source url="http://khac.example/rss">Khác</source>',
    "<source>Khác</source>",
    '<source><title>T</title><link href="http://k.example/"/></source>',
    "<image><url>/i.png</url><title>i</title></image>",
    "<language>fr</language>",
    "<unknown>u</unknown>",
    '<unknown base="http://b.example/">u</unknown>',
    "<media_content>u</media_content>",
    "<source_id>u</source_id>",
    "<comments>http://tin.example/#c</comments>",
    '<x:thing xmlns:x="urn:x">u</x:thing>',
    '<media:content xmlns:media="http://search.yahoo.com/mrss/" url="/m.jpg"'
    ' medium="image"/>',
    '<media:title xmlns:media="http://search.yahoo.com/mrss/">M</media:title>',
    '<media:group xmlns:media="http://search.yahoo.com/mrss/"><media:description>'
    "md</media:description><media:thumbnail url='/t.jpg'/></media:group>",
    '<media:content xmlns:media="urn:else" url="/else.jpg" medium="image"/>',
    '<m:content xmlns:m="http://search.yahoo.com/mrss" url="/m2.jpg" type="image/a"/>',
    '<itunes:summary xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">is'
    "</itunes:summary>",
    '<itunes:image xmlns:itunes="http://www.itunes.com/DTDs/Podcast-1.0.dtd"'
    ' href="/it.jpg"/>',
    "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>C</dc:creator>",
    "<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2026-10-05</dc:date>",
    "<dc:creator xmlns:dc='urn:not-dc'>C</dc:creator>",
    "<q:creator xmlns:q='http://purl.org/dc/elements/1.1/'>C</q:creator>",
    '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">e'
    "</content:encoded>",
    '<site xmlns="com-example:additions:1">9</site>',
    '<link xmlns="com-example:additions:1">9</link>',
    '<georss:point xmlns:georss="http://www.georss.org/georss">1 x</georss:point>',
    '<gml:pos xmlns:gml="http://www.opengis.net/gml">1</gml:pos>',
    '<cc:license xmlns:cc="http://web.resource.org/cc/"/>',
    '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="/al"/>',
    '<a10:updated xmlns:a10="http://www.w3.org/2005/Atom">2026-10-05T00:00:00Z'
    "</a10:updated>",
    "<item><title>Tin trong tin</title></item>",
    "<newlocation>http://moi.example/</newlocation>",
)
ATTRIBUTES = (
    *(
        ' xml:base="http://b.example/x/"',
        ' xml:lang="en"',
        ' xml:lang=""',
        ' base="/b"',
    ),
    *(' lang="fr"', ' type="html"', ' type="text"', ' TYPE="HTML"', ' mode="base64"'),
    *(' rdf:about="x"', ' href="/h"', ' xml:space="preserve"', ' isPermaLink="false"'),
    *(' rel="self"', ' domain="d"', ' xmlns:dc="http://search.yahoo.com/mrss/"'),
    *(' xmlns:media="http://purl.org/dc/elements/1.1/"', ' url="/u"', ' xmlns="urn:d"'),
    ' xmlns:rss="http://backend.userland.com/rss2"',
)


def _flip(rng: Random, text: str) -> str:
    at = rng.randrange(len(text))
    return text[:at] + chr(rng.choice((0x20, 0x3C, 0x26, 0x61, 0xE9))) + text[at + 1 :]


def _drop_span(rng: Random, text: str) -> str:
    at = rng.randrange(len(text))
    return text[:at] + text[at + rng.randint(1, 30) :]


def _swap_prolog(rng: Random, text: str) -> str:
    text = re.sub(r"^\s*<\?xml.*?\?>", "", text, flags=re.DOTALL)
    label = rng.choice(("iso-8859-1", "utf-16", "windows-1258", "us-ascii", "x", ""))
    start = (
        f'<?xml version="1.0" encoding="{label}"?>'
        if label
        else rng.choice(
            (
                "",
                "\n\n",
                "<!-- x -->",
                "<br>Warning\n",
                '<!DOCTYPE rss [<!ENTITY a "b">]>',
            )
        )
    )
    return start + text


def _add_element(rng: Random, text: str) -> str:
    places = [m.end() for m in re.finditer(r"<(?:item|entry|channel)\b[^>]*>", text)]
    places += [m.start() for m in re.finditer(r"</(?:item|entry|channel)>", text)]
    at = rng.choice(places) if places else len(text) // 2
    return text[:at] + rng.choice(ADDED) + text[at:]


def _repeat(rng: Random, leaf: re.Match[str]) -> str:
    return leaf[0] * rng.randint(2, 3)


def _word(rng: Random, leaf: re.Match[str]) -> str:
    at = rng.randint(0, len(leaf[3]))
    return _replaced(leaf, leaf[3][:at] + rng.choice(WORDS) + leaf[3][at:])


def _tail(rng: Random, text: str) -> str:
    ends = ("<!-- x -->", "\n<script>1</script>", "\x00", "</rss>", "<item>", "&")
    return text.rstrip() + rng.choice(ends)


MUTATIONS: tuple[Mutation, ...] = (
    _flip,
    _drop_span,
    _swap_prolog,
    _add_element,
    _add_element,
    _add_element,
    _tail,
    lambda rng, text: text[: rng.randrange(len(text) // 2, len(text))],
    _at_tag(lambda _rng, _tag: ""),
    _at_tag(lambda _rng, tag: tag.upper() if tag[1] != "/" else tag),
    _at_tag(lambda rng, tag: re.sub(r"(?=/?>$)", rng.choice(ATTRIBUTES), tag, count=1)),
    _at_leaf(_repeat),
    _at_leaf(_word),
    _at_leaf(_word),
    _at_leaf(lambda rng, leaf: _replaced(leaf, rng.choice(DATES))),
    _at_leaf(lambda rng, leaf: _replaced(leaf, leaf[3], rng.choice(ATTRIBUTES))),
    _at_leaf(lambda _rng, leaf: _replaced(leaf, f"<![CDATA[{leaf[3]}]]>")),
    _at_leaf(lambda _rng, leaf: _replaced(leaf, "")),
    _at_leaf(lambda _rng, leaf: f"<{leaf[1]}{leaf[2]}/>"),
    _at_leaf(lambda rng, leaf: rng.choice(ADDED) + leaf[0]),
)


def mutants(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Feeds with one to three things wrong or odd, the same for a seed."""
    rng = Random(seed)  # noqa: S311 - the same for a seed
    found = [(name, body) for name, body in seeds()]
    for number in range(count):
        name, body = rng.choice(found)
        encoding = "windows-1252" if b"windows-1252" in body[:100] else "utf-8"
        text = body.decode(encoding, "replace")
        for _ in range(rng.randint(1, 3)):
            text = rng.choice(MUTATIONS)(rng, text) or text
        yield f"{name}, mutant {number}", text.encode(encoding, "xmlcharrefreplace")


def test_mutants_are_read_alike(both):
    count = 2_400
    taken = sum(agree(both, body, name) for name, body in mutants(count, seed=11))
    # A reader that gives up always would agree always.
    assert taken >= 0.2 * count


def test_flipped_bytes_are_read_alike(both):
    rng = Random(7)  # noqa: S311 - the same for a seed
    found = seeds()
    for number in range(400):
        name, body = rng.choice(found)
        changed = bytearray(body)
        for _ in range(rng.randint(1, 3)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        agree(both, bytes(changed), f"{name}, bytes {number}")


# ── What is given up ─────────────────────────────────────────────────────────

HEAD = '<rss version="2.0"><channel><title>T</title><link>http://tin.example/</link>'


@pytest.mark.parametrize(
    "item",
    [
        '<title xml:base="http://b.example/">A</title>',
        "<title>A<b>b</b></title>",
        "<title>A &#150; b</title>",
        "<title>A</title><body>x</body>",
        "<title>A</title><date>2026-10-05</date>",
        "<title>A</title><pubDate>someday</pubDate>",
        "<title>A</title><image><url>/x</url></image>",
        '<title>A</title><media:title xmlns:media="urn:x">b</media:title>',
    ],
)
def test_what_is_not_plain_is_left_to_feedparser(item, source):
    body = f"{HEAD}<item>{item}</item></channel></rss>".encode()
    assert not read_feed(body, url=URL, source=source()).fast


@pytest.mark.parametrize(
    "flaw",
    ["A & B", "A &nbsp; B", "A \x0b B", "A &copy B", "A &#0; B"],
)
def test_small_flaws_are_mended_and_do_not_make_it_slow(flaw, source, both):
    body = f"{HEAD}<item><title>{flaw}</title></item></channel></rss>".encode()
    assert read_feed(body, url=URL, source=source()).fast
    assert agree(both, body, flaw)


@pytest.mark.parametrize("end", ["</channel>", "", "</chan", "</channel></rss>x</b>"])
def test_a_feed_without_its_end_or_with_more_than_it_is_read_fast(end, source):
    body = f"{HEAD}<item><title>A</title></item>{end}".encode()
    found = read_feed(body, url=URL, source=source())
    assert [entry.title for entry in found.entries] == ["A"]
    assert found.fast


def test_windows_1252_is_read_fast(source):
    body = f"{HEAD}<item><title>Élevé à « Bến »</title></item></channel></rss>"
    text = '<?xml version="1.0" encoding="windows-1252"?>' + body.replace("ế", "e")
    found = read_feed(text.encode("windows-1252"), url=URL, source=source())
    assert found.fast
    assert found.entries[0].title == "Élevé à « Ben »"


# ── The tables ───────────────────────────────────────────────────────────────


def test_every_name_that_feedparser_handles_is_known():
    spelt = {
        name.partition("_")[2].partition("_")[2].lower()
        for name in dir(_FeedParserMixin)
        if name.startswith(("_start_", "_end_"))
    }
    known = fastnames.TAGS | {each.replace(":", "_") for each in fastnames.ELEMENTS}
    assert spelt <= known


def test_every_key_that_feedparser_renames_is_known():
    renamed = {key for key in FeedParserDict.keymap if "_" not in key}
    assert renamed <= fastnames.TAGS


def test_every_namespace_of_feedparser_is_known_or_without_elements():
    handled = {each.partition(":")[0] for each in fastnames.ELEMENTS} | {""}
    for uri, prefix in _FeedParserMixin.namespaces.items():
        if prefix:
            assert prefix.lower() in fastnames.CANONICAL, prefix
        if uri and prefix.lower() in handled:
            known = fastnames.NAMESPACES.get(uri.lower()) == prefix
            assert known or fastnames.UNFOLLOWED.search(uri), uri


def test_a_date_that_is_sound_can_be_read(source):
    rng = Random(3)  # noqa: S311 - the same for a seed
    months = [f"{datetime(2026, each, 1, tzinfo=UTC):%b}" for each in range(1, 13)]
    for _ in range(600):
        day, hour, minute = rng.randint(1, 31), rng.randint(0, 24), rng.randint(0, 60)
        year, month = rng.randint(1998, 2101), rng.randint(1, 12)
        zone = rng.choice(("+0700", "-0330", "GMT", "Z", "UTC", "+1200", "+1300"))
        colon = zone if len(zone) == 1 else f"{zone[:3]}:{zone[3:]}"
        raws = (
            f"Mon, {day:02} {months[month - 1]} {year} {hour:02}:{minute:02}:00 {zone}",
            f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:59{colon}",
        )
        for raw in raws:
            if is_readable(raw, source()):
                assert read_date(raw, source()) is not None, raw


@pytest.mark.parametrize(
    "address",
    [
        *("http://a.example/b/c.html?d=1", "https://a.example", "http://a.example:81/"),
        *("http://a.example/x~y/", "http://a.example/b.c.d", "https://1.2.3.4/a?b"),
    ],
)
def test_a_sound_address_is_what_it_is(address):
    assert is_sound(address)
    assert absolute("http://tin.example/x/", address) == address


@pytest.mark.parametrize(
    "address",
    [
        *("http://a.example/../b", "http://a.example//b", "HTTP://a.example/", "/a"),
        *("http://a.example/a b", "http://a.example/đ", "http://a.example/a#b", ""),
        *("http:/a.example/", "ftp://a.example/", "http://A.example/", "http://a"),
        "http://a.example/./b",
    ],
)
def test_other_addresses_get_a_closer_look(address):
    assert not is_sound(address)
