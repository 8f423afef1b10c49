"""``digest compose``: a past issue again, byte for byte, and where it differs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def sent(gathered, due):
    """The desk whose issue went out, and the words that ask for it."""
    gathered.run("digest", "send", "--as-of", due)
    return gathered, ("digest", "compose", "--as-of", due)


def change(desk, statement):
    path = desk.folder / "var" / "syndicate.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_it_is_the_same_byte_for_byte_however_often_and_however_made(sent):
    desk, words = sent
    folders = [desk.folder / name for name in ("one", "two", "three")]
    for folder, more in zip(folders, ((), (), ("--afresh",)), strict=True):
        desk.run(*words, *more, "--out", str(folder))
    for name in ("issue.json", "issue.html", "issue.txt", "issue.eml"):
        assert len({(folder / name).read_bytes() for folder in folders}) == 1, name
    said = desk.run(*words, "--afresh").stderr
    assert said.strip()
    found = desk.json(*words)
    assert (found["same"], found["differences"], found["doubts"]) == (True, [], [])
    assert found["issue"] == json.loads((folders[0] / "issue.json").read_bytes())
    assert found["drawn_as_approved"] is True


def test_what_differs_is_told_with_the_reason_and_the_exit_code(sent):
    desk, words = sent
    change(
        desk, "UPDATE entries SET title = 'Khác', changed_at = '2099-01-01 00:00:00'"
    )
    assert desk.json(*words)["same"] is False  # the kept one is shown all the same
    said = desk.run(*words, "--afresh", code=1)
    assert ".title" in said.stderr
    assert "Khác" in said.stdout
    assert "Khác" not in desk.run(*words).stdout
    assert {one["why"] for one in desk.json(*words)["doubts"]} == {"changed"}


def test_a_mail_that_is_drawn_otherwise_now_is_not_the_same(sent):
    desk, words = sent
    change(desk, "UPDATE issues SET sha256 = 'of another template'")
    assert desk.run(*words, code=1).stderr.count("\n") > 1
    assert desk.json(*words, code=1)["drawn_as_approved"] is False


def test_of_a_window_without_an_issue_it_shows_what_would_have_been(gathered, due):
    found = gathered.json("digest", "compose", "--as-of", due)
    assert (found["state"], found["same"], found["number"]) == (None, None, 1)
    assert len(found["issue"]["sections"][0]["items"]) == 3
    assert gathered.run("digest", "compose", "--as-of", due).stderr.strip()
    assert gathered.json("digest", "preview", "--as-of", due)["number"] == 1


def test_an_empty_window_has_nothing_to_show(desk):
    assert desk.run("digest", "compose", "--as-of", "2020-03-02").output.strip()
    assert desk.json("digest", "compose", "--as-of", "2020-03-02")["state"] is None
    assert desk.run("digest", "preview", "--as-of", "2020-03-02").output.strip()


@pytest.mark.parametrize("when", ["0001-01-02", "2999-01-01"])
def test_a_time_without_issues_is_refused_in_a_line(desk, when):
    said = desk.run("digest", "compose", "--as-of", when, code=4).stderr
    assert len(said.splitlines()) == 1


def test_an_edition_is_named_by_its_key(gathered):
    text = gathered.config.read_text(encoding="utf-8")
    more = text.replace('key = "tuan"\n', 'key = "tuan"\noffers = ["daily"]\n')
    gathered.config.write_text(more, encoding="utf-8")
    daily = gathered.json("digest", "compose", "tuan-daily")
    assert daily["digest"] == "tuan-daily"
    assert gathered.json("digest", "compose")["digest"] == "tuan"
