"""``syndicate categories``: see, test, review, decide, undo, try other rules."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from syndicate.cli.categories import SUBCOMMANDS, command

OTHER = """
[category.cong-trinh]
title = "Công trình"
strong = ["khánh thành cầu"]
"""


@pytest.fixture(autouse=True)
def apart(desk):
    """The samples' bridges are alike; here each is to be a story of its own."""
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(f"{text}\n[stories]\nevents = false\n", encoding="utf-8")


@pytest.fixture
def unsure(desk):
    """A desk whose category fits none of its two stories."""
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(
        text.replace("khánh thành cầu", "bầu cử").replace('"Cầu đường"', '"Bầu cử"'),
        encoding="utf-8",
    )
    desk.news(1, 2, days=1)
    desk.run("gather", "--all")
    return desk


def labels(desk, number="1"):
    return [one["category"] for one in desk.json("explain", number)["labels"]]


def test_the_help_in_the_list_is_that_of_the_command():
    for name, (_module, _attribute, said) in SUBCOMMANDS.items():
        assert command.get_command(None, name).help == said, name


def test_categories_are_listed_in_figures(gathered):
    told = gathered.json("categories", "list")
    (one,) = told["categories"]
    assert one["category"] == "cau-duong"
    assert one["stories"]["7"] == one["origins"]["rules"] == 3
    assert told["unlabelled"]["30"] == 0
    assert one["checked"]["precision"] is None
    said = gathered.run("categories", "list").stdout
    assert "Cầu đường [cau-duong]" in said


def test_a_category_that_is_gone_is_still_listed_while_stories_carry_it(gathered):
    text = gathered.config.read_text(encoding="utf-8")
    gathered.config.write_text(text.replace("category.cau-duong", "category.duong"))
    told = gathered.json("categories", "list")
    assert [(one["category"], one["title"]) for one in told["categories"]] == [
        ("duong", "Cầu đường"),
        ("cau-duong", ""),
    ]


# ── Deciding ──


def test_what_is_unsure_waits_until_somebody_decides(unsure):
    waiting = unsure.json("categories", "review")
    assert [one["asked"] for one in waiting] == ["unsure", "unsure"]
    number = str(waiting[0]["id"])
    assert waiting[0]["title"] in unsure.run("categories", "review").stdout
    done = unsure.json(
        "categories", "decide", number, "cau-duong", "--by", "Lan", "--note", "cầu"
    )
    assert (done["before"], done["labels"]) == ([], ["cau-duong"])
    assert labels(unsure, number) == ["cau-duong"]
    assert len(unsure.json("categories", "review")) == 1
    (made,) = unsure.json("categories", "decisions")
    assert (made["by"], made["note"], made["asked"]) == ("Lan", "cầu", "unsure")
    assert made["title"] == waiting[0]["title"]
    assert "Lan" in unsure.run("categories", "decisions").stdout
    unsure.run("categories", "undo")
    assert labels(unsure, number) == []
    assert unsure.json("categories", "decisions") == []
    assert len(unsure.json("categories", "review")) == 2


def test_an_article_is_named_by_its_address_too(gathered):
    gathered.run("categories", "decide", "https://tin.example/2.html", "--none")
    (made,) = gathered.json("categories", "decisions")
    assert made["categories"] == []
    assert made["shown"] == ["cau-duong"]


