"""Sources are asked as fast as their documents are read, and no faster."""

from __future__ import annotations

import asyncio

import pytest

from syndicate.pipeline import room
from syndicate.pipeline.room import Room


def waits(made: Room) -> bool:
    """Whether a further question has to wait now."""

    async def ask() -> None:
        await asyncio.wait_for(made.wait(), timeout=0.01)

    try:
        asyncio.run(ask())
    except TimeoutError:
        return True
    return False


def test_there_is_room_until_the_documents_that_wait_have_used_it_up():
    made = Room(budget=100)
    with made.hold(60):
        assert not waits(made)
        with made.hold(60):
            assert waits(made)
        assert not waits(made)


def test_a_document_larger_than_all_room_is_held_alone():
    made = Room(budget=100)
    with made.hold(5_000):
        assert waits(made)
    assert not waits(made)


def test_who_waits_goes_on_when_there_is_room_again():
    async def scene() -> list[str]:
        made, told = Room(budget=10), []

        async def asker(name: str) -> None:
            await made.wait()
            told.append(name)

        with made.hold(10):
            askers = [asyncio.ensure_future(asker(name)) for name in "abc"]
            await asyncio.sleep(0.01)
            assert told == []
            askers[0].cancel()  # one that is given up holds up nobody
        await asyncio.gather(*askers[1:])
        return told

    assert asyncio.run(scene()) == ["b", "c"]


def test_only_so_many_questions_are_open_at_once():
    async def scene() -> int:
        made, most, now = Room(abreast=3), 0, 0

        async def asker() -> None:
            nonlocal most, now
            await made.wait()
            with made.asking():
                now += 1
                most = max(most, now)
                await asyncio.sleep(0.001)
                now -= 1

        await asyncio.gather(*(asker() for _ in range(20)))
        return most

    assert asyncio.run(scene()) == 3


def test_a_slow_server_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(room, "PATIENCE", 0.01)

    async def scene() -> bool:
        made = Room(abreast=1)

        async def hang() -> None:
            with made.asking():
                await asyncio.sleep(60)

        slow = asyncio.ensure_future(hang())
        await asyncio.sleep(0)
        await asyncio.wait_for(made.wait(), timeout=5)
        slow.cancel()
        await asyncio.wait([slow])
        return made._places == 1

    assert asyncio.run(scene())


@pytest.mark.parametrize("fails", [True, False])
def test_room_is_given_back_however_it_ends(fails):
    made = Room(budget=10)
    try:
        with made.hold(10):
            if fails:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert not waits(made)
