"""A desk's server over real sockets: the short way answers as the long one does."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path

import feedparser
import pytest

from syndicate.gather.fetch import HttpFetcher, Limits
from syndicate.gather.guard import AddressGuard
from syndicate.ports import Request
from syndicate.web.documents import Documents
from tests.listening import listening_at

lane = pytest.importorskip("syndicate.web.serving.lane", exc_type=ImportError)

ATOM = b"<feed>" + "bản tin ".encode() * 5000 + b"</feed>"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "category").mkdir()
    (tmp_path / "all.atom").write_bytes(ATOM)
    (tmp_path / "all.atom.gz").write_bytes(gzip.compress(ATOM))
    (tmp_path / "large.xml").write_bytes(b"<a>" + bytes(range(32, 60)) * 400_000)
    return tmp_path


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, int]]:
    documents = Documents(folder, base_url="https://tin.example")

    async def application(scope, receive, send):
        if scope["path"].startswith("/feeds/"):
            await documents({**scope, "root_path": "/feeds"}, receive, send)
            return
        body, message = b"", {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
        await asyncio.sleep(0.2)
        headers = [(b"content-length", str(len(body) + 4).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"slow" + body})

    with listening_at(application, documents) as where:
        yield where


@pytest.fixture
def address(folder):
    with running(folder) as where:
        yield where


class Line:
    """One connection, spoken by hand."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=10)
        self.stream = self.socket.makefile("rb")

    def send(self, text: str) -> None:
        self.socket.sendall(text.encode("latin-1"))

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        self.send(request(path, **headers))
        return self.answer()

    def answer(self, *, head: bool = False) -> tuple[int, dict[str, str], bytes]:
        status = int(self.stream.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self.stream.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name] = value
        body = b""
        if status != 304 and not head:
            body = self.stream.read(int(headers.get("content-length", 0)))
        return status, headers, body

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stream.close()
        self.socket.close()

    def is_closed(self) -> bool:
        try:
            return self.stream.read(1) == b""
        except ConnectionResetError:
            return True


def request(path: str, method: str = "GET", version: str = "1.1", **more: str) -> str:
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items()]
    return f"{method} {path} HTTP/{version}\r\nHost: x\r\n{''.join(lines)}\r\n"


@pytest.fixture
def line(address):
    with Line(address) as made:
        yield made


def without_date(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "date"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"accept_encoding": "gzip"},
        {"accept_encoding": "br;q=0.5, gzip, zstd;q=0"},
        {"accept_encoding": "gzip;q=0, identity;q=0"},
        {"if_none_match": '"x"'},
        {"if_none_match": "{}"},
        {"if_none_match": "W/{}", "if_modified_since": "never"},
        {"if_none_match": '"x", {}'},
        {"if_none_match": "*", "accept_encoding": "gzip"},
        {"if_modified_since": "[date]"},
        {"if_modified_since": "[date]", "accept_encoding": "gzip"},
        {"if_modified_since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"range": "bytes=0-5"},
        {"sec_fetch_dest": "document"},
        {"connection": "close"},
        {"accept_encoding": "gzip", "Accept-encoding": "br"},
    ],
)
def test_the_short_way_and_the_long_way_say_the_same(folder, address, line, more):
    known = line.ask("/feeds/all.atom")[1]
    more = {
        name: value.format(known["etag"]).replace("[date]", known["last-modified"])
        for name, value in more.items()
    }
    with Line(address) as other:  # a query goes the long way
        expected = other.ask("/feeds/all.atom?x", **more)
    status, headers, body = line.ask("/feeds/all.atom", **more)
    assert "date" in headers
    assert (status, body) == (expected[0], expected[2])
    assert without_date(headers) == without_date(expected[1])


STYLED = b'<?xml version="1.0"?><?xml-stylesheet href="feed.xsl"?>' + ATOM
STYLE = b"""<xsl:stylesheet version="1.0"
 xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">
<html><p><xsl:value-of select="feed"/></p></html></xsl:template></xsl:stylesheet>"""


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_a_feed_is_a_page_for_who_opens_it_and_a_feed_on_the_same_line(
    folder, line, coding
):
    (folder / "all.atom").write_bytes(STYLED)
    (folder / "feed.xsl").write_bytes(STYLE)
    known = line.ask("/feeds/all.atom", accept_encoding=coding)
    shown = {"sec_fetch_dest": "document", "accept_encoding": coding}
    for _again in range(2):
        page = line.ask("/feeds/all.atom", **shown)
        assert page[1]["content-type"] == "text/html; charset=utf-8"
        other = line.ask("/feeds/all.atom?x", **shown)
        assert (page[0], without_date(page[1])) == (200, without_date(other[1]))
        held = line.ask("/feeds/all.atom", if_none_match=page[1]["etag"], **shown)
        assert (held[0], held[1]["etag"]) == (304, page[1]["etag"])
        feed = line.ask("/feeds/all.atom", accept_encoding=coding)
        assert (feed[2], without_date(feed[1])) == (known[2], without_date(known[1]))
    line.send(request("/feeds/all.atom", method="HEAD", **shown))
    status, headers, _none = line.answer(head=True)
    assert (status, without_date(headers)) == (200, without_date(page[1]))


