"""``syndicate explain`` tells the whole life of an article, with every why."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

OTHER = '[[source]]\nkey = "khac"\ntitle = "Khác"\nkind = "folder"\nurl = "other"\n'
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def told_twice(desk):
    """One article of ours, and a copy of it that another source has."""
    (desk.folder / "other").mkdir()
    desk.write(more=f'embargo = "30d"\n{OTHER}rank = 500\n')
    desk.news(1, days=12)
    saved = desk.folder / "saved" / "tin.rss"
    text = saved.read_text(encoding="utf-8")
    (desk.folder / "other" / "khac.rss").write_text(
        text.replace("tin.example", "khac.example"), encoding="utf-8"
    )
    desk.run("gather", "luu")
    desk.run("gather", "khac")
    return desk


def sql(desk, statement: str, *values) -> None:
    path = desk.folder / "var" / "syndicate.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def on_the_clock(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(LOCAL).strftime("%d/%m/%Y %H:%M")


def test_it_says_what_keeps_an_article_out(told_twice):
    """Old at first sight, held back, one of several tellers."""
    said = told_twice.json("explain", "1")
    assert said["backlog"]
    assert len(said["tellers"]) == 2
    assert said["feeds"] == []
    reasons = {one["feed"]: one["reason"] for one in said["not_in"]}
    assert reasons["all"] == "embargo"
    assert said["digests"][0]["fate"] == "out"
    shown = told_twice.run("explain", "1").output
    assert on_the_clock(said["held_until"]) in shown
    assert "khac.example" in shown


def test_times_are_those_of_the_desk(told_twice):
    said = told_twice.json("explain", "1")
    shown = told_twice.run("explain", "1").output
    assert on_the_clock(said["seen_at"]) in shown
    assert "+00:00" not in shown


def test_a_copy_says_what_it_was_found_to_be_like_and_quotes_it(told_twice):
    said = told_twice.json("explain", "2")["bond"]
    assert said["relation"] == "repeat"
    assert said["to"] == 1
    shown = told_twice.run("explain", "2").output
    assert "https://tin.example/1.html" in shown
    assert said["evidence"][0]["kind"] == "grams"
    assert "bắc qua rạch" in said["passage"]
    assert said["passage"] in shown


def test_what_it_was_like_may_be_purged(told_twice):
    sql(told_twice, "UPDATE entries SET bond_to = 77 WHERE id = 2")
    assert told_twice.json("explain", "2")["bond"]["to_url"] is None
    told_twice.run("explain", "2")


def test_a_withdrawn_article_is_told_of_too(told_twice):
    sql(told_twice, "UPDATE entries SET withdrawn_at = seen_at")
    gone = told_twice.json("explain", "1")
    assert gone["withdrawn_at"]
    assert gone["story"] is None
    assert gone["uid"]
    assert gone["lead"] is None
    assert {one["reason"] for one in gone["not_in"]} == {"withdrawn"}
    said = told_twice.run("explain", "1").output
    assert on_the_clock(gone["withdrawn_at"]) in said
    assert said.count("has withdrawn it") == 1


def test_a_story_is_told_of_by_its_lead(told_twice):
    uid = told_twice.json("explain", "1")["story"]
    assert told_twice.json("explain", uid)["id"] == 1
    told_twice.run("stories", "lead", "2")
    assert told_twice.json("explain", uid)["id"] == 2


def test_it_says_why_the_lead_leads(told_twice):
    assert told_twice.json("explain", "2")["lead"]["reason"] == "rank"
    told_twice.run("stories", "lead", "2", "--by", "An", "--note", "bài gốc")
    said = told_twice.json("explain", "1")
    assert said["lead"] == {
        "id": 2,
        "url": "https://khac.example/1.html",
        "reason": "chosen",
    }
    assert said["rulings"][0]["kind"] == "lead"
    shown = told_twice.run("explain", "1").output
    assert "An, bài gốc" in shown


def test_rulings_on_it_are_told(told_twice):
    told_twice.run("stories", "split", "2", "--note", "hai cây cầu")
    for number in ("1", "2"):
        said = told_twice.json("explain", number)["rulings"]
        assert [one["kind"] for one in said] == ["apart"]
        assert "hai cây cầu" in told_twice.run("explain", number).output


def test_a_story_that_was_merged_is_found_by_its_uid_of_before(told_twice):
    kept = told_twice.json("explain", "1")["story"]
    told_twice.run("stories", "split", "2")
    gone = told_twice.json("explain", "2")["story"]
    told_twice.run("stories", "merge", "2", gone, "--into", "1")
    said = told_twice.json("explain", gone)
    assert said["story"] == kept
    assert said["merged"] == [gone]


def test_what_an_issue_had_and_what_comes_next_is_told(gathered, due):
    gathered.run("digest", "send", "--as-of", due)
    said = gathered.json("explain", "1")
    assert [(one["digest"], one["number"]) for one in said["issues"]] == [("tuan", 1)]
    assert said["digests"][0]["reason"] == "carried"
    assert said["digests"][0]["fate"] is None
    number = str(said["issues"][0]["number"])
    assert number in gathered.run("explain", "1").output


def test_before_an_issue_is_made_it_says_that_it_comes(gathered):
    said = gathered.json("explain", "1")
    fates = {one["digest"]: one["fate"] for one in said["digests"]}
    assert fates == {"tuan": "comes"}


def test_the_issue_of_a_week_that_is_over_is_due(gathered, due):
    fates = [one["fate"] for one in gathered.json("explain", "1")["digests"]]
    assert fates == ["due"]


def test_a_week_without_an_issue_is_told(grown_old):
    said = grown_old.json("explain", "1")["digests"][0]
    assert said["fate"] in {"missed", "out"}
    assert datetime.fromisoformat(said["end"]) - datetime.fromisoformat(
        said["start"]
    ) == timedelta(days=7)


def test_a_label_says_who_gave_it(gathered):
    (label,) = gathered.json("explain", "1")["labels"]
    assert label["origin"] == "rules"
    assert label["reason"]


def test_a_teller_under_embargo_is_held_back_though_its_story_is_told(desk):
    (desk.folder / "other").mkdir()
    desk.write(more=f'{OTHER}rank = 500\nembargo = "30d"\n')
    desk.news(1)
    text = (desk.folder / "saved" / "tin.rss").read_text(encoding="utf-8")
    (desk.folder / "other" / "khac.rss").write_text(
        text.replace("tin.example", "khac.example"), encoding="utf-8"
    )
    desk.run("gather", "luu")
    desk.run("gather", "khac")
    first, second = desk.json("explain", "1"), desk.json("explain", "2")
    assert first["uid"] == second["uid"]
    assert "all" in first["feeds"]
    reasons = {one["feed"]: one["reason"] for one in first["not_in"]}
    assert reasons["source/khac"] == "embargo"
    assert first["held_until"] is None
    assert second["held_until"]
