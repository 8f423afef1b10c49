"""A relay on loopback that does what it is told: greylist, refuse, drop, stall, die.

What it took is written to a file, a line for each message, before anybody is told so:
what stands there has arrived, whatever becomes of either side. What it does is decided
by the recipient's address, ``WORD.rest@domain``, by the domain, and by how often it
was asked for that recipient.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

Got = TypeVar("Got")

_ADDRESS = re.compile(r"<([^>]*)>")
_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(<[^>]*>)")

Answer = str
"""What is said; ``drop`` and ``stall`` are done instead."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one try; empty where all is well."""

    rcpt: Answer = ""
    data: Answer = ""
    """In place of 354."""
    dot: Answer = ""
    """After the message; ``kept, drop`` takes it, and hangs up without a word."""


Script = Callable[[str, int], Fault]
"""Recipient, and which try it is from 1 on → what happens."""


def all_is_well(_recipient: str, _attempt: int) -> Fault:
    """Take everything."""
    return Fault()


@dataclass
class Relay:
    """The relay; ``log`` holds what it took."""

    log: Path
    script: Script = all_is_well
    delay: float = 0.0
    """Seconds that each message takes, on average."""
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    hung: list[asyncio.StreamWriter] = field(default_factory=list)

    async def begin(self) -> asyncio.Server:
        """Listen; ``port`` is known then."""
        server = await asyncio.start_server(
            self._talk, "127.0.0.1", self.port, limit=2**20, reuse_address=True
        )
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await _Talk(self, reader, writer).go()
        finally:
            writer.close()

    def take(self, recipient: str, content: bytes) -> None:
        """Answer for a message: from here on it has arrived."""
        found = _MESSAGE_ID.search(content)
        message_id = found[1].decode() if found else ""
        line = f"{recipient} {message_id}\n".encode()
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


class _HungUpError(Exception):
    """The connection is to end."""


class _Talk:
    """One connection."""

    def __init__(
        self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._relay, self._reader, self._writer = relay, reader, writer
        self._recipient, self._fault = "", Fault()

    async def go(self) -> None:
        """Talk until one side has enough."""
        await self._say("220 relay.example ESMTP")
        with suppress(_HungUpError):
            while line := await self._reader.readline():
                await self._hear(line.decode("latin-1").strip())

    async def _hear(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            await self._say("250-relay.example\r\n250-PIPELINING\r\n250 8BITMIME")
        elif verb == "RCPT":
            await self._recipient_named(line)
        elif verb == "DATA":
            await self._message()
        elif verb == "QUIT":
            await self._say("221 2.0.0 bye")
            raise _HungUpError
        else:
            await self._say("250 2.0.0 ok")

    async def _recipient_named(self, line: str) -> None:
        found = _ADDRESS.search(line)
        recipient = found[1] if found else ""
        self._relay.asked[recipient] += 1
        fault = self._relay.script(recipient, self._relay.asked[recipient])
        await self._say(fault.rcpt or "250 2.1.5 ok")
        is_taken = not fault.rcpt or fault.rcpt.startswith("2")
        self._recipient = recipient if is_taken else ""
        self._fault = fault

    async def _message(self) -> None:
        if not self._recipient:
            await self._say("503 5.5.1 no recipient")
            return
        await self._say(self._fault.data or "354 go on")
        if self._fault.data and not self._fault.data.startswith("354"):
            return
        content = await self._reader.readuntil(b"\r\n.\r\n")
        if self._relay.delay:
            await asyncio.sleep(random.uniform(0, 2 * self._relay.delay))
        recipient, self._recipient = self._recipient, ""
        said = self._fault.dot
        if said.startswith("kept, "):
            said = said.removeprefix("kept, ")
            self._relay.take(recipient, content)
        elif not said or said.startswith("2"):
            self._relay.take(recipient, content)
        await self._say(said or "250 2.0.0 taken")

    async def _say(self, answer: Answer) -> None:
        if answer == "drop":
            raise _HungUpError
        if answer == "stall":
            self._relay.hung.append(self._writer)
            await self._reader.read()  # until the other side has enough
            raise _HungUpError
        self._writer.write(f"{answer}\r\n".encode())
        await self._writer.drain()
        if answer.startswith("421"):
            raise _HungUpError


class Running:
    """A relay in a thread of its own, that can die and come back."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.rise()

    def rise(self) -> None:
        """Listen (again)."""
        self._server = self._call(self.relay.begin())

    def die(self) -> None:
        """Stop listening, and cut every connection."""
        self._call(self._die())

    def stop(self) -> None:
        """End for good."""
        self.die()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _die(self) -> None:
        if self._server:
            self._server.close()
        mine = asyncio.current_task()
        talks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    def _call(self, work: Coroutine[Any, Any, Got]) -> Got:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


def arrived(log: Path) -> list[tuple[str, str]]:
    """What a relay took: (recipient, Message-ID), in order."""
    if not log.exists():
        return []
    lines = log.read_text("utf-8").splitlines()
    return [(line.split(" ")[0], line.split(" ")[-1]) for line in lines]
