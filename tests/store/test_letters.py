"""Letters are claimed before they leave, and settled by who holds them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from syndicate.model import DeliveryState, LetterKind
from syndicate.store import letters

MINUTE = timedelta(minutes=1)


@pytest.fixture
def owed(database, now):
    """Owe a letter; gives its number."""

    def owe(member=7, kind=LetterKind.CONFIRM, digests=("tuan",), at=now):
        with database.write() as connection:
            return letters.add(connection, kind, member, digests, at)

    return owe


def claim(database, at):
    with database.write() as connection:
        return letters.claim(connection, at)


def settle(database, letter, state, at, due_at=None):
    with database.write() as connection:
        return letters.settle(connection, letter, state, "said", due_at=due_at, now=at)


def find(database, number):
    with database.read() as connection:
        return letters.find(connection, number)


def test_a_letter_comes_back_as_it_was_owed(database, owed, now):
    number = owed(digests=("tuan", "thang"))
    kept = find(database, number)
    assert (kept.kind, kept.member, kept.digests) == (
        LetterKind.CONFIRM,
        7,
        ("tuan", "thang"),
    )
    assert (kept.state, kept.attempts, kept.asked_at) == (DeliveryState.PLANNED, 0, now)
    assert find(database, number + 1) is None
    assert find(database, 2**80) is None


def test_what_is_owed_is_claimed_once_and_in_order(database, owed, now):
    first, second = owed(at=now), owed(member=8, at=now + MINUTE)
    later = now + 2 * MINUTE
    assert claim(database, later).id == first
    assert claim(database, later).id == second
    assert claim(database, later) is None


def test_what_is_not_due_is_not_claimed(database, owed, now):
    owed(at=now + MINUTE)
    assert claim(database, now) is None
    with database.read() as connection:
        assert not letters.due(connection, now)
        assert letters.due(connection, now + MINUTE)


def test_a_letter_that_was_put_off_comes_again_when_it_is_due(database, owed, now):
    owed()
    held = claim(database, now)
    assert settle(database, held, DeliveryState.DEFERRED, now, due_at=now + 5 * MINUTE)
    assert claim(database, now + 4 * MINUTE) is None
    again = claim(database, now + 5 * MINUTE)
    assert (again.id, again.attempts) == (held.id, 2)


def test_who_lost_a_letter_can_no_longer_settle_it(database, owed, now):
    number = owed()
    held = claim(database, now)
    with database.write() as connection:
        assert letters.rescue(connection, now + timedelta(hours=1)) == 1
    assert not settle(database, held, DeliveryState.ACCEPTED, now)
    assert find(database, number).state is DeliveryState.UNCERTAIN


@pytest.mark.parametrize("hours", [1, -1])
def test_what_died_on_the_way_is_in_doubt_whatever_the_clock_did(
    database, owed, now, hours
):
    owed()
    claim(database, now)
    later = now + timedelta(hours=hours)
    with database.read() as connection:
        assert letters.abandoned(connection, later)
    with database.write() as connection:
        assert letters.rescue(connection, later) == 1
    assert claim(database, now + timedelta(days=1)) is None


def test_what_is_just_being_sent_is_left_alone(database, owed, now):
    owed()
    claim(database, now)
    with database.write() as connection:
        assert letters.rescue(connection, now + MINUTE) == 0


def test_the_same_letter_that_waits_is_found(database, owed, now):
    number = owed(digests=("tuan", "thang"))
    seek = partial(letters.waiting, since=now)
    with database.read() as connection:
        assert seek(connection, LetterKind.CONFIRM, 7, ("tuan", "thang")) == number
        assert seek(connection, LetterKind.CONFIRM, 7, ("tuan",)) is None
        assert seek(connection, LetterKind.ALREADY, 7, ("tuan", "thang")) is None
        assert seek(connection, LetterKind.CONFIRM, 8, ("tuan", "thang")) is None
    claim(database, now)
    with database.read() as connection:
        assert seek(connection, LetterKind.CONFIRM, 7, ("tuan", "thang")) is None
        just = partial(letters.waiting, since=now - MINUTE)
        assert just(connection, LetterKind.CONFIRM, 7, ("tuan", "thang")) == number


def test_letters_of_a_day_are_counted_by_kind(database, owed, now):
    owed(at=now - timedelta(hours=25))
    owed(at=now - timedelta(hours=23))
    owed(kind=LetterKind.PROBE)
    owed(member=8)
    with database.read() as connection:
        kinds = (LetterKind.CONFIRM, LetterKind.ALREADY)
        since = now - timedelta(days=1)
        assert letters.count_since(connection, 7, kinds, since) == 1


def test_only_what_is_settled_and_old_is_forgotten(database, owed, now):
    kept, gone = owed(), owed(member=8, at=now - MINUTE)
    settle(database, claim(database, now), DeliveryState.ACCEPTED, now)
    with database.write() as connection:
        assert letters.prune(connection, now + MINUTE) == 1
    assert find(database, gone) is None
    assert find(database, kept) is not None
    with database.read() as connection:
        assert [one.id for one in letters.latest(connection)] == [kept]
