"""The body of an answer as it comes in: unpacked, within bounds of size and time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import Protocol

from syndicate.errors import BadAnswer, TooLarge, TooSlow
from syndicate.gather.limits import Limits
from syndicate.gather.room import Room, Share
from syndicate.gather.unpack import (
    PackedWrongError,
    UnpackedTooLargeError,
    Unpacker,
)

_PIECE = 65_536
_TRICKLE = 1_000
"""Bytes: less than these in the time that a server may be silent is silence."""


class Content(Protocol):
    """Where the bytes come from."""

    def iter_chunked(self, n: int) -> AsyncIterator[bytes]:
        """Give what has come, at most ``n`` bytes at a time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one body may cost."""

    limits: Limits
    room: Room
    clock: asyncio.Timeout
    """Ends all when time is up."""


async def received(
    url: str,
    status: int,
    headers: Mapping[str, str],
    content: Content,
    bounds: Bounds,
) -> bytes:
    """Read a body to its end; raises TooLarge, TooSlow or BadAnswer."""
    limits = bounds.limits
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limits.wire:
        raise TooLarge(url, f"says it is longer than {limits.wire:,} bytes")
    try:
        with Share(bounds.room) as share:
            return await _unpacked(url, headers, content, bounds, share)
    except PackedWrongError as error:
        raise BadAnswer(url, status, f"the answer is {error}") from error
    except UnpackedTooLargeError as error:
        said = f"unpacks to more than {limits.unpacked:,} bytes"
        raise TooLarge(url, said) from error


async def _unpacked(
    url: str,
    headers: Mapping[str, str],
    content: Content,
    bounds: Bounds,
    share: Share,
) -> bytes:
    """Unpack pieces as they come, so that a bomb never stands whole."""
    limits = bounds.limits
    unpacker = Unpacker(headers.get("content-encoding", ""), limits.unpacked)
    progress = _Progress(limits.read)
    wire = 0
    # getvalue() of a BytesIO copies nothing.
    whole = BytesIO()
    async for piece in content.iter_chunked(_PIECE):
        wire += len(piece)
        if wire > limits.wire:
            raise TooLarge(url, f"longer than {limits.wire:,} bytes on the wire")
        if progress.trickles(wire):
            raise TooSlow(url, trickled(limits))
        for part in unpacker.feed(piece):
            whole.write(part)
            if whole.tell() > share.covered:
                await _make_room(whole.tell(), share, bounds.clock)
    unpacker.finish()
    return whole.getvalue()


async def _make_room(size: int, share: Share, clock: asyncio.Timeout) -> None:
    """Wait until ``size`` bytes may be held; the server is not slow meanwhile."""
    time = asyncio.get_running_loop().time
    began = time()
    while size > share.covered:
        await share.grow()
    waited, until = time() - began, clock.when()
    if until is not None:
        clock.reschedule(until + waited)


class _Progress:
    """Notices a body that comes, and comes, and never gets anywhere."""

    __slots__ = ("_bytes", "_since", "_time", "_window")

    def __init__(self, window: float) -> None:
        self._window = window
        self._time = asyncio.get_running_loop().time
        self._since = self._time()
        self._bytes = 0

    def trickles(self, wire: int) -> bool:
        """Say whether hardly anything came for long; ``wire`` are the bytes so far."""
        now = self._time()
        if now - self._since < self._window:
            return False
        slow = wire - self._bytes < _TRICKLE
        self._since, self._bytes = now, wire
        return slow


def trickled(limits: Limits) -> str:
    """Say that an answer got nowhere."""
    return f"hardly a byte came within {limits.read:g} s (read_timeout)"


@lru_cache(maxsize=256)
def certificate_end(text: str) -> datetime | None:
    """Read ``notAfter`` of a certificate, as the ssl module writes it."""
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
