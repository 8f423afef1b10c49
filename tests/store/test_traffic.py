"""What hosts were asked, counted."""

from __future__ import annotations

from datetime import date

from syndicate.store import traffic
from syndicate.store.traffic import HostTraffic

TODAY = date(2026, 11, 22)


def counted(host="a.example", day="2026-11-22", requests=1, unchanged=0, size=10):
    return HostTraffic(
        host=host, day=day, requests=requests, not_modified=unchanged, bytes=size
    )


def test_counts_are_added_to_those_of_the_host_and_day(database):
    with database.write() as connection:
        traffic.add(connection, [])
        traffic.add(connection, [counted(), counted("b.example", size=2**40)])
        traffic.add(connection, [counted(requests=4, unchanged=3)])
    with database.read() as connection:
        assert traffic.since(connection, TODAY) == [
            counted(requests=5, unchanged=3, size=20),
            counted("b.example", size=2**40),
        ]


def test_several_days_are_summed_and_others_left_out(database):
    days = ("2026-11-19", "2026-11-20", "2026-11-21")
    with database.write() as connection:
        traffic.add(connection, [counted(day=day) for day in days])
    with database.read() as connection:
        [found] = traffic.since(connection, date(2026, 11, 20))
    assert (found.requests, found.day) == (2, "2026-11-21")


def test_counts_of_ninety_days_are_kept(database):
    with database.write() as connection:
        traffic.add(connection, [counted(day="2026-08-23"), counted(day="2026-08-24")])
        traffic.forget(connection, TODAY)
    with database.read() as connection:
        found = traffic.since(connection, date(2020, 1, 1))
    assert [one.day for one in found] == ["2026-08-24"]