def test_many_requests_on_one_line_are_answered_in_their_order(line):
    etag = line.ask("/feeds/all.atom")[1]["etag"]
    asked = [
        request("/feeds/all.atom", if_none_match=etag),
        request("/slow"),
        request("/feeds/all.atom", accept_encoding="gzip"),
        request("/feeds/none.atom"),
        request("/feeds/all.atom", if_none_match=etag),
        request("/feeds/all.atom"),
    ] * 5
    line.send("".join(asked))
    statuses = [line.answer()[0] for _ in asked]
    assert statuses == [304, 200, 200, 404, 304, 200] * 5


def test_a_request_that_comes_letter_by_letter_is_answered(line):
    line.ask("/feeds/all.atom")
    for letter in request("/feeds/all.atom"):
        line.send(letter)
    assert line.answer()[2] == ATOM


def test_a_head_request_has_no_body(line):
    line.ask("/feeds/all.atom")
    line.send(request("/feeds/all.atom", method="HEAD") + request("/slow"))
    status, headers, _none = line.answer(head=True)
    assert (status, headers["content-length"]) == (200, str(len(ATOM)))
    assert line.answer()[2] == b"slow"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_who_wants_to_end_is_let_go(line, version):
    line.ask("/feeds/all.atom")
    more = {"connection": "close"} if version == "1.1" else {}
    line.send(request("/feeds/all.atom", version=version, **more))
    status, headers, body = line.answer()
    assert (status, headers["connection"], body) == (200, "close", ATOM)
    assert line.is_closed()


def test_a_get_with_a_body_does_not_put_the_next_request_out_of_step(line):
    line.ask("/feeds/all.atom")
    smuggled = request("/feeds/none.atom")
    line.send(request("/feeds/all.atom", content_length=str(len(smuggled))) + smuggled)
    assert line.answer()[0] == 200
    assert line.ask("/slow")[2] == b"slow"


def test_a_body_for_a_page_arrives_after_an_answer_at_once(line):
    line.ask("/feeds/all.atom")
    line.ask("/feeds/all.atom")
    line.send(request("/slow", method="POST", content_length="3") + "abc")
    assert line.answer()[2] == b"slowabc"


def test_a_document_that_was_replaced_is_the_new_one_at_once(folder, line):
    for number in range(50):
        content = b"<feed>%d</feed>" % number
        (folder / "new").write_bytes(content)
        (folder / "new").replace(folder / "all.atom")
        assert line.ask("/feeds/all.atom")[2] == content
        assert line.ask("/feeds/all.atom")[2] == content


@pytest.mark.parametrize(
    "path", ["/feeds/%61ll.atom", "/feeds/all.atom?t=1", "/feeds//all.atom"]
)
def test_other_spellings_of_an_address_lead_to_the_same_document(line, path):
    line.ask("/feeds/all.atom")
    assert line.ask(path)[2] == ATOM


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/../all.atom",
        "/feeds/%2e%2e/x.atom",
        "/feeds/all.atom%00",
        "/feeds/é.atom",
    ],
)
def test_a_path_that_is_none_of_ours_is_not_found(line, path):
    line.ask("/feeds/all.atom")
    assert line.ask(path)[0] in (400, 404)


def test_headers_without_an_end_are_refused(line):
    answered = b""
    with suppress(ConnectionError):
        line.send("GET /feeds/all.atom HTTP/1.1\r\n")
        for number in range(3000):
            line.send(f"X-{number}: {'x' * 1000}\r\n")
    with suppress(ConnectionError):
        answered = line.stream.read()
    assert answered == b"" or answered.startswith(b"HTTP/1.1 431 ")


