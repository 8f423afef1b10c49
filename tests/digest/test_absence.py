"""Why an issue does not carry a story: every rule of ``compose`` has its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from syndicate.digest.choosing.absence import Absence, why_out
from syndicate.digest.choosing.compose import compose
from syndicate.digest.choosing.news import Edition
from syndicate.digest.choosing.picking import Desk
from syndicate.model import Carried, Digest, Story

START = datetime(2026, 10, 11, 23, tzinfo=UTC)
END = datetime(2026, 10, 18, 23, tzinfo=UTC)
EDITION = Edition(number=12, start=START, end=END, now=END)
DAY = timedelta(days=1)


def told(carried):
    return {uid: Carried(at=at, by=(("tuan", 11, at),)) for uid, at in carried.items()}


@pytest.fixture
def why(digest, sources, categories):
    """Ask of the first of some stories why issue 12 leaves it out."""

    def ask(*stories: Story, carried=None, digest: Digest = digest, edition=EDITION):
        desk = Desk(digest, edition, sources)
        return why_out(desk, stories[0], stories, categories, told(carried or {}))

    return ask


def test_what_is_in_has_no_reason_to_be_out(why, make_story):
    assert why(make_story()) is None


def test_what_every_source_withdrew_is_withdrawn(why, make_story, seen):
    assert why(make_story(withdrawn_at=seen)) is Absence.WITHDRAWN


def test_what_an_issue_had_is_carried(why, make_story, seen):
    assert why(make_story(), carried={"u0001": seen + DAY}) is Absence.CARRIED


def test_what_changed_since_comes_again(why, make_story, seen):
    story = make_story(changed_at=seen + 2 * DAY)
    assert why(story, carried={"u0001": seen + DAY}) is None


def test_too_many_corrections_leave_some_out(why, digest, make_story, seen):
    stories = [make_story(n, changed_at=seen + 2 * DAY) for n in (1, 2)]
    carried = {story.uid: seen + DAY for story in stories}
    told = why(*stories, carried=carried, digest=replace(digest, max_per_section=0))
    assert told is Absence.CORRECTIONS


@pytest.mark.parametrize(
    ("seen_at", "reason"),
    [
        (START - DAY, Absence.BEFORE),
        (START, None),
        (END, Absence.AFTER),
        (END + DAY, Absence.AFTER),
    ],
)
def test_what_came_outside_the_window_is_of_another(why, make_story, seen_at, reason):
    assert why(make_story(seen_at=seen_at)) is reason


def test_what_came_after_the_moment_of_making_comes_after(why, make_story):
    early = replace(EDITION, now=START + DAY)
    assert why(make_story(), edition=early) is Absence.AFTER


def test_what_was_published_long_ago_is_old(why, make_story, make_dated, seen):
    story = make_story(published=make_dated(seen - 60 * DAY))
    assert why(story) is Absence.OLD


def test_what_was_backlog_is_backlog(why, make_story):
    assert why(make_story(backlog=True)) is Absence.BACKLOG


def test_what_the_limits_keep_out_says_so(why, digest, make_story):
    none = replace(digest, max_stories=0, brief=0)
    assert why(make_story(), digest=none) is Absence.LIMITS


def test_a_story_is_in_an_issue_if_and_only_if_nothing_keeps_it_out(
    digest, sources, categories, make_story, make_dated, seen
):
    """Of many weeks made by chance."""
    chance = Random(7)  # noqa: S311 -- no secret
    found: set[Absence | None] = set()
    for _ in range(80):
        few = replace(
            digest,
            max_stories=chance.choice((2, 30)),
            max_per_section=chance.choice((1, 10)),
            max_per_category=chance.choice((0, 0, 1)),
            brief=chance.choice((0, 1)),
        )
        stories = []
        for number in range(1, 8):
            seen_at = seen + chance.choice((0, 0, 0, 0, -9, 9)) * DAY
            stories.append(
                make_story(
                    number,
                    topic=chance.choice(("xay-dung-dang", "dan-van", "")),
                    source=chance.choice(tuple(sources)),
                    seen_at=seen_at,
                    changed_at=seen_at + chance.choice((0, 0, 3)) * DAY,
                    backlog=chance.choice((False, False, False, True)),
                    withdrawn_at=chance.choice((None, None, None, None, END)),
                    published=make_dated(seen_at - chance.choice((0, 0, 0, 50)) * DAY),
                )
            )
        some = [one.uid for one in stories if chance.random() < 0.3]
        carried = told(dict.fromkeys(some, seen + DAY))
        issue = compose(
            few,
            stories,
            edition=EDITION,
            sources=sources,
            categories=categories,
            carried=carried,
        )
        inside = {item.uid for item in issue.items}
        desk = Desk(few, EDITION, sources)
        for one in stories:
            reason = why_out(desk, one, stories, categories, carried)
            found.add(reason)
            assert (reason is None) == (one.uid in inside)
    assert found == {None, *Absence}
