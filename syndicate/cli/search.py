"""``syndicate search``: the stories that have some words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from syndicate.cli import show
from syndicate.cli.completion import source_keys
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.errors import SyndicateError
from syndicate.model import Dated, Precision, StoredEntry
from syndicate.pipeline.finding import (
    DEEPEST,
    MOST,
    Finding,
    Findings,
    Searching,
    Wish,
    find,
)
from syndicate.pipeline.narrowing import Named
from syndicate.text.excerpts import Piece
from syndicate.text.query import Field, Filter

Values = tuple[str, ...]


@click.command("search", help=_("Find stories by their words, with or without marks."))
@click.argument("query", nargs=-1)
@click.option("--category", multiple=True, help=_("Slug or title of a category."))
@click.option(
    "--source",
    multiple=True,
    shell_complete=source_keys,
    help=_("Key or title of a source."),
)
@click.option("--document", multiple=True, help=_("Number of a cited document."))
@click.option("--language", multiple=True, help=_("Language, as in vi."))
@click.option("--since", multiple=True, help=_("First day: 1/10/2026 or 2026-10-01."))
@click.option("--until", multiple=True, help=_("Last day."))
@click.option("--public", is_flag=True, help=_("Leave out what is under embargo."))
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=20, help=_("Stories to show.")
)
@click.option(
    "--offset",
    type=click.IntRange(0, DEEPEST),
    default=0,
    help=_("Stories to pass over."),
)
@show.json_option
@click.pass_obj
def command(
    path: Path,
    /,
    query: Values,
    public: bool,
    limit: int,
    offset: int,
    as_json: bool,
    **filters: Values,
) -> None:
    """Show the stories that are found, the best first, and the place in each."""
    wish = Wish(filters=_filters(filters), limit=limit, offset=offset, public=public)
    with opened(path) as desk:
        found = find(searching(desk), " ".join(query), wish)
        if found.unknown:
            raise SyndicateError(_unknown(found.unknown[0]))
        if as_json:
            show.as_json(_as_json(found, wish))
        else:
            _show(desk, found, wish)


def searching(desk: Wiring) -> Searching:
    """Put together what finding works with."""
    named = Named(
        sources={source.key: source for source in desk.settings.sources},
        categories=desk.settings.categories,
        zone=desk.settings.site.timezone,
    )
    return Searching(database=desk.database, named=named, clock=desk.clock)


def _filters(told: dict[str, Values]) -> tuple[Filter, ...]:
    return tuple(
        Filter(field=Field(name), value=value)
        for name, values in told.items()
        for value in values
    )


def _unknown(one: Filter) -> str:
    said = {
        Field.CATEGORY: _('there is no category "{value}"'),
        Field.SOURCE: _('there is no source "{value}"'),
        Field.DOCUMENT: _('no article cites a document "{value}"'),
        Field.LANGUAGE: _('"{value}" is no language; write vi or en'),
        Field.SINCE: _('"{value}" is no day; write 22/11/2026 or 2026-11-22'),
        Field.UNTIL: _('"{value}" is no day; write 22/11/2026 or 2026-11-22'),
    }
    return said[one.field].format(value=one.value)


# ── For people ───────────────────────────────────────────────────────────────


def _show(desk: Wiring, found: Findings, wish: Wish) -> None:
    if found.query.cut:
        click.echo(_("The query is long; only its beginning is looked for."), err=True)
    if not found.found:
        click.echo(_("Nothing found."))
    for number, one in enumerate(found.found, start=wish.offset + 1):
        _show_one(desk, number, one)
    if found.more:
        after = wish.offset + len(found.found)
        said = _("There is more: --offset {n} shows it.")
        click.echo(said.format(n=after))


def _show_one(desk: Wiring, number: int, one: Finding) -> None:
    lead = one.story.lead
    is_lead = one.teller.id == lead.id
    title = one.title if is_lead else (Piece(lead.entry.title, False),)
    click.echo(f"{number}. {_styled(title)}")
    line = [_teller(desk, lead)]
    if one.held_until:
        zone = desk.settings.site.timezone
        until = show.local(one.held_until, zone)
        line.append(_("embargo until {when}").format(when=until))
    others = len(one.story.others)
    if others:
        said = ngettext("{n} more teller", "{n} more tellers", others)
        line.append(said.format(n=others))
    click.echo(f"   {' · '.join(line)}")
    click.echo(f"   {lead.entry.url}")
    if not is_lead:
        said = _("found in {teller}: {title}")
        told = said.format(teller=_teller(desk, one.teller), title=_styled(one.title))
        click.echo(f"   {told}")
        click.echo(f"   {one.teller.entry.url}")
    if one.excerpt:
        click.echo(f"   {_styled(one.excerpt)}")
    click.echo()


def _teller(desk: Wiring, stored: StoredEntry) -> str:
    titles = {source.key: source.title for source in desk.settings.sources}
    source = stored.entry.source
    when = _when(stored, desk.settings.site.timezone)
    return f"{titles.get(source, source)} · {when}"


def _when(stored: StoredEntry, zone: str) -> str:
    published: Dated | None = stored.entry.published
    if published is None:
        return show.local(stored.seen_at, zone)
    if published.precision is Precision.DAY:
        return published.value.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y")
    return show.local(published.value, zone)


def _styled(pieces: Iterable[Piece]) -> str:
    return "".join(
        click.style(piece.text, bold=True) if piece.found else piece.text
        for piece in pieces
    )


# ── For machines ─────────────────────────────────────────────────────────────


def _as_json(found: Findings, wish: Wish) -> dict[str, object]:
    return {
        "found": [_one_as_json(one) for one in found.found],
        "more": found.more,
        "limit": wish.limit,
        "offset": wish.offset,
        "cut": found.query.cut,
    }


def _one_as_json(one: Finding) -> dict[str, object]:
    return {
        "story": one.story.uid,
        "lead": _entry_as_json(one.story.lead),
        "teller": _entry_as_json(one.teller),
        "tellers": len(one.story.entries),
        "categories": [label.category for label in one.story.labels],
        "marks": one.marks.name.lower() if one.marks else None,
        "place": one.place.name.lower() if one.place else None,
        "title": _pieces_as_json(one.title),
        "title_html": _html(one.title),
        "excerpt": _pieces_as_json(one.excerpt),
        "excerpt_html": _html(one.excerpt),
        "held_until": one.held_until,
    }


def _entry_as_json(stored: StoredEntry) -> dict[str, object]:
    entry = stored.entry
    published = entry.published
    return {
        "id": stored.id,
        "title": entry.title,
        "url": entry.url,
        "source": entry.source,
        "published": published.value.isoformat() if published else None,
        "seen_at": stored.seen_at,
    }


def _pieces_as_json(pieces: Sequence[Piece]) -> list[dict[str, object]]:
    return [{"text": piece.text, "found": piece.found} for piece in pieces]


def _html(pieces: Iterable[Piece]) -> str:
    """As HTML: what was found in ``mark``, everything else escaped."""
    return "".join(
        f"<mark>{escape(piece.text)}</mark>" if piece.found else escape(piece.text)
        for piece in pieces
    )
