"""A feed is cut at its entries, and what is new since a version is known exactly."""

from __future__ import annotations

import json

import pytest

from syndicate.web.serving.delta import Histories, cut, joined

HEAD = '<feed xmlns="http://www.w3.org/2005/Atom" {}><title>T</title>'
AT = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"'


def atom(*entries: str) -> bytes:
    return (HEAD.format(AT) + "".join(entries) + "\n</feed>\n").encode()


def keys(*names: str) -> list[bytes]:
    return [name.encode() for name in names]


def test_all_pieces_of_a_document_are_the_document():
    entries = [
        "\n<entry><id>1</id><title>Tin &lt;entry> một</title></entry>",
        "\n<entry a='>'><content><![CDATA[</entry>\n<entry>]]></content></entry>",
        '\n<at:deleted-entry ref="tag:x" when="2026-11-22T00:00:00Z"/>',
        "<!-- between -->\n<entry/>",
    ]
    found = cut(atom(*entries), "all.atom")
    assert found is not None
    assert [part.decode().strip() for part in found.parts] == [
        entries[0].strip(),
        entries[1].strip(),
        entries[2].strip(),
        "<entry/>",
    ]
    whole = cut(joined(found, [True] * 4), "all.atom")
    assert whole is not None
    assert (whole.parts, whole.head) == (found.parts, found.head)


def test_an_entry_inside_an_entry_is_part_of_it():
    inner = "<source><entry><id>2</id></entry></source>"
    found = cut(atom(f"\n<entry>{inner}</entry>"), "all.atom")
    assert found is not None
    assert found.parts == (f"<entry>{inner}</entry>".encode(),)


def test_what_stands_between_entries_and_is_none_is_never_left_out():
    found = cut(atom("<entry/>", "<logo>x</logo>", "<entry/>"), "all.atom")
    assert found is not None
    assert b"<logo>x</logo>" in joined(found, [False, False])


def test_items_of_rss_are_cut_in_their_channel():
    text = b"<rss><channel><t/>\n<item>1</item>\n<item>2</item></channel></rss>"
    found = cut(text, "all.rss")
    assert found is not None
    shown = joined(found, [False, True])
    assert shown.count(b"<item>") == 1
    assert shown.endswith(b"<item>2</item></channel></rss>")


def test_a_feed_without_entries_is_whole_in_its_head():
    found = cut(atom(), "all.atom")
    assert found is not None
    assert joined(found, []) == atom()


def test_items_of_json_are_cut_too():
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a"}, {}]}
    found = cut(json.dumps(feed).encode(), "all.json")
    assert found is not None
    assert json.loads(joined(found, [True, True])) == feed
    assert json.loads(joined(found, [False, False])) == feed | {"items": []}
    assert json.loads(joined(found, [True, False]))["items"] == [{"id": "a"}]


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b"", "all.atom"),
        (b"<feed>", "all.atom"),
        (b"\xff\xfe", "all.rss"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><feed>&a;</feed>', "all.atom"),
        (b"[]", "all.json"),
        (b"{", "all.json"),
        (b'{"items": 1}', "all.json"),
        (b"[" * 100_000, "all.json"),
    ],
)
def test_what_is_no_feed_is_not_cut(content, path):
    assert cut(content, path) is None


def test_new_is_what_a_version_did_not_have():
    kept = Histories()
    kept.remember("all.atom", "v1", keys("a", "b"))
    kept.remember("all.atom", "v2", keys("c", "a", "b"))
    kept.remember("all.atom", "v3", keys("c", "a2"))
    now = keys("c", "a2")
    assert kept.new("all.atom", "v3", "v1", now) == [True, True]
    assert kept.new("all.atom", "v3", "v2", now) == [False, True]
    assert kept.new("all.atom", "v3", "v3", now) == [False, False]
    assert kept.new("all.atom", "v3", "v0", now) is None
    assert kept.new("other.atom", "v3", "v1", now) is None
    assert kept.new("all.atom", "v4", "v1", now) is None


def test_an_entry_that_was_away_is_new_again():
    kept = Histories()
    for digest, names in (("v1", "ab"), ("v2", "b"), ("v3", "ab")):
        kept.remember("all.atom", digest, keys(*names))
    assert kept.new("all.atom", "v3", "v2", keys("a", "b")) == [True, False]


def test_a_document_that_is_as_it_was_is_the_version_it_was():
    kept = Histories()
    for digest, names in (("v1", "a"), ("v2", "b"), ("v1", "a")):
        kept.remember("all.atom", digest, keys(*names))
    assert kept.new("all.atom", "v1", "v1", keys("a")) == [False]
    assert kept.new("all.atom", "v1", "v2", keys("a")) == [True]


def test_ten_thousand_versions_and_feeds_take_bounded_memory():
    kept = Histories(most=1000)
    for number in range(10_000):
        kept.remember("all.atom", f"v{number}", keys(f"{number}"))
    assert kept.new("all.atom", "v9999", "v9950", keys("9999")) == [True]
    assert kept.new("all.atom", "v9999", "v1", keys("9999")) is None
    for number in range(10_000):
        kept.remember(f"{number}.atom", "v", keys("a", "b", "c"))
    assert kept.knows("9999.atom", "v")
    assert not kept.knows("1.atom", "v")
    assert kept.size <= 1000
