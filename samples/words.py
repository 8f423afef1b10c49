"""How the portals write dates and addresses."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

LOCAL = timezone(timedelta(hours=7))
"""The province's clock; Viet Nam keeps no summer time."""

WEEKDAYS = (
    "Thứ Hai",
    "Thứ Ba",
    "Thứ Tư",
    "Thứ Năm",
    "Thứ Sáu",
    "Thứ Bảy",
    "Chủ nhật",
)


def day(moment: datetime) -> str:
    """``05/10/2026``."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y}"


def day_and_minute(moment: datetime) -> str:
    """``05/10/2026 - 08:15``, as the newspaper writes it."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y - %H:%M}"


def weekday_line(moment: datetime) -> str:
    """``Thứ Hai, ngày 5/10/2026 - 08:15``: no zeros before day and month."""
    local = moment.astimezone(LOCAL)
    figures = f"{local.day}/{local.month}/{local.year}"
    return f"{WEEKDAYS[local.weekday()]}, ngày {figures} - {local:%H:%M}"


def long_clock(moment: datetime) -> str:
    """``Chủ nhật, 21 Tháng 4, 2024 - 16:02``: Drupal's ``l, j F, Y - H:i``."""
    local = moment.astimezone(LOCAL)
    weekday = WEEKDAYS[local.weekday()].capitalize()
    return f"{weekday}, {local.day} Tháng {local.month}, {local.year} - {local:%H:%M}"


def nukeviet_time(moment: datetime) -> str:
    """RSS's date as NukeViet 4 prints it: month number in the place of the minutes.

    Its code says ``gmdate('D, j M Y H:m:s')``, and ``m`` is the month in PHP.
    """
    utc = moment.astimezone(UTC)
    return f"{utc:%a}, {utc.day} {utc:%b %Y %H:%m:%S} GMT"


def _hyphenated(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def _unmarked(text: str) -> str:
    return "".join(
        sign
        for sign in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(sign)
    )


def slug(title: str) -> str:
    """``to-chuc-dang``: ASCII, with đ as d."""
    plain = _unmarked(title).replace("đ", "d").replace("Đ", "D")
    return _hyphenated(plain.encode("ascii", "ignore").decode())


def slug_without_d(title: str) -> str:
    """``to-chuc-ang``: every đ is lost, as no accent of it could be dropped."""
    return _hyphenated(_unmarked(title).encode("ascii", "ignore").decode())


def slug_with_marks(title: str) -> str:
    """``tổ-chức-đảng``: Drupal's path of a title when nothing transliterates it."""
    return _hyphenated(unicodedata.normalize("NFC", title))
