"""Names, redirects and our own line, as the HTTP client sees them."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import subprocess
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from shutil import which

import aiohttp.connector
import pytest

from syndicate.errors import (
    AddressRefused,
    BadAnswer,
    FetchError,
    Offline,
    TooSlow,
    Unreachable,
)
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.gather.line import Line
from syndicate.ports import Hop, Request, Response

QUICK = Limits(connect=1.0, read=1.0, total=2.0, gap=0.0)
LOOPBACK = AddressGuard((ip_network("127.0.0.0/8"),))
UP, DOWN = Line(lambda: True, lambda: True), Line(lambda: False, lambda: False)

Page = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def page(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Site:
    """A server on 127.0.0.1 that keeps connections open; knows who asked when."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages, self.port = pages, 0
        self.heads: list[str] = []
        self.times: list[float] = []
        self.connections = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.heads.append(head)
                self.times.append(time.monotonic())
                answer = self.pages.get(head.split(" ")[1], page("404 X"))
                if not isinstance(answer, bytes):
                    await answer(writer)
                    return
                writer.write(answer.replace(b"PORT", str(self.port).encode()))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def named(*names: str, error: int | None = None) -> Callable[..., list[object]]:
    """A name server that knows these names, all at 127.0.0.1."""

    def look_up(host: str, port: int, *_: object) -> list[object]:
        if host not in names:
            raise socket.gaierror(error or socket.EAI_NONAME, "no")
        kind = socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)
        return [kind]

    return look_up


def visit(
    pages: dict[str, Page],
    *urls: str,
    limits: Limits = QUICK,
    line: Line = UP,
    look_up: Callable[..., list[object]] | None = None,
    guard: AddressGuard = LOOPBACK,
) -> tuple[list[Response | FetchError], Site]:
    """Fetch ``urls`` one after another; PORT in them is the site's."""
    site = Site(pages)

    async def one(fetcher: HttpFetcher, url: str) -> Response | FetchError:
        try:
            wanted = Request(url=url.replace("PORT", str(site.port)))
            return await fetcher.fetch(wanted)
        except FetchError as error:
            return error

    async def run() -> list[Response | FetchError]:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
        site.port = server.sockets[0].getsockname()[1]
        names = look_up or named("a.example", "b.example")
        client = HttpFetcher(limits, guard, "test/1", look_up=names, line=line)
        async with server, client as fetcher:
            return [await one(fetcher, url) for url in urls]

    return asyncio.run(run()), site


# ── Redirects ──


def test_every_redirect_is_told_with_its_status_and_absolute_target():
    pages: dict[str, Page] = {
        "/a": page("301 X", "Location: /b"),
        "/b": page("302 X", "Location: http://b.example:PORT/c#top"),
        "/c": page("200 X", body=b"here"),
    }
    [got], site = visit(pages, "http://a.example:PORT/a")
    assert isinstance(got, Response)
    assert got.hops == (
        Hop(status=301, to=f"http://a.example:{site.port}/b"),
        Hop(status=302, to=f"http://b.example:{site.port}/c"),
    )
    assert got.url == f"http://b.example:{site.port}/c"


def test_a_redirect_on_the_same_host_is_followed_without_a_pause():
    pages: dict[str, Page] = {
        "/a": page("301 X", "Location: /b"),
        "/b": page("200 X", body=b"here"),
    }
    limits = Limits(connect=1.0, read=1.0, total=2.0, gap=0.5)
    url = "http://a.example:PORT/a"
    _, site = visit(pages, url, url, limits=limits)
    first, second, third, _ = site.times
    assert second - first < 0.3
    assert third - second >= 0.5


def test_two_hosts_that_redirect_to_each_other_hold_nobody_up():
    pages: dict[str, Page] = {
        "/a": page("302 X", "Location: http://b.example:PORT/x"),
        "/b": page("302 X", "Location: http://a.example:PORT/x"),
        "/x": page("200 X", body=b"here"),
    }
    site = Site(pages)

    async def run() -> list[Response]:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        site.port = port
        names = named("a.example", "b.example")
        client = HttpFetcher(QUICK, LOOPBACK, "test/1", look_up=names)
        async with server, client as fetcher:
            urls = [f"http://a.example:{port}/a", f"http://b.example:{port}/b"] * 5
            asked = [fetcher.fetch(Request(url=url)) for url in urls]
            return await asyncio.wait_for(asyncio.gather(*asked), 5.0)

    assert [got.body for got in asyncio.run(run())] == [b"here"] * 10


