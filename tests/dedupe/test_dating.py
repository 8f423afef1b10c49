"""Which date an entry keeps when its source gives another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from syndicate.dedupe.dating import (
    clamped,
    is_other_date,
    kept_date,
    redates_everything,
)
from syndicate.model import Dated, DateOrigin, Precision

HANOI = timezone(timedelta(hours=7))
NOW = datetime(2026, 10, 19, 13, 14, 15, 16, tzinfo=HANOI)


def at(text, precision=Precision.MINUTE, raw=""):
    value = datetime.fromisoformat(text).replace(tzinfo=HANOI)
    return Dated(
        value=value, precision=precision, origin=DateOrigin.FEED, raw=raw or text
    )


def test_a_date_that_is_past_stays():
    assert clamped(at("2026-10-19T13:14"), NOW) == at("2026-10-19T13:14")


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        (Precision.DAY, "2026-10-19T00:00:00"),
        (Precision.HOUR, "2026-10-19T13:00:00"),
        (Precision.MINUTE, "2026-10-19T13:14:00"),
        (Precision.SECOND, "2026-10-19T13:14:15"),
    ],
)
def test_a_date_to_come_is_now_as_exactly_as_it_was_known(precision, shown):
    claimed = at("2026-10-20T00:00", precision)
    found = clamped(claimed, NOW)
    assert found.value.isoformat() == f"{shown}+07:00"
    assert found == replace(claimed, value=found.value)
    assert found.value <= NOW


def test_an_undated_entry_stays_undated():
    assert kept_date(None, at("2026-10-05T08:15")) is None


def test_a_date_that_is_left_out_later_stays():
    assert kept_date(at("2026-10-05T08:15"), None) == at("2026-10-05T08:15")


def test_a_corrected_date_is_taken():
    old, new = at("2026-10-05T08:15"), at("2026-10-04T08:15")
    assert is_other_date(old, new)
    assert kept_date(old, new) == new


def test_what_we_have_had_for_long_was_not_published_since():
    old, had = at("2026-10-05T08:15"), at("2026-10-05T09:00").value
    assert kept_date(old, at("2026-10-19T13:00"), had=had) == old
    assert kept_date(old, at("2026-10-05T07:15"), had=had) == at("2026-10-05T07:15")


def test_a_source_that_redates_everything_is_not_believed():
    old, new = at("2026-10-05T08:15"), at("2026-10-19T13:00")
    assert kept_date(old, new, redated=True) == old
    assert not redates_everything(4, 4)
    assert redates_everything(5, 5)
    assert redates_everything(40, 50)
    assert not redates_everything(39, 50)
    assert not redates_everything(5, 50)


def test_a_minute_is_taken_for_a_day_and_a_day_never_for_a_minute():
    day, minute = at("2026-10-05", Precision.DAY), at("2026-10-05T08:15")
    assert kept_date(day, minute) == minute
    assert kept_date(minute, day) == minute
    assert not is_other_date(day, minute)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            at("2026-10-05T08:00", Precision.HOUR, "2 giờ trước"),
            at("2026-10-05T09:00", Precision.HOUR, "3 giờ trước"),
        ),
        (at("2026-10-05T08:15"), at("2026-10-05T08:15", raw="5/10/2026 8:15")),
        (at("2026-10-19T13:00", raw="31/12/2026"), at("2026-12-31", raw="31/12/2026")),
    ],
    ids=["relative", "spelt otherwise", "clamped before"],
)
def test_a_date_in_other_words_is_no_other_date(old, new):
    assert not is_other_date(old, new)
    assert kept_date(old, new) == old
