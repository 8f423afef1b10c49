"""``syndicate hub``: who follows, who is told, what is never shown."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Follower, FollowerState, Intent
from syndicate.store import Database, followers, pings

BASE = "https://ban.vn"
OTHER = "https://10.9.9.9/"
"""A hub that the guard keeps us from: nobody is asked in these tests."""
CONFIG = """\
[site]
title = "Bàn tin"
base_url = "https://ban.vn"

[publish]
hubs = ["https://10.9.9.9/"]
{more}
"""
SECRET = "khoá-của-người-theo-dõi"


@pytest.fixture
def hub(desk):
    desk.write(text=CONFIG)
    desk.run("publish")
    now = datetime.now(UTC)
    held = Follower(
        topic=f"{BASE}/feeds/all.atom",
        callback="https://theo.vn/cb/kín",
        host="theo.vn",
        secret=SECRET,
        new_secret=SECRET,
        state=FollowerState.VERIFIED,
        intent=Intent.NONE,
        lease=86_400,
        asked_at=now,
        verified_at=now,
        lease_until=now + timedelta(days=1),
        failures=2,
        failing_since=now,
        detail="HTTP 500",
    )
    path = desk.folder / "var" / "syndicate.db"
    opened = Database.open(f"sqlite:///{path}")
    with closing(opened) as database, database.write() as connection:
        followers.save(connection, held)
        pings.keep_only(connection, [], idle_before=now)
        pings.owe(connection, [OTHER], [held.topic], now)
    return desk


def test_followers_and_other_hubs_are_listed(hub):
    said = hub.run("hub", "list").output
    assert "1 follower, 1 failing (https://ban.vn/hub)." in said
    assert "theo.vn" in said
    assert "2 × HTTP 500" in said
    assert "https://10.9.9.9/" in said
    found = hub.json("hub", "list")
    assert (found["count"], found["failing"]) == (1, 1)
    assert found["hub"] == f"{BASE}/hub"
    assert found["others"] == ["https://10.9.9.9/"]
    assert found["followers"][0]["path"] == "all.atom"
    assert found["pings"][0]["topic"] == f"{BASE}/feeds/all.atom"
    assert hub.json("hub", "list", "--topic", "all.rss")["followers"] == []


def test_one_follower_is_shown_but_for_its_secret(hub):
    said = hub.run("hub", "show", "1").output
    assert "https://theo.vn/cb/kín" in said
    assert "signed: yes" in said
    shown = hub.json("hub", "show", "1")
    assert (shown["number"], shown["signed"]) == (1, True)
    for words in (
        ("list",),
        ("show", "1"),
        ("list", "--json"),
        ("show", "1", "--json"),
    ):
        assert SECRET not in hub.run("hub", *words).output


def test_a_follower_that_there_is_not_is_said(hub):
    assert "there is no follower 9" in hub.run("hub", "show", "9", code=4).output
    assert "there is no follower 9" in hub.run("hub", "drop", "1", "9", code=4).output
    assert hub.json("hub", "list")["count"] == 1


def test_a_follower_is_dropped_and_not_in_a_dry_run(hub):
    assert "1: theo.vn: all.atom" in hub.run("hub", "drop", "1", "--dry-run").output
    assert hub.json("hub", "list")["count"] == 1
    assert "1 follower dropped." in hub.run("hub", "drop", "1").output
    assert hub.json("hub", "list")["count"] == 0


def test_a_dry_run_says_who_would_be_told_and_tells_nobody(hub):
    said = hub.run("hub", "ping", "--dry-run").output
    assert said == "https://10.9.9.9/: all.atom\n"
    every = hub.json("hub", "ping", "--dry-run", "--all")["topics"]
    assert f"{BASE}/feeds/all.atom" in every
    assert f"{BASE}/feeds/all.rss" in every
    assert not any(one.endswith(".html") for one in every)


def test_who_cannot_be_told_makes_the_command_fail(hub):
    assert "1 call, 1 failed." in hub.run("hub", "ping", code=1).output
    (ping,) = hub.json("hub", "list")["pings"]
    assert "10.9.9.9 is a private address" in ping["detail"]
    assert ping["failures"] == 1
    assert ping["due_at"] > datetime.now(UTC).isoformat()


def test_where_nobody_can_reach_us_there_is_nothing_to_tell(desk):
    text = CONFIG.replace("https://ban.vn", "http://127.0.0.1:8000")
    desk.write(text=text)
    assert "base_url is not public" in desk.run("hub", "ping", code=4).output
    assert desk.json("hub", "list")["hub"] is None
    assert "0 followers (we are no hub)." in desk.run("hub", "list").output


def test_a_network_of_our_own_may_have_its_hub(desk):
    text = CONFIG.replace("https://ban.vn", "http://10.1.2.3:8000")
    desk.write(text=text, more='[gather]\nallow = ["10.0.0.0/8"]')
    assert desk.json("hub", "list")["hub"] == "http://10.1.2.3:8000/hub"


def test_being_a_hub_can_be_switched_off(desk):
    desk.write(text=CONFIG, more="hub = false")
    found = desk.json("hub", "list")
    assert (found["hub"], found["others"]) == (None, ["https://10.9.9.9/"])


def test_status_says_how_the_hub_stands(hub):
    hub.run("hub", "ping", code=1)
    said = hub.run("status").output
    assert "Hub: 1 follower, 1 failing (https://ban.vn/hub)." in said
    assert "https://10.9.9.9/ could not be told of 1 feed" in said
    assert hub.json("status")["hub"]["failing"] == 1
