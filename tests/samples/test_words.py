from __future__ import annotations

from datetime import UTC, datetime

from samples import words

SUNDAY = datetime(2024, 4, 21, 9, 2, 5, tzinfo=UTC)


def test_dates_are_written_as_the_portals_write_them() -> None:
    assert words.day(SUNDAY) == "21/04/2024"
    assert words.day_and_minute(SUNDAY) == "21/04/2024 - 16:02"
    assert words.weekday_line(SUNDAY) == "Chủ nhật, ngày 21/4/2024 - 16:02"
    assert words.long_clock(SUNDAY) == "Chủ nhật, 21 Tháng 4, 2024 - 16:02"


def test_nukeviet_prints_the_month_in_the_place_of_the_minutes() -> None:
    assert words.nukeviet_time(SUNDAY) == "Sun, 21 Apr 2024 09:04:05 GMT"


def test_slugs_lose_keep_or_fold_the_letter_d_with_stroke() -> None:
    title = "Đảng viên ở Tân Lộc: “đồng thuận” 100%"
    assert words.slug(title) == "dang-vien-o-tan-loc-dong-thuan-100"
    assert words.slug_without_d(title) == "ang-vien-o-tan-loc-ong-thuan-100"
    assert words.slug_with_marks(title) == "đảng-viên-ở-tân-lộc-đồng-thuận-100"
