"""The web application: what is answered at which address."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from syndicate.errors import SyndicateError
from syndicate.model import Digest, IssueState, Site
from syndicate.pipeline.mailing.copies import Mailing, draw
from syndicate.pipeline.membership.leaving import leave, subscriber
from syndicate.pipeline.standing import Standing
from syndicate.store import Database, issues
from syndicate.store.issues import StoredIssue
from syndicate.templating import Templates
from syndicate.translate import translation
from syndicate.web.documents import Documents
from syndicate.web.headers import HEADERS
from syndicate.web.hub import HubDoor
from syndicate.web.hub import routes as hub_routes
from syndicate.web.partners import PartnerDoor
from syndicate.web.partners import routes as partner_routes
from syndicate.web.push import PushDoor, routes
from syndicate.web.root import routes as root_routes
from syndicate.web.search import SearchDoor
from syndicate.web.search import routes as search_routes

PUBLIC = (IssueState.APPROVED, IssueState.SENT)
"""A draft is nobody's business yet."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDesk:
    """Everything that the pages need."""

    database: Database
    documents: Documents
    digests: Sequence[Digest]
    mailing: Mailing | None
    """None where there is no digest."""
    secret: str
    site: Site
    templates: Templates
    standing: Callable[[], Standing]
    clock: Callable[[], datetime]
    push: PushDoor | None = None
    """Where hubs find us; None where we subscribe to none."""
    hub: HubDoor | None = None
    """Where others follow our feeds; None where we are no hub."""
    partners: PartnerDoor | None = None
    """Where portals take feeds of their own."""
    search: SearchDoor | None = None
    """Where readers search; None where they cannot."""

    @property
    def by_key(self) -> Mapping[str, Digest]:
        """The digests by their keys."""
        return {digest.key: digest for digest in self.digests}

    def gettext(self, text: str) -> str:
        """Say ``text`` in the language of the site."""
        return translation(self.site.language).gettext(text)


def build(desk: WebDesk) -> ASGIApp:
    """Make the application; documents are served without a look at the routes.

    No GET changes anything, but for a hub's that verifies what we asked it for.
    """
    pages = Starlette(
        routes=[
            Route("/health", partial(_health, desk)),
            Route("/issues", partial(_archive, desk)),
            Route("/issues/{digest}/{number}", partial(_issue, desk)),
            Route("/unsubscribe/{digest}/{token}", partial(_ask_to_leave, desk)),
            Route(
                "/unsubscribe/{digest}/{token}", partial(_leave, desk), methods=["POST"]
            ),
            *(routes(desk.push) if desk.push else ()),
            *(hub_routes(desk.hub) if desk.hub else ()),
            *(partner_routes(desk.partners) if desk.partners else ()),
            *(search_routes(desk.search) if desk.search else ()),
            Route("/feeds", partial(_front, desk)),
            Route("/", partial(_front, desk)),
            *root_routes(desk.site),
        ],
        exception_handlers={
            404: partial(_missing, desk),
            405: _not_allowed,
            Exception: partial(_trouble, desk),
        },
    )

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/feeds/"):
            scope["root_path"] = "/feeds"
            await desk.documents(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return application


async def _front(_desk: WebDesk, _request: Request) -> Response:
    return RedirectResponse("/feeds/index.html", status_code=307)


async def _health(desk: WebDesk, _request: Request) -> Response:
    try:
        standing = desk.standing()
    except SyndicateError as error:
        log.error("health: %s", error)
        said = {"ok": False, "at": desk.clock().isoformat()}
        return JSONResponse(said, status_code=503, headers=HEADERS)
    status = 200 if standing.ok else 503
    return JSONResponse(standing.as_json(), status_code=status, headers=HEADERS)


async def _archive(desk: WebDesk, _request: Request) -> Response:
    with desk.database.read() as connection:
        shown = [
            (digest, _public(issues.latest(connection, digest.key, 104)))
            for digest in desk.digests
        ]
    return _page(desk, "web/issues.html", digests=shown)


async def _issue(desk: WebDesk, request: Request) -> Response:
    digest, number = _digest(desk, request), request.path_params["number"]
    if digest is None or desk.mailing is None or not _is_number(number):
        return await _missing(desk, request)
    with desk.database.read() as connection:
        stored = issues.numbered(connection, digest.key, int(number))
    if stored is None or stored.state not in PUBLIC:
        return await _missing(desk, request)
    html = draw(desk.mailing, digest, stored.issue).html
    return HTMLResponse(html, headers=HEADERS)


async def _ask_to_leave(desk: WebDesk, request: Request) -> Response:
    """Show a button; mail gateways follow every link, so GET must do nothing."""
    digest = _digest(desk, request)
    token, secret = request.path_params["token"], desk.secret
    if digest is None or subscriber(digest, token, secret) is None:
        return _unknown_link(desk)
    _ = desk.gettext
    return _message(
        desk,
        _("Unsubscribe"),
        _("Stop receiving “{title}”?").format(title=digest.title),
        button=_("Yes, unsubscribe me"),
    )


async def _leave(desk: WebDesk, request: Request) -> Response:
    """RFC 8058: one POST, no cookie, no redirect, at once, as often as one likes."""
    digest = _digest(desk, request)
    token, secret = request.path_params["token"], desk.secret
    if digest is None or not leave(
        desk.database, digest, token, secret=secret, now=desk.clock()
    ):
        return _unknown_link(desk)
    _ = desk.gettext
    said = _("You will not receive “{title}” any more.").format(title=digest.title)
    return _message(desk, _("Unsubscribed"), said)


def _public(kept: Sequence[StoredIssue]) -> list[StoredIssue]:
    return [stored for stored in kept if stored.state in PUBLIC]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _digest(desk: WebDesk, request: Request) -> Digest | None:
    return desk.by_key.get(request.path_params["digest"])


def _unknown_link(desk: WebDesk) -> Response:
    _ = desk.gettext
    said = _("This link is not one of ours, or it is no longer in use.")
    return _message(desk, _("Unknown link"), said, status=404)


async def _missing(
    desk: WebDesk, _request: Request, _error: Exception | None = None
) -> Response:
    _ = desk.gettext
    said = _("There is nothing at this address.")
    return _message(desk, _("Not found"), said, status=404)


async def _not_allowed(_request: Request, error: Exception) -> Response:
    allowed = getattr(error, "headers", None) or {}
    return PlainTextResponse(
        "method not allowed\n", status_code=405, headers={**HEADERS, **allowed}
    )


async def _trouble(desk: WebDesk, _request: Request, _error: Exception) -> Response:
    """Say nothing of the inside; the server writes the error into the log."""
    _ = desk.gettext
    said = _("Something went wrong here. Please try again later.")
    return _message(desk, _("Error"), said, status=500)


def _message(
    desk: WebDesk, heading: str, said: str, *, button: str = "", status: int = 200
) -> Response:
    return _page(
        desk,
        "web/message.html",
        status=status,
        heading=heading,
        said=said,
        button=button,
    )


def _page(
    desk: WebDesk, name: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    site = desk.site
    html = desk.templates.render(
        name, site=site, here=site.base_url, up="/feeds/", **values
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)
