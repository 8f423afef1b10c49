"""The folder as the event loop sees it: read and packed once a version."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from syndicate.web.headers import Signs
from syndicate.web.serving.explained import STYLE, explain, is_styled_by_us
from syndicate.web.serving.kept import LIMIT, Kept
from syndicate.web.serving.versions import (
    Rendition,
    Version,
    drawn,
    drawn_of,
    keep,
    read,
    render,
    stamped,
)

Made = TypeVar("Made")
AT_ONCE = 100_000
"""Bytes that are read or packed without a thread: it takes a millisecond or two."""
_PATIENCE = 2.0
"""Seconds that a browser waits for the page made of a feed, before it gets the feed."""
_LOOKS = 3
"""Times that a document is read again because it was replaced meanwhile."""


class Reading:
    """Reads documents of ``folder``, and keeps up to ``memory`` bytes of them."""

    def __init__(
        self, folder: Path, signs: Callable[[str], Signs], memory: int = LIMIT
    ) -> None:
        self._folder = str(folder.absolute())
        self._signs = signs
        self._kept = Kept(memory)
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._looked_at: list[Version] = []
        # One at a time, and not among those that read: it may take long.
        self._drawing = ThreadPoolExecutor(1, "drawing")

    @property
    def weight(self) -> int:
        """Bytes that are kept, about."""
        return self._kept.weight

    async def version(self, path: str) -> Version | None:
        """Return the document as it is on the disk now; None if there is none.

        Raises OSError where it is there and cannot be read.
        """
        version: Version | None = None
        for _look in range(_LOOKS):
            try:
                stamp = stamped(f"{self._folder}/{path}")
                version = self._kept.get(path)
                if version is not None and version.stamp == stamp:
                    return version
                size = 0 if stamp is None else stamp[2]
                version = await self.once(path, partial(self._read, path, size))
            except OSError:
                self._kept.drop(path)
                raise
            if version is None:
                return None
        return version

    def at_hand(self, path: str) -> Version | None:
        """Return the document if it is kept and current: nothing is read.

        The file is looked at once in a turn of the loop, however many ask: where other
        threads compute, each look may cost a wait of milliseconds for the interpreter.
        """
        version = self._kept.get(path)
        if version is None or version.looked_at:
            return version
        try:
            if stamped(f"{self._folder}/{path}") != version.stamp:
                return None
        except OSError:
            return None
        if not self._looked_at:
            asyncio.get_running_loop().call_soon(self._next_turn)
        version.looked_at = True
        self._looked_at.append(version)
        return version

    async def explained(self, feed: Version) -> Version | None:
        """Return the page that the folder's style makes of a feed, for a browser.

        None if there is none in time; what was begun is there for whoever asks next.
        """
        if not is_styled_by_us(feed.content):
            return None
        try:
            style = await self.version(STYLE)
        except OSError:
            return None
        if style is None:
            return None
        page = self._kept.get(drawn_of(feed.path))
        if page is None or page.stamp != (*feed.stamp, *style.stamp):
            key = ("drawn", feed.path, feed.stamp, style.stamp)
            try:
                async with asyncio.timeout(_PATIENCE):
                    page = await self.once(key, partial(self._draw, feed, style))
            except TimeoutError:
                return None
        return page if page.content else None

    async def rendition(self, version: Version, coding: str) -> Rendition:
        """Return a version in a coding; it is packed when it is first asked for."""
        rendition = version.renditions.get(coding)
        if rendition is None:
            work = partial(self._render, version, coding)
            rendition = await self.once((version.path, version.digest, coding), work)
        return rendition

    def _next_turn(self) -> None:
        for version in self._looked_at:
            version.looked_at = False
        self._looked_at.clear()

    async def _read(self, path: str, size: int) -> Version | None:
        version = await off_the_loop(
            size, partial(read, self._folder, path, self._signs)
        )
        if version is None:
            self._kept.drop(path)
        else:
            self._kept.put(version)
        return version

    async def _draw(self, feed: Version, style: Version) -> Version:
        work = partial(explain, feed.content, style.content, feed.path)
        loop = asyncio.get_running_loop()
        content = await loop.run_in_executor(self._drawing, work)
        page = drawn(feed, style, content)
        self._kept.put(page)
        return page

    async def _render(self, version: Version, coding: str) -> Rendition:
        size = len(version.content) if coding else 0
        rendition = await off_the_loop(size, partial(render, version, coding))
        self._kept.grow(version, keep(version, coding, rendition))
        return rendition

    async def once(self, key: Hashable, work: Callable[[], Awaitable[Made]]) -> Made:
        """Do once what many ask for at the same time, whoever of them goes away."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.ensure_future(_awaited(work))
            self._under_way[key] = task
            task.add_done_callback(partial(self._ended, key))
        made: Made = await asyncio.shield(task)
        return made

    def _ended(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever asked has it; nobody may be left to ask


async def off_the_loop(size: int, work: Callable[[], Made]) -> Made:
    """Do what blocks: here if little is to be done, in a thread otherwise."""
    return work() if size <= AT_ONCE else await asyncio.to_thread(work)


async def _awaited(work: Callable[[], Awaitable[Made]]) -> Made:
    return await work()
