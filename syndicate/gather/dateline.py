"""Lines that are a date and little else ("Thứ Sáu, ngày 18/3/2022 - 15:00")."""

from __future__ import annotations

import re

from syndicate.text.clean import one_line

_MAX = 110
_HAS_DAY = re.compile(
    r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d\d|(?:19|20)\d\d-\d\d?-\d\d?"
    r"|\d{1,2},?\s+tháng\s+\d{1,2}|tháng\s+\d{1,2},?\s+(?:năm\s+)?(?:19|20)\d\d"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.{0,12}\d{4}",
    re.IGNORECASE,
)
# All that stands around dates on portals; what is left over is text.
_AROUND = re.compile(
    r"thứ\s+(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật|chúa\s*nhật|\b(?:t[2-7]|cn)\b"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|ngày|tháng|năm|giờ|phút|lúc|vào|hồi"
    r"|cập\s*nhật(?:\s*lần cuối)?|đăng(?:\s*(?:tin|bài|tải|lúc))?|xuất\s*bản|gửi"
    r"|thời\s*gian|ban\s*hành|tạo|lần\s+cuối|mới\s+nhất"
    r"|(?:đã|lượt|số\s+lần|lần|số\s+lượt)\s+(?:xem|đọc)|lượt|xem"
    r"|posted|published|updated|last|modified|created|on|at|by|views?|hits?|date"
    r"|gmt|utc|ict|sáng|chiều|\b(?:sa|ch|am|pm)\b|\bh\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]")


def is_date_line(line: str) -> bool:
    """Say whether ``line`` is a date with at most a label and a counter beside it."""
    line = one_line(line)
    if not line or len(line) > _MAX or not _HAS_DAY.search(line):
        return False
    return len(_LETTERS.findall(_AROUND.sub(" ", line))) <= 10
