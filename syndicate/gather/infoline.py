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
_MOST_WORDS = 30
_WRITER = (
    r"(?:tác giả|người đăng|người viết|đăng bởi|viết bởi|được đăng bởi|bởi|bài viết của"
    r"|người gửi|posted by|written by|published by|submitted by|by|author)"
)
_OTHERS = (
    r"(?:lượt xem|số lượt xem|đã xem|lượt đọc|ngày đăng|đăng ngày|ngày tạo|cập nhật"
    r"|ngày cập nhật|chuyên mục|danh mục|category|posted on|views|published|updated"
    r"|last updated|modified|được đăng|ngày xuất bản|ngày gửi|lĩnh vực)"
)
# Pieces are parted by a bar, a dot, or by the next label.
_BETWEEN = re.compile(
    rf"\s*[|•·]\s*|\s+[-–—]\s+(?={_OTHERS}|{_WRITER})"
    rf"|(?<!đăng)(?<!viết)\s+(?=(?:{_OTHERS}|{_WRITER})\s*:)"
    r"|\s+(?=(?:được )?(?:đăng|viết) bởi\s"
    r"|(?:posted|written|published|submitted) by\s)",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"{_WRITER}\s*(?::|(?<=by)\s|(?<=bởi)\s)\s*(?P<name>.+)", re.I)
_MOMENT = re.compile(
    r"[\s,(–-]*(?:(?:thứ \w+|chủ nhật|ngày|lúc|on"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)[\s,]*)*"
    r"(?:\d{1,2}[:h]\d{2}.{0,12})?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}.*$",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?:chuyên mục|danh mục|lĩnh vực|thể loại|category|section|trong)\s*:.{1,60}", re.I
)


_ROLE = re.compile(
    r"(?:staff )?(?:writers?|reporters?|correspondents?|contributors?)|pv|ctv"
    r"|phóng viên|biên tập viên|cộng tác viên",
    re.IGNORECASE,
)


_CLOCK = re.compile(
    r"\d{1,2}\s?[:h]\s?\d{2}(?::\d{2})?\s?(?:sáng|trưa|chiều|tối|sa|ch|am|pm)?", re.I
)
_WEEKDAY = re.compile(r"\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\b", re.I)
_SECTION_WORDS = 6
"""Of a section's name, where it stands between other facts ("News, Field")."""


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
    pieces = [piece for piece in _BETWEEN.split(line) if piece]
    unknown = [piece for piece in pieces if not _note(piece, dates, authors)]
    if unknown and not (dates and authors and _are_sections(unknown, line)):
        return None
    return Info(tuple(dates), tuple(authors))


def _are_sections(unknown: list[str], line: str) -> bool:
    """Say whether what is left of a line of facts is the name of a section."""
    short = len(unknown) == 1 and len(unknown[0].split()) <= _SECTION_WORDS
    return short and "|" in line and not re.search(r"[\d.!?:]", unknown[0])


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
    signed, dated = _signed_part(piece)
    dated = _dated_part(piece) or dated
    if dated:
        authors += signed
        dates.append(dated)
        return True
    return is_furniture(piece) or any(
        form.fullmatch(piece) for form in (_SECTION, _ROLE, _CLOCK)
    )


def _dated_part(piece: str) -> str:
    """The date line in a piece that else holds buttons only; "" if it is no such."""
    if is_date_line(piece):
        return piece
    words = piece.split()
    for at in range(1, len(words)) if len(words) <= _MOST_WORDS else ():
        head, tail = " ".join(words[:at]), " ".join(words[at:])
        if is_date_line(head) and is_furniture(tail):
            return head
        if is_date_line(tail) and is_furniture(head):
            return tail
    return ""


def _signed_part(piece: str) -> tuple[tuple[str, ...], str]:
    """Names and the date right behind them ("Mai Đông Thứ Hai, ngày 12/10/2026")."""
    found = _WEEKDAY.search(piece)
    if found is None:
        return (), ""
    head, tail = piece[: found.start()].strip(), piece[found.start() :]
    named = len(head.split()) > 1 and not head.endswith(",") and is_signature(head)
    return (authors_in(head), tail) if named and is_date_line(tail) else ((), "")


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
