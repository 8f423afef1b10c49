"""`sources add` on each sample portal, with no selectors at all.

What a person types is the portal's front address. The source that is written is then
read as a visit would read it, page after page, and held against samples/truth.toml and
against the texts that the portal serves.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from pytest_socket import enable_socket

from samples.portals import bao, danvan, khoi, so, truong
from samples.showing import Article, showing
from samples.world import World, load_tellings
from syndicate.cli import main
from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.gather.listing import parse_listing
from syndicate.model import Entry, Precision, Selectors, Source, SourceKind
from syndicate.pipeline.asking import Looking
from syndicate.pipeline.searching import Search
from syndicate.pipeline.trying import try_source
from syndicate.ports import Request
from syndicate.text.clean import key_text, words

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NOW = datetime.fromisoformat("2026-10-19T06:00:00+07:00")
PORTALS = {"khoi": khoi, "dan-van": danvan, "truong": truong, "bao": bao, "so": so}
CONFIG = """\
[site]
title = "Bàn tin"
base_url = "https://ban.example"

[gather]
gap = "0s"
allow = ["127.0.0.0/8"]
"""


@dataclass
class Measured:
    """Counts of one portal."""

    kind: str = ""
    confidence: float = 0.0
    articles: int = 0
    """That the portal shows."""
    links: int = 0
    """That were found."""
    right: int = 0
    """Links found that are articles."""
    titles: int = 0
    dates: int = 0
    dated: int = 0
    """Articles that show a date."""
    bodies: int = 0
    shared: int = 0
    told: int = 0
    meant: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.shared / (self.told + self.meant)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    enable_socket()
    tellings = load_tellings(SAMPLES / "articles")
    with World(tellings, lambda: NOW, network="127.0.93", port=0) as made:
        yield made


@pytest.fixture(scope="module")
def measured(world, tmp_path_factory) -> dict[str, Measured]:
    folder = tmp_path_factory.mktemp("desk")
    return {
        portal: measure(world, portal, folder / f"{portal}.toml") for portal in PORTALS
    }


def measure(world: World, portal: str, config: Path) -> Measured:
    config.write_text(CONFIG, encoding="utf-8")
    asked = ("sources", "add", world.addresses[portal], "--yes", "--json")
    done = CliRunner().invoke(main, ["-c", str(config), *asked])
    assert done.exit_code == 0, (portal, done.output, done.exception)
    said = json.loads(done.stdout)
    (source,) = load(config, Environment()).sources
    assert replace(source.selectors, signature="") == Selectors(), "no selectors"
    found = Measured(kind=source.kind.value, confidence=said["offers"][0]["confidence"])
    shown = {
        unquote(PORTALS[portal].address(one)): one
        for one in showing(load_tellings(SAMPLES / "articles"), portal, NOW)
    }
    base = world.addresses[portal]
    entries, links = asyncio.run(everything(source))
    wanted = {base + path for path in shown}
    got = {unquote(link) for link in links}
    found.articles, found.links = len(wanted), len(got)
    found.right = len(wanted & got)
    found.misses += [f"not found: {url}" for url in sorted(wanted - got)]
    found.misses += [f"no article: {url}" for url in sorted(got - wanted)]
    for entry in entries:
        path = unquote(entry.url).removeprefix(base)
        if path in shown:
            compare(found, portal, entry, shown[path])
    return found


async def everything(source: Source) -> tuple[list[Entry], list[str]]:
    """Every entry of a source over all of its pages, and every link."""
    guard = AddressGuard(allow=(ip_network("127.0.0.0/8"),))
    async with HttpFetcher(Limits(gap=0.0), guard, "gate") as fetcher:
        work = Looking(fetcher=fetcher, now=NOW, source=source)
        if source.kind is SourceKind.FEED:
            tried = await try_source(work, source, 500)
            offer = tried.offer
            assert offer is not None
            return list(tried.entries), [raw.url for raw in offer.raws]
        return await pages(work, source)


async def pages(work: Looking, source: Source) -> tuple[list[Entry], list[str]]:
    entries: list[Entry] = []
    links: list[str] = []
    address, seen = source.url, set()
    while address and address not in seen:
        seen.add(address)
        response = await work.fetcher.fetch(Request(url=address))
        listing = parse_listing(response.body, url=response.url, source=source)
        links += [link.url for link in listing.links]
        address = listing.next_page
        search = Search(
            Looking(fetcher=work.fetcher, now=NOW, source=source, budget=1_000)
        )
        await search.take_listing(response.url, response, "asked")
        for _, entry in await search.pages(search.offers[0], 500):
            if entry is not None:
                entries.append(entry)
    return entries, links


TRUTH = {
    (telling["portal"], key_text(telling["title"])): telling
    for story in tomllib.loads((SAMPLES / "truth.toml").read_text("utf-8"))["story"]
    for telling in story["telling"]
}


def compare(found: Measured, portal: str, entry: Entry, article: Article) -> None:
    truth = TRUTH[portal, key_text(unicodedata.normalize("NFC", article.title))]
    if key_text(entry.title) == key_text(truth["title"]):
        found.titles += 1
    else:
        found.misses.append(f"title: {entry.title!r} for {truth['title']!r}")
    if truth["published"]:
        found.dated += 1
    if said(entry) == truth["published"]:
        found.dates += 1
    else:
        found.misses.append(f"date: {said(entry)} for {truth['published']}")
    meant = Counter(words(" ".join((article.lead, *article.paragraphs))))
    text = entry.text
    if key_text(entry.lead)[:60] not in key_text(text[: len(entry.lead) + 80]):
        text = f"{entry.lead} {text}"
    told = Counter(words(text))
    found.shared += (meant & told).total()
    found.told, found.meant = found.told + told.total(), found.meant + meant.total()
    if meant == told:
        found.bodies += 1
    else:
        more, less = list((told - meant).elements()), list((meant - told).elements())
        found.misses.append(f"body: {entry.url}: more {more[:12]}, less {less[:12]}")


def said(entry: Entry) -> str:
    """A date as samples/truth.toml writes it."""
    if entry.published is None:
        return ""
    day = entry.published.precision is Precision.DAY
    return entry.published.value.strftime("%Y-%m-%d" if day else "%Y-%m-%dT%H:%M")


KINDS = {portal: "feed" if portal == "so" else "listing" for portal in PORTALS}


@pytest.mark.parametrize("portal", PORTALS)
def test_what_a_portal_offers_is_found_without_selectors(measured, table, portal):
    """One page of `khoi` has an editors' note with a date, read as an article."""
    found = measured[portal]
    assert found.kind == KINDS[portal]
    name = f"sources add {portal}"
    table(f"{name}: confidence", found.confidence, 0.85)
    table(f"{name}: link recall", found.right / found.articles, 1.0)
    table(f"{name}: link precision", found.right / found.links, 0.94)
    table(f"{name}: titles exact", found.titles / found.articles, 1.0)
    table(f"{name}: dates exact", found.dates / found.articles, 1.0)
    table(f"{name}: bodies exact", found.bodies / found.articles, 0.95)
    table(f"{name}: body words F1", found.f1, 0.995)


def test_all_portals_together(measured, table):
    every = list(measured.values())
    articles = sum(one.articles for one in every)
    links = sum(one.links for one in every)
    table("sources add, all: articles", articles, 60)
    table("sources add, all: link recall", _sum(every, "right") / articles, 1.0)
    table("sources add, all: link precision", _sum(every, "right") / links, 0.98)
    table("sources add, all: titles exact", _sum(every, "titles") / articles, 1.0)
    table("sources add, all: dates exact", _sum(every, "dates") / articles, 1.0)
    table("sources add, all: bodies exact", _sum(every, "bodies") / articles, 0.98)


def _sum(every: list[Measured], name: str) -> int:
    return sum(getattr(one, name) for one in every)
