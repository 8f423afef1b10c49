"""Weeks made by chance: every story is told once, whatever becomes of the issues.

The desk is down for days, drafts are approved, held, skipped or forgotten, visits are
filed late, clocks change. At the end each story that was news has been in exactly one
issue that went out, as long as the desk was never away for longer than it reaches back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from syndicate.digest.choosing.windows import window
from syndicate.model import (
    Approval,
    Bond,
    Cadence,
    Entry,
    IssueState,
    Relation,
)
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.rebuilding import rebuilt
from syndicate.store import entries, issues, stories

BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Weeks:
    """A desk on which things happen by chance."""

    def __init__(self, desk, digest, seed):
        self.chance = Random(seed)  # noqa: S311 -- no secret
        self.desk, self.now = desk, BEGAN
        self.told = {}
        self.digest = replace(
            digest,
            cadence=self.chance.choice(tuple(Cadence)),
            timezone=self.chance.choice(("Asia/Ho_Chi_Minh", "America/New_York")),
            approval=self.chance.choice(tuple(Approval)),
            weekday=self.chance.randrange(7),
            hour=self.chance.randrange(24),
            min_stories=self.chance.choice((1, 1, 3)),
            max_stories=999,
            max_per_section=999,
            max_per_source=999,
            max_age=40 * DAY,
            expires=self.chance.choice((6 * HOUR, 48 * HOUR)),
        )

    def tell(self):
        """File an article; its visit may have begun a while ago."""
        number = len(self.told) + 1
        seen = max(self.now - self.chance.choice((0, 0, 20)) * HOUR, BEGAN)
        with self.desk.database.write() as connection:
            uid = f"story{number}"
            story = stories.create(connection, uid, seen)
            entries.add(
                connection,
                Entry(source="tin", url=f"https://tin.example/{number}", title=uid),
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=seen,
                backlog=False,
            )
        self.told[uid] = seen

    def compose(self):
        """Do what a tick does, and let somebody decide on what comes of it."""
        work = self.desk.mailing()
        stored, made = compose_issue(work, self.digest, self.now)
        if made and stored.state is not IssueState.SKIPPED:
            fates = (IssueState.SENT, IssueState.SENT, IssueState.SKIPPED, None)
            self.decide(stored, self.chance.choice(fates))

    def decide(self, stored, state):
        """None: nobody decides, and it is given up some day."""
        if state is not None:
            with self.desk.database.write() as connection:
                issues.set_state(connection, stored.id, state, now=self.now)

    def end(self):
        """Let two good windows follow, which tell what is left."""
        self.digest = replace(self.digest, min_stories=0)
        for _window in range(2):
            end = window(self.digest, self.now)[1]
            while window(self.digest, self.now)[1] == end:
                self.now += 6 * HOUR
            self.now += self.digest.expires
            stored, _ = compose_issue(self.desk.mailing(), self.digest, self.now)
            self.decide(stored, IssueState.SENT)

    def issues(self):
        return self.desk.ask(lambda c: issues.latest(c, self.digest.key, 999))


@pytest.mark.parametrize("seed", range(12))
def test_every_story_is_told_once(desk, digest, seed):
    weeks = Weeks(desk, digest, seed)
    weeks.compose()  # from this window on; it is empty, and skipped
    for _step in range(40):
        weeks.now += weeks.chance.choice((1, 5, 9, 20, 20, 50)) * HOUR
        for _time in range(weeks.chance.randrange(3)):
            weeks.tell()
        if weeks.chance.random() < 0.7:  # else the desk is down
            weeks.compose()
    weeks.end()
    kept = weeks.issues()
    sent = [one for one in kept if one.state is IssueState.SENT]
    shown = Counter(item.uid for one in sent for item in one.issue.items)
    first = min(one.issue.start for one in kept)
    due = {
        uid
        for uid, seen in weeks.told.items()
        if first <= seen < window(weeks.digest, weeks.now)[1]
    }
    assert set(shown) == due != set()
    assert set(shown.values()) <= {1}
    numbers = [one.issue.number for one in reversed(sent)]
    assert numbers == sorted(set(numbers))
    for one in kept:
        again = rebuilt(desk.mailing(), weeks.digest, one.issue.end)
        assert (again.kept.id, again.same) == (one.id, True)
