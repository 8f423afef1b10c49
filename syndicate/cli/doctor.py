"""``syndicate doctor``: what receivers look at, before the first mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from syndicate.cli import posting, show
from syndicate.cli.doctorwords import LEVELS, SAID
from syndicate.cli.parts import now, settings
from syndicate.cli.words import _
from syndicate.config.settings import RelaySettings, Settings
from syndicate.digest.post.names import DnsNames
from syndicate.digest.post.probing import probe
from syndicate.errors import MailError
from syndicate.pipeline.mailing.examining import Desk, Finding, Level, Relay, examine

_LINES = ("smtp", "smtps", "lmtp")
_MOST = 20
"""Checks of a usual desk, for the bar."""


@click.command("doctor", help=_("Check the DNS, the relays and settings for mail."))
@click.option("--no-network", is_flag=True, help=_("Ask nobody; check the settings."))
@show.json_option
@click.pass_obj
def command(path: Path, no_network: bool, as_json: bool) -> None:
    """Run all checks; exit code 1 if one fails. Nothing is sent or written."""
    said = settings(path)
    names = None if no_network else DnsNames()
    findings: list[Finding] = []
    with show.bar(_("Checking"), _MOST) as advance:
        for finding in examine(desk_of(said), names, now()):
            findings.append(finding)
            advance(finding.check)
    if as_json:
        show.as_json([_told(one) for one in findings])
    else:
        _show(findings)
    if any(one.level is Level.FAIL for one in findings):
        raise click.exceptions.Exit(1)


def desk_of(said: Settings) -> Desk:
    """Gather what the settings say of mail."""
    records: tuple[tuple[str, str], ...] = ()
    trouble = ""
    try:
        signer = posting.signer(said.mail)
        records = signer.records if signer else ()
    except MailError as error:
        trouble = str(error)
    return Desk(
        has_secret=bool(said.secret),
        has_digests=bool(said.digests),
        has_report_readers=bool(said.desk.report_to),
        base_url=said.site.base_url,
        sender=said.mail.sender,
        bounce_domain=said.mail.bounce_domain,
        relays=tuple(map(_relay, said.mail.relays)),
        records=records,
        key_trouble=trouble,
    )


def _relay(relay: RelaySettings) -> Relay:
    has_line = relay.url.partition(":")[0] in _LINES
    looking = partial(probe, relay.url, user=relay.user, password=relay.password)
    return Relay(name=relay.name, probe=looking if has_line else None)


def _told(one: Finding) -> dict[str, str]:
    found, todo = _words(one)
    return {
        "check": one.check,
        "level": one.level.value,
        "code": one.code,
        "about": one.about,
        "value": one.value,
        "found": found,
        "todo": todo,
    }


def _words(one: Finding) -> tuple[str, str]:
    found, todo = SAID[one.code]
    return (
        found.format(value=one.value or "–", about=one.about),
        todo.format(value=one.value or "–", about=one.about),
    )


def _show(findings: Sequence[Finding]) -> None:
    columns = (_("check"), _("level"), _("of"), _("found"), _("what to do"))
    rows = [
        (one.check, LEVELS[one.level.value], one.about, *_words(one))
        for one in findings
    ]
    show.table(columns, rows)
    counts = Counter(one.level.value for one in findings)
    told = (f"{LEVELS[level]} {counts[level]}" for level in LEVELS if counts.get(level))
    click.echo(", ".join(told))
