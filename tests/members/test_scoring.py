"""What bounces make of an address, whatever comes in whatever order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.members.scoring import (
    CODES,
    PROBED_AT,
    Score,
    Verdict,
    after_clean_issue,
    after_complaint,
    after_hard,
    after_probe_bounced,
    after_probe_sent,
    after_soft,
    counted,
    reason,
    verdict,
    wants_probe,
)
from syndicate.model import MemberState

NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)
TODAY = NOW.date()


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def soft(*numbers: int) -> Score:
    """An address that was well, after bounces on those days."""
    score = Score(state=MemberState.OK)
    for number in numbers:
        score = after_soft(score, day(number), NOW)
    return score


@pytest.mark.parametrize("status", ["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6"])
def test_an_address_that_is_wrong_is_hard(status: str) -> None:
    assert verdict(status) is Verdict.HARD
    assert verdict("5.1.10") is Verdict.HARD


@pytest.mark.parametrize("status", ["5.7.1", "5.7.26", "5.6.0", "5.2.3", "5.3.4"])
def test_what_is_about_us_is_nobodys_fault(status: str) -> None:
    assert verdict(status) is Verdict.NONE


@pytest.mark.parametrize("status", ["5.1.7", "5.1.8"])
def test_a_bad_sender_is_ourselves(status: str) -> None:
    assert verdict(status) is Verdict.NONE


@pytest.mark.parametrize(
    "status", ["5.2.2", "5.2.1", "5.3.0", "5.3.2", "5.4.4", "5.5.1", "5.0.0", "5", ""]
)
def test_what_may_pass_is_soft(status: str) -> None:
    assert verdict(status) is Verdict.SOFT


@given(st.integers(0, 99), st.integers(0, 999))
def test_a_code_of_class_four_is_never_hard(subject: int, detail: int) -> None:
    assert verdict(f"4.{subject}.{detail}") is not Verdict.HARD


@given(st.text(max_size=20))
def test_any_word_has_a_verdict(word: str) -> None:
    assert verdict(word) in Verdict


@pytest.mark.parametrize("code", CODES)
def test_each_line_of_the_table_has_its_reason(code: str) -> None:
    found, why = reason(f"5.{code}" if "." in code else f"5.{code}.0")
    assert found is CODES[code][0]
    assert len(why) > 10


def test_three_days_in_succession_want_a_probe() -> None:
    assert not wants_probe(soft(0, 1), [])
    assert wants_probe(soft(0, 1, 2), [])


def test_three_of_five_calendar_days_want_a_probe() -> None:
    contacts = [day(number) for number in range(5)]
    assert wants_probe(soft(0, 2, 4), contacts)


def test_three_of_six_days_of_a_daily_digest_want_none() -> None:
    contacts = [day(number) for number in range(6)]
    assert not wants_probe(soft(0, 2, 5), contacts)
    assert counted(soft(0, 2, 5), contacts) == 2


def test_days_are_those_of_contact_where_mail_is_rare() -> None:
    weekly = [day(7 * number) for number in range(5)]
    assert wants_probe(soft(0, 14, 28), weekly)
    older = [day(7 * number) for number in range(7)]
    assert not wants_probe(soft(0, 14, 42), older)


def test_a_probe_that_is_under_way_is_enough() -> None:
    score = after_probe_sent(soft(0, 1, 2), NOW)
    assert not wants_probe(after_soft(score, day(3), NOW), [])


def test_a_probe_that_comes_back_gives_the_address_up() -> None:
    score = after_probe_sent(soft(0, 1, 2), NOW)
    assert after_probe_bounced(score, NOW).state is MemberState.BOUNCED


def test_a_clean_issue_forgives_everything() -> None:
    assert after_clean_issue(soft(0, 1)) == Score(state=MemberState.OK)


def test_what_was_before_a_recovery_does_not_count() -> None:
    """The state was set to ok elsewhere, for the person had confirmed again."""
    score = Score(state=MemberState.OK, days=(day(0), day(1)))
    assert after_soft(score, day(2), NOW).days == (day(2),)


LAST = (MemberState.BOUNCED, MemberState.COMPLAINED, MemberState.INVALID)


@pytest.mark.parametrize("state", [*LAST, MemberState.ERASED])
def test_an_address_that_is_given_up_is_not_counted(state: MemberState) -> None:
    score = Score(state=state)
    assert after_soft(score, TODAY, NOW) == score
    assert after_clean_issue(score) == score


def test_a_complaint_is_the_last_word() -> None:
    score = after_complaint(Score(state=MemberState.BOUNCED), NOW)
    assert score.state is MemberState.COMPLAINED
    assert after_hard(score, NOW) == score
    assert after_clean_issue(score) == score


events = st.lists(
    st.one_of(
        st.tuples(st.just("soft"), st.integers(0, 40)),
        st.tuples(st.sampled_from(["hard", "clean", "complaint", "probe"]), st.just(0)),
    ),
    max_size=40,
)


@given(st.sampled_from(MemberState), events)
def test_whatever_happens_an_address_stands_somewhere_it_may(
    state: MemberState, history: list[tuple[str, int]]
) -> None:
    score, complained, moment = Score(state=state), False, 0
    for what, step in history:
        before = score
        match what:
            case "soft":
                moment += step
                score = after_soft(score, day(moment), NOW)
                assert len(score.days) <= 10
                assert list(score.days) == sorted(set(score.days))
            case "hard":
                score = after_hard(score, NOW)
            case "clean":
                score = after_clean_issue(score)
            case "probe":
                score = after_probe_sent(score, NOW)
            case _complaint:
                score = after_complaint(score, NOW)
                complained = score.state is not MemberState.ERASED
        if before.state in LAST and what != "complaint":
            assert score.state is before.state
    assert not complained or score.state is MemberState.COMPLAINED
    if state is MemberState.ERASED:
        assert score.state is MemberState.ERASED


@given(
    st.lists(st.integers(0, 60), max_size=20),
    st.lists(st.integers(0, 60), max_size=20),
)
def test_no_probe_without_three_days_of_trouble(
    troubles: list[int], contacts: list[int]
) -> None:
    score = soft(*sorted(troubles))
    wanted = wants_probe(score, [day(number) for number in contacts])
    assert not wanted or len(set(troubles)) >= PROBED_AT


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20))
def test_any_five_days_with_three_bounces_want_a_probe(troubles: list[int]) -> None:
    """Whatever else went to the address: calendar days are enough."""
    score = soft(*sorted(troubles))
    last = max(troubles)
    recent = {number for number in troubles if number > last - 5}
    contacts = [day(number) for number in range(last + 1)]
    assert wants_probe(score, contacts) == (len(recent) >= PROBED_AT)
