"""Every document that we publish obeys its format: no error, and no warning.

The sample world, and every feed in the shared data gathered and published again, under
each of the three rights: current documents, archives, tombstones, cited documents, the
feeds of partners, OPML. Judged by our own lint (the rules of the W3C Feed Validation
Service), the grammar of RFC 4287 and the schema of JSON Feed.
"""

from __future__ import annotations

import functools
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import jsonschema
import pytest
from click.testing import CliRunner
from lxml import etree
from pytest_socket import enable_socket, socket_allow_hosts

from syndicate.cli import main
from syndicate.cli.wire import opened
from syndicate.model import FeedFormat, Rights
from syndicate.pipeline.partners.partnerfeeds import PartnerFeeds
from syndicate.pipeline.partners.partnering import Wish, enrol
from syndicate.pipeline.partners.partnerparts import rendered_parts
from syndicate.pipeline.publishing import every_feed
from syndicate.publish.lint import Finding, Level, lint
from syndicate.publish.media_types import media_type

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "publish"
FEEDS = ROOT.parent / "shared" / "data" / "feeds"
NETWORK = f"127.7.{os.getpid() % 250}."
BASE = "https://ban-tin.example"
KINDS = (".rss", ".atom", ".json", ".opml")
A = "{http://www.w3.org/2005/Atom}"


class Judge:
    """Holds documents against their formats, and remembers what it saw."""

    def __init__(self) -> None:
        self.grammar = etree.RelaxNG(etree.parse(str(DATA / "atom.rng")))
        schema = json.loads((DATA / "jsonfeed.schema.json").read_text())
        self.schema = jsonschema.Draft202012Validator(schema)
        self.seen: Counter[str] = Counter()
        self.items = 0
        self.findings: list[tuple[str, Finding]] = []
        self.violations: list[tuple[str, str]] = []

    def folder(self, folder: Path, base: str) -> None:
        """Look at every feed and list under ``folder``."""
        now = datetime.now(UTC) + timedelta(minutes=5)
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if name.endswith(KINDS) and not name.endswith(".headlines.json"):
                url = f"{base}/feeds/{quote(name)}"
                self.document(name, path.read_bytes(), url, now)

    def document(self, name: str, content: bytes, url: str, now: datetime) -> None:
        kind = media_type(name) or ""
        found = lint(content, url=url, content_type=kind, now=now)
        self.findings += [(name, finding) for finding in found]
        self.seen[name.rpartition(".")[2]] += 1
        if name.startswith("archive/"):
            self.seen["archive"] += 1
        if name.endswith(".atom"):
            self._atom(name, content)
        elif name.endswith(".json"):
            self._json(name, content)

    def _atom(self, name: str, content: bytes) -> None:
        root = etree.fromstring(content)
        if not self.grammar.validate(root):
            said = [f"{one.line}: {one.message}" for one in self.grammar.error_log]
            self.violations += [(name, each) for each in said]
        self.items += len(root.findall(f"{A}entry"))
        self.seen["tombstones"] += content.count(b"<at:deleted-entry ")

    def _json(self, name: str, content: bytes) -> None:
        for error in self.schema.iter_errors(json.loads(content)):
            self.violations.append((name, f"{error.json_path}: {error.message[:200]}"))

    def rules(self, level: Level) -> int:
        return sum(found.level is level for _name, found in self.findings)

    def tell(self, table, title: str) -> None:  # the fixture of conftest
        for name, found in self.findings[:20]:
            print(name, found.line, found.rule, found.element, repr(found.value))  # noqa: T201 -- seen when short
        for name, said in self.violations[:20]:
            print(name, said)  # noqa: T201 -- seen when short
        errors, warnings = self.rules(Level.ERROR), self.rules(Level.WARNING)
        table(f"{title}: lint errors", errors, 0, higher_is_better=False)
        table(f"{title}: lint warnings", warnings, 0, higher_is_better=False)
        violated = len(self.violations)
        table(f"{title}: grammar, schema", violated, 0, higher_is_better=False)