def test_a_decision_outlives_the_next_gathering_and_apply(gathered):
    gathered.run("categories", "decide", "1", "--none")
    gathered.news(1, 2, 3, 4)
    gathered.run("gather", "--all")
    assert gathered.json("categories", "apply")["applied"] == 0
    assert labels(gathered, "1") == []
    assert labels(gathered, "2") == ["cau-duong"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("decide", "1", "nothing-such"), 4, "cau-duong"),
        (("decide", "999", "cau-duong"), 4, "999"),
        (("decide", "1"), 2, "--none"),
        (("decide", "1", "cau-duong", "--none"), 2, "--none"),
        (("undo",), 4, ""),
        (("undo", "7"), 4, "7"),
        (("undo", "0"), 2, ""),
        (("undo", str(1 << 63)), 2, ""),
        (("review", "--limit", "0"), 2, ""),
        (("review", "--limit", str(1 << 63)), 2, ""),
        (("decisions", "--limit", str(1 << 63)), 2, ""),
        (("test", "no-such-thing"), 4, "no-such-thing"),
        (("dry-run", "--days", "0"), 2, ""),
        (("dry-run", "--config", "none.toml"), 2, "none.toml"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(gathered, words, code, said):
    assert said in gathered.run("categories", *words, code=code).output


# ── Testing ──


def test_a_file_or_standard_input_shows_every_hit(gathered, tmp_path):
    path = tmp_path / "tin.txt"
    path.write_text("Xã khánh thành cầu\n\nCầu dài.", encoding="utf-8")
    told = gathered.json("categories", "test", str(path))
    assert [one["category"] for one in told["labels"]] == ["cau-duong"]
    (score,) = told["scores"]
    assert score["hits"][0] == {
        "zone": "title",
        "phrase": "khánh thành cầu",
        "count": 1,
        "weight": 6.0,
    }
    said = gathered.run("categories", "test", str(path)).stdout
    assert "khánh thành cầu" in said
    assert "cau-duong" in said


def test_an_article_that_we_have_is_tested_without_changing_it(gathered):
    gathered.run("categories", "decide", "1", "--none")
    told = gathered.json("categories", "test", "1")
    assert [one["category"] for one in told["labels"]] == ["cau-duong"]
    assert labels(gathered, "1") == []


def test_a_text_that_shows_nothing_is_said_to(gathered, tmp_path):
    path = tmp_path / "tin.txt"
    path.write_text("Trời mưa", encoding="utf-8")
    assert gathered.json("categories", "test", str(path))["labels"] == []
    assert gathered.run("categories", "test", str(path)).stdout.startswith("Trời mưa\n")


def test_without_a_text_the_rules_are_marked_by_the_decisions(gathered):
    gathered.run("categories", "test")
    gathered.run("categories", "decide", "1", "cau-duong")
    gathered.run("categories", "decide", "2", "--none")
    told = gathered.json("categories", "test")["rules"]
    assert told["articles"] == 2
    assert told["precision"]["labels"] == 2
    assert told["precision"]["right"] == 1
    assert told["recall"]["precision"] == 1.0
    assert told["confused"] == [["", "cau-duong", 1]]
    assert "cau-duong" in gathered.run("categories", "test").stdout


# ── Other rules ──


def test_a_dry_run_says_what_another_config_would_change(gathered, tmp_path):
    other = tmp_path / "other.toml"
    head = gathered.config.read_text(encoding="utf-8").partition("[category")[0]
    other.write_text(head + OTHER, encoding="utf-8")
    told = gathered.json("categories", "dry-run", "--config", str(other))
    assert (told["looked_at"], told["changed"]) == (3, 3)
    assert {
        one["category"]: (one["gained"], one["lost"]) for one in told["categories"]
    } == {
        "cong-trinh": (3, 0),
        "cau-duong": (0, 3),
    }
    assert told["stories"][0]["would_be"] == ["cong-trinh"]
    said = gathered.run("categories", "dry-run", "--config", str(other)).stdout
    assert "cong-trinh" in said
    assert gathered.json("categories", "dry-run")["changed"] == 0
    assert labels(gathered) == ["cau-duong"]


def test_apply_writes_what_a_dry_run_shows(gathered):
    text = gathered.config.read_text(encoding="utf-8")
    gathered.config.write_text(
        text.replace("category.cau-duong", "category.cong-trinh")
    )
    assert gathered.json("categories", "apply", "--dry-run")["changed"] == 3
    assert labels(gathered) == ["cau-duong"]
    assert gathered.json("categories", "apply")["applied"] == 3
    assert labels(gathered) == ["cong-trinh"]
    assert gathered.json("categories", "apply")["applied"] == 0


def test_only_stories_of_the_days_named_are_labelled_anew(grown_old):
    text = grown_old.config.read_text(encoding="utf-8")
    grown_old.config.write_text(
        text.replace("category.cau-duong", "category.cong-trinh")
    )
    assert grown_old.json("categories", "apply")["applied"] == 0
    assert grown_old.json("categories", "apply", "--days", "200")["applied"] == 3


# ── Checks ──


def test_last_weeks_sure_labels_are_checked_and_tell_how_often_they_are_right(gathered):
    _a_week_older(gathered.folder / "var" / "syndicate.db")
    waiting = gathered.json("categories", "review")
    assert [one["asked"] for one in waiting] == ["check"] * 3
    gathered.run("categories", "decide", str(waiting[0]["id"]), "cau-duong")
    gathered.run("categories", "decide", str(waiting[1]["id"]), "--none")
    told = gathered.json("categories", "list")["checked"]
    assert (told["stories"], told["labels"], told["right"]) == (2, 2, 1)
    assert told["low"] < told["precision"] < told["high"]
    said = gathered.run("categories", "list").stdout
    assert "50 %" in said


def _a_week_older(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        for number, seen in connection.execute("SELECT id, seen_at FROM stories"):
            moved = datetime.fromisoformat(seen) - timedelta(days=7)
            told = moved.isoformat(sep=" ", timespec="microseconds")
            change = "UPDATE stories SET seen_at = ? WHERE id = ?"
            connection.execute(change, (told, number))
