"""Tell what a page has for the site's sake from what belongs to the article.

The words that give it away are data, in :mod:`syndicate.gather.sitewords`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from selectolax.lexbor import LexborNode

from syndicate.gather.page import ancestors, attribute, marks, node_text
from syndicate.gather.sitewords import (
    CHROME_PARTS,
    CHROME_TAGS,
    CHROME_WORDS,
    END_LINES,
    LINES,
    SOFT_WORDS,
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
    r"|(?:không có|chưa có|no|\d+) (?:bình luận|phản hồi|nhận xét|ý kiến|comments?"
    r"|responses?|replies)(?: nào)?"
    r"|\d+ (?:phút|giờ) đọc|\d+[ -]min(?:ute)?s?[ -]read|đọc trong \d+ phút"
    r"|\d+ (?:phút|giờ|ngày|tuần|tháng) trước|\d+ (?:minutes?|hours?|days?) ago"
    r"|(?:từ khóa|tags?|topics?|thẻ|nhãn|chủ đề|keywords?)\s*:.{0,200}"
    r"|tổng số điểm của bài viết.*"
    r"|(?:tệp|tập|file|tài liệu|văn bản)(?: tin)? đính kèm\s*:?.{0,200}"
    r"|(?:nghe|xem) (?:nội dung|bài viết|chi tiết|clip|video|audio|phóng sự).{0,40}"
    r"(?:tại đây|sau đây|dưới đây)\s*:?\.?"
    r"|mời (?:quý )?(?:bạn đọc|độc giả|thính giả|khán giả|quý vị|các bạn|bạn).{0,60}"
    r"(?:mạng xã hội|fanpage|facebook|zalo|youtube|tiktok|google news|kỳ sau|số sau"
    r"|số tới|tại đây).{0,40}"
    r"|(?:được )?(?:xuất bản|đăng) (?:trong|trong mục|tại mục) [^.]{1,60}"
    r"|(?:posted|published) in [^.]{1,60}|filed under [^.]{1,60}|gắn thẻ.{0,60}"
    r"|(?:[<«‹←]+ ?)?(?:lùi|trang trước|bài trước|trước|prev(?:ious)?)"
    r"(?: (?:tiếp theo|trang sau|bài sau|sau|tiếp|next)(?: ?[>»›→]+)?)"
    r"|[<«‹←]+ ?(?:lùi|trước|prev(?:ious)?)|(?:tiếp theo|sau|tiếp|next) ?[>»›→]+"
    r"|click để đánh giá bài viết.*|xếp hạng\s*:.{0,40}|chuyen muc chua co bai viet"
)

_PHRASES = "|".join(
    re.escape(line) for line in sorted(LINES | END_LINES, key=len, reverse=True)
)
# Buttons that stand side by side come as one line.
_SEVERAL = re.compile(rf"(?:(?:{_PHRASES}|{_COUNTS})(?:[\s|·•/:>»-]+|$))+")


def is_chrome(node: LexborNode) -> bool:
    """Say whether an element is there for the site, not for the article."""
    tag = node.tag
    if tag in CHROME_TAGS:
        return True
    if tag == "form":
        # ASP.NET wraps whole pages in one form; a search box is a short one.
        return _is_hidden(node) or len(node.text(deep=True) or "") < 400
    values = node.attributes
    if not values:
        return False
    if _is_hidden(node):
        return True
    said = (values.get("id"), values.get("class"), values.get("role"))
    sort = _sort_of(" ".join([each for each in said if each]))
    return sort == _CHROME or (sort == _SOFT and _is_linked(node))


_CHROME, _SOFT = "chrome", "soft"


@lru_cache(maxsize=4096)
def _sort_of(names: str) -> str:
    """What an element's names say that it is: chrome, perhaps chrome, or nothing."""
    if not names or len(names) > _LONGEST_NAMES:
        return ""
    said = names.lower()
    words = set(_NO_WORD.split(said))
    words.update(word.lower() for word in _MARK_WORD.findall(names))
    if words & CHROME_WORDS - SOFT_WORDS or any(part in said for part in CHROME_PARTS):
        return _CHROME
    return _SOFT if words & SOFT_WORDS else ""


_NO_WORD = re.compile(r"[^a-z0-9]+")
_LONGEST_NAMES = 2_000


def _is_linked(node: LexborNode) -> bool:
    text = len(node.text(deep=True) or "")
    linked = sum(len(a.text(deep=True) or "") for a in node.css("a[href]")[:50])
    return linked > 0.3 * text


_CARDS = frozenset({"article", "div", "li", "section", "table", "figure"})
_LONGEST_CARD = 400
_CARD_LEVELS = 4
_MOST_CARDS = 200
_TITLE_WORDS = 4


def cards_in(body: LexborNode) -> set[int]:
    """The elements in ``body`` that show another article, as ``mem_id``s.

    Picture and title of a card lead to one place; a lead and a date stand with them at
    most, and never a paragraph.
    """
    found: set[int] = set()
    pictures = (a for a in body.css("a[href]") if a.css_first("img") is not None)
    for link in islice(pictures, _MOST_CARDS):
        for _, around in zip(range(_CARD_LEVELS), ancestors(link), strict=False):
            if around.mem_id == body.mem_id:
                break
            if len(around.text(deep=True) or "") > _LONGEST_CARD:
                break
            if around.tag in _CARDS and _is_card(around):
                found.add(around.mem_id)
                break
    return found


def _is_card(node: LexborNode) -> bool:
    pictured: set[str] = set()
    titled: set[str] = set()
    for link in node.css("a[href]")[:8]:
        href = attribute(link, "href")
        if link.css_first("img") is not None:
            pictured.add(href)
        if len(node_text(link).split()) >= _TITLE_WORDS:
            titled.add(href)
    return bool(pictured & titled) and node.css_first("p") is None


def is_about_others(node: LexborNode) -> bool:
    """Say whether what stands in ``node`` is not about the article around it.

    An article's own footer is there for the site, but tells its author and date.
    """
    words = set(re.split(r"[^a-z0-9]+", marks(node)))
    own = "footer" in words and bool(words & {"post", "entry", "article", "item"})
    return node.tag == "li" or (is_chrome(node) and not own)


def _is_hidden(node: LexborNode) -> bool:
    values = node.attributes
    return "hidden" in values or bool(_HIDDEN.search(values.get("style") or ""))


_END_FORMS = re.compile(
    r"(?:mới nhất từ|bài (?:viết )?(?:mới|khác) (?:của|từ)|về tác giả|more from"
    r"|about the author).{0,50}"
    r"|(?:các |những |một số )?(?:tin|bài|thông báo|văn bản|sự kiện|hoạt động|video"
    r"|nội dung|thông tin|chuyên đề|hình ảnh|tài liệu|câu hỏi)(?: [^\W\d_]+){0,3}"
    r" (?:khác|cũ hơn|mới hơn|liên quan|đã đăng|đã đưa|gần đây)"
    r"|(?:các |những )?(?:tin|bài)[^.:]{0,20} cùng"
    r" (?:chuyên )?(?:mục|loại|chủ đề|thể loại)"
    r"|more (?:from|in|on|stories|news|articles)\b.{0,30}"
    r"|(?:related|latest|recent|popular|other|further|similar)"
    r" (?:articles?|news|stories|posts|content|items|reading)"
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
