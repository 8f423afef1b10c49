"""``syndicate status``: how the desk stands; the report on it, by mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.hub import hub_json, show_standing
from syndicate.cli.reporting import preparing
from syndicate.cli.takers import show_lacking, standing_of
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.config.environment import read_environment
from syndicate.errors import SyndicateError
from syndicate.gather.findings import Finding, Health, Severity
from syndicate.model import DeliveryState, Source, SourceStatus
from syndicate.pipeline.figures import share
from syndicate.pipeline.health import Healths, healths
from syndicate.pipeline.reporting import preview, report_now
from syndicate.pipeline.standing import Standing
from syndicate.pipeline.telling import Told, status_word, tell
from syndicate.pipeline.websub.hubdesk import hub_standing
from syndicate.store import traffic
from syndicate.store.traffic import HostTraffic

HOSTS = 10
"""Hosts that are shown without ``--all``: the busiest."""
COLOURS = {Severity.ACT: "red", Severity.LOOK: "yellow", Severity.NOTE: "blue"}


@click.command("status", help=_("Say how sources, stories and issues stand."))
@click.option("--all", "everything", is_flag=True, help=_("Name every source."))
@click.option("--mail", is_flag=True, help=_("Mail the report on the sources now."))
@click.option("--dry-run", is_flag=True, help=_("With --mail: print it, send nothing."))
@show.json_option
@click.pass_obj
def command(
    path: Path, everything: bool, mail: bool, dry_run: bool, as_json: bool
) -> None:
    """Show the standing; exit code 1 if a source keeps failing."""
    if dry_run and not mail:
        raise click.UsageError(_("--dry-run goes with --mail"))
    with opened(path) as desk:
        if mail:
            _mail(desk, dry_run, as_json)
            return
        standing = desk.standing()
        found = healths(
            desk.database, desk.settings.sources, standing.at, states=_states(standing)
        )
        asked = _traffic(desk)
        takers = standing_of(desk)
        hub = hub_standing(desk.hubbing())
        zone = desk.settings.site.timezone
    if as_json:
        show.as_json(
            _as_json(standing, found, asked)
            | {"partners": takers, "hub": hub_json(hub)}
        )
    else:
        _show(standing, found, zone, everything=everything)
        _show_traffic(asked, None if everything else HOSTS)
        _show_issues(standing, zone)
        show_lacking(takers)
        show_standing(hub)
    if standing.failing:
        raise click.exceptions.Exit(1)


def _states(standing: Standing) -> dict[str, Any]:
    return {source.key: state for source, state in standing.sources}


def _traffic(desk: Wiring) -> list[HostTraffic]:
    """What hosts were asked for since yesterday, by UTC days."""
    yesterday = desk.clock().date() - timedelta(days=1)
    with desk.database.read() as connection:
        return traffic.since(connection, yesterday)


# ── In words ──


def _show(standing: Standing, found: Healths, zone: str, *, everything: bool) -> None:
    language = read_environment().language
    held, asked = standing.entries, len(standing.sources)
    entries = ngettext("{n} article", "{n} articles", held).format(n=held)
    by = ngettext("from {n} source", "from {n} sources", asked).format(n=asked)
    click.echo(f"{entries} {by}. {_counts(found, language)}".rstrip())
    for one in found.desk:
        click.echo()
        _show_told(tell(one, None, language=language, zone=zone), Severity.ACT, "")
    shown = (*found.needy, *(found.noted if everything else ()))
    for source, health in shown:
        click.echo()
        _show_health(source, health, language, zone)
    click.echo()
    if everything:
        _show_sources(standing, language, zone)
    elif found.noted or len(found.pairs) > len(shown):
        click.echo(_("`syndicate status --all` names every source."))


def _counts(found: Healths, language: str) -> str:
    counts = found.counts
    if set(counts) <= {SourceStatus.ACTIVE, SourceStatus.ARCHIVED} and not found.needy:
        return _("All of them are well.") if counts else ""
    told = ", ".join(f"{n} {status_word(one, language)}" for one, n in counts.items())
    return f"{told}."


def _show_health(source: Source, health: Health, language: str, zone: str) -> None:
    status = status_word(health.status, language)
    colour = COLOURS[health.severity]
    click.echo(
        f"{click.style(source.key, bold=True)}  {click.style(status, fg=colour)}"
        f"  {source.title}"
    )
    for finding in health.findings:
        told = tell(finding, source, language=language, zone=zone)
        _show_told(told, finding.severity, "  ")


def _show_told(told: Told, severity: Severity, indent: str) -> None:
    mark = click.style("!" if severity is Severity.ACT else "·", fg=COLOURS[severity])
    click.echo(f"{indent}{mark} {told.what}")
    if told.todo:
        click.echo(f"{indent}  → {told.todo}")
    if told.line:
        click.echo(f"{indent}    {told.line}")


def _show_sources(standing: Standing, language: str, zone: str) -> None:
    show.table(
        (_("source"), _("state"), _("last visit"), _("next"), _("trouble")),
        [
            (
                source.key,
                status_word(standing.statuses[source.key], language),
                show.local(state.visited_at, zone),
                show.local(state.due_at, zone),
                f"{state.failures} × {state.error}" if state.failures else "",
            )
            for source, state in standing.sources
        ],
    )


def _show_traffic(asked: Sequence[HostTraffic], limit: int | None) -> None:
    if not asked:
        return
    rows = [_traffic_row(one) for one in asked[:limit]]
    rest = asked[len(rows) :]
    if rest:
        said = ngettext("{n} further host", "{n} further hosts", len(rest))
        whole = HostTraffic(
            host=said.format(n=len(rest)),
            day=rest[0].day,
            requests=sum(one.requests for one in rest),
            not_modified=sum(one.not_modified for one in rest),
            bytes=sum(one.bytes for one in rest),
        )
        rows.append(_traffic_row(whole))
    title = _("Since yesterday, UTC")
    columns = (_("host"), _("requests"), "304", "MB")
    show.table(columns, rows, title=title, right=(1, 2, 3))


def _traffic_row(one: HostTraffic) -> tuple[object, ...]:
    spared = share(one.not_modified, one.requests)
    return one.host, one.requests, spared, f"{one.bytes / 1e6:.1f}"


def _show_issues(standing: Standing, zone: str) -> None:
    if not standing.issues:
        return
    show.table(
        (_("issue"), _("window"), _("state"), _("stories"), _("deliveries")),
        [
            (
                f"{stored.issue.digest} {stored.issue.number}",
                f"{show.local(stored.issue.start, zone)} – "
                f"{show.local(stored.issue.end, zone)}",
                _(stored.state.value),
                len(stored.issue.items),
                ", ".join(f"{_(state)} {count}" for state, count in tally.items()),
            )
            for stored, tally in standing.issues
        ],
    )


# ── For machines ──


def _as_json(
    standing: Standing, found: Healths, asked: Iterable[HostTraffic]
) -> dict[str, object]:
    return standing.as_json() | {
        "desk": [_finding(one) for one in found.desk],
        "findings": {
            source.key: [_finding(one) for one in health.findings]
            for source, health in found.pairs
            if health.findings
        },
        "traffic": [
            {
                "host": one.host,
                "requests": one.requests,
                "not_modified": one.not_modified,
                "bytes": one.bytes,
            }
            for one in asked
        ],
    }


def _finding(one: Finding) -> dict[str, object]:
    return {
        "code": one.code.value,
        "severity": one.severity.value,
        "since": one.since.isoformat() if one.since else None,
        "count": one.count,
        "total": one.total,
        "status": one.status,
        "detail": one.detail,
        "address": one.address,
    }


# ── By mail ──


def _mail(desk: Wiring, dry_run: bool, as_json: bool) -> None:
    work = preparing(desk)
    if dry_run:
        drawn = preview(work, desk.clock())
        if as_json:
            show.as_json({"subject": drawn.subject, "text": drawn.text})
        else:
            click.echo(f"{drawn.subject}\n\n{drawn.text}")
        return
    if not work.readers:
        raise SyndicateError(
            _("[desk] report_to in config.toml is empty: nobody would get the report")
        )
    sent = report_now(work, desk.transport, clock=desk.clock)
    copies = sent.detail.copies if sent else ()
    if as_json:
        show.as_json(
            [
                {"address": one.address, "state": one.state.value, "detail": one.said}
                for one in copies
            ]
        )
    else:
        for one in copies:
            click.echo(f"{one.address}: {_(one.state.value)}: {one.said}")
    if any(one.state is not DeliveryState.ACCEPTED for one in copies):
        raise click.exceptions.Exit(1)
