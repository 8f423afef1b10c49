"""A real nginx with the configuration that we ship says what our own server says."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

from syndicate.web.documents import Documents

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")

DOCUMENTS = {
    "index.html": "<!DOCTYPE html><title>Bản tin</title>",
    "all.rss": "<rss><channel><title>Bản tin</title></channel></rss>",
    "all.atom": "<feed>Bản tin</feed>",
    "all.json": '{"title": "Bản tin"}',
    "all.html": "<!DOCTYPE html><title>Tất cả</title>",
    "all.headlines.json": '{"items": []}',
    "category/dan-van.atom": "<feed/>",
    "archive/all/1.atom": "<feed/>",
    "archive/all/1.json": "{}",
    "archive/all/1.html": "<!DOCTYPE html>",
    "story/a1b2.html": "<!DOCTYPE html><html>",
    "day/2026-11-22.html": "<!DOCTYPE html>",
    "feeds.opml": "<opml/>",
    "sitemap.xml": "<sitemapindex/>",
    "sitemap/2026-11.xml": "<urlset/>",
    "style.css": "p {}",
    "feed.xsl": "<xsl/>",
    "widget.js": "void 0",
    "logo.svg": "<svg/>",
}
SAME = (
    "content-type",
    "content-encoding",
    "cache-control",
    "link",
    "x-content-type-options",
    "content-security-policy",
    "referrer-policy",
    "cross-origin-resource-policy",
    "access-control-allow-origin",
    "access-control-expose-headers",
)
PREFLIGHT = ("methods", "headers", "origin")
MAIN = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/desk.conf;
}}
"""
Answer = tuple[int, dict[str, str], bytes]


