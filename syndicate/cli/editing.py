"""``syndicate stories split|merge|apart|lead|forget``: what editors rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.rulings import (
    plainly,
    ruling_json,
    ruling_line,
    show_story,
    story_json,
)
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.model import Ruling, RulingKind, StoredEntry
from syndicate.pipeline import ruling
from syndicate.pipeline.ruling import Editor, Ruled

by_option = click.option("--by", default="", help=_("Who rules."))
note_option = click.option("--note", default="", help=_("Why; kept with the ruling."))
dry_option = click.option(
    "--dry-run", is_flag=True, help=_("Keep nothing; show what would come of it.")
)


@click.command("split", help=_("Let articles leave their story for one of their own."))
@click.argument("articles", nargs=-1, required=True)
@click.option(
    "--with-copies", is_flag=True, help=_("With what joined for being like them.")
)
@by_option
@note_option
@dry_option
@show.json_option
@click.pass_obj
def split(
    path: Path, /, articles: Sequence[str], with_copies: bool, as_json: bool, **how: Any
) -> None:
    """Split, and show both stories."""

    def step(desk: Wiring, editor: Editor) -> Ruled:
        return ruling.split(
            desk.database, desk.filing(), articles, editor, with_copies=with_copies
        )

    _rule(path, step, as_json, **how)


@click.command("merge", help=_("Let stories be one."))
@click.argument("stories", nargs=-1, required=True)
@click.option(
    "--into", default="", help=_("The one whose uid is kept; else the oldest.")
)
@by_option
@note_option
@dry_option
@show.json_option
@click.pass_obj
def merge(
    path: Path, /, stories: Sequence[str], into: str, as_json: bool, **how: Any
) -> None:
    """Merge, and show the story."""

    def step(desk: Wiring, editor: Editor) -> Ruled:
        return ruling.merge(desk.database, desk.filing(), stories, editor, into=into)

    _rule(path, step, as_json, **how)


@click.command("apart", help=_("Say that two are not the same, now and ever."))
@click.argument("one")
@click.argument("other")
@by_option
@note_option
@dry_option
@show.json_option
@click.pass_obj
def apart(path: Path, /, one: str, other: str, as_json: bool, **how: Any) -> None:
    """Part them if they are one story; the second leaves, with what is like it."""

    def step(desk: Wiring, editor: Editor) -> Ruled:
        return ruling.apart(desk.database, desk.filing(), one, other, editor)

    _rule(path, step, as_json, **how)


@click.command("lead", help=_("Let an article lead its story."))
@click.argument("article")
@by_option
@note_option
@dry_option
@show.json_option
@click.pass_obj
def lead(path: Path, /, article: str, as_json: bool, **how: Any) -> None:
    """Choose, and show the story."""

    def step(desk: Wiring, editor: Editor) -> Ruled:
        return ruling.choose_lead(desk.database, desk.filing(), article, editor)

    _rule(path, step, as_json, **how)


@click.command("forget", help=_("Take rulings back, by their numbers."))
@click.argument("numbers", nargs=-1, required=True, type=int)
@dry_option
@show.json_option
@click.pass_obj
def forget(path: Path, /, numbers: Sequence[int], as_json: bool, **how: Any) -> None:
    """Take back, and say what that changes."""

    def step(desk: Wiring, editor: Editor) -> Ruled:
        return ruling.forget(desk.database, desk.filing(), numbers, editor)

    _rule(path, step, as_json, taken_back=True, **how)


def _rule(
    path: Path,
    /,
    step: Callable[[Wiring, Editor], Ruled],
    as_json: bool,
    *,
    taken_back: bool = False,
    **how: Any,
) -> None:
    """Rule, and show what came of it."""
    with opened(path) as desk, plainly():
        editor = Editor(now=desk.clock(), **how)
        ruled = step(desk, editor)
        zone = desk.settings.site.timezone
        tellers = (one for story in ruled.stories for one in story.entries)
        named = {one.id: one for one in tellers}
    if as_json:
        show.as_json(_ruled_json(ruled, editor))
        return
    if editor.dry_run:
        click.echo(_("Nothing is kept; this would come of it:"))
    for line in _told(ruled, named, zone, taken_back):
        click.echo(line)
    for story in ruled.stories:
        show_story(story, zone)


def _told(
    ruled: Ruled, named: Mapping[int, StoredEntry], zone: str, taken_back: bool
) -> Iterator[str]:
    if not ruled.rulings and not ruled.moved:
        yield _("It is so already: nothing changes.")
    if taken_back:
        for one in ruled.rulings:
            yield _("Taken back: {ruling}").format(ruling=ruling_line(one, named, zone))
        yield from dict.fromkeys(map(_what_then, ruled.rulings))
    elif ruled.rulings:
        numbers = [one.id for one in ruled.rulings]
        said = ngettext(
            "Ruling {numbers} is kept.", "Rulings {numbers} are kept.", len(numbers)
        )
        yield said.format(numbers=_span(numbers))
    for one in ruled.overruled:
        said = _("No longer holds: {ruling}")
        yield said.format(ruling=ruling_line(one, named, zone))
    for uid in ruled.gone:
        yield _("Story {uid} is no more; its uid leads here.").format(uid=uid)
    if ruled.copies:
        said = ngettext(
            "{n} article that joined for being like it stays; see --with-copies.",
            "{n} articles that joined for being like it stay; see --with-copies.",
            len(ruled.copies),
        )
        yield said.format(n=len(ruled.copies))


def _what_then(taken_back: Ruling) -> str:
    if taken_back.kind is RulingKind.LEAD:
        return _("The lead is elected anew.")
    return _(
        "No article moves: only what is gathered from now on is placed without it."
    )


def _span(numbers: Sequence[int]) -> str:
    """They were given one after another."""
    if len(numbers) < 3:
        return ", ".join(map(str, numbers))
    return f"{numbers[0]}–{numbers[-1]}"


def _ruled_json(ruled: Ruled, editor: Editor) -> dict[str, Any]:
    return {
        "kept": not editor.dry_run,
        "rulings": [ruling_json(one) for one in ruled.rulings],
        "overruled": [one.id for one in ruled.overruled],
        "moved": list(ruled.moved),
        "gone": list(ruled.gone),
        "copies": list(ruled.copies),
        "stories": [story_json(story) for story in ruled.stories],
    }
