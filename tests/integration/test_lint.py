"""``syndicate lint URL``: over HTTP, with redirects, media types and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from syndicate.cli import main

RIGHT = Path(__file__).resolve().parents[1] / "data" / "publish" / "lint" / "right"


@pytest.fixture
def base() -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own = f"http://127.0.0.1:{self.server.server_port}"
            document = (RIGHT / "rss.rss").read_text(encoding="utf-8")
            content = document.replace("https://cuuha.example/all.rss", f"{own}/moved")
            if self.path == "/gone":
                self.send_error(410)
                return
            if self.path == "/old":
                self.send_response(301)
                self.send_header("Location", "/moved")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            kind = "text/html" if self.path == "/page" else "application/rss+xml"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content.encode())))
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_is_served_is_checked_where_it_is(base: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[site]\ntitle = "a"\nbase_url = "https://a.example"\ncontact = "a@a.example"\n'
        '[gather]\nallow = ["127.0.0.0/8"]\ngap = "0s"\n'
    )
    paths = ("moved", "old", "page", "elsewhere", "gone")
    words = ["-c", str(tmp_path / "config.toml"), "lint", "--json"]
    done = CliRunner().invoke(main, [*words, *(f"{base}/{path}" for path in paths)])
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    rules = [[found["rule"] for found in one["findings"]] for one in told]
    assert rules[0] == rules[1] == []
    assert set(rules[2]) == {"UnexpectedContentType", "SelfDoesntMatchLocation"}
    assert rules[3] == ["SelfDoesntMatchLocation"]
    assert told[4]["failure"]
    assert not list(tmp_path.rglob("*.db"))
