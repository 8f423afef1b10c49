"""``syndicate sources add``: what an address offers becomes a ``[[source]]``."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.offers import (
    discovery_json,
    nothing_found,
    percent,
    show_offer,
    show_tries,
)
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.config.environment import read_environment
from syndicate.config.writing import add_sources, as_toml, mistakes_of
from syndicate.errors import ConfigError, SyndicateError
from syndicate.gather.guesses import asked_addresses, root_of
from syndicate.gather.naming import key_for, title_for
from syndicate.gather.verdict import Offer
from syndicate.model import Source, SourceKind
from syndicate.pipeline.asking import Looking
from syndicate.pipeline.discovering import Discovery, discover
from syndicate.text.urls import schemeless

CERTAIN_ENOUGH = 0.4
"""Below this nobody but a person may choose."""
SHOWN = 5
"""Items of the best offer that are shown."""
MOST_OFFERS = 8


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person said beside the address."""

    key: str
    kind: str
    title: str
    yes: bool
    dry_run: bool
    as_json: bool


@click.command("add", help=_("Find out what an address offers, and add it."))
@click.argument("url")
@click.option("--key", default="", help=_("Key of the new source."))
@click.option(
    "--kind",
    type=click.Choice([one.value for one in SourceKind]),
    help=_("Take an offer of this kind; a folder is not asked, only added."),
)
@click.option("--title", default="", help=_("Title of the new source."))
@click.option("--yes", "-y", is_flag=True, help=_("Take the best offer, ask nothing."))
@click.option("--dry-run", is_flag=True, help=_("Show what would be written."))
@show.json_option
@click.pass_obj
def add(path: Path, /, url: str, **options: Any) -> None:
    """Discover, show, choose, check and write; exit code 4 if there is nothing."""
    options["kind"] = options["kind"] or ""
    wishes = Wishes(**options)
    with opened(path) as desk:
        if wishes.kind == SourceKind.FOLDER:
            _finish(desk, path, _folder_table(desk, url, wishes), wishes, {})
            return
        addresses = asked_addresses(url)
        if not addresses:
            said = _(
                '"{url}" is no web address; write one like https://portal.example/'
            )
            raise SyndicateError(said.format(url=url))
        _refuse_known(desk, addresses)
        found = _discovered(desk, url, wishes)
        offer = _chosen(desk, found, wishes)
        table = _table(desk, found, offer, wishes)
        _finish(desk, path, table, wishes, discovery_json(found))


def _discovered(desk: Wiring, url: str, wishes: Wishes) -> Discovery:
    async def run() -> Discovery:
        async with desk.fetcher() as fetcher:
            work = Looking(
                fetcher=fetcher,
                now=desk.clock(),
                zone=desk.settings.site.timezone,
                robots=desk.settings.gather.robots,
                base_url=desk.settings.site.base_url,
                on_ask=None if wishes.as_json else _tell_asking,
            )
            return await discover(work, url)

    return asyncio.run(run())


def _tell_asking(address: str) -> None:
    if sys.stderr.isatty():
        click.secho(f"  {address}", dim=True, err=True)


# ── Refusing ─────────────────────────────────────────────────────────────────


def _refuse_known(desk: Wiring, addresses: Sequence[str]) -> None:
    """Raise SyndicateError for what is a source already, or our own."""
    for address in addresses:
        if schemeless(address).startswith(_own(desk)):
            said = _("{url} is an address of this desk; its own feeds are no source")
            raise SyndicateError(said.format(url=address))
        if known := _known(desk, address):
            said = _('{url} is the source "{key}" already')
            raise SyndicateError(said.format(url=address, key=known.key))


def _own(desk: Wiring) -> str:
    return f"{schemeless(desk.settings.site.base_url).rstrip('/')}/"


def _known(desk: Wiring, address: str) -> Source | None:
    asked = schemeless(address)
    return next(
        (one for one in desk.settings.sources if schemeless(one.url) == asked), None
    )


# ── Choosing ─────────────────────────────────────────────────────────────────


def _chosen(desk: Wiring, found: Discovery, wishes: Wishes) -> Offer:
    """The offer to take: the person's choice, or the best."""
    offers = [one for one in found.offers if wishes.kind in ("", one.kind.value)]
    if not wishes.as_json:
        _show_all(found, offers, desk.settings.site.timezone)
    if not offers:
        if wishes.as_json:
            show.as_json({**discovery_json(found), "written": False})
        elif not found.offers:
            show_tries(found.tries)
        raise SyndicateError(_no_offer(found, wishes))
    offer = offers[0]
    if _may_ask(wishes) and len(offers) > 1:
        offer = offers[_asked_number(len(offers)) - 1]
    elif offer.confidence < CERTAIN_ENOUGH and not wishes.yes:
        raise SyndicateError(
            _(
                "the best offer has a confidence of {share} only; --yes takes it all "
                "the same"
            ).format(share=percent(offer.confidence))
        )
    elif not wishes.as_json:
        click.echo(_("Taken: the best, {url}").format(url=offer.url))
    if not offer.read:
        offer = _looked_at(desk, offer, wishes)
    if offer.ours:
        said = _("{url} is an address of this desk; its own feeds are no source")
        raise SyndicateError(said.format(url=offer.url))
    _refuse_known(desk, [offer.url])
    return offer