def test_a_large_document_reaches_somebody_who_reads_slowly(folder, line):
    line.ask("/feeds/all.atom")
    line.send(request("/feeds/large.xml"))
    time.sleep(0.5)
    whole = (folder / "large.xml").read_bytes()
    assert line.answer()[2] == whole
    line.send(request("/feeds/large.xml") * 3)
    time.sleep(0.3)
    assert [line.answer()[2] == whole for _ in range(3)] == [True] * 3


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(lane, "_LOOK", 0.05)
    monkeypatch.setattr(lane, "_HEAD", 0.3)
    monkeypatch.setattr(lane, "_WHOLE", 0.6)
    monkeypatch.setattr(lane, "_STUCK", 0.3)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\n",
        request("/slow", method="POST", content_length="9") + "abc",
    ],
)
def test_who_does_not_go_on_is_not_waited_for(impatient, folder, said):
    with running(folder) as address, Line(address) as line:
        line.send(said)
        assert line.is_closed()


def test_who_does_not_take_his_answer_is_not_waited_for(impatient, folder):
    with running(folder) as address, Line(address) as line:
        (folder / "larger.xml").write_bytes(bytes(40_000_000))
        line.send(request("/feeds/larger.xml"))
        time.sleep(1)
        read = 0
        with suppress(ConnectionError):
            while piece := line.socket.recv(1_000_000):
                read += len(piece)
        assert 0 < read < 30_000_000


def test_too_many_lines_at_once_are_told_to_come_again(monkeypatch, folder):
    monkeypatch.setattr(lane, "_MOST", 20)
    with running(folder) as address, ExitStack() as stack:
        lines = [stack.enter_context(Line(address)) for _ in range(20)]
        assert [each.ask("/feeds/all.atom")[0] for each in lines] == [200] * 20
        with Line(address) as late:
            status, headers, _body = late.answer()
        assert (status, headers["retry-after"]) == (503, "30")
        assert lines[0].ask("/feeds/all.atom")[0] == 200


def test_readers_get_whole_documents_while_they_change(folder, address):
    """Whatever is replaced meanwhile, an answer is one version, under its own tag."""
    (folder / "all.atom").write_bytes(b"<feed>0</feed>" * 2000)
    seen: dict[tuple[int, bool, str], set[bytes]] = {}
    ended = threading.Event()

    def replace() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            content = b"<feed>%d</feed>" % number * 2000
            (folder / "all.atom.gz").unlink(missing_ok=True)
            (folder / "new").write_bytes(content)
            (folder / "new").replace(folder / "all.atom")

    def read() -> None:
        with Line(address) as line:
            for number in range(50):
                coding = {"accept_encoding": "gzip"} if number % 2 else {}
                status, headers, body = line.ask("/feeds/all.atom", **coding)
                plain = gzip.decompress(body) if coding else body
                whole = len(set(plain.replace(b"><", b"> <").split())) == 1
                seen.setdefault((status, whole, headers["etag"]), set()).add(body)

    writer = threading.Thread(target=replace)
    readers = [threading.Thread(target=read) for _ in range(20)]
    writer.start()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    ended.set()
    writer.join()
    assert len(seen) > 1
    assert {(status, whole) for status, whole, _etag in seen} <= {(200, True)}
    assert all(len(bodies) == 1 for bodies in seen.values())


ENTRY = "<entry><id>tag:t,2026:{0}</id><title>Tin {0}</title></entry>\n"


def feed(*numbers: int) -> bytes:
    entries = "".join(ENTRY.format(number) for number in numbers)
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title>\n'
    return f"{head}{entries}</feed>".encode()


def test_a_desk_that_gathers_from_a_desk_is_sent_what_is_new_and_misses_nothing(folder):
    """Thirty rounds: the whole feed once, then news alone, or 304 if there is none."""
    (folder / "all.atom").write_bytes(feed(*range(20)))
    guard = AddressGuard((ip_network("127.0.0.0/8"),))
    seen: set[str] = set()
    sizes, unchanged = [], 0

    async def gather(url: str) -> None:
        nonlocal unchanged
        etag = modified = ""
        async with HttpFetcher(Limits(gap=0.0), guard, "desk/1") as fetcher:
            for number in range(30):
                if number % 3:
                    newest = range(20 + number, number, -1)
                    (folder / "new").write_bytes(feed(*newest))
                    (folder / "new").replace(folder / "all.atom")
                wanted = Request(url=url, etag=etag, last_modified=modified)
                got = await fetcher.fetch(wanted)
                etag = got.headers.get("etag", etag)
                modified = got.headers.get("last-modified", modified)
                unchanged += got.not_modified
                entries = feedparser.parse(got.body).entries
                sizes.append(len(entries))
                seen.update(entry.id for entry in entries)

    with running(folder) as (host, port):
        asyncio.run(gather(f"http://{host}:{port}/feeds/all.atom"))
    assert seen == {f"tag:t,2026:{number}" for number in range(50)}
    assert sizes[0] == 20
    assert max(sizes[1:]) <= 2
    assert unchanged == 9
