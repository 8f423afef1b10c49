"""Lines that are a date and little else ("Thứ Sáu, ngày 18/3/2022 - 15:00")."""

from __future__ import annotations

import re

from syndicate.text.clean import one_line

_MAX = 110
MONTH_WORDS = (
    r"tháng\s+(?:giêng|một|hai|ba|tư|năm|sáu|bảy|bẩy|tám|chín"
    r"|mười(?:\s+(?:một|hai))?|chạp)"
)
"""Vietnamese months in words, as blogs write them ("20 Tháng Mười, 2025")."""
_HAS_DAY = re.compile(
    r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d\d|(?:19|20)\d\d-\d\d?-\d\d?"
    r"|\d{1,2},?\s+tháng\s+\d{1,2}|tháng\s+\d{1,2},?\s+(?:năm\s+)?(?:19|20)\d\d"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.{0,12}\d{4}"
    rf"|\d{{1,2}}\s+{MONTH_WORDS},?\s+(?:năm\s+)?(?:19|20)\d\d"
    r"|\b\d{1,2}\s?th\s?\d{1,2}\s?,?\s?(?:19|20)\d\d",
    re.IGNORECASE,
)
# Several days, or a span of them, are what an article is about.
_SEVERAL_DAYS = re.compile(r"\b(?:từ|đến|và|until)\b|\bfrom\b.+\bto\b", re.IGNORECASE)
# All that stands around dates on portals; what is left over is text.
_AROUND = re.compile(
    rf"{MONTH_WORDS}"
    r"|thứ\s+(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật|chúa\s*nhật|\b(?:t[2-7]|cn)\b"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|ngày|tháng|năm|giờ|phút|lúc|vào|hồi"
    r"|cập\s*nhật(?:\s*lần cuối)?|đăng(?:\s*(?:tin|bài|tải|lúc))?|xuất\s*bản|gửi"
    r"|thời\s*gian|ban\s*hành|tạo|lần\s+cuối|mới\s+nhất"
    r"|(?:đã|lượt|số\s+lần|lần|số\s+lượt)\s+(?:xem|đọc)|lượt|xem"
    r"|posted|published|updated|last|modified|created|on|at|by|views?|hits?|date"
    r"|gmt|utc|ict|sáng|chiều|\b(?:sa|ch|am|pm)\b|\bh\b"
    r"|\bth(?=\s?\d)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]")


_COUNTER = re.compile(r"(?<=\d{4})\s+[\d.,]+\s*$")


def without_counter(line: str) -> str:
    """A date line without the bare counter of readers behind it ("07/10/2026 1204")."""
    return _COUNTER.sub("", line)


def is_date_line(line: str) -> bool:
    """Say whether ``line`` is a date with at most a label and a counter beside it."""
    line = one_line(line)
    if not line or len(line) > _MAX or not _HAS_DAY.search(line):
        return False
    if _SEVERAL_DAYS.search(line):
        return False
    return len(_LETTERS.findall(_AROUND.sub(" ", line))) <= 10
