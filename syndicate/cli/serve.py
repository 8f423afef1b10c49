"""``syndicate serve``: everything, in one process, until Ctrl-C."""

from __future__ import annotations

import errno
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import click
import uvicorn

from syndicate.cli.reporting import reporting
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.pipeline.mailing import rescue
from syndicate.pipeline.publishing import publish
from syndicate.schedule.clock import Clock
from syndicate.schedule.tick import Desk, Keeping, Published, tick
from syndicate.web.app import WebDesk, build
from syndicate.web.documents import Documents
from syndicate.web.push import PushDoor

TICK = 30.0
"""Seconds between two looks at what is due."""
BACKLOG = 2048
"""Callers that wait at the door while we start."""
GRACE = 5
"""Seconds that answers under way have when the desk is to end."""


@click.command("serve", help=_("Gather, publish, mail and serve until Ctrl-C."))
@click.option("--no-schedule", is_flag=True, help=_("Serve the web only."))
@click.pass_obj
def command(path: Path, no_schedule: bool) -> None:
    """Run the clock and the web side by side."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s"
    )
    for noisy in ("apscheduler", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The port first: where another desk is at work, nothing may be touched.
    with opened(path) as desk, _until_told(), listen(desk) as listening:
        publish(desk.publishing(), desk.clock())
        if no_schedule:
            serve_web(desk, listening)
            return
        rescue(desk.database, desk.clock())
        work = partial(tick, _desk(desk), Published())
        clock = Clock(work, seconds=TICK, start_at=desk.clock())
        clock.start()
        try:
            serve_web(desk, listening)
        finally:
            desk.stopping.set()
            clock.stop()


@contextmanager
def _until_told() -> Iterator[None]:
    """Let SIGTERM end us as Ctrl-C does: in order, and with nothing to complain of."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _desk(desk: Wiring) -> Desk:
    return Desk(
        database=desk.database,
        sources=desk.settings.sources,
        digests=desk.settings.digests,
        fetcher=desk.fetcher,
        gathering=desk.gathering,
        publishing=desk.publishing(),
        mailing=desk.mailing() if desk.settings.digests else None,
        transport=desk.transport,
        clock=desk.clock,
        stopping=desk.stopping.is_set,
        reporting=reporting(desk),
        pushing=desk.pushing(),
        keeping=Keeping(retention=desk.settings.retention, desk=desk.filing()),
    )


def _door(desk: Wiring) -> PushDoor | None:
    gather = desk.settings.gather
    if not gather.push:
        return None
    return PushDoor(
        database=desk.database, clock=desk.clock, largest=gather.limits.wire
    )


def listen(desk: Wiring) -> socket.socket:
    """Take the port, before anything else is begun; raises SyndicateError."""
    web = desk.settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((web.host, web.port))
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        why = error.strerror
        if error.errno == errno.EADDRINUSE:
            why = _("another program listens there; change [web] port")
        where = f"{web.host}:{web.port}"
        said = _("cannot listen on {where}: {why}")
        raise SyndicateError(said.format(where=where, why=why)) from None
    return taken


def serve_web(desk: Wiring, listening: socket.socket) -> None:
    """Serve feeds and pages until Ctrl-C."""
    web_desk = WebDesk(
        database=desk.database,
        documents=Documents(desk.settings.publish.folder),
        digests=desk.settings.digests,
        mailing=desk.mailing() if desk.settings.digests else None,
        secret=desk.secret,
        site=desk.settings.site,
        templates=desk.templates(),
        standing=desk.standing,
        clock=desk.clock,
        push=_door(desk),
    )
    config = uvicorn.Config(
        build(web_desk),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    said = _("Serving at http://{host}:{port}/ until Ctrl-C.")
    click.echo(said.format(host=shown, port=port))
    with _until_told():
        uvicorn.Server(config).run(sockets=[listening])
    click.echo()
