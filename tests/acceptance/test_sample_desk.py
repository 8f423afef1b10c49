"""`make run ARGS=--once`: the whole sentence on the sample world, against its truth."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from syndicate.cli import main
from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.item import items
from syndicate.publish.forms.rendering import render
from syndicate.publish.forms.whole import FORMS
from syndicate.publish.select import select, standing_feeds
from syndicate.store import Database, stories

ROOT = Path(__file__).resolve().parents[2]
NETWORK = f"127.1.{os.getpid() % 250}."
"""Not the network of `make run`, nor of another run of these tests."""


class Desk:
    """A copy of the sample desk in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (ROOT / "config.toml").read_text(encoding="utf-8")
        text = text.replace("127.0.1.", NETWORK)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        (folder / "samples").symlink_to(ROOT / "samples")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "syndicate", *words],
            cwd=self.folder,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def demo(self) -> dict[str, object]:
        done = self.run("demo", "--once", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def rows(self, query: str) -> list[sqlite3.Row]:
        connection = sqlite3.connect(self.folder / "var" / "syndicate.db")
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def demo_state(self) -> tuple[object, ...]:
        """Everything that a second run might add to."""
        tables = ("entries", "stories", "issues", "deliveries")
        counts = [len(self.rows(f"SELECT 1 FROM {name}")) for name in tables]  # noqa: S608 -- our own names
        mails = sorted((self.folder / "var" / "outbox").rglob("*.eml"))
        return (*counts, *((path.name, path.stat().st_mtime_ns) for path in mails))

    def state_of_files(self) -> dict[str, int]:
        feeds = self.folder / "feeds"
        return {
            str(path.relative_to(feeds)): path.stat().st_mtime_ns
            for path in feeds.rglob("*")
            if path.is_file()
        }


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    """The sample desk after its three weeks."""
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.summary = made.demo()
    return made


@pytest.fixture(scope="module")
def truth() -> list[dict[str, object]]:
    """What the sample world's authors say is true."""
    text = (ROOT / "samples" / "truth.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["story"]


@pytest.fixture(scope="module")
def kept(desk) -> dict[tuple[str, str], dict[str, object]]:
    """(portal, title) → what `explain` says of the entry."""
    found = {}
    for row in desk.rows("SELECT id FROM entries ORDER BY id"):
        words = ["-c", str(desk.folder / "config.toml"), "explain", str(row["id"])]
        done = CliRunner().invoke(main, [*words, "--json"])
        assert done.exit_code == 0, done.output
        said = json.loads(done.stdout)
        found[said["source"], key(said["title"])] = said
    return found


def key(title: str) -> str:
    return " ".join(unicodedata.normalize("NFC", title).split())


def tellings(truth):
    for story in truth:
        for telling in story["telling"]:
            yield story, telling, (telling["portal"], key(telling["title"]))


def test_every_source_was_gathered_and_nothing_failed(desk, truth):
    assert desk.summary["failed"] == 0
    assert desk.summary["entries"] == sum(len(story["telling"]) for story in truth)


def test_every_telling_is_there_under_its_title(kept, truth):
    expected = {address for _, _, address in tellings(truth)}
    assert set(kept) == expected


def test_stories_are_those_of_the_truth(kept, truth):
    """No two different ceremonies merged, no repost left alone."""
    by_story: dict[str, set[str | None]] = {}
    uids: dict[str | None, set[str]] = {}
    for story, telling, address in tellings(truth):
        if telling["withdrawn"]:
            continue
        uid = kept[address]["story"]
        by_story.setdefault(story["key"], set()).add(uid)
        uids.setdefault(uid, set()).add(story["key"])
    assert {name: found for name, found in by_story.items() if len(found) > 1} == {}
    assert {uid: found for uid, found in uids.items() if len(found) > 1} == {}


def test_the_one_who_told_first_leads(kept, truth):
    wrong = {}
    for story in truth:
        told = [
            (telling["published"][:10], kept[address])
            for one, telling, address in tellings([story])
            if telling["published"] and not telling["withdrawn"]
        ]
        if told:
            lead = told[0][1]["tellers"][0]
            days = {said["url"]: day for day, said in told}
            if days.get(lead) != min(days.values()):
                wrong[story["key"]] = (lead, days)
    assert wrong == {}


def test_every_date_is_right_and_the_visit_clock_never_appears(kept, truth):
    wrong = {}
    for _, telling, address in tellings(truth):
        published = kept[address]["published"]
        said = published["value"] if published else ""
        if not said.startswith(telling["published"]) or bool(said) != bool(
            telling["published"]
        ):
            wrong[address] = (said, telling["published"])
    assert wrong == {}


def test_every_author_is_right(kept, truth):
    wrong = {}
    for _, telling, address in tellings(truth):
        said = ", ".join(kept[address]["authors"])
        if not said.startswith(telling["author"].split(" - ")[0]):
            wrong[address] = (said, telling["author"])
    assert wrong == {}


def test_every_cited_document_is_found_and_no_other(kept, truth):
    said: dict[str, set[str]] = {}
    for story, _, address in tellings(truth):
        said.setdefault(story["key"], set()).update(kept[address]["documents"])
    assert said == {story["key"]: set(story["documents"]) for story in truth}


def test_every_cited_document_has_a_page_with_exactly_the_stories_that_cite_it(
    desk, kept, truth
):
    wanted: dict[str, set[str]] = {}
    for story in truth:
        if all(telling["withdrawn"] for telling in story["telling"]):
            continue
        for number in story["documents"]:
            wanted.setdefault(number, set()).add(story["key"])
    told = {kept[address]["url"]: story["key"] for story, _, address in tellings(truth)}
    said = {}
    for path in (desk.folder / "feeds" / "document").glob("*.json"):
        feed = json.loads(path.read_text(encoding="utf-8"))
        number = feed["title"].removeprefix("Tin nhắc đến ").split(" (")[0]
        said[number] = {told[item["url"]] for item in feed["items"]}
        assert path.with_suffix(".html").is_file()
    assert said == wanted
    page = (desk.folder / "feeds" / "documents.html").read_text(encoding="utf-8")
    assert [number for number in wanted if number not in page] == []


def test_every_label_is_right_and_none_is_missing(kept, truth):
    wrong, missing = {}, {}
    for story, telling, address in tellings(truth):
        if telling["withdrawn"]:
            continue
        labels = [label["category"] for label in kept[address]["labels"]]
        allowed = {*story["categories"], *story["acceptable"]}
        if not labels or set(labels) - allowed:
            wrong[address] = (labels, sorted(allowed))
        if set(story["categories"]) - set(labels):
            missing[address] = (labels, story["categories"])
    assert wrong == {}
    assert missing == {}


def test_the_withdrawn_article_is_taken_down_everywhere(desk, kept, truth):
    gone = [kept[address] for _, one, address in tellings(truth) if one["withdrawn"]]
    assert len(gone) == 1
    assert gone[0]["withdrawn_at"]
    for path in (desk.folder / "feeds").rglob("*.atom"):
        assert gone[0]["url"] not in path.read_text(encoding="utf-8")


def test_one_issue_is_composed_for_each_member_and_nothing_old_is_sold_as_new(
    desk, kept, truth
):
    mails = sorted((desk.folder / "var" / "outbox").rglob("*.eml"))
    assert len(mails) == 3
    mail = message_from_bytes(mails[0].read_bytes(), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    told = [one for _, one, _ in tellings(truth)]
    old = [one["title"] for one in told if one["published"].startswith("2019")]
    assert old
    assert not [title for title in old if title in text]
    assert "Cùng đưa tin" in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_every_feed_carries_what_all_stories_at_once_give_it(desk):
    """What was published bit by bit over three weeks, against one look at the end."""
    settings = load(desk.folder / "config.toml", Environment())
    sources = {source.key: source for source in settings.sources}
    given = (settings.site, settings.categories, settings.sources)
    with Database.open(settings.store_url) as database, database.read() as connection:
        stored = stories.latest(connection, limit=1000)
    ended = datetime(2026, 12, 31, tzinfo=UTC)
    for feed in (*standing_feeds(*given), *settings.feeds):
        told = items(
            select(feed, stored, sources, ended),
            site=settings.site,
            sources=sources,
            categories=settings.categories,
        )
        for form in FORMS:
            found = (desk.folder / "feeds" / f"{feed.key}.{form}").read_bytes()
            between = b",\n" if form is Form.JSON else b""
            parts = between.join(render(form, item, settings.site) for item in told)
            starts = {Form.RSS: b"<item>", Form.ATOM: b"<entry ", Form.JSON: b'{"id": '}
            assert parts in found
            assert found.count(b"\n" + starts[form]) == len(told)


def test_a_second_run_finds_nothing_new_and_rewrites_nothing(desk):
    files, before = desk.state_of_files(), desk.demo_state()
    again = desk.demo()
    assert (again["new"], again["repeats"], again["changed"]) == (0, 0, 0)
    assert again["documents_written"] == 0
    assert desk.state_of_files() == files
    assert desk.demo_state() == before


def test_init_check_gather_publish_and_status_work_as_a_newcomer_uses_them(desk):
    for words in (
        ("config", "check", "--json"),
        ("sources", "list", "--json"),
        ("status", "--json"),
        ("publish", "--json"),
        ("digest", "preview", "--as-of", "2026-10-19T06:00", "--json"),
    ):
        done = desk.run(*words)
        assert done.returncode == 0, (words, done.stderr)
        assert json.loads(done.stdout)
