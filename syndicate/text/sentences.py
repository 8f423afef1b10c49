"""Where Vietnamese (and English) sentences end, and extracts made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from syndicate.text.abbreviations import is_short
from syndicate.text.clean import normalise

_CLOSING = "\"'”’»)\\]"
_OPENING = "\"'“‘«(\\["
_STOP = re.compile(
    rf"(?:\./\.|(?<![.!?…])[.!?…]++)[{_CLOSING}]*(?:\[\d{{1,3}}\])*(?=\s)"
    rf"|[。！？｡]+[{_CLOSING}」』）]*"
    r"|(?<=[^\W\d_])\.(?=[^\W\d_]+\s)"
)
_NEXT = re.compile(rf"\s*(?:[-–—•+*]\s*)?[{_OPENING}]*(?=[^\W_])")
_GOES_ON = re.compile(r"\s*[,;:)\]&%/=”»]")
_WORD_START = re.compile(r"[\s(\[“\"'‘«]")
_QUOTED = re.compile(
    r"“[^“”]+”|«[^«»]+»|\"[^\"]+\"|\([^()]{1,300}\)"
    # A date that was written with spaces: "14. 10. 2023".
    r"|(?<![\d.])\d{1,2}\. \d{1,2}\. ?\d{4}\b"
)
_STOP_MARK = re.compile(r"[.!?…。！？]")
_LOWER_NAME = re.compile(r"[^\W\d_]{1,2}[A-Z][^\W\d_]")
"""iPhone, eBay: names that begin sentences with a small letter."""
_LIST_LETTER = re.compile(r"[^\W\d_]\) ")
_DOMAIN = re.compile(r"(?:com|vn|net|org|edu|gov|info|js|asp|io)\b", re.IGNORECASE)
_SHOUTED_NAMES = ("Yahoo", "Jeopardy")
_SAID = re.compile(
    r"(?:[^\W\d_]+\s+){1,4}(?:said|says|asked|added|replied|told|wrote|hỏi)\b"
)


def _in_paragraph(paragraph: str) -> Iterator[str]:
    """The sentences of one line."""
    start = 0
    for stop in _STOP.finditer(_without_inner_stops(paragraph)):
        if _ends(paragraph, start, stop):
            yield paragraph[start : stop.end()].strip()
            start = stop.end()
    yield paragraph[start:].strip()


def _without_inner_stops(paragraph: str) -> str:
    """As long as ``paragraph``; what ends sentences inside a quotation is blotted."""
    return _QUOTED.sub(
        lambda found: _STOP_MARK.sub("_", found[0][:-2]) + found[0][-2:], paragraph
    )


def _ends(paragraph: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the mark ``stop`` ends the sentence that began at ``start``."""
    mark = stop.group()
    if mark[0] in "。！？｡":
        return True
    if _GOES_ON.match(paragraph, stop.end()):
        return False
    following = _NEXT.match(paragraph, stop.end())
    at = following.end() if following else stop.end()
    if following and not _may_begin(paragraph, at):
        return False
    after = paragraph[at : at + 40] if following else ""
    if mark.rstrip("\"'”’»)]") != ".":
        return not _shouts_on(paragraph, stop, after)
    return not _is_short(paragraph, start, stop, after)


def _may_begin(paragraph: str, at: int) -> bool:
    """Whether a sentence may begin with the letter or digit at ``at``."""
    if not paragraph[at].islower():
        return True
    found = _LOWER_NAME.match(paragraph, at) or _LIST_LETTER.match(paragraph, at)
    return found is not None


def _is_short(paragraph: str, start: int, stop: re.Match[str], after: str) -> bool:
    """Whether the full stop belongs to the word before it."""
    # No abbreviation is long: a look at the whole sentence would be quadratic.
    since = max(start, stop.start() - 32)
    before = paragraph[since : stop.start()].rstrip()
    word = _WORD_START.split(before)[-1]
    if paragraph[stop.end()] not in " \t[" and _is_one_token(word, after):
        return True
    return is_short(before, word, since == start, after)


def _is_one_token(word: str, after: str) -> bool:
    """Whether "word.After" is one thing, not two sentences without a space."""
    if _DOMAIN.match(after) or not after[:1].isupper() or "@" in word or "/" in word:
        return True
    return not word[-2:].islower() or "." in word


def _shouts_on(paragraph: str, stop: re.Match[str], after: str) -> bool:
    """ "Yahoo! Mail", or a question whose asker is still to be named."""
    if paragraph.startswith("!", stop.start()):
        word = _WORD_START.split(paragraph[max(0, stop.start() - 12) : stop.start()])
        if word[-1] in _SHOUTED_NAMES and stop.group() == "!":
            return True
    quoted = stop.group()[-1] in '"”’»' and stop.group()[0] in "?!"
    return quoted and _SAID.match(after) is not None


def sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order; a line end always ends one.

    Never cut: numbers (1.551.018,5), dates, document numbers, abbreviations ("TP.
    Hồ Chí Minh", "Th.S"), initials, quotations that were opened and not closed.
    """
    return list(each_sentence(text))


def each_sentence(text: str) -> Iterator[str]:
    """What :func:`sentences` lists, one after another: for who needs but the first."""
    for line in normalise(text).split("\n"):
        yield from filter(None, _in_paragraph(" ".join(line.split())))


_WHOLE = re.compile(
    r"\d+(?:[.,:/]\d+)*(?:/\d{4})? ?[-–/] ?[^\W\d_]+[/-][^\W\d_]+(?:-[^\W\d_]+)*"
    r"|\d+(?:[.,:/-]\d+)+|\d{1,3}(?: \d{3})+(?!\d)"
)


def _may_cut(text: str, limit: int) -> list[int]:
    """The spaces up to ``limit`` that do not stand inside a number."""
    inside = [found.span() for found in _WHOLE.finditer(text[: limit + 40])]
    return [
        at
        for at in range(min(limit, len(text) - 1) + 1)
        if text[at] == " " and not any(start < at < end for start, end in inside)
    ]


def _shorten(sentence: str, limit: int) -> str:
    """The head of a sentence that is too long, with an ellipsis; ≤ ``limit``."""
    places = _may_cut(sentence, limit - 2)
    clauses = [at for at in places if sentence[at - 1] in ",;:" and 2 * at > limit]
    at = clauses[-1] if clauses else places[-1] if places else max(limit - 2, 0)
    head = sentence[:at].rstrip(' ,;:-–—.([“"')
    end = "…”" if head.count("“") > head.count("”") else "…"
    return (head + end)[-limit:] if head else end[:limit]


def extract(text: str, sentences: int = 2, limit: int = 320) -> str:
    """The first whole sentences of ``text``: at most so many, in ``limit`` characters.

    A first sentence that is longer is cut at a clause or a word, never inside a
    number, and ends in "…".
    """
    taken = ""
    # More than this cannot matter, and texts may be long.
    head = text[: 20 * limit + 2_000]
    for sentence in islice(each_sentence(head), sentences):
        longer = f"{taken} {sentence}" if taken else sentence
        if len(longer) > limit:
            return taken or _shorten(sentence, limit)
        taken = longer
    return taken