def test_nothing_secret_goes_anywhere():
    pages: dict[str, Page] = {
        "/a": page("302 X", "Set-Cookie: a=1", "Location: http://b.example:PORT/b"),
        "/b": page("200 X", "Set-Cookie: b=2"),
    }
    _, site = visit(pages, *["http://a.example:PORT/a"] * 2)
    said = "".join(site.heads).lower()
    assert "cookie" not in said
    assert "authorization" not in said
    assert "referer" not in said


# ── Manners ──


@pytest.mark.parametrize(
    ("headers", "least", "most"), [((), 0.5, 0.8), (("Retry-After: 0",), 0.1, 0.4)]
)
def test_a_busy_host_is_spaced_and_not_blocked(headers, least, most):
    """429 is for the source; the host's other tenants wait for five gaps at most."""
    pages: dict[str, Page] = {
        "/busy": page("429 X", *headers),
        "/other": page("200 X", body=b"here"),
    }
    limits = Limits(connect=1.0, read=1.0, total=2.0, gap=0.1)
    urls = ("http://a.example:PORT/busy", "http://a.example:PORT/other")
    [busy, other], site = visit(pages, *urls, limits=limits)
    assert isinstance(busy, BadAnswer)
    assert isinstance(other, Response)
    assert least <= site.times[1] - site.times[0] < most


def test_a_crawl_delay_is_a_pause_beyond_our_own():
    site = Site({"/a": page("200 X", body=b"x")})

    async def run() -> None:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, HttpFetcher(QUICK, LOOPBACK, "test/1") as fetcher:
            for _ in range(2):
                url = f"http://127.0.0.1:{port}/a"
                await fetcher.fetch(Request(url=url, pause=0.3))

    asyncio.run(run())
    assert site.times[1] - site.times[0] >= 0.3


def test_connections_are_kept_for_the_next_request_to_a_host():
    pages: dict[str, Page] = {"/a": page("200 X", body=b"x")}
    _, site = visit(pages, *["http://a.example:PORT/a"] * 5)
    assert (len(site.heads), site.connections) == (5, 1)


def test_connections_are_not_kept_to_more_hosts_than_a_few_hundred():
    names = [f"h{number}.example" for number in range(300)]
    urls = [f"http://{name}:PORT/a" for name in names]
    pages: dict[str, Page] = {"/a": page("200 X", body=b"x")}
    _, site = visit(pages, *urls, *urls[-5:], look_up=named(*names))
    assert len(site.heads) == 305
    assert site.connections == 305, "the last ones were closed at once"


# ── Names and the line ──


def test_a_name_that_does_not_exist_is_the_sources_own_fault():
    [got], _ = visit({}, "http://missing.example/", line=DOWN)
    assert isinstance(got, Unreachable)
    assert "no such host name" in got.reason


def test_no_name_server_at_all_is_our_own_outage():
    again = named(error=socket.EAI_AGAIN)
    [got], _ = visit({}, "http://a.example/", look_up=again, line=DOWN)
    assert isinstance(got, Offline)


def test_a_name_that_fails_while_others_are_known_is_the_sources_own_fault():
    again = named(error=socket.EAI_AGAIN)
    [got], _ = visit({}, "http://a.example/", look_up=again, line=UP)
    assert isinstance(got, Unreachable)


def test_while_servers_answer_our_line_is_up_and_nothing_is_probed():
    def probed() -> bool:
        raise AssertionError("somebody has just answered")

    look_up = named("a.example", error=socket.EAI_AGAIN)
    urls = ("http://a.example:PORT/a", "http://b.example/")
    [_, got], _ = visit({}, *urls, look_up=look_up, line=Line(probed, probed))
    assert isinstance(got, Unreachable)


