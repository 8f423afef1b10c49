"""Whether a sentence says what happened, or is furniture: bylines, notes, menus."""

from __future__ import annotations

import re

from syndicate.text.clean import words

_LEAST_WORDS = 5
"""Fewer words with a full stop are no news."""
_LEAST_UNDATED = 3
"""Nor are fewer words beside dates and hours."""
_LEAST_UNSTOPPED = 12
"""The same without a full stop: fewer may be a heading, a caption or names."""
_END = re.compile(r"[.!?…。！？｡][\"'”’»)\]」』）]*(?:\[\d{1,3}\])*$")

_MORE = re.compile(
    r"^\s*(?:>|»|►|→)|^\W*(?:(?:kính )?mời\s.{0,60})?(?:(?:bấm|nhấn|click|tap)\s)?"
    r"(?:vào đây\s)?(?:để\s)?(?:xem|đọc|tải|theo dõi)\s(?:thêm|tiếp|chi tiết|nội dung"
    r"|toàn văn|tại đây|file|tệp|video|clip|tài liệu)\b"
    r"|^\W*(?:(?:tin |nội dung )?chi tiết\s*(?:\W*$|:|tại\b|xem\b)"
    r"|the post .{1,200} (?:appeared first|first appeared) on"
    r"|bài viết .{1,200} xuất hiện đầu tiên"
    r"|(?:nội dung )?(?:bài viết )?đang (?:được )?cập nhật"
    r"|(?:see|view|read|learn|find out) (?:the )?(?:full|more)|continue reading"
    r"|click (?:here|on)|tap here|sign up|subscribe"
    r"|follow us|share this|advertisement|skip to|watch (?:the )?video"
    r"|(?:you need to|please) enable|(?:this|our) (?:web)?site uses cookies"
    r"|we use cookies)\b",
    re.IGNORECASE,
)
_TAIL = 40
"""Characters at the end of a sentence in which its mark is looked for."""
_LONGEST_MORE = 240
_NOTE = re.compile(
    r"^\W*(?:l\s?\.?t\.?s\b|lời (?:ban |tòa soạn|toà soạn)"
    r"|lời (?:biên tập|giới thiệu)\b"
    r"|ban biên tập(?: (?:xin|trân trọng)|\s*:)|(?:tòa soạn|toà soạn)\s*:"
    r"|(?:xin )?trân trọng giới thiệu\b"
    r"|editor(?:[’']?s|s[’'])? note|correction\s*:|note to readers)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^\W*(?:(?:tin|bài|ảnh|clip|video|đồ họa|infographic)"
    r"(?:\s*(?:,|và|-|–|&|/)\s*(?:tin|bài|ảnh|clip|video))*|tác giả|người viết"
    r"|thực hiện|biên tập|nguồn(?: tin| ảnh)?|trong ảnh|chú thích(?: ảnh)?"
    r"|hình(?: ảnh)?|ảnh (?:minh họa|tư liệu)|ngày đăng|cập nhật(?: lúc)?|đăng lúc"
    r"|lượt xem|đã xem|từ khóa|tags?|author|source|photos?|images?|picture|file photo"
    r"|caption|written by|posted (?:by|on)|published(?: on)?|last updated|updated"
    r"|filed under|(?:tin|bài)(?: viết)? liên quan|related(?: stories| articles)?)\s*:"
    r"|^\W*ảnh\s+[-–]\s"
    r"|^\W*(?:ảnh|hình|photo|picture|fig(?:ure)?) \d{1,2}\b"
    r"|^\W*(?:posted on|published on|last updated) ",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:by|from) [A-Z][\w.'’-]+(?:,? (?:and |[A-Z])[\w.'’-]*){0,8}$")
_CREDIT = re.compile(r"\W(?:ảnh|photo|nguồn|image|picture)\s*:[^:!?]{2,40}\W*$", re.I)
_LONGEST_CAPTION = 250
_MENU = re.compile(r"\s[|»›>•·]\s")
_DATE_WORDS = re.compile(
    r"\b(?:(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\b,?|(?:ngày|tháng|năm|lúc"
    r"|giờ|phút|gmt|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?\b|(?:jan(?:uary)?"
    r"|feb(?:ruary)?|mar(?:ch)?|april|may|june|july|aug(?:ust)?|sep(?:tember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|a\.?m|p\.?m)\b)"
    r"|\d+(?:\s?(?:h|g)\s?\d*|[-/.:,]\d+)*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_SHOUTED = 200
"""Characters that show whether it is all capitals."""
_SHOWS_LANGUAGE = 24
"""Characters that show which language they are in."""
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯạ-ỹẠ-Ỹ]")


def ends(sentence: str) -> bool:
    """Whether ``sentence`` has the mark with which sentences end."""
    return _END.search(sentence[-_TAIL:]) is not None


def is_furniture(text: str) -> bool:
    """Whether ``text`` is no part of what is told, however long it may be.

    The way to more, a note of the editors, a byline, a credit, a caption that says it
    is one, a menu, a text in capitals.
    """
    if _NOTE.match(text) or _LABELLED.match(text) or _BY.match(text):
        return True
    if len(text) <= _LONGEST_MORE and _MORE.match(text):
        return True
    if len(text) <= _LONGEST_CAPTION and _CREDIT.search(text):
        return True
    return len(_MENU.findall(text)) >= 2 or _is_shouted(text)


def tells(sentence: str, title: str) -> bool:
    """Whether ``sentence`` says something that ``title`` does not say already.

    Not a dateline, not names alone, not the title in other words' order.
    """
    if is_furniture(sentence):
        return False
    if len(sentence.split()) < (_LEAST_WORDS if ends(sentence) else _LEAST_UNSTOPPED):
        return False
    undated = _WORD.findall(_DATE_WORDS.sub(" ", sentence))
    if len(undated) < _LEAST_UNDATED or all(word[0].isupper() for word in undated):
        return False
    # What is much longer says more; to know that, no words need be made.
    if len(sentence) > 2 * len(title):
        return True
    return not set(words(sentence)) <= set(words(title))


def other_language(lead: str, body: str) -> bool:
    """Whether one of both is plainly Vietnamese and the other plainly is not.

    English full of Vietnamese names has up to 14 of these letters in 100, a Vietnamese
    sentence without names may have 10 (measured: 99 in 100 have more); what stands
    between is not decided.
    """
    if min(len(lead), len(body)) < _SHOWS_LANGUAGE:
        return False
    shares = sorted((_marked(lead), _marked(body)))
    return shares[0] < 0.02 and shares[1] > 0.17


def _marked(text: str) -> float:
    """The part of the letters that only Vietnamese has."""
    letters = sum(map(len, _WORD.findall(text)))
    return len(_VIETNAMESE.findall(text)) / letters if letters else 0.0


def _is_shouted(text: str) -> bool:
    """Capitals alone: a banner, a heading, a slogan."""
    head = text[:_SHOUTED]
    letters = sum(map(str.isalpha, head))
    return letters >= 12 and sum(map(str.isupper, head)) > 0.7 * letters
