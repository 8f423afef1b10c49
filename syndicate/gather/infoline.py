"""The line under a headline: when, by whom, how often read (pure).

"Ngày đăng: 09/10/2026 | Lượt xem: 1.024 | Tác giả: Mai Đông" is no paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from syndicate.gather.byline import authors_in, is_signature
from syndicate.gather.dateline import is_date_line
from syndicate.gather.furniture import is_furniture
from syndicate.text.clean import one_line

_MAX = 200
_WRITER = (
    r"(?:tác giả|người đăng|người viết|đăng bởi|viết bởi|được đăng bởi|bởi|bài viết của"
    r"|người gửi|posted by|written by|published by|by|author)"
)
_OTHERS = (
    r"(?:lượt xem|số lượt xem|đã xem|lượt đọc|ngày đăng|đăng ngày|ngày tạo|cập nhật"
    r"|ngày cập nhật|chuyên mục|danh mục|category|posted on|views)"
)
# Pieces are parted by a bar, a dot, or by the next label.
_BETWEEN = re.compile(
    rf"\s*[|•·]\s*|\s+[-–—]\s+(?={_OTHERS}|{_WRITER})"
    rf"|(?<!đăng)(?<!viết)\s+(?=(?:{_OTHERS}|{_WRITER})\s*:)"
    r"|\s+(?=(?:được )?(?:đăng|viết) bởi\s|(?:posted|written|published) by\s)",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"{_WRITER}\s*(?::|(?<=by)\s|(?<=bởi)\s)\s*(?P<name>.+)", re.I)
_MOMENT = re.compile(
    r"[\s,(–-]*(?:(?:thứ \w+|chủ nhật|ngày|lúc|on)[\s,]*)*"
    r"(?:\d{1,2}[:h]\d{2}.{0,12})?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}.*$",
    re.IGNORECASE,
)
_SECTION = re.compile(r"(?:chuyên mục|danh mục|category|trong)\s*:.{1,60}", re.I)


_ROLE = re.compile(
    r"(?:staff )?(?:writers?|reporters?|correspondents?|contributors?)|pv|ctv"
    r"|phóng viên|biên tập viên|cộng tác viên",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Info:
    """What such a line says."""

    dates: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def read_info(line: str) -> Info | None:
    """Take a line of facts about the article apart; None if it is anything else."""
    line = one_line(line)
    if len(line) > _MAX:
        return None
    if is_date_line(line) and not _NAMED.search(line):
        return Info(dates=(line,))
    dates: list[str] = []
    authors: list[str] = []
    for piece in filter(None, _BETWEEN.split(line)):
        if not _note(piece, dates, authors):
            return None
    return Info(tuple(dates), tuple(authors)) if dates or authors else None


def _note(piece: str, dates: list[str], authors: list[str]) -> bool:
    """Note what one piece says; False if it is no fact about the article."""
    named = _NAMED.fullmatch(piece)
    if named:
        moment = _MOMENT.search(named["name"])
        name = named["name"][: moment.start()] if moment else named["name"]
        if len(name.split()) > 10 or name.endswith((".", ":", "?")):
            return False
        authors += authors_in(name)
        dates += [moment[0].strip(" ,(–-")] if moment else []
        return True
    if is_date_line(piece):
        dates.append(piece)
        return True
    return is_furniture(piece) or bool(
        _SECTION.fullmatch(piece) or _ROLE.fullmatch(piece)
    )


def names_author(line: str) -> tuple[str, ...]:
    """The names in an element that a page marks as its author's; () if none is one."""
    line = one_line(line)
    info = read_info(line)
    if info is not None:
        return info.authors
    named = _NAMED.fullmatch(line)
    bare = named["name"] if named else line
    # "Thạch Sơn/Báo Cửa Sông": a person and a house.
    signed = is_signature(bare.replace("/", " - "), stressed=True)
    return authors_in(bare) if signed else ()
