"""What a reader waits for: the documents by ``syndicate serve``, and by nginx.

Both on loopback in the same run, over the same files, asked by ``wrk`` with 32
connections: nginx with one worker and as it is set up by default (sendfile,
gzip_static), the desk as it is run. Shown is the time for one answer, which is one by
the rate. Rounds alternate, and the median counts.
"""

from __future__ import annotations

import gzip
import http.client
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import environ
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.measure import ROOT, BenchError, environment, python
from bench.table import Report, Row

UNCHANGED = 1 / 0.6
"""Time for a 304 over nginx's: 0.6 of its rate."""
PACKED = 1 / 0.5
"""Time for a gzip body over nginx's: half of its rate."""
_CONNECTIONS = 32
_SECONDS = 1
_SETTLED = 3.0
"""Seconds after which the desk's first look at what is due is over."""
_PATIENCE = 30.0
_ENTRIES = 50
_TEXT = (
    "hội nghị triển khai thực hiện nghị quyết phát triển kinh tế xã hội địa phương "
    "nhiều kết quả bà con nông dân hợp tác xã trồng lúa nuôi tôm đường cầu trường học "
    "ủy ban nhân dân tỉnh ban hành kế hoạch chuyển đổi số cải cách hành chính năm"
)
_WORDS = _TEXT.split()
_ENTRY = """<entry xml:lang="vi"><id>tag:tin.example,2026:story/{n}</id>
<title type="text">{title}</title><updated>2026-11-22T08:{n:02}:00Z</updated>
<link rel="alternate" href="https://bao.example/{n}.html"/>
<content type="html">{text}</content></entry>
"""
_CONFIG = """[site]
title = "Bàn"
contact = "ban@ban.example"
base_url = "http://127.0.0.1:{port}"
[web]
port = {port}
"""
_NGINX = """worker_processes 1;
daemon off;
{user}pid {folder}/pid;
error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    gzip_static on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ application/atom+xml atom; text/html html; }}
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What wrk saw: answers a second, and how long the slowest of a hundred took."""

    rate: float
    slowest: float
    """Milliseconds."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request."""

    name: str
    path: str
    headers: Mapping[str, str]
    target: float | None
    holds: bool = False
    """The reader holds the document: 304."""


CASES = (
    Case("304 for a feed of 50 entries", "bench.atom", {}, UNCHANGED, holds=True),
    Case("its gzip body", "bench.atom", {"Accept-Encoding": "gzip"}, PACKED),
    Case("its plain body", "bench.atom", {}, None),
    Case("304 for a page", "bench.html", {}, None, holds=True),
    Case("the gzip body of a page", "bench.html", {"Accept-Encoding": "gzip"}, None),
)


