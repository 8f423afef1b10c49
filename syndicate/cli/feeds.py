"""``syndicate feeds``: what we publish, and what of it there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Feed, FeedFormat, FeedOrder, Rights
from syndicate.pipeline.publishing import every_feed
from syndicate.publish.forms.addresses import public
from syndicate.store import scopes
from syndicate.store.scopes import Figures

ENDINGS = (*(one.value for one in FeedFormat), "html")


@click.group("feeds", help=_("List the feeds that we publish; show one."))
def command() -> None:
    """Look at what is published."""


@command.command("list", help=_("List the feeds, and how many stories each carries."))
@show.json_option
@click.pass_obj
def list_command(path: Path, as_json: bool) -> None:
    """Show every feed with what it was last published with."""
    with opened(path) as desk:
        feeds, figures, followers = _known(desk)
        if as_json:
            show.as_json([_as_json(desk, one, figures, followers) for one in feeds])
            return
        _show_table(desk, feeds, figures, followers)


@command.command("show", help=_("Show a feed: what it takes in, where it is read."))
@click.argument("key")
@show.json_option
@click.pass_obj
def show_command(path: Path, key: str, as_json: bool) -> None:
    """Show one feed; exit code 4 if there is none of that key."""
    with opened(path) as desk:
        feeds, figures, followers = _known(desk)
        feed = next((one for one in feeds if one.key == key), None)
        if feed is None:
            known = ", ".join(one.key for one in feeds)
            said = _('there is no feed "{key}"; known: {known}')
            raise SyndicateError(said.format(key=key, known=known))
        if as_json:
            show.as_json(_as_json(desk, feed, figures, followers))
            return
        _show_one(desk, feed, figures, followers)


def _known(
    desk: Wiring,
) -> tuple[tuple[Feed, ...], Mapping[str, Figures], Mapping[str, int]]:
    """All feeds, what each was published with, and how many follow each document."""
    # Where two have one key, the first is what is published.
    feeds = {one.key: one for one in reversed(every_feed(desk.publishing()))}
    with desk.database.read() as connection:
        figures = scopes.figures(connection)
        followers = scopes.followed(connection, desk.clock())
    return tuple(reversed(feeds.values())), figures, followers


# ── In words ──


def _show_table(
    desk: Wiring,
    feeds: Sequence[Feed],
    figures: Mapping[str, Figures],
    followers: Mapping[str, int],
) -> None:
    columns = (
        _("key"),
        _("title"),
        _("stories"),
        _("archive pages"),
        _("followers"),
        _("last change"),
    )
    zone = desk.settings.site.timezone
    rows = []
    for feed in feeds:
        has = figures.get(feed.key)
        rows.append(
            (
                feed.key,
                feed.title,
                has.stories if has else "–",
                has.pages if has else "–",
                _followers(desk, feed, followers) or "",
                show.local(has.changed_at if has else None, zone),
            )
        )
    show.table(columns, rows, right=(2, 3, 4))
    if any(feed.key not in figures for feed in feeds):
        click.echo(_("What has no figures is not published yet: syndicate publish"))


def _show_one(
    desk: Wiring,
    feed: Feed,
    figures: Mapping[str, Figures],
    followers: Mapping[str, int],
) -> None:
    click.secho(f"{feed.key}  {feed.title}", bold=True)
    if feed.description:
        click.echo(f"  {feed.description}")
    conditions = _conditions(feed)
    for name, wanted in conditions:
        _line(name, ", ".join(wanted))
    if not conditions:
        _line(_("takes in"), _("every story"))
    _line(_("rights"), _rights(desk, feed))
    _line(_("order"), _ORDERS[feed.order])
    _line(_("limit"), str(feed.limit))
    has = figures.get(feed.key)
    if has is None:
        click.echo(_("What has no figures is not published yet: syndicate publish"))
    else:
        told = _("{stories} carried, {gone} withdrawn or merged, {pages} archive pages")
        said = told.format(stories=has.stories, gone=has.gone, pages=has.pages)
        _line(_("stories"), said)
        zone = desk.settings.site.timezone
        _line(_("last change"), show.local(has.changed_at, zone))
    _line(_("followers"), str(_followers(desk, feed, followers)))
    for ending in ENDINGS:
        _line(ending, public(desk.settings.site, f"{feed.key}.{ending}"))


_ORDERS = {
    FeedOrder.SEEN: _("what we had last stands first"),
    FeedOrder.PUBLISHED: _("what was published last stands first"),
}


def _conditions(feed: Feed) -> list[tuple[str, tuple[str, ...]]]:
    """What a story must be to stand in the feed; every line must hold."""
    said = (
        (_("categories"), feed.categories),
        (_("sources"), feed.sources),
        (_("phrases"), feed.phrases),
        (_("languages"), feed.languages),
    )
    return [(name, wanted) for name, wanted in said if wanted]


def _rights(desk: Wiring, feed: Feed) -> str:
    """The most that the feed passes on; [publish] rights may say less."""
    ceilings = (feed.rights, desk.settings.publish.rights)
    return min(ceilings, key=list(Rights).index).value


def _line(name: str, value: str) -> None:
    click.echo(f"  {name}: {value}")


def _followers(desk: Wiring, feed: Feed, followers: Mapping[str, int]) -> int:
    """How many follow its documents at our hub."""
    site = desk.settings.site
    return sum(
        followers.get(public(site, f"{feed.key}.{ending}"), 0) for ending in ENDINGS
    )


# ── JSON ──


def _as_json(
    desk: Wiring,
    feed: Feed,
    figures: Mapping[str, Figures],
    followers: Mapping[str, int],
) -> dict[str, Any]:
    has = figures.get(feed.key)
    site = desk.settings.site
    return {
        "key": feed.key,
        "title": feed.title,
        "description": feed.description,
        "categories": list(feed.categories),
        "sources": list(feed.sources),
        "phrases": list(feed.phrases),
        "languages": list(feed.languages),
        "rights": _rights(desk, feed),
        "order": feed.order.value,
        "limit": feed.limit,
        "published": has is not None,
        "stories": has.stories if has else 0,
        "gone": has.gone if has else 0,
        "pages": has.pages if has else 0,
        "changed": has.changed_at if has else None,
        "followers": _followers(desk, feed, followers),
        "addresses": {
            ending: public(site, f"{feed.key}.{ending}") for ending in ENDINGS
        },
    }
