"""``syndicate sources show``: everything that is known of one source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.completion import source_keys
from syndicate.cli.offers import KINDS
from syndicate.cli.reasons import reason_words, rhythm_words, span
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.config.environment import read_environment
from syndicate.gather.findings import Health
from syndicate.gather.redirects import address
from syndicate.model import (
    HubSubscription,
    Outcome,
    PushState,
    Source,
    SourceState,
    Visit,
)
from syndicate.pipeline.health import health_of
from syndicate.pipeline.telling import status_word, tell
from syndicate.store import facts, hub_subscriptions, sources
from syndicate.store.facts import Polls

VISITS = 10
HUB_STATES = {
    PushState.WANTED: _("to be asked"),
    PushState.ASKED: _("asked"),
    PushState.VERIFIED: _("verified"),
    PushState.LIVE: _("live"),
    PushState.DISTRUSTED: _("distrusted"),
    PushState.DENIED: _("denied"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the store and the settings know of a source."""

    source: Source
    state: SourceState
    health: Health
    visits: Sequence[Visit]
    polls: Polls
    hub: HubSubscription | None
    address: str
    """The one that is asked: an adopted redirect goes before config.toml."""


@click.command("show", help=_("Tell what is known of a source."))
@click.argument("key", shell_complete=source_keys)
@click.option("--visits", "limit", default=VISITS, help=_("Last visits to show."))
@show.json_option
@click.pass_obj
def show_source(path: Path, key: str, limit: int, as_json: bool) -> None:
    """Show address, state, cadence and its reason, rhythm, visits, hub, redirect."""
    with opened(path) as desk:
        known = _known(desk, desk.source(key), limit)
        zone = desk.settings.site.timezone
    if as_json:
        show.as_json(_as_json(known))
        return
    click.secho(f"{known.source.key}  {known.source.title}", bold=True)
    for name, value in _rows(known, zone):
        if value:
            click.echo(f"  {name}: {value}")
    _show_findings(known, zone)
    _show_visits(known, zone)


def _known(desk: Wiring, source: Source, limit: int) -> Known:
    others = desk.settings.sources
    with desk.database.read() as connection:
        state = sources.load(connection, source.key)
        visits = sources.visits(connection, source.key, limit)
        polls = facts.polls(connection, source.key).get(source.key, Polls())
        hub = hub_subscriptions.load(connection, source.key)
    return Known(
        source=source,
        state=state,
        health=health_of(desk.database, source, desk.clock(), others=others),
        visits=visits,
        polls=polls,
        hub=hub,
        address=address(source, state.memory, state.failures),
    )


def _rows(known: Known, zone: str) -> Iterator[tuple[str, str]]:
    source, state, memory = known.source, known.state, known.state.memory
    language = read_environment().language
    yield _("kind"), KINDS[source.kind.value]
    yield _("address"), known.address
    if known.address != source.url:
        yield _("address in config.toml"), source.url
    yield _("state"), status_word(known.health.status, language)
    yield _("trouble"), f"{state.failures} × {state.error}" if state.failures else ""
    yield _("last visit"), show.local(state.visited_at, zone)
    yield _("last success"), show.local(state.succeeded_at, zone)
    yield _("last news"), show.local(memory.news_at, zone) if memory.news_at else ""
    yield _("next visit"), show.local(state.due_at, zone)
    yield _("why then"), reason_words(memory.reason)
    yield _("rhythm"), rhythm_words(memory.rhythm)
    yield _("its own hint"), _hint(known)
    yield _("redirect"), _move(known, zone)
    yield _("hub"), _hub(known, zone)
    yield "robots.txt", _robots(known, zone)
    yield _("not modified"), _share(known.polls)
    until = memory.certificate_until
    yield _("certificate until"), show.local(until, zone) if until else ""
    if memory.shape.drift:
        yield _("layout"), _("changed: {drift}").format(drift=memory.shape.drift)
    yield _("rights"), source.rights.value
    if source.embargo:
        yield _("embargo"), span(source.embargo)
    yield _("successor"), source.successor


def _hint(known: Known) -> str:
    hint = known.state.memory.hint
    return _("good for {span}").format(span=span(hint)) if hint else ""


