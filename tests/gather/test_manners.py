"""Manners towards hosts, and towards ourselves."""

from __future__ import annotations

import asyncio
import time
import unicodedata

import pytest

from syndicate.errors import AddressRefused, BadAnswer, FetchError, Unreachable
from syndicate.gather.destinations import checked, followed, joined
from syndicate.gather.manners import SOCKETS, Turns
from syndicate.gather.room import SMALL, STEP, Room, Share
from syndicate.ports import Hop


def test_a_host_is_asked_by_one_at_a_time_in_the_order_of_asking():
    async def run() -> tuple[list[int], int]:
        turns, order, inside, most = Turns(20, 9.0), [], 0, 0

        async def ask(number: int) -> None:
            nonlocal inside, most
            turn = await turns.take("a.example")
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            order.append(number)
            inside -= 1
            turn.end(0.0)

        await asyncio.gather(*map(ask, range(20)))
        return order, most

    assert asyncio.run(run()) == ([*range(20)], 1)


def test_a_pause_is_kept_spread_by_a_tenth_and_is_each_hosts_own():
    async def run() -> tuple[float, float]:
        turns, clock = Turns(20, 9.0), time.monotonic
        (await turns.take("a.example")).end(0.1)
        began = clock()
        (await turns.take("b.example")).end(0.0)
        other = clock() - began
        (await turns.take("a.example")).end(0.0)
        return other, clock() - began

    other, same = asyncio.run(run())
    assert other < 0.05
    assert 0.09 < same < 0.2


def test_no_more_than_parallel_are_under_way_while_all_are_quick():
    async def run() -> int:
        turns, inside, most = Turns(5, 9.0), 0, 0

        async def ask(number: int) -> None:
            nonlocal inside, most
            turn = await turns.take(f"h{number}")
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.002)
            inside -= 1
            turn.end(0.0)

        await asyncio.gather(*map(ask, range(60)))
        return most

    assert asyncio.run(run()) == 5


def test_those_that_take_long_give_their_slots_back_and_come_to_an_end_themselves():
    """Hanging requests do not delay the good ones beyond our patience."""

    async def run() -> tuple[float, int]:
        turns, done = Turns(4, 0.05), 0

        async def ask(number: int) -> None:
            nonlocal done
            turn = await turns.take(f"h{number}")
            await asyncio.sleep(1.0 if number < 12 else 0.001)
            done += number >= 12
            turn.end(0.0)

        began = time.monotonic()
        asked = [asyncio.create_task(ask(number)) for number in range(100)]
        await asyncio.gather(*asked[12:])
        took = time.monotonic() - began
        await asyncio.gather(*asked)
        return took, done

    took, done = asyncio.run(run())
    assert done == 88
    assert took < 0.6, "three rounds of patience"


def test_even_those_that_take_long_are_bounded():
    async def run() -> tuple[int, int]:
        turns, inside, most = Turns(3, 0.0), 0, 0

        async def ask(number: int) -> None:
            nonlocal inside, most
            turn = await turns.take(f"h{number}")
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.05)
            inside -= 1
            turn.end(0.0)

        await asyncio.gather(*map(ask, range(200)))
        (await turns.take("last")).end(0.0)
        return most, inside

    assert asyncio.run(run()) == (3 * SOCKETS, 0)


def test_ten_thousand_hosts_are_forgotten_once_their_pause_is_over():
    async def run() -> tuple[int, int]:
        turns = Turns(20, 9.0)

        async def ask(number: int) -> None:
            (await turns.take(f"h{number}")).end(0.05)

        await asyncio.gather(*map(ask, range(10_000)))
        among = len(turns)
        await asyncio.sleep(0.1)
        (await turns.take("last")).end(0.0)
        return among, len(turns)

    among, after = asyncio.run(run())
    assert among > 100
    assert after <= 1


def test_who_gives_up_waiting_holds_nobody_up():
    async def run() -> None:
        turns = Turns(1, 9.0)
        first = await turns.take("a")
        waiting = [asyncio.create_task(turns.take("a")) for _ in range(3)]
        other = asyncio.create_task(turns.take("b"))  # waits for a slot
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        first.end(0.0)
        waiting[1].cancel()  # its turn came in the same moment
        other.cancel()
        await asyncio.sleep(0)
        turn = await asyncio.wait_for(waiting[2], 1.0)
        turn.end(0.0)
        (await asyncio.wait_for(turns.take("b"), 1.0)).end(0.0)
        assert len(turns) == 0

    asyncio.run(run())