@pytest.mark.parametrize(("line", "kind"), [(DOWN, Offline), (UP, Unreachable)])
def test_no_route_is_an_outage_only_if_there_is_none_to_anybody(
    monkeypatch, line, kind
):
    async def no_route(*_: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    loop = asyncio.SelectorEventLoop
    monkeypatch.setattr(loop, "sock_connect", no_route)
    [got], _ = visit({}, "http://a.example/", line=line)
    assert type(got) is kind


def test_names_that_take_long_run_out_of_the_time_to_connect():
    def slow(*_: object) -> list[object]:
        time.sleep(0.6)
        return []

    limits = Limits(connect=0.2, read=1.0, total=2.0, gap=0.0)
    began = time.monotonic()
    [got], _ = visit({}, "http://a.example/", look_up=slow, limits=limits)
    assert isinstance(got, TooSlow)
    assert "connect_timeout" in got.reason
    assert time.monotonic() - began < 1.5


def test_many_slow_names_do_not_hold_up_a_quick_one():
    quick = named("a.example")

    def look_up(host: str, *more: object) -> list[object]:
        if host != "a.example":
            time.sleep(0.5)
        return quick(host, *more)

    site = Site({"/a": page("200 X", body=b"here")})

    async def run() -> float:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = HttpFetcher(QUICK, LOOPBACK, "test/1", look_up=look_up, line=UP)
        async with server, client as fetcher:
            slow = [
                asyncio.create_task(fetcher.fetch(Request(url=f"http://s{n}.example/")))
                for n in range(15)
            ]
            await asyncio.sleep(0)
            began = time.monotonic()
            await fetcher.fetch(Request(url=f"http://a.example:{port}/a"))
            took = time.monotonic() - began
            await asyncio.gather(*slow, return_exceptions=True)
            return took

    assert asyncio.run(run()) < 0.4


def test_a_name_of_two_addresses_of_which_one_is_private_is_asked_at_neither_inside():
    def look_up(host: str, port: int, *_: object) -> list[object]:
        where = [("10.0.0.1", port), ("169.254.169.254", port)]
        kind = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*kind, each) for each in where]

    [got], _ = visit({}, "http://a.example/", look_up=look_up)
    assert isinstance(got, AddressRefused)


def test_a_name_with_a_label_that_is_too_long_is_told_apart():
    [got], _ = visit(
        {}, f"http://{'a' * 70}.example/", look_up=socket.getaddrinfo, line=UP
    )
    assert isinstance(got, (Unreachable, AddressRefused))


# ── Certificates ──


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of a.example that signed itself, and its key, in one file."""
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "both.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
         "-subj", "/CN=a.example", "-addext", "subjectAltName=DNS:a.example",
         "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    made.write_text(
        (folder / "cert.pem").read_text() + (folder / "key.pem").read_text()
    )
    return made


def over_tls(certificate: Path, *names: str) -> list[Response | FetchError]:
    site = Site({"/a": page("304 X"), "/b": page("200 X", body=b"x")})
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def one(fetcher: HttpFetcher, url: str) -> Response | FetchError:
        try:
            return await fetcher.fetch(Request(url=url, etag='"1"'))
        except FetchError as error:
            return error

    async def run() -> list[Response | FetchError]:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        look_up = named("a.example", "b.example")
        client = HttpFetcher(QUICK, LOOPBACK, "test/1", look_up=look_up, line=UP)
        async with server, client as fetcher:
            return [
                await one(fetcher, f"https://{n}".replace("PORT", str(port)))
                for n in names
            ]

    return asyncio.run(run())


def test_a_certificate_that_nobody_vouches_for_is_named_as_the_problem(certificate):
    [got] = over_tls(certificate, "a.example:PORT/b")
    assert isinstance(got, Unreachable)
    assert "certificate" in got.reason


def test_it_is_known_when_a_certificate_ends_also_with_a_304(certificate, monkeypatch):
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)
    unchanged, whole, wrong = over_tls(
        certificate, "a.example:PORT/a", "a.example:PORT/b", "b.example:PORT/b"
    )
    for got in (unchanged, whole):
        assert isinstance(got, Response)
        assert got.certificate_until is not None
        assert 29 <= (got.certificate_until - datetime.now(UTC)).days <= 30
    assert isinstance(wrong, Unreachable), "another name than the certificate's"
    assert "certificate" in wrong.reason


def test_over_plain_http_there_is_no_certificate():
    [got], _ = visit({"/a": page("200 X")}, "http://a.example:PORT/a")
    assert isinstance(got, Response)
    assert got.certificate_until is None
