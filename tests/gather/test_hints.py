"""How long an answer says that it is good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.gather.feedfacts import FeedFacts
from syndicate.gather.hints import hint

MONDAY = "Mon, 19 Oct 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, Max-Age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "900"}, None),
        ({"cache-control": "s-maxage=900"}, 900),
        ({"cache-control": "max-age=600, s-maxage=900"}, 600),
        ({"cache-control": "max-age=600, max-age=9"}, 600),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age=abc"}, None),
        ({"cache-control": "max-age=" + "9" * 400}, 366 * 86_400),
        ({"cache-control": "max-age=٣٠٠"}, None),
        ({"expires": "Mon, 19 Oct 2026 01:00:00 GMT", "date": MONDAY}, 3_600),
        ({"expires": "Sun, 18 Oct 2026 01:00:00 GMT", "date": MONDAY}, None),
        ({"expires": "Mon, 19 Oct 2026 00:00:00 GMT"}, 3_600),
        ({"expires": "0"}, None),
        ({"expires": "-1", "date": MONDAY}, None),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT", "date": MONDAY}, 366 * 86_400),
        (
            {
                "cache-control": "max-age=60",
                "expires": "Mon, 19 Oct 2026 09:00:00 GMT",
                "date": MONDAY,
            },
            60,
        ),
    ],
)
def test_headers_say_how_long_an_answer_is_good(now, headers, seconds):
    """``now`` is one hour before Monday begins in Greenwich."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert hint(headers, None, now) == expected


def test_expires_is_relative_to_the_servers_own_clock(now):
    wrong = {"expires": "Thu, 01 Jan 1970 02:00:00 GMT"}
    wrong["date"] = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert hint(wrong, None, now) == timedelta(hours=2)


def test_the_longer_of_headers_and_feed_counts(now):
    ttl = FeedFacts(hint=timedelta(hours=1))
    assert hint({"cache-control": "max-age=60"}, ttl, now) == timedelta(hours=1)
    assert hint({"cache-control": "max-age=7200"}, ttl, now) == timedelta(hours=2)
    assert hint({"cache-control": "no-cache"}, ttl, now) == timedelta(hours=1)
    assert hint({}, FeedFacts(hint=timedelta(0)), now) is None
