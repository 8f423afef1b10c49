"""``syndicate categories review|decide|decisions|undo``: persons say what is right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.grounds import asked_said, reason_said
from syndicate.cli.labels import labelling, plainly
from syndicate.cli.wire import opened
from syndicate.cli.words import _, ngettext
from syndicate.model import Decision, Label
from syndicate.pipeline.labelling import Decided
from syndicate.pipeline.labelling import decide as decide_story
from syndicate.pipeline.labelling import undo as undo_decision
from syndicate.pipeline.reviewing import Waiting, queue
from syndicate.store import decisions, entries

MOST = (1 << 63) - 1
"""No number of ours is larger."""


@click.command("review", help=_("List the stories that wait for a person."))
@show.limit_option(_("Most stories."))
@show.json_option
@click.pass_obj
def review(path: Path, limit: int, as_json: bool) -> None:
    """Show the unsure ones and the week's checks, the newest first."""
    with opened(path) as desk:
        checks = desk.settings.scoring.checks
        waiting = queue(desk.database, checks, desk.clock(), limit=limit)
        zone = desk.settings.site.timezone
    if as_json:
        show.as_json([_waiting_json(one) for one in waiting])
        return
    if not waiting:
        click.echo(_("Nothing waits."))
        return
    show.table(
        (_("number"), _("asked"), _("since"), _("title"), _("guesses")),
        [
            (
                one.story.lead.id,
                asked_said(one.review.asked),
                show.local(one.review.since, zone),
                f"{one.story.lead.entry.title}\n{one.story.lead.entry.url}",
                labels_said(one.review.guesses),
            )
            for one in waiting
        ],
    )
    click.echo(_("Say what is right: syndicate categories decide NUMBER CATEGORY…"))


@click.command("decide", help=_("Say what a story is about, for ever."))
@click.argument("story")
@click.argument("categories", nargs=-1)
@click.option("--none", "nothing", is_flag=True, help=_("No category fits."))
@click.option("--by", default="", help=_("Who decides."))
@click.option("--note", default="", help=_("Why."))
@show.json_option
@click.pass_obj
def decide(  # noqa: PLR0913 - one argument for each option
    path: Path,
    story: str,
    categories: tuple[str, ...],
    *,
    nothing: bool,
    by: str,
    note: str,
    as_json: bool,
) -> None:
    """Decide; the first category named is the primary one."""
    if nothing == bool(categories):
        raise click.UsageError(_("name categories, the primary one first, or --none"))
    with opened(path) as desk, plainly():
        made = decide_story(
            labelling(desk), story, categories, by=by, note=note, now=desk.clock()
        )
    _tell(made, as_json=as_json)


@click.command("decisions", help=_("List what persons decided."))
@show.limit_option(_("Most decisions."))
@show.json_option
@click.pass_obj
def list_decisions(path: Path, limit: int, as_json: bool) -> None:
    """Show the newest decisions, with what the desk had said."""
    with opened(path) as desk:
        with desk.database.read() as connection:
            found = decisions.latest(connection, limit=limit)
            kept = entries.get_many(connection, [one.entry for one in found])
        zone = desk.settings.site.timezone
    titles = {number: one.entry.title for number, one in kept.items()}
    if as_json:
        show.as_json(
            [
                _decision_json(one) | {"title": titles.get(one.entry, "")}
                for one in found
            ]
        )
        return
    if not found:
        click.echo(_("Nobody has decided anything yet: syndicate categories review"))
        return
    show.table(
        (
            _("decision"),
            _("at"),
            _("by"),
            _("asked"),
            _("title"),
            _("decided"),
            _("the desk had said"),
            _("note"),
        ),
        [
            (
                one.id,
                show.local(one.at, zone),
                one.by,
                asked_said(one.asked),
                titles.get(one.entry, ""),
                ", ".join(one.categories) or "–",
                ", ".join(label.category for label in one.shown) or "–",
                one.note,
            )
            for one in found
        ],
    )


@click.command("undo", help=_("Take back a decision, by default the last."))
@click.argument("decision", type=click.IntRange(1, MOST), required=False)
@show.json_option
@click.pass_obj
def undo(path: Path, decision: int | None, as_json: bool) -> None:
    """Undo; the decision before it counts again, or else the rules."""
    with opened(path) as desk, plainly():
        made = undo_decision(labelling(desk), decision, desk.clock())
    _tell(made, as_json=as_json, undone=True)


def _tell(made: Decided, *, as_json: bool, undone: bool = False) -> None:
    before = [one.category for one in made.story.labels]
    after = [one.category for one in made.labels]
    if as_json:
        show.as_json(
            {
                "undone" if undone else "decided": _decision_json(made.decision),
                "story": made.story.uid,
                "before": before,
                "labels": after,
            }
        )
        return
    click.secho(made.story.lead.entry.title, bold=True)
    was, now = ", ".join(before) or "–", ", ".join(after) or "–"
    click.echo(f"  {was} → {now}")
    said = _("decision {n} is taken back") if undone else _("decision {n} is kept")
    click.echo("  " + said.format(n=made.decision.id))
    others = len(made.story.others)
    if others:
        told = ngettext(
            "{n} other article tells this story: it holds for it too.",
            "{n} other articles tell this story: it holds for them too.",
            others,
        )
        click.echo("  " + told.format(n=others))


def labels_said(labels: Sequence[Label]) -> str:
    """Labels in a line each: how sure, and why."""
    return "\n".join(
        f"{one.category} {100 * one.confidence:.0f} % {reason_said(one)}".rstrip()
        for one in labels
    )


def label_json(label: Label) -> dict[str, object]:
    """A label as JSON; its reason both in words and as it is kept."""
    return {
        "category": label.category,
        "primary": label.primary,
        "confidence": label.confidence,
        "origin": label.origin.value,
        "reason": reason_said(label),
    }


def _waiting_json(one: Waiting) -> dict[str, object]:
    lead = one.story.lead
    return {
        "id": lead.id,
        "story": one.story.uid,
        "title": lead.entry.title,
        "url": lead.entry.url,
        "source": lead.entry.source,
        "asked": one.review.asked.value,
        "since": one.review.since,
        "labels": [label.category for label in one.story.labels],
        "guesses": [label_json(label) for label in one.review.guesses],
    }


def _decision_json(one: Decision) -> dict[str, object]:
    return {
        "decision": one.id,
        "id": one.entry,
        "categories": list(one.categories),
        "shown": [label.category for label in one.shown],
        "asked": one.asked.value,
        "at": one.at,
        "by": one.by,
        "note": one.note,
    }
