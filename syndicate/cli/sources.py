"""``syndicate sources``: what we gather from, and what an address would give."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import ParseError, SyndicateError
from syndicate.gather.clean import to_entry
from syndicate.model import Entry, RawEntry, Source, SourceKind, SourceState
from syndicate.pipeline.reading import Found, read_page, read_source
from syndicate.pipeline.visiting import first_page
from syndicate.ports import Fetcher

ADDRESS = "address"
"""Key of a source that is only tried out."""


@click.group("sources", help=_("List the sources; try out an address."))
def command() -> None:
    """Gather the subcommands."""


@command.command("list", help=_("List the sources and how they stand."))
@show.json_option
@click.pass_obj
def list_sources(path: Path, as_json: bool) -> None:
    """Show every source with its last visit."""
    with opened(path) as desk:
        standing = desk.standing()
        zone = desk.settings.site.timezone
    if as_json:
        show.as_json(standing.as_json()["sources"])
        return
    show.table(
        (_("key"), _("title"), _("kind"), _("last visit"), _("next"), _("trouble")),
        [
            (
                source.key,
                source.title,
                source.kind.value,
                show.local(state.visited_at, zone),
                show.local(state.due_at, zone),
                f"{state.failures} × {state.error}" if state.failures else "",
            )
            for source, state in standing.sources
        ],
    )


@command.command("test", help=_("Show what a source or an address would give."))
@click.argument("key_or_url")
@click.option("--limit", default=5, show_default=True, help=_("Entries to show."))
@show.json_option
@click.pass_obj
def try_source(path: Path, key_or_url: str, limit: int, as_json: bool) -> None:
    """Read, show and keep nothing; exit code 1 if there was nothing to show."""
    with opened(path) as desk:
        source = _source(desk, key_or_url)
        found, failures = asyncio.run(_try(desk, source, limit))
    if as_json:
        shown = [_entry_json(entry) for entry in found]
        show.as_json({"entries": shown, "failures": failures})
    else:
        for entry in found:
            _show_entry(entry)
        for said in failures:
            click.echo(said, err=True)
    if not found:
        raise click.exceptions.Exit(1)


def _source(desk: Wiring, key_or_url: str) -> Source:
    if not key_or_url.startswith(("http://", "https://")):
        return desk.source(key_or_url)
    for source in desk.settings.sources:
        if source.url == key_or_url:
            return source
    return Source(key=ADDRESS, title=key_or_url, kind=SourceKind.FEED, url=key_or_url)


async def _try(
    desk: Wiring, source: Source, limit: int
) -> tuple[list[Entry], list[str]]:
    async with desk.fetcher() as fetcher:
        source, found = await _read(fetcher, source, known=source.key != ADDRESS)
        failures = list(found.failures)
        raws = list(found.entries[:limit])
        for link in found.links[:limit]:
            told = RawEntry(source=source.key, url=link.url)
            try:
                page = first_page(source, link.url, desk.clock())
                read = await read_page(fetcher, source, told, link, page)
            except SyndicateError as error:
                failures.append(str(error))
            else:
                raws.extend([read.entry] if read else [])
    entries = []
    for raw in raws:
        try:
            entries.append(to_entry(raw, source=source, fetched_at=desk.clock()))
        except SyndicateError as error:
            failures.append(str(error))
    return entries, failures


async def _read(
    fetcher: Fetcher, source: Source, *, known: bool
) -> tuple[Source, Found]:
    """Read a source; an address that is no feed is read as a listing."""
    nothing = SourceState(source=source.key)
    try:
        return source, await read_source(fetcher, source, nothing)
    except ParseError:
        if known:
            raise
    listing = replace(source, kind=SourceKind.LISTING)
    return listing, await read_source(fetcher, listing, nothing)


def _entry_json(entry: Entry) -> dict[str, object]:
    return {
        "title": entry.title,
        "url": entry.url,
        "published": entry.published.value.isoformat() if entry.published else None,
        "precision": entry.published.precision.value if entry.published else None,
        "origin": entry.published.origin.value if entry.published else None,
        "authors": list(entry.authors),
        "credit": entry.credit,
        "language": entry.language,
        "lead": entry.lead,
        "characters": len(entry.text),
        "captions": list(entry.captions),
        "documents": [citation.key for citation in entry.citations],
    }


def _show_entry(entry: Entry) -> None:
    published = entry.published
    when = _("no date")
    if published:
        when = f"{published.value.isoformat()} ({published.origin.value})"
    rows = (
        (_("address"), entry.url),
        (_("date"), when),
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
