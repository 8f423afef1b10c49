"""Repairs before a feed is parsed."""

from __future__ import annotations

import pytest

from syndicate.gather.prolog import (
    LONGEST_NAME,
    MOST_TERMS,
    blunted,
    completed,
    mend,
    sound_document,
    unfinished,
)

WHOLE = "<rss><channel><item>a</item></channel></rss>"


@pytest.mark.parametrize(
    "cut",
    [
        "<rss><channel><item>a</item></channel></rss",
        "<rss><channel><item>a</item></channel>",
        "<rss><channel><item>a</item></chan",
        "<rss><channel><item>a</item>",
        "<rss><channel><item>a</item></channel></rss><script>1</script>",
        "<rss><channel><item>a</item></channel></rss>\n<!-- 0.2 s -->",
    ],
)
def test_what_lacks_its_end_or_has_more_than_that_is_completed(cut):
    assert completed(cut).replace("\n", "") == WHOLE


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        "<rss><channel><item>a</item><item>b",
        "<rss><channel></channel>",
        "<rdf:RDF><item>a</item>",
        "<feed><entry>a</entry>more",
    ],
)
def test_what_leaves_anything_in_doubt_is_left_as_it_is(text):
    assert completed(text) == text


def test_half_an_item_at_the_end_is_left_out():
    assert unfinished("<rss><item>a</item><item>b") == "<rss><item>a</item>"
    assert unfinished("<rss><item>a") == "<rss><item>a"


def test_ampersands_are_mended_outside_cdata_only():
    text = "a & b &nbsp;<![CDATA[c & d]]>&amp; e<![CDATA[f & g"
    assert mend(text) == "a &amp; b \u00a0<![CDATA[c & d]]>&amp; e<![CDATA[f &amp; g"


def test_endless_names_and_lists_are_cut_before_feedparser_sees_them():
    name = f"<author>{'a' * LONGEST_NAME}b</author><title>t</title>"
    assert blunted(name) == "<author></author><title>t</title>"
    terms = "<item>" + "<category>c</category>" * (MOST_TERMS + 9) + "</item>"
    assert blunted(terms * 2).count("<category>") == 2 * MOST_TERMS


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>" + WHOLE.encode(),
        WHOLE.encode("utf-16"),
        b'{"a": "' + WHOLE.encode() + b'"}',
        WHOLE.encode()[:-3],
        WHOLE.encode() + b"<!-- x -->",
        "Đ".encode() + WHOLE.encode(),
        b"\x1b$" + WHOLE.encode(),
    ],
)
def test_only_a_document_that_needs_no_repair_is_taken_as_bytes(body):
    assert sound_document(body, 10) is None
    good = b"\xef\xbb\xbf\n<?xml version='1.0'?>\n" + WHOLE.encode()
    assert sound_document(good, 10) == WHOLE.encode()
    assert sound_document(good, 0) is None
