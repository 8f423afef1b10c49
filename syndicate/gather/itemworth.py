"""What one item of a list is worth, and what it is built like."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborNode

from syndicate.gather.dateline import MONTH_WORDS
from syndicate.gather.furniture import is_more
from syndicate.gather.page import ancestors, attribute, children, node_lines, node_text
from syndicate.text.clean import key_text, one_line

ROWS = frozenset({"li", "tr", "div", "article", "dd", "p", "section"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MIN_WORDS = 4
_HEADING_WORDS = 12
_LONGEST = 300
"""Characters of an address's parts that are looked at."""
_DATE = re.compile(r"\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\b|\b\d{4}-\d\d-\d\d\b")
_LONG_DATE = re.compile(
    r"tháng\s+\d{1,2}\D{1,12}\d{4}"
    rf"|\d{{1,2}}\s+{MONTH_WORDS},?\s+\d{{4}}|\d{{1,2}}\s?th\s?\d{{1,2}}\s?,?\s?\d{{4}}"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}, \d{4}"
    r"|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{4}",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b\d{1,3} (?:phút|giờ|ngày|tuần|tháng) trước\b|\bhôm qua\b|\bvừa xong\b"
    r"|\b\d{1,3} (?:min(?:ute)?|hour|day|week|month)s? ago\b|\byesterday\b",
    re.IGNORECASE,
)
"""Not read as dates, but they stand where dates do."""
_SECTION_NAMES = re.compile(
    r"(?<![a-z])(?:cat|cate|category|chuyen-?muc|topic|tag|section|zone)(?![a-z])", re.I
)
_NEWEST = frozenset(
    map(
        key_text,
        (
            "Tin mới",
            "Tin mới nhất",
            "Tin tức mới nhất",
            "Bài mới",
            "Bài mới nhất",
            "Bài viết mới",
            "Bài viết mới nhất",
            "Tin nổi bật",
            "Nổi bật",
            "Latest news",
            "Recent posts",
        ),
    )
)
_OLDER = re.compile(
    r"(?:các |những )?(?:tin|bài)(?:,? (?:tức|tin|bài|viết))*"
    r" (?:khác|cũ|cũ hơn|trước|đã đưa|đã đăng)"
    r"|(?:older|other|more) (?:news|posts|entries|stories|articles)"
)
_VARYING = re.compile(
    r"\d+|^(?:odd|even|first|last|active|alt|current|clearfix)$|(?:odd|even|first|last)"
)
_IDENTITY = re.compile(
    r"\d{3,}|[0-9a-f]{8,}|(?<![^\W_])(?=[a-f]*\d)[0-9a-f]{6,}(?![^\W_])"
)
_SLUG = re.compile(r"(?:[^\W_]+[-_]){4,}[^\W_]+|(?:%[0-9A-F]{2}|[^\W_])+(?:%20|\+)")


def is_candidate(anchor: LexborNode) -> bool:
    """Say whether a link's words may be a title, or stand for one."""
    title = node_text(anchor) or attribute(anchor, "title")
    words = len(title.split())
    return words >= _MIN_WORDS or _heads(anchor, words) or is_more(title)


def _heads(anchor: LexborNode, words: int) -> bool:
    """A short title is one in a heading ("Market reopens"), or with its date."""
    around = [each for each, _ in zip(ancestors(anchor), range(2), strict=False)]
    tags = {each.tag for each in (*around[:1], *children(anchor))}
    if words < 2:
        return False
    row = next((each for each in around if each.tag in ROWS), None)
    text = row.text(deep=True) or "" if row is not None else ""
    return bool(tags & _HEADINGS) or (len(text) <= 150 and bool(_DATE.search(text)))


def without_sections(
    anchors: list[tuple[LexborNode, str]],
) -> list[tuple[LexborNode, str]]:
    """Without the short links beside titles that lead to an item's section.

    The section of an item ("Nông nghiệp") stands on many of them, or is named one.
    """
    short = [
        (a, address)
        for a, address in anchors
        if len(node_text(a).split()) < _MIN_WORDS and not is_more(node_text(a))
    ]
    often = Counter((address, node_text(a)) for a, address in short)
    gone = {
        a.mem_id
        for a, address in short
        if often[address, node_text(a)] > 2 or _names_section(a)
    }
    return [(a, address) for a, address in anchors if a.mem_id not in gone]


