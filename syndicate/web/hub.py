"""Our hub's door: ``/hub`` (WebSub §5.1)."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from time import monotonic
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syndicate.errors import StoreError
from syndicate.pipeline.websub.hub import Hubbing, ask
from syndicate.web.headers import HEADERS

log = logging.getLogger(__name__)

LARGEST = 65_536
"""Bytes of a form."""
FIELDS = 100
BURST = 300
"""Wishes that somebody may send at once: one for each feed and format."""
RATE = 5.0
"""Wishes a second afterwards."""
WAIT = "60"
"""Seconds after which somebody who was turned away may ask again."""
AT_ONCE = 4
"""Wishes that are noted side by side: pages have threads of their own."""
_CLIENTS = 5_000
"""Of whom we remember how much they asked."""
_FORM = "application/x-www-form-urlencoded"
_HELLO = """\
This is a WebSub hub for the feeds of this site alone.

Subscribe: POST hub.mode=subscribe, hub.topic (rel="self" of a feed), hub.callback,
and if you like hub.secret and hub.lease_seconds, as a form.
https://www.w3.org/TR/websub/
"""


@dataclass(slots=True)
class Patience:
    """How much each client may still ask: a bucket that fills again."""

    clock: Callable[[], float] = monotonic
    _held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def allows(self, client: str) -> bool:
        """Whether ``client`` may ask; it is counted."""
        now, key = self.clock(), _network(client)
        left, at = self._held.pop(key, (float(BURST), now))
        left = min(left + (now - at) * RATE, float(BURST))
        # Who was turned away is not charged: else whoever asks again soon never may.
        self._held[key] = (left - 1 if left >= 1 else left, now)
        while len(self._held) > _CLIENTS:
            self._held.popitem(last=False)
        return left >= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDoor:
    """What the hub's address needs."""

    work: Hubbing
    wake: Callable[[], None]
    """Tell the worker that something was asked."""
    patience: Patience = field(default_factory=Patience)
    threads: Executor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "wishes")
    )


def routes(door: HubDoor) -> list[Route]:
    """The hub's routes."""
    return [
        Route("/hub", _hello, methods=["GET"]),
        Route("/hub", partial(_ask, door), methods=["POST"]),
    ]


async def _hello(_request: Request) -> Response:
    return _said(_HELLO, 200)


async def _ask(door: HubDoor, request: Request) -> Response:
    client = request.client.host if request.client else ""
    if not door.patience.allows(client):
        return _said("too many requests: come again later\n", 429)
    form = await _form(request)
    if isinstance(form, Response):
        return form
    try:
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(door.threads, ask, door.work, form)
    except StoreError as error:
        log.error("hub: %s", error)
        return _said("the hub cannot be reached just now\n", 503)
    if answer.status == 202:
        door.wake()
    return _said(f"{answer.reason}\n" if answer.reason else "", answer.status)


async def _form(request: Request) -> Mapping[str, Sequence[str]] | Response:
    """Read what was posted; or say why it cannot be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        return _said(f"a form is expected: {_FORM}\n", 415)
    body = await _body(request)
    if body is None:
        return _said("too large\n", 413)
    try:
        return parse_qs(
            body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELDS,
        )
    except ValueError:  # of which a UnicodeError is one
        return _said("the form cannot be read\n", 400)


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _network(client: str) -> str:
    """An address, or the network of an IPv6 address: its owner has all of it."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    return client if address.version == 4 else address.exploded[:19]


def _said(text: str, status: int) -> Response:
    headers = dict(HEADERS)
    if status in {429, 503}:
        headers["retry-after"] = WAIT
    return PlainTextResponse(text, status_code=status, headers=headers)
