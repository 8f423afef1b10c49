"""Syllables that are written with i or with y: "kỷ niệm" and "kỉ niệm".

A list and not a rule, because names are spelt as their bearers spell them: a
syllable is only touched in the company of a listed word.
"""

from __future__ import annotations

import re

# As found → (as keyed, words that may follow, words that may stand before).
_LISTED = {
    "kỉ": ("kỷ", "niệm luật cương nguyên lục yếu vật", "thế thập"),
    "kĩ": ("kỹ", "thuật năng sư xảo lưỡng càng", "kinh tuyệt"),
    "lí": (
        "lý",
        "luận do lịch thuyết tưởng lẽ tính trí giải sự thú",
        "quản hợp tâm địa vật xử pháp đại nguyên chân sinh đạo công vô nghĩa trợ",
    ),
    "mĩ": ("mỹ", "thuật phẩm quan nghệ lệ mãn", "thẩm hoàn"),
    "hi": ("hy", "vọng sinh hữu", ""),
    "tỉ": ("tỷ", "lệ đồng số trọng giá phú suất usd", ""),
    "qui": (
        "quy",
        "định chế hoạch trình mô tắc ước luật tụ chuẩn tập hồi phạm",
        "chính",
    ),
    "quí": ("quý", "báu trọng vị khách hiếm mến giá i ii iii iv", "cao"),
    "li": ("ly", "hôn khai tâm dị thân kỳ", ""),
    "sỹ": (
        "sĩ",
        "quan phu tử",
        "chiến bác tiến liệt nghệ thạc nhạc họa ca thi hạ binh giáo dược y",
    ),
    "quĩ": ("quỹ", "", ""),
}  # fmt: skip
_ALWAYS = {"quĩ"}
_KEYED = {found: keyed for found, (keyed, _, _) in _LISTED.items()}
_NEXT = {found: frozenset(after.split()) for found, (_, after, _) in _LISTED.items()}
_BEFORE = {found: frozenset(before.split()) for found, (*_, before) in _LISTED.items()}

_SYLLABLE = re.compile(r"k[ỉĩ]|lí|mĩ|sỹ|qu[iíĩ]|hi(?= )|li(?= )|tỉ(?= )")
_WORD = re.compile(r"[^\W\d_]+")


def _next_word(text: str, at: int) -> str:
    """The word after the space at ``at``."""
    found = _WORD.match(text, at + 1) if text[at : at + 1] == " " else None
    return found.group() if found else ""


def _word_before(text: str, at: int) -> str:
    """The word that ends at the space before ``at``."""
    if text[at - 1 : at] != " ":
        return ""
    head = text[max(0, at - 9) : at - 1]
    return head.rpartition(" ")[2].lstrip("\"'([-/")


def _in_company(text: str, found: re.Match[str]) -> bool:
    """Whether a listed word stands beside the syllable."""
    syllable, start, end = found.group(), found.start(), found.end()
    if text[start - 1 : start].isalpha() or text[end : end + 1].isalpha():
        return False
    return (
        syllable in _ALWAYS
        or _next_word(text, end) in _NEXT[syllable]
        or _word_before(text, start) in _BEFORE[syllable]
    )


def may_vary(token: str) -> bool:
    """Whether a token of key text holds a listed syllable, whatever its company."""
    return any(
        not token[found.start() - 1 : found.start()].isalpha()
        and not token[found.end() : found.end() + 1].isalpha()
        for found in _SYLLABLE.finditer(f"{token} ")
    )


def one_spelling(text: str) -> str:
    """Key text with every listed i/y variant in one form; the length stays."""
    return _SYLLABLE.sub(
        lambda found: (
            _KEYED[found.group()] if _in_company(text, found) else found.group()
        ),
        text,
    )
