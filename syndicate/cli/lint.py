"""``syndicate lint``: what is wrong with a feed, of ours or of anybody."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import click

from syndicate import __version__
from syndicate.cli import show
from syndicate.cli.parts import now, settings
from syndicate.cli.words import _, ngettext
from syndicate.errors import FetchError, SyndicateError
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.ports import Request, Response
from syndicate.publish.lint import Finding, Level, lint, said

_KINDS = (
    _("text"),
    _("a number"),
    _("true or false"),
    _("a list"),
    _("an object"),
)
"""What WrongType asks for, named here so that it is translated."""
_LEVELS = {Level.ERROR: _("error"), Level.WARNING: _("warning")}


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was asked for, or why it could not be had."""

    target: str
    content: bytes = b""
    urls: tuple[str, ...] = ()
    """Where it was read: as asked, and after redirects."""
    content_type: str = ""
    failure: str = ""


@click.command(
    "lint",
    help=_("Check feeds: RSS, Atom, JSON Feed, OPML; files or addresses."),
    epilog=_(
        "Exit codes: 0 no error; 1 an error, or something could not be read;"
        " 4 nothing could be read."
    ),
)
@click.argument("targets", nargs=-1, required=True, metavar="FILE|URL…")
@click.option(
    "--url", default="", help=_("The address at which the one FILE will be read.")
)
@click.option("--strict", is_flag=True, help=_("Exit with 1 for a warning too."))
@click.option("--all", "every", is_flag=True, help=_("Show every place of a rule."))
@show.json_option
@click.pass_obj
def command(
    path: Path,
    targets: tuple[str, ...],
    url: str,
    strict: bool,
    every: bool,
    as_json: bool,
) -> None:
    """Read each target, check it, and say what is wrong."""
    if url and len(targets) > 1:
        raise click.UsageError(_("--url goes with one FILE"))
    read = _read(path, targets, url)
    found = {one.target: _check(one) for one in read}
    if as_json:
        show.as_json([_as_json(one, found[one.target]) for one in read])
    else:
        for one in read:
            _show(one, found[one.target], every=every)
    failed = [one for one in read if one.failure]
    if len(failed) == len(read):
        raise click.exceptions.Exit(4)
    worst = {finding.level for findings in found.values() for finding in findings}
    if failed or Level.ERROR in worst or (strict and worst):
        raise click.exceptions.Exit(1)


def _check(one: Read) -> tuple[Finding, ...]:
    """Check a document; it may say that it is where it was asked, or where it lay."""
    if one.failure:
        return ()
    at = now()
    results = [
        lint(one.content, url=url, content_type=one.content_type, now=at)
        for url in one.urls or ("",)
    ]
    return min(results, key=len)


# ── Reading ──────────────────────────────────────────────────────────────────


def _read(path: Path, targets: Sequence[str], url: str) -> list[Read]:
    addresses = [target for target in targets if _is_address(target)]
    fetched = asyncio.run(_fetch(path, addresses)) if addresses else {}
    return [
        fetched[target] if target in fetched else _file(target, url)
        for target in targets
    ]


def _is_address(target: str) -> bool:
    return target.lower().startswith(("http://", "https://"))


def _file(target: str, url: str) -> Read:
    try:
        if target == "-":
            content = sys.stdin.buffer.read()
        else:
            content = Path(target).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Read(target, failure=reason)
    return Read(target, content, (url,) if url else ())


async def _fetch(path: Path, addresses: Sequence[str]) -> dict[str, Read]:
    """Ask as the desk asks if there is a config.toml, and as anybody if not."""
    limits, guard, agent = Limits(), AddressGuard(), f"syndicate/{__version__}"
    if path.is_file():
        desk = settings(path)
        gather = desk.gather
        limits = gather.limits
        guard = AddressGuard(allow=tuple(ip_network(net) for net in gather.allow))
        agent += f" (+{desk.site.base_url}/)"
    found: dict[str, Read] = {}
    async with HttpFetcher(limits, guard, agent) as fetcher:
        for address in dict.fromkeys(addresses):
            try:
                answer = await fetcher.fetch(Request(url=address))
                found[address] = _answered(address, answer)
            except FetchError as error:
                found[address] = Read(address, failure=error.reason)
            except SyndicateError as error:
                found[address] = Read(address, failure=str(error))
    return found


def _answered(address: str, answer: Response) -> Read:
    urls = tuple(dict.fromkeys((answer.url, address)))
    return Read(address, answer.body, urls, answer.headers.get("content-type", ""))


# ── Saying ───────────────────────────────────────────────────────────────────


def _show(one: Read, findings: Sequence[Finding], *, every: bool) -> None:
    if one.failure:
        words = _("{target}: cannot be read: {reason}")
        click.echo(words.format(target=one.target, reason=one.failure), err=True)
        return
    counts = Counter(finding.level for finding in findings)
    if not findings:
        click.echo(_("{target}: valid").format(target=one.target))
        return
    told = ", ".join(_counted(counts))
    click.echo(_("{target}: {told}").format(target=one.target, told=told))
    show.table(
        [_("line"), _("level"), _("rule"), _("what to do"), _("times")],
        _rows(findings, every=every),
        right=(0, 4),
    )


def _counted(counts: Counter[Level]) -> Iterable[str]:
    errors, warnings = counts[Level.ERROR], counts[Level.WARNING]
    if errors:
        yield ngettext("{count} error", "{count} errors", errors).format(count=errors)
    if warnings:
        words = ngettext("{count} warning", "{count} warnings", warnings)
        yield words.format(count=warnings)


def _rows(findings: Sequence[Finding], *, every: bool) -> Iterable[Sequence[object]]:
    """One row for each rule, at its first place, or for each finding; errors first."""
    counts = Counter(finding.rule for finding in findings)
    known: set[str] = set()
    for finding in sorted(findings, key=lambda one: one.level is not Level.ERROR):
        if finding.rule in known and not every:
            continue
        known.add(finding.rule)
        times = 1 if every else counts[finding.rule]
        yield (
            finding.line or "–",
            _LEVELS[finding.level],
            finding.rule,
            _said(finding),
            times if times > 1 else "",
        )


def _said(finding: Finding) -> str:
    """Say it in the user's language."""
    with suppress(KeyError, IndexError, ValueError):  # a translation that is broken
        words = _(said(finding.rule))
        value = _(finding.value) if finding.rule == "WrongType" else finding.value
        return words.format(element=finding.element, value=value)
    return finding.message


def _as_json(one: Read, findings: Sequence[Finding]) -> dict[str, object]:
    counts = Counter(finding.level for finding in findings)
    return {
        "target": one.target,
        "url": one.urls[0] if one.urls else "",
        "content_type": one.content_type,
        "failure": one.failure,
        "valid": not one.failure and not findings,
        "errors": counts[Level.ERROR],
        "warnings": counts[Level.WARNING],
        "findings": [
            {
                "rule": finding.rule,
                "level": finding.level.value,
                "line": finding.line,
                "element": finding.element,
                "value": finding.value,
                "message": finding.message,
            }
            for finding in findings
        ],
    }
