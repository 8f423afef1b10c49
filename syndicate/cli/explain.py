"""``syndicate explain``: why an article is where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from syndicate.cli import show
from syndicate.cli.bonds import LEAD_REASONS, bond_json, bond_said, evidence_lines
from syndicate.cli.grounds import origin_said, reason_said
from syndicate.cli.places import digest_lines, digests_json, feed_lines, feeds_json
from syndicate.cli.rulings import ruling_json, ruling_said
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Citation, Dated, Entry, Label, Precision
from syndicate.pipeline.explaining import Desk, Explanation, explain
from syndicate.pipeline.publishing import every_feed

_KEYS = {
    "guid": "guid",
    "address": _("address"),
    "title-date": _("title and day"),
    "content": _("content"),
    "text": _("text"),
}
"""Kinds of keys, as people read them."""
_HASHES = frozenset({"content", "text"})


@click.command("explain", help=_("Tell the life of an article, by address or number."))
@click.argument("address_or_number")
@show.json_option
@click.pass_obj
def command(path: Path, address_or_number: str, as_json: bool) -> None:
    """Show dates, keys, story, lead, rulings, labels, feeds and digests, with why."""
    with opened(path) as desk:
        found = explain(_desk(desk), address_or_number)
        zone = desk.settings.site.timezone
    if found is None:
        raise SyndicateError(
            _('"{asked}" is not an article that we have').format(
                asked=address_or_number
            )
        )
    if as_json:
        show.as_json(_as_json(found))
    else:
        _show(found, zone)


def _desk(desk: Wiring) -> Desk:
    publishing = desk.publishing()
    return Desk(
        database=desk.database,
        feeds=every_feed(publishing),
        digests=desk.editions,
        sources=publishing.sources,
        categories={one.slug: one for one in publishing.categories},
        now=desk.clock(),
    )


# ── For machines ─────────────────────────────────────────────────────────────


def _as_json(found: Explanation) -> dict[str, Any]:
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
        "bond": bond_json(stored.bond, found.like),
        "story": story.uid if story else None,
        "uid": found.uid,
        "merged": found.merged,
        "tellers": [one.entry.url for one in story.entries] if story else [],
        "lead": _lead_json(found),
        "rulings": [ruling_json(one) for one in found.rulings],
        "labels": [_label_json(one) for one in (story.labels if story else ())],
        "decision": _decision_json(found),
        **feeds_json(found.feeds),
        "held_until": found.held_until,
        **digests_json(found.issues, found.digests),
    }


def _lead_json(found: Explanation) -> dict[str, Any] | None:
    if found.story is None or found.lead is None:
        return None
    lead = found.story.lead
    return {"id": lead.id, "url": lead.entry.url, "reason": found.lead.value}


def _label_json(label: Label) -> dict[str, Any]:
    return {
        "category": label.category,
        "confidence": label.confidence,
        "primary": label.primary,
        "origin": label.origin.value,
        "reason": reason_said(label),
    }


def _decision_json(found: Explanation) -> dict[str, Any] | None:
    decision = found.decision
    if decision is None:
        return None
    return {
        "id": decision.id,
        "entry": decision.entry,
        "categories": decision.categories,
        "by": decision.by,
        "note": decision.note,
        "at": decision.at,
    }


def _date_json(date: Dated) -> dict[str, object]:
    return {
        "value": date.value.isoformat(),
        "precision": date.precision.value,
        "origin": date.origin.value,
        "raw": date.raw,
    }


# ── For people ───────────────────────────────────────────────────────────────


def _show(found: Explanation, zone: str) -> None:
    click.secho(found.entry.entry.title, bold=True)
    for part in (_article_lines, _story_lines, _label_lines, _place_lines):
        for name, value in part(found, zone):
            if value.strip():
                click.echo(f"  {name}: {value.strip()}" if name else f"    {value}")


def _article_lines(found: Explanation, zone: str) -> Iterator[tuple[str, str]]:
    stored, entry = found.entry, found.entry.entry
    yield _("address"), entry.url
    numbered = _("{source}, number {id}")
    yield _("source"), numbered.format(source=entry.source, id=stored.id)
    yield _("first seen"), show.local(stored.seen_at, zone)
    if stored.changed_at != stored.seen_at:
        yield _("changed"), show.local(stored.changed_at, zone)
    if stored.withdrawn_at:
        yield _("withdrawn"), show.local(stored.withdrawn_at, zone)
    if stored.backlog:
        yield _("backlog"), _("old at first sight, never news in a digest")
    if not entry.dates:
        yield _("date"), _("none is claimed")
    for line in dict.fromkeys(_claims(entry, zone)):
        yield _("date"), line
    yield _("author"), ", ".join(entry.authors)
    yield _("credit"), entry.credit
    yield _("known by"), "; ".join(dict.fromkeys(_known_by(found)))
    yield _("documents"), ", ".join(map(_cited, entry.citations))


def _claims(entry: Entry, zone: str) -> Iterator[str]:
    """Every date that was claimed: the one that is believed, and the others."""
    chosen = entry.published
    for date in entry.dates:
        mark = _("not believed")
        if chosen is not None and (date.raw, date.origin) == (
            chosen.raw,
            chosen.origin,
        ):
            mark = _("believed")
        elif chosen is not None and date.value.date() == chosen.value.date():
            mark = _("agrees")
        yield f"{_date_said(date, zone)} ({date.origin.value}, {mark})"


def _date_said(date: Dated, zone: str) -> str:
    """As exactly as it is known, by the desk's clock."""
    if date.precision is Precision.DAY:
        return f"{date.value:%d/%m/%Y}"
    return date.value.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y %H:%M")


