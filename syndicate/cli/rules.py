"""``syndicate categories test|dry-run|apply``: what rules say, and others would."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from syndicate.categorise.rules import Rules, Score
from syndicate.cli import show
from syndicate.cli.categories import precision_json, share_said
from syndicate.cli.deciding import label_json, labels_said
from syndicate.cli.labels import plainly
from syndicate.cli.wire import Wiring, opened, settings
from syndicate.cli.words import _, ngettext
from syndicate.model import Entry
from syndicate.pipeline.assessing import Marks, Said, assess, say
from syndicate.pipeline.heading import Filing
from syndicate.pipeline.pasted import pasted
from syndicate.pipeline.referring import article_of
from syndicate.pipeline.taught import Taught
from syndicate.pipeline.trial import Change, Trial, attempt, primary
from syndicate.pipeline.trial import apply as apply_trial

EXAMPLES = 3
"""Stories that are named for each category that gains or loses some."""
_days = click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=30,
    show_default=True,
    help=_("Stories first seen in so many days."),
)
_other = click.option(
    "--config",
    "other",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help=_("Take the categories of this config.toml instead."),
)


# ── test ──


@click.command("test", help=_("Show what a text is about, and why."))
@click.argument("text", required=False)
@_other
@show.json_option
@click.pass_obj
def try_rules(
    path: Path, text: str | None, other: Path | None, *, as_json: bool
) -> None:
    """Score a file, an article that we have, or standard input (``-``).

    Without a text: every article that persons decided on, as marks of the rules.
    """
    with opened(path) as desk:
        filing = _filing(desk, other)
        if text is None:
            alone, both = assess(desk.database, filing)
            _show_marks(alone, both, as_json=as_json)
            return
        with desk.database.read() as connection, plainly():
            entry = _pasted(text, desk) or article_of(connection, text).entry
            said = say(connection, entry, filing)
    if as_json:
        show.as_json(_said_json(entry, said))
    else:
        _show_said(entry, said, filing)


def _pasted(text: str, desk: Wiring) -> Entry | None:
    """The text of standard input or of a file; None if neither is meant."""
    if text == "-":
        body, name = sys.stdin.buffer.read(), "-"
    elif Path(text).is_file():
        body, name = Path(text).read_bytes(), text
    else:
        return None
    return pasted(body, name, now=desk.clock(), language=desk.settings.site.language)


def _show_said(entry: Entry, said: Said, filing: Filing) -> None:
    click.secho(entry.title or entry.url, bold=True)
    click.echo(labels_said(said.labels) or _("No category."))
    rows = [
        (
            score.category,
            f"{score.value:.2f}",
            _zone(hit.zone.value),
            hit.phrase,
            hit.count,
            f"{hit.weight:+.2f}",
        )
        for score in said.scores
        for hit in score.hits
    ]
    columns = (_("category"), _("score"), _("where"), _("phrase"), _("times"))
    if rows:
        show.table((*columns, _("weight")), rows, right=(1, 4, 5))
    least = filing.rules.scoring.min_score
    click.echo(_("A label needs a score of {least}.").format(least=f"{least:g}"))
    if said.guesses:
        click.echo(_("The learner guesses:"))
        click.echo(labels_said(said.guesses))


def _zone(name: str) -> str:
    return {
        "title": _("title"),
        "lead": _("lead"),
        "body": _("text"),
        "document": _("document"),
        "term": _("term"),
        "path": _("address"),
    }[name]


def _said_json(entry: Entry, said: Said) -> dict[str, object]:
    return {
        "title": entry.title,
        "url": entry.url,
        "labels": [label_json(one) for one in said.labels],
        "scores": [_score_json(one) for one in said.scores],
        "guesses": [label_json(one) for one in said.guesses],
    }


def _score_json(score: Score) -> dict[str, object]:
    return {
        "category": score.category,
        "score": round(score.value, 4),
        "hits": [
            {
                "zone": hit.zone.value,
                "phrase": hit.phrase,
                "count": hit.count,
                "weight": hit.weight,
            }
            for hit in score.hits
        ],
    }


def _show_marks(alone: Marks, both: Marks, *, as_json: bool) -> None:
    if as_json:
        show.as_json({"rules": _marks_json(alone), "with_learner": _marks_json(both)})
        return
    if not both.articles:
        click.echo(_("Nobody has decided anything yet: syndicate categories review"))
        return
    for title, told in ((_("rules"), alone), (_("rules and learner"), both)):
        said = _("{title}, {n} decided: precision {precision}, recall {recall}")
        click.echo(
            said.format(
                title=title,
                n=told.articles,
                precision=share_said(told.precision),
                recall=share_said(told.recall),
            )
        )
    rows = []
    for slug in sorted({*both.wanted, *both.given}):
        wanted, given = both.wanted.get(slug, 0), both.given.get(slug, 0)
        right = both.right.get(slug, 0)
        rows.append(
            (slug, wanted, given, right, _part(right, given), _part(right, wanted))
        )
    columns = (_("category"), _("decided"), _("given"), _("right"))
    show.table((*columns, _("precision"), _("recall")), rows, right=range(1, 6))
    if both.confused:
        named = [
            (wanted or "–", given or "–", times)
            for wanted, given, times in both.confused
        ]
        heads = (_("decided"), _("given"), _("times"))
        show.table(heads, named[:20], title=_("Confused"), right=(2,))


def _part(right: int, whole: int) -> str:
    return f"{100 * right / whole:.0f} %" if whole else "–"


def _marks_json(told: Marks) -> dict[str, object]:
    return {
        "articles": told.articles,
        "precision": precision_json(told.precision),
        "recall": precision_json(told.recall),
        "primary": precision_json(told.primary),
        "categories": {
            slug: {
                "decided": told.wanted.get(slug, 0),
                "given": told.given.get(slug, 0),
                "right": told.right.get(slug, 0),
            }
            for slug in sorted({*told.wanted, *told.given})
        },
        "confused": [list(one) for one in told.confused],
    }


# ── dry-run and apply ──


@click.command("dry-run", help=_("Show what the rules of now would change."))
@_days
@_other
@show.json_option
@click.pass_obj
def dry_run(path: Path, days: int, other: Path | None, *, as_json: bool) -> None:
    """Compare the labels as they are kept with what the settings would give."""
    with opened(path) as desk:
        since = desk.clock() - timedelta(days=days)
        trial = attempt(desk.database, _filing(desk, other), since)
    if as_json:
        show.as_json(_trial_json(trial))
    else:
        _show_trial(trial)


@click.command("apply", help=_("Label the stories of late anew."))
@_days
@click.option(
    "--dry-run", is_flag=True, help=_("Write nothing; say what would change.")
)
@show.json_option
@click.pass_obj
def apply_rules(path: Path, days: int, *, dry_run: bool, as_json: bool) -> None:
    """Write what ``categories dry-run`` shows; what persons decided stays."""
    with opened(path) as desk:
        since, filing = desk.clock() - timedelta(days=days), desk.filing()
        if dry_run:
            trial = attempt(desk.database, filing, since)
            if as_json:
                show.as_json(_trial_json(trial) | {"applied": 0})
            else:
                _show_trial(trial)
            return
        changed = apply_trial(desk.database, filing, since)
    if as_json:
        show.as_json({"applied": changed})
        return
    said = ngettext(
        "{n} story has other labels.", "{n} stories have other labels.", changed
    )
    click.echo(said.format(n=changed))
    if changed:
        click.echo(_("Feeds follow with the next: syndicate publish"))


def _filing(desk: Wiring, other: Path | None) -> Filing:
    """The desk's, with the categories of another file if one is named."""
    filing = desk.filing()
    if other is None:
        return filing
    theirs = settings(other)
    return replace(
        filing,
        rules=Rules(theirs.categories, theirs.scoring),
        guesser=Taught(theirs.categories, theirs.scoring),
    )


