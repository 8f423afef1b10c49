"""``syndicate serve``: everything, in one process, until Ctrl-C."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import click

from syndicate.cli.ending import sigterm_is_ctrl_c
from syndicate.cli.lettering import letters_sent, members_door
from syndicate.cli.reporting import consulting, reporting
from syndicate.cli.search import searching
from syndicate.cli.watching import bounces_read
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.pipeline.partners.partnerfeeds import PartnerFeeds
from syndicate.pipeline.partners.partnering import Counts
from syndicate.pipeline.partners.partnerparts import rendered_parts
from syndicate.pipeline.publishing import every_feed, publish
from syndicate.schedule.clock import Clock
from syndicate.schedule.copying import Copying
from syndicate.schedule.telling import HubThread
from syndicate.schedule.tick import AT_A_TIME, Desk, Keeping, Published, tick
from syndicate.web.app import WebDesk, build
from syndicate.web.callers import networks
from syndicate.web.documents import Documents
from syndicate.web.hub import HubDoor
from syndicate.web.partners import PartnerDoor
from syndicate.web.push import PushDoor
from syndicate.web.search import SearchDoor
from syndicate.web.server import serve

TICK = 30.0
"""Seconds between two looks at what is due."""
INDEXED = 200
"""Entries that a search indexes first, where no clock does it."""
BACKLOG = 2048
"""Callers that wait at the door while we start."""


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
    with (
        opened(path) as desk,
        _until_told(),
        listen(desk) as listening,
        _telling(desk) as hub,
        _copying(desk) as copy,
        letters_sent(desk) as write,
        bounces_read(desk, scheduled=not no_schedule),
    ):
        _publish(desk, whole=no_schedule)
        copy()
        if no_schedule:
            serve_web(desk, listening, hub, write=write)
            return
        published = Published()
        work = partial(tick, _desk(desk, hub, copy), published)
        clock = Clock(work, seconds=TICK, start_at=desk.clock())
        clock.start()
        try:
            serve_web(desk, listening, hub, write=write, scheduled=True)
        finally:
            desk.stopping.set()
            clock.stop()
            published.mailroom.join()


def _publish(desk: Wiring, *, whole: bool) -> None:
    """Publish before anybody asks.

    Where there is a clock, what takes long is gone on with at the next tick.
    """
    began = desk.clock()

    def stopping() -> bool:
        return not whole and desk.clock() - began >= AT_A_TIME

    publish(desk.publishing(), began, stopping=stopping)


@contextmanager
def _until_told() -> Iterator[None]:
    """Let SIGTERM end us as Ctrl-C does: in order, and with nothing to complain of."""
    with sigterm_is_ctrl_c(), suppress(KeyboardInterrupt):
        yield


def _desk(desk: Wiring, hub: HubThread | None, copy: Callable[[], None]) -> Desk:
    def on_published() -> None:
        copy()
        if hub:
            hub.wake()

    return Desk(
        database=desk.database,
        sources=desk.settings.sources,
        digests=desk.settings.digests,
        fetcher=desk.fetcher,
        gathering=desk.gathering,
        publishing=desk.publishing(),
        mailing=desk.mailing() if desk.settings.digests else None,
        transport=desk.transport,
        pool=desk.pool,
        clock=desk.clock,
        stopping=desk.stopping.is_set,
        reporting=reporting(desk),
        consulting=consulting(desk) if desk.settings.digests else None,
        pushing=desk.pushing(),
        keeping=Keeping(retention=desk.settings.retention, desk=desk.filing()),
        on_published=on_published,
    )


def _door(desk: Wiring) -> PushDoor | None:
    gather = desk.settings.gather
    if not gather.push:
        return None
    return PushDoor(
        database=desk.database, clock=desk.clock, largest=gather.limits.wire
    )


@contextmanager
def _telling(desk: Wiring) -> Iterator[HubThread | None]:
    """Tell followers and hubs meanwhile, if there is anybody to tell."""
    if not desk.hubs:
        yield None
        return
    hub = HubThread(desk.hubbing(), desk.caller)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()


@contextmanager
def _copying(desk: Wiring) -> Iterator[Callable[[], None]]:
    """Copy what is published to ``[publish] target`` meanwhile; gives what wakes it."""
    work = desk.mirroring()
    if work is None:
        yield lambda: None
        return
    copying = Copying(work)
    copying.start()
    try:
        yield copying.wake
    finally:
        desk.stopping.set()
        copying.stop()


def _hub_door(desk: Wiring, hub: HubThread | None) -> HubDoor | None:
    work = desk.hubbing()
    return HubDoor(work=work, wake=hub.wake) if hub and work.ours else None


def _partners(desk: Wiring) -> PartnerDoor:
    work = desk.publishing()
    feeds = PartnerFeeds(
        desk.database,
        site=work.site,
        feeds=every_feed(work),
        parts=rendered_parts(work, desk.clock),
        clock=desk.clock,
    )
    counts = Counts(desk.database)
    return PartnerDoor(feeds=feeds, counts=counts, clock=desk.clock)


def _search(desk: Wiring, catch_up: int) -> SearchDoor:
    return SearchDoor(
        catch_up=catch_up,
        searching=searching(desk),
        site=desk.settings.site,
        templates=desk.templates(),
        rights=desk.settings.publish.rights,
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


def serve_web(
    desk: Wiring,
    listening: socket.socket,
    hub: HubThread | None = None,
    *,
    write: Callable[[], None] = lambda: None,
    scheduled: bool = False,
) -> None:
    """Serve feeds and pages until Ctrl-C; ``scheduled``: a clock works beside.

    ``write`` says that a letter is owed.
    """
    partners = _partners(desk)
    documents = Documents(
        desk.settings.publish.folder,
        base_url=desk.settings.site.base_url,
        hubs=desk.hubs,
    )
    web_desk = WebDesk(
        database=desk.database,
        documents=documents,
        digests=desk.settings.digests,
        mailing=desk.mailing() if desk.settings.digests else None,
        secret=desk.secret,
        site=desk.settings.site,
        templates=desk.templates(),
        standing=desk.standing,
        clock=desk.clock,
        push=_door(desk),
        hub=_hub_door(desk, hub),
        partners=partners,
        search=_search(desk, 0 if scheduled else INDEXED),
        members=members_door(desk, write),
        proxies=networks(desk.settings.web.proxies),
    )
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    said = _("Serving at http://{host}:{port}/ until Ctrl-C.")
    click.echo(said.format(host=shown, port=port))
    try:
        with _until_told():
            serve(build(web_desk), documents, listening)
    finally:
        partners.close()
    click.echo()
