"""The HTTP client against a loopback server that answers whatever a test says."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_network

import brotli
import pytest

from syndicate.errors import (
    AddressRefused,
    BadAnswer,
    FetchError,
    TooLarge,
    TooSlow,
    Unreachable,
)
from syndicate.gather.fetch import HttpFetcher, Limits
from syndicate.gather.guard import AddressGuard
from syndicate.ports import Request, Response

LOOPBACK = AddressGuard((ip_network("127.0.0.0/8"),))
SHUT = AddressGuard()
QUICK = Limits(connect=1.0, read=1.0, total=2.0, gap=0.0)

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(
    body: bytes = b"", *headers: str, status: str = "200 OK", length: bool = True
) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Site:
    """A server whose pages are bytes, or coroutines that write what they like."""

    pages: dict[str, bytes | Answering]
    asked: list[str] = field(default_factory=list)
    times: list[tuple[float, float]] = field(default_factory=list)
    port: int = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        began = time.monotonic()
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.asked.append(head)
            page = self.pages.get(head.split(" ")[1], answer(status="404 Not Found"))
            if isinstance(page, bytes):
                writer.write(page.replace(b"PORT", str(self.port).encode()))
                await writer.drain()
            else:
                await page(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.times.append((began, time.monotonic()))
            writer.close()


def visit(
    pages: dict[str, bytes | Answering],
    *paths: str,
    limits: Limits = QUICK,
    guard: AddressGuard = LOOPBACK,
    request: Request | None = None,
    host: str = "127.0.0.1",
) -> tuple[list[Response | FetchError], Site]:
    """Fetch every path at once from a site that holds ``pages``."""
    site = Site(pages)

    async def one(fetcher: HttpFetcher, path: str) -> Response | FetchError:
        url = site.url(path, host) if path.startswith("/") else path
        wanted = Request(
            url=url.replace("PORT", str(site.port)),
            etag=request.etag if request else "",
            last_modified=request.last_modified if request else "",
        )
        try:
            return await fetcher.fetch(wanted)
        except FetchError as error:
            return error

    async def run() -> list[Response | FetchError]:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
        site.port = server.sockets[0].getsockname()[1]
        async with server, HttpFetcher(limits, guard, "syndicate-test/1") as fetcher:
            return await asyncio.gather(*(one(fetcher, path) for path in paths))

    return asyncio.run(run()), site


def test_an_answer_comes_with_its_headers_in_lower_case_and_its_address():
    [got], site = visit({"/a": answer(b"hello", 'ETag: "1"', "X-Y: 1", "X-Y: 2")}, "/a")
    assert isinstance(got, Response)
    assert (got.status, got.body, got.url) == (200, b"hello", site.url("/a"))
    assert got.headers["etag"] == '"1"'
    assert got.headers["x-y"] == "1, 2"


def test_we_say_who_we_are_and_what_we_take():
    _, site = visit({"/a": answer()}, "/a")
    head = site.asked[0].lower()
    assert "user-agent: syndicate-test/1" in head
    assert "accept-encoding: gzip, deflate, br" in head
    assert "a-im: feed" in head
    assert "cookie" not in head


def test_an_address_in_the_query_string_is_asked_as_it_stands():
    path = "/chi-tiet-tin/?/phat-trien-ang-vien/17751487"
    [got], site = visit({path: answer(b"x")}, path)
    assert isinstance(got, Response)
    assert site.asked[0].startswith(f"GET {path} ")


def test_validators_are_sent_and_304_brings_new_ones():
    page = answer(b"", 'ETag: "new"', status="304 Not Modified", length=False)
    [got], site = visit(
        {"/a": page},
        "/a",
        request=Request(
            url="", etag='"old"', last_modified="Mon, 19 Oct 2026 00:00:00 GMT"
        ),
    )
    assert isinstance(got, Response)
    assert got.not_modified
    assert got.headers["etag"] == '"new"'
    assert 'If-None-Match: "old"' in site.asked[0]
    assert "If-Modified-Since: Mon, 19 Oct 2026" in site.asked[0]


def test_a_304_that_nobody_asked_for_is_of_no_use():
    page = answer(b"", status="304 Not Modified", length=False)
    [got], _ = visit({"/a": page}, "/a")
    assert isinstance(got, BadAnswer)
    assert got.status == 304


def test_a_validator_with_a_line_end_cannot_smuggle_a_header_in():
    [got], site = visit(
        {"/a": answer(b"x")}, "/a", request=Request(url="", etag='"1"\r\nX-Evil: 1')
    )
    assert isinstance(got, Response)
    assert "\r\nx-evil" not in site.asked[0].lower()


@pytest.mark.parametrize("status", ["226 IM Used", "203 Non-Authoritative"])
def test_226_and_203_count_as_200(status):
    [got], _ = visit({"/a": answer(b"x", status=status)}, "/a")
    assert isinstance(got, Response)
    assert (got.status, got.body) == (200, b"x")


def test_204_is_passed_on():
    [got], _ = visit({"/a": answer(status="204 No Content", length=False)}, "/a")
    assert isinstance(got, Response)
    assert (got.status, got.body) == (204, b"")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 429, 500, 503, 300])
def test_other_answers_are_errors_that_name_the_status(status):
    [got], _ = visit({"/a": answer(status=f"{status} X")}, "/a")
    assert isinstance(got, BadAnswer)
    assert got.status == status
    assert str(status) in got.reason


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (("Retry-After: 120",), 120.0),
        (("Retry-After: 9999999",), 86_400.0),
        (
            (
                "Date: Mon, 19 Oct 2026 00:00:00 GMT",
                "Retry-After: Mon, 19 Oct 2026 00:05:00 GMT",
            ),
            300.0,
        ),
        (("Retry-After: soon",), None),
        ((), None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(headers, seconds):
    [got], _ = visit({"/a": answer(b"", *headers, status="429 X")}, "/a")
    assert isinstance(got, BadAnswer)
    assert got.retry_after == seconds


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("br", brotli.compress),
        ("identity", bytes),
        ("gzip", bytes),
        ("gzip", lambda body: gzip.compress(body[:4]) + gzip.compress(body[4:])),
        ("deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
    ],
)
def test_every_coding_that_we_ask_for_is_undone(coding, pack):
    body = "Đảng bộ tỉnh ".encode() * 500
    page = answer(pack(body), f"Content-Encoding: {coding}")
    [got], _ = visit({"/a": page}, "/a")
    assert isinstance(got, Response)
    assert got.body == body


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"x" * 5000)[:-12]),
        ("br", b"not brotli at all"),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("deflate", b"not deflate"),
    ],
)
def test_what_cannot_be_unpacked_is_a_bad_answer(coding, packed):
    [got], _ = visit({"/a": answer(packed, f"Content-Encoding: {coding}")}, "/a")
    assert isinstance(got, BadAnswer)


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("br", lambda b: brotli.compress(b, quality=5))],
)
def test_a_gzip_bomb_is_stopped_at_the_limit(coding, pack):
    bomb = pack(bytes(40_000_000))
    assert len(bomb) < 100_000
    [got], _ = visit({"/a": answer(bomb, f"Content-Encoding: {coding}")}, "/a")
    assert isinstance(got, TooLarge)
    assert "unpack" in got.reason


def test_a_20_mb_page_is_stopped_on_the_wire():
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(200):
            writer.write(bytes(100_000))
            await writer.drain()

    limits = Limits(connect=1.0, read=2.0, total=10.0, gap=0.0)
    [got], _ = visit({"/a": endless}, "/a", limits=limits)
    assert isinstance(got, TooLarge)


def test_a_length_beyond_the_limit_is_refused_at_once():
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 99000000\r\n\r\n"
    [got], _ = visit({"/a": page}, "/a")
    assert isinstance(got, TooLarge)


def test_a_slow_trickle_ends_with_too_slow():
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    limits = Limits(connect=1.0, read=0.5, total=0.6, gap=0.0)
    [got], _ = visit({"/a": trickle}, "/a", limits=limits)
    assert isinstance(got, TooSlow)


def test_silence_ends_with_too_slow():
    async def silent(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1.0)

    limits = Limits(connect=1.0, read=0.3, total=5.0, gap=0.0)
    [got], _ = visit({"/a": silent}, "/a", limits=limits)
    assert isinstance(got, TooSlow)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_final_address_is_told(status):
    pages: dict[str, bytes | Answering] = {
        "/a": answer(b"", "Location: sub/b", status=f"{status} X"),
        "/sub/b": answer(b"here"),
    }
    [got], site = visit(pages, "/a")
    assert isinstance(got, Response)
    assert (got.url, got.body) == (site.url("/sub/b"), b"here")


def test_a_redirect_loop_ends():
    pages: dict[str, bytes | Answering] = {
        "/a": answer(b"", "Location: /b", status="302 X"),
        "/b": answer(b"", "Location: /a", status="302 X"),
    }
    [got], site = visit(pages, "/a")
    assert isinstance(got, BadAnswer)
    assert "circle" in got.reason
    assert len(site.asked) == 2


def test_a_long_chain_of_redirects_ends():
    pages: dict[str, bytes | Answering] = {
        f"/{n}": answer(b"", f"Location: /{n + 1}", status="302 X") for n in range(20)
    }
    [got], site = visit(pages, "/0")
    assert isinstance(got, BadAnswer)
    assert len(site.asked) == QUICK.redirects + 1


@pytest.mark.parametrize(
    "location",
    [
        "ftp://127.0.0.1/a",
        "file:///etc/passwd",
        "http://user:secret@127.0.0.1:PORT/b",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:PORT/b",
        "http://2852039166/",
    ],
)
def test_a_redirect_to_a_forbidden_place_is_refused(location):
    pages: dict[str, bytes | Answering] = {
        "/a": answer(b"", f"Location: {location}", status="302 X"),
        "/b": answer(b"secret"),
    }
    [got], _ = visit(pages, "/a")
    assert isinstance(got, AddressRefused)


def test_a_redirect_to_loopback_is_refused():
    """The first hop is an allowed network, the second is not."""
    guard = AddressGuard((ip_network("127.0.0.1/32"),))
    pages: dict[str, bytes | Answering] = {
        "/a": answer(b"", "Location: http://127.0.0.2:PORT/b", status="302 X")
    }
    [got], site = visit(pages, "/a", guard=guard)
    assert isinstance(got, AddressRefused)
    assert "127.0.0.2" in got.reason
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
)
def test_an_ip_literal_or_a_name_of_loopback_is_refused(host):
    [got], site = visit({"/a": answer(b"secret")}, "/a", guard=SHUT, host=host)
    assert isinstance(got, (AddressRefused, Unreachable))
    assert site.asked == []
    if host in {"127.0.0.1", "localhost"}:
        assert isinstance(got, AddressRefused)
        assert "loopback" in got.reason
        assert "allow" in got.reason


@pytest.mark.parametrize(
    "url", ["", "not an address", "http://", "http://[::1", "http://a b/"]
)
def test_what_is_no_address_is_told_apart(url):
    [got], _ = visit({}, url)
    assert isinstance(got, (Unreachable, AddressRefused))


def test_a_closed_port_is_unreachable():
    [got], _ = visit({}, "http://127.0.0.1:1/")
    assert isinstance(got, Unreachable)


def test_a_header_flood_is_a_bad_answer():
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200_000):
            writer.write(b"X-%d: %s\r\n" % (number, b"y" * 50))
            await writer.drain()

    [got], _ = visit({"/a": flood}, "/a")
    assert isinstance(got, (BadAnswer, Unreachable))


def test_one_endless_header_is_a_bad_answer():
    page = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n"
    [got], _ = visit({"/a": page}, "/a")
    assert isinstance(got, (BadAnswer, Unreachable))


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nxx",
        b"\x16\x03\x01\x00",
    ],
)
def test_broken_http_is_an_error_of_ours(page):
    [got], _ = visit({"/a": page}, "/a")
    assert isinstance(got, FetchError)


def test_an_empty_body_is_passed_on():
    [got], _ = visit({"/a": answer(b"")}, "/a")
    assert isinstance(got, Response)
    assert got.body == b""


def test_one_request_at_a_time_and_a_gap_between_two():
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(answer(b"x"))
        await writer.drain()

    limits = Limits(connect=1.0, read=1.0, total=2.0, gap=0.1)
    got, site = visit(
        {"/a": slow, "/b": slow, "/c": slow}, "/a", "/b", "/c", limits=limits
    )
    assert all(isinstance(each, Response) for each in got)
    pairs = zip(site.times, site.times[1:], strict=False)
    assert all(later[0] - earlier[1] > 0.05 for earlier, later in pairs)


def test_waiting_for_a_turn_is_not_slowness():
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(answer(b"x"))
        await writer.drain()

    limits = Limits(connect=1.0, read=1.0, total=0.5, gap=0.0)
    got, _ = visit({"/a": slow}, *["/a"] * 5, limits=limits)
    assert all(isinstance(each, Response) for each in got)