def _move(known: Known, zone: str) -> str:
    move = known.state.memory.move
    if move is None:
        return ""
    said = _("to {url} since {since}, not adopted yet")
    if move.adopted:
        said = _("to {url}, adopted; it has led there since {since}")
    return said.format(url=move.to, since=show.local(move.since, zone))


def _hub(known: Known, zone: str) -> str:
    named, held = known.state.memory.hub, known.hub
    if held is None:
        return _("{hub}, not subscribed").format(hub=named) if named else ""
    until = show.local(held.lease_until, zone)
    pushed = show.local(held.pushed_at, zone)
    said = _("{hub}, {state}, lease until {until}, last push {pushed}")
    state = HUB_STATES[held.state]
    return said.format(hub=held.hub, state=state, until=until, pushed=pushed)


def _robots(known: Known, zone: str) -> str:
    if not known.source.robots:
        return _("not obeyed: its owner agreed (robots = false)")
    changed = known.state.memory.robots_changed_at
    if changed:
        return _("obeyed; changed {when}").format(when=show.local(changed, zone))
    return _("obeyed")


def _share(polls: Polls) -> str:
    if not polls.idle:
        return ""
    said = _("{share} of the {count} visits without news")
    return said.format(
        share=f"{round(100 * polls.spared / polls.idle)} %", count=polls.idle
    )


def _show_findings(known: Known, zone: str) -> None:
    language = read_environment().language
    for finding in known.health.findings:
        told = tell(finding, known.source, language=language, zone=zone)
        click.echo(f"  ! {told.what}")
        for line in filter(None, (told.todo, told.line)):
            click.echo(f"    {line}")


def _show_visits(known: Known, zone: str) -> None:
    if not known.visits:
        return
    click.echo()
    show.table(
        (_("visit"), "HTTP", *(_(one.value) for one in Outcome), _("answer")),
        [
            (
                show.local(one.at, zone),
                one.status or "",
                *(one.outcomes.get(outcome, 0) or "" for outcome in Outcome),
                one.error or (_("not modified") if one.not_modified else _("read")),
            )
            for one in known.visits
        ],
        right=range(1, len(Outcome) + 2),
    )


def _as_json(known: Known) -> dict[str, Any]:
    source, state, memory = known.source, known.state, known.state.memory
    reason, rhythm, move = memory.reason, memory.rhythm, memory.move
    return {
        "key": source.key,
        "title": source.title,
        "kind": source.kind.value,
        "url": source.url,
        "address": known.address,
        "status": known.health.status.value,
        "failures": state.failures,
        "error": state.error,
        "visited_at": state.visited_at,
        "succeeded_at": state.succeeded_at,
        "news_at": memory.news_at,
        "due_at": state.due_at,
        "reason": {
            "code": reason.code.value,
            "pause": reason.pause.total_seconds(),
            "detail": reason.detail,
            "words": reason_words(reason),
        },
        "rhythm": {
            "hours": list(rhythm.hours),
            "weekdays": list(rhythm.weekdays),
            "gap": rhythm.gap,
            "seen": rhythm.seen,
            "last": rhythm.last,
        },
        "hint": memory.hint.total_seconds() if memory.hint else None,
        "redirect": {"to": move.to, "since": move.since, "adopted": move.adopted}
        if move
        else None,
        "hub": {
            "address": known.hub.hub if known.hub else memory.hub,
            "state": known.hub.state.value if known.hub else None,
            "lease_until": known.hub.lease_until if known.hub else None,
            "pushed_at": known.hub.pushed_at if known.hub else None,
        },
        "robots": {"obeyed": source.robots, "changed_at": memory.robots_changed_at},
        "not_modified": {"count": known.polls.spared, "of": known.polls.idle},
        "certificate_until": memory.certificate_until,
        "drift": memory.shape.drift,
        "findings": [
            {"code": one.code.value, "severity": one.severity.value}
            for one in known.health.findings
        ],
        "visits": [
            {
                "at": one.at,
                "status": one.status,
                "error": one.error,
                "not_modified": one.not_modified,
                "outcomes": {what.value: n for what, n in one.outcomes.items()},
                "details": list(one.details),
            }
            for one in known.visits
        ],
    }