# ── Room ──


def test_small_answers_need_no_room():
    with Share(Room(0)) as share:
        assert share.covered == SMALL


def test_large_answers_wait_for_room_and_one_may_always_grow():
    async def run() -> None:
        room = Room(2 * STEP)
        first, second = Share(room), Share(room)
        with first:
            for _ in range(9):
                await first.grow()  # two from the room, and then it is exempt
            with second:
                waiting = asyncio.create_task(second.grow())
                await asyncio.sleep(0)
                assert not waiting.done()
                first.__exit__(None, None, None)
                await asyncio.wait_for(waiting, 1.0)
                assert second.covered == SMALL + STEP
        assert room.free == 2 * STEP

    asyncio.run(run())


def test_answers_that_wait_for_each_other_all_come_to_their_end():
    async def run() -> int:
        room, done = Room(5 * STEP), 0

        async def answer() -> None:
            nonlocal done
            with Share(room) as share:
                for _ in range(10):
                    await share.grow()
                    await asyncio.sleep(0)
            done += 1

        await asyncio.wait_for(asyncio.gather(*(answer() for _ in range(30))), 5.0)
        assert room.free == 5 * STEP
        return done

    assert asyncio.run(run()) == 30


def test_an_answer_that_is_given_up_gives_its_room_back():
    async def run() -> None:
        room = Room(STEP)

        async def answer() -> None:
            with Share(room) as share:
                for _ in range(3):
                    await share.grow()
                await asyncio.sleep(9)

        tasks = [asyncio.create_task(answer()) for _ in range(3)]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert room.free == STEP

    asyncio.run(run())


# ── Destinations ──


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("file:///etc/passwd", AddressRefused),
        ("javascript:alert(1)", AddressRefused),
        ("//tin.example/", AddressRefused),
        ("http://a:b@tin.example/", AddressRefused),
        ("http://a@tin.example/", AddressRefused),
        ("http://tin.example:0/", Unreachable),
        ("http://tin.example:99999/", Unreachable),
        ("http://", Unreachable),
        ("http://[::1", Unreachable),
        ("http://tin.example/" + "x" * 9_000, Unreachable),
    ],
)
def test_only_addresses_without_secrets_on_the_web_are_asked(url, kind):
    with pytest.raises(kind) as caught:
        checked(url)
    assert len(str(caught.value)) < 1_000


def test_vietnamese_host_names_are_asked_in_their_ascii_form():
    for name in ("đảng.vn", unicodedata.normalize("NFD", "đảng.vn"), "ĐẢNG.vn"):
        address = checked(f"http://{name}/tin tức?q=a b#x")
        assert address.raw_host == "xn--ng-pma4931a.vn"
        assert str(address).endswith("/tin%20t%E1%BB%A9c?q=a+b")


@pytest.mark.parametrize(
    ("location", "to"),
    [
        ("b", "http://tin.example/a/b"),
        ("/b", "http://tin.example/b"),
        ("//khac.example/b", "http://khac.example/b"),
        ("?p=2", "http://tin.example/a/x?p=2"),
        ("/tin tức", "http://tin.example/tin%20t%E1%BB%A9c"),
        ("/caf\udce9", "http://tin.example/caf%E9"),
        (" /b\r\n", "http://tin.example/b"),
    ],
)
def test_a_location_may_be_written_in_many_ways(location, to):
    assert joined(checked("http://tin.example/a/x"), location, 301) == to


def test_hops_are_noted_until_they_go_in_a_circle():
    hops: list[Hop] = []
    for to in ("http://b.example/", "http://c.example/#x"):
        followed(Hop(status=301, to=to), "http://a.example/", hops, 5)
    assert [hop.to for hop in hops] == ["http://b.example/", "http://c.example/"]
    for back in ("http://a.example/", "http://b.example/"):
        with pytest.raises(BadAnswer, match="circle"):
            followed(Hop(status=302, to=back), "http://a.example/", hops, 5)


def test_hops_are_counted():
    begin, hops = "http://a.example/", [Hop(status=301, to="http://b.example/")]
    followed(Hop(status=301, to="http://c.example/"), begin, hops, 2)
    with pytest.raises(FetchError, match="more than 2"):
        followed(Hop(status=301, to="http://d.example/"), begin, hops, 2)
