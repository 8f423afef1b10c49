"""WebSub: when a hub is asked, believed, and believed no longer."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.gather import push
from syndicate.model import HubSubscription, PushState, Source, SourceKind, SourceMemory

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HELD = HubSubscription(
    source="bao",
    hub="https://hub.example/",
    topic="https://bao.example/rss",
    token="t" * 32,
    secret="s" * 32,
)
VERIFIED = replace(HELD, state=PushState.VERIFIED, asked_at=NOW, verified_at=NOW)
LIVE = replace(
    VERIFIED,
    state=PushState.LIVE,
    pushed_at=NOW - timedelta(hours=2),
    lease_until=NOW + timedelta(days=1),
)


def signature(body: bytes, method: str = "sha256", secret: str = "s" * 32) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize(
    ("base_url", "public"),
    [
        ("https://tin.vn", True),
        ("http://8.8.8.8:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://10.0.0.4", False),
        ("http://[::1]:8000", False),
        ("http://localhost:8000", False),
        ("https://desk.local", False),
        ("https://tin.example", False),
        ("https://desk", False),
    ],
)
def test_hubs_are_asked_only_where_they_can_reach_us(base_url, public):
    assert push.is_public(base_url) is public


def test_a_source_is_subscribed_if_its_feed_names_a_hub_and_itself():
    source = Source(key="bao", title="Báo", kind=SourceKind.FEED, url=HELD.topic)
    memory = SourceMemory(hub=HELD.hub, topic=HELD.topic)
    assert push.subscribable(source, memory)
    assert not push.subscribable(source, replace(memory, hub=""))
    assert not push.subscribable(source, replace(memory, topic=""))
    assert not push.subscribable(source, replace(memory, hub="ftp://hub.example"))
    assert not push.subscribable(replace(source, archived=True), memory)
    listing = replace(source, kind=SourceKind.LISTING)
    assert not push.subscribable(listing, memory)


def test_what_is_posted_names_topic_callback_lease_and_secret():
    form = push.request_form(HELD, "https://tin.vn/")
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": HELD.topic,
        "hub.callback": f"https://tin.vn/push/{HELD.token}",
        "hub.lease_seconds": "864000",
        "hub.secret": HELD.secret,
    }


def test_a_hub_that_verifies_is_not_live_before_its_first_push():
    asking = push.asking(HELD, NOW)
    verified = push.verified(asking, NOW, topic=HELD.topic, lease="3600")
    assert verified.state is PushState.VERIFIED
    assert not push.believed(verified, NOW)
    assert push.believed(push.pushed(verified, NOW), NOW)


def test_a_hub_cannot_verify_what_was_not_asked_or_another_topic():
    assert push.verified(HELD, NOW, topic=HELD.topic, lease="") is None
    asking = push.asking(HELD, NOW)
    assert push.verified(asking, NOW, topic="https://other/", lease="") is None


@pytest.mark.parametrize(
    ("lease", "taken"),
    [
        ("86400", timedelta(days=1)),
        ("1", push.SHORTEST),
        ("99999999999999999999", push.LONGEST),
        ("-5", push.LEASE),
        ("soon", push.LEASE),
        ("", push.LEASE),
        ("٣", push.LEASE),
    ],
)
def test_leases_are_believed_within_bounds_and_renewed_before_they_end(lease, taken):
    verified = push.verified(push.asking(HELD, NOW), NOW, topic=HELD.topic, lease=lease)
    assert verified.lease_until == NOW + taken
    assert NOW < verified.due_at < verified.lease_until


def test_a_renewal_does_not_end_the_trust_in_a_live_hub():
    asking = push.asking(LIVE, NOW)
    assert asking.state is PushState.LIVE
    renewed = push.verified(asking, NOW, topic=HELD.topic, lease="864000")
    assert renewed.state is PushState.LIVE


def test_a_hub_that_never_verifies_is_asked_ever_more_seldom():
    held, pauses, now = HELD, [], NOW
    for _ in range(12):
        held = push.asking(held, now)
        pauses.append(held.due_at - now)
        now = held.due_at
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(hours=1)
    assert pauses[-1] == timedelta(days=1)


def test_a_hub_that_cannot_be_asked_is_asked_ever_more_seldom_and_never_given_up():
    held = HELD
    for _ in range(20):
        held = push.refused(push.asking(held, NOW), NOW, "no answer")
    assert held.due_at - NOW == timedelta(days=1)
    assert held.detail == "no answer"


def test_a_lease_that_ran_out_is_believed_no_longer():
    assert push.believed(LIVE, NOW)
    assert not push.believed(LIVE, NOW + timedelta(days=2))
    assert not push.believed(None, NOW)


def test_an_item_found_by_polling_while_push_was_on_marks_the_hub_broken():
    told = push.polled(LIVE, NOW, news=2)
    assert told.state is PushState.DISTRUSTED
    assert not push.believed(told, NOW)
    assert "2" in told.detail


def test_a_poll_beside_a_push_blames_nobody():
    fresh = replace(LIVE, pushed_at=NOW - timedelta(minutes=1))
    assert push.polled(fresh, NOW, news=1) is fresh
    assert push.polled(LIVE, NOW, news=0) is LIVE
    assert push.polled(VERIFIED, NOW, news=3) is VERIFIED


def test_a_hub_that_pushes_again_is_believed_again():
    told = push.polled(LIVE, NOW, news=2)
    assert push.believed(push.pushed(told, NOW), NOW)


def test_a_hub_that_says_no_is_asked_again_after_a_week():
    told = push.denied(push.asking(HELD, NOW), NOW, topic=HELD.topic, reason="paid")
    assert (told.state, told.detail) == (PushState.DENIED, "paid")
    assert told.due_at == NOW + timedelta(days=7)
    assert push.denied(HELD, NOW, topic="https://other/", reason="") is HELD


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_pushes_are_signed_by_any_method_of_the_standard(method):
    body = "Đảng uỷ".encode()
    assert push.signed_right(HELD.secret, body, signature(body, method))
    assert push.signed_right(HELD.secret, body, signature(body, method).upper())


@pytest.mark.parametrize(
    "said",
    [
        "",
        "sha256",
        "sha256=",
        "md5=" + hashlib.md5(b"x", usedforsecurity=False).hexdigest(),
        signature(b"x", secret="z" * 32),
        signature(b"y"),
        "sha256=ủ",
    ],
)
def test_what_is_not_signed_right_is_refused(said):
    assert not push.signed_right(HELD.secret, b"x", said)
