"""What partners take: ``/partner/TOKEN/feed.atom``, or ``/partner/feed.atom`` with it.

A token in the address is what every reader can do; one in ``Authorization`` (Bearer,
or the password of Basic) does not end up in the logs of proxies. Nothing here writes
an address, a token or its hash into a log or an answer.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from functools import partial
from math import ceil

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syndicate.errors import SyndicateError
from syndicate.model import FeedFormat, Partner
from syndicate.pipeline.partners.partnerfeeds import Made, PartnerFeeds
from syndicate.pipeline.partners.partnering import PATH, Counts, Pace
from syndicate.publish.tokens import hashed, is_token
from syndicate.web.headers import HEADERS
from syndicate.web.serving.asked import (
    Asked,
    asked,
    coding,
    held,
    is_older_than,
    is_tag_of,
)

FLUSH = 5.0
"""Seconds after which counts are kept."""
A_MINUTE = 60
"""Answers that a token gets in a minute; also misses that a caller gets."""
TYPES = {
    FeedFormat.RSS: "application/rss+xml; charset=utf-8",
    FeedFormat.ATOM: "application/atom+xml; charset=utf-8",
    FeedFormat.JSON: "application/feed+json; charset=utf-8",
}
_NAMES = {"feed": None, **{f"feed.{one.value}": one for one in FeedFormat}}
_PRIVATE = {
    **HEADERS,
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cache-control": "private, no-cache",
}
_REFUSED = {**_PRIVATE, "cache-control": "no-store"}
_ASKS = 'Basic realm="partner", charset="UTF-8", Bearer realm="partner"'
_PLACE = re.compile(r"[0-9a-z]{1,100}")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDoor:
    """What answering partners needs."""

    feeds: PartnerFeeds
    counts: Counts
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=partial(Pace, A_MINUTE))
    misses: Pace = field(default_factory=partial(Pace, A_MINUTE))
    flushing: set[asyncio.Task[None]] = field(default_factory=set)
    """The task that keeps counts soon, if there is one."""

    def close(self) -> None:
        """Keep what was counted last; a store that refuses is logged."""
        try:
            self.counts.flush()
        except SyndicateError as error:
            log.error("counts of partners: %s", error)


def routes(door: PartnerDoor) -> list[Route]:
    """The partners' routes; HEAD is answered as GET is."""
    own, bare = partial(_with_token, door), partial(_without_token, door)
    return [
        *(Route(f"{PATH}{name}", bare) for name in _NAMES),
        Route(f"{PATH}{{token}}", own),
        Route(f"{PATH}{{token}}/", own),
        Route(f"{PATH}{{token}}/{{name}}", own),
        # Else a slash too many would be led to an address with the token in it.
        Route(f"{PATH}{{rest:path}}", partial(_unknown, door)),
    ]


async def _with_token(door: PartnerDoor, request: Request) -> Response:
    name = request.path_params.get("name", "feed")
    if name not in _NAMES:
        return await _unknown(door, request)
    return await _safely(door, request, request.path_params["token"], name)


async def _without_token(door: PartnerDoor, request: Request) -> Response:
    token = _said_in(request.headers.get("authorization", ""))
    if token:
        name = request.url.path.removeprefix(PATH)
        return await _safely(door, request, token, name)
    return _refused("a token is needed", 401, {"www-authenticate": _ASKS})