# ── The sample world ─────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    """The sample desk after its three weeks, with feeds short enough for archives."""
    folder = tmp_path_factory.mktemp("desk")
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    text = text.replace("127.0.1.", NETWORK).replace("http://127.0.0.1:8000", BASE)
    text += "".join(
        f'\n[[feed]]\nkey = "judged-{rights}"\ntitle = "Thử: R & D < {rights}"\n'
        f'limit = 5\nrights = "{rights}"\norder = "{order}"\n'
        for rights, order in (
            ("full", "seen"),
            ("extract", "published"),
            ("link", "seen"),
        )
    )
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "samples").symlink_to(ROOT / "samples")
    done = subprocess.run(
        [sys.executable, "-m", "syndicate", "demo", "--once", "--json"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_sample_world_is_valid(sample, table):
    judge = Judge()
    judge.folder(sample / "feeds", BASE)
    table("sample world: documents", sum(judge.seen[k[1:]] for k in KINDS), 100)
    table("sample world: archive pages", judge.seen["archive"], 6)
    judge.tell(table, "sample world")


# ── Feeds that other projects test with ──────────────────────────────────────

CONFIG = """\
[site]
title = "Real & <Atom>"
base_url = "{base}"
contact = "desk@real.example"
language = "en"
id_authority = "ban-tin.example,2026"
[gather]
gap = "0s"
allow = ["127.0.0.0/8"]
backlog_after = "9000d"
[[feed]]
key = "ngan"
title = "Short"
limit = 7
order = "published"
[[feed]]
key = "everything"
title = "Everything"
limit = 500
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep the output clean."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the feeds on loopback."""
    enable_socket()  # made before the fixture that opens loopback for each test
    socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)
    handler = functools.partial(Quiet, directory=str(FEEDS))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def written(path: Path, address: str, rights: str) -> None:
    """Write a config.toml with one source for each file, all under ``rights``."""
    text = CONFIG.format(base=BASE)
    for file in sorted(FEEDS.rglob("*")):
        known = file.suffix in (".xml", ".json") and ".serde" not in file.name
        name = file.relative_to(FEEDS).as_posix()
        if known:
            key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
            text += (
                f'[[source]]\nkey = "{key}"\ntitle = "{file.stem}"\nkind = "feed"\n'
                f'url = "{address}/{name}"\nrights = "{rights}"\ntimezone = "UTC"\n'
            )
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def real(address: str, tmp_path_factory) -> Path:
    """The desk that gathered them all."""
    if not FEEDS.is_dir():
        pytest.skip("shared/data/feeds missing")
    path = tmp_path_factory.mktemp("real") / "config.toml"
    written(path, address, "full")
    done = CliRunner().invoke(main, ["-c", str(path), "gather", "--all"])
    assert done.exit_code in (0, 1), done.output  # some of the files are no feeds
    return path


@pytest.mark.parametrize("rights", ["full", "extract", "link"])
def test_real_feeds_published_again_are_valid(real, address, table, rights):
    """Whatever came in; the rights change in the settings, and all is written anew."""
    written(real, address, rights)
    done = CliRunner().invoke(main, ["-c", str(real), "publish"])
    assert done.exit_code == 0, done.output
    judge = Judge()
    judge.folder(real.parent / "feeds", BASE)
    table(f"real feeds ({rights}): entries judged", judge.items, 450)
    judge.tell(table, f"real feeds ({rights})")


def test_what_is_withdrawn_leaves_valid_tombstones(real, table):
    """Every fifth article is taken back, behind the desk's back."""
    with closing(sqlite3.connect(real.parent / "var" / "syndicate.db")) as connection:
        connection.execute(
            "UPDATE entries SET withdrawn_at = ? WHERE id % 5 = 0",
            (datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),),
        )
        connection.commit()
    done = CliRunner().invoke(main, ["-c", str(real), "publish"])
    assert done.exit_code == 0, done.output
    judge = Judge()
    judge.folder(real.parent / "feeds", BASE)
    table("real feeds (withdrawn): tombstones", judge.seen["tombstones"], 100)
    judge.tell(table, "real feeds (withdrawn)")


@pytest.mark.parametrize("kind", list(FeedFormat))
def test_what_partners_take_is_valid(real, table, kind):
    """Each page of a partner's feed, under the rights it has; no token stands there."""
    done = CliRunner().invoke(main, ["-c", str(real), "publish"])
    assert done.exit_code == 0, done.output
    with opened(real) as desk:
        work = desk.publishing()
        feeds = PartnerFeeds(
            desk.database,
            site=work.site,
            feeds=every_feed(work),
            parts=rendered_parts(work, desk.clock),
            clock=desk.clock,
        )
        wish = Wish(feeds=("everything",), rights=Rights.EXTRACT, format=kind, items=40)
        name = f"cong-{kind.value}"
        partner, token = enrol(desk.database, name, wish, desk.clock())
        judge, before = Judge(), ""
        while True:
            made = feeds.made(partner, before)
            path = f"partner/feed.{kind.value}"
            url = f"{BASE}/{path}"
            judge.document(path, made.content, url, desk.clock())
            assert token.encode() not in made.content
            if not made.older:
                break
            before = made.older.rpartition("=")[2]
    table(f"partner feed ({kind.value}): pages", judge.seen[kind.value], 5)
    judge.tell(table, f"partner feed ({kind.value})")


@pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/data/feeds missing")
def test_the_same_feeds_as_they_came_are_not(table):
    """So the judge sees what is wrong: 0 findings above are not its blindness."""
    files = [
        path
        for path in sorted(FEEDS.rglob("*"))
        if path.suffix in (".xml", ".json") and ".serde" not in path.name
    ]
    now = datetime.now(UTC)
    found = [lint(path.read_bytes(), now=now) for path in files]
    clean = sum(not each for each in found) / len(found)
    fine = [not any(one.level is Level.ERROR for one in each) for each in found]
    table(
        "real feeds as they came: share without a finding",
        clean,
        0.25,
        higher_is_better=False,
    )
    table(
        "real feeds as they came: share without an error",
        sum(fine) / len(fine),
        0.7,
        higher_is_better=False,
    )
