"""``syndicate categories``: what stories are about, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.late import LateGroup
from syndicate.cli.words import _, ngettext
from syndicate.model import Decision, LabelOrigin
from syndicate.pipeline.precision import Precision, by_category, checked, precision
from syndicate.store.labelled import Labelled

SUBCOMMANDS = {
    "list": ("categories", "list_categories", _("List the categories in figures.")),
    "test": ("rules", "try_rules", _("Show what a text is about, and why.")),
    "dry-run": ("rules", "dry_run", _("Show what the rules of now would change.")),
    "apply": ("rules", "apply_rules", _("Label the stories of late anew.")),
    "review": ("deciding", "review", _("List the stories that wait for a person.")),
    "decide": ("deciding", "decide", _("Say what a story is about, for ever.")),
    "decisions": ("deciding", "list_decisions", _("List what persons decided.")),
    "undo": ("deciding", "undo", _("Take back a decision, by default the last.")),
}
"""Subcommand → its module, its name there, and its help."""
SHORT, LONG = timedelta(days=7), timedelta(days=30)


@click.group(
    "categories",
    cls=LateGroup,
    places=SUBCOMMANDS,
    help=_("See, test and change what stories are about."),
)
def command() -> None:
    """Gather the subcommands."""


@click.command("list", help=_("List the categories in figures."))
@show.json_option
@click.pass_obj
def list_categories(path: Path, as_json: bool) -> None:
    """Show stories by category and origin, decisions, and how often we are right."""
    from syndicate.cli.wire import opened  # noqa: PLC0415 -- `--help` is quick
    from syndicate.store import decisions, labelled  # noqa: PLC0415 -- `--help` is quick

    with opened(path) as desk:
        now = desk.clock()
        with desk.database.read() as connection:
            short = labelled.figures(connection, now - SHORT)
            long = labelled.figures(connection, now - LONG)
            decided = decisions.latest(connection)
        titles = {one.slug: one.title for one in desk.settings.categories}
    if as_json:
        show.as_json(_as_json(titles, short, long, decided, now))
    else:
        _show(titles, short, long, decided)


def _show(
    titles: Mapping[str, str],
    short: Labelled,
    long: Labelled,
    decided: Sequence[Decision],
) -> None:
    right, times = by_category(decided), _times(decided)
    show.table(
        (
            _("category"),
            _("7 days"),
            _("30 days"),
            _("by rules"),
            _("learned"),
            _("an editor’s"),
            _("decisions"),
            _("right when checked"),
        ),
        [
            (
                f"{titles.get(slug, '')} [{slug}]",
                short.of(slug),
                long.of(slug),
                *(long.by_category.get((slug, one), 0) for one in LabelOrigin),
                times.get(slug, 0),
                share_said(right.get(slug, Precision())),
            )
            for slug in known(titles, long)
        ],
        right=range(1, 7),
    )
    click.echo(
        _("{bare} of {all} stories of the last 30 days have no category.").format(
            bare=long.unlabelled, all=long.stories
        )
    )
    whole, number = precision(decided), len(checked(decided))
    if whole.given:
        said = ngettext(
            "Of {n} story drawn at random, {share} of the labels were right.",
            "Of {n} stories drawn at random, {share} of the labels were right.",
            number,
        )
        click.echo(said.format(n=number, share=share_said(whole)))


def known(titles: Iterable[str], figures: Labelled) -> list[str]:
    """The categories of the settings, then others that stories still carry."""
    carried = sorted(slug for slug, _origin in figures.by_category)
    return list(dict.fromkeys([*titles, *carried]))


def share_said(of: Precision) -> str:
    """A share with what it was counted of: "92 % (74–98 %) of 24"."""
    if not of.given:
        return "–"
    low, high = of.interval
    return _("{share:.0f} % ({low:.0f}–{high:.0f} %) of {n}").format(
        share=100 * of.share, low=100 * low, high=100 * high, n=of.given
    )


def precision_json(of: Precision) -> dict[str, object]:
    """A share as JSON: counts, share, interval; no share of nothing."""
    low, high = of.interval
    return {
        "labels": of.given,
        "right": of.right,
        "precision": round(of.share, 4) if of.given else None,
        "low": round(low, 4) if of.given else None,
        "high": round(high, 4) if of.given else None,
    }


def _times(decided: Iterable[Decision]) -> dict[str, int]:
    times: dict[str, int] = {}
    for one in decided:
        for slug in one.categories:
            times[slug] = times.get(slug, 0) + 1
    return times


def _as_json(
    titles: Mapping[str, str],
    short: Labelled,
    long: Labelled,
    decided: Sequence[Decision],
    now: datetime,
) -> dict[str, object]:
    right, times = by_category(decided), _times(decided)
    return {
        "at": now,
        "stories": {"7": short.stories, "30": long.stories},
        "unlabelled": {"7": short.unlabelled, "30": long.unlabelled},
        "checked": {
            "stories": len(checked(decided)),
            **precision_json(precision(decided)),
        },
        "categories": [
            {
                "category": slug,
                "title": titles.get(slug, ""),
                "stories": {"7": short.of(slug), "30": long.of(slug)},
                "origins": {
                    one.value: long.by_category.get((slug, one), 0)
                    for one in LabelOrigin
                },
                "decisions": times.get(slug, 0),
                "checked": precision_json(right.get(slug, Precision())),
            }
            for slug in known(titles, long)
        ],
    }
