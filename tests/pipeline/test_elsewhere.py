"""A feed that is gone is looked for on its site's page, for the report alone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.gather.findings import FindingCode
from syndicate.model import Site, Source, SourceKind, SourceMemory, SourceState, Visit
from syndicate.pipeline.elsewhere import MOST, with_new_addresses
from syndicate.pipeline.health import healths
from syndicate.pipeline.reporting import Reporting, preview
from syndicate.store import sources
from syndicate.templating import templates

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = b"""<html><head><title>Tin</title>
<link rel="alternate" type="application/rss+xml" href="https://khac.example/rss">
<link rel="alternate" type="application/rss+xml" href="/tin-moi.rss">
</head><body><h1>Tin</h1><p>Trang tin</p></body></html>"""


def source(key: str, **given) -> Source:
    values = {"kind": SourceKind.FEED, "url": f"https://{key}.example/rss"}
    return Source(key=key, title=key, **values | given)


@pytest.fixture
def gone(database):
    def leave(key: str, status: int = 404, failures: int = 5, **memory) -> None:
        error = f"https://{key}.example/rss: HTTP {status}"
        with database.write() as connection:
            known = SourceState(
                source=key,
                visited_at=NOW,
                failures=failures,
                error=error,
                memory=SourceMemory(failing_since=NOW - DAY, **memory),
            )
            sources.save(connection, known)
            sources.record(
                connection, Visit(source=key, at=NOW, error=error, status=status)
            )

    return leave


def look(database, web, *known: Source):
    found = healths(database, known, NOW)
    pairs = asyncio.run(with_new_addresses(found, web)).pairs
    return [(one.code, one.address) for _source, each in pairs for one in each.findings]


def test_the_new_address_is_the_feed_that_the_sites_page_names(database, web, gone):
    web.pages["https://tin.example/"] = PAGE
    gone("tin")
    found = look(database, web, source("tin"), source("khac"))
    new = "https://tin.example/tin-moi.rss"
    assert found == [(FindingCode.FEED_ELSEWHERE, new)]
    (asked,) = web.asked
    assert asked.robots


def test_a_parked_source_is_looked_for_at_its_page_for_people(database, web, gone):
    web.pages["https://tin.example/moi"] = PAGE
    gone("tin", 410, failures=1, parked_at=NOW - DAY)
    tin = source("tin", home="https://tin.example/moi")
    assert look(database, web, tin)[0][0] is FindingCode.FEED_ELSEWHERE


@pytest.mark.parametrize(
    "page",
    [None, b"", b"<html><body><p>Khong co gi</p></body></html>", b"\x00\xff" * 50],
    ids=["404", "empty", "no feed", "rubbish"],
)
def test_a_page_that_names_no_feed_changes_nothing(database, web, gone, page):
    if page is not None:
        web.pages["https://tin.example/"] = page
    gone("tin")
    assert look(database, web, source("tin")) == [(FindingCode.FAILING, "")]


def test_only_feeds_that_are_gone_are_looked_for(database, web, gone):
    gone("a", 500)
    gone("b", 404, failures=2)
    gone("c", 404)
    known = (source("a"), source("b"), source("c", kind=SourceKind.LISTING))
    look(database, web, *known)
    assert web.asked == []


def test_no_more_than_a_few_pages_are_asked(database, web, gone):
    known = [source(f"s{n}") for n in range(MOST + 5)]
    for one in known:
        gone(one.key)
    look(database, web, *known)
    assert len(web.asked) == MOST


def test_the_report_says_where_the_feed_is_now(database, web, gone):
    web.pages["https://tin.example/"] = PAGE
    gone("tin")

    @asynccontextmanager
    async def fetcher():
        yield web

    work = Reporting(
        database=database,
        site=Site(title="B", base_url="https://b.example"),
        sources=[source("tin")],
        readers=(),
        sender="",
        weekday=0,
        hour=7,
        minute=0,
        language="en",
        zone="UTC",
        templates=lambda: templates(language="en"),
        fetcher=fetcher,
    )
    text = " ".join(preview(work, NOW).text.split())
    assert "(HTTP 404), and the site names" in text
    assert 'url = "https://khac.example/rss"' in text
