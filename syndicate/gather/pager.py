"""The pager of a listing: where it stands, and the address of the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.page import ancestors, attribute, children, marks, node_text
from syndicate.text.clean import one_line

_NEXT_WORDS = frozenset(
    {
        *("»", "›", ">", ">>", "next", "next page", "next »", "older", "older posts"),
        *("sau", "sau »", "sau ›", "tiếp", "tiếp ›", "tiếp »", "tiếp theo", "kế tiếp"),
        *("tiếp theo ›", "tiếp theo »", "trang sau", "trang sau »", "trang tiếp"),
        *("trang tiếp theo", "trang kế", "trang kế tiếp", "tin cũ hơn", "tiếp tục"),
        *("các tin tiếp theo", "xem thêm tin cũ", "bài viết cũ hơn", "bài cũ hơn"),
        *("older entries", "trang sau nữa", "kế", "những tin cũ hơn", "các tin cũ hơn"),
        *("older stories", "older news", "next articles", "older articles", "››"),
        *("bài đăng cũ hơn", "bài cũ", "tin cũ", "trang tiếp sau", "đến trang sau"),
        *("đến trang kế tiếp", "go to next page", "sang trang sau", "⟩", "→", "❯", "▶"),
        *("load more", "xem thêm", "tải thêm", "xem thêm tin", "xem tiếp"),
    }
)
_LOADS = frozenset({"load more", "xem thêm", "tải thêm", "xem thêm tin", "xem tiếp"})
_NUMBER = re.compile(
    r"(?:trang|page|p\.)?\s*\[?\(?\s*(\d{1,4})\s*\)?\]?", re.IGNORECASE
)
_ICON = re.compile(
    r"\b(?:icon|fa|bi|glyphicon|mdi|la|ti|arrow)[\w-]*(?:next|right|forward)\b"
    r"|\b(?:next|arrow-right|angle-right|chevron-right)\b"
)
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])(?:next|nextpage|page-next|older)(?:$|[\s_-])")
_PAGED = re.compile(
    r"[?&/;_-](?:page|trang|p|pg|paged|start|offset|cur|limitstart|_cur|pageindex"
    r"|pagenumber|currentpage|updated-max|from|pi|tr)[=/_-]?\d|_cur=\d|page%24|page-\d",
    re.IGNORECASE,
)
_MAX_LINKS = 3_000


def pager_links(tree: LexborHTMLParser) -> list[LexborNode]:
    """The links that stand in a pager: of numbers in a row, or that say "next"."""
    found: list[LexborNode] = []
    for anchor in tree.css("a, button")[:_MAX_LINKS]:
        if anchor.tag == "button":
            if one_line(node_text(anchor)).lower() in _LOADS:
                found.append(anchor)
            continue
        number = number_of(node_text(anchor))
        if (
            number is not None and 2 <= number <= 3 and _number_beside(anchor, number)
        ) or (says_next(anchor) and _is_short_parent(anchor)):
            found.append(anchor)
    return found


def number_of(text: str) -> int | None:
    """The page number that a link's words are; None if they are anything else."""
    matched = _NUMBER.fullmatch(one_line(text))
    return int(matched[1]) if matched else None


def _is_short_parent(anchor: LexborNode) -> bool:
    parent = anchor.parent
    return parent is not None and len(parent.text(deep=True) or "") <= 200


def _run_around(anchor: LexborNode) -> Iterator[LexborNode]:
    """The pieces of the row that a pager's link stands in."""
    row = anchor.parent
    # <li><a>2</a></li> and <td><a>2</a></td> stand in rows of their own kind.
    for _ in range(2):
        if row is None or row.tag not in {"li", "td", "span", "div", "p"}:
            break
        if len([each for each in children(row) if _is_filled(each)]) > 1:
            break
        row = row.parent
    if row is not None:
        yield from children(row)