def _looked_at(desk: Wiring, offer: Offer, wishes: Wishes) -> Offer:
    """The offer, read at last; raises SyndicateError if it is none."""
    found = _discovered(desk, offer.url, wishes)
    same = [one for one in found.offers if one.kind is offer.kind]
    if not same:
        raise SyndicateError(nothing_found(found))
    return replace(same[0], title=same[0].title or offer.title)


def _no_offer(found: Discovery, wishes: Wishes) -> str:
    if not found.offers:
        return nothing_found(found)
    kinds = ", ".join(sorted({one.kind.value for one in found.offers}))
    said = _("nothing of the kind {kind} was found; there is: {kinds}")
    return said.format(kind=wishes.kind, kinds=kinds)


def _show_all(found: Discovery, offers: Sequence[Offer], zone: str) -> None:
    if found.gone:
        said = _("The address is gone; this is what {url} offers.")
        click.echo(said.format(url=found.asked), err=True)
    if found.article:
        click.echo(_("This is one article; what it stands in is offered."), err=True)
    for number, offer in enumerate(offers[:MOST_OFFERS], start=1):
        show_offer(number, offer, zone, limit=SHOWN if number == 1 else 2)
    if len(offers) > MOST_OFFERS:
        said = _("… and {count} more; --json names all of them.")
        click.echo(said.format(count=len(offers) - MOST_OFFERS))


def _may_ask(wishes: Wishes) -> bool:
    quiet = wishes.yes or wishes.as_json
    return not quiet and sys.stdin.isatty()


def _asked_number(count: int) -> int:
    number: int = click.prompt(
        _("Which one? (Ctrl-C: none)"), type=click.IntRange(1, count), default=1
    )
    return number


# ── Writing ──────────────────────────────────────────────────────────────────


def _table(
    desk: Wiring, found: Discovery, offer: Offer, wishes: Wishes
) -> dict[str, Any]:
    """The new ``[[source]]``: what is as it would be anyway is left out."""
    title = wishes.title or title_for(offer.title, found.title, url=offer.url)
    home = offer.home if offer.home.startswith(("http://", "https://")) else ""
    table: dict[str, Any] = {
        "key": wishes.key or _free_key(desk, offer.url, title),
        "title": title,
        "kind": offer.kind.value,
        "url": offer.url,
        "home": "" if home.rstrip("/") == root_of(offer.url) else home,
        "language": offer.language or found.language or desk.settings.site.language,
        "rights": "extract",
        "read_pages": offer.read_pages,
        "hour_only": offer.hour_only,
        "selectors": _selectors(offer),
    }
    return {key: value for key, value in table.items() if value}


def _selectors(offer: Offer) -> dict[str, str]:
    """What was found out about its pages that no reader can know by itself."""
    if not offer.signature:
        return {}
    begins = r"\s*".join(re.escape(part) for part in offer.signature.split())
    return {"signature": rf"^{begins}\s*"}


def _folder_table(desk: Wiring, said: str, wishes: Wishes) -> dict[str, Any]:
    folder = desk.settings.folder / said
    if not folder.is_dir():
        raise SyndicateError(_('there is no folder "{folder}"').format(folder=folder))
    title = wishes.title or folder.resolve().name
    return {
        "key": wishes.key or _free_key(desk, "", title),
        "title": title,
        "kind": "folder",
        "url": said,
        "language": desk.settings.site.language,
        "rights": "extract",
    }


def _free_key(desk: Wiring, url: str, title: str) -> str:
    return key_for(url, title, {one.key for one in desk.settings.sources})


def _finish(
    desk: Wiring,
    path: Path,
    table: dict[str, Any],
    wishes: Wishes,
    found: dict[str, Any],
) -> None:
    """Write the source, unless it is only to be shown; say what was done."""
    _refuse_table(desk, table)
    if not wishes.dry_run:
        add_sources(path, read_environment(), [table])
    if wishes.as_json:
        done = {"source": table, "written": not wishes.dry_run}
        show.as_json({**found, **done})
        return
    click.echo(f"\n{as_toml([table])}", nl=False)
    if wishes.dry_run:
        click.echo(_("Nothing was written (--dry-run)."), err=True)
        return
    said = _("Written to {path}. `syndicate gather {key}` visits it now.")
    click.echo(said.format(path=path, key=table["key"]), err=True)


def _refuse_table(desk: Wiring, table: dict[str, Any]) -> None:
    """Raise ConfigError for what ``--key`` or ``--title`` make wrong."""
    mistakes = list(mistakes_of(table))
    if table["key"] in {one.key for one in desk.settings.sources}:
        said = _('key: "{key}" is taken; choose another with --key')
        mistakes.append(said.format(key=table["key"]))
    if mistakes:
        raise ConfigError(tuple(mistakes))
