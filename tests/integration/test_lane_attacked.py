"""A desk's server and callers who keep to no rule."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager

import pytest

from syndicate.web.documents import Documents
from tests.listening import listening_at

lane = pytest.importorskip("syndicate.web.serving.lane", exc_type=ImportError)

ASKS = b"GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "all.atom").write_bytes(b"<feed/>")
    (tmp_path / "a%41.html").write_bytes(b"a percent sign")
    (tmp_path / "aA.html").write_bytes(b"an A")
    return tmp_path


@contextmanager
def running(folder):
    documents = Documents(folder, base_url="https://tin.example")

    async def application(scope, receive, send):
        if scope["path"].startswith("/feeds/"):
            await documents({**scope, "root_path": "/feeds"}, receive, send)
            return
        size, message = 0, {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            size += len(message.get("body", b""))
        said = str(size).encode()
        headers = [(b"content-length", str(len(said)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    with listening_at(application, documents) as where:
        yield where


@pytest.fixture
def address(folder):
    with running(folder) as where:
        yield where


def talk(address, *pieces, pause=0.2):
    """Send pieces with a pause between; gives all that is answered."""
    with socket.create_connection(address, timeout=5) as line:
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(pause)
            line.sendall(piece)
        said = b""
        while True:
            try:
                piece = line.recv(1 << 20)
            except ConnectionResetError:
                return said
            if not piece:
                return said
            said += piece


def test_a_body_that_comes_with_the_end_of_the_headers_is_no_header(address):
    """As hubs push to us: the first packet may end anywhere in the headers."""
    body = b"x" * 100_000
    end = b"ngth: 100000\r\nConnection: close\r\n\r\n"
    said = talk(address, b"POST /push HTTP/1.1\r\nHost: x\r\nContent-Le", end + body)
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"\r\n\r\n100000")


def test_many_requests_at_once_are_no_large_headers(address):
    said = talk(address, b"GET /fee", ASKS[8:] + ASKS * 50 + LAST)
    assert said.count(b"HTTP/1.1 200") == 52


def test_headers_without_end_are_refused(address):
    begun = b"GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\nX: "
    said = talk(address, begun, b"a" * 40_000, b"a" * 40_000)
    assert said.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    "hosts", [b"", b"Host: x\r\nHost: y\r\n", b"Host: x\r\nHost: x\r\n"]
)
@pytest.mark.parametrize("path", [b"/feeds/all.atom", b"/other"])
def test_a_request_that_names_no_host_or_two_is_refused(address, hosts, path):
    """RFC 9112 §3.2; else a proxy before us may take it for another's."""
    talk(address, LAST)
    said = talk(address, b"GET " + path + b" HTTP/1.1\r\n" + hosts + b"\r\n" + ASKS)
    assert said.startswith(b"HTTP/1.1 400")
    assert said.count(b"HTTP/1.1") == 1


def test_a_request_of_http_1_0_need_not_name_a_host(address):
    said = talk(address, b"GET /feeds/all.atom HTTP/1.0\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200")


def test_requests_without_number_that_nobody_reads_the_answers_of_are_ended(
    address, caplog
):
    """Each that waits costs memory, a hundred times as much as it cost its caller."""
    talk(address, LAST)
    many = b"GET /feeds/none.atom HTTP/1.1\r\nHost: x\r\n\r\n" * 5_000
    said = talk(address, many)
    assert said.count(b"HTTP/1.1 404") < 1_000
    time.sleep(0.2)
    # A stranger cannot fill the log with what went wrong for himself.
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


def test_a_name_that_was_kept_is_not_given_for_what_it_stands_for(address):
    for _ in range(2):
        for path, body in (
            (b"a%2541.html", b"a percent sign"),
            (b"a%41.html", b"an A"),
        ):
            said = talk(address, LAST.replace(b"all.atom", path))
            assert said.endswith(b"\r\n\r\n" + body)


def test_a_date_after_one_that_is_none_says_nothing_on_either_way(address):
    said = talk(address, LAST)
    at = said.partition(b"last-modified: ")[2].partition(b"\r\n")[0]
    twice = b"If-Modified-Since: junk\r\nIf-Modified-Since: " + at + b"\r\n\r\n"
    said = talk(address, ASKS[:-2] + twice + LAST[:-2] + twice)
    assert [one[:3] for one in said.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200"]