def _show_trial(trial: Trial) -> None:
    said = ngettext(
        "{n} story looked at, {changed} would change, {decided} decided by persons.",
        "{n} stories looked at, {changed} would change, {decided} decided by persons.",
        trial.looked_at,
    )
    changed = len(trial.changes)
    click.echo(said.format(n=trial.looked_at, changed=changed, decided=trial.decided))
    rows = [
        (slug, gained, lost, moved, "\n".join(examples))
        for slug, gained, lost, moved, examples in _by_category(trial.changes)
    ]
    if rows:
        columns = (_("category"), _("gained"), _("lost"), _("no longer first"))
        show.table((*columns, _("such as")), rows, right=(1, 2, 3))


def _by_category(
    changes: Sequence[Change],
) -> Iterable[tuple[str, int, int, int, list[str]]]:
    gained = Counter(slug for one in changes for slug in one.gained)
    lost = Counter(slug for one in changes for slug in one.lost)
    moved = Counter(
        one.first[0]
        for one in changes
        if one.first[0] != one.first[1] and one.first[0] not in one.lost
    )
    moved.pop("", None)
    for slug in sorted({*gained, *lost, *moved}):
        examples = [
            f"{'+' if slug in one.gained else '−' if slug in one.lost else '↓'}"
            f" {one.story.lead.id} {one.story.lead.entry.title}"
            for one in changes
            if slug in (*one.gained, *one.lost, one.first[0])
        ]
        yield slug, gained[slug], lost[slug], moved[slug], examples[:EXAMPLES]


def _trial_json(trial: Trial) -> dict[str, object]:
    return {
        "looked_at": trial.looked_at,
        "decided": trial.decided,
        "changed": len(trial.changes),
        "categories": [
            {"category": slug, "gained": gained, "lost": lost, "no_longer_first": moved}
            for slug, gained, lost, moved, _examples in _by_category(trial.changes)
        ],
        "stories": [
            {
                "id": one.story.lead.id,
                "story": one.story.uid,
                "title": one.story.lead.entry.title,
                "url": one.story.lead.entry.url,
                "labels": [label.category for label in one.story.labels],
                "would_be": [label.category for label in one.labels],
                "primary": primary(one.story.labels),
                "primary_would_be": primary(one.labels),
                "gained": list(one.gained),
                "lost": list(one.lost),
                "reasons": {
                    label.category: label_json(label)["reason"] for label in one.labels
                },
            }
            for one in trial.changes
        ],
    }
