"""Three hundred feeds on as many hosts, one in six of them hostile, on loopback only.

``python -m bench.hostile_server --feeds 300`` prints a line of JSON when it listens:
the addresses of the good feeds with their number of entries, and of the hostile ones
with what they do. It ends with its input.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bench.feeds import document, portals
from bench.server import addresses, listening

Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]
ONE_IN = 6
"""One feed in so many is hostile."""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_START = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>'


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """Items without end."""
    writer.write(_HEAD + b"\r\n" + _START)
    while True:
        writer.write(b"<item><title>noch eins</title></item>" * 500)
        await writer.drain()


async def drip(writer: asyncio.StreamWriter) -> None:
    """A byte every half second."""
    writer.write(_HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.5)


async def hang(_writer: asyncio.StreamWriter) -> None:
    """Nothing at all."""
    await asyncio.sleep(3600)


async def hang_after_the_head(writer: asyncio.StreamWriter) -> None:
    """A promise, and then nothing."""
    writer.write(_HEAD + b"Content-Length: 5000\r\n\r\n" + _START)
    await writer.drain()
    await asyncio.sleep(3600)


async def redirect_loop(writer: asyncio.StreamWriter) -> None:
    """Always one further."""
    where = random.randint(1, 10**9)
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /%d\r\n" % where)
    writer.write(b"Content-Length: 0\r\n\r\n")


_BOMB = gzip.compress(b"<item><title>bomb</title></item>" * 8_000_000, 9)


async def gzip_bomb(writer: asyncio.StreamWriter) -> None:
    """Less than a megabyte that unpacks to 256 MB."""
    head = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB)
    writer.write(_HEAD + head + _BOMB)


async def entity_bomb(writer: asyncio.StreamWriter) -> None:
    """A billion laughs."""
    names = [f"a{level}" for level in range(12)]
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY {name} "{("&" + names[level] + ";") * 10}">'
        for level, name in enumerate(names[1:])
    )
    body = (
        f"<!DOCTYPE rss [{entities}]><rss version='2.0'><channel><title>&a11;</title>"
        "<item><title>&a11;</title></item></channel></rss>"
    ).encode()
    writer.write(_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


async def reset(writer: asyncio.StreamWriter) -> None:
    """A line that breaks in the middle."""
    writer.write(_HEAD + b"Content-Length: 5000\r\n\r\n" + _START)
    await writer.drain()
    writer.transport.abort()


async def large_body(writer: asyncio.StreamWriter) -> None:
    """20 MB, said before."""
    writer.write(_HEAD + b"Content-Length: 20000000\r\n\r\n" + _START)
    for _ in range(200):
        writer.write(b" " * 100_000)
        await writer.drain()


async def header_flood(writer: asyncio.StreamWriter) -> None:
    """Headers without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Flood: %s\r\n" % (b"x" * 1000))
        await writer.drain()


HOSTILE: tuple[Talk, ...] = (
    endless_body,
    drip,
    hang,
    hang_after_the_head,
    redirect_loop,
    gzip_bomb,
    entity_bomb,
    reset,
    large_body,
    header_flood,
)


def good(body: bytes, delay: float) -> Talk:
    """Answer with ``body`` after ``delay`` seconds."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(delay)
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        writer.write(_HEAD.replace(b"rss+xml", b"xml") + length + body)

    return answer


async def _serve(
    talk: Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            asked = await reader.readuntil(b"\r\n\r\n")
            if asked.startswith(b"GET /robots.txt "):
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            else:
                await talk(writer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass  # they hung up, as they should, or the bench is over
    finally:
        writer.close()


async def _main(feeds: int, seed: int) -> None:
    opened = listening(feeds)
    homes = addresses(opened)
    rng = random.Random(seed)
    told: dict[str, dict[str, object]] = {"good": {}, "hostile": {}}
    servers = []
    for number, portal in enumerate(portals(feeds, homes, seed)):
        portal = replace(portal, flaw="")  # noqa: PLW2901 - hostile enough without
        if number % ONE_IN == 3:
            talk = HOSTILE[number // ONE_IN % len(HOSTILE)]
            told["hostile"][portal.url] = talk.__name__
        else:
            talk = good(document(portal), rng.uniform(0.05, 0.3))
            told["good"][portal.url] = len(portal.items)
        serve = _served(talk)
        servers.append(await asyncio.start_server(serve, sock=opened[number]))
    print(json.dumps(told), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        pass
    for server in servers:
        server.close()


def _served(
    talk: Talk,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve(talk, reader, writer)

    return serve


def main() -> None:
    """Read the arguments and serve until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile_server")
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    asyncio.run(_main(given.feeds, given.seed))


if __name__ == "__main__":
    main()
