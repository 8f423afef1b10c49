"""What becomes of every way to misbehave that we know of."""

from __future__ import annotations

import asyncio
import time
from ipaddress import ip_network

import pytest

from syndicate.errors import FetchError, ParseError
from syndicate.gather.feed import read_feed
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.model import Source, SourceKind
from syndicate.ports import Request, Response
from tests.misbehaving import BEHAVIOURS, READ, UNCHANGED, Behaviour, Server, markdown

QUICK = Limits(
    connect=0.5, read=0.4, total=1.2, gap=0.0, wire=3_000_000, unpacked=6_000_000
)
SOURCE = Source(key="s", title="S", kind=SourceKind.FEED, url="http://tin.example/rss")


async def fetched(behaviour: Behaviour) -> Response | FetchError:
    guard = AddressGuard((ip_network("127.0.0.1/32"),))
    async with (
        Server() as server,
        HttpFetcher(QUICK, guard, "syndicate-test/1") as fetcher,
    ):
        held = '"old"' if behaviour.held else ""
        try:
            return await fetcher.fetch(Request(url=server.url(behaviour), etag=held))
        except FetchError as error:
            return error


def outcome(behaviour: Behaviour) -> tuple[str, str]:
    """What it came to, and what was said."""
    got = asyncio.run(fetched(behaviour))
    if isinstance(got, FetchError):
        return type(got).__name__, str(got)
    if got.not_modified:
        return UNCHANGED, ""
    if not behaviour.parsed:
        return READ, ""
    try:
        document = read_feed(got.body, url=got.url, source=SOURCE)
    except ParseError as error:
        return "ParseError", str(error)
    return READ, "".join(entry.title for entry in document.entries)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda each: each.name)
def test_a_server_that_misbehaves_is_told_apart_and_harms_nobody(behaviour):
    began = time.monotonic()
    came_to, said = outcome(behaviour)
    assert came_to in behaviour.outcome.split(" or "), said
    assert behaviour.says in said
    assert "root:" not in said
    assert len(said) < 2_000
    assert time.monotonic() - began < QUICK.total + 5


def test_the_table_has_at_least_forty_rows_and_each_path_once():
    assert len(BEHAVIOURS) >= 40
    assert len({each.name for each in BEHAVIOURS}) == len(BEHAVIOURS)
    assert len({each.does for each in BEHAVIOURS}) == len(BEHAVIOURS)
    assert markdown().count("\n") == len(BEHAVIOURS) + 2
