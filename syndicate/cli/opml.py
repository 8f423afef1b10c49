"""``syndicate sources import`` and ``export``: lists of feeds, as all readers know."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.config.environment import read_environment
from syndicate.config.settings import Settings
from syndicate.config.writing import add_sources, mistakes_of
from syndicate.errors import SyndicateError
from syndicate.gather.guesses import asked_addresses, root_of
from syndicate.gather.naming import key_for, title_for
from syndicate.gather.opml import Outline, read_opml, write_opml
from syndicate.model import Rights, SourceKind
from syndicate.text.clean import slug
from syndicate.text.urls import schemeless

LINK_KINDS = (SourceKind.LISTING.value, SourceKind.SITEMAP.value)


@dataclass(slots=True)
class Import:
    """What an import comes to."""

    tables: list[dict[str, Any]] = field(default_factory=list)
    """New sources."""
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """(address, why): there already, or twice in the file."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(address, why): it cannot be a source."""

    def as_json(self, *, written: bool) -> dict[str, Any]:
        """Return the same for machines."""
        return {
            "written": written,
            "added": self.tables,
            "skipped": [{"url": url, "why": why} for url, why in self.skipped],
            "refused": [{"url": url, "why": why} for url, why in self.refused],
        }


@click.command("import", help=_("Add the feeds of an OPML file."))
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help=_("Show what would be written."))
@show.json_option
@click.pass_obj
def import_file(path: Path, file: Path, dry_run: bool, as_json: bool) -> None:
    """Add all feeds in one step; exit code 1 if some entries are no source."""
    outlines = read_opml(_read(file), name=str(file))
    with opened(path) as desk:
        found = plan_import(outlines, desk.settings)
    if found.tables and not dry_run:
        add_sources(path, read_environment(), found.tables)
    if as_json:
        show.as_json(found.as_json(written=bool(found.tables) and not dry_run))
    else:
        _show(found, path, dry_run)
    if found.refused:
        raise click.exceptions.Exit(1)
    if not outlines:
        raise SyndicateError(_("{file} lists no feed").format(file=file))


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    return file.read_bytes()


def plan_import(outlines: Sequence[Outline], settings: Settings) -> Import:
    """Decide what becomes of each outline; writes nothing."""
    found = Import()
    taken = {source.key for source in settings.sources}
    known = {schemeless(source.url): source.key for source in settings.sources}
    own = f"{schemeless(settings.site.base_url).rstrip('/')}/"
    categories = _by_name(settings)
    for outline in outlines:
        said = outline.feed or outline.page
        if why := _refusal(outline, own):
            found.refused.append((said, why))
            continue
        table = _table(outline, taken, categories, settings)
        mark = schemeless(table["url"])
        if mark in known:
            why = _('is the source "{key}" already').format(key=known[mark])
            found.skipped.append((said, why))
        elif mistakes := mistakes_of(table):
            found.refused.append((said, "; ".join(mistakes)))
        else:
            found.tables.append(table)
            taken.add(table["key"])
            known[mark] = table["key"]
    return found


def _by_name(settings: Settings) -> dict[str, str]:
    """Slugs of the categories, by their slug and by that of their title."""
    named = {slug(one.title): one.slug for one in settings.categories}
    return named | {one.slug: one.slug for one in settings.categories}


def _refusal(outline: Outline, own: str) -> str:
    """Why an outline cannot be a source; empty if it can."""
    given = dict(outline.own)
    ours = given.get("kind") in LINK_KINDS
    if outline.kind.startswith(("html+", "json+", "xml+")):
        return _("is read by rules of its reader; try `syndicate sources add` with it")
    if not outline.feed and not ours:
        return _("is a link, not a feed; try `syndicate sources add` with it")
    address = outline.feed or outline.page
    if not address.lower().startswith(("http", "feed:")) or not asked_addresses(
        address
    ):
        return _("is not a web address")
    if schemeless(asked_addresses(address)[0]).startswith(own):
        return _("is an address of this desk; its own feeds are no source")
    return ""


def _table(
    outline: Outline,
    taken: set[str],
    categories: dict[str, str],
    settings: Settings,
) -> dict[str, Any]:
    given = dict(outline.own)
    address = asked_addresses(outline.feed or outline.page)[0]
    title = title_for(outline.title, url=address)
    home = given.get("home") or (outline.page if outline.feed else "")
    named = (slug(one) for one in (*outline.folders, *outline.terms))
    slugs = dict.fromkeys(categories[one] for one in named if one in categories)
    key = given.get("key", "")
    rights = given.get("rights", "")
    language = outline.language.partition("-")[0].lower()
    zone = given.get("timezone", "")
    table: dict[str, Any] = {
        "key": key if key and key not in taken else key_for(address, title, taken),
        "title": title,
        "kind": "feed" if outline.feed else given["kind"],
        "url": address,
        "home": _home(home, address),
        "language": language or settings.site.language,
        "timezone": "" if zone == settings.site.timezone else zone,
        "categories": list(slugs),
        "rights": rights if rights in set(Rights) else "extract",
    }
    return {name: value for name, value in table.items() if value}


def _home(said: str, address: str) -> str:
    found = asked_addresses(said)
    plain = found and said.lower().startswith("http")
    return found[0] if plain and found[0].rstrip("/") != root_of(address) else ""


def _show(found: Import, path: Path, dry_run: bool) -> None:
    if found.tables:
        show.table(
            (_("key"), _("title"), _("address"), _("categories")),
            [
                (
                    one["key"],
                    one["title"],
                    one["url"],
                    ", ".join(one.get("categories", ())),
                )
                for one in found.tables
            ],
        )
    for url, why in (*found.skipped, *found.refused):
        click.echo(f"{url}: {why}", err=True)
    counts = {
        "added": len(found.tables),
        "skipped": len(found.skipped),
        "refused": len(found.refused),
    }
    if dry_run:
        said = _(
            "{added} would be added, {skipped} are there, {refused} are no source."
        )
    else:
        said = _(
            "{added} added to {path}, {skipped} were there, {refused} are no source."
        )
    click.echo(said.format(path=path, **counts))


@click.command("export", help=_("Write the sources as an OPML file."))
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export_file(path: Path, file: Path | None) -> None:
    """Write OPML 2.0 to FILE, or to the screen."""
    with opened(path) as desk:
        sources = desk.settings.sources
        content = write_opml(desk.settings.site.title, sources)
    if file is None:
        click.echo(content, nl=False)
    else:
        file.write_bytes(content)
        told = _("{count} sources written to {file}.")
        web = sum(one.kind is not SourceKind.FOLDER for one in sources)
        click.echo(told.format(count=web, file=file), err=True)
    if left := [one.key for one in sources if one.kind is SourceKind.FOLDER]:
        said = _("Left out, because folders have no address: {keys}")
        click.echo(said.format(keys=", ".join(left)), err=True)
