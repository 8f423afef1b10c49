"""Issues on the web: their pages, the archive, and feeds of them.

All of it is made when it is asked for, of what the store keeps; a reader that has it
already gets 304.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syndicate.model import Digest
from syndicate.pipeline.mailing import showing
from syndicate.pipeline.mailing.showing import Showing
from syndicate.publish.forms.fragments import Form
from syndicate.publish.media_types import media_type
from syndicate.templating import Templates
from syndicate.web.headers import HEADERS
from syndicate.web.serving.asked import held, is_tag_of

_FORMS = {form.value: form for form in (Form.RSS, Form.ATOM, Form.JSON)}
_FRESH = "public, max-age=300, stale-while-revalidate=3600"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDoor:
    """What the pages of issues need."""

    showing: Showing
    templates: Templates
    """In the language of the site."""
    missing: Callable[[], Response]
    """Says that there is nothing at an address."""


def routes(door: IssueDoor) -> list[Route]:
    """Return the routes; those with more words come first."""
    return [
        Route("/issues", partial(_archive, door)),
        Route("/issues/{digest}/feed.{form}", partial(_feed, door)),
        Route("/issues/{digest}/{number}", partial(_issue, door)),
        Route("/issues/{digest}", partial(_archive, door)),
    ]


async def _archive(door: IssueDoor, request: Request) -> Response:
    series = request.path_params.get("digest", "")
    html = await run_in_threadpool(
        showing.archive, door.showing, door.templates, series
    )
    return _answer(request, html.encode()) if html is not None else door.missing()


async def _issue(door: IssueDoor, request: Request) -> Response:
    digest, number = _digest(door, request), request.path_params["number"]
    if digest is None or not _is_number(number):
        return door.missing()
    html = await run_in_threadpool(_drawn, door.showing, digest, int(number))
    return _answer(request, html.encode()) if html is not None else door.missing()


async def _feed(door: IssueDoor, request: Request) -> Response:
    digest, form = _digest(door, request), _FORMS.get(request.path_params["form"])
    if digest is None or form is None:
        return door.missing()
    made = await run_in_threadpool(showing.feed, door.showing, digest, form)
    kind = media_type(f"feed.{form.value}") or "text/plain"
    return _answer(request, made.content, kind, {"access-control-allow-origin": "*"})


def _drawn(work: Showing, digest: Digest, number: int) -> str | None:
    found = showing.find(work, digest, number)
    return showing.page(work, found) if found else None


def _digest(door: IssueDoor, request: Request) -> Digest | None:
    return door.showing.digest(request.path_params["digest"])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _answer(
    request: Request,
    content: bytes,
    kind: str = "text/html; charset=utf-8",
    more: dict[str, str] | None = None,
) -> Response:
    """Answer with the content, or 304 to who has it (RFC 9110 §13.1.2)."""
    digest = hashlib.blake2b(content, digest_size=12).hexdigest()
    headers = {"etag": f'"{digest}"', "cache-control": _FRESH, **(more or {})}
    known = held(request.headers.get("if-none-match", ""))
    if any(tag == "*" or is_tag_of(digest, tag) for tag in known):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers={**HEADERS, **headers})
