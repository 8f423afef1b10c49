"""What robots and browsers ask of every site at its root."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from syndicate.model import Site
from syndicate.web.headers import HEADERS

_PRIVATE = (
    *("/search", "/unsubscribe/", "/confirm/", "/preferences/", "/return/"),
    *("/partner/", "/push/", "/hub", "/health"),
)
"""Nothing there is worth a robot's time; none of it is protected by saying so."""
_DAY = {"cache-control": "public, max-age=86400", **HEADERS}


def routes(site: Site) -> list[Route]:
    """``/robots.txt``, ``/sitemap.xml``, ``/favicon.ico``."""
    return [
        Route("/robots.txt", partial(_robots, site)),
        Route("/sitemap.xml", _sitemap),
        Route("/favicon.ico", _icon),
    ]


def robots(site: Site) -> str:
    """Say what robots may read (RFC 9309), and where the list of pages is."""
    refused = "".join(f"Disallow: {path}\n" for path in _PRIVATE)
    sitemap = f"{site.base_url.rstrip('/')}/feeds/sitemap.xml"
    return f"User-agent: *\n{refused}\nSitemap: {sitemap}\n"


async def _robots(site: Site, _request: Request) -> Response:
    return PlainTextResponse(robots(site), headers=_DAY)


async def _sitemap(_request: Request) -> Response:
    return RedirectResponse("/feeds/sitemap.xml", status_code=301, headers=_DAY)


async def _icon(_request: Request) -> Response:
    """Say that there is none, so that browsers do not ask again all day."""
    return Response(status_code=204, headers=_DAY)
