"""Our hub as strangers would like to misuse it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.gather.guard import AddressGuard
from syndicate.model import Site
from syndicate.pipeline.websub.hub import Hubbing, ask
from syndicate.pipeline.websub.hubworker import Teller
from syndicate.pipeline.websub.news import owe_news
from syndicate.ports import Answered, Call
from syndicate.store import Database

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BASE = "https://tin.vn"
TOPIC = f"{BASE}/feeds/all.atom"


class Outside:
    """Everybody confirms, and takes what he is sent."""

    def __init__(self) -> None:
        self.posts: list[Call] = []

    async def call(self, call: Call) -> Answered:
        await asyncio.sleep(0)
        if call.method == "POST":
            self.posts.append(call)
        said = parse_qs(urlsplit(call.url).query).get("hub.challenge", [""])[0]
        return Answered(status=200, body=said.encode())


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "all.atom").write_bytes(b"<feed/>")
    with Database.open(f"sqlite:///{tmp_path}/x.db") as database:
        yield Hubbing(
            database=database,
            base_url=BASE,
            folder=folder,
            hubs=(f"{BASE}/hub",),
            guard=AddressGuard(),
            clock=lambda: NOW,
        )


def wish(work, topic=TOPIC, callback="https://a.vn/cb"):
    said = {"mode": "subscribe", "topic": topic, "callback": callback}
    return ask(work, {f"hub.{name}": [value] for name, value in said.items()}).status


def delivered(work):
    """Tell news to whoever follows; gives the callbacks that got it."""
    outside = Outside()
    asyncio.run(Teller(work, outside).drain())
    with work.database.write() as connection:
        site = Site(title="Tin", base_url=BASE)
        owe_news(connection, site, work.hubs, ("all.atom",), NOW)
    asyncio.run(Teller(work, outside).drain())
    return [call.url for call in outside.posts]


@pytest.mark.parametrize(
    "name",
    [
        "a" * 300 + ".atom",
        "/".join(["a" * 100] * 9) + ".atom",
        "all.atom/x.atom",
        "%F0%9F%98%80" * 70 + ".atom",
    ],
)
def test_a_topic_that_cannot_be_a_file_keeps_nobody_from_the_news(work, name):
    assert wish(work) == 202
    assert wish(work, f"{BASE}/feeds/{name}", "https://evil.example/cb") in {
        202,
        400,
        404,
    }
    assert delivered(work) == ["https://a.vn/cb"]


def test_what_a_link_in_the_folder_leads_out_to_is_not_pushed(work, tmp_path):
    """The web does not serve it either."""
    (tmp_path / "secret.txt").write_text("secret")
    (work.folder / "out.atom").symlink_to(tmp_path / "secret.txt")
    assert work.document(f"{BASE}/feeds/out.atom") is None
