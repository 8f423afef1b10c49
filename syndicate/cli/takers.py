"""Partners as commands show them, in words and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring
from syndicate.cli.words import _, ngettext
from syndicate.model import Partner, Site
from syndicate.pipeline.partners.partnering import address, missing
from syndicate.pipeline.publishing import every_feed
from syndicate.store import partners


def keys(desk: Wiring) -> tuple[str, ...]:
    """Keys of the feeds that the settings make."""
    return tuple(feed.key for feed in every_feed(desk.publishing()))


# ── For `syndicate status` ──


def standing_of(desk: Wiring) -> list[dict[str, Any]]:
    """How partners stand, for machines: what they lack, and when they last came."""
    with desk.database.read() as connection:
        found = partners.every(connection)
    known = keys(desk) if found else ()
    return [
        {
            "name": one.name,
            "missing": list(missing(one, known)),
            "revoked": one.revoked_at,
            "pulled": one.pulled_at,
        }
        for one in found
    ]


def show_lacking(standing: Sequence[dict[str, Any]]) -> None:
    """Name the partners that are to get a feed that there is no more."""
    for one in standing:
        if one["missing"] and not one["revoked"]:
            said = _("The partner {name} is to get a feed that is no more: {feeds}")
            click.echo(said.format(name=one["name"], feeds=", ".join(one["missing"])))


# ── In words ──


def show_token(desk: Wiring, partner: Partner, token: str, *, as_json: bool) -> None:
    """Show a token, the only time that anybody but its holder sees it."""
    where = address(desk.settings.site, partner, token)
    if as_json:
        told = partner_json(desk.settings.site, keys(desk), partner)
        show.as_json({**told, "token": token, "address": where})
        return
    _line(_("token"), token)
    _line(_("address"), where)
    bare = address(desk.settings.site, partner)
    _line(_("or"), f"{bare}  (Authorization: Bearer {token})")
    click.echo(_("Write it down: only its hash is kept, and nobody can show it again."))


def show_partners(desk: Wiring, found: Sequence[Partner]) -> None:
    """Print a table of partners."""
    columns = (
        _("name"),
        _("title"),
        _("feeds"),
        _("rights"),
        _("format"),
        _("items"),
        _("last pull"),
        _("pulls"),
        _("unchanged"),
        _("sent"),
    )
    now, known = desk.clock(), keys(desk)
    rows = [
        (
            one.name,
            one.title,
            _scope(known, one),
            one.rights.value,
            one.format.value,
            one.items,
            _("revoked") if one.revoked_at else _last_pull(desk, one, now),
            one.pulls,
            one.unchanged,
            _size(one.bytes),
        )
        for one in found
    ]
    show.table(columns, rows, right=(5, 7, 8, 9))


def show_partner(desk: Wiring, partner: Partner) -> None:
    """Print what a partner may take, and what it took."""
    zone = desk.settings.site.timezone
    click.secho(f"{partner.name}  {partner.title}".rstrip(), bold=True)
    if partner.revoked_at:
        _line(_("revoked"), show.local(partner.revoked_at, zone))
    _line(_("feeds"), _scope(keys(desk), partner))
    _line(_("rights"), partner.rights.value)
    _line(_("format"), partner.format.value)
    _line(_("items"), str(partner.items))
    _line(_("address"), address(desk.settings.site, partner, f"syn_…{partner.hint}"))
    _line(_("since"), show.local(partner.created_at, zone))
    _line(_("last pull"), _last_pull(desk, partner, desk.clock()))
    counts = _("{pulls} pulls, {unchanged} of them without news; {size} sent")
    told = counts.format(
        pulls=partner.pulls, unchanged=partner.unchanged, size=_size(partner.bytes)
    )
    _line(_("taken"), told)
    _line(_("calls itself"), partner.agent)


def _line(name: str, value: str) -> None:
    if value:
        click.echo(f"  {name}: {value}")


def _scope(known: Sequence[str], partner: Partner) -> str:
    """Name the feeds; those that there are no more say so."""
    gone = missing(partner, known)
    told = _("{key} (there is no such feed any more)")
    return ", ".join(
        told.format(key=key) if key in gone else key for key in partner.feeds
    )


def _last_pull(desk: Wiring, partner: Partner, now: datetime) -> str:
    if partner.pulled_at is None:
        return _("never")
    said = show.local(partner.pulled_at, desk.settings.site.timezone)
    days = (now - partner.pulled_at) // timedelta(days=1)
    if days < 1:
        return said
    ago = ngettext("{n} day ago", "{n} days ago", days).format(n=days)
    return f"{said} ({ago})"


def _size(count: int) -> str:
    """Say so many bytes as people do."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


# ── JSON ──


def partner_json(site: Site, known: Sequence[str], partner: Partner) -> dict[str, Any]:
    """Say all that is known of a partner but its token."""
    return {
        "name": partner.name,
        "title": partner.title,
        "feeds": list(partner.feeds),
        "missing": list(missing(partner, known)),
        "rights": partner.rights.value,
        "format": partner.format.value,
        "items": partner.items,
        "address": address(site, partner),
        "hint": partner.hint,
        "created": partner.created_at,
        "revoked": partner.revoked_at,
        "pulled": partner.pulled_at,
        "pulls": partner.pulls,
        "unchanged": partner.unchanged,
        "bytes": partner.bytes,
        "agent": partner.agent,
    }
