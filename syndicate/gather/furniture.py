"""Tell what a page has for the site's sake from what belongs to the article.

The words that give it away are data, in :mod:`syndicate.gather.sitewords`.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from syndicate.gather.page import attribute, marks
from syndicate.gather.sitewords import (
    CHROME_PARTS,
    CHROME_TAGS,
    CHROME_WORDS,
    END_LINES,
    LINES,
)
from syndicate.text.clean import key_text

_MARK_WORD = re.compile(r"[a-z0-9]+|[A-Z][a-z0-9]*")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_NUMBER = r"[\d][\d.,]*"
_COUNTS = (
    rf"đánh giá(?: bài viết)?\s*:?\s*\(?\s*{_NUMBER}\s*/\s*\d+\s*\)?"
    rf"|(?:số )?(?:đã xem|đã đọc|lượt xem|lượt đọc|lần xem|views?|hits?|reads?)"
    rf"\s*:?\s*\(?{_NUMBER}\)?"
    rf"|{_NUMBER}\s*(?:lượt xem|lượt đọc|lượt truy cập|views?|hits?|reads?)"
    rf"|(?:đang truy cập|đang xem|hôm nay|hôm qua|tuần này|tháng này|trực tuyến"
    rf"|tổng (?:số )?lượt truy cập|lượt truy cập|tất cả)\s*:?\s*{_NUMBER}"
)
_LINE_FORMS = re.compile(
    rf"{_COUNTS}"
    r"|tổng số\s*:\s*\d+\s*\|.*|xem tin theo ngày.*|taxonomy upgrade extras:.*"
    r"|(?:slideshow image \d+\s*)+|(?:xem|đọc) (?:thêm|tiếp)\s*[>».…]*"
    r"|(?:từ khóa|tags?)\s*:.{0,200}|tổng số điểm của bài viết.*"
    r"|(?:tệp|tập|file|tài liệu|văn bản)(?: tin)? đính kèm\s*:?.{0,200}"
    r"|(?:nghe|xem) (?:nội dung|bài viết|chi tiết|clip|video|audio|phóng sự).{0,40}"
    r"(?:tại đây|sau đây|dưới đây)\s*:?\.?"
    r"|mời (?:quý )?(?:bạn đọc|độc giả|thính giả|khán giả|quý vị|các bạn|bạn).{0,60}"
    r"(?:mạng xã hội|fanpage|facebook|zalo|youtube|tiktok|google news|kỳ sau|số sau"
    r"|số tới|tại đây).{0,40}"
    r"|(?:được )?(?:xuất bản|đăng) (?:trong|trong mục|tại mục) [^.]{1,60}"
    r"|(?:posted|published) in [^.]{1,60}|filed under [^.]{1,60}|gắn thẻ.{0,60}"
    r"|click để đánh giá bài viết.*|xếp hạng\s*:.{0,40}|chuyen muc chua co bai viet"
)

_PHRASES = "|".join(
    re.escape(line) for line in sorted(LINES | END_LINES, key=len, reverse=True)
)
# Buttons that stand side by side come as one line.
_SEVERAL = re.compile(rf"(?:(?:{_PHRASES}|{_COUNTS})(?:[\s|·•/:>»-]+|$))+")


def is_chrome(node: LexborNode) -> bool:
    """Say whether an element is there for the site, not for the article."""
    if node.tag in CHROME_TAGS or _is_hidden(node):
        return True
    if node.tag == "form":
        # ASP.NET wraps whole pages in one form; a search box is a short one.
        return len(node.text(deep=True) or "") < 400
    said = marks(node)
    if not said:
        return False
    words = set(re.split(r"[^a-z0-9]+", said)) | set(_camel(node))
    return bool(words & CHROME_WORDS) or any(part in said for part in CHROME_PARTS)


def is_about_others(node: LexborNode) -> bool:
    """Say whether what stands in ``node`` is not about the article around it.

    An article's own footer is there for the site, but tells its author and date.
    """
    words = set(re.split(r"[^a-z0-9]+", marks(node)))
    own = "footer" in words and bool(words & {"post", "entry", "article", "item"})
    return node.tag == "li" or (is_chrome(node) and not own)


def _camel(node: LexborNode) -> list[str]:
    joined = f"{attribute(node, 'id')} {attribute(node, 'class')}"
    return [word.lower() for word in _MARK_WORD.findall(joined)]


def _is_hidden(node: LexborNode) -> bool:
    values = node.attributes
    return "hidden" in values or bool(_HIDDEN.search(values.get("style") or ""))


_END_FORMS = re.compile(
    r"(?:mới nhất từ|bài (?:viết )?(?:mới|khác) (?:của|từ)|về tác giả|more from"
    r"|about the author).{0,50}"
)
_COUNT_AFTER = re.compile(r"\s*\(\d+\)\s*:?$")
# The imprint of a site; two of these words, or one that nothing else has.
_IMPRINT = re.compile(
    r"ghi rõ nguồn|bản quyền (?:thuộc|©|\(c\)|\d{4})|©|copyright|all rights reserved"
    r"|giấy phép (?:số|thiết lập|xuất bản|hoạt động)|(?:tổng|trưởng) ban biên tập\s*:"
    r"|chịu trách nhiệm (?:chính|nội dung|xuất bản|quản lý)|cơ quan chủ quản\s*:"
    r"|thiết kế (?:bởi|và phát triển)|phát triển bởi|designed by|powered by"
)


def is_imprint(line: str) -> bool:
    """Say whether ``line`` is of the site's imprint ("Ghi rõ nguồn khi …")."""
    key = key_text(line[:600])
    found = {match[0] for match in _IMPRINT.finditer(key)}
    return len(found) >= 2 or (len(found) == 1 and len(key) <= 220)


