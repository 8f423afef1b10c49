"""What time does to members."""

from __future__ import annotations

from typing import Any

from syndicate.members.marks import address_mark
from syndicate.pipeline.membership.joining import confirm
from syndicate.pipeline.membership.leaving import leave
from syndicate.pipeline.membership.tidying import Tidied, tidy
from syndicate.store import consents
from syndicate.store.schema import letters, subscriptions

AN, BA = "an@vd.example", "ba@vd.example"


def test_a_wish_expires_when_its_letter_does(desk: Any) -> None:
    desk.ask(AN)
    desk.later(days=6, hours=23)
    assert tidy(desk.work, desk.now).expired == 0
    desk.later(hours=2)
    assert tidy(desk.work, desk.now).expired == 1
    assert desk.state(AN) == "expired"
    desk.ask(AN)
    assert desk.state(AN) == "pending"
    assert desk.confirm() == ("weekly",)


def test_an_address_that_nobody_confirmed_is_removed_and_counted(desk: Any) -> None:
    desk.ask(AN, "weekly", "monthly")
    desk.later(days=8)
    tidy(desk.work, desk.now)
    desk.later(days=29)
    assert tidy(desk.work, desk.now).forgotten == 0
    desk.later(days=2)
    assert tidy(desk.work, desk.now).forgotten == 1
    assert desk.find(AN) is None
    with desk.database.read() as connection:
        assert connection.execute(subscriptions.select()).all() == []
        assert connection.execute(letters.select()).all() == []
        told = consents.of(connection, address_mark(desk.work.secret, AN))
        counted = consents.tally(connection)
    assert [one.kind.value for one in told] == ["asked", "asked"]
    assert {kind.value: n for kind, n in counted.items()} == {"asked": 2}


def test_who_left_or_was_ever_active_is_not_forgotten(desk: Any) -> None:
    desk.ask(AN, "weekly")
    leave(desk.work, desk.subscription(AN).id, desk.now)
    desk.join(BA)
    desk.later(days=400)
    assert tidy(desk.work, desk.now) == Tidied(woken=0, expired=0, forgotten=0)
    assert (desk.state(AN), desk.state(BA)) == ("unsubscribed", "active")


def test_who_asks_again_is_not_forgotten_meanwhile(desk: Any) -> None:
    desk.ask(AN)
    desk.later(days=8)
    tidy(desk.work, desk.now)
    desk.later(days=30)
    desk.ask(AN)
    assert tidy(desk.work, desk.now).forgotten == 0
    assert desk.confirm() == ("weekly",)


def test_the_number_of_who_was_removed_is_nobodys_again(desk: Any) -> None:
    desk.ask(AN)
    letter, number = desk.letters()[0].id, desk.member(AN).id
    desk.later(days=8)
    tidy(desk.work, desk.now)
    desk.later(days=31)
    tidy(desk.work, desk.now)
    desk.ask(BA)
    assert desk.member(BA).id != number
    assert confirm(desk.work, letter, desk.now) is None
    assert desk.state(BA) == "pending"
