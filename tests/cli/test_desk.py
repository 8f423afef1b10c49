"""Editors at the command line: drafts, show, edit, approve, hold, skip."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from email import message_from_bytes, policy

import pytest

EDITOR = '\napproval = "editor"\nreview = "12 h"\nmax_stories = 2\nbrief = 0\n'


@pytest.fixture
def drafted(gathered, due):
    """The desk with a draft: two stories, and a spare one."""
    text = gathered.config.read_text("utf-8")
    title = 'title = "Bản tin tuần"\n'
    gathered.config.write_text(text.replace(title, title + EDITOR), "utf-8")
    gathered.due = due
    said = gathered.json("digest", "send", "--as-of", due)
    assert said["state"] == "draft"
    return gathered


def shown(desk, *words, code=0):
    return desk.json("digest", "show", *words, code=code)


def numbers(seen) -> list[int]:
    return [one["no"] for part in seen["sections"] for one in part["items"]]


def test_drafts_are_listed_with_their_deadline_and_what_comes_then(drafted):
    (draft,) = drafted.json("digest", "drafts")
    assert (draft["digest"], draft["number"], draft["state"]) == ("tuan", 1, "draft")
    assert (draft["stories"], draft["on_silence"]) == (2, "hold")
    assert draft["deadline_at"]
    assert "tuan" in drafted.run("digest", "drafts").output


def test_a_desk_without_drafts_says_so(gathered):
    assert gathered.json("digest", "drafts") == []
    assert "No issue waits" in gathered.run("digest", "drafts").output


def test_without_a_clock_send_tells_the_desk_once_and_hears_its_silence(drafted):
    text = drafted.config.read_text("utf-8")
    text += '\n[desk]\nreport_to = ["lan@vd.example"]\n'
    text = text.replace('review = "12 h"', 'review = "12 h"\non_silence = "send"')
    drafted.config.write_text(text, "utf-8")
    for _ in range(2):
        sent = drafted.json("digest", "send", "--as-of", drafted.due)
        assert sent["state"] == "draft"
    outbox = drafted.folder / "var" / "outbox"
    assert [mail.name[:10] for mail in outbox.rglob("*.eml")] == ["draft-tuan"]
    over = "2026-01-01 00:00:00.000000"
    store = drafted.folder / "var" / "syndicate.db"
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE issues SET deadline_at = ?", (over,))
    sent = drafted.json("digest", "send", "--as-of", drafted.due)
    assert sent["deliveries"]["accepted"] == 2
    assert shown(drafted)["decided_by"] == "deadline"


def test_a_draft_is_shown_with_numbers_groups_lint_and_what_to_type(drafted):
    seen = shown(drafted)
    assert seen["digest"] == "tuan"
    assert numbers(seen) == [1, 2]
    assert [one["no"] for one in seen["spare"]] == [3]
    assert [group["members"] for group in seen["groups"]] == [2]
    assert [one for one in seen["lint"] if one["level"] == "E"] == []
    assert seen["state"] == "draft"
    printed = drafted.run("digest", "show", "tuan", "1").output
    assert seen["sections"][0]["items"][0]["uid"] in printed
    assert f"approve tuan 1 --seen {seen['sha256'][:12]}" in printed


def test_stories_are_hidden_pinned_and_edited_by_number_or_uid(drafted):
    first = shown(drafted)["sections"][0]["items"][0]["uid"]
    words = ("--hide", first, "--pin", "3", "--note", "3", "Xem cầu.")
    told = ("--summary", "2", "Kể lại.", "--subject", "Cầu", "--headnote", "Chào bạn.")
    edited = drafted.json("digest", "edit", "tuan", *words, *told)
    assert numbers(edited)[0] == 3
    assert [one["uid"] for one in edited["hidden"]] == [first]
    by_number = {one["no"]: one for part in edited["sections"] for one in part["items"]}
    assert by_number[3]["note"] == "Xem cầu."
    assert by_number[3]["lead"]
    assert by_number[2]["summary"] == "Kể lại."
    assert edited["note"] == "Chào bạn."
    assert "Cầu" in edited["subject"]


def test_edits_add_up_until_they_are_taken_back(drafted):
    drafted.run("digest", "edit", "tuan", "--hide", "1")
    both = drafted.json("digest", "edit", "tuan", "--order", "3,2")
    assert numbers(both) == [3, 2]
    again = drafted.json("digest", "edit", "tuan", "--unhide", "1", "--order", "")
    assert numbers(again) == [1, 2]
    drafted.run("digest", "edit", "tuan", "--pin", "3", "--subject", "Cầu")
    unpinned = drafted.json("digest", "edit", "tuan", "--unpin", "3", "--subject", "")
    assert numbers(unpinned) == [1, 2]
    assert "Cầu" not in unpinned["subject"].partition("·")[0]
    drafted.run("digest", "edit", "tuan", "--hide", "2")
    assert numbers(drafted.json("digest", "edit", "tuan", "--reset")) == [1, 2]


def test_a_dry_run_shows_what_would_be_and_keeps_nothing(drafted):
    tried = drafted.json("digest", "edit", "tuan", "--hide", "1", "--dry-run")
    assert numbers(tried) == [2, 3]
    assert numbers(shown(drafted)) == [1, 2]


def test_a_story_that_is_not_there_is_named(drafted):
    done = drafted.run("digest", "edit", "tuan", "--hide", "9", "--pin", "x", code=4)
    assert "no such story" in done.stderr
    done = drafted.run(
        "digest", "edit", "tuan", "--hide=1", "--hide=2", "--hide=3", code=4
    )
    assert "digest skip" in done.stderr or "skip the issue" in done.stderr


def test_edit_without_a_change_says_how_it_is_used(drafted):
    assert "say what to change" in drafted.run("digest", "edit", code=2).output


def test_approval_lets_it_go_out_and_only_once(drafted):
    mark = shown(drafted)["sha256"][:12]
    done = drafted.json("digest", "approve", "tuan", "--by", "Lan", "--seen", mark)
    assert (done["state"], done["decided_by"]) == ("approved", "Lan")
    again = drafted.run("digest", "approve", "tuan", code=4)
    assert "approved already, by Lan" in again.stderr
    sent = drafted.json("digest", "send", "--as-of", drafted.due)
    assert sent["deliveries"] == {"accepted": 2}
    late = drafted.run("digest", "edit", "tuan", "--hide", "1", code=4)
    assert "it was sent" in late.stderr


def test_who_has_seen_something_else_does_not_approve(drafted):
    mark = shown(drafted)["sha256"][:12]
    drafted.run("digest", "edit", "tuan", "--hide", "1")
    done = drafted.run("digest", "approve", "tuan", "--seen", mark, code=4)
    assert "not what you have seen" in done.stderr


def test_what_was_edited_is_what_is_sent(drafted):
    drafted.run("digest", "edit", "tuan", "--hide", "1", "--subject", "Những cây cầu")
    gone = shown(drafted)["hidden"][0]["url"]
    drafted.run("digest", "approve", "tuan")
    drafted.run("digest", "send", "--as-of", drafted.due)
    (mail, _other) = (drafted.folder / "var" / "outbox").rglob("*.eml")
    read = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert "Những cây cầu" in read["Subject"]
    assert gone not in read.get_body(("plain",)).get_content()


def test_a_held_issue_is_listed_with_the_reason_and_can_be_approved(drafted):
    done = drafted.run("digest", "hold", "tuan", "--why", "chờ số liệu", "--by", "Lan")
    assert "kept back" in done.output
    (held,) = drafted.json("digest", "drafts")
    assert (held["state"], held["why"]) == ("held", "chờ số liệu")
    assert "chờ số liệu" in drafted.run("digest", "show").output
    assert drafted.json("digest", "approve")["state"] == "approved"


def test_a_skipped_issue_goes_to_nobody(drafted):
    drafted.run("digest", "skip", "tuan", "1", "--why", "trùng")
    assert drafted.json("digest", "drafts") == []
    sent = drafted.json("digest", "send", "--as-of", drafted.due)
    assert (sent["state"], sent["deliveries"]) == ("skipped", {})
    assert "it was skipped (trùng)" in drafted.run("digest", "approve", code=4).stderr


@pytest.mark.parametrize("command", ["show", "approve", "hold", "skip"])
def test_an_issue_that_is_not_there_is_an_error_with_its_number(drafted, command):
    done = drafted.run("digest", command, "tuan", "7", code=4)
    assert 'digest "tuan" has no issue 7' in done.stderr


def test_a_digest_without_issues_says_so(gathered):
    assert "has no issue yet" in gathered.run("digest", "show", code=4).stderr
