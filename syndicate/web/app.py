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

from syndicate.digest.choosing.windows import editions
from syndicate.errors import SyndicateError
from syndicate.model import Digest, Site
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.mailing.showing import Showing
from syndicate.pipeline.standing import Standing
from syndicate.store import Database
from syndicate.templating import Templates
from syndicate.translate import translation
from syndicate.web.callers import Network, told
from syndicate.web.documents import Documents
from syndicate.web.headers import HEADERS
from syndicate.web.hub import HubDoor
from syndicate.web.hub import routes as hub_routes
from syndicate.web.issues import IssueDoor
from syndicate.web.issues import routes as issue_routes
from syndicate.web.members.door import MembersDoor
from syndicate.web.members.routes import routes as member_routes
from syndicate.web.partners import PartnerDoor
from syndicate.web.partners import routes as partner_routes
from syndicate.web.push import PushDoor, routes
from syndicate.web.root import routes as root_routes
from syndicate.web.search import SearchDoor
from syndicate.web.search import routes as search_routes

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
    members: MembersDoor | None = None
    """Where members sign up, choose and leave; None where there is no digest."""
    proxies: Sequence[Network] = ()
    """Networks of our own whose word on who asks is believed."""

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
            *issue_routes(_issues(desk)),
            *(member_routes(desk.members) if desk.members else ()),
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
        elif scope["type"] == "http":
            await pages(told(scope, desk.proxies), receive, send)
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


def _issues(desk: WebDesk) -> IssueDoor:
    work = desk.mailing
    digests = tuple(one for digest in desk.digests for one in editions(digest))
    showing = Showing(
        database=desk.database,
        site=desk.site,
        digests=digests if work else (),
        templates=work.templates if work else lambda _digest: desk.templates,
    )
    return IssueDoor(
        showing=showing, templates=desk.templates, missing=partial(_nothing, desk)
    )


async def _missing(
    desk: WebDesk, _request: Request, _error: Exception | None = None
) -> Response:
    return _nothing(desk)


def _nothing(desk: WebDesk) -> Response:
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


def _message(desk: WebDesk, heading: str, said: str, *, status: int) -> Response:
    return _page(desk, "web/message.html", status=status, heading=heading, said=said)


def _page(
    desk: WebDesk, name: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    site = desk.site
    html = desk.templates.render(
        name, site=site, here=site.base_url, up="/feeds/", **values
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)
