"""``syndicate sources test``: what a source or an address would give."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.completion import source_keys
from syndicate.cli.offers import (
    KINDS,
    entry_json,
    ground,
    offer_json,
    percent,
    when,
)
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.gather.guesses import asked_addresses
from syndicate.model import Entry, Source
from syndicate.pipeline.asking import Looking
from syndicate.pipeline.trying import Tried, try_address
from syndicate.pipeline.trying import try_source as try_configured
from syndicate.text.urls import schemeless


@click.command("test", help=_("Show what a source or an address would give."))
@click.argument("key_or_url", shell_complete=source_keys)
@click.option("--limit", default=5, show_default=True, help=_("Entries to show."))
@show.json_option
@click.pass_obj
def try_source(path: Path, key_or_url: str, limit: int, as_json: bool) -> None:
    """Read, show and keep nothing; exit code 1 if there was nothing to show."""
    with opened(path) as desk:
        tried = asyncio.run(_try(desk, key_or_url, limit))
        zone = desk.settings.site.timezone
    if as_json:
        show.as_json(_as_json(tried))
    else:
        _show(tried, zone)
    if not tried.entries:
        raise click.exceptions.Exit(1)


async def _try(desk: Wiring, said: str, limit: int) -> Tried:
    source = _source(desk, said)
    async with desk.fetcher() as fetcher:
        work = Looking(
            fetcher=fetcher,
            now=desk.clock(),
            zone=desk.settings.site.timezone,
            robots=desk.settings.gather.robots,
        )
        if source is not None:
            return await try_configured(work, source, limit)
        return await try_address(work, said, limit)


def _source(desk: Wiring, said: str) -> Source | None:
    """The source of that key or address; None for an address of nobody's.

    Raises ConfigError for what is neither.
    """
    addresses = asked_addresses(said)
    if not addresses or said in {source.key for source in desk.settings.sources}:
        return desk.source(said)
    asked = {schemeless(address) for address in addresses}
    known = (one for one in desk.settings.sources if schemeless(one.url) in asked)
    return next(known, None)


def _as_json(tried: Tried) -> dict[str, object]:
    offer = tried.offer
    return {
        "kind": offer.kind.value if offer else ("article" if tried.article else None),
        "confidence": offer.confidence if offer else None,
        "grounds": offer_json(offer, limit=0)["grounds"] if offer else [],
        "entries": [entry_json(entry) for entry in tried.entries],
        "failures": list(tried.failures),
    }


def _show(tried: Tried, zone: str) -> None:
    if tried.offer is not None:
        offer = tried.offer
        sure = _("confidence {share}").format(share=percent(offer.confidence))
        said = "; ".join(ground(one) for one in offer.grounds)
        click.echo(f"{KINDS[offer.kind.value]}, {sure}: {said}\n")
    elif tried.article:
        click.echo(_("One article; `sources add` finds the list that it stands in."))
        click.echo()
    for entry in tried.entries:
        _show_entry(entry, zone)
    for said in tried.failures:
        click.echo(said, err=True)


def _show_entry(entry: Entry, zone: str) -> None:
    others = [
        f"{one.raw} ({one.origin.value})"
        for one in entry.dates
        if entry.published is None or one.raw != entry.published.raw
    ]
    rows = (
        (_("address"), entry.url),
        (_("date"), when(entry.published, zone)),
        (_("other dates"), "; ".join(others)),
        (_("author"), ", ".join(entry.authors)),
        (_("credit"), entry.credit),
        (_("lead"), entry.lead),
        (_("text"), _("{count} characters").format(count=len(entry.text))),
        (_("captions"), " | ".join(entry.captions)),
        (_("documents"), ", ".join(citation.key for citation in entry.citations)),
    )
    click.secho(entry.title, bold=True)
    for name, value in rows:
        if value:
            click.echo(f"  {name}: {value}")
    click.echo()
