"""What stands on pages around articles, as data: words of portals in general.

Nothing here belongs to one portal; what a portal has of its own is named in its
selectors (``drop``).
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from syndicate.gather.page import attribute, marks
from syndicate.text.clean import key_text

CHROME_TAGS = frozenset(
    """
    nav footer aside script style noscript iframe button select textarea input
    svg template object embed label dialog menu canvas map
    """.split()  # noqa: SIM905 - words read better in lines
)

# Whole words of ids and classes.
_CHROME_WORDS = frozenset(
    """
    nav navbar navigation menu menubar submenu topmenu mainmenu breadcrumb
    breadcrumbs sidebar sidenav footer foot share sharing shares social socials
    addthis sharethis related relate relatednews othernews lienquan comment
    comments binhluan rating ratings rate star stars danhgia danhgiabv
    rattingdanhgia tuongphan toolbar tools print pager pagination paging tags
    tag tagcloud keywords banner banners advert advertisement ads adv quangcao
    slideshow slider carousel login dangnhap counter thongke statistic
    statistics visitors lienket weblink weblinks widget popup modal cookie
    cookies skip skiplink hotnews tinkhac tinlienquan tinmoi docnhieu xemnhieu
    mostread newsletter subscribe feedback taxonomy hidden copyright search
    clock contextual portlet-topper recommend recommended
    """.split()  # noqa: SIM905 - words read better in lines
)
# Parts of ids and classes written without a break.
_CHROME_PARTS = (
    "tin-khac",
    "tin-lien-quan",
    "bai-lien-quan",
    "binh-luan",
    "danh-gia",
    "tuong-phan",
    "chia-se",
    "other-news",
    "tin-cung",
    "tu-khoa",
    "luot-xem",
    "tin-da-dang",
    "cac-tin",
    "lien-ket",
    "thong-ke",
    "dang-nhap",
    "field-name-taxonomy",
    "skip-to",
)
_MARK_WORD = re.compile(r"[a-z0-9]+|[A-Z][a-z0-9]*")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

# Lines that open what follows an article; the article is over where one stands.
END_LINES = frozenset(
    map(
        key_text,
        (
            "Tin khác",
            "Tin khác:",
            "Tin tức khác",
            "Bài khác",
            "Các tin khác",
            "Các tin khác:",
            "Các bài khác",
            "Các bài viết khác",
            "Bài viết khác",
            "Các tin đã đăng",
            "Tin đã đăng",
            "Các tin cũ hơn",
            "Những tin cũ hơn",
            "Những tin mới hơn",
            "Các tin mới hơn",
            "Tin cũ hơn",
            "Tin mới hơn",
            "Tin liên quan",
            "Tin, bài liên quan",
            "Tin bài liên quan",
            "Bài liên quan",
            "Bài viết liên quan",
            "Tin cùng chuyên mục",
            "Cùng chuyên mục",
            "Các tin cùng chuyên mục",
            "Tin cùng loại",
            "Có thể bạn quan tâm",
            "Có thể bạn thích",
            "Đọc nhiều",
            "Đọc nhiều nhất",
            "Xem nhiều nhất",
            "Tin mới nhất",
            "Tin nổi bật",
            "Tin đọc nhiều",
            "Chia sẻ bài viết",
            "Bình luận",
            "Ý kiến bạn đọc",
            "Gửi bình luận",
            "Gửi ý kiến",
            "Viết bình luận",
            "Tương phản",
            "Đánh giá bài viết",
            "Văn bản mới",
            "Related articles",
            "Related news",
            "Related stories",
            "Related posts",
            "More news",
            "Other news",
            "Read next",
            "Share this article",
            "Comments",
            "Leave a comment",
            "Leave a reply",
        ),
    )
)
_LINES = frozenset(
    map(
        key_text,
        (
            "Chia sẻ",
            "Chia sẻ:",
            "Chi tiết tin",
            "Chi tiết bài viết",
            "Nội dung bài viết",
            "In trang",
            "In bài viết",
            "In bài",
            "Bản in",
            "Gửi email",
            "Gửi bài viết",
            "Gửi cho bạn bè",
            "Gửi cho bạn",
            "Lưu bài viết",
            "Quay lại",
            "Trở về",
            "Trở lại",
            "Về trang trước",
            "Đầu trang",
            "Lên đầu trang",
            "Trang chủ",
            "Truy cập nội dung luôn",
            "Đăng nhập",
            "Đăng nhập quản trị",
            "Thích",
            "Tweet",
            "Share",
            "Like",
            "Print",
            "Email",
            "E-mail",
            "RSS",
            "Facebook",
            "Zalo",
            "Twitter",
            "Sơ đồ cổng",
            "Cỡ chữ",
            "Cỡ chữ:",
            "A-",
            "A+",
            "A- A A+",
            "Nghe đọc bài",
            "Đọc bài viết",
            "Theo dõi trên Google News",
            "Từ khóa",
            "Từ khóa:",
            "Tags:",
            "Taxonomy upgrade extras:",
            "Read more",
            "Skip to main content",
            "Copy link",
            "Sao chép liên kết",
            "Xem thêm",
        ),
    )
)
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
    r"|click để đánh giá bài viết.*|xếp hạng\s*:.{0,40}|chuyen muc chua co bai viet"
)

_PHRASES = "|".join(
    re.escape(line) for line in sorted(_LINES | END_LINES, key=len, reverse=True)
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
    return bool(words & _CHROME_WORDS) or any(part in said for part in _CHROME_PARTS)


def _camel(node: LexborNode) -> list[str]:
    joined = f"{attribute(node, 'id')} {attribute(node, 'class')}"
    return [word.lower() for word in _MARK_WORD.findall(joined)]


def _is_hidden(node: LexborNode) -> bool:
    values = node.attributes
    return "hidden" in values or bool(_HIDDEN.search(values.get("style") or ""))


def ends_article(line: str) -> bool:
    """Say whether ``line`` heads what follows articles ("Tin khác", "Comments")."""
    return len(line) <= 60 and key_text(line).rstrip(" :>»") in END_LINES


def is_furniture(line: str) -> bool:
    """Say whether ``line`` is made of buttons, counters and labels of the site."""
    if len(line) > 2_000:
        return False
    key = key_text(line).strip()
    return bool(_LINE_FORMS.fullmatch(key) or _SEVERAL.fullmatch(key))