def _names_section(anchor: LexborNode) -> bool:
    outer = anchor.parent
    around = outer if outer is not None and outer.tag in {"span", "small"} else None
    names = attribute(anchor, "class")
    names += " " + attribute(around, "class") if around is not None else ""
    said = attribute(anchor, "rel").lower().split()
    return bool({"tag", "category"} & set(said) or _SECTION_NAMES.search(names))


def heads_newest(line: str) -> bool:
    """Say whether ``line`` heads the newest articles ("Tin mới")."""
    return key_text(line).strip(" :") in _NEWEST


def heads_older(line: str) -> bool:
    """Say whether ``line`` heads more articles of a listing ("Các tin khác")."""
    return _OLDER.fullmatch(key_text(line).strip(" :>»-.…")) is not None


def line_before(item: LexborNode) -> str:
    """The nearest text before a bare link, on a line of its own; "" if none."""
    before = item.prev
    while before is not None:
        text = one_line(before.text(deep=True) or "")
        if text.strip(" •·-–|»>"):
            return text
        before = before.prev
    return ""


def heading_of(item: LexborNode, outer: LexborNode) -> LexborNode | None:
    """The short line right above a list: before its first item, or before it all."""
    first = next(
        (each for each in children(outer) if each.tag not in {"-text", "-comment"}),
        None,
    )
    own = first is not None and first.mem_id != item.mem_id
    if own and first is not None and first.tag != item.tag and _is_short(first):
        return first
    before = outer.prev
    while before is not None and before.tag in {"-text", "-comment"}:
        before = before.prev
    return before if before is not None and _is_short(before) else None


def _is_short(node: LexborNode) -> bool:
    return 0 < len((node.text(deep=True) or "").split()) <= _HEADING_WORDS


def builds_of(node: LexborNode) -> set[str]:
    """What an element is built like: its tag, and its classes without counters.

    Both with all of its classes and with the first: blogs write an item's topics and
    its number among them.
    """
    tag = node.tag or ""
    if tag in {"li", "tr", "td", "dd", "dt", "p", "a", "article"}:
        return {tag}
    names = attribute(node, "class").split()
    kept = [name for name in names if not _VARYING.search(name)]
    return {".".join([tag, *sorted(kept)]), ".".join([tag, *kept[:1]])}


def worth_of(item: LexborNode) -> float:
    """1 for a bare link; more for words, a date, a lead, a heading, a picture."""
    text = " ".join(node_lines(item))
    links = [item] if item.tag == "a" else item.css("a[href]")
    title = max((node_text(link) for link in links[:8]), key=len, default="")
    worth = 1.0 + min(len(title.split()), 16) / 16
    # A date inside a title is what the article is about, not when it came.
    beside = text.replace(title, " ") if item.tag != "a" else text
    if (
        _DATE.search(beside)
        or _LONG_DATE.search(beside)
        or _AGO.search(beside)
        or item.css_first("time[datetime]") is not None
    ):
        worth += 2.0
    if len(text) - len(title) > 60:
        worth += 1.5
    if item.css_first("h1, h2, h3, h4, h5") is not None:
        worth += 0.5
    if item.css_first("img") is not None:
        worth += 0.25
    return worth


def is_telling(address: str) -> bool:
    """Say whether an address looks like an article's: a number, or a long slug."""
    parts = urlsplit(address)
    last = parts.path.rstrip("/").rpartition("/")[2]
    last = last[:_LONGEST]
    said = f"{last}?{parts.query[:_LONGEST]}" if parts.query else last
    return bool(_IDENTITY.search(said) or _SLUG.search(last))


def kind_of_address(address: str) -> tuple[str, ...]:
    """What all articles of one portal have alike: host, depth, ending, parameters."""
    if not address:
        return ("",)
    parts = urlsplit(address)
    segments = [each for each in parts.path.split("/") if each]
    ending = segments[-1].rpartition(".")[2] if segments and "." in segments[-1] else ""
    # A slug may be all of the query ("?/bai-viet/17").
    names = (
        sorted(name for name, _ in parse_qsl(parts.query)) if "=" in parts.query else []
    )
    telling = "article" if is_telling(address) else "other"
    return (telling, str(len(segments)), ending, *names)