def configuration(folder: Path, port: int) -> str:
    """Change in the shipped file what everybody has to change, and nothing else."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^ *(listen \[::\]|ssl_).*\n", "", text)
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    text = text.replace("root /srv/ban-tin;", f"root {folder};")
    return text.replace("/var/log/nginx/access.log", f"{folder}/access.log")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("ban-tin")
    made.chmod(0o755)
    for path, text in DOCUMENTS.items():
        target = made / "feeds" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        packed = gzip.compress(target.read_bytes(), mtime=0)
        target.with_name(f"{target.name}.gz").write_bytes(packed)
    (made / "feeds" / ".hidden.html").write_text("secret")
    (made / "feeds" / ".all.headlines.json").write_text("secret")
    (made / "feeds" / "notes.md").write_text("secret")
    (made / "config.toml").write_text("secret")
    return made


@pytest.fixture(scope="module")
def nginx(folder):
    enable_socket()  # the tests' own opening comes after this fixture
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    port = free_port()
    (folder / "desk.conf").write_text(configuration(folder, port), encoding="utf-8")
    # As root, workers would be somebody who cannot read what pytest makes.
    user = "user root;\n" if Path(folder).owner() == "root" else ""
    (folder / "main.conf").write_text(user + MAIN.format(folder=folder))
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "main.conf")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 10
        while process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            pytest.fail(f"nginx does not start: {process.communicate()[1]!r}")
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def theirs(nginx):
    def ask(method: str, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", nginx, timeout=10)
        shown = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"/feeds/{path}", headers={"Host": "x", **shown})
        answer = connection.getresponse()
        said: dict[str, str] = {}
        for name, value in ((n.lower(), v) for n, v in answer.getheaders()):
            said[name] = f"{said[name]}, {value}" if name in said else value
        body = answer.read()
        connection.close()
        return answer.status, said, body

    return ask


@pytest.fixture
def ours(folder):
    made = Documents(
        folder / "feeds",
        base_url="https://tin.example",
        hubs=["https://tin.example/hub"],
    )

    def ask(method: str, path: str, **headers: str) -> Answer:
        asked = [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in headers.items()
        ]
        reply = asyncio.run(made.answer(method, path, asked))
        said = {name.decode(): value.decode() for name, value in reply.headers}
        return reply.status, said, b"" if method == "HEAD" else reply.content

    return ask


@pytest.mark.parametrize("coding", ["identity", "gzip", "deflate, gzip;q=0.5"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_has_the_same_body_and_headers(ours, theirs, path, method, coding):
    mine = ours(method, path, accept_encoding=coding)
    yours = theirs(method, path, accept_encoding=coding)
    assert (yours[0], yours[2]) == (mine[0], mine[2])
    for name in SAME:
        assert yours[1].get(name) == mine[1].get(name), name
    assert yours[1]["vary"].lower() == mine[1]["vary"]
    assert "accept-ranges" not in yours[1]
    assert yours[1]["etag"].startswith('"')
    assert yours[1]["last-modified"] == mine[1]["last-modified"]


@pytest.mark.parametrize("path", ["all.atom", "index.html", "all.json"])
def test_who_holds_a_document_gets_304(ours, theirs, path):
    for ask in (ours, theirs):
        _status, headers, _body = ask("GET", path)
        for asked in (
            {"if_none_match": headers["etag"]},
            {"if_none_match": "W/" + headers["etag"]},
            {"if_modified_since": headers["last-modified"]},
            {"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        ):
            status, said, body = ask("GET", path, **asked)
            assert (status, body) == (304, b"")
            assert said["cache-control"] == headers["cache-control"]
            assert said.get("access-control-allow-origin") == headers.get(
                "access-control-allow-origin"
            )
        assert ask("GET", path, if_none_match='"x"')[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "none.atom",
        ".hidden.html",
        ".all.headlines.json",
        "notes.md",
        "all.atom.gz",
        "category",
        "category/",
        "../config.toml",
        "%2e%2e/config.toml",
        "all.atom%00",
        "../shown/feeds/all.atom",
        "a%0d%0aset-cookie:x.rss",
    ],
)
def test_nothing_else_is_served(ours, theirs, path):
    status, headers, body = theirs("GET", path)
    assert status in (400, 404, 502)  # what leads out of the folder goes to the desk
    assert b"secret" not in body
    assert "set-cookie" not in headers
    assert ours("GET", path)[0] == 404


@pytest.mark.parametrize("path", ["all.json", "all.headlines.json", "index.html"])
def test_a_page_elsewhere_that_asks_first_hears_the_same(ours, theirs, path):
    mine, yours = (ask("OPTIONS", path) for ask in (ours, theirs))
    assert (yours[0], yours[2]) == (mine[0], mine[2]) == (204, b"")
    for name in PREFLIGHT:
        header = f"access-control-allow-{name}"
        assert yours[1].get(header) == mine[1].get(header)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["all.rss", "category/dan-van.atom", "all.html"])
def test_a_browser_that_opens_a_feed_gets_the_same_xml(ours, theirs, path, coding):
    asked = {"sec_fetch_dest": "document", "accept_encoding": coding}
    mine, yours = (ask("GET", path, **asked) for ask in (ours, theirs))
    assert (yours[0], yours[2]) == (mine[0], mine[2])
    for name in SAME:
        assert yours[1].get(name) == mine[1].get(name), name


def test_nobody_can_write(ours, theirs):
    for method in ("POST", "PUT", "DELETE"):
        assert theirs(method, "all.atom")[0] == ours(method, "all.atom")[0] == 405


def test_the_front_page_is_found(theirs):
    assert theirs("GET", "")[2] == DOCUMENTS["index.html"].encode()


def test_a_document_that_was_replaced_is_the_new_one(folder, theirs):
    target = folder / "feeds" / "renewed.atom"
    for text in ("<feed>1</feed>", "<feed>2</feed>"):
        (folder / "new").write_text(text)
        (folder / "new").replace(target)
        assert theirs("GET", "renewed.atom")[2] == text.encode()


def test_a_secret_in_an_address_is_in_no_log(folder, theirs):
    for path in (
        "partner/syn_secret/feed.atom",
        "%70artner/syn_secret/",
        "push/secret",
    ):
        theirs("GET", f"../{path}")
    theirs("GET", "../issues?seen")
    logs = [(folder / name).read_text() for name in ("access.log", "error.log")]
    assert "GET /feeds/../issues?seen" in logs[0]
    assert '"GET /partner/- HTTP/1.1"' in logs[0]
    assert "secret" not in "".join(logs)
