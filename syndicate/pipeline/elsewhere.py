"""Where a feed has gone: the pages of sites whose feed answers 404 or 410 are asked.

A feed that is gone says nothing of its new address, but the site's page often names
it. That costs a request, so it is looked for when the weekly report is made, for a
few sources, and not at every visit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from syndicate.errors import SyndicateError
from syndicate.gather.discover import read_shown
from syndicate.gather.findings import Finding, FindingCode, Health
from syndicate.gather.health import GONE
from syndicate.model import Source, SourceKind
from syndicate.pipeline.health import Healths
from syndicate.ports import Fetcher, Request

MOST = 20
"""Sources that are looked for in one report."""


async def with_new_addresses(found: Healths, fetcher: Fetcher) -> Healths:
    """The same, with the new address of those whose site's page names one.

    What cannot be had or read changes nothing.
    """
    gone = {
        source.key: source for source, health in found.pairs if _is_gone(source, health)
    }
    taken = {source.url for source, _health in found.pairs}
    looked = list(gone.values())[:MOST]
    answers = await asyncio.gather(*(_named(one, fetcher, taken) for one in looked))
    new = {one.key: url for one, url in zip(looked, answers, strict=True) if url}
    return replace(
        found,
        pairs=tuple(
            (source, _told(health, new, source)) for source, health in found.pairs
        ),
    )


def _is_gone(source: Source, health: Health) -> bool:
    """Its feed has left for good, and nobody has said where to."""
    return source.kind is SourceKind.FEED and any(map(_has_left, health.findings))


def _has_left(finding: Finding) -> bool:
    failing = finding.code is FindingCode.FAILING and finding.status in GONE
    return failing or finding.code is FindingCode.PARKED


async def _named(source: Source, fetcher: Fetcher, taken: set[str]) -> str:
    """The first feed that the site's page names and no other source has."""
    home = source.home or _root(source.url)
    request = Request(url=home, source=source.key, robots=source.robots)
    try:
        answer = await fetcher.fetch(request)
        shown = read_shown(
            answer.body,
            url=answer.url,
            content_type=answer.headers.get("content-type", ""),
        )
    except SyndicateError:
        return ""
    feeds = (each.url for each in shown.feeds if each.kind is SourceKind.FEED)
    return next((url for url in feeds if url not in taken), "")


def _root(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}/"


def _told(health: Health, new: Mapping[str, str], source: Source) -> Health:
    if source.key not in new:
        return health
    return replace(
        health,
        findings=tuple(
            replace(one, code=FindingCode.FEED_ELSEWHERE, address=new[source.key])
            if _has_left(one)
            else one
            for one in health.findings
        ),
    )
