"""The callback that hubs use, through the application."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from syndicate.gather import push
from syndicate.model import HubSubscription, PushState
from syndicate.store import Database, hub_subscriptions
from syndicate.web.push import PushDoor, routes

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HELD = HubSubscription(
    source="bao",
    hub="https://hub.vn/",
    topic="https://bao.vn/rss",
    token="abc",
    secret="s" * 32,
)


@pytest.fixture
def database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/x.db") as opened:
        with opened.write() as connection:
            hub_subscriptions.save(connection, push.asking(HELD, NOW))
        yield opened


@pytest.fixture
def call(database, caller):
    door = PushDoor(database=database, clock=lambda: NOW, largest=1_000)
    return caller(Starlette(routes=routes(door)))


def verify(call, token=HELD.token, **more):
    said = {
        "hub.mode": "subscribe",
        "hub.topic": HELD.topic,
        "hub.challenge": "<b>x</b>",
        "hub.lease_seconds": "86400",
    } | more
    query = "&".join(f"{name}={value}" for name, value in said.items())
    return call("GET", f"/push/{token}", query=query)


def signed(body: bytes, secret: str = HELD.secret) -> str:
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"


def state(database):
    with database.read() as connection:
        return hub_subscriptions.load(connection, "bao").state


def test_a_hub_that_verifies_gets_its_challenge_back_as_plain_text(call, database):
    answer = verify(call)
    assert (answer.status, answer.body) == (200, b"<b>x</b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert state(database) is PushState.VERIFIED


def test_a_callback_that_nobody_was_given_is_not_found(call, database):
    assert verify(call, token="guess").status == 404
    assert verify(call, **{"hub.topic": "https://evil.vn/"}).status == 404
    assert call("GET", "/push/abc").status == 404
    assert call("POST", "/push/guess", body=b"x").status == 404
    assert state(database) is PushState.ASKED


def test_what_is_signed_right_is_kept(call, database):
    verify(call)
    answer = call(
        "POST", "/push/abc", body=b"<rss/>", x_hub_signature=signed(b"<rss/>")
    )
    assert answer.status == 202
    with database.read() as connection:
        assert [one.body for one in hub_subscriptions.waiting(connection)] == [
            b"<rss/>"
        ]
    assert state(database) is PushState.LIVE


@pytest.mark.parametrize("signature", ["", "sha256=00", signed(b"<rss/>", "guess")])
def test_what_is_signed_wrong_is_answered_alike_and_not_kept(call, database, signature):
    verify(call)
    answer = call("POST", "/push/abc", body=b"<rss/>", x_hub_signature=signature)
    assert answer.status == 202
    with database.read() as connection:
        assert hub_subscriptions.waiting(connection) == []
    assert state(database) is PushState.VERIFIED


def test_a_push_that_is_too_large_is_left_to_the_next_poll(call, database):
    verify(call)
    body = b"x" * 1_001
    answer = call("POST", "/push/abc", body=body, x_hub_signature=signed(body))
    assert answer.status == 413
    with database.read() as connection:
        assert hub_subscriptions.waiting(connection) == []


def test_a_subscription_that_ended_is_not_found(call, database):
    with database.write() as connection:
        hub_subscriptions.forget(connection, "bao")
    answer = call("POST", "/push/abc", body=b"x", x_hub_signature=signed(b"x"))
    assert answer.status == 404
    with database.write() as connection:
        hub_subscriptions.save(connection, replace(HELD, token="def"))
    assert verify(call).status == 404
