"""``syndicate explain``: why an article is where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Dated, Entry
from syndicate.pipeline.explaining import Explanation, explain
from syndicate.pipeline.publishing import every_feed


@click.command("explain", help=_("Tell the life of an article, by address or number."))
@click.argument("address_or_number")
@show.json_option
@click.pass_obj
def command(path: Path, address_or_number: str, as_json: bool) -> None:
    """Show dates and who claimed them, story and why, labels and why, feeds."""
    with opened(path) as desk:
        publishing = desk.publishing()
        found = explain(
            desk.database,
            address_or_number,
            feeds=every_feed(publishing),
            sources=publishing.sources,
            now=desk.clock(),
        )
    if found is None:
        raise SyndicateError(
            _('"{asked}" is not an article that we have').format(
                asked=address_or_number
            )
        )
    if as_json:
        show.as_json(_as_json(found))
    else:
        _show(found)


def _as_json(found: Explanation) -> dict[str, object]:
    stored, entry = found.entry, found.entry.entry
    story = found.story
    return {
        "id": stored.id,
        "url": entry.url,
        "title": entry.title,
        "source": entry.source,
        "seen_at": stored.seen_at,
        "changed_at": stored.changed_at,
        "withdrawn_at": stored.withdrawn_at,
        "backlog": stored.backlog,
        "published": _date_json(entry.published) if entry.published else None,
        "dates": [_date_json(date) for date in entry.dates],
        "authors": entry.authors,
        "credit": entry.credit,
        "known_by": [list(key) for key in found.known_by],
        "documents": [citation.key for citation in entry.citations],
        "bond": {
            "relation": stored.bond.relation.value,
            "score": stored.bond.score,
            "evidence": [one.kind.value for one in stored.bond.evidence],
        },
        "story": story.uid if story else None,
        "tellers": [one.entry.url for one in story.entries] if story else [],
        "labels": [
            {
                "category": label.category,
                "confidence": label.confidence,
                "reason": label.reason,
            }
            for label in (story.labels if story else ())
        ],
        "feeds": [feed.key for feed in found.feeds],
        "held_until": found.held_until,
    }


def _date_json(date: Dated) -> dict[str, object]:
    return {
        "value": date.value.isoformat(),
        "precision": date.precision.value,
        "origin": date.origin.value,
        "raw": date.raw,
    }


def _claims(entry: Entry) -> Iterator[str]:
    """Every date that was claimed: the one that is believed, and the others."""
    chosen = entry.published
    for date in entry.dates:
        mark = _("not believed")
        if chosen is not None and date.raw == chosen.raw:
            mark = _("believed")
        elif chosen is not None and date.value.date() == chosen.value.date():
            mark = _("agrees")
        yield f"{date.value.isoformat()} ({date.origin.value}, {mark})"


def _show(found: Explanation) -> None:
    stored, entry = found.entry, found.entry.entry
    click.secho(entry.title, bold=True)
    _line(_("address"), entry.url)
    _line(_("source"), f"{entry.source}, {_('number')} {stored.id}")
    _line(_("first seen"), stored.seen_at.isoformat())
    _line(_("changed"), stored.changed_at.isoformat())
    if stored.withdrawn_at:
        _line(_("withdrawn"), stored.withdrawn_at.isoformat())
    if stored.backlog:
        _line(_("backlog"), _("old at first sight, never news in a digest"))
    for line in dict.fromkeys(_claims(entry)):
        _line(_("date"), line)
    _line(_("author"), ", ".join(entry.authors))
    _line(_("credit"), entry.credit)
    known = (f"{kind} {value}".strip() for kind, value in found.known_by)
    _line(_("known by"), "; ".join(known))
    _line(_("documents"), ", ".join(citation.key for citation in entry.citations))
    bond = stored.bond
    _line(_("story"), f"{_(bond.relation.value)} {bond.score:.2f}")
    if found.story is None:
        return
    for one in found.story.entries:
        mark = _("lead") if one.id == found.story.lead.id else _("also")
        _line(mark, f"{one.entry.source}: {one.entry.url}")
    for label in found.story.labels:
        _line(label.category, f"{label.confidence:.2f} {label.reason}")
    _line(_("feeds"), ", ".join(feed.key for feed in found.feeds))
    if found.held_until:
        _line(_("embargo"), found.held_until.isoformat())


def _line(name: str, value: str) -> None:
    if value.strip():
        click.echo(f"  {name}: {value.strip()}")
