"""People sign up, confirm, and are told nothing that others could learn from."""

from __future__ import annotations

from typing import Any

import pytest

from syndicate.errors import MemberError
from syndicate.members.marks import address_mark
from syndicate.model import (
    Choice,
    ConsentKind,
    LetterKind,
    MemberState,
    Suppression,
    SuppressionReason,
)
from syndicate.pipeline.membership.joining import ask, confirm
from syndicate.pipeline.membership.leaving import leave
from syndicate.store import consents, members, suppressions

AN = "an@vd.example"


def _kinds(desk: Any, address: str) -> list[str]:
    with desk.database.read() as connection:
        found = consents.of(connection, address_mark(desk.work.secret, address))
    return [f"{one.digest} {one.kind.value}" for one in found]


def test_who_signs_up_is_pending_until_the_letter_is_answered(desk: Any) -> None:
    desk.ask(AN)
    assert (desk.state(AN), desk.audience()) == ("pending", [])
    assert [row.kind for row in desk.letters()] == ["confirm"]
    assert desk.confirm() == ("weekly",)
    assert (desk.state(AN), desk.audience()) == ("active", [AN])
    assert desk.member(AN).state is MemberState.OK


def test_consent_tells_when_where_and_to_which_words(desk: Any) -> None:
    desk.join(AN)
    with desk.database.read() as connection:
        mark = address_mark(desk.work.secret, AN)
        asked, confirmed = consents.of(connection, mark)
    assert (asked.kind, asked.form, asked.at) == (
        ConsentKind.ASKED,
        "/subscribe",
        desk.now,
    )
    assert asked.text == confirmed.text == "Tôi muốn nhận bản tin này."
    assert asked.version == confirmed.version
    assert len(asked.version) == 64
    assert confirmed.kind is ConsentKind.CONFIRMED


def test_one_letter_asks_for_all_digests_of_a_sign_up(desk: Any) -> None:
    desk.ask(AN, "weekly", "monthly", "weekly")
    assert [row.digest for row in desk.letters()] == ["weekly monthly"]
    assert desk.confirm() == ("weekly", "monthly")


def test_the_link_of_a_letter_works_once(desk: Any) -> None:
    desk.ask(AN)
    letter = desk.letters()[-1].id
    assert confirm(desk.work, letter, desk.now) == ("weekly",)
    assert confirm(desk.work, letter, desk.now) == ("weekly",), "to press twice is once"
    leave(desk.work, desk.subscription(AN).id, desk.later(days=1))
    assert confirm(desk.work, letter, desk.now) is None
    assert desk.state(AN) == "unsubscribed"
    assert _kinds(desk, AN) == ["weekly asked", "weekly confirmed", "weekly left"]


def test_a_letter_from_before_somebody_left_does_not_bring_them_back(desk: Any) -> None:
    desk.ask(AN)
    letter = desk.letters()[-1].id
    leave(desk.work, desk.subscription(AN).id, desk.later(minutes=1))
    assert confirm(desk.work, letter, desk.later(minutes=1)) is None
    assert desk.state(AN) == "unsubscribed"


def test_to_leave_again_undoes_what_was_asked_for_meanwhile(desk: Any) -> None:
    desk.join(AN)
    number = desk.subscription(AN).id
    leave(desk.work, number, desk.later(days=1))
    desk.later(minutes=1)
    desk.ask(AN)
    leave(desk.work, number, desk.later(minutes=1))
    assert desk.confirm() is None
    assert desk.state(AN) == "unsubscribed"


def test_who_left_comes_back_by_a_new_confirmation_only(desk: Any) -> None:
    desk.join(AN)
    leave(desk.work, desk.subscription(AN).id, desk.later(days=1))
    desk.later(days=1)
    desk.ask(AN)
    assert (desk.state(AN), desk.audience()) == ("unsubscribed", [])
    assert desk.confirm() == ("weekly",)
    assert desk.audience() == [AN]


def test_who_is_active_gets_a_letter_that_says_so_and_keeps_what_they_chose(
    desk: Any,
) -> None:
    desk.join(AN, choices={"weekly": Choice(categories=("y-te",))})
    other = {"weekly": Choice(cadence="daily")}
    desk.ask(AN, choices=other, language="en", name="Kẻ lạ")
    assert [row.kind for row in desk.letters()] == ["confirm", "already"]
    assert desk.subscription(AN).choice == Choice(categories=("y-te",))
    assert (desk.member(AN).language, desk.member(AN).name) == ("vi", "")