def _said_in(authorization: str) -> str:
    """Return the token of an Authorization header (RFC 6750 §2.1, RFC 7617)."""
    scheme, _, said = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return said.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        told = base64.b64decode(said.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "?"
    user, _, password = told.partition(":")
    return password or user or "?"


async def _safely(
    door: PartnerDoor, request: Request, token: str, name: str
) -> Response:
    try:
        return await _answer(door, request, token, name)
    except SyndicateError as error:
        log.error("a partner's feed: %s", error)
        return _refused("please try again later", 503, {"retry-after": "60"})


async def _answer(
    door: PartnerDoor, request: Request, token: str, name: str
) -> Response:
    # Of what cannot be a token, nobody need be asked.
    found = None
    if is_token(token):
        found = await run_in_threadpool(door.feeds.holder, hashed(token))
    if found is None:
        return await _unknown(door, request)
    refused = _refusal(door, request, found, name)
    if refused is not None:
        return refused
    before = request.query_params.get("before", "")
    made = await run_in_threadpool(door.feeds.made, found, before)
    return _given(door, request, found, made)


def _refusal(
    door: PartnerDoor, request: Request, partner: Partner, name: str
) -> Response | None:
    """Answer a partner that gets nothing now; None for one that does."""
    if partner.revoked_at is not None:
        return _refused("this feed was closed", 410)
    wait = door.pace.wait(str(partner.id), door.clock())
    if wait:
        return _too_many(wait)
    before = request.query_params.get("before")
    if before is not None and not _PLACE.fullmatch(before):
        return _refused("not found", 404)
    if _NAMES[name] not in (None, partner.format):
        # A partner gets its own format: whoever asks for another is led there, and
        # to the page it asks for: it would read the first one for ever.
        page = f"?before={before}" if before else ""
        return _refused("", 307, {"location": f"feed.{partner.format.value}{page}"})
    return None


async def _unknown(door: PartnerDoor, request: Request) -> Response:
    """Say nothing of whether it ever was a token; slow down who tries."""
    caller = request.client.host if request.client else ""
    wait = door.misses.wait(caller, door.clock())
    if wait:
        return _too_many(wait)
    if "authorization" in request.headers and not request.path_params:
        return _refused("not known", 401, {"www-authenticate": _ASKS})
    return _refused("not found", 404)


def _given(
    door: PartnerDoor, request: Request, partner: Partner, made: Made
) -> Response:
    said = asked(request.scope["headers"])
    packed = coding(said.codings or "", ("gzip",)) == "gzip"
    # two forms of a document are two things to a strong ETag (RFC 9110 §8.8.3.3)
    headers = {
        **_PRIVATE,
        "etag": f'"{made.etag}-gzip"' if packed else f'"{made.etag}"',
        "last-modified": formatdate(made.modified.timestamp(), usegmt=True),
        "vary": "accept-encoding, authorization",
    }
    if made.older:
        headers["link"] = f'<?before={made.older}>; rel="next"'
    current = _is_current(said, made)
    if current:
        response = Response(status_code=304, headers=headers)
    else:
        body = made.packed if packed else made.content
        if packed:
            headers["content-encoding"] = "gzip"
        headers["content-type"] = TYPES[partner.format]
        response = Response(body, headers=headers)
    if request.method == "GET":
        _count(door, request, partner, 0 if current else len(response.body), current)
    return response


def _count(
    door: PartnerDoor, request: Request, partner: Partner, size: int, unchanged: bool
) -> None:
    agent = request.headers.get("user-agent", "")
    door.counts.note(
        partner.id, door.clock(), size=size, unchanged=unchanged, agent=agent
    )
    if not door.flushing:
        task = asyncio.get_running_loop().create_task(_flush(door))
        door.flushing.add(task)
        task.add_done_callback(door.flushing.discard)


async def _flush(door: PartnerDoor) -> None:
    await asyncio.sleep(FLUSH)
    await run_in_threadpool(door.close)


def _is_current(said: Asked, made: Made) -> bool:
    """Compare validators as RFC 9110 §13.2.2 orders them: ETag first."""
    if said.tags is not None:
        tags = held(said.tags)
        return "*" in tags or any(is_tag_of(made.etag, tag) for tag in tags)
    modified = int(made.modified.timestamp())
    return said.since is not None and is_older_than(modified, said.since)


def _too_many(wait: float) -> Response:
    return _refused("too many requests", 429, {"retry-after": str(ceil(wait))})


def _refused(
    said: str, status: int, more: Mapping[str, str] | None = None
) -> PlainTextResponse:
    text = f"{said}\n" if said else ""
    return PlainTextResponse(
        text, status_code=status, headers={**_REFUSED, **(more or {})}
    )
