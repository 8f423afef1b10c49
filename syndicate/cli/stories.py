"""``syndicate stories``: look at stories; split, merge, lead them, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from syndicate.cli import editing, show
from syndicate.cli.rulings import (
    plainly,
    ruling_json,
    ruling_line,
    show_story,
    story_json,
)
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Relation, Ruling, StoredEntry, Story
from syndicate.pipeline.referring import merged_uids, story_named
from syndicate.store import Connection, entries, listing, rulings

_MOST = 1_000
"""Rulings that are listed."""


@click.group("stories", help=_("List stories; split, merge and lead them."))
def command() -> None:
    """Gather the subcommands."""


for each in (
    editing.split,
    editing.merge,
    editing.apart,
    editing.lead,
    editing.forget,
):
    command.add_command(each)


@command.command("list", help=_("List stories, the newest first."))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help=_("From that day."))
@click.option("--category", "categories", multiple=True, help=_("Of that category."))
@click.option("--source", "sources", multiple=True, help=_("That this source tells."))
@click.option(
    "--relation",
    "relations",
    multiple=True,
    type=click.Choice([one.value for one in Relation]),
    help=_("That a teller joined in this way."),
)
@click.option("--several", is_flag=True, help=_("With two tellers at least."))
@show.limit_option(_("Most stories."))
@show.json_option
@click.pass_obj
def list_stories(path: Path, /, *, limit: int, as_json: bool, **asked: Any) -> None:
    """Print a line for each story: its leader, and how many tell it."""
    with opened(path) as desk:
        zone = desk.settings.site.timezone
        wanted = _wanted(zone, limit=limit + 1, **asked)
        with desk.database.read() as connection:
            found = listing.find(connection, wanted)
        if not found:
            _known(desk, wanted)
    more, found = len(found) > limit, found[:limit]
    if as_json:
        show.as_json([story_json(story) for story in found])
        return
    if not found:
        click.echo(_("Nothing found."))
        return
    show.table(
        (_("story"), _("first seen"), _("number"), _("title"), _("told by")),
        [
            (
                story.uid,
                show.local(story.seen_at, zone),
                story.lead.id,
                story.lead.entry.title,
                _told_by(story),
            )
            for story in found
        ],
        right=(2,),
    )
    if more:
        click.echo(_("There is more: --limit shows it."))


def _known(desk: Wiring, wanted: listing.Wanted) -> None:
    """See that what nothing was found for is there at all.

    :raises SyndicateError: there is no such source, or no such category
    """
    sources = {one.key for one in desk.settings.sources}
    categories = {one.slug for one in desk.settings.categories}
    for value in wanted.sources:
        if value not in sources:
            said = _('there is no source "{value}"')
            raise SyndicateError(said.format(value=value))
    for value in wanted.categories:
        if value not in categories:
            said = _('there is no category "{value}"')
            raise SyndicateError(said.format(value=value))


def _wanted(
    zone: str,
    *,
    since: datetime | None,
    relations: Sequence[str],
    **rest: Any,
) -> listing.Wanted:
    return listing.Wanted(
        since=since.replace(tzinfo=ZoneInfo(zone)) if since else None,
        relations=[Relation(one) for one in relations],
        **rest,
    )


def _told_by(story: Story) -> str:
    return ", ".join(dict.fromkeys(one.entry.source for one in story.entries))


@command.command("show", help=_("Show a story, who tells it and why it is one."))
@click.argument("story")
@show.json_option
@click.pass_obj
def show_one(path: Path, story: str, as_json: bool) -> None:
    """Print the tellers, the leader first, and the rulings on them."""
    with opened(path) as desk, plainly(), desk.database.read() as connection:
        zone = desk.settings.site.timezone
        found = story_named(connection, story)
        merged = merged_uids(connection, found)
        held = rulings.of_entries(connection, [one.id for one in found.entries])
        named = _named(connection, held)
    if as_json:
        ruled = [ruling_json(one) for one in held]
        show.as_json({**story_json(found), "merged": merged, "rulings": ruled})
        return
    show_story(found, zone)
    for uid in merged:
        click.echo("  " + _("merged into it: {uid}").format(uid=uid))
    for one in held:
        click.echo(f"  {ruling_line(one, named, zone)}")


@command.command("rulings", help=_("List what editors ruled, the newest first."))
@show.json_option
@click.pass_obj
def list_rulings(path: Path, as_json: bool) -> None:
    """Print every ruling that was not taken back."""
    with opened(path) as desk, desk.database.read() as connection:
        zone = desk.settings.site.timezone
        held = rulings.newest(connection, limit=_MOST)
        named = _named(connection, held)
    if as_json:
        show.as_json([ruling_json(one) for one in held])
        return
    for one in held:
        click.echo(ruling_line(one, named, zone))
    if not held:
        click.echo(_("Nothing was ruled."))


def _named(connection: Connection, held: Sequence[Ruling]) -> dict[int, StoredEntry]:
    spoken_of = {each for one in held for each in (one.entry, one.other)}
    return entries.get_many(connection, spoken_of - {0})
