"""A server that misbehaves in every way we know of, and what the desk makes of it.

One table, :data:`BEHAVIOURS`: tests/integration/test_misbehaving.py holds the desk to
it row by row, docs/reference.md shows it to people, and ``python -m tests.misbehaving``
prints it for them. ``python -m tests.misbehaving PORT`` serves it on 127.0.0.1, to
point a source at ``http://127.0.0.1:PORT/PATH``.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import zlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count

import brotli

Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]

READ = "read"
UNCHANGED = "not modified"
NO_FEED = "ParseError"

FEED = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    "<title>Tin</title><link>http://tin.example/</link><item><title>Bài một</title>"
    "<link>http://tin.example/1</link></item></channel></rss>"
).encode()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to misbehave."""

    name: str
    """Its path, too."""
    does: str
    """What the server does, for people."""
    outcome: str
    """:data:`READ`, :data:`UNCHANGED`, or the class of the error."""
    answer: bytes | Talk
    says: str = ""
    """A part of what the desk says then."""
    held: bool = False
    """We say that we hold an older copy (``If-None-Match``)."""
    parsed: bool = False
    """What came is read as a feed, too."""


def message(
    body: bytes = FEED, *headers: str, status: str = "200 OK", length: bool = True
) -> bytes:
    """Put an answer together."""
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def status(line: str, *headers: str) -> bytes:
    """Answer with a status and nothing else."""
    return message(b"", *headers, status=line)


def redirect(to: str, line: str = "301 Moved Permanently") -> bytes:
    """Redirect; PORT stands for the server's own."""
    return status(line, f"Location: {to}")


def packed(coding: str, body: bytes) -> bytes:
    """Answer with a content coding."""
    return message(body, f"Content-Encoding: {coding}")


async def _hang(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _hang_in_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>")
    await writer.drain()
    await asyncio.sleep(60)


async def _trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _trickle_a_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in count():
        writer.write(b"X-%d: 1\r\n" % number)
        await writer.drain()
        await asyncio.sleep(0.1)


async def _steady(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + FEED[:100])
    while True:
        writer.write(b"<item/>" * 1_000)
        await writer.drain()
        await asyncio.sleep(0.05)


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"<item><title>x</title></item>" * 2_000)
        await writer.drain()


async def _endless_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        writer.write(b"y" * 10_000)
        await writer.drain()


async def _endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in count():
        writer.write(b"X-%d: %s\r\n" % (number, b"y" * 50))
        await writer.drain()


async def _endless_chunks(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\n<\r\n" * 2_000)
        await writer.drain()


async def _early_hints(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _reset_in_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>")
    await writer.drain()
    writer.transport.abort()


def _chunked(body: bytes, headers: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{headers}\r\n".encode()
    return head + body


_BOMB = bytes(60_000_000)
_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (98 + each, b"&%c;" % (97 + each) * 30)
        for each in range(12)
    )
    + b"]><rss version='2.0'><channel><title>&m;</title><item><title>&m;</title>"
    b"<link>http://tin.example/1</link></item></channel></rss>"
)
_OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<rss version='2.0'><channel><title>t</title><item><title>a &f;</title>"
    b"<link>http://tin.example/1</link></item></channel></rss>"
)


def _rows() -> Iterator[Behaviour]:
    yield from _codings()
    yield from _sizes()
    yield from _times()
    yield from _redirects()
    yield from _statuses()
    yield from _protocol()
    yield from _contents()


