"""Whatever is asked, answered and interrupted: who may have the news gets the news.

Any sequence of wishes, news, moods of followers, pauses and deaths. Told of each
delivery: its follower confirmed, did not leave since, has a lease that runs, and the
signature is by the secret it confirmed last. In the end, when all are well, everybody
has the newest document.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.errors import Unreachable
from syndicate.gather.guard import AddressGuard
from syndicate.model import FollowerState, Site
from syndicate.pipeline.websub.hub import Hubbing, ask
from syndicate.pipeline.websub.hubturns import Room, take_turns
from syndicate.pipeline.websub.hubworker import Teller
from syndicate.pipeline.websub.news import owe_news
from syndicate.ports import Answered, Call
from syndicate.store import Database, followers

BASE = "https://tin.vn"
TOPIC = f"{BASE}/feeds/all.atom"
START = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEASE = timedelta(days=10)
CALLBACKS = ("https://a.vn/1", "https://a.vn/2?x=%2F", "https://b.vn/")
SECRETS = ("", "một", "hai")

step = st.one_of(
    st.tuples(
        st.just("ask"),
        st.sampled_from(CALLBACKS),
        st.sampled_from(("subscribe", "subscribe", "unsubscribe")),
        st.sampled_from(SECRETS),
    ),
    st.tuples(
        st.just("mood"),
        st.sampled_from(CALLBACKS),
        st.booleans(),
        st.sampled_from((200, 204, 404, 410, 500, 302, 0)),
    ),
    st.tuples(st.just("news")),
    st.tuples(st.just("tell")),
    st.tuples(st.just("die")),
    st.tuples(
        st.just("pause"),
        st.sampled_from((1, 11, 70, 700, 4_000, 30_000, 200_000, 900_000)),
    ),
)


@dataclass
class World:
    """The followers as they see it themselves, and what went wrong."""

    now: datetime = START
    body: bytes = b"0"
    confirms: dict[str, bool] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    wished: dict[str, tuple[str, str]] = field(default_factory=dict)
    holds: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Secret and end of the lease of those who confirmed."""
    newest: dict[str, bytes] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    async def call(self, call: Call) -> Answered:
        mine = [one for one in CALLBACKS if call.url.startswith(one)]
        (callback,) = mine
        if call.method == "GET":
            return self._verified(callback, call)
        return self._delivered(callback, call)

    def _verified(self, callback: str, call: Call) -> Answered:
        said = parse_qs(urlsplit(call.url).query)
        mode, secret = self.wished[callback]
        if said["hub.mode"] != [mode]:
            self.wrong.append(f"{said} but {mode} was wished")
        if not self.confirms.get(callback, True):
            return Answered(status=404)
        if mode == "subscribe":
            self.holds[callback] = (secret, self.now + LEASE)
        else:
            self.holds.pop(callback, None)
        return Answered(status=200, body=said["hub.challenge"][0].encode())

    def _delivered(self, callback: str, call: Call) -> Answered:
        secret, until = self.holds.get(callback, ("", START))
        if until <= self.now:
            self.wrong.append(f"{callback} was sent news that it does not follow")
        mac = hmac.new(secret.encode(), call.body, "sha256").hexdigest()
        signed = call.headers.get("X-Hub-Signature", "")
        if signed != (f"sha256={mac}" if secret else ""):
            self.wrong.append(f"{callback}: {signed} is not by {secret!r}")
        status = self.status.get(callback, 200)
        if status == 0:
            raise Unreachable(callback, "no connection")
        if status == 410:
            self.holds.pop(callback, None)
        if status in {200, 204}:
            self.newest[callback] = call.body
        return Answered(status=status)


def take(world: World, work: Hubbing, what: tuple) -> None:
    """Let one thing happen."""
    match what:
        case ("ask", callback, mode, secret):
            form = {
                "hub.mode": [mode],
                "hub.topic": [TOPIC],
                "hub.callback": [callback],
                "hub.secret": [secret],
            }
            with work.database.read() as connection:
                known = followers.find(connection, TOPIC, callback)
            assert ask(work, form).status == 202
            if mode == "subscribe" or known is not None:
                world.wished[callback] = (mode, secret)
        case ("mood", callback, confirms, status):
            world.confirms[callback], world.status[callback] = confirms, status
        case ("news",):
            world.body = str(int(world.body) + 1).encode()
            (work.folder / "all.atom").write_bytes(world.body)
            with work.database.write() as connection:
                site = Site(title="Tin", base_url=BASE)
                owe_news(connection, site, work.hubs, ["all.atom"], world.now)
        case ("tell",):
            asyncio.run(Teller(work, world).drain())
        case ("die",):
            take_turns(work, [], Room(left=2))  # claimed, and never heard of again
        case ("pause", seconds):
            world.now += timedelta(seconds=seconds)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(step, max_size=25))
def test_whoever_may_have_the_news_gets_the_news_and_nobody_else(steps):
    world = World()
    with (
        TemporaryDirectory() as folder,
        Database.open(f"sqlite:///{folder}/x") as store,
    ):
        work = Hubbing(
            database=store,
            base_url=BASE,
            folder=Path(folder),
            hubs=(f"{BASE}/hub",),
            guard=AddressGuard(),
            clock=lambda: world.now,
        )
        (work.folder / "all.atom").write_bytes(world.body)
        for one in steps:
            take(world, work, one)
        # all are well again, and time passes
        world.confirms, world.status = {}, {}
        for seconds in (0, 11, 70, 30_000):
            take(world, work, ("pause", seconds))
            take(world, work, ("tell",))
        for seconds in (0, 11):
            take(world, work, ("news",))
            take(world, work, ("pause", seconds))
            take(world, work, ("tell",))
        told = [one for one, body in world.newest.items() if body == world.body]
        with store.read() as connection:
            every = followers.every(connection)
    assert world.wrong == []
    assert not any(one.owed_at for one in every if one.state is FollowerState.VERIFIED)
    assert not any(one.due_at for one in every)
    followed = [one for one in every if one.lease_until and one.lease_until > world.now]
    followed = [one for one in followed if one.state is FollowerState.VERIFIED]
    assert {one.callback: one.secret for one in followed} == {
        callback: secret
        for callback, (secret, until) in world.holds.items()
        if until > world.now and callback in {one.callback for one in followed}
    }
    assert all(one.callback in told for one in followed)
