"""Stories and rulings as commands show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.bonds import RELATIONS, bond_json, trouble_said
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Ruling, RulingKind, StoredEntry, Story
from syndicate.pipeline.referring import RefusedError

_SAID = {
    RulingKind.APART: _("{one} and {other} are not the same"),
    RulingKind.TOGETHER: _("{one} and {other} tell one story"),
    RulingKind.LEAD: _("{one} leads"),
}


def ruling_said(ruling: Ruling, named: Mapping[int, StoredEntry], zone: str) -> str:
    """What was ruled, when, by whom and why."""
    said = _SAID[ruling.kind].format(
        one=_name(ruling.entry, named), other=_name(ruling.other, named)
    )
    parts = (show.local(ruling.at, zone), ruling.by, ruling.note)
    return f"{said} ({', '.join(filter(None, parts))})"


def ruling_json(ruling: Ruling) -> dict[str, Any]:
    """The ruling for machines."""
    return {
        "id": ruling.id,
        "kind": ruling.kind.value,
        "entry": ruling.entry,
        "other": ruling.other or None,
        "at": ruling.at,
        "by": ruling.by,
        "note": ruling.note,
    }


def _name(number: int, named: Mapping[int, StoredEntry]) -> str:
    stored = named.get(number)
    return f"{stored.entry.source} {number}" if stored else str(number)


def ruling_line(one: Ruling, named: Mapping[int, StoredEntry], zone: str) -> str:
    """Number and words of a ruling."""
    return f"{one.id}. {ruling_said(one, named, zone)}"


@contextmanager
def plainly() -> Iterator[None]:
    """Say what is refused in the language of whoever asked."""
    try:
        yield
    except RefusedError as refused:
        raise SyndicateError(trouble_said(refused)) from None


def show_story(story: Story, zone: str) -> None:
    """Print a story: its uid, leader, labels and tellers."""
    click.secho(f"{story.uid}  {story.lead.entry.title}", bold=True)
    _line(_("labels"), ", ".join(label.category for label in story.labels))
    for at, one in enumerate(story.entries):
        facts = [show.local(one.seen_at, zone), RELATIONS[one.bond.relation]]
        if one.withdrawn_at:
            facts.append(_("withdrawn"))
        told = f"{one.entry.source} {one.id}: {one.entry.url} ({', '.join(facts)})"
        _line(_("also") if at else _("lead"), told)


def _line(name: str, value: str) -> None:
    if value:
        click.echo(f"  {name}: {value}")


def story_json(story: Story) -> dict[str, Any]:
    """A story for machines."""
    return {
        "uid": story.uid,
        "title": story.lead.entry.title,
        "seen_at": story.seen_at,
        "changed_at": story.changed_at,
        "labels": [label.category for label in story.labels],
        "tellers": [
            {
                "id": one.id,
                "source": one.entry.source,
                "url": one.entry.url,
                "title": one.entry.title,
                "seen_at": one.seen_at,
                "withdrawn_at": one.withdrawn_at,
                "bond": bond_json(one.bond, None),
            }
            for one in story.entries
        ],
    }