def bench(*, quick: bool) -> Report:
    """Measure; where nginx or wrk is missing, say so and judge nothing."""
    search = f"{environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    tools = {name: shutil.which(name, path=search) for name in ("nginx", "wrk")}
    if missing := [name for name, found in tools.items() if found is None]:
        said = f"not measured: {' and '.join(missing)} not installed"
        return Report(name="serving", rows=(), notes=(said,))
    nginx, wrk = str(tools["nginx"]), str(tools["wrk"])
    with TemporaryDirectory(prefix="serving-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        ports = _free_port(), _free_port()
        with _desk(folder, ports[0]), _nginx(nginx, folder, ports[1]):
            _write(folder / "feeds")
            time.sleep(_SETTLED)
            return _measured(wrk, ports, rounds=3 if quick else 7)


def _measured(wrk: str, ports: tuple[int, int], *, rounds: int) -> Report:
    rows, notes, wrong = [], [], []
    for case in CASES:
        seen: tuple[list[Measured], list[Measured]] = ([], [])
        for _round in range(rounds):
            for found, port in zip(seen, ports, strict=True):
                found.append(_asked(wrk, port, case))
        ours, theirs = (median(one.rate for one in found) for found in seen)
        notes.append(
            f"{case.name}: {ours:,.0f} answers a second, nginx {theirs:,.0f}: "
            f"{ours / theirs:.2f} of its rate; the slowest of a hundred took "
            f"{median(one.slowest for one in seen[0]):.2f} ms, "
            f"nginx {median(one.slowest for one in seen[1]):.2f} ms"
        )
        bodies = {_body(port, case) for port in ports}
        if len(bodies) > 1:
            wrong.append(f"{case.name}: the bodies differ")
        rows.append(
            Row(
                name=case.name,
                ours=1e6 / ours,
                other=1e6 / theirs,
                other_name="nginx",
                unit="µs",
                target=case.target,
            )
        )
    return Report(
        name="serving", rows=tuple(rows), notes=tuple(notes), wrong=tuple(wrong)
    )


def _asked(wrk: str, port: int, case: Case) -> Measured:
    """Ask for some seconds; raises BenchError where an answer was not what is due."""
    status, headers, _content = _answer(port, case.path, case.headers)
    asked = dict(case.headers)
    if case.holds:
        asked["If-None-Match"] = headers["etag"]
        status = _answer(port, case.path, asked)[0]
    if status != (304 if case.holds else 200):
        raise BenchError(f"{case.name}: port {port} answers {status}")
    command = [wrk, "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", "--latency"]
    for name, value in asked.items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{port}/feeds/{case.path}")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    # (wrk counts 304 as an error of none: "Non-2xx" begins at 400)
    if rate is None or slowest is None or "Non-2xx" in said or "Socket err" in said:
        raise BenchError(f"{case.name}: wrk says\n{said}")
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[slowest[2]]
    return Measured(float(rate[1]), float(slowest[1]) * unit)


def _body(port: int, case: Case) -> bytes:
    return _answer(port, case.path, case.headers)[2]


def _answer(
    port: int, path: str, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/feeds/{path}", headers=dict(headers))
    answer = connection.getresponse()
    said = {name.lower(): value for name, value in answer.getheaders()}
    content = answer.read()
    connection.close()
    return answer.status, said, content


def _write(feeds: Path) -> None:
    """Write a feed of 50 entries, 140 kB, and a page, 6 kB, each with its twin."""
    luck = random.Random(5)
    entries = [
        _ENTRY.format(
            n=number,
            title=" ".join(luck.choices(_WORDS, k=14)),
            text=" ".join(luck.choices(_WORDS, k=480)),
        )
        for number in range(_ENTRIES)
    ]
    head = '<feed xmlns="http://www.w3.org/2005/Atom">\n'
    page = f"<!DOCTYPE html><p>{' '.join(luck.choices(_WORDS, k=1100))}"
    for name, text in (
        ("bench.atom", f"{head}{''.join(entries)}</feed>"),
        ("bench.html", page),
    ):
        (feeds / name).write_text(text, encoding="utf-8")
        packed = gzip.compress(text.encode(), 6, mtime=0)
        (feeds / f"{name}.gz").write_bytes(packed)


@contextmanager
def _desk(folder: Path, port: int) -> Iterator[None]:
    """Run ``syndicate serve`` in ``folder``; the clock has nothing to do there."""
    config = folder / "config.toml"
    config.write_text(_CONFIG.format(port=port), encoding="utf-8")
    command = python("-m", "syndicate", "--config", str(config), "serve")
    with _running(command, port, cwd=ROOT):
        yield


@contextmanager
def _nginx(nginx: str, folder: Path, port: int) -> Iterator[None]:
    # Started by root, its workers would be somebody who may not read our files.
    user = "user root;\n" if folder.owner() == "root" else ""
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, user=user))
    with _running([nginx, "-p", str(folder), "-c", str(config)], port, cwd=folder):
        yield


@contextmanager
def _running(command: list[str], port: int, *, cwd: Path) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment(environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _await(process, port)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until somebody answers; raises BenchError if the process ends first."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            said = process.communicate()[1].decode("utf-8", "replace")
            raise BenchError(f"a server does not start:\n{said[-2000:]}")
        with suppress(OSError, http.client.HTTPException):
            _answer(port, "nothing", {})
            return
        time.sleep(0.05)
    raise BenchError("a server does not answer")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
