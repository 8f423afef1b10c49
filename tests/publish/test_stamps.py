"""Moments as feeds write them."""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest

from syndicate.publish.forms.stamps import atom_date, rss_date

HANOI = timezone(timedelta(hours=7))
MOMENT = datetime(2026, 3, 9, 5, 4, 3, tzinfo=HANOI)


def test_atom_dates_are_in_utc_with_z():
    assert atom_date(MOMENT) == "2026-03-08T22:04:03Z"
    assert atom_date(MOMENT.replace(microsecond=7)) == "2026-03-08T22:04:03.000007Z"


def test_rss_dates_keep_their_offset_or_say_gmt():
    assert rss_date(MOMENT) == "Mon, 09 Mar 2026 05:04:03 +0700"
    assert rss_date(MOMENT.astimezone(UTC)) == "Sun, 08 Mar 2026 22:04:03 GMT"


def test_an_odd_offset_becomes_gmt():
    odd = MOMENT.astimezone(timezone(timedelta(hours=7, minutes=6, seconds=30)))
    assert rss_date(odd).endswith("GMT")
    assert parsedate_to_datetime(rss_date(odd)) == MOMENT


@pytest.mark.parametrize("name", ["C", "C.UTF-8"])
def test_names_are_english_in_any_locale(name):
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
        assert rss_date(MOMENT).startswith("Mon, 09 Mar")
    finally:
        locale.setlocale(locale.LC_ALL, before)