def _known_by(found: Explanation) -> Iterator[str]:
    for kind, value in found.known_by:
        name = _KEYS.get(kind, kind)
        yield name if kind in _HASHES or not value else f"{name} {value}"


def _cited(citation: Citation) -> str:
    said = f"{citation.type_word} {citation.key}".strip()
    return _("{said} (worked out)").format(said=said) if citation.inferred else said


def _story_lines(found: Explanation, zone: str) -> Iterator[tuple[str, str]]:
    stored, story = found.entry, found.story
    yield _("story"), found.uid
    yield _("merged into it"), ", ".join(found.merged)
    yield _("why there"), bond_said(stored.bond, found.like)
    for line in evidence_lines(stored.bond, found.like):
        yield "", line
    if found.like and found.like.entry.story != stored.story:
        yield "", _("that article tells another story by now")
    for at, one in enumerate(story.entries if story else ()):
        told = f"{one.entry.source} {one.id}: {one.entry.url}"
        if at == 0 and found.lead:
            yield _("lead"), f"{told} – {LEAD_REASONS[found.lead]}"
        else:
            yield _("also"), told
    if story is None:
        yield _("lead"), _("nobody: all that told it is withdrawn")
    for ruling in found.rulings:
        yield (
            _("ruling {id}").format(id=ruling.id),
            ruling_said(ruling, {stored.id: stored, **found.named}, zone),
        )


def _label_lines(found: Explanation, zone: str) -> Iterator[tuple[str, str]]:
    for label in found.story.labels if found.story else ():
        said = f"{label.confidence:.2f} {origin_said(label.origin)}; "
        yield label.category, said + reason_said(label)
    if found.story and not found.story.labels:
        yield _("labels"), _("none: nothing speaks for any category strongly enough")
    decision = found.decision
    if decision:
        said = ", ".join(decision.categories) or _("none fits")
        when = show.local(decision.at, zone)
        who = " ".join(filter(None, (decision.by, decision.note)))
        yield _("decided"), f"{said} ({', '.join(filter(None, (when, who)))})"


def _place_lines(found: Explanation, zone: str) -> Iterator[tuple[str, str]]:
    yield from feed_lines(found.feeds)
    if found.held_until:
        yield _("embargo"), show.local(found.held_until, zone)
    yield from digest_lines(found.issues, found.digests)
