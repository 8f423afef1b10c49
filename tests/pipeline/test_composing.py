"""An issue is composed once for its window, and nothing is lost between two."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.digest.choosing.windows import editions, window_of
from syndicate.model import Approval, Cadence, IssueState
from syndicate.pipeline.mailing.composing import compose_issue, preview
from syndicate.store import carrying, issues

FEED = "https://tin.example/rss"
DAY = timedelta(days=1)


def numbers(stored):
    """The numbers of the articles that an issue shows."""
    return sorted(int(item.url[20:-5]) for item in stored.issue.items)


def test_an_issue_is_composed_once_for_its_window(desk, digest, clock, monday):
    desk.with_news(1, 2)
    clock.now = monday
    first, made = compose_issue(desk.mailing(), digest, clock.now)
    assert made
    assert (first.state, first.issue.number) == (IssueState.APPROVED, 1)
    assert len(first.issue.items) == 2
    for later in ({"seconds": 30}, {"days": 6}):
        again, made = compose_issue(desk.mailing(), digest, clock.advance(**later))
        assert (again, made) == (first, False)


def test_the_next_window_has_the_next_number_and_no_old_news(clock, monday, news):
    news.tells(1)
    clock.now = monday
    news.sent(news.compose())
    clock.advance(days=2)
    news.tells(2)
    clock.advance(days=5)
    second = news.compose()
    assert (second.issue.number, numbers(second)) == (2, [2])


def test_a_preview_is_the_issue_and_keeps_nothing(desk, digest, clock, monday):
    desk.with_news(1, 2)
    clock.now = monday
    shown = preview(desk.mailing(), digest, clock.now)
    assert desk.ask(lambda c: issues.latest(c, digest.key)) == []
    assert compose_issue(desk.mailing(), digest, clock.now)[0].issue == shown


def test_a_preview_of_a_frozen_issue_is_that_issue(desk, digest, clock, monday):
    """An editor approves what is frozen, so that is what must be seen."""
    desk.with_news(1, 2)
    clock.now = monday
    stored, _ = compose_issue(desk.mailing(), digest, clock.now)
    assert stored.issue.items
    assert preview(desk.mailing(), digest, clock.now) == stored.issue


def test_too_few_stories_skip_the_issue_and_its_stories_are_not_used_up(
    desk, digest, clock, monday
):
    desk.with_news(1)
    clock.now = monday
    picky = replace(digest, min_stories=2)
    stored, _ = compose_issue(desk.mailing(), picky, clock.now)
    assert stored.state is IssueState.SKIPPED
    uids = [story.uid for story in desk.stories()]
    assert desk.ask(lambda c: carrying.carried(c, [digest.key], uids)) == {}


def test_a_skipped_issue_leaves_its_number_to_the_next(
    desk, web, digest, clock, monday, words
):
    work = desk.mailing()
    clock.advance(days=-14)
    for _week in range(2):
        assert compose_issue(work, digest, clock.now)[0].state is IssueState.SKIPPED
        clock.advance(days=7)
    desk.with_news(1)
    clock.now = monday
    assert compose_issue(work, digest, clock.now)[0].issue.number == 1
    clock.advance(days=1)
    web.pages[FEED] = words.rss(words.item(2, at=clock.now))
    desk.visit()
    second, _ = compose_issue(work, digest, clock.advance(days=6))
    assert second.issue.number == 2


# ── Nothing is lost between two windows ──────────────────────────────────────


def test_what_was_gathered_late_is_in_the_issue_of_the_week_it_came(
    clock, monday, news
):
    """It was published before the last window closed, and listed after."""
    news.tells(1)
    clock.now = monday
    news.sent(news.compose())
    clock.advance(hours=3)
    news.tells(2, at=monday - 2 * DAY)
    clock.advance(days=7)
    assert numbers(news.compose()) == [2]


@pytest.mark.parametrize("cadence", Cadence)
@pytest.mark.parametrize("missed", [1, 2])
def test_what_came_before_the_desk_went_down_comes_when_it_is_back(
    digest, clock, news, cadence, missed
):
    """Its window closed while nobody was there, and so did the next."""
    mine = replace(digest, cadence=cadence)
    news.tells(1)
    clock.now = window_of(mine, clock.now)[1]
    assert numbers(news.sent(news.compose(mine))) == [1]
    clock.advance(hours=3)
    news.tells(2)
    for _window in range(missed):
        clock.now = window_of(mine, clock.now)[1]
    clock.now = window_of(mine, clock.now)[1] - timedelta(hours=1)
    assert numbers(news.compose(mine)) == [2]


def test_what_was_on_its_way_when_an_issue_was_frozen_comes_in_the_next(
    clock, monday, news
):
    """A visit that began before the window closed, and filed after."""
    news.tells(1)
    clock.now = monday
    news.sent(news.compose())
    clock.now = monday - timedelta(minutes=2)  # as that visit's own clock says
    news.tells(2)
    clock.now = monday + 7 * DAY
    assert numbers(news.compose()) == [2]


def test_stories_of_a_skipped_issue_come_in_the_next(clock, monday, news):
    news.tells(1)
    clock.now = monday
    thin = news.compose(min_stories=2)
    assert thin.state is IssueState.SKIPPED
    assert {"1", "2"} <= set(thin.held_why.replace(";", " ").split())
    news.tells(2)
    clock.advance(days=7)
    second = news.compose(min_stories=2)
    assert (second.issue.number, numbers(second)) == (1, [1, 2])
    news.sent(second)
    clock.advance(days=7)
    assert numbers(news.compose(min_stories=2)) == []


def test_a_draft_that_nobody_decided_on_gives_its_stories_to_a_later_issue(
    clock, monday, news
):
    given = {"approval": Approval.EDITOR}
    news.tells(1)
    clock.now = monday
    draft = news.compose(**given)
    news.tells(2)
    clock.advance(days=7)
    second = news.compose(**given)
    assert (second.issue.number, numbers(second)) == (1, [1, 2])
    assert news.kept(draft).state is IssueState.SKIPPED
    assert news.kept(draft).held_why


def test_a_daily_draft_is_given_time_and_its_stories_are_not_lost_behind_newer_issues(
    clock, monday, news
):
    given = {"approval": Approval.EDITOR, "cadence": Cadence.DAILY}
    clock.now = monday - 2 * DAY
    news.tells(1)
    clock.now = monday - DAY
    draft = news.compose(**given)
    assert numbers(draft) == [1]
    news.tells(2)
    clock.now = monday
    second = news.sent(news.compose(**given))
    assert numbers(second) == [2]  # the draft may still go out
    assert news.kept(draft).state is IssueState.DRAFT
    news.tells(3)
    clock.now = monday + 2 * DAY
    third = news.compose(**given)
    assert numbers(third) == [1, 3]  # now it is old news, and its story is free
    assert third.issue.number == 3


def test_an_approved_issue_that_never_left_keeps_its_number(clock, monday, news):
    """It stood on the web; what comes instead is another issue."""
    news.tells(1)
    clock.now = monday
    first = news.compose()
    clock.advance(days=7)
    second = news.compose()
    assert (first.issue.number, second.issue.number) == (1, 2)
    assert numbers(second) == [1]
    assert news.kept(first).state is IssueState.SKIPPED


def test_what_the_limits_left_out_does_not_come_again(clock, monday, news):
    given = {"max_stories": 1, "brief": 0}
    news.tells(1, 2, 3)
    clock.now = monday
    first = news.sent(news.compose(**given))
    assert (len(first.issue.items), first.issue.left_out) == (1, 2)
    assert len(first.issue.spare) == 2
    clock.advance(days=7)
    assert numbers(news.compose(**given)) == []


def test_the_first_issue_of_all_tells_of_its_own_window(clock, monday, news):
    news.tells(1)
    clock.advance(days=7)
    news.tells(2)
    clock.now = monday + 7 * DAY
    assert numbers(news.compose()) == [2]


def test_a_schedule_that_is_changed_tells_nothing_twice_and_loses_nothing(
    clock, monday, news
):
    news.tells(1)
    clock.now = monday
    news.sent(news.compose())
    news.tells(2)
    clock.advance(days=2)
    moved = {"weekday": 6}
    assert numbers(news.compose(**moved)) == []  # a Sunday that lies behind the Monday
    clock.now = monday + 6 * DAY + timedelta(hours=1)
    news.tells(3)
    assert numbers(news.sent(news.compose(**moved))) == [2]
    clock.advance(days=7)
    assert numbers(news.compose(**moved)) == [3]


# ── What becomes of a new issue ──────────────────────────────────────────────


def test_an_editor_has_the_whole_time_from_when_it_is_composed(clock, monday, news):
    news.tells(1)
    clock.now = monday + 2 * DAY
    late = news.compose(approval=Approval.EDITOR, review=timedelta(hours=5))
    assert late.state is IssueState.DRAFT
    assert late.deadline_at == clock.now + timedelta(hours=5)
    assert (late.approved_at, late.decided_by) == (None, "")


def test_without_an_editor_it_is_approved_at_once(clock, monday, news):
    news.tells(1)
    clock.now = monday
    made = news.compose()
    assert (made.state, made.decided_by) == (IssueState.APPROVED, "automatic")
    assert (made.approved_at, made.deadline_at) == (monday, None)


def test_an_empty_week_is_skipped_and_says_why(clock, monday, news):
    clock.now = monday
    empty = news.compose()
    assert (empty.state, empty.closed_at) == (IssueState.SKIPPED, monday)
    assert "0" in empty.held_why
    assert "1" in empty.held_why


def test_corrections_alone_do_not_make_an_issue_and_wait_for_the_next(
    clock, monday, news
):
    news.tells(1)
    clock.now = monday
    news.sent(news.compose())
    clock.advance(days=1)
    news.listed.clear()
    news.tells(1, text="Sửa: cầu dài 42 m, chứ không phải 24 m.")
    clock.now = monday + 7 * DAY
    alone = news.compose()
    assert alone.state is IssueState.SKIPPED
    assert [item.corrected for item in alone.issue.items] == [True]
    news.tells(2)
    clock.now = monday + 14 * DAY
    told = {item.corrected: item for item in news.compose().issue.items}
    assert set(told) == {False, True}
    assert told[True].carried_in == (1,)


# ── Two editions of one series ───────────────────────────────────────────────


def test_editions_have_issues_and_numbers_of_their_own(digest, clock, monday, news):
    weekly, daily = editions(replace(digest, offers=(Cadence.DAILY,)))
    news.tells(1)
    clock.now = monday - 4 * DAY
    first = news.compose(daily)
    clock.now = monday
    whole = news.compose(weekly)
    assert numbers(first) == numbers(whole) == [1]
    assert (first.issue.digest, whole.issue.digest) == ("tuan-daily", "tuan")
    assert (first.issue.number, whole.issue.number) == (1, 1)
    assert first.issue.end - first.issue.start == DAY


def test_a_correction_names_the_issues_of_all_editions_that_were_wrong(
    digest, clock, monday, news
):
    """A member may have changed the cadence in between."""
    weekly, daily = editions(replace(digest, offers=(Cadence.DAILY,)))
    news.tells(1)
    clock.now = monday - 4 * DAY
    news.sent(news.compose(daily))
    clock.now = monday
    news.sent(news.compose(weekly))
    clock.advance(hours=3)
    news.listed.clear()
    news.tells(1, text="Sửa: cầu dài 42 m, chứ không phải 24 m.")
    news.tells(2)
    clock.now = monday + DAY
    (item,) = [one for one in news.compose(daily).issue.items if one.corrected]
    assert item.carried_in == (1,)
    assert item.carried_by == (("tuan", 1), ("tuan-daily", 1))
    ids = news.desk.ask(lambda c: issues.ids_of(c, item.carried_by))
    assert set(ids) == set(item.carried_by)


def test_an_edition_tells_those_who_changed_to_it_what_another_had_wrong(
    digest, clock, monday, news
):
    """The weekly never carried it: it had no place for it."""
    weekly, daily = editions(replace(digest, offers=(Cadence.DAILY,)))
    small = {"max_stories": 1, "brief": 0}
    news.tells(1, 2)
    clock.now = monday - 4 * DAY
    news.sent(news.compose(daily))
    clock.now = monday
    whole = news.sent(news.compose(weekly, **small))
    (left,) = {1, 2} - set(numbers(whole))
    clock.advance(hours=3)
    news.listed.clear()
    news.tells(left, text="Sửa: cầu dài 42 m, chứ không phải 24 m.")
    news.tells(3)
    clock.now = monday + 7 * DAY
    told = {one.corrected: one for one in news.compose(weekly).issue.items}
    assert told[True].carried_in == ()
    assert told[True].carried_by == (("tuan-daily", 1),)
    assert told[False].url.endswith("/3.html")


def test_an_editor_has_the_whole_time_for_an_issue_of_a_past_week(news, clock, monday):
    """``--as-of`` looks from the past; the review begins when somebody can look."""
    news.tells(1, 2, 3)
    clock.now = monday + timedelta(days=30)
    mine = replace(news.digest, approval=Approval.EDITOR, review=timedelta(hours=5))
    work = news.desk.mailing()
    draft, made = compose_issue(work, mine, monday, review_from=clock.now)
    assert made
    assert draft.state is IssueState.DRAFT
    assert draft.deadline_at == clock.now + timedelta(hours=5)
