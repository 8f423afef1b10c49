"""``syndicate purge``: nothing unasked, and nothing on a dry run."""

from __future__ import annotations

KEEP_90 = '[store]\nretention = "90d"\n'


def count(desk) -> int:
    return desk.json("status")["entries"]


def test_nothing_is_purged_where_nothing_was_said_of_it(grown_old):
    assert "0s" in grown_old.run("purge").stdout
    assert count(grown_old) == 3


def test_a_dry_run_counts_and_removes_nothing(grown_old):
    grown_old.write(more=KEEP_90)
    assert "3" in grown_old.run("purge", "--dry-run").stdout
    assert grown_old.json("purge", "--dry-run") == {"purged": 0, "old": 3}
    assert count(grown_old) == 3


def test_what_is_older_goes_and_does_not_come_back_while_it_is_listed(grown_old):
    grown_old.write(more=KEEP_90)
    assert grown_old.json("purge") == {"purged": 3, "old": 3}
    assert count(grown_old) == 0
    grown_old.news(1, 2, 3, 4)
    visit = grown_old.json("gather", "--all")[0]
    assert visit["outcomes"] == {"new": 1, "unchanged": 3}
    assert count(grown_old) == 1


def test_what_is_younger_stays(gathered):
    gathered.write(more=KEEP_90)
    assert gathered.json("purge") == {"purged": 0, "old": 0}
    assert count(gathered) == 3
