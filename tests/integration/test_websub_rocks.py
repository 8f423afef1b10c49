"""The hub tests of websub.rocks (100 to 106), by their published descriptions.

After each notification that site looks at the same things, and so do we: the body is
that of the topic, so is its Content-Type, and the Link header names hub and topic.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time

import pytest

from tests import hubworld


@pytest.fixture
def desk(tmp_path):
    url = f"sqlite:///{tmp_path}/x.db"
    with hubworld.desk(url, tmp_path / "feeds") as running:
        yield running


@pytest.fixture
def subscriber():
    with hubworld.subscribers() as server:
        yield server


def notified(subscriber, count=1, path="/cb"):
    assert hubworld.wait_for(lambda: len(subscriber.got(path)) >= count)
    return subscriber.got(path)[-1]


def looks_right(desk, delivery, topic):
    """What websub.rocks checks of every notification."""
    _status, body, headers = hubworld.get(topic)
    assert delivery.body == body
    assert delivery.headers["content-type"] == headers["content-type"]
    link = delivery.headers["link"]
    rels = dict(reversed(one) for one in re.findall(r'<([^>]+)>; rel="(\w+)"', link))
    assert rels == {"hub": desk.hub, "self": topic}


def test_100_a_typical_subscriber_gets_unsigned_notifications(desk, subscriber):
    status, said = desk.subscribe(subscriber.callback())
    assert (status, said) == (202, "")
    assert hubworld.wait_for(lambda: subscriber.verifications)
    (asked,) = subscriber.verifications
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.topic"] == desk.topic()
    assert int(asked["hub.lease_seconds"]) == 864_000
    assert len(asked["hub.challenge"]) >= 32
    assert hubworld.wait_for(lambda: desk.followers()[0].verified_at)
    desk.publish(body="<feed>tin mới</feed>".encode())
    delivery = notified(subscriber)
    looks_right(desk, delivery, desk.topic())
    assert "x-hub-signature" not in delivery.headers


def test_101_a_subscriber_with_a_secret_gets_signed_notifications(desk, subscriber):
    desk.verified(subscriber.callback(), secret="một khoá dài và kín")
    desk.publish(body="<feed>tin mới</feed>".encode())
    delivery = notified(subscriber)
    looks_right(desk, delivery, desk.topic())
    independent = hmac.new(
        "một khoá dài và kín".encode(), delivery.body, hashlib.sha256
    )
    assert delivery.headers["x-hub-signature"] == f"sha256={independent.hexdigest()}"


def test_102_additional_parameters_are_ignored(desk, subscriber):
    form = {
        "hub.mode": "subscribe",
        "hub.topic": desk.topic(),
        "hub.callback": subscriber.callback(),
        "foo": "bar",
        "hub.foo": "hub.bar",
    }
    assert hubworld.post(desk.hub, form)[0] == 202
    assert hubworld.wait_for(lambda: desk.followers()[0].verified_at)
    desk.publish(body=b"<feed>2</feed>")
    looks_right(desk, notified(subscriber), desk.topic())
    assert "foo" not in subscriber.verifications[0]


def test_103_a_subscription_is_renewed_in_place_before_it_expires(desk, subscriber):
    callback = subscriber.callback()
    desk.verified(callback, lease_seconds="7200", secret="old")
    (first,) = desk.followers()
    assert desk.subscribe(callback, lease_seconds="86400", secret="new")[0] == 202
    assert hubworld.wait_for(lambda: len(subscriber.verifications) == 2)
    assert hubworld.wait_for(lambda: desk.followers()[0].secret == "new")
    (second,) = desk.followers()
    assert second.id == first.id
    assert second.lease_until > first.lease_until
    desk.publish(body=b"<feed>2</feed>")
    delivery = notified(subscriber)
    looks_right(desk, delivery, desk.topic())
    mac = hmac.new(b"new", delivery.body, hashlib.sha256).hexdigest()
    assert delivery.headers["x-hub-signature"] == f"sha256={mac}"
    time.sleep(0.2)
    assert len(subscriber.got()) == 1


def test_104_who_unsubscribed_is_not_notified_any_more(desk, subscriber):
    callback, other = subscriber.callback(), subscriber.callback("/other")
    desk.verified(callback)
    desk.verified(other)
    assert desk.subscribe(callback, mode="unsubscribe")[0] == 202
    assert hubworld.wait_for(lambda: len(desk.followers()) == 1)
    assert subscriber.verifications[-1]["hub.mode"] == "unsubscribe"
    desk.publish(body=b"<feed>2</feed>")
    notified(subscriber, path="/other")
    time.sleep(0.2)
    assert subscriber.got() == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("notice.txt", "text/plain; charset=utf-8", id="105 plain text"),
        pytest.param("all.json", "application/feed+json; charset=utf-8", id="106 JSON"),
    ],
)
def test_105_and_106_a_topic_may_be_neither_html_nor_xml(desk, subscriber, path, kind):
    topic = desk.topic(path)
    desk.verified(subscriber.callback(), topic=topic)
    desk.publish(path, '{"title": "Tin mới"}\n'.encode())
    delivery = notified(subscriber)
    looks_right(desk, delivery, topic)
    assert delivery.headers["content-type"] == kind
