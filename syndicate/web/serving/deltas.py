"""Feeds cut down to what is new for one reader, beside the loop (RFC 3229, "feed")."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from functools import partial
from typing import Any

from syndicate.web.serving.delta import Cut, Histories, cut, has_deltas, joined
from syndicate.web.serving.packing import pack
from syndicate.web.serving.reading import off_the_loop
from syndicate.web.serving.versions import Version

Once = Callable[[Hashable, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Does what many ask for at the same time once."""
Pieces = tuple[Cut, list[bytes]]

_DIGEST = 32
"""Letters of a digest, with which each of our tags begins."""
_BYTES = 16_000_000
"""Of feeds in pieces that are kept: those asked for by readers of deltas."""
_BROKEN = 1000
_SLOWER = 4
"""Reading XML takes so many times as long as reading a file."""


class Deltas:
    """Remembers the versions that readers hold, and makes deltas of them."""

    def __init__(self, once: Once) -> None:
        self._once = once
        self._histories = Histories()
        self._kept: OrderedDict[str, tuple[str, Pieces]] = OrderedDict()
        self._bytes = 0
        self._broken: dict[str, str] = {}
        """Digests of what is no feed, so that it is not tried at each request."""

    async def remember(self, version: Version) -> None:
        """Take note that somebody is given this version, if it is one of a feed."""
        path, digest = version.path, version.digest
        known = self._histories.knows(path, digest) or self._broken.get(path) == digest
        if has_deltas(path) and not known:
            await self._once(("cut", path, digest), partial(self._note, version))

    async def since(
        self, version: Version, tags: Iterable[str], coding: str
    ) -> bytes | None:
        """Return what is new since the newest version that ``tags`` name, packed.

        None if none of them is known (any more): the whole document is due.
        """
        held = {tag[:_DIGEST] for tag in tags}
        if not any(self._histories.has(version.path, digest) for digest in held):
            return None
        pieces = await self._pieces(version)
        if pieces is None:
            return None
        found, keys = pieces
        answers = (
            self._histories.new(version.path, version.digest, digest, keys)
            for digest in held
        )
        known = [shown for shown in answers if shown is not None]
        if not known:
            return None
        content = joined(found, min(known, key=sum))
        return await off_the_loop(len(content), partial(pack, content, coding))

    async def _note(self, version: Version) -> None:
        pieces = await _cut(version)
        if pieces is not None:
            self._histories.remember(version.path, version.digest, pieces[1])
            return
        if len(self._broken) >= _BROKEN:
            self._broken.clear()
        self._broken[version.path] = version.digest

    async def _pieces(self, version: Version) -> Pieces | None:
        """Cut a version, or take what was kept of that."""
        kept = self._kept.get(version.path)
        if kept is not None and kept[0] == version.digest:
            self._kept.move_to_end(version.path)
            return kept[1]
        pieces = await _cut(version)
        if pieces is not None:
            self._keep(version, pieces)
        return pieces

    def _keep(self, version: Version, pieces: Pieces) -> None:
        before = self._kept.pop(version.path, None)
        self._bytes -= before[1][0].size if before else 0
        self._kept[version.path] = version.digest, pieces
        self._bytes += pieces[0].size
        while self._bytes > _BYTES and len(self._kept) > 1:
            _path, (_digest, oldest) = self._kept.popitem(last=False)
            self._bytes -= oldest[0].size


async def _cut(version: Version) -> Pieces | None:
    size = _SLOWER * len(version.content)
    return await off_the_loop(size, partial(_pieces_of, version))


def _pieces_of(version: Version) -> Pieces | None:
    found = cut(version.content, version.path)
    return None if found is None else (found, found.keys())
