"""``syndicate documents``: which documents stories cite, and who cites one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.errors import SyndicateError
from syndicate.model import CitedDocument, CitedStories, Story
from syndicate.pipeline.citations import (
    Wanted,
    by_province,
    list_documents,
    named,
    stories_of,
)
from syndicate.publish.forms.addresses import public
from syndicate.publish.html.shelf import issued_on
from syndicate.publish.shelved import FOLDER


@click.group(
    "documents", help=_("List the documents that stories cite; show who cites one.")
)
def command() -> None:
    """Look at cited documents."""


@command.command("list", help=_("List cited documents, the most cited first."))
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help=_("Count only stories that we have had since then (local)."),
)
@click.option("--province", default="", help=_("Numbers of this province alone."))
@click.option("--type", "kind", default="", help=_("Of this kind alone: Chỉ thị, CT."))
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help=_("Show so many; 0 for all."),
)
@show.json_option
@click.pass_obj
def list_command(
    path: Path,
    since: datetime | None,
    province: str,
    kind: str,
    limit: int,
    as_json: bool,
) -> None:
    """Show number, kind, issuer, place, date, and how many stories cite it."""
    with opened(path) as desk:
        zone = ZoneInfo(desk.settings.site.timezone)
        wanted = Wanted(
            since=since.replace(tzinfo=zone) if since else None,
            place=province,
            kind=kind,
            limit=limit,
        )
        listed = list_documents(desk.database, wanted)
        if as_json:
            found = [_cited_json(one, desk) for one in listed.documents]
            show.as_json({"count": listed.count, "documents": found})
            return
        _show_list(listed.documents, desk)
    more = listed.count - len(listed.documents)
    if more:
        said = _("{n} more; --limit 0 shows all.")
        click.echo(said.format(n=more))


@command.command("show", help=_("Show the stories that cite a document, by province."))
@click.argument("number_or_slug", nargs=-1, required=True)
@show.json_option
@click.pass_obj
def show_command(path: Path, number_or_slug: tuple[str, ...], as_json: bool) -> None:
    """Show one document; exit code 4 if there is none, or more than one, so named."""
    asked = " ".join(number_or_slug)
    with opened(path) as desk:
        document = _only(named(desk.database, asked), asked, desk)
        told = stories_of(desk.database, document)
        if as_json:
            found = _document_json(document, desk)
            found["stories"] = [_story_json(story, desk) for story in told]
            show.as_json(found)
            return
        _show_document(document, told, desk)


def _only(found: tuple[CitedDocument, ...], asked: str, desk: Wiring) -> CitedDocument:
    if len(found) == 1:
        return found[0]
    if not found:
        said = _('no story cites a document "{asked}"')
        raise SyndicateError(said.format(asked=asked))
    choices = "".join(f"\n  {one.slug}: {_told(one, desk)}" for one in found)
    said = _('"{asked}" is the number of several documents; name one:{choices}')
    raise SyndicateError(said.format(asked=asked, choices=choices))


def _told(document: CitedDocument, desk: Wiring) -> str:
    issued = issued_on(document, desk.settings.site)
    name = f"{document.type_word} {document.number}".strip()
    return ", ".join(filter(None, (name, document.issuer, document.scope, issued)))


# ── Words ──


def _show_list(found: tuple[CitedStories, ...], desk: Wiring) -> None:
    if not found:
        click.echo(_("No story cites such a document."))
        return
    columns = (
        _("number"),
        _("kind"),
        _("issuer"),
        _("place"),
        _("issued"),
        _("stories"),
    )
    rows = [
        (
            one.document.number,
            one.document.type_word,
            one.document.issuer,
            one.document.scope,
            issued_on(one.document, desk.settings.site),
            len(one.stories),
        )
        for one in found
    ]
    show.table(columns, rows, right=(5,))


def _show_document(
    document: CitedDocument, told: tuple[Story, ...], desk: Wiring
) -> None:
    click.secho(_told(document, desk), bold=True)
    said = ngettext("{n} story cites it.", "{n} stories cite it.", len(told))
    click.echo(said.format(n=len(told)))
    zone = desk.settings.site.timezone
    sources = {source.key: source for source in desk.settings.sources}
    for province, some in by_province(told, sources).items():
        where = province or _("no province")
        click.secho(f"{where} ({len(some)})", bold=True)
        for story in some:
            lead = story.lead
            day = lead.entry.published.value if lead.entry.published else None
            when = show.local(day, zone).partition(" ")[0]
            click.echo(f"  {when}  {lead.entry.title}")
            click.echo(f"      {lead.entry.source}: {lead.entry.url}")


# ── JSON ──


def _cited_json(one: CitedStories, desk: Wiring) -> dict[str, Any]:
    return {**_document_json(one.document, desk), "count": len(one.stories)}


def _document_json(document: CitedDocument, desk: Wiring) -> dict[str, Any]:
    page = public(desk.settings.site, f"{FOLDER}/{document.slug}.html")
    return {
        "slug": document.slug,
        "number": document.number,
        "type": document.type_word,
        "issuer": document.issuer,
        "scope": document.scope,
        "issued": document.issued,
        "page": page if desk.settings.publish.documents_from else "",
    }


def _story_json(story: Story, desk: Wiring) -> dict[str, Any]:
    lead = story.lead.entry
    sources = {source.key: source for source in desk.settings.sources}
    province = sources[lead.source].province if lead.source in sources else ""
    return {
        "story": story.uid,
        "title": lead.title,
        "url": lead.url,
        "source": lead.source,
        "province": province,
        "published": lead.published.value.isoformat() if lead.published else None,
        "tellers": [one.entry.url for one in story.entries],
    }
