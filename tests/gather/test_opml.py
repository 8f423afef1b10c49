"""OPML: read as every reader writes it, written as the specification has it."""

from __future__ import annotations

import time

import pytest

from syndicate.errors import ParseError
from syndicate.gather.opml import MAX_OUTLINES, Outline, read_opml, write_opml
from syndicate.model import Rights, Source, SourceKind


def opml(body: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<opml version="2.0"><head>'
        f"<title>T</title></head><body>{body}</body></opml>"
    ).encode()


def read(body: str, head: str = "") -> tuple[Outline, ...]:
    return read_opml(opml(body, head), name="f.opml")


FEEDLY = (
    '<outline text="Báo chí" title="Báo chí"><outline type="rss" text="VnExpress"'
    ' title="VnExpress" xmlUrl="https://v.example/rss" htmlUrl="https://v.example"/>'
    "</outline>"
)


def test_feedly_and_inoreader_keep_feeds_in_folders():
    (found,) = read(FEEDLY)
    assert (found.title, found.feed) == ("VnExpress", "https://v.example/rss")
    assert (found.page, found.folders) == ("https://v.example", ("Báo chí",))


def test_netnewswire_nests_folders_and_leaves_types_out():
    (one, two) = read(
        '<outline text="A"><outline text="B"><outline text="x" '
        'xmlUrl="https://x.example/f"/></outline></outline>'
        '<outline title="y" xmlUrl="https://y.example/f"/>'
    )
    assert (one.folders, one.kind) == (("A", "B"), "")
    assert (two.title, two.folders) == ("y", ())


def test_freshrss_has_pages_read_by_xpath_and_attributes_of_its_own():
    (found,) = read(
        '<outline xmlns:frss="https://freshrss.org/opml" text="P" type="HTML+XPath" '
        'xmlUrl="https://p.example/" frss:xPathItem="//li"/>'
    )
    assert found.kind == "html+xpath"


def test_names_in_any_case_and_titles_escaped_twice_are_read():
    (found,) = read(
        '<Outline TEXT="Tin &amp;amp; ảnh &lt;b&gt;" XMLURL=" https://x.example/f "/>'
    )
    assert (found.title, found.feed) == ("Tin & ảnh <b>", "https://x.example/f")


def test_categories_of_an_outline_are_its_terms():
    (found,) = read(
        '<outline text="x" xmlUrl="https://x.example/" category="/Tin/Dân vận,/cau"/>'
    )
    assert found.terms == ("Tin", "Dân vận", "cau")


def test_a_list_inside_a_feed_outline_keeps_both():
    found = read(
        '<outline text="a" xmlUrl="https://a.example/"><outline text="b" '
        'xmlUrl="https://b.example/"/></outline>'
    )
    assert [one.feed for one in found] == ["https://a.example/", "https://b.example/"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_any_encoding_is_read_whatever_the_prolog_says(encoding):
    body = '<outline text="Báo Cửu Hà" xmlUrl="https://x.example/"/>'
    text = opml(body).decode()
    (found,) = read_opml(text.encode(encoding), name="f")
    assert found.title == "Báo Cửu Hà"


def test_windows_1252_as_its_prolog_says_is_read():
    text = (
        '<?xml version="1.0" encoding="windows-1252"?><opml><body>'
        '<outline text="Café" xmlUrl="https://x.example/"/></body></opml>'
    )
    (found,) = read_opml(text.encode("windows-1252"), name="f")
    assert found.title == "Café"


def test_bare_ampersands_and_named_entities_are_mended():
    (found,) = read(
        '<outline text="A & B&nbsp;C" xmlUrl="https://x.example/?a=1&b=2"/>'
    )
    assert found.feed == "https://x.example/?a=1&b=2"
    assert found.title == "A & B C"


def test_a_file_that_breaks_off_gives_what_is_before_the_break():
    whole = opml(FEEDLY * 3)
    for end in range(0, len(whole), 7):
        try:
            found = read_opml(whole[:end], name="f")
        except ParseError:
            continue
        assert all(one.feed == "https://v.example/rss" for one in found if one.feed)


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"<html><body>no</body></html>", b"\x00\x01\x02"]
)
def test_what_is_no_opml_is_an_error_that_names_the_file(body):
    with pytest.raises(ParseError, match=r"f\.opml"):
        assert read_opml(body, name="f.opml")


def test_entities_are_never_expanded_nor_files_read():
    bomb = (
        '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    begun = time.process_time()
    found = read(
        '<outline text="&c;&f;" xmlUrl="https://x.example/"/>'
        '<outline text="y" xmlUrl="https://y.example/"/>',
        bomb,
    )
    assert time.process_time() - begun < 1
    assert not any("aaaa" in one.title or "root:" in one.title for one in found)
    assert "https://y.example/" in {one.feed for one in found}


def test_deep_and_endless_lists_stay_within_limits():
    deep = read("<outline text='a'>" * 100_000)
    assert deep == ()
    begun = time.process_time()
    many = read("<outline text='a' xmlUrl='https://x.example/'/>" * (MAX_OUTLINES + 9))
    assert len(many) == MAX_OUTLINES
    assert time.process_time() - begun < 5
    with pytest.raises(ParseError, match="20 MB"):
        read_opml(b" " * 20_000_001, name="f")


SOURCES = (
    Source(
        key="bao",
        title="Báo <Cửu Hà> & bạn",
        kind=SourceKind.FEED,
        url="https://bao.example/rss?a=1&b=2",
        home="https://bao.example/tin",
        categories=("cau", "dan-van"),
        rights=Rights.FULL,
    ),
    Source(
        key="cong",
        title="Cổng",
        kind=SourceKind.LISTING,
        url="https://cong.example/tin-tuc",
        language="en",
        timezone="Europe/Paris",
    ),
    Source(
        key="so-do",
        title="Sơ đồ",
        kind=SourceKind.SITEMAP,
        url="https://so.example/sitemap.xml",
    ),
    Source(key="luu", title="Lưu", kind=SourceKind.FOLDER, url="/var/saved"),
)


def test_what_was_written_comes_back_whole_and_folders_are_left_out():
    found = read_opml(write_opml("Bàn", SOURCES), name="f")
    assert [one.title for one in found] == [one.title for one in SOURCES[:3]]
    bao, cong, _so = found
    assert (bao.feed, bao.page) == (SOURCES[0].url, SOURCES[0].home)
    assert (bao.terms, dict(bao.own)["rights"]) == (SOURCES[0].categories, "full")
    assert (cong.feed, cong.page, cong.kind) == ("", SOURCES[1].url, "link")
    own = dict(cong.own)
    assert (own["key"], own["kind"], own["timezone"]) == (
        "cong",
        "listing",
        "Europe/Paris",
    )


def test_the_same_sources_give_the_same_bytes_and_no_sources_a_legal_file():
    assert write_opml("T", SOURCES) == write_opml("T", SOURCES)
    assert b"<outline" in write_opml("T", ())
    assert read_opml(write_opml("T\x00", ()), name="f") == ()
