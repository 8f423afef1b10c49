"""Our hub and followers that misbehave; news within two seconds; nothing forgotten."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from ipaddress import ip_network
from pathlib import Path

import pytest

from syndicate.gather.guard import AddressGuard
from syndicate.model import Follower, FollowerState, Intent
from syndicate.store import Database, followers
from tests import hubworld

PUBLISHER = Path(__file__).parents[1] / "hubpublisher.py"


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/x.db"


@pytest.fixture
def desk(url, tmp_path):
    with hubworld.desk(url, tmp_path / "feeds", total=2.0) as running:
        yield running


@pytest.fixture
def there():
    with hubworld.subscribers() as server:
        yield server


def only(desk):
    (held,) = desk.followers()
    return held


# ── Verifying ──


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ({"confirms": False}, "HTTP 404"),
        ({"challenge": b"something else"}, "not our challenge"),
        ({"challenge": b""}, "not our challenge"),
        ({"challenge": b"x" * 1_000_000}, "not our challenge"),
        ({"verify_status": 302, "headers": {"Location": "/cb2"}}, "must not redirect"),
        ({"verify_status": 403}, "HTTP 403"),
    ],
)
def test_who_does_not_confirm_follows_nothing(desk, there, behaviour, said):
    there.callback("/cb2")
    assert desk.subscribe(there.callback(**behaviour))[0] == 202
    assert hubworld.wait_for(lambda: only(desk).state is FollowerState.FAILED)
    assert said in only(desk).detail
    desk.publish()
    time.sleep(0.2)
    assert len(there.verifications) == 1
    assert there.deliveries == []


def test_who_is_in_trouble_is_asked_again_later(desk, there):
    assert desk.subscribe(there.callback(verify_status=503))[0] == 202
    assert hubworld.wait_for(lambda: only(desk).detail)
    held = only(desk)
    assert (held.state, held.detail) == (FollowerState.ASKED, "HTTP 503")
    assert 8 < (held.due_at - held.asked_at).total_seconds() < 12


def test_each_verification_has_a_challenge_of_its_own(desk, there):
    for number in range(5):
        desk.subscribe(there.callback(f"/cb{number}"))
    assert hubworld.wait_for(lambda: len(there.verifications) == 5)
    assert len({one["hub.challenge"] for one in there.verifications}) == 5


def test_a_callback_keeps_its_query(desk, there):
    callback = there.callback("/cb?id=a%2Fb&x=1")
    desk.verified(callback)
    desk.publish()
    assert hubworld.wait_for(there.got)
    assert there.verifications[0]["id"] == "a/b"
    assert there.got()[0].path == "/cb?id=a%2Fb&x=1"


def test_a_topic_that_does_not_exist_is_denied(desk, there):
    topic = desk.topic("nothing.atom")
    assert desk.subscribe(there.callback(), topic=topic)[0] == 202
    assert hubworld.wait_for(lambda: there.verifications)
    said = there.verifications[0]
    assert (said["hub.mode"], said["hub.topic"]) == ("denied", topic)
    assert hubworld.wait_for(lambda: not desk.followers())


def test_who_follows_a_feed_that_ends_is_told(desk, there):
    desk.verified(there.callback())
    (desk.work.folder / "all.atom").unlink()
    desk.owe("all.atom")
    assert hubworld.wait_for(lambda: not desk.followers())
    assert there.verifications[-1]["hub.mode"] == "denied"
    assert there.deliveries == []


def test_nobody_unsubscribes_for_others(desk, there):
    callback = there.callback()
    desk.verified(callback, secret="s")
    there.behaviours["/cb"].confirms = False
    desk.subscribe(callback, mode="unsubscribe")
    assert hubworld.wait_for(lambda: "HTTP 404" in only(desk).detail)
    desk.subscribe(callback, secret="evil")
    assert hubworld.wait_for(lambda: len(there.verifications) == 3, 8)
    assert hubworld.wait_for(lambda: not only(desk).intent)
    desk.publish()
    assert hubworld.wait_for(there.got)
    assert only(desk).secret == "s"


def test_whoever_repeats_a_wish_has_its_callback_called_seldom(desk, there):
    callback = there.callback()
    desk.verified(callback)
    for _ in range(50):
        assert desk.subscribe(callback)[0] == 202
    time.sleep(1.0)
    assert len(there.verifications) <= 2


# ── The guard ──


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "169.254.1.1"])
def test_callbacks_inside_our_own_network_are_not_called(url, tmp_path, there, host):
    port = there.server_address[1]
    callback = there.callback().replace("127.0.0.1", host)
    assert str(port) in callback
    guard = AddressGuard()
    with hubworld.desk(url, tmp_path / "feeds", guard=guard) as desk:
        status, said = desk.subscribe(callback)
        if host == "localhost":
            assert status == 202
            assert hubworld.wait_for(lambda: "loopback" in only(desk).detail)
        else:
            assert status == 400
            assert "hub.callback is at" in said
            assert desk.followers() == []
    assert there.verifications == []


def test_a_name_that_moves_into_our_network_gains_nothing(url, tmp_path, there):
    """It was public when it asked, and points at us when the news come."""
    asked = []

    def look_up(host, port, *_rest):
        asked.append(host)
        where = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (where, port))]

    guard = AddressGuard(allow=(ip_network("127.0.0.1/32"),))
    callback = there.callback().replace("127.0.0.1", "moving.vn")
    with hubworld.desk(
        url, tmp_path / "feeds", guard=guard, look_up=look_up, names_kept=0
    ) as desk:
        desk.verified(callback)
        desk.publish()
        assert hubworld.wait_for(lambda: only(desk).failures)
        assert "127.0.0.2 is a loopback address" in only(desk).detail
    assert there.deliveries == []


# ── Delivering ──


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ({"status": 500}, "HTTP 500"),
        ({"status": 404}, "HTTP 404"),
        ({"status": 302, "headers": {"Location": "/cb2"}}, "must not redirect"),
        ({"hang_up": True}, "the line broke"),
        ({"stall": 4.0}, "no answer within 2 s"),
    ],
)
def test_a_delivery_that_fails_is_tried_again_later(desk, there, behaviour, said):
    there.callback("/cb2")
    desk.verified(there.callback(**behaviour))
    desk.publish()
    assert hubworld.wait_for(lambda: only(desk).failures)
    held = only(desk)
    assert said in held.detail
    assert held.owed_at is not None
    assert (held.due_at - held.failing_since).total_seconds() >= 10
    assert there.got("/cb2") == []
    assert len(there.got()) == 1


def test_a_follower_that_asks_to_wait_is_left_alone_so_long(desk, there):
    headers = {"Retry-After": "90"}
    desk.verified(there.callback(status=503, headers=headers))
    desk.publish()
    assert hubworld.wait_for(lambda: only(desk).failures)
    held = only(desk)
    assert (held.due_at - held.failing_since).total_seconds() >= 90


def test_gone_ends_the_subscription(desk, there):
    desk.verified(there.callback(status=410))
    desk.publish()
    assert hubworld.wait_for(lambda: not desk.followers())


def test_a_huge_answer_is_not_read(desk, there):
    desk.verified(there.callback(body=b"x" * 50_000_000))
    began = desk.publish()
    assert hubworld.wait_for(lambda: only(desk).delivered_at)
    assert time.monotonic() - began < 2


def test_a_failed_delivery_brings_the_newest_when_it_is_tried_again(desk, there):
    desk.verified(there.callback(status=500))
    desk.publish(body=b"<feed>1</feed>")
    assert hubworld.wait_for(lambda: only(desk).failures)
    desk.publish(body=b"<feed>2</feed>")
    there.behaviours["/cb"].status = 200
    with desk.work.database.write() as connection:
        followers.claim(connection, [only(desk).id], hubworld.utc())
    desk.thread.wake()
    assert hubworld.wait_for(lambda: only(desk).delivered_at)
    assert [one.body for one in there.got()] == [b"<feed>1</feed>", b"<feed>2</feed>"]
    assert only(desk).owed_at is None


def test_news_during_a_delivery_is_delivered_after_it(desk, there):
    desk.verified(there.callback(stall=0.5))
    desk.publish(body=b"<feed>1</feed>")
    assert hubworld.wait_for(there.got)
    for number in range(2, 6):
        desk.publish(body=f"<feed>{number}</feed>".encode())
    assert hubworld.wait_for(lambda: only(desk).owed_at is None)
    bodies = [one.body for one in there.got()]
    assert bodies == [b"<feed>1</feed>", b"<feed>5</feed>"]


def test_slow_followers_hold_nobody_up(desk, there):
    """A hundred that hang, some of whom came first; all others have it in 2 s."""
    slow = [there.callback(f"/slow{n}", stall=5.0) for n in range(100)]
    hosts = [one.replace("127.0.0.1", f"127.0.1.{n}") for n, one in enumerate(slow)]
    quick = [there.callback(f"/quick{n}") for n in range(50)]
    _follow(desk, [*hosts, *quick])
    began = desk.publish()
    assert hubworld.wait_for(lambda: _reached(there, "/quick") == 50)
    last = max(one.at for one in there.deliveries if one.path.startswith("/quick"))
    assert last - began < 2


def _follow(desk, callbacks):
    """Have verified followers in the store, without asking each."""
    now = hubworld.utc()
    with desk.work.database.write() as connection:
        for callback in callbacks:
            held = Follower(
                topic=desk.topic(),
                callback=callback,
                host=callback.split("/")[2].partition(":")[0],
                secret="s",
                state=FollowerState.VERIFIED,
                intent=Intent.NONE,
                lease=86_400,
                asked_at=now,
                verified_at=now,
                lease_until=now.replace(year=now.year + 1),
            )
            followers.save(connection, held)


def _reached(there, start):
    return sum(one.path.startswith(start) for one in there.deliveries)


@pytest.mark.slow
def test_five_hundred_followers_have_the_news_within_two_seconds(desk, there):
    _follow(desk, [there.callback(f"/f{n}") for n in range(500)])
    took = []
    for number in range(3):
        before = len(there.deliveries)
        body = f"<feed>{number}</feed>".encode() + b" " * 200_000
        began = desk.publish(body=body)
        assert hubworld.wait_for(lambda b=before: len(there.deliveries) == b + 500, 20)
        took.append(max(one.at for one in there.deliveries[before:]) - began)
        assert hubworld.wait_for(
            lambda: not any(one.owed_at for one in desk.followers())
        )
    print("last of 500 reached after", [f"{one:.2f} s" for one in took])  # noqa: T201 -- a figure
    assert min(took) < 2
    assert set(Counter(one.path for one in there.deliveries).values()) == {3}


# ── Nothing is forgotten ──


@pytest.mark.slow
def test_what_was_published_before_a_kill_is_delivered_after_it(url, tmp_path, there):
    """kill -9 at ten moments after the news was noted: each follower has the last."""
    folder = tmp_path / "feeds"
    count = 40
    with hubworld.desk(url, folder) as desk:
        base_url = desk.work.base_url
        _follow(desk, [there.callback(f"/f{n}", stall=0.02) for n in range(count)])
    for number in range(10):
        body = f"<feed>{number}</feed>"
        command = [sys.executable, str(PUBLISHER), url, str(folder), base_url, body]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"noted\n"
        time.sleep(0.02 * number)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
    with Database.open(url) as database, database.read() as connection:
        left = sum(one.owed_at is not None for one in followers.every(connection))
    before = len(there.deliveries)
    with hubworld.desk(url, folder, base_url=base_url) as desk:
        assert hubworld.wait_for(
            lambda: not any(one.owed_at for one in desk.followers()), 60
        )
    newest = {one.path: one.body for one in there.deliveries}
    again = len(there.deliveries) - before
    print(f"{left} of {count} were owed, {again} sent again")  # noqa: T201 -- a figure
    assert len(newest) == count
    assert set(newest.values()) == {b"<feed>9</feed>"}
