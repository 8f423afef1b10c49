from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from samples.server import AddressTakenError
from samples.world import World, load_tellings, main

pytestmark = pytest.mark.allow_hosts(["127.0.0.0/8"])

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "tests" / "data" / "samples" / "articles"
NOW = datetime.fromisoformat("2026-10-19T06:00+07:00")


def _world(port: int = 0, network: str = "127.0.77") -> World:
    return World(load_tellings(TEXTS), lambda: NOW, network=network, port=port)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with _world() as served:
        yield served


def _ask(
    world: World, portal: str, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    host, port = world.addresses[portal].removeprefix("http://").split(":")
    line = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, headers=names)
        answer = line.getresponse()
        return answer, answer.read()
    finally:
        line.close()


def _say(world: World, words: bytes) -> bytes:
    """What comes back to raw bytes until the portal hangs up."""
    host, port = world.addresses["bao"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(words)
        line.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := line.recv(65_536):
            heard += piece
        return heard


def test_five_portals_answer_at_five_addresses_of_one_port(world: World) -> None:
    assert [address.rpartition(":")[0] for address in world.addresses.values()] == [
        f"http://127.0.77.{place}" for place in range(1, 6)
    ]
    pages = {portal: _ask(world, portal, "/")[1] for portal in world.addresses}
    assert len(set(pages.values())) == 5


def test_the_feed_is_not_sent_twice_to_who_has_it(world: World) -> None:
    first, body = _ask(world, "so", "/vi/news/rss/")
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    again, nothing = _ask(world, "so", "/vi/news/rss/", If_None_Match=tag)
    dated, _ = _ask(world, "so", "/vi/news/rss/", If_Modified_Since=modified)
    assert first.status == 200
    assert body
    assert (again.status, again.headers["ETag"], nothing) == (304, tag, b"")
    assert dated.status == 304


def test_another_tag_or_an_older_copy_gets_the_feed(world: World) -> None:
    other, _ = _ask(world, "so", "/vi/news/rss/", If_None_Match='"x"')
    old = "Mon, 05 Oct 2026 00:00:00 GMT"
    older, _ = _ask(world, "so", "/vi/news/rss/", If_Modified_Since=old)
    odd, _ = _ask(
        world, "so", "/vi/news/rss/", If_Modified_Since="hôm qua".encode().hex()
    )
    assert (other.status, older.status, odd.status) == (200, 200, 200)


def test_a_tag_wins_over_a_date(world: World) -> None:
    late = "Mon, 19 Oct 2026 00:00:00 GMT"
    answer, _ = _ask(
        world, "so", "/vi/news/rss/", If_None_Match='"x"', If_Modified_Since=late
    )
    assert answer.status == 200


@pytest.mark.parametrize(
    ("portal", "path", "tagged"),
    [
        ("bao", "/chinh-tri/", True),
        ("khoi", "/tin-tuc", False),
        ("dan-van", "/tin-tuc.aspx", False),
        ("truong", "/", False),
    ],
)
def test_only_pages_that_stay_the_same_have_a_tag(
    world: World, portal: str, path: str, tagged: bool
) -> None:
    answer, _ = _ask(world, portal, path)
    assert ("ETag" in answer.headers) == tagged


def test_head_has_the_headers_of_get_and_no_body(world: World) -> None:
    get, body = _ask(world, "bao", "/chinh-tri/")
    head, nothing = _ask(world, "bao", "/chinh-tri/", method="HEAD")
    assert nothing == b""
    assert head.headers["Content-Length"] == str(len(body))
    assert head.headers["ETag"] == get.headers["ETag"]


def test_a_page_comes_packed_to_who_can_unpack_it(world: World) -> None:
    plain = _ask(world, "bao", "/chinh-tri/")[1]
    packed, body = _ask(world, "bao", "/chinh-tri/", Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain
    tag = packed.headers["ETag"]
    again, _ = _ask(
        world, "bao", "/chinh-tri/", Accept_Encoding="gzip", If_None_Match=tag
    )
    assert (again.status, again.headers["ETag"]) == (304, tag)


def test_answers_carry_the_time_of_the_world(world: World) -> None:
    answer, _ = _ask(world, "bao", "/robots.txt")
    assert answer.headers["Date"] == "Sun, 18 Oct 2026 23:00:00 GMT"


def test_one_connection_may_ask_again_and_again(world: World) -> None:
    host, port = world.addresses["truong"].removeprefix("http://").split(":")
    line = http.client.HTTPConnection(host, int(port), timeout=5)
    statuses = []
    for path in ("/robots.txt", "/nothing", "/image/logo.png", "/"):
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        statuses.append(answer.status)
    line.close()
    assert statuses == [200, 404, 200, 200]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"hello\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400"),
        (b"GET / HTTP/9\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd", b"405"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", b"431"),
        (b"GET /%ff%00%zz HTTP/1.1\r\n\r\n", b"404"),
        (b"GET http://elsewhere.example/robots.txt HTTP/1.1\r\n\r\n", b"200"),
        (b"GET /robots.txt HTTP/1.0\r\n\r\n", b"200"),
    ],
)
def test_odd_requests_get_an_answer_and_the_portal_lives_on(
    world: World, words: bytes, status: bytes
) -> None:
    assert _say(world, words).startswith(b"HTTP/1.1 " + status)
    assert _ask(world, "bao", "/robots.txt")[0].status == 200


