"""Where hubs find us: ``/push/TOKEN`` (WebSub, the subscriber's side)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syndicate.pipeline.subscribing import confirm, receive
from syndicate.store import Database
from syndicate.web.headers import HEADERS


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDoor:
    """What the callback needs."""

    database: Database
    clock: Callable[[], datetime]
    largest: int
    """Bytes of a push that are taken; a larger one is for the next poll."""


def routes(door: PushDoor) -> list[Route]:
    """The callback's routes."""
    return [
        Route("/push/{token}", partial(_verify, door), methods=["GET"]),
        Route("/push/{token}", partial(_receive, door), methods=["POST"]),
    ]


async def _verify(door: PushDoor, request: Request) -> Response:
    """Verification of intent (§5.3): the challenge back, and nothing else."""
    token, said = request.path_params["token"], dict(request.query_params)
    challenge = await run_in_threadpool(
        confirm, door.database, token, said, door.clock()
    )
    if challenge is None:
        return _said("not found", 404)
    # Plain text that no browser looks into: the challenge is the caller's own words.
    return _said(challenge, 200)


async def _receive(door: PushDoor, request: Request) -> Response:
    """A push (§7): kept, and answered at once; it is read later."""
    body = await _body(request, door.largest)
    if body is None:
        return _said("too large", 413)
    taken = await run_in_threadpool(
        receive,
        door.database,
        request.path_params["token"],
        body,
        signature=request.headers.get("x-hub-signature", ""),
        content_type=request.headers.get("content-type", ""),
        now=door.clock(),
    )
    return _said("", 202) if taken else _said("not found", 404)


async def _body(request: Request, largest: int) -> bytes | None:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > largest:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _said(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status, headers=HEADERS)