def test_a_letter_that_has_not_left_is_not_owed_twice(desk: Any) -> None:
    given = {"choices": {}, "language": "", "form": "f", "text": "t", "now": desk.now}
    for _again in range(5):
        ask(desk.work, AN, digests=["weekly"], **given)
    assert len(desk.letters()) == 1


def test_only_what_is_not_active_is_asked_to_be_confirmed(desk: Any) -> None:
    desk.join(AN)
    desk.ask(AN, "weekly", "monthly")
    assert desk.letters(LetterKind.CONFIRM)[-1].digest == "monthly"


def test_nobody_writes_to_a_suppressed_or_complained_address(desk: Any) -> None:
    mark = address_mark(desk.work.secret, AN)
    gone = Suppression(mark=mark, reason=SuppressionReason.DESK, at=desk.now)
    with desk.database.write() as connection:
        suppressions.add(connection, gone)
    desk.ask(AN)
    assert (desk.letters(), desk.find(AN)) == ([], None)
    ba = desk.join("ba@vd.example")
    with desk.database.write() as connection:
        members.set_state(connection, ba.id, MemberState.COMPLAINED, desk.now)
    desk.ask("ba@vd.example", "monthly")
    assert len(desk.letters()) == 1


def test_a_suppression_after_the_letter_stops_the_confirmation(desk: Any) -> None:
    desk.ask(AN)
    mark = address_mark(desk.work.secret, AN)
    gone = Suppression(mark=mark, reason=SuppressionReason.COMPLAINT, at=desk.now)
    with desk.database.write() as connection:
        suppressions.add(connection, gone)
    assert desk.confirm() is None
    assert (desk.state(AN), desk.audience()) == ("pending", [])


def test_who_bounced_proves_by_a_confirmation_that_mail_arrives(desk: Any) -> None:
    an = desk.join(AN)
    with desk.database.write() as connection:
        members.set_state(connection, an.id, MemberState.BOUNCED, desk.now)
    assert desk.audience() == []
    desk.later(days=2)
    desk.ask(AN)
    assert [row.kind for row in desk.letters()] == ["confirm", "confirm"]
    assert desk.confirm() == ("weekly",)
    assert desk.audience() == [AN]


def test_an_address_gets_three_letters_in_a_day_and_no_more(desk: Any) -> None:
    for spelt in (AN, "AN@vd.example", " An@VD.EXAMPLE ", AN, AN):
        desk.ask(spelt, "weekly" if len(desk.letters()) % 2 else "monthly")
        desk.later(minutes=30)
    assert len(desk.letters()) == 3
    desk.later(days=1)
    desk.ask(AN)
    assert len(desk.letters()) == 4


@pytest.mark.parametrize(
    "address",
    [
        "",
        "an",
        "an@",
        "@vd.example",
        "an@vd@vd.example",
        "an@vd.example, ba@vd.example",
        "an@vd.example\r\nBcc: ba@vd.example",
        "an\x00@vd.example",
        '"an ba"@vd.example',
        "ăn@vd.example",
        "an@localhost",
        "an@[127.0.0.1]",
        "An <an@vd.example>",
        "a" * 65 + "@vd.example",
        "a@" + ".".join(["b" * 60] * 5) + ".example",
        "an@vd..example",
        "an@-vd.example",
        "x" * 100_000 + "@vd.example",
    ],
)
def test_what_is_no_address_is_refused_and_nothing_is_kept(
    desk: Any, address: str
) -> None:
    with pytest.raises(MemberError) as caught:
        desk.ask(address)
    assert caught.value.fault == "address"
    assert desk.letters() == []


def test_an_unknown_digest_or_one_without_sign_up_is_refused(desk: Any) -> None:
    for digest in ("nothing", "desk"):
        with pytest.raises(MemberError) as caught:
            desk.ask(AN, "weekly", digest)
        assert (caught.value.fault, caught.value.word) == ("digest", digest)
    assert desk.find(AN) is None


def test_the_last_who_asks_decides_what_is_confirmed_until_somebody_did(
    desk: Any,
) -> None:
    desk.ask(AN, choices={"weekly": Choice(cadence="daily")}, name="Bà")
    desk.ask(
        AN, choices={"weekly": Choice(hour=7)}, name=" An\r\n Bình ", language="en"
    )
    assert desk.subscription(AN).choice == Choice(hour=7)
    assert (desk.member(AN).name, desk.member(AN).language) == ("An Bình", "en")
