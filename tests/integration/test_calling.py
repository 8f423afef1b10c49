"""Calling what strangers name: whole, bounded, guarded."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from syndicate.errors import AddressRefused, BadAnswer, FetchError, TooSlow, Unreachable
from syndicate.gather.calling import HttpCaller
from syndicate.gather.guard import AddressGuard
from syndicate.ports import Call
from tests import hubworld


@pytest.fixture
def there():
    with hubworld.subscribers() as server:
        yield server


def call(request: Call, *, guard=hubworld.LOOPBACK, **more):
    async def run():
        async with HttpCaller(guard, "desk/1", **more) as caller:
            return await caller.call(request)

    return asyncio.run(run())


def posted(url: str, body: bytes = b"<feed/>") -> Call:
    return Call(method="POST", url=url, headers={"Content-Type": "a/b"}, body=body)


@contextmanager
def raw(*pieces: bytes, pause: float = 0.0):
    """A server that answers anything with these bytes."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            connection.recv(65_536)
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except OSError:
                    return
                time.sleep(pause)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    listening.close()
    thread.join()


def test_a_body_arrives_byte_for_byte_with_its_headers(there):
    body = bytes(range(256)) * 2_000
    answer = call(posted(there.callback(), body))
    assert answer.status == 200
    (delivery,) = there.got()
    assert delivery.body == body
    assert delivery.headers["content-type"] == "a/b"
    assert delivery.headers["user-agent"] == "desk/1"
    assert "cookie" not in delivery.headers
    assert "content-encoding" not in delivery.headers


def test_an_address_is_called_as_it_was_given(there):
    address = there.callback("/cb?a=%2F%20%C3%A9&b=x;y&&c")
    call(posted(address))
    assert there.got()[0].path == "/cb?a=%2F%20%C3%A9&b=x;y&&c"


def test_no_redirect_is_followed(there):
    there.callback("/cb2")
    headers = {"Location": "/cb2"}
    assert call(posted(there.callback(status=307, headers=headers))).status == 307
    assert there.got("/cb2") == []


def test_an_answer_is_read_no_further_than_was_asked(there):
    address = there.callback(body=b"x" * 20_000_000)
    began = time.monotonic()
    assert call(posted(address)).body == b""
    asked = Call(method="POST", url=address, body=b"x", most=10)
    assert len(call(asked).body) == 11
    assert time.monotonic() - began < 3


def test_a_server_asks_to_wait(there):
    headers = {"Retry-After": "120"}
    assert call(posted(there.callback(status=503, headers=headers))).retry_after == 120
    headers["Retry-After"] = "soon"
    assert call(posted(there.callback(status=503, headers=headers))).retry_after is None


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://2130706433:9/",
        "http://0x7f000001:9/",
        "http://127.1:9/",
        "http://169.254.169.254/latest",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://user:pass@example.com/",
        "ftp://example.com/",
    ],
)
def test_nobody_inside_is_called(address):
    with pytest.raises(AddressRefused):
        call(posted(address), guard=AddressGuard())


def test_a_name_that_leads_inside_is_not_called():
    def look_up(_host, port, *_rest):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", port))]

    with pytest.raises(AddressRefused, match=r"10\.1\.2\.3 is a private address"):
        call(posted("http://name.vn/"), guard=AddressGuard(), look_up=look_up)


def test_a_name_that_nobody_knows():
    def look_up(*_):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(Unreachable, match="no such host name"):
        call(posted("http://name.vn/"), look_up=look_up)


def test_a_door_that_is_shut():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable, match="no connection"):
        call(posted(f"http://127.0.0.1:{port}/"))


def test_who_says_nothing_is_left_in_time(there):
    began = time.monotonic()
    with pytest.raises(TooSlow):
        call(posted(there.callback(stall=3.0)), total=0.3)
    assert time.monotonic() - began < 1.5


def test_a_call_may_be_briefer_than_others(there):
    brief = Call(method="POST", url=there.callback(stall=3.0), body=b"x", seconds=0.2)
    with pytest.raises(TooSlow, match=r"within 0\.2 s"):
        call(brief)


def test_who_trickles_is_left_in_time():
    pieces = [b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 50
    with raw(*pieces, pause=0.05) as address, pytest.raises(TooSlow):
        call(posted(address), total=0.5)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff\x00\xff\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_an_error_and_no_traceback(said):
    with raw(said) as address, pytest.raises(FetchError) as error:
        call(posted(address), total=3.0)
    assert isinstance(error.value, (Unreachable, BadAnswer))


def test_a_caller_is_used_while_it_is_open():
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(HttpCaller(AddressGuard(), "x").call(Call(url="http://a.vn/")))
