"""``syndicate publish`` with a copy of the feeds folder in another place."""

from __future__ import annotations

import pytest

TARGET = '[publish]\ntarget = "file://copy"\n'


@pytest.fixture
def copying(gathered):
    """The desk after a visit to three articles, with a folder for a target."""
    text = gathered.config.read_text("utf-8")
    gathered.config.write_text(f"{TARGET}{text}", "utf-8")
    return gathered


def files(folder) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }


def test_what_is_published_is_copied_and_said(copying):
    todo = copying.json("publish", "--dry-run")["target"]
    assert "all.rss" in todo["uploads"] or todo == {"uploads": [], "removals": []}
    told = copying.json("publish")["target"]
    assert told["address"] == f"file://{copying.folder}/copy"
    assert "all.rss" in told["uploaded"]
    assert (told["removed"], told["failed"], told["left"]) == ([], {}, 0)
    there = files(copying.folder / "copy")
    here = files(copying.folder / "feeds")
    assert {p: c for p, c in there.items() if not p.endswith(".gz")} == {
        p: c for p, c in here.items() if not p.endswith(".gz")
    }
    said = copying.run("publish").output
    assert f"0 documents copied to file://{copying.folder}/copy, 0 removed" in said


def test_a_dry_run_says_what_would_be_copied_and_copies_nothing(copying):
    copying.run("publish")
    copying.news(7)
    copying.run("gather", "--all")
    (copying.folder / "feeds" / "all.rss").unlink()
    before = files(copying.folder / "copy")
    copying.run("publish", "--dry-run")
    assert files(copying.folder / "copy") == before


def test_a_copy_that_was_lost_comes_back_with_all(copying):
    copying.run("publish")
    (copying.folder / "copy" / "all.rss").write_bytes(b"rubbish")
    assert copying.json("publish")["target"]["uploaded"] == []
    told = copying.json("publish", "--all")["target"]
    assert "all.rss" in told["uploaded"]
    there = copying.folder / "copy" / "all.rss"
    assert there.read_bytes() == (copying.folder / "feeds" / "all.rss").read_bytes()


def test_what_cannot_be_copied_is_named_and_the_exit_code_says_so(copying):
    (copying.folder / "copy").write_text("a file", "utf-8")
    done = copying.run("publish", code=1)
    assert "documents wait: the target does not take them now" in done.output
    assert (copying.folder / "feeds" / "all.rss").is_file()
    told = copying.json("publish", code=1)["target"]
    assert told["failed"]
    assert told["left"]
    (copying.folder / "copy").unlink()
    assert "all.rss" in copying.json("publish")["target"]["uploaded"]


def test_a_desk_without_a_target_says_nothing_of_one(gathered):
    assert "target" not in gathered.json("publish")
    assert "target" not in gathered.json("publish", "--dry-run")
    assert "copied" not in gathered.run("publish").output