_SEE_ALSO = re.compile(
    r"(?:[>»•*-]+ ?)*(?:(?:xem|đọc) (?:thêm|tiếp)|liên quan|tin liên quan"
    r"|bài liên quan|có liên quan|tham khảo|>{2,}|»|related|read more|see also)"
    r"\s*[:>»-]*\s*"
)


def is_see_also(text: str, linked: int) -> bool:
    """Say whether a paragraph only leads elsewhere; ``linked``: its linked letters."""
    opening = _SEE_ALSO.match(key_text(text[:300]))
    return opening is not None and linked >= 0.6 * (len(text) - opening.end())


def is_more(text: str) -> bool:
    """Say whether a link's words only lead on ("Xem chi tiết", "Đọc thêm Về …")."""
    return is_furniture(text) or is_see_also(text, len(text))


_NARROW = re.compile(r"\bcol-(?:(?:xs|sm|md|lg|xl|xxl)-)?[1-4]\b")
_WIDE = re.compile(r"\bcol-(?:(?:xs|sm|md|lg|xl|xxl)-)?(?:[5-9]|1[0-2])\b")
_SIDE = frozenset(
    """
    right rightcol colright cotphai rightside side secondary
    """.split()  # noqa: SIM905 - words read better in lines
)


def is_side_column(node: LexborNode) -> bool:
    """Say whether an element is a narrow column; ask it of no article's own column."""
    said = marks(node)
    narrow = bool(_NARROW.search(said)) and not _WIDE.search(said)
    return narrow or bool(set(said.split()) & _SIDE)


def ends_article(line: str) -> bool:
    """Say whether ``line`` heads what follows articles ("Tin khác", "Comments")."""
    if len(line) > 60:
        return False
    key = _COUNT_AFTER.sub("", key_text(line)).strip(" :>»-")
    return key in END_LINES or _END_FORMS.fullmatch(key) is not None


def is_furniture(line: str) -> bool:
    """Say whether ``line`` is made of buttons, counters and labels of the site."""
    if len(line) > 2_000:
        return False
    key = key_text(line).strip()
    return bool(_LINE_FORMS.fullmatch(key) or _SEVERAL.fullmatch(key))
