"""``syndicate demo``: three weeks of the sample world, from first fetch to digest."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click

from syndicate.cli import show
from syndicate.cli.digest.books import told
from syndicate.cli.digest.sending import send_due
from syndicate.cli.lettering import letters_sent
from syndicate.cli.serve import listen, serve_web
from syndicate.cli.wire import Wiring, now, settings
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Outcome, Story, Visit
from syndicate.pipeline.gathering import gather
from syndicate.pipeline.publishing import publish
from syndicate.publish.disk.folder import Written
from syndicate.store import stories

SAMPLE_SECRET = "the sample desk signs links to itself only"  # noqa: S105 -- loopback
STEP = timedelta(hours=12)


@click.command("demo", help=_("Gather, publish and mail three weeks of sample news."))
@click.option("--once", is_flag=True, help=_("End after the work; do not serve."))
@click.option(
    "--clock",
    "end",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    default="2026-10-19T06:00",
    show_default=True,
    help=_("Where the sample world's time ends (local)."),
)
@show.json_option
@click.pass_obj
def command(path: Path, once: bool, end: datetime, as_json: bool) -> None:
    """Live through the sample weeks half a day at a time, then serve the result."""
    began = time.monotonic()
    chosen = settings(path)
    until = end.replace(tzinfo=ZoneInfo(chosen.site.timezone))
    moment = [until]
    desk = Wiring(chosen, clock=lambda: moment[0], secret=SAMPLE_SECRET)
    try:
        listening = None if once else listen(desk)
        visits = _live(desk, moment, until)
        written = publish(desk.publishing(), until)
        lines = []
        for digest in chosen.digests:
            sent = send_due(desk, digest, until)
            tally = {state.value: n for state, n in sent.tally.items() if n}
            lines.append(told(sent.issue, tally))
        summary = _summary(desk, visits, written, lines)
        if as_json:
            show.as_json(summary)
        else:
            _show(desk, summary, lines, time.monotonic() - began)
        if listening:
            began_serving = now()
            desk.clock = lambda: until + (now() - began_serving)  # it goes on
            with letters_sent(desk) as write:
                serve_web(desk, listening, write=write)
    finally:
        desk.close()
    if any(one.error or one.details for one in visits):
        raise click.exceptions.Exit(1)


def _live(desk: Wiring, moment: list[datetime], until: datetime) -> list[Visit]:
    """Visit the sample portals at each step of their time that we have not lived."""
    if not desk.settings.sources:
        raise SyndicateError(_("config.toml names no source; the sample one does"))
    world = _sample_world(desk.settings.folder)
    tellings = world.load_tellings(world.ARTICLES)
    network, port = _network(desk.settings.sources[0].url)
    steps = _steps(desk, _opening(tellings), until)
    visits: list[Visit] = []
    with (
        _served(world.World(tellings, lambda: moment[0], network=network, port=port)),
        show.bar(_("Three weeks"), len(steps)) as advance,
    ):
        for step in steps:
            moment[0] = step
            visits.extend(asyncio.run(_visit_in_order(desk)))
            advance(show.local(step, desk.settings.site.timezone))
    moment[0] = until
    return visits


@contextmanager
def _served(portals: AbstractContextManager[object]) -> Iterator[None]:
    """Serve the portals; a port that is taken is said in a line."""
    with ExitStack() as stack:
        try:
            stack.enter_context(portals)
        except OSError as error:
            raise SyndicateError(
                _("the sample portals cannot be served: {why}").format(why=error)
            ) from None
        yield


async def _visit_in_order(desk: Wiring) -> list[Visit]:
    """Visit one portal after the other, so that each run tells the same tale."""
    visits: list[Visit] = []
    async with desk.fetcher() as fetcher:
        work = desk.gathering(fetcher)
        for source in desk.settings.sources:
            visits.extend(await gather(work, [source]))
    return visits


def _sample_world(folder: Path) -> ModuleType:
    """Import the sample world, which comes with the source tree, not with the wheel."""
    if not (folder / "samples" / "world.py").is_file():
        raise SyndicateError(
            _("there is no sample world beside {folder}/config.toml").format(
                folder=folder
            )
        )
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return import_module("samples.world")


def _network(url: str) -> tuple[str, int]:
    """Read off the settings where the portals are expected: (127.0.1, 8081)."""
    parts = urlsplit(url)
    return (parts.hostname or "").rpartition(".")[0], parts.port or 80


def _opening(tellings: Sequence[Any]) -> datetime:
    """When the last of the portals has its first article."""
    first: dict[str, datetime] = {}
    for telling in tellings:
        first[telling.portal] = min(first.get(telling.portal, telling.at), telling.at)
    return max(first.values())


def _steps(desk: Wiring, opening: datetime, until: datetime) -> list[datetime]:
    """Give the moments at which the portals are visited; always ends with the last."""
    lived = [
        state.visited_at for _, state in desk.standing().sources if state.visited_at
    ]
    steps = [until]
    while steps[0] - STEP >= opening:
        steps.insert(0, steps[0] - STEP)
    return [step for step in steps if not lived or step > max(lived)] or [until]


def _summary(
    desk: Wiring, visits: Sequence[Visit], written: Written, issues: Sequence[str]
) -> dict[str, object]:
    outcomes: Counter[Outcome] = Counter()
    for one in visits:
        outcomes.update(one.outcomes)
    with desk.database.read() as connection:
        told_stories = stories.latest(connection)
    return {
        "visits": len(visits),
        "new": outcomes[Outcome.NEW],
        "repeats": outcomes[Outcome.REPEAT],
        "changed": outcomes[Outcome.CHANGED],
        "failed": outcomes[Outcome.FAILED],
        "entries": desk.standing().entries,
        "stories": len(told_stories),
        "shared": _shared(told_stories),
        "documents_written": len(written.changed),
        "documents_unchanged": written.unchanged,
        "documents_failed": dict(written.failed),
        "issues": list(issues),
        "feeds": str(desk.settings.publish.folder),
        "outbox": desk.settings.mail.relays[0].url.removeprefix("folder:"),
    }


def _shared(found: Sequence[Story]) -> int:
    return sum(1 for story in found if story.others)


def _show(
    desk: Wiring, summary: dict[str, object], issues: Sequence[str], seconds: float
) -> None:
    said = _(
        "{visits} visits: {new} new stories, {repeats} repeats, {changed} corrections, "
        "{failed} failures."
    )
    click.echo(said.format(**summary))
    said = _("{entries} entries tell {stories} stories; {shared} are told by several.")
    click.echo(said.format(**summary))
    said = _("{documents_written} documents written, {documents_unchanged} unchanged.")
    click.echo(said.format(**summary))
    for line in issues:
        click.echo(line)
    click.echo(_("Done in {seconds:.1f} s. Look at:").format(seconds=seconds))
    feeds, outbox = desk.settings.publish.folder, summary["outbox"]
    here = Path(sys.executable).parent / "syndicate"
    places = (
        (_("pages and feeds"), feeds / "index.html"),
        (_("mails"), outbox),
        (_("one article"), f"{here} explain 1"),
    )
    for name, place in places:
        click.echo(f"  {name}: {place}")
