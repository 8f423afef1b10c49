"""Dates as portals write them: each line of the table is a case."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syndicate.model import DateOrigin
from syndicate.text import dates

TABLE = Path(__file__).resolve().parents[1] / "data" / "text" / "portal_dates.tsv"
LINES = TABLE.read_text(encoding="utf-8").splitlines()
CASES = [line.split("\t") for line in LINES if line and not line.startswith("#")]
HANOI = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("raw", "value", "precision"), CASES, ids=[case[0] for case in CASES]
)
def test_a_date_is_read_as_it_is_meant(raw, value, precision):
    found = dates.read(raw, origin=DateOrigin.ARTICLE, zone=HANOI)
    if value == "-":
        assert found is None
    else:
        assert found is not None
        assert f"{found.value:%Y-%m-%dT%H:%M:%S}"[: len(value)] == value
        assert found.precision == precision


@pytest.mark.parametrize("raw", ["1759633200", "1759633200000", "1759633200.5"])
def test_machines_may_count_seconds(raw):
    found = dates.read(raw, origin=DateOrigin.FEED, zone=HANOI)
    assert found is not None
    assert found.value.isoformat() == "2025-10-05T10:00:00+07:00"


@pytest.mark.parametrize("raw", ["1759633200", "0275382236", "9999999999"])
def test_ten_digits_on_a_page_are_no_date(raw):
    assert dates.read(raw, origin=DateOrigin.ARTICLE, zone=HANOI) is None


def test_ten_digits_of_the_far_future_are_no_date():
    assert dates.read("9999999999", origin=DateOrigin.FEED, zone=HANOI) is None


def claim(raw, origin):
    found = dates.read(raw, origin=origin, zone=HANOI)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("claims", "day"),
    [
        # A page that stamps its visit as datePublished; the listing knows better.
        ([("2026-10-19T06:00:03+07:00", "META"), ("15/10/2026", "LISTING")], "10-15"),
        ([("2026-10-19T06:00:03+07:00", "META"), ("20261001", "URL")], "10-01"),
        # A listing's clock, and the article's own line.
        ([("19/10/2026 05:59", "LISTING"), ("12/10/2026", "ARTICLE")], "10-12"),
        # Fresh news: nothing says that it is older.
        ([("2026-10-19T05:50:00+07:00", "META"), ("18/10/2026", "LISTING")], "10-19"),
        # The order of trust where all are old.
        ([("2026-10-05", "META"), ("06/10/2026", "LISTING")], "10-05"),
        ([("06/10/2026", "LISTING"), ("07/10/2026", "ARTICLE")], "10-06"),
        ([("07/10/2026", "ARTICLE"), ("20261008", "URL")], "10-07"),
        # The future is believed of nobody.
        ([("2036-10-05", "META"), ("06/10/2026", "ARTICLE")], "10-06"),
    ],
)
def test_of_dates_in_conflict_the_likely_one_is_chosen(claims, day):
    fetched = datetime(2026, 10, 19, 6, 0, tzinfo=ZoneInfo(HANOI))
    read = [claim(raw, DateOrigin[origin]) for raw, origin in claims]
    chosen = dates.choose(read, fetched_at=fetched)
    assert chosen is not None
    assert f"{chosen.value:%m-%d}" == day
