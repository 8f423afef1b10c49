"""``syndicate digest edit``: change an issue before it goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.digest.desking import issue_argument, issue_of
from syndicate.cli.digest.deskshow import show_one
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.digest.choosing.editing import edited, joined
from syndicate.model import Edits, Issue
from syndicate.pipeline.mailing import drafting
from syndicate.pipeline.mailing.overview import named

Pairs = tuple[tuple[str, str], ...]
Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def _stories(name: str, said: str) -> Option:
    return click.option(name, multiple=True, metavar="STORY", help=said)


def _texts(name: str, said: str) -> Option:
    return click.option(name, multiple=True, nargs=2, metavar="STORY TEXT", help=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for; None is nothing."""

    pin: tuple[str, ...]
    unpin: tuple[str, ...]
    hide: tuple[str, ...]
    unhide: tuple[str, ...]
    order: str | None
    summary: Pairs
    note: Pairs
    subject: str | None
    headnote: str | None
    reset: bool

    @property
    def is_nothing(self) -> bool:
        """Nothing is to be changed."""
        lists = (self.pin, self.unpin, self.hide, self.unhide, self.summary, self.note)
        texts = (self.order, self.subject, self.headnote)
        return not (self.reset or any(lists) or any(one is not None for one in texts))


@click.command("edit", help=_("Change an issue before it is sent."))
@issue_argument
@_stories("--pin", _("Let it lead; more than one: in this order."))
@_stories("--unpin", _("Let it stand where its rank puts it."))
@_stories("--hide", _("Take it out; the next one by rank comes up."))
@_stories("--unhide", _("Let it in again."))
@click.option("--order", metavar="STORY,STORY…", help=_("Stories in this order."))
@_texts("--summary", _("Its summary in your own words; “” for none."))
@_texts("--note", _("What you say of it; “” for nothing."))
@click.option("--subject", metavar="TEXT", help=_("A subject of its own; “” for ours."))
@click.option("--headnote", metavar="TEXT", help=_("A note at its head; “” for none."))
@click.option("--reset", is_flag=True, help=_("Take back all edits, then do the rest."))
@click.option("--dry-run", is_flag=True, help=_("Show how it would be; keep nothing."))
@show.json_option
@click.pass_obj
def edit_issue(
    path: Path,
    /,
    key: str | None,
    number: int | None,
    *,
    dry_run: bool,
    as_json: bool,
    **given: Any,  # what click found for each option of Asked
) -> None:
    """Lay the edits over those that are there, and show what comes of it."""
    asked = Asked(**given)
    if asked.is_nothing:
        raise click.UsageError(
            _("say what to change; see `syndicate digest edit --help`")
        )
    with opened(path) as desk:
        digest, stored = issue_of(desk, key, number)
        edits = _edits(stored.issue, stored.edits, asked)
        if dry_run:
            edited(stored.issue, edits)
            stored = replace(stored, edits=edits)
        else:
            work = desk.mailing()
            stored = drafting.edit(work, digest, stored, edits, desk.clock())
        show_one(desk, digest.key, stored, as_json=as_json)


def _edits(issue: Issue, held: Edits, asked: Asked) -> Edits:
    """Return all edits that there are then, with stories by uid."""
    ordered = [word.strip() for word in (asked.order or "").split(",")]
    given = Edits(
        pinned=named(issue, asked.pin),
        hidden=named(issue, asked.hide),
        order=named(issue, [word for word in ordered if word]),
        summaries=_told(issue, asked.summary),
        notes=_told(issue, asked.note),
    )
    freed = named(issue, (*asked.unpin, *asked.unhide))
    edits = joined(Edits() if asked.reset else held, given, freed=freed)
    if asked.order is not None:
        edits = replace(edits, order=given.order)
    if asked.subject is not None:
        edits = replace(edits, subject=asked.subject)
    if asked.headnote is not None:
        edits = replace(edits, note=asked.headnote)
    return edits


def _told(issue: Issue, pairs: Pairs) -> Pairs:
    uids = named(issue, [story for story, _text in pairs])
    return tuple(zip(uids, (text for _story, text in pairs), strict=True))
