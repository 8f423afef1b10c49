"""The portals that are gathered from, in a process of their own, on loopback only.

``python -m bench.server --feeds 40 --hosts 20`` prints a line of JSON when it
listens, and then one for every line that it reads: the number of a revision makes
every feed what it is after so many rounds of news; an empty line just asks for the
counts since the last. It ends when its input does, so it never outlives its caller.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import socket
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bench.feeds import BUILT, Portal, document, portals, revised, rfc822


@dataclass(frozen=True, slots=True)
class Answer:
    """A document as it goes over the wire."""

    plain: bytes
    packed: bytes
    etag: str
    modified: str
    ticking: bool


class Portals:
    """The feeds at one revision, and what was asked of them."""

    def __init__(self, first: list[Portal]) -> None:
        self._first = first
        self._answers: dict[tuple[str, str], Answer] = {}
        self._shown: list[Portal] = []
        self._counts: Counter[str] = Counter()
        self.revise(0)

    def revise(self, revision: int) -> None:
        """Show every feed as it is after ``revision`` rounds of news."""
        shown = [revised(portal, revision) for portal in self._first]
        before = dict(zip(range(len(self._shown)), self._shown, strict=True))
        for portal in shown:
            if before.get(portal.number) != portal:
                host = portal.home.removeprefix("http://")
                self._answers[host, f"/{portal.path}"] = _answer(portal)
        self._shown = shown

    def told(self) -> dict[str, object]:
        """Return what is there now, and the counts since the last call."""
        counts, self._counts = self._counts, Counter()
        return {
            "feeds": {portal.url: len(portal.items) for portal in self._shown},
            "requests": counts["requests"],
            "not_modified": counts["not modified"],
            "bytes": counts["bytes"],
        }

    def answer(self, head: bytes) -> bytes:
        """Answer one GET request."""
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1] if first.count(" ") == 2 else ""
        pairs = (line.partition(":") for line in lines if ":" in line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self._counts["requests"] += 1
        found = self._answers.get((headers.get("host", ""), path))
        if found is None:
            return _message("404 Not Found", {}, b"")
        if _holds(found, headers):
            self._counts["not modified"] += 1
            return _message("304 Not Modified", _validators(found), b"")
        answer = self._full(found, "gzip" in headers.get("accept-encoding", ""))
        self._counts["bytes"] += len(answer)
        return answer

    def _full(self, found: Answer, packs: bool) -> bytes:
        sent = {"Content-Type": "application/xml"} | _validators(found)
        if found.ticking:
            tick = rfc822(datetime.now(UTC) + timedelta(days=self._counts["requests"]))
            return _message("200 OK", sent, found.plain.replace(_MARK, tick.encode()))
        if packs:
            return _message("200 OK", sent | {"Content-Encoding": "gzip"}, found.packed)
        return _message("200 OK", sent, found.plain)


_MARK = BUILT.encode()


def _answer(portal: Portal) -> Answer:
    plain = document(portal)
    both, dated = portal.validators == "both", portal.validators in {"both", "date"}
    return Answer(
        plain=plain,
        packed=gzip.compress(plain, 6, mtime=0),
        etag=f'"{hashlib.sha256(plain).hexdigest()[:20]}"' if both else "",
        modified=rfc822(portal.changed_at) if dated else "",
        ticking=portal.validators == "ticking",
    )


def _validators(found: Answer) -> dict[str, str]:
    given = {"ETag": found.etag, "Last-Modified": found.modified}
    return {name: value for name, value in given.items() if value}


def _holds(found: Answer, headers: dict[str, str]) -> bool:
    """RFC 9110 §13.2.2: an If-None-Match goes before an If-Modified-Since."""
    if "if-none-match" in headers:
        return bool(found.etag) and found.etag in headers["if-none-match"]
    return bool(found.modified) and headers.get("if-modified-since") == found.modified


def _message(status: str, headers: dict[str, str], body: bytes) -> bytes:
    length = {} if status.startswith("304") else {"Content-Length": str(len(body))}
    lines = "".join(
        f"{name}: {value}\r\n" for name, value in (headers | length).items()
    )
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


async def _serve(
    shown: Portals, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            writer.write(shown.answer(await reader.readuntil(b"\r\n\r\n")))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # they hung up, as they should
    finally:
        writer.close()


def listening(hosts: int) -> list[socket.socket]:
    """Open one port on ``hosts`` addresses of 127.1.0.0/16."""
    names = [f"127.1.{1 + each // 250}.{1 + each % 250}" for each in range(hosts)]
    opened = [socket.create_server((names[0], 0), backlog=100)]
    port = opened[0].getsockname()[1]
    opened += [socket.create_server((name, port), backlog=100) for name in names[1:]]
    return opened


def addresses(opened: list[socket.socket]) -> list[str]:
    """Return the address of each, without a slash at the end."""
    return ["http://{}:{}".format(*one.getsockname()) for one in opened]


async def _main(feeds: int, hosts: int, seed: int, cut: int) -> None:
    opened = listening(hosts)
    made = portals(feeds, addresses(opened), seed)
    shown = Portals(
        [replace(one, items=one.items[:cut]) if cut else one for one in made]
    )

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve(shown, reader, writer)

    servers = [await asyncio.start_server(serve, sock=each) for each in opened]
    print(json.dumps(shown.told()), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip():
            shown.revise(int(line))
        print(json.dumps(shown.told()), flush=True)
    for server in servers:
        server.close()


def main() -> None:
    """Read the arguments and serve until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m bench.server")
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--hosts", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cut", type=int, default=0, help="entries of each feed")
    given = parser.parse_args()
    asyncio.run(_main(given.feeds, given.hosts, given.seed, given.cut))


if __name__ == "__main__":
    main()
