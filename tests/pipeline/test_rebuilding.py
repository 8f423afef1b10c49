"""A past issue is composed again, byte for byte, from what the store knows of then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import Approval, Asked, Bond, Decision, IssueState, Label, Relation
from syndicate.pipeline.mailing.rebuilding import Doubt, content, rebuilt
from syndicate.store import decisions, entries, issues, moving, purging, stories

DAY = timedelta(days=1)


@pytest.fixture
def frozen(news, clock, monday):
    """An issue of three stories that went out, and eight weeks since."""
    news.tells(1, 2, 3)
    clock.now = monday
    stored = news.sent(news.compose())
    clock.advance(days=60)
    return stored


@pytest.fixture
def again(desk, digest, monday):
    """Compose the issue of that Monday once more."""

    def run(**given):
        return rebuilt(desk.mailing(), replace(digest, **given), monday + 2 * DAY)

    return run


def test_an_issue_is_rebuilt_byte_for_byte(frozen, again):
    found = again()
    assert found.kept == frozen
    assert (found.same, found.doubts) == (True, ())
    assert content(found.issue) == content(frozen.issue)


def test_news_tellers_and_issues_that_came_since_change_nothing(
    desk, news, clock, frozen, again
):
    story = desk.stories()[0]
    copy = replace(story.lead.entry, source="bao", url="https://bao.example/1")
    with desk.database.write() as connection:
        entries.add(
            connection,
            copy,
            story=story.id,
            bond=Bond(relation=Relation.REPEAT, to=story.lead.id),
            keys=(),
            shingles=(),
            now=clock.now,
            backlog=False,
        )
    news.tells(4, 5)
    clock.advance(days=7)
    news.sent(news.compose())
    assert story.uid in {item.uid for item in frozen.issue.items}
    assert again().same


def test_a_withdrawal_since_does_not_change_what_had_been_sent(
    desk, clock, frozen, again
):
    with desk.database.write() as connection:
        entries.withdraw(connection, 1, clock.now)
    assert again().same


def test_a_decision_on_labels_since_is_taken_back(desk, clock, frozen, again):
    story = desk.stories()[0]
    with desk.database.write() as connection:
        for category in ("cau-duong", "giao-duc", "chua-co"):
            decision = Decision(
                id=0,
                entry=story.lead.id,
                categories=(category,),
                shown=stories.get(connection, story.id).labels,
                asked=Asked.OWN,
                at=clock.advance(minutes=1),
            )
            decisions.keep(connection, decision)
            label = Label(category=category, reason="", confidence=1.0, primary=True)
            stories.set_labels(connection, story.id, [label])
    assert desk.stories()[0].labels[0].category == "chua-co"
    assert again().same


def test_corrections_are_rebuilt_and_count_the_issues_of_then(
    news, clock, monday, digest, desk
):
    news.tells(1)
    clock.now = monday
    news.sent(news.compose())
    clock.advance(days=2)
    news.listed.clear()
    news.tells(1, text="Sửa: cầu dài 42 m, chứ không phải 24 m.")
    news.tells(2)
    clock.now = monday + 7 * DAY
    second = news.sent(news.compose())
    assert any(item.corrected for item in second.issue.items)
    clock.advance(days=7)
    news.tells(3)
    clock.advance(days=7)
    news.compose()
    found = rebuilt(desk.mailing(), digest, monday + 8 * DAY)
    assert (found.kept.id, found.same) == (second.id, True)


def test_carried_over_stories_are_rebuilt_though_their_issue_was_skipped_later(
    news, clock, monday, digest, desk
):
    given = {"approval": Approval.EDITOR, "min_stories": 1}
    news.tells(1)
    clock.now = monday
    draft = news.compose(**given)
    news.tells(2)
    clock.now = monday + 7 * DAY
    second = news.sent(news.compose(**given))
    assert len(second.issue.items) == 2
    assert news.kept(draft).state is IssueState.SKIPPED
    clock.advance(days=30)
    for days in (1, 8):
        found = rebuilt(desk.mailing(), replace(digest, **given), monday + days * DAY)
        assert found.same, found.differences
    assert len(found.issue.items) == 2


def test_a_window_without_an_issue_shows_what_it_would_have_been(
    desk, news, clock, monday, again
):
    news.tells(1, 2)
    clock.now = monday + 30 * DAY
    found = again()
    assert (found.kept, len(found.issue.items), found.issue.number) == (None, 2, 1)
    assert found.same
    assert desk.ask(lambda c: issues.latest(c, "tuan")) == []


def test_words_that_changed_since_differ_and_the_store_says_so(news, frozen, again):
    news.listed.clear()
    news.tells(1, text="Sửa: cầu dài 42 m, chứ không phải 24 m.")
    found = again()
    (uid,) = [one.uid for one in frozen.issue.items if one.url.endswith("/1.html")]
    assert not found.same
    assert found.doubts == ((uid, Doubt.CHANGED),)
    assert any(one.place.endswith("].summary") for one in found.differences)
    assert all(one.kept != one.again for one in found.differences)


def test_what_was_purged_merged_or_put_elsewhere_is_named(desk, clock, frozen, again):
    first, second, third = sorted(desk.stories(), key=lambda one: one.id)
    with desk.database.write() as connection:
        moved = {second.lead.id: second.lead.bond}
        moving.move(connection, moved, first.id, clock.now)
        moving.dissolve(connection, second.id, second.uid, first.id, clock.now)
    found = again()
    assert not found.same
    assert (second.uid, Doubt.REGROUPED) in found.doubts
    assert third.uid not in dict(found.doubts)
    everything = [one.id for one in desk.entries()]
    with desk.database.write() as connection:
        purging.remove(connection, everything)
    assert {why for _uid, why in again().doubts} == {Doubt.GONE}


def test_settings_of_now_are_what_it_is_composed_by(frozen, again):
    found = again(max_stories=1, brief=0)
    assert not found.same
    assert found.doubts == ()
    assert any(one.place == "limits.stories" for one in found.differences)
