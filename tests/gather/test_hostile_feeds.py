"""Feeds that mean harm, or come from servers that do not know what they do."""

from __future__ import annotations

import codecs
import gzip
import time
import tracemalloc
import unicodedata
from contextlib import suppress

import pytest

from syndicate.errors import ParseError
from syndicate.gather.feed import is_ours, read_feed
from syndicate.gather.feedfacts import FeedFacts
from syndicate.gather.sameness import content_hash

URL = "http://tin.example/rss"
HEAD = '<rss version="2.0"><channel><title>Tin</title><link>http://tin.example/</link>'
END = "</channel></rss>"


def feed(*items: str) -> str:
    whole = "".join(f"<item><title>A</title>{more}</item>" for more in items)
    return f"{HEAD}{whole}{END}"


def entries(source, text: str | bytes, **more):
    body = text.encode() if isinstance(text, str) else text
    return read_feed(body, url=URL, source=source(), **more).entries


def seconds(source, text: str) -> float:
    start = time.process_time()
    with suppress(ParseError):
        entries(source, text)
    return time.process_time() - start


# ── Bombs ────────────────────────────────────────────────────────────────────

LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10)
)


def test_a_billion_laughs_are_not_laughed(source):
    bomb = f"<!DOCTYPE r [{LAUGHS}]>" + feed("<description>&l9;</description>")
    tracemalloc.start()
    [entry] = entries(source, bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "haha" not in entry.html
    assert peak < 20_000_000


def test_an_entity_that_blows_up_by_repetition_is_not_expanded(source):
    start = f'<!DOCTYPE r [<!ENTITY a "{"x" * 20_000}">]>'
    bomb = start + feed(f"<description>{'&a;' * 5_000}</description>")
    [entry] = entries(source, bomb)
    assert len(entry.html) < 100_000


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd">',
    ],
)
def test_external_entities_and_dtds_are_not_fetched(doctype, source):
    # Sockets are disabled here, so that a request would be an error.
    [entry] = entries(source, doctype + feed("<description>a &x; b</description>"))
    assert "root:" not in entry.html


def test_xinclude_is_not_followed(source):
    include = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text"'
        ' href="file:///etc/passwd"/>'
    )
    [entry] = entries(source, feed(f"<description>a {include} b</description>"))
    assert "root:" not in entry.html


def test_of_twenty_thousand_items_only_the_limit_is_read(source):
    whole = feed(*(f"<link>http://tin.example/{n}</link>" for n in range(20_000)))
    assert len(entries(source, whole)) == 2_000
    assert len(entries(source, whole, limit=50)) == 50


GROWING = {
    "depth": lambda n: feed("<a>" * n + "</a>" * n),
    "depth, never closed": lambda n: HEAD + "<item>" + "<a>" * n,
    "markup in markup": lambda n: feed(
        f"<description>{'<div>' * n}{'</div>' * n}</description>"
    ),
    "comments": lambda n: HEAD + "<!--" * n,
    "an attribute": lambda n: feed(f'<enclosure url="{"a" * 10 * n}"/>'),
    "one text": lambda n: feed(f"<description>{'a b ' * 10 * n}</description>"),
    "an author": lambda n: feed(f"<author>{'a.' * 10 * n}</author>"),
    "a date": lambda n: feed(f"<pubDate>{'1 ' * 10 * n}</pubDate>"),
    "a link": lambda n: feed(f"<link>{'http://' * n}</link>"),
    "categories": lambda n: feed(
        "".join(f"<category>{i}</category>" for i in range(n))
    ),
    "authors": lambda n: feed("".join(f"<author>{i}</author>" for i in range(n))),
    "enclosures": lambda n: feed("".join(f'<enclosure url="{i}"/>' for i in range(n))),
    "attributes": lambda n: feed("<x " + " ".join(f'a{i}=""' for i in range(n)) + "/>"),
    "namespaces": lambda n: feed(
        "".join(f'<x{i}:a xmlns:x{i}="urn:{i}"/>' for i in range(n))
    ),
    "open tags": lambda n: f"{HEAD}{'<item ' * n}",
    "open CDATA": lambda n: f"{HEAD}<item>{'<a><![CDATA[' * n}",
    "ampersands": lambda n: feed(f"<description>{'&a' * 10 * n}</description>"),
    "less-than signs": lambda n: "<rss " + "<" * n,
    "NULs": lambda n: feed("\0" * n),
    "a DOCTYPE without end": lambda n: "<!DOCTYPE rss [" * n + feed(""),
    "JSON": lambda n: '{"items":' + "[" * n,
}