def _is_filled(node: LexborNode) -> bool:
    if node.tag == "-comment":
        return False
    text = node.text_content if node.tag == "-text" else node.text(deep=True)
    return bool((text or "").strip())


def _number_beside(anchor: LexborNode, number: int) -> bool:
    """Say whether ``number - 1`` stands in the same row."""
    return any(
        (number_of(_said(each)) == number - 1) or _ends_with(each, number - 1)
        for each in _run_around(anchor)
    )


def _said(node: LexborNode) -> str:
    if node.tag == "-text":
        return node.text_content or ""
    text = node.text(deep=True) or ""
    return text if len(text) <= 40 else ""


def _ends_with(node: LexborNode, number: int) -> bool:
    """A bare "Trang: 1 |" before the links."""
    if node.tag != "-text":
        return False
    words = re.findall(r"\d+", node.text_content or "")
    return bool(words) and int(words[-1][:6]) == number


def says_next(anchor: LexborNode) -> bool:
    """Say whether a link's words, title, class or icon mean the next page."""
    text = one_line(node_text(anchor)).lower()
    said = [text, attribute(anchor, "title").lower()]
    said.append(attribute(anchor, "aria-label").lower())
    bare = [each.strip(" ←→«»‹›<>") for each in said]
    if any(each in _NEXT_WORDS for each in (*said, *bare) if each):
        return True
    return not text and _is_icon(anchor)


def _is_icon(anchor: LexborNode) -> bool:
    inner = " ".join(marks(each) for each in anchor.css("i, span, em, svg, b"))
    return bool(_ICON.search(inner))


def next_links(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """The links that may lead to the next page, the surest first."""
    yield from tree.css("link[rel~=next], a[rel~=next]")
    anchors = tree.css("a[href]")[:_MAX_LINKS]
    certain = [a for a in anchors if says_next(a)]
    yield from (a for a in certain if not _loads(a))
    yield from (
        a for a in anchors if _NEXT_CLASS.search(_marks_around(a)) and _is_paged(a)
    )
    yield from (a for a in anchors if _follows_current(a))
    yield from (a for a in certain if _is_paged(a))


def _loads(anchor: LexborNode) -> bool:
    """ "Xem tiếp" leads on to an article as often as to a page."""
    return one_line(node_text(anchor)).lower().strip(" ←→«»‹›<>.…[]") in _LOADS


def _marks_around(anchor: LexborNode) -> str:
    parent = anchor.parent
    return marks(anchor) + " " + (marks(parent) if parent is not None else "")


def _is_paged(anchor: LexborNode) -> bool:
    return bool(_PAGED.search(attribute(anchor, "href")))


def _follows_current(anchor: LexborNode) -> bool:
    """A number whose predecessor is in the row and is the page that we are on."""
    number = number_of(node_text(anchor))
    if number is None or number < 2 or not attribute(anchor, "href"):
        return False
    before: LexborNode | None = None
    for each in _run_around(anchor):
        if each.mem_id == anchor.mem_id or _holds(each, anchor):
            break
        if _is_filled(each) and any(letter.isdigit() for letter in _said(each)):
            before = each
    if before is None:
        return False
    same = number_of(_said(before)) == number - 1 or _ends_with(before, number - 1)
    return same and _is_current(before)


def _holds(node: LexborNode, anchor: LexborNode) -> bool:
    return any(each.mem_id == node.mem_id for each in ancestors(anchor))


def _is_current(node: LexborNode) -> bool:
    """Where we are is no link, a link to nowhere, or marked."""
    if node.tag == "-text":
        return True
    links = [node] if node.tag == "a" else node.css("a")
    if not links:
        return True
    said = marks(node) + " " + " ".join(marks(link) for link in links)
    marked = bool({"active", "current", "on", "selected", "cur"} & set(said.split()))
    href = attribute(links[0], "href")
    nowhere = not href or href.startswith(("#", "javascript:"))
    return marked or nowhere or not _PAGED.search(href)
