"""Members choose, pause and leave; each digest by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from syndicate.errors import MemberError
from syndicate.members.marks import address_mark
from syndicate.model import Choice, MemberState
from syndicate.pipeline.membership.choosing import (
    Wanted,
    choose,
    held,
    one,
    pause,
    resume,
)
from syndicate.pipeline.membership.erasing import erase
from syndicate.pipeline.membership.leaving import come_back, leave, leave_all
from syndicate.pipeline.membership.tidying import tidy
from syndicate.store import consents, members

AN = "an@vd.example"
DAY = timedelta(days=1)


def test_a_choice_is_kept_and_told_by_a_record(desk: Any) -> None:
    an = desk.join(AN, "weekly", "monthly")
    choice = Choice(
        cadence="daily", categories=("y-te", "cau-duong", "y-te"), hour=7, weekday=0
    )
    wanted = Wanted(
        language="en",
        timezone="Europe/Paris",
        text_only=True,
        choices={"weekly": choice},
    )
    now = choose(desk.work, an.id, wanted, desk.now)
    assert now is not None
    assert (now.member.language, now.member.text_only) == ("en", True)
    assert now == held(desk.work, an.id)
    kept = desk.subscription(AN)
    assert kept.choice.categories == ("cau-duong", "y-te")
    assert desk.subscription(AN, "monthly").choice == Choice()
    choose(desk.work, an.id, wanted, desk.now)
    with desk.database.read() as connection:
        kinds = [
            record.kind.value
            for record in consents.of(connection, address_mark(desk.work.secret, AN))
            if record.digest == "weekly"
        ]
    assert kinds == ["asked", "confirmed", "changed"]


def test_the_digests_own_cadence_stays_the_digests(desk: Any) -> None:
    an = desk.join(AN)
    own = Wanted(choices={"weekly": Choice(cadence="weekly")})
    choose(desk.work, an.id, own, desk.now)
    assert desk.subscription(AN).choice.cadence == ""


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        ("category", Wanted(choices={"weekly": Choice(categories=("y-te", "x"))})),
        ("source", Wanted(choices={"weekly": Choice(sources=("x",))})),
        ("cadence", Wanted(choices={"weekly": Choice(cadence="monthly")})),
        ("cadence", Wanted(choices={"weekly": Choice(cadence="'; DROP")})),
        ("weekday", Wanted(choices={"weekly": Choice(weekday=7)})),
        ("hour", Wanted(choices={"weekly": Choice(hour=-1)})),
        ("digest", Wanted(choices={"nothing": Choice()})),
        ("timezone", Wanted(timezone="../../etc/passwd")),
        ("timezone", Wanted(timezone="Hà Nội")),
        ("timezone", Wanted(timezone="a\x00b")),
        ("language", Wanted(language="fr")),
    ],
)
def test_what_cannot_be_changes_nothing(desk: Any, fault: str, wanted: Wanted) -> None:
    an = desk.join(AN)
    before = held(desk.work, an.id)
    both = Wanted(
        name="Khác",
        language=wanted.language,
        timezone=wanted.timezone,
        choices={"monthly": Choice(), **wanted.choices},
    )
    with pytest.raises(MemberError) as caught:
        choose(desk.work, an.id, both, desk.now)
    assert caught.value.fault == fault
    assert held(desk.work, an.id) == before


def test_choosing_starts_no_subscription_and_brings_nobody_back(desk: Any) -> None:
    an = desk.join(AN)
    leave(desk.work, desk.subscription(AN).id, desk.now)
    choices = {"weekly": Choice(hour=9), "monthly": Choice(hour=9)}
    choose(desk.work, an.id, Wanted(choices=choices), desk.now)
    assert (desk.state(AN), desk.state(AN, "monthly")) == ("unsubscribed", "")


def test_a_pause_ends_by_itself_with_or_without_a_tick(desk: Any) -> None:
    desk.join(AN)
    number = desk.subscription(AN).id
    assert pause(desk.work, number, desk.now + 10 * DAY, desk.now)
    assert (desk.state(AN), desk.audience()) == ("paused", [])
    desk.later(days=9, hours=23)
    assert desk.audience() == []
    desk.later(hours=1)
    assert (desk.state(AN), desk.audience()) == ("paused", [AN])
    assert tidy(desk.work, desk.now).woken == 1
    assert (desk.state(AN), desk.audience()) == ("active", [AN])
    assert desk.subscription(AN).paused_until is None


def test_a_pause_is_moved_and_ended_by_hand(desk: Any) -> None:
    desk.join(AN, "weekly", "monthly")
    number = desk.subscription(AN).id
    assert resume(desk.work, number, desk.now), "it was active all the time"
    assert pause(desk.work, number, desk.now + 2 * DAY, desk.now)
    assert pause(desk.work, number, desk.now + 4 * DAY, desk.now)
    assert desk.subscription(AN).paused_until == desk.now + 4 * DAY
    assert desk.audience("monthly") == [AN]
    assert resume(desk.work, number, desk.now)
    assert desk.audience() == [AN]


@pytest.mark.parametrize("days", [-1, 0, 367, 10_000])
def test_a_pause_has_an_end_within_a_year(desk: Any, days: int) -> None:
    desk.join(AN)
    until = desk.now + days * DAY
    with pytest.raises(MemberError) as caught:
        pause(desk.work, desk.subscription(AN).id, until, desk.now)
    assert caught.value.fault == "until"


def test_only_what_is_active_is_paused(desk: Any) -> None:
    desk.ask(AN)
    until = desk.now + DAY
    assert not pause(desk.work, desk.subscription(AN).id, until, desk.now)
    leave(desk.work, desk.subscription(AN).id, desk.now)
    assert not pause(desk.work, desk.subscription(AN).id, until, desk.now)
    assert not resume(desk.work, desk.subscription(AN).id, desk.now)
    assert not pause(desk.work, 10**12, until, desk.now)
    assert not resume(desk.work, -1, desk.now)


def test_leaving_one_digest_leaves_the_other(desk: Any) -> None:
    desk.join(AN, "weekly", "monthly")
    for _again in range(2):
        assert leave(desk.work, desk.subscription(AN).id, desk.now)
    assert (desk.audience(), desk.audience("monthly")) == ([], [AN])
    assert not leave(desk.work, 10**12, desk.now)
    assert not leave(desk.work, 2**70, desk.now)


def test_all_digests_are_left_at_once(desk: Any) -> None:
    an = desk.join(AN, "weekly", "monthly")
    assert leave_all(desk.work, an.id, desk.now)
    assert (desk.audience(), desk.audience("monthly")) == ([], [])
    assert not leave_all(desk.work, 10**12, desk.now)


def test_who_left_by_mistake_comes_back_by_a_link_of_their_own(desk: Any) -> None:
    an = desk.join(AN)
    number = desk.subscription(AN).id
    leave(desk.work, number, desk.now)
    assert come_back(desk.work, number, desk.now)
    assert desk.audience() == [AN]
    assert come_back(desk.work, number, desk.now), "to come back twice is once"
    leave(desk.work, number, desk.now)
    with desk.database.write() as connection:
        members.set_state(connection, an.id, MemberState.COMPLAINED, desk.now)
    assert not come_back(desk.work, number, desk.now)
    desk.ask("ba@vd.example")
    pending = desk.subscription("ba@vd.example").id
    assert not come_back(desk.work, pending, desk.now), "nobody confirmed that one"
    assert desk.state("ba@vd.example") == "pending"


def test_nothing_is_found_of_who_was_erased(desk: Any) -> None:
    an = desk.join(AN)
    number = desk.subscription(AN).id
    found = one(desk.work, number)
    assert found is not None
    assert found[0].address == AN
    assert erase(desk.work, an.id, desk.now)
    assert erase(desk.work, an.id, desk.now), "to erase twice is to erase once"
    assert not erase(desk.work, 10**12, desk.now)
    assert held(desk.work, an.id) is None
    assert one(desk.work, number) is None
    assert not come_back(desk.work, number, desk.now)
    assert choose(desk.work, an.id, Wanted(name="x"), desk.now) is None
    assert leave(desk.work, number, desk.now), "whoever follows an old link has left"