@pytest.mark.parametrize("what", GROWING)
def test_what_grows_without_end_takes_no_more_than_linear_time(what, source):
    grow = GROWING[what]
    seconds(source, grow(100))
    small = seconds(source, grow(8_000))
    large = seconds(source, grow(32_000))
    # Four times as much, in less than nine times the time: the square would be 16.
    assert large < 9 * small + 0.3, (small, large)


def test_a_text_of_ten_megabytes_does_not_fill_the_memory(source):
    body = feed(f"<description>{'a' * 10_000_000}</description>").encode()
    tracemalloc.start()
    assert len(entries(source, body)) == 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


def test_two_hundred_kilobytes_of_comment_starts_are_an_error(source):
    with pytest.raises(ParseError):
        entries(source, HEAD + "<!--" * 50_000)


def test_a_hundred_thousand_levels_are_read_or_refused(source):
    assert len(entries(source, feed("<a>" * 100_000 + "</a>" * 100_000))) == 1


# ── Wrong labels ─────────────────────────────────────────────────────────────

TEXT = feed("<description>Đảng ủy xã họp</description>")


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF8 * 2 + TEXT.encode(),
        b'<?xml version="1.0" encoding="utf-16"?>' + TEXT.encode(),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + TEXT.encode(),
        b'<?xml version="1.0" encoding="utf-7"?>' + TEXT.encode(),
        b'<?xml version="1.0" encoding="unicode_escape"?>' + TEXT.encode(),
        gzip.compress(TEXT.encode()),
        b"\n\t <?xml version='1.0'?>" + TEXT.encode(),
        TEXT.encode().replace(b"<description>", b"<description>\x0b\x00"),
        b'<?xml version="1.0" encoding="cp1258"?>' + TEXT.encode(),
    ],
)
def test_the_text_is_right_whatever_the_label_says(body, source):
    [entry] = entries(source, body, content_type="text/xml; charset=iso-8859-1")
    assert entry.html.strip() == "Đảng ủy xã họp"


def test_utf_7_is_never_decoded(source):
    body = (
        b'<?xml version="1.0" encoding="utf-7"?>'
        + feed("<description>+ADw-script+AD4-</description>").encode()
    )
    [entry] = entries(source, body, content_type="text/xml; charset=utf-7")
    assert "<script>" not in entry.html


def test_a_few_bytes_of_another_encoding_lose_no_entry(source):
    mixed = TEXT.encode().replace("xã".encode(), b"x\xe3")
    [entry] = entries(source, mixed)
    assert "Đảng ủy" in entry.html


def test_decomposed_letters_come_through_whole(source):
    [entry] = entries(source, unicodedata.normalize("NFD", TEXT))
    assert unicodedata.normalize("NFC", entry.html) == "Đảng ủy xã họp"


# ── No feed at all ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<!DOCTYPE html><html><body>500</body></html>", "names no feed"),
        (
            "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
            '<script src="/cdn-cgi/challenge-platform/x.js"></script></body></html>',
            "checks for robots",
        ),
        (
            '<html><head><meta http-equiv="refresh" content="0;url=http://10.0.0.1/">'
            "</head><body>WISPr</body></html>",
            "leads elsewhere",
        ),
    ],
)
def test_a_page_in_place_of_a_feed_is_an_error_that_says_what_it_is(page, said, source):
    with pytest.raises(ParseError, match=said):
        entries(source, page, content_type="application/rss+xml")


