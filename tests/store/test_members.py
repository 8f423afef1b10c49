"""Members, subscriptions, consents and suppressions are kept and found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from syndicate.errors import StoreError
from syndicate.model import (
    Choice,
    Consent,
    ConsentKind,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
    Suppression,
    SuppressionReason,
)
from syndicate.store import (
    Connection,
    Database,
    consents,
    enrolments,
    memberlists,
    members,
    subscriptions,
    suppressions,
)
from syndicate.store.enrolments import NewMember, NewSubscription
from syndicate.store.memberlists import Wanted
from syndicate.store.members import Health

ACTIVE, PAUSED = SubscriptionState.ACTIVE, SubscriptionState.PAUSED
BEYOND = 2**70
"""More than a column holds: what a forged link may carry."""


def _add(connection: Connection, number: int, now: datetime, **more: Any) -> Member:
    address = f"m{number}@vd.example"
    new = Member(address=address, **more)
    mark = f"{number:040x}"
    return members.add(connection, new, mailbox=address, mark=mark, now=now)


def _subscribe(
    connection: Connection,
    member: Member,
    now: datetime,
    state: SubscriptionState = ACTIVE,
    digest: str = "weekly",
    **more: Any,
) -> int:
    held = subscriptions.add(
        connection, member.id, digest, state, Origin.SIGNUP, now, **more
    )
    return held.id


def test_a_member_is_kept_as_it_is(database: Database, now: datetime) -> None:
    with database.write() as connection:
        kept = _add(connection, 1, now, name="Nguyễn Ân\x00", text_only=True)
        assert kept == members.get(connection, kept.id)
        assert kept == members.marked(connection, f"{1:040x}")
        assert (kept.name, kept.text_only, kept.created_at) == (
            "Nguyễn Ân\ufffd",
            True,
            now,
        )
        later = now + timedelta(days=1)
        members.change(connection, replace(kept, name="Ân", language="en"), later)
        changed = members.get(connection, kept.id)
        assert changed is not None
        assert (changed.name, changed.language, changed.changed_at) == (
            *("Ân", "en"),
            later,
        )
        assert members.marks_of(connection, [kept.id, 99, BEYOND]) == {
            kept.id: f"{1:040x}"
        }
        assert members.mark_of(connection, 99) == ""


def test_one_mark_is_one_member(database: Database, now: datetime) -> None:
    with database.write() as connection:
        _add(connection, 1, now)
    with pytest.raises(StoreError), database.write() as connection:
        _add(connection, 1, now)


def test_numbers_beyond_all_columns_are_nobodys(
    database: Database, now: datetime
) -> None:
    with database.read() as connection:
        for number in (BEYOND, -BEYOND, 0, -1):
            assert members.get(connection, number) is None
            assert members.health(connection, number) is None
            assert subscriptions.get(connection, number) is None


def test_how_mail_fares_is_kept(database: Database, now: datetime) -> None:
    health = Health(
        state=MemberState.SOFT_BOUNCING,
        soft_days=("2026-11-20", "2026-11-22"),
        score=2,
        scored_at=now,
        probed_at=now,
    )
    with database.write() as connection:
        kept = _add(connection, 1, now)
        members.set_health(connection, kept.id, health, now)
        assert members.health(connection, kept.id) == health
        found = members.get(connection, kept.id)
        assert found is not None
        assert (found.state, found.score) == (MemberState.SOFT_BOUNCING, 2)


def test_a_choice_is_kept_as_it_is(database: Database, now: datetime) -> None:
    choice = Choice(cadence="daily", weekday=0, hour=0, categories=("đường", "y-te"))
    with database.write() as connection:
        member = _add(connection, 1, now)
        number = _subscribe(connection, member, now)
        subscriptions.set_choice(connection, number, choice, now)
        found = subscriptions.one(connection, member.id, "weekly")
        assert found is not None
        assert found.choice == choice
        assert subscriptions.get(connection, number) == found
        assert subscriptions.of_member(connection, member.id) == [found]
        ids = subscriptions.ids_of(connection, "weekly", [member.id, 99])
        assert ids == {member.id: number}


def test_a_digest_is_subscribed_to_once(database: Database, now: datetime) -> None:
    with database.write() as connection:
        member = _add(connection, 1, now)
        _subscribe(connection, member, now)
    with pytest.raises(StoreError), database.write() as connection:
        _subscribe(connection, member, now)


def test_only_who_is_to_get_mail_is_a_recipient(
    database: Database, now: datetime
) -> None:
    with database.write() as connection:
        got = []
        for number, state in enumerate(MemberState):
            member = _add(connection, number, now)
            members.set_state(connection, member.id, state, now)
            _subscribe(connection, member, now)
            if state in subscriptions.WRITABLE:
                got.append(member.id)
        for number, standing in enumerate(SubscriptionState, start=50):
            member = _add(connection, number, now)
            _subscribe(connection, member, now, standing)
            if standing is ACTIVE:
                got.append(member.id)
        over = _add(connection, 70, now)
        _subscribe(connection, over, now, PAUSED, paused_until=now)
        still = _add(connection, 71, now)
        until = now + timedelta(microseconds=1)
        _subscribe(connection, still, now, PAUSED, paused_until=until)
        other = _add(connection, 72, now)
        _subscribe(connection, other, now, digest="monthly")
        out = _add(connection, 73, now)
        _subscribe(connection, out, now)
        reason = SuppressionReason.DESK
        gone = Suppression(mark=f"{73:040x}", reason=reason, at=now)
        suppressions.add(connection, gone)
        found = connection.execute(subscriptions.recipients("weekly", now)).all()
        assert sorted(row.id for row in found) == [*got, over.id]


def test_the_plan_of_who_gets_mail_goes_by_an_index(sqlite: Database) -> None:
    with sqlite.read() as connection:
        now = datetime.fromisoformat("2026-11-22T00:00:00+00:00")
        query = subscriptions.recipients("weekly", now)
        said = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {said}")).all()
    told = " ".join(row.detail for row in plan)
    assert "SCAN" not in told.replace("SCAN CONSTANT", ""), told


def test_pauses_end_and_old_wishes_expire(database: Database, now: datetime) -> None:
    hour = timedelta(hours=1)
    with database.write() as connection:
        one, other = _add(connection, 1, now), _add(connection, 2, now)
        woken = _subscribe(connection, one, now, PAUSED, paused_until=now - hour)
        pending = SubscriptionState.PENDING
        old = _subscribe(connection, other, now, pending, asked_at=now - hour)
        new = _subscribe(connection, one, now, pending, "monthly", asked_at=now)
        assert subscriptions.wake(connection, now) == 1
        assert subscriptions.expire_pending(connection, now, now) == 1
        states = {
            number: held.state
            for number in (woken, old, new)
            if (held := subscriptions.get(connection, number))
        }
        assert states == {woken: ACTIVE, old: SubscriptionState.EXPIRED, new: pending}
        assert subscriptions.tally(connection) == {
            "monthly": {pending: 1},
            "weekly": {ACTIVE: 1, SubscriptionState.EXPIRED: 1},
        }


def test_records_of_consent_stay_in_their_order(
    database: Database, now: datetime
) -> None:
    said = [
        Consent(digest="weekly", kind=kind, at=now, form="page", text="Tôi đồng ý")
        for kind in ConsentKind
    ]
    with database.write() as connection:
        for one in said:
            consents.add(connection, "m", one)
        consents.add_same(connection, ["m", "n"], said[0])
        consents.add_same(connection, [], said[0])
        assert consents.of(connection, "m") == [*said, said[0]]
        assert consents.of(connection, "n") == [said[0]]
        assert consents.tally(connection)[said[0].kind] == 3


def test_the_weightiest_reason_of_a_suppression_stays(
    database: Database, now: datetime
) -> None:
    def gone(reason: SuppressionReason, note: str = "") -> Suppression:
        return Suppression(mark="m", reason=reason, at=now, note=note)

    with database.write() as connection:
        assert suppressions.add(connection, gone(SuppressionReason.DESK, "a note"))
        assert not suppressions.add(connection, gone(SuppressionReason.BOUNCE))
        assert not suppressions.add(connection, gone(SuppressionReason.DESK))
        kept = suppressions.get(connection, "m")
        assert kept == gone(SuppressionReason.DESK, "a note")
        assert suppressions.add(connection, gone(SuppressionReason.ERASED))
        assert not suppressions.add(connection, gone(SuppressionReason.COMPLAINT))
        assert suppressions.among(connection, ["m", "n"]) == {"m"}
        assert suppressions.summary(connection) == (1, now)
        assert [one.mark for one in suppressions.page(connection, "", 9)] == ["m"]
        assert suppressions.page(connection, "m", 9) == []
        assert suppressions.lift(connection, "m")
        assert not suppressions.lift(connection, "m")


def test_many_join_at_once(database: Database, now: datetime) -> None:
    count = 1_500
    with database.write() as connection:
        new = [
            NewMember(
                member=Member(address=f"m{n}@x.vn", name="Ân\x00"),
                mailbox=f"m{n}@x.vn",
                mark=f"{n:040x}",
            )
            for n in range(count)
        ]
        ids = enrolments.add_members(connection, new, now)
        fresh = [
            NewSubscription(
                member=number,
                state=ACTIVE,
                choice=Choice(categories=("y-te",)),
                confirmed_at=now,
            )
            for number in ids
        ]
        enrolments.add_subscriptions(connection, "weekly", fresh, Origin.CONFIG, now)
        marks = [one.mark for one in new]
        known = enrolments.known(connection, "weekly", marks)
        assert len(known) == count
        assert {one.standing for one in known.values()} == {ACTIVE}
        assert {one.name for one in known.values()} == {"Ân\ufffd"}
        held = subscriptions.one(connection, ids[0], "weekly")
        assert held is not None
        assert (held.choice.categories, held.confirmed_at) == (("y-te",), now)
        gone = [one.subscription for one in known.values() if one.subscription]
        expired = SubscriptionState.EXPIRED
        enrolments.restate(connection, gone[:-1], expired, now)
        mine = list(enrolments.held_by(connection, "weekly", Origin.CONFIG))
        assert mine == [(marks[-1], gone[-1])]
        enrolments.rename(connection, [("Bình", ids[0])])
        found = members.get(connection, ids[0])
        assert found is not None
        assert found.name == "Bình"
        after = _add(connection, count + 1, now)
        assert after.id > max(ids), "numbers that were given ahead are taken"


def test_a_stamp_is_kept_until_it_is_forgotten(
    database: Database, now: datetime
) -> None:
    with database.write() as connection:
        assert enrolments.stamp(connection, "weekly") == ""
        for stamp in ("a", "b"):
            enrolments.set_stamp(connection, "weekly", stamp, now)
            assert enrolments.stamp(connection, "weekly") == stamp
        enrolments.forget_stamps(connection)
        assert enrolments.stamp(connection, "weekly") == ""


@pytest.fixture
def listed(database: Database, now: datetime) -> Database:
    """Twelve members: every second one of the weekly, all of the monthly."""
    with database.write() as connection:
        for number in range(12):
            at = now + timedelta(days=number)
            member = _add(connection, number, at)
            _subscribe(connection, member, at, digest="monthly")
            if number % 2:
                state = ACTIVE if number < 8 else SubscriptionState.UNSUBSCRIBED
                _subscribe(connection, member, at, state)
        members.set_state(connection, 1, MemberState.BOUNCED, now)
        members.set_state(connection, 2, MemberState.ERASED, now)
    return database


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 1]),
        ({"limit": 2}, [12, 11]),
        ({"limit": 2, "before": 4}, [3, 1]),
        ({"digest": "weekly"}, [12, 10, 8, 6, 4]),
        ({"digest": "weekly", "state": ACTIVE}, [8, 6, 4]),
        ({"digest": "weekly", "state": ACTIVE, "limit": 2}, [8, 6]),
        ({"state": SubscriptionState.UNSUBSCRIBED}, [12, 10]),
        ({"state": ACTIVE, "limit": 3}, [12, 11, 10]),
        ({"digest": "nothing"}, []),
        ({"standing": MemberState.BOUNCED}, [1]),
        ({"standing": MemberState.ERASED}, [2]),
        ({"standing": MemberState.BOUNCED, "digest": "monthly"}, [1]),
    ],
)
def test_members_are_listed_the_newest_first(
    listed: Database, wanted: dict[str, Any], expected: list[int]
) -> None:
    with listed.read() as connection:
        found = memberlists.page(connection, Wanted(**wanted))
    assert [one.member.id for one in found] == expected


def test_members_are_listed_since_a_moment(listed: Database, now: datetime) -> None:
    with listed.read() as connection:
        since = now + timedelta(days=9)
        found = memberlists.page(connection, Wanted(since=since))
        assert [one.member.id for one in found] == [12, 11, 10]
        found = memberlists.page(connection, Wanted(since=since, digest="weekly"))
        assert [one.member.id for one in found] == [12, 10]
        digests = [held.digest for held in found[0].subscriptions]
        assert digests == ["monthly", "weekly"]


def test_everybody_but_who_was_erased_is_told_in_order(
    listed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memberlists, "_PAGE", 4)
    with listed.read() as connection:
        found = [one.member.id for one in memberlists.every(connection)]
        assert found == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        weekly = [one.member.id for one in memberlists.every(connection, "weekly")]
        assert weekly == [4, 6, 8, 10, 12]
        assert memberlists.count(connection)[MemberState.UNVERIFIED] == 10


def test_a_page_costs_what_it_shows(sqlite: Database, now: datetime) -> None:
    """Whatever is looked for, SQLite reads no more than a page's worth of rows."""
    with sqlite.write() as connection:
        new = [
            NewMember(member=Member(address="a"), mailbox="a", mark=f"{n:040x}")
            for n in range(30_000)
        ]
        ids = enrolments.add_members(connection, new, now)
        fresh = [NewSubscription(member=number, state=ACTIVE) for number in ids]
        enrolments.add_subscriptions(connection, "weekly", fresh, Origin.CONFIG, now)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    for wanted in (
        Wanted(),
        Wanted(digest="weekly"),
        Wanted(state=ACTIVE),
        Wanted(state=PAUSED),
        Wanted(digest="weekly", state=SubscriptionState.UNSUBSCRIBED),
        Wanted(standing=MemberState.BOUNCED),
        Wanted(since=now + timedelta(days=1)),
        Wanted(digest="nothing"),
    ):
        with sqlite.read() as connection:
            raw: Any = connection.connection.driver_connection
            connection.execute(select(1))
            steps = 0
            raw.set_progress_handler(count, 100)
            memberlists.page(connection, wanted)
            raw.set_progress_handler(None, 0)
        assert steps < 200, (wanted, steps * 100)
