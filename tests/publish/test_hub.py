"""What our hub says: addresses, verification, signatures."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from syndicate.model import Follower, Intent
from syndicate.publish.websub.hub import (
    confirms,
    delivery_headers,
    denying_url,
    hub_urls,
    ping_form,
    topic_of,
    topic_path,
    verifying_url,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BASE = "https://tin.vn"
TOPIC = "https://tin.vn/feeds/all.atom"


def follower(callback="https://a.vn/cb", **more) -> Follower:
    return Follower(topic=TOPIC, callback=callback, lease=3_600, asked_at=NOW, **more)


def said(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query)


def test_our_own_hub_is_named_first_and_each_once():
    others = ("https://hub.vn/", f"{BASE}/hub", "https://hub.vn/")
    assert hub_urls(BASE, own=True, others=others) == (f"{BASE}/hub", "https://hub.vn/")
    assert hub_urls(f"{BASE}/", own=True, others=()) == (f"{BASE}/hub",)
    assert hub_urls(BASE, own=False, others=()) == ()


@pytest.mark.parametrize(
    "path", ["all.atom", "a.rss", "document/1-ct.json", "nguồn tin.atom", "a%2f.rss"]
)
def test_a_topic_and_its_path_are_each_others(path):
    topic = topic_of(BASE, path)
    assert topic.isascii()
    assert topic_path(BASE, topic) == path


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "archive/all/1.rss",
        "archive/document/1-ct/2.json",
        "all.headlines.json",
        "feeds.opml",
        "sitemap.xml",
    ],
)
def test_history_pages_and_lists_are_no_topics(path):
    assert topic_of(BASE, path) == ""


def test_a_callback_keeps_its_query_when_it_is_verified():
    url = verifying_url(
        follower("https://a.vn/cb?id=%2F7&x", intent=Intent.SUBSCRIBE), "c"
    )
    assert url.startswith("https://a.vn/cb?id=%2F7&x&hub.mode=subscribe&")
    assert said(url)[1:] == [
        ("hub.mode", "subscribe"),
        ("hub.topic", TOPIC),
        ("hub.challenge", "c"),
        ("hub.lease_seconds", "3600"),
    ]


def test_an_unsubscription_is_verified_without_a_lease():
    url = verifying_url(follower(intent=Intent.UNSUBSCRIBE), "c")
    assert said(url)[0] == ("hub.mode", "unsubscribe")
    assert "lease" not in url


def test_a_denial_says_topic_and_reason():
    url = denying_url(follower(), "no such feed")
    assert said(url) == [
        ("hub.mode", "denied"),
        ("hub.topic", TOPIC),
        ("hub.reason", "no such feed"),
    ]


@pytest.mark.parametrize(
    ("status", "body", "good"),
    [
        (200, b"abc", True),
        (204, b"abc", True),
        (200, b"abc\r\n", True),
        (200, b"", False),
        (200, b"abcd", False),
        (200, b"ABC", False),
        (200, "äbc".encode(), False),
        (301, b"abc", False),
        (404, b"abc", False),
        (500, b"abc", False),
    ],
)
def test_only_the_challenge_with_a_2xx_confirms(status, body, good):
    assert confirms(status, body, "abc") is good


def test_a_delivery_names_hub_and_topic_and_is_signed_if_there_is_a_secret():
    body = "tin mới".encode()
    held = follower(secret="khoá")
    headers = delivery_headers(held, body, content_type="a/b", hub=f"{BASE}/hub")
    independent = hmac.new("khoá".encode(), body, hashlib.sha256).hexdigest()
    assert headers == {
        "Content-Type": "a/b",
        "Link": f'<{BASE}/hub>; rel="hub", <{TOPIC}>; rel="self"',
        "X-Hub-Signature": f"sha256={independent}",
    }
    plain = delivery_headers(follower(), body, content_type="a/b", hub=f"{BASE}/hub")
    assert "X-Hub-Signature" not in plain


def test_a_ping_says_the_topic_in_both_ways_that_hubs_read():
    assert ping_form(TOPIC) == {
        "hub.mode": "publish",
        "hub.url": TOPIC,
        "hub.topic": TOPIC,
    }
