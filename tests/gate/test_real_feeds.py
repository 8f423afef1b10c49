"""Feeds that other projects test with come through as feedparser reads them.

They are served on loopback, gathered with a config of their own, and made into one
merged feed and one digest.
"""

from __future__ import annotations

import calendar
import functools
import html
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner
from pytest_socket import enable_socket, socket_allow_hosts

from syndicate.cli import main
from syndicate.cli.wire import opened
from syndicate.digest.linting.lint import errors, lint
from syndicate.model import Entry
from syndicate.pipeline.mailing.composing import preview
from syndicate.pipeline.mailing.copies import messages
from syndicate.store import stories
from syndicate.text.clean import key_text
from syndicate.text.urls import canonical

ROOT = Path(__file__).resolve().parents[2]
FEEDS = ROOT.parent / "shared" / "data" / "feeds"
NO_FEEDS = {
    "AmazonWebServicesBlogFirstEntryContent.xml",
    "HREFConsideredHarmfulFirstEntry.xml",
    "PaulDixExplainsNothingFirstEntryContent.xml",
    "TechCrunchFirstEntry.xml",
    "TechCrunchFirstEntryDescription.xml",
    "TenderLovemakingFirstEntry.xml",
    "rss_2.0_invalid_1.xml",
    "xml_sample_1.xml",
    "xml_sample_2.xml",
}
"""Fragments of HTML, other XML, and one document cut off before its first entry."""

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/data/feeds missing")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep the output clean."""


def feed_files() -> list[Path]:
    found = (path for path in sorted(FEEDS.rglob("*")) if path.suffix == ".xml")
    return [path for path in found if path.name not in NO_FEEDS]


def key_of(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(path.relative_to(FEEDS)).lower()).strip("-")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the files on loopback."""
    enable_socket()  # made before the fixture that opens loopback for each test
    socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)
    handler = functools.partial(Quiet, directory=str(FEEDS))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def desk(address: str, tmp_path_factory) -> Path:
    """Path of a config.toml with one source for each file, gathered once."""
    path = tmp_path_factory.mktemp("real") / "config.toml"
    text = (
        '[site]\ntitle = "Real"\nbase_url = "http://127.0.0.1:8000"\n'
        'contact = "desk@real.example"\nlanguage = "en"\n'
        '[gather]\ngap = "0s"\nallow = ["127.0.0.0/8"]\nbacklog_after = "9000d"\n'
        '[[digest]]\nkey = "one"\ntitle = "One"\nmax_age = "9000d"\nmax_stories = 60\n'
        'max_per_section = 60\naudience = ["reader@real.example"]\n'
    )
    for file in feed_files():
        text += (
            f'[[source]]\nkey = "{key_of(file)}"\ntitle = "{file.stem}"\n'
            f'kind = "feed"\nurl = "{address}/{file.relative_to(FEEDS)}"\n'
            'rights = "full"\ntimezone = "UTC"\nlanguage = "en"\n'
        )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def visits(desk: Path) -> dict[str, dict[str, object]]:
    """What the gathering of each file came to."""
    done = CliRunner().invoke(main, ["-c", str(desk), "gather", "--all", "--json"])
    assert done.exit_code == 0, done.output
    return {visit["source"]: visit for visit in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def kept(desk: Path, visits) -> dict[str, list[Entry]]:
    """The entries that the store keeps of each file."""
    found: dict[str, list[Entry]] = {}
    with opened(desk) as wiring, wiring.database.read() as connection:
        for story in stories.latest(connection):
            for one in story.entries:
                found.setdefault(one.entry.source, []).append(one.entry)
    return found


def plain(title: str) -> str:
    """A title as words: markup and entities of any depth undone."""
    text = re.sub(r"<[^>]*>", " ", html.unescape(html.unescape(title)))
    return " ".join(re.findall(r"\w+", key_text(text)))


def said_date(entry: feedparser.FeedParserDict) -> datetime | None:
    # dict.get, because feedparser's own maps "updated" to "published" with a warning
    parsed = entry.get("published_parsed") or dict.get(entry, "updated_parsed")
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


def test_titles_links_and_dates_are_as_feedparser_reads_them(kept, visits, table):
    total = right = 0
    wrong = []
    for file in feed_files():
        ours = kept.get(key_of(file), [])
        for entry in feedparser.parse(file.read_bytes()).entries:
            total += 1
            said = (plain(entry.get("title", "")), entry.get("link", ""))
            found = any(_same(one, entry, *said) for one in ours)
            right += found
            if not found:
                wrong.append((file.name, *said, said_date(entry)))
    assert total > 450
    for line in wrong[:20]:
        print(line)  # noqa: T201 -- seen when the figure is short
    table("real feeds: entries as feedparser reads them", right / total, 0.995)


def _same(
    ours: Entry, theirs: feedparser.FeedParserDict, title: str, link: str
) -> bool:
    if title and plain(ours.title) != title:
        return False
    if link.startswith("http") and ours.url != canonical(link):
        return False
    when = said_date(theirs)
    return when is None or any(
        abs(date.value.astimezone(UTC) - when) < timedelta(seconds=60)
        for date in ours.dates
    )


def test_no_file_fails(visits, table):
    failed = [visit for visit in visits.values() if visit["error"] or visit["details"]]
    table("real feeds: files that fail", len(failed), 0, higher_is_better=False)


def test_they_make_one_merged_feed(desk, visits):
    done = CliRunner().invoke(main, ["-c", str(desk), "publish", "--json"])
    assert done.exit_code == 0, done.output
    atom = (desk.parent / "feeds" / "all.atom").read_bytes()
    merged = feedparser.parse(atom)
    assert not merged.bozo
    assert len(merged.entries) == 50
    assert all(entry.id.startswith("tag:") for entry in merged.entries)


def test_they_make_one_digest_without_an_error(desk, visits):
    end = datetime.now(UTC) + timedelta(days=7)
    with opened(desk, secret="s" * 32) as wiring:
        digest = wiring.digest("one")
        work = wiring.mailing()
        issue = preview(work, digest, end)
        _, mail = messages(work, digest, issue, digest.audience)[0]
    told = Counter(item.brief for item in issue.items)
    assert told == {False: 60, True: 10}
    assert not errors(lint(mail.content))