def test_a_visitor_who_leaves_early_harms_nobody(world: World) -> None:
    host, port = world.addresses["khoi"].removeprefix("http://").split(":")
    for words in (b"", b"GET /tin-tuc HTT", b"GET /tin-tuc HTTP/1.1\r\n\r\n"):
        with socket.create_connection((host, int(port)), timeout=5) as line:
            line.sendall(words)
    assert _ask(world, "khoi", "/tin-tuc")[0].status == 200


def test_a_busy_port_is_refused_and_nothing_stays_open(world: World) -> None:
    port = int(world.addresses["khoi"].rpartition(":")[2])
    with pytest.raises(AddressTakenError, match=f"127.0.77.1:{port}"), _world(port):
        pass
    assert _ask(world, "khoi", "/tin-tuc")[0].status == 200


def test_the_command_names_the_busy_address_and_ends_with_1(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    port = world.addresses["khoi"].rpartition(":")[2]
    code = main(["--network", "127.0.77", "--port", port, "--articles", str(TEXTS)])
    (line,) = capsys.readouterr().err.splitlines()
    assert code == 1
    assert line.startswith(f"samples.world: cannot serve at 127.0.77.1:{port}: ")


@pytest.mark.parametrize(
    "words",
    [["--network", "8.8.8"], ["--network", "here"], ["--clock", "soon"]],
)
def test_the_command_explains_a_wrong_option(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert f"argument {words[0]}" in capsys.readouterr().err


def test_an_impossible_port_is_said_to_be_impossible(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--port", "99999", "--articles", str(TEXTS)]) == 1
    assert "port must be 0-65535" in capsys.readouterr().err


def test_the_world_starts_fast_and_ends_with_visitors_still_there() -> None:
    begun = time.monotonic()
    with _world() as served:
        started = time.monotonic() - begun
        host, port = served.addresses["khoi"].removeprefix("http://").split(":")
        idle = socket.create_connection((host, int(port)), timeout=5)
        idle.sendall(b"GET /tin-tuc HTTP/1.1\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 200"
    ended = time.monotonic() - begun
    idle.close()
    assert started < 0.5
    assert ended < 2
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=1)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_end(ending: signal.Signals) -> None:
    words = [
        "--clock",
        "2026-10-19T06:00+07:00",
        "--network",
        "127.0.78",
        "--port",
        "0",
    ]
    command = [sys.executable, "-m", "samples.world", *words, "--articles", str(TEXTS)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as world:
        assert world.stdout
        assert world.stderr
        lines = [world.stdout.readline() for _ in range(6)]
        os.kill(world.pid, ending)
        assert world.wait(timeout=5) == 0
        assert world.stderr.read() == ""
    assert lines[0].startswith("khoi     http://127.0.78.1:")
    assert lines[5] == "11 tellings; Ctrl-C ends the world\n"
