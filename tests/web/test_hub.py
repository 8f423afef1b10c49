"""The hub's door, through an application."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from syndicate.gather.guard import AddressGuard
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.store import Database, followers
from syndicate.web import hub
from syndicate.web.hub import HubDoor, Patience, routes

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
WISH = {
    "hub.mode": "subscribe",
    "hub.topic": "https://tin.vn/feeds/all.atom",
    "hub.callback": "https://a.vn/cb",
}


@pytest.fixture
def database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/x.db") as opened:
        yield opened


@pytest.fixture
def woken():
    return []


@pytest.fixture
def call(database, woken, tmp_path, caller):
    work = Hubbing(
        database=database,
        base_url="https://tin.vn",
        folder=tmp_path,
        hubs=("https://tin.vn/hub",),
        guard=AddressGuard(),
        clock=lambda: NOW,
    )
    door = HubDoor(work=work, wake=lambda: woken.append(1))
    return caller(Starlette(routes=routes(door)))


def post(call, form=WISH, kind=FORM):
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    return call("POST", "/hub", body=body, content_type=kind)


def count(database):
    with database.read() as connection:
        return len(followers.every(connection))


def test_a_wish_is_accepted_with_nothing_more_said_and_wakes_the_worker(
    call, database, woken
):
    answer = post(call, kind=f"{FORM}; charset=UTF-8")
    assert (answer.status, answer.body) == (202, b"")
    assert woken == [1]
    assert count(database) == 1


def test_a_mistake_is_answered_with_a_line_of_plain_text(call, database, woken):
    answer = post(call, WISH | {"hub.callback": "mailto:a@b.vn"})
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text == "hub.callback must begin with http:// or https://\n"
    assert woken == []
    assert count(database) == 0


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "", "text/plain"]
)
def test_only_forms_are_read(call, database, kind):
    assert post(call, kind=kind).status == 415
    assert count(database) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * 65_537, 413),
        (b"a=1&" * 101, 400),
        ("hub.mode=subscribe&hub.topic=ố".encode("utf-16"), 400),
        (b"hub.mode=%ff", 400),
        (b"", 400),
        (b"&&==%%%", 400),
        (b"hub.mode=subscribe", 400),
    ],
)
def test_what_is_too_much_or_no_form_is_refused(call, database, body, status):
    answer = post(call, body)
    assert answer.status == status
    assert b"Traceback" not in answer.body
    assert count(database) == 0


def test_whatever_is_asked_by_get_changes_nothing(call, database):
    answer = call("GET", "/hub", query=urlencode(WISH))
    assert answer.status == 200
    assert "hub.mode=subscribe" in answer.text
    assert count(database) == 0
    assert call("PUT", "/hub").status == 405


def test_whoever_asks_without_end_is_told_to_come_later(call, monkeypatch, database):
    monkeypatch.setattr(hub, "BURST", 3)
    statuses = [post(call).status for _ in range(5)]
    assert statuses == [202, 202, 202, 429, 429]
    assert post(call).headers["retry-after"] == "60"


# ── Patience ──


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_bucket_fills_again_with_time(monkeypatch):
    monkeypatch.setattr(hub, "BURST", 2)
    clock = Clock()
    patience = Patience(clock)
    assert [patience.allows("192.0.2.1") for _ in range(3)] == [True, True, False]
    clock.now += 1 / hub.RATE
    assert patience.allows("192.0.2.1")
    assert not patience.allows("192.0.2.1")
    clock.now += 1_000
    assert [patience.allows("192.0.2.1") for _ in range(3)] == [True, True, False]


def test_each_client_has_a_bucket_and_a_network_of_ipv6_has_one(monkeypatch):
    monkeypatch.setattr(hub, "BURST", 1)
    patience = Patience(Clock())
    assert patience.allows("192.0.2.1")
    assert patience.allows("192.0.2.2")
    assert patience.allows("2001:db8:0:1::1")
    assert not patience.allows("2001:db8:0:1:ffff::2")
    assert patience.allows("2001:db8:0:2::1")


def test_only_so_many_clients_are_remembered(monkeypatch):
    monkeypatch.setattr(hub, "_CLIENTS", 10)
    patience = Patience(Clock())
    for number in range(100):
        assert patience.allows(f"192.0.2.{number}")
    assert len(patience._held) == 10


def test_a_store_that_is_away_is_said_without_its_inside(call, database):
    database.close()
    Path(database.url.removeprefix("sqlite:///")).write_bytes(b"no database")
    answer = post(call)
    assert answer.status == 503
    assert answer.text == "the hub cannot be reached just now\n"
