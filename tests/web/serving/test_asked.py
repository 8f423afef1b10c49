"""What a request says is read as RFC 9110 has it, and nonsense says nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.web.serving.asked import asked, coding, held, is_older_than, is_tag_of

OURS = ("br", "zstd", "gzip")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip ; q=0.1 , br ; q=0.2", "br"),
        ("*", "br"),
        ("*;q=0.5, gzip", "gzip"),
        ("br;q=0, *", "zstd"),
        ("*;q=0", None),
        ("*;q=0, identity", ""),
        ("identity", ""),
        ("identity;q=0", None),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("gzip;q=0.000", ""),
        ("gzip;q=", ""),
        ("gzip;q=x", ""),
        ("gzip;q=-1", ""),
        ("gzip;q=2", ""),
        ("gzip;q=nan", ""),
        ("gzip;q=1e0", ""),
        ("gzip;level=9", "gzip"),
        ("compress, deflate, dcb", ""),
        (", ,gzip,,", "gzip"),
        ("gzip br", ""),
    ],
)
def test_the_coding_with_the_highest_weight_is_chosen(accepted, chosen):
    assert coding(accepted, OURS) == chosen


def test_a_picture_goes_out_as_it_is():
    assert coding("gzip, br", ()) == ""
    assert coding("gzip, identity;q=0", ()) is None


@given(st.text(max_size=200))
def test_whatever_is_said_of_codings_the_answer_is_one_of_ours(accepted):
    assert coding(accepted, OURS) in {"", None, *OURS}


def test_a_header_that_comes_twice_is_one_list():
    headers = [(b"if-none-match", b'"a"'), (b"x", b"y"), (b"if-none-match", b'W/"b"')]
    assert held(asked(headers).tags or "") == ("a", "b")


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ('"a"', ("a",)),
        ('W/"a", "b"', ("a", "b")),
        ('"a","b" ,W/"c"', ("a", "b", "c")),
        ("a", ("a",)),
        ("*", ("*",)),
        ("", ()),
        (", ,", ()),
    ],
)
def test_tags_are_listed_without_quotes_and_weakness(tags, found):
    assert held(tags) == found


def test_a_tag_names_a_content_in_any_packing():
    digest = "0a" * 16
    for ending in ("", "-gz12345678", "-gzip", "--br", ";gzip", "+x"):
        assert is_tag_of(digest, digest + ending)
    for other in (digest[:-1], "1" + digest[1:], digest + "0", "", "*"):
        assert not is_tag_of(digest, other)


@pytest.mark.parametrize(
    ("since", "older"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", True),
        ("Sunday, 22-Nov-26 10:00:00 GMT", True),
        ("Sun Nov 22 10:00:00 2026", True),
        ("Sun, 22 Nov 2026 09:59:59 GMT", False),
        ("Sun, 22 Nov 2026 10:00:01 GMT", True),
        ("Sun, 22 Nov 2026 17:00:00 +0700", True),
        ("Sun, 22 Nov 2026 10:00:00 -0000", True),
        ("", False),
        ("0", False),
        ("2026-11-22T10:00:00Z", False),
        ("Sun, 99 Nov 99999 10:00:00 GMT", False),
        ("x" * 60_000, False),
    ],
)
def test_dates_are_compared_to_the_second_and_none_that_is_no_date(since, older):
    modified = int(datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp())
    assert is_older_than(modified, since) is older


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("feed", True),
        ("vcdiff, Feed;q=0.5, gzip", True),
        ("feed;q=0", False),
        ("feeds", False),
        ("", False),
        ("*", False),
    ],
)
def test_a_delta_is_for_those_who_ask_for_it(said, wants):
    assert asked([(b"a-im", said.encode())]).wants_delta is wants
