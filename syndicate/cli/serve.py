"""``syndicate serve``: everything, in one process, until Ctrl-C."""

from __future__ import annotations

import errno
import logging
import socket
from functools import partial
from pathlib import Path

import click
import uvicorn

from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.pipeline.mailing import rescue
from syndicate.pipeline.publishing import publish
from syndicate.schedule.clock import Clock
from syndicate.schedule.tick import Desk, tick
from syndicate.web.app import WebDesk, build
from syndicate.web.documents import Documents

TICK = 30.0
"""Seconds between two looks at what is due."""


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
    with opened(path) as desk:
        if no_schedule:
            serve_web(desk)
            return
        rescue(desk.database, desk.clock())
        clock = Clock(partial(tick, _desk(desk)), seconds=TICK, start_at=desk.clock())
        listening = listen(desk)
        clock.start()
        try:
            serve_web(desk, listening)
        finally:
            clock.stop()


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
    )


def listen(desk: Wiring) -> socket.socket:
    """Take the port, before anything else is begun; raises SyndicateError."""
    web = desk.settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((web.host, web.port))
    except OSError as error:
        taken.close()
        why = error.strerror
        if error.errno == errno.EADDRINUSE:
            why = _("another program listens there; change [web] port")
        where = f"{web.host}:{web.port}"
        said = _("cannot listen on {where}: {why}")
        raise SyndicateError(said.format(where=where, why=why)) from None
    return taken


def serve_web(desk: Wiring, listening: socket.socket | None = None) -> None:
    """Serve feeds and pages until Ctrl-C."""
    listening = listening or listen(desk)
    publish(desk.publishing(), desk.clock())
    web_desk = WebDesk(
        database=desk.database,
        documents=Documents(desk.settings.feeds_folder),
        digests=desk.settings.digests,
        mailing=desk.mailing() if desk.settings.digests else None,
        secret=desk.secret,
        site=desk.settings.site,
        templates=desk.templates(),
        standing=desk.standing,
        clock=desk.clock,
    )
    config = uvicorn.Config(
        build(web_desk), log_level="warning", access_log=False, server_header=False
    )
    host, port = listening.getsockname()[:2]
    click.echo(
        _("Serving at http://{host}:{port}/ until Ctrl-C.").format(host=host, port=port)
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo()
    finally:
        listening.close()