def test_a_feed_cut_at_any_byte_gives_entries_or_an_error(source):
    body = feed("<link>/a</link>", "<description><![CDATA[<p>ế</p>]]></description>")
    whole = f'<?xml version="1.0" encoding="utf-8"?>\n{body}'.encode()
    read = 0
    for at in range(len(whole)):
        try:
            found = entries(source, whole[:at])
        except ParseError:
            continue
        read += 1
        assert len(found) <= 2
    assert read > 100


def test_an_atom_feed_cut_at_any_byte_gives_entries_or_an_error(source):
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>a</id>'
        b'<title>A</title><content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry>'
        b"<entry><id>b</id><author><name>N</name></author></entry></feed>"
    )
    read = 0
    for at in range(len(body)):
        with suppress(ParseError):
            read += len(entries(source, body[:at])) in {1, 2}
    assert read > 50


@pytest.mark.parametrize(
    "garbage",
    [b"\xff\xfe", b"\x00" * 50, b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"\x1f\x8b"],
)
def test_garbage_is_an_error_and_before_a_feed_is_none(garbage, source):
    with pytest.raises(ParseError):
        entries(source, garbage)


# ── Ours ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "ours"),
    [
        (FeedFacts(topic="https://ban.example/tin/feed.xml"), True),
        (FeedFacts(topic="http://ban.example/tin/all.atom"), True),
        (FeedFacts(topic="https://ban.example/tin"), True),
        (FeedFacts(home="https://ban.example/tin/", generator="Syndicate 0.3"), True),
        (FeedFacts(home="https://ban.example/tin/", generator="Khác"), False),
        (FeedFacts(topic="https://ban.example/khac/feed.xml"), False),
        (FeedFacts(topic="https://ban.example/tintuc/feed.xml"), False),
        (FeedFacts(topic="https://ban.example:8443/tin/feed.xml"), False),
        (FeedFacts(home="https://kia.example/", generator="Syndicate 0.3"), False),
        (FeedFacts(), False),
    ],
)
def test_our_own_feeds_are_known_by_their_address(facts, ours):
    assert is_ours(facts, "https://ban.example/tin/") is ours
    assert not is_ours(facts, "")


# ── Unchanged ────────────────────────────────────────────────────────────────

STAMPED = (
    '<?xml version="1.0"?><!-- 0.12 s --><rss version="2.0"><channel><title>T</title>'
    "<lastBuildDate>Mon, 05 Oct 2026 07:00:00 GMT</lastBuildDate>"
    "<pubDate>Mon, 05 Oct 2026 07:00:00 GMT</pubDate>"
    "<item><title>A</title><pubDate>Sun, 04 Oct 2026 07:00:00 GMT</pubDate></item>"
    "</channel></rss><!-- visit 1,204 -->"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-10-05T07:00:00Z</updated>'
    "<entry><id>a</id><updated>2026-10-04T07:00:00Z</updated></entry></feed>"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (STAMPED, STAMPED.replace("05 Oct 2026 07:00", "05 Oct 2026 08:15")),
        (STAMPED, STAMPED.replace("1,204", "1,205").replace("0.12", "0.31")),
        (ATOM, ATOM.replace("05T07:00", "05T09:30")),
    ],
)
def test_a_feed_of_which_only_the_clocks_moved_is_unchanged(before, after):
    assert before != after
    assert content_hash(before.encode()) == content_hash(after.encode())
    packed = gzip.compress(after.encode())
    assert content_hash(packed) == content_hash(before.encode())


@pytest.mark.parametrize(
    "after",
    [
        STAMPED.replace("04 Oct", "03 Oct"),
        STAMPED.replace("<title>A", "<title>B"),
        STAMPED.replace("<title>T", "<title>U"),
        STAMPED.replace("<item>", "<item><!-- x -->"),
    ],
)
def test_whatever_an_entry_says_is_a_change(after):
    assert content_hash(after.encode()) != content_hash(STAMPED.encode())


def test_pages_and_other_bodies_count_whole():
    page = b"<html><!-- 1 --><body>rss</body></html>"
    other = page.replace(b"1", b"2")
    assert content_hash(page, "text/html") != content_hash(other, "text/html")
    assert content_hash(b'{"items": []}') != content_hash(b'{"items": [1]}')