def _codings() -> Iterator[Behaviour]:
    for coding, body in (
        ("gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("br", brotli.compress(FEED)),
    ):
        yield Behaviour(coding, f"packs with {coding}", READ, packed(coding, body))
    yield Behaviour(
        "bare-deflate",
        "says deflate and leaves out its header",
        READ,
        packed("deflate", zlib.compress(FEED)[2:-4]),
    )
    yield Behaviour(
        "gzip-twice",
        "packs twice",
        READ,
        packed("gzip, gzip", gzip.compress(gzip.compress(FEED))),
    )
    yield Behaviour(
        "gzip-not", "says gzip and packs nothing", READ, packed("gzip", FEED)
    )
    yield Behaviour(
        "gzip-tail",
        "sends rubbish after the packed body",
        READ,
        packed("gzip", gzip.compress(FEED) + b"rubbish"),
    )
    yield Behaviour(
        "gzip-cut",
        "breaks a packed body off",
        "BadAnswer",
        packed("gzip", gzip.compress(FEED)[:-12]),
        "broken off before its end",
    )
    yield Behaviour(
        "gzip-wrong",
        "packs wrongly",
        "BadAnswer",
        packed("gzip", b"\x1f\x8b\x08" + FEED),
        "not valid gzip",
    )
    yield Behaviour(
        "zstd",
        "packs in a way that we did not ask for",
        "BadAnswer",
        packed("zstd", b"\x28\xb5\x2f\xfd"),
        "which we did not ask for",
    )
    yield Behaviour(
        "gzip-nested",
        "says that it packed forty times over",
        "BadAnswer",
        packed(", ".join(["gzip"] * 40), gzip.compress(FEED)),
        "packed 40 times over",
    )


def _sizes() -> Iterator[Behaviour]:
    for coding, bomb in (
        ("gzip", gzip.compress(_BOMB, 9)),
        ("deflate", zlib.compress(_BOMB, 9)),
        ("br", brotli.compress(_BOMB, quality=5)),
        ("gzip, gzip", gzip.compress(gzip.compress(_BOMB, 9), 9)),
    ):
        yield Behaviour(
            f"bomb-{coding.replace(', ', '-')}",
            f"sends a bomb: {coding}, 60 MB unpacked",
            "TooLarge",
            packed(coding, bomb),
            "unpacks to more than",
        )
    yield Behaviour(
        "endless",
        "sends a body without end",
        "TooLarge",
        _endless,
        "bytes on the wire",
    )
    yield Behaviour(
        "endless-chunks",
        "sends chunks of a byte without end",
        "TooSlow",
        _endless_chunks,
        "total_timeout",
    )
    yield Behaviour(
        "long",
        "says that 20 MB will come",
        "TooLarge",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n<rss>",
        "says it is longer than",
    )
    yield Behaviour(
        "endless-header",
        "sends one header without end",
        "BadAnswer",
        _endless_header,
        "not proper HTTP",
    )
    yield Behaviour(
        "endless-headers",
        "sends headers without end",
        "BadAnswer",
        _endless_headers,
        "not proper HTTP",
    )


def _times() -> Iterator[Behaviour]:
    yield Behaviour("hang", "says nothing", "TooSlow", _hang, "read_timeout")
    yield Behaviour(
        "hang-body",
        "stops in the middle",
        "TooSlow",
        _hang_in_the_body,
        "silent for",
    )
    yield Behaviour(
        "trickle",
        "lets a byte drip now and then",
        "TooSlow",
        _trickle,
        "hardly a byte came",
    )
    yield Behaviour(
        "trickle-head",
        "lets headers drip now and then",
        "TooSlow",
        _trickle_a_head,
        "_timeout",
    )
    yield Behaviour(
        "continue",
        "answers 100 Continue for ever",
        "TooSlow",
        _early_hints,
        "_timeout",
    )
    yield Behaviour(
        "steady",
        "sends steadily, and never ends",
        "TooSlow",
        _steady,
        "total_timeout",
    )


def _redirects() -> Iterator[Behaviour]:
    for code in (301, 302, 303, 307, 308):
        yield Behaviour(
            f"redirect-{code}",
            f"redirects with {code}",
            READ,
            redirect("/good", f"{code} X"),
        )
    yield Behaviour(
        "redirect-loop",
        "redirects to itself",
        "BadAnswer",
        redirect("/redirect-loop"),
        "redirects in a circle",
    )
    yield Behaviour(
        "redirect-far",
        "redirects further and further",
        "BadAnswer",
        redirect("/redirect-far+"),
        "more than 5 redirects",
    )
    for name, to, says in (
        ("file", "file:///etc/passwd", "only http and https are asked"),
        ("gopher", "gopher://127.0.0.1:PORT/good", "only http and https are asked"),
        ("password", "http://a:b@127.0.0.1:PORT/good", "name or password"),
        ("private", "http://10.0.0.1/", "a private address"),
        ("loopback", "http://127.0.0.2:PORT/good", "a loopback address"),
        ("metadata", "http://169.254.169.254/latest/", "a link-local address"),
        ("mapped", "http://[::ffff:10.0.0.1]/", "a private address"),
        ("number", "http://2852039166/", "no address to ask"),
    ):
        yield Behaviour(
            f"redirect-{name}",
            f"redirects to `{to.replace(':PORT', '')}`",
            "AddressRefused",
            redirect(to),
            says,
        )
    yield Behaviour(
        "redirect-nowhere",
        "redirects and does not say where to",
        "BadAnswer",
        status("301 Moved Permanently"),
        "does not say where to",
    )
    yield Behaviour(
        "redirect-nonsense",
        "redirects to what is no address",
        "BadAnswer",
        redirect("http://[nonsense/"),
        "no address",
    )


def _statuses() -> Iterator[Behaviour]:
    yield Behaviour("unchanged", "answers 304", UNCHANGED, status("304 X"), held=True)
    yield Behaviour(
        "unasked-304",
        "answers 304, though we hold nothing",
        "BadAnswer",
        status("304 Not Modified"),
        "we hold nothing of it",
    )
    yield Behaviour(
        "delta", "answers 226 (RFC 3229)", READ, message(status="226 IM Used")
    )
    for code, says in (
        (401, "asks for a login"),
        (403, "refuses us"),
        (404, "check url in config.toml"),
        (410, "gone for good"),
        (429, "come less often"),
        (451, "legal reasons"),
        (500, "in trouble"),
        (503, "out of service"),
        (511, "not the site that answers"),
        (999, "an answer of no use"),
    ):
        yield Behaviour(
            str(code), f"answers {code}", "BadAnswer", status(f"{code} X"), says
        )


def _protocol() -> Iterator[Behaviour]:
    yield Behaviour("good", "behaves", READ, message(), parsed=True)
    yield Behaviour(
        "cookies",
        "sets fifty cookies",
        READ,
        message(FEED, *[f"Set-Cookie: c{each}=1" for each in range(50)]),
    )
    yield Behaviour(
        "long-header",
        "sends a header of 20 KB",
        READ,
        message(FEED, "X: " + "y" * 20_000),
    )
    yield Behaviour("reset", "hangs up", "Unreachable", _reset, "the line broke")
    yield Behaviour(
        "reset-body",
        "hangs up in the middle",
        "Unreachable",
        _reset_in_the_body,
        "the line broke",
    )
    yield Behaviour(
        "short",
        "sends less than it said",
        "Unreachable",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>",
        "before the answer's end",
    )
    yield Behaviour(
        "more",
        "sends more than it said",
        "BadAnswer",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n" + FEED,
        "not proper HTTP",
    )
    for name, does, raw in (
        ("http09", "speaks HTTP/0.9", FEED),
        ("greeting", "greets as a mail server", b"220 mail.example ESMTP\r\n"),
        ("tls", "speaks TLS on a plain port", b"\x15\x03\x01\x00\x02\x02\x46"),
        ("status-word", "answers with a word for a status", b"HTTP/1.1 OK\r\n\r\n"),
        (
            "length-negative",
            "says that less than nothing will come",
            b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        ),
        (
            "length-twice",
            "says two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n<rss>",
        ),
        (
            "both",
            "says a length and sends chunks",
            _chunked(b"5\r\n<rss>\r\n0\r\n\r\n", "Content-Length: 5\r\n"),
        ),
    ):
        yield Behaviour(name, does, "BadAnswer", raw, "not proper HTTP")
    yield Behaviour(
        "chunks-wrong",
        "sends broken chunks",
        "BadAnswer",
        _chunked(b"zz\r\n<rss>\r\n"),
        "not proper HTTP",
    )
    yield Behaviour(
        "chunks-cut",
        "leaves out the last chunk",
        "Unreachable",
        _chunked(b"5\r\n<rss>\r\n"),
        "before the answer's end",
    )


def _contents() -> Iterator[Behaviour]:
    yield Behaviour(
        "page",
        "sends a page in place of the feed",
        NO_FEED,
        message(b"<!DOCTYPE html><html><title>Login</title><p>Please log in"),
        parsed=True,
    )
    yield Behaviour("empty", "sends nothing", NO_FEED, message(b""), parsed=True)
    yield Behaviour(
        "binary",
        "sends a picture",
        NO_FEED,
        message(b"\x89PNG\r\n\x1a\n\0\0\0\r" * 99),
        parsed=True,
    )
    yield Behaviour(
        "comments",
        "sends 200 KB of `<!--`",
        NO_FEED,
        message(b"<!--" * 50_000),
        parsed=True,
    )
    yield Behaviour(
        "entities",
        "sends an entity bomb",
        f"{READ} or {NO_FEED}",
        message(_ENTITIES),
        parsed=True,
    )
    yield Behaviour(
        "outside",
        "sends an entity that stands for a file of ours",
        f"{READ} or {NO_FEED}",
        message(_OUTSIDE),
        parsed=True,
    )


BEHAVIOURS = tuple(_rows())
BY_NAME = {each.name: each for each in BEHAVIOURS}


class Server:
    """Serves :data:`BEHAVIOURS` on 127.0.0.1; an async context manager."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._talks: set[asyncio.Task[None]] = set()

    def url(self, behaviour: Behaviour) -> str:
        """Return the address of a behaviour."""
        return f"http://127.0.0.1:{self.port}/{behaviour.name}"

    async def __aenter__(self) -> Server:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """End, whoever still listens."""
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await self._answer(head.split(b" ")[1].decode("latin-1"), writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        name = path.strip("/").rstrip("+")
        found = BY_NAME.get(name)
        answer = found.answer if found else status("404 Not Found")
        if not isinstance(answer, bytes):
            await answer(writer)
            return
        further = b"/redirect-far" + b"+" * (path.count("+") + 1)
        answer = answer.replace(b"/redirect-far+", further)
        writer.write(answer.replace(b"PORT", str(self.port).encode()))
        await writer.drain()


def markdown() -> str:
    """Return the table for docs/reference.md."""
    said = {each.name: f"“… {each.says} …”" for each in BEHAVIOURS if each.says}
    rows = [
        f"| {each.does} | {each.outcome} | {said.get(each.name, '')} |"
        for each in BEHAVIOURS
    ]
    head = ["| a server that … | outcome | the desk says |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


async def _main(port: int) -> None:
    async with Server(port) as server:
        for each in BEHAVIOURS:
            print(server.url(each), each.does, sep="\t", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(_main(int(sys.argv[1])))
    else:
        print(markdown(), end="")  # noqa: T201
