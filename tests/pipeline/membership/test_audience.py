"""Whom config.toml names gets mail, unless the person has said otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from syndicate.members.marks import address_mark
from syndicate.members.tokens import unsubscribe_token
from syndicate.model import Member, MemberState, Suppression, SuppressionReason
from syndicate.pipeline.membership.audience import Brought, bring_in
from syndicate.pipeline.membership.erasing import erase_address
from syndicate.pipeline.membership.leaving import (
    come_back,
    leave,
    leave_by_old_link,
    old_link,
)
from syndicate.store import consents, members, suppressions
from syndicate.store.schema import unsubscriptions

AN, BA, TU = "an@vd.example", "ba@vd.example", "tu@vd.example"
Person = Callable[..., Member]


def _bring(desk: Any, *audience: Member) -> Brought:
    desk.weekly = replace(desk.weekly, audience=audience)
    digests = {**desk.work.digests, "weekly": desk.weekly}
    desk.work = desk.working(digests=digests)
    with desk.database.write() as connection:
        return bring_in(connection, desk.weekly, secret=desk.work.secret, now=desk.now)


def test_whom_the_settings_name_is_active_on_the_desks_statement(
    desk: Any, person: Person
) -> None:
    assert _bring(desk, person(AN, "An"), person("BA@vd.example")).joined == 2
    assert desk.audience() == ["BA@vd.example", AN]
    assert desk.member(AN).name == "An"
    with desk.database.read() as connection:
        (record,) = consents.of(connection, address_mark(desk.work.secret, AN))
    assert (record.kind.value, record.form) == ("stated", "config.toml")


def test_to_bring_the_same_in_again_changes_nothing(desk: Any, person: Person) -> None:
    _bring(desk, person(AN), person("AN@VD.example"), person(BA))
    assert _bring(desk, person(AN), person("AN@VD.example"), person(BA)) == Brought()
    with desk.database.write() as connection:
        members.set_state(connection, desk.member(AN).id, MemberState.BOUNCED, desk.now)
    desk.later(days=7)
    assert _bring(desk, person(BA), person(AN)) == Brought()
    assert desk.member(AN).state is MemberState.BOUNCED
    with desk.database.read() as connection:
        assert len(consents.of(connection, address_mark(desk.work.secret, AN))) == 1


def test_who_left_stays_away_whatever_the_settings_say(
    desk: Any, person: Person
) -> None:
    _bring(desk, person(AN), person(BA))
    leave(desk.work, desk.subscription(AN).id, desk.now)
    for audience in ((BA,), (AN, BA), (AN,)):
        _bring(desk, *map(person, audience))
        assert AN not in desk.audience()
        assert desk.state(AN) == "unsubscribed"


def test_who_is_no_longer_named_expires_and_comes_back_when_named_again(
    desk: Any, person: Person
) -> None:
    _bring(desk, person(AN), person(BA))
    assert _bring(desk, person(BA)).expired == 1
    assert (desk.state(AN), desk.audience()) == ("expired", [BA])
    assert _bring(desk, person(BA), person(AN)).joined == 1
    assert desk.audience() == [AN, BA]


def test_who_signed_up_by_themselves_does_not_depend_on_the_settings(
    desk: Any, person: Person
) -> None:
    desk.join(AN)
    assert _bring(desk, person(AN), person(BA)) == Brought(joined=1)
    _bring(desk)
    assert desk.audience() == [AN]
    _bring(desk, person(BA))
    desk.ask(BA)
    leave(desk.work, desk.subscription(BA).id, desk.now)
    assert come_back(desk.work, desk.subscription(BA).id, desk.now)
    _bring(desk)
    assert desk.audience() == [AN, BA]


def test_who_is_suppressed_or_erased_is_not_brought_in(
    desk: Any, person: Person
) -> None:
    mark = address_mark(desk.work.secret, AN)
    gone = Suppression(mark=mark, reason=SuppressionReason.COMPLAINT, at=desk.now)
    with desk.database.write() as connection:
        suppressions.add(connection, gone)
    erase_address(desk.work, BA, desk.now)
    assert _bring(desk, person(AN), person(BA), person(TU)).joined == 1
    assert (desk.audience(), desk.find(AN), desk.find(BA)) == ([TU], None, None)


def test_a_suppression_that_comes_later_keeps_an_active_one_away(
    desk: Any, person: Person
) -> None:
    _bring(desk, person(AN))
    mark = address_mark(desk.work.secret, AN)
    gone = Suppression(mark=mark, reason=SuppressionReason.DESK, at=desk.now)
    with desk.database.write() as connection:
        suppressions.add(connection, gone)
    assert desk.audience() == []


@pytest.mark.parametrize(
    "address", ["", "x", "an@vd.example\r\nBcc: x@y.vn", "a@b@c.vn", "x@" + "y" * 300]
)
def test_a_bad_address_is_kept_as_invalid_and_spoils_no_other(
    desk: Any, person: Person, address: str
) -> None:
    assert _bring(desk, person(AN), person(address), person(BA)).invalid == 1
    assert desk.audience() == [AN, BA]
    assert desk.member(address).state is MemberState.INVALID


def test_who_left_before_members_were_kept_stays_away(
    desk: Any, person: Person
) -> None:
    with desk.database.write() as connection:
        for box in (AN, TU):
            row = {"digest": "weekly", "mailbox": box, "at": desk.now}
            connection.execute(insert(unsubscriptions).values(row))
    desk.later(days=1)
    assert _bring(desk, person(AN), person(BA)) == Brought(joined=1, left=2)
    assert (desk.state(AN), desk.state(TU), desk.audience()) == (
        "unsubscribed",
        "unsubscribed",
        [BA],
    )
    with desk.database.read() as connection:
        assert not connection.execute(unsubscriptions.select()).all()
        (record,) = consents.of(connection, address_mark(desk.work.secret, TU))
    assert (record.kind.value, record.at) == ("left", desk.now.replace(day=14))


def test_a_link_of_a_mail_from_before_still_leaves(desk: Any, person: Person) -> None:
    _bring(desk, person("An@VD.example"), person(BA))
    token = unsubscribe_token(desk.work.secret, "weekly", "An@VD.example")
    assert old_link(desk.work, "weekly", token) == person("An@VD.example")
    assert desk.audience() == ["An@vd.example", BA]
    for _again in range(2):
        assert leave_by_old_link(desk.work, "weekly", token, desk.now)
    assert desk.audience() == [BA]
    for wrong in (token[:-1], token.upper(), "a" * 32, ""):
        assert old_link(desk.work, "weekly", wrong) is None
        assert not leave_by_old_link(desk.work, "weekly", wrong, desk.now)
    assert old_link(desk.work, "nothing", token) is None
    _bring(desk, person(BA))
    other = unsubscribe_token(desk.work.secret, "weekly", BA)
    _bring(desk)
    assert leave_by_old_link(desk.work, "weekly", other, desk.now)


def test_a_link_from_before_works_for_whom_no_issue_has_brought_in_yet(
    desk: Any, person: Person
) -> None:
    desk.weekly = replace(desk.weekly, audience=(person("an@bưu-điện.example"),))
    desk.work = desk.working(digests={"weekly": desk.weekly})
    token = unsubscribe_token(desk.work.secret, "weekly", "an@bưu-điện.example")
    assert leave_by_old_link(desk.work, "weekly", token, desk.now)
    assert desk.state("an@bưu-điện.example") == "unsubscribed"


def test_the_settings_fill_in_names_and_change_those_of_their_own(
    desk: Any, person: Person
) -> None:
    desk.join(AN, name="An tự đặt")
    _bring(desk, person(AN, "Ông An"), person(BA, "Ba"))
    assert (desk.member(AN).name, desk.member(BA).name) == ("An tự đặt", "Ba")
    _bring(desk, person(AN, "Ông An"), person(BA, "Bà Ba\r\n"))
    assert desk.member(BA).name == "Bà Ba"


@pytest.mark.slow
def test_a_hundred_thousand_come_in_within_seconds(
    sqlite_desk: Any, person: Person
) -> None:
    many = [person(f"m{number}@dan.example") for number in range(20_000)]
    assert _bring(sqlite_desk, *many).joined == 20_000
    assert _bring(sqlite_desk, *many) == Brought()
    assert _bring(sqlite_desk, *many[:100]).expired == 19_900
