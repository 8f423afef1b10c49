"""Full stops that end no sentence: titles, initials, numbers of lists.

Three kinds, because what follows decides in different ways. After a *title* a name
comes, whatever it looks like; after a *number word* a number; anything else that is
written short may also be a sentence's last word, and then a word that begins sentences
follows ("ở TP.HCM. Theo …", "in the U.S. The …").
"""

from __future__ import annotations

import re

TITLES = frozenset(
    """
    tp tx tt q p kp tr đc đ/c ts ths pgs gs gsts bs bscki bsckii bsck cki ckii ks kts
    nsnd nsưt ngưt ngnd th.s t.s ph.d ls ds cv tskh gđ pgđ pct uvtv uvbtv bttw uvtw
    mr mrs ms dr prof st rev hon gen col lt sgt capt maj gov sen rep messrs mt ft
    e.g i.e cf viz vs
    """.split()  # noqa: SIM905 - a table of words
)
"""Compared without case; never the last word of a sentence."""

BEFORE_NUMBERS = frozenset(
    "no nos pp art arts fig figs vol ch sec tr số ql đt tl km".split()  # noqa: SIM905 - a table
)
"""Abbreviations only where a number follows: "No. 5", but "He said no. Five …"."""

SHORT = frozenset(
    """
    đt sđt tđt nxb cp kcn ccn cty ub ubnd mttq t.ư ncs gv sv hs ktv
    inc ltd co corp llc jr sr bros dept
    univ assn ave blvd rd approx est jan feb mar apr jun jul aug sep sept oct nov dec
    mon tue tues wed thu thurs fri sat sun min max
    """.split()  # noqa: SIM905 - a table of words
)
"""May end a sentence."""

STATES = frozenset(
    """
    Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo
    Mont Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo Ont Que Alta
    """.split()  # noqa: SIM905 - a table of words
)
"""May end a sentence; words of their own in small letters."""

OPENERS = frozenset(
    """
    Theo Tại Ông Bà Sau Trong Ngoài Các Những Đây Đó Khi Với Để Trước Hiện Đến Qua Nhằm
    Ngày Sáng Chiều Tối Nếu Tuy Nhưng Và Họ Tôi Chúng Một Mỗi Đồng Dự Phát Được Đặc Bên
    Cùng Từ Do Nhờ Vì Nên Như Đối Không Có Cũng Riêng Toàn Tính Trên Dưới Về Lúc Khoảng
    Nay Mới Phía Ban Thực Nhiều Việc Kết Mặc Song Còn Vừa Người Tuy Cơ Đoàn
    The He She It They We I You In On At But And A An This That There These Those His
    Her Their Its Our My For From With As When While After Before If By To Not One Two
    Some Many Most All Both Each Another Police Officials However Meanwhile More Since
    Under
    """.split()  # noqa: SIM905 - a table of words
)
"""Words that begin sentences and are no names; with their capital."""

_IN_A_ROW = re.compile(r"[:;] (?:\d{1,2}|[ivxIVX]{1,4}|[a-hđ])$")
_ROMAN = re.compile(r"[IVX]{1,4}")
_HOURS = frozenset(["a.m", "p.m"])
_AFTER_HOURS = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|[ECMP][SD]?T\b|GMT\b|UTC\b"
    r"|(?:Jan|Febr)uary\b|March\b|April\b|May\b|June\b|July\b|August\b"
    r"|(?:Septem|Octo|Novem|Decem)ber\b|Eastern\b|Pacific\b|Central\b|local\b"
)
_LIST_NUMBER = re.compile(r"(?:\d{1,3}|[ivxIVX]{1,5}|[^\W\d_])(?:\.\d{1,2})*")
_HEADING = re.compile(
    r"(?:điều|khoản|mục|chương|phần|bài|câu|bước|phụ lục|article|chapter|section|part"
    r"|step) (?:\d{1,3}|[ivxIVX]{1,5})",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:kh[óo][áa]|thứ|kỳ|quý|chương|hạng|cấp|loại|vitamin|part|war|class|grade) "
    r"[A-Z]$",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"[^\W\d_]+")


def is_short(before: str, word: str, at_start: bool, after: str) -> bool:
    """Whether the full stop after ``word`` belongs to it and ends nothing.

    ``before`` is the text up to the stop, of which ``word`` is the end; ``after`` what
    follows it, from its first letter or digit on; ``at_start``: nothing of the sentence
    stands before ``before``.
    """
    bare = word.rstrip(".")
    key = bare.casefold()
    if (at_start and _opens_list(before, bare)) or _is_in_row(before, bare, after):
        return True
    if key in BEFORE_NUMBERS and after[:1].isdigit():
        return True
    if key in TITLES or _are_titles(key):
        return True
    if key in _HOURS:
        return _AFTER_HOURS.match(after) is not None
    return _may_end(before, bare) and not _opens(after)


def _opens_list(before: str, word: str) -> bool:
    """ "1. Kết quả", "a. Công tác", "Điều 5. Phạm vi": the sentence is yet to come."""
    head = before.strip(" -–—•+*(“\"'")
    if head == word:
        return _LIST_NUMBER.fullmatch(word) is not None
    return _HEADING.fullmatch(head) is not None


def _is_in_row(before: str, word: str, after: str) -> bool:
    """ "ba việc: 1. Rà soát; 2. Kiểm tra", "giải I. II. III.": a row goes on."""
    if _IN_A_ROW.search(before):
        return True
    return bool(_ROMAN.fullmatch(word) and _ROMAN.match(after))


def _are_titles(key: str) -> bool:
    """ "gs.ts", "pgs.ts.bs": titles without a space between."""
    first, _, rest = key.partition(".")
    return first in TITLES and bool(rest) and set(rest.split(".")) <= TITLES


def _may_end(before: str, word: str) -> bool:
    """Whether ``word`` is written short, though it might end a sentence."""
    if word.casefold() in SHORT or word in STATES:
        return True
    parts = word.split(".")
    if parts[-1].isdigit():
        return False  # "Q.3", "P.7"
    if len(parts) == 1:
        single = len(word) == 1 and word.isalpha()
        return single and not _COUNTED.search(before)
    return word[:1].isupper() and all(
        len(part) <= 3 and part.upper() == part for part in parts
    )


def _opens(after: str) -> bool:
    """Whether ``after`` begins with a word that begins sentences."""
    found = _NEXT_WORD.match(after)
    if found is None or found.group() not in OPENERS:
        return False
    # "L. A. Superior Court": a letter among letters.
    return after[found.end() :].lstrip()[:1] != "."
