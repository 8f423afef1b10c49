"""Where Vietnamese (and English) sentences end, and extracts made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from syndicate.text.clean import normalise

# What a full stop follows without ending anything. Compared without case.
ABBREVIATIONS = frozenset(
    """
    tp tx tt q p h x kp đ đc ts th ths pgs gs gsts bs bsck ks cn ncs gv ths.s th.s t.ư
    tr ub mttq nxb vd tcn scn stt đt sđt hs sv ô b ông bà mr mrs ms dr prof st jr sr
    nos vs etc e.g i.e inc ltd co corp u.s u.k u.n vol fig dept gov gen col lt sgt
    rev hon jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m
    """.split()  # noqa: SIM905 - a table of words
)
_CLOSING = "\"'”’»)\\]"
_OPENING = "\"'“‘«(\\["
_STOP = re.compile(rf"(?:\./\.|[.!?…]+)[{_CLOSING}]*(?=\s)")
_NEXT = re.compile(rf"\s+(?:[-–—•+*]\s*)?[{_OPENING}]*(?=[^\W_])")
_WORD_START = re.compile(r"[\s(\[“\"'‘«]")
_QUOTED = re.compile(r'“[^“”]+”|«[^«»]+»|"[^"]+"')
_STOP_MARK = re.compile(r"[.!?…]")
_LIST_NUMBER = re.compile(r"(?:\d{1,3}|[ivxIVX]{1,5}|[^\W\d_])(?:\.\d{1,2})*")


def _is_abbreviation(word: str, at_start: bool) -> bool:
    """Whether a full stop after ``word`` belongs to it."""
    bare = word.rstrip(".")
    if at_start and _LIST_NUMBER.fullmatch(bare):
        return True
    if bare.casefold() in ABBREVIATIONS:
        return True
    initials = bare.replace(".", "")
    return initials.isupper() and (len(initials) == 1 or _dotted(bare))


def _dotted(word: str) -> bool:
    """ "H.Q" and "TP.HCM": short capitals parted by full stops."""
    parts = word.split(".")
    return len(parts) > 1 and all(len(part) <= 3 for part in parts)


def _ends(paragraph: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the mark ``stop`` ends the sentence that began at ``start``."""
    following = _NEXT.match(paragraph, stop.end())
    if following is None:
        return True
    first = paragraph[following.end()]
    if not (first.isupper() or first.isdigit()):
        return False
    if stop.group() != ".":
        return True
    # No abbreviation is long: a look at the whole sentence would be quadratic.
    since = max(start, stop.start() - 24)
    before = paragraph[since : stop.start()]
    word = re.split(_WORD_START, before)[-1]
    return not _is_abbreviation(word, since == start and before.strip() == word)


def _without_inner_stops(paragraph: str) -> str:
    """As long as ``paragraph``; what ends sentences inside a quotation is blotted."""
    return _QUOTED.sub(
        lambda found: _STOP_MARK.sub("_", found[0][:-2]) + found[0][-2:], paragraph
    )


def _in_paragraph(paragraph: str) -> Iterator[str]:
    """The sentences of one line."""
    start = 0
    for stop in _STOP.finditer(_without_inner_stops(paragraph)):
        if _ends(paragraph, start, stop):
            yield paragraph[start : stop.end()].strip()
            start = stop.end()
    yield paragraph[start:].strip()


def sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order; a line end always ends one.

    Never cut: numbers (1.551.018,5), dates, document numbers, abbreviations ("TP.
    Hồ Chí Minh", "Th.S"), initials, quotations that were opened and not closed.
    """
    return list(_each(text))


def _each(text: str) -> Iterator[str]:
    """The sentences, one after another."""
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
    for sentence in islice(_each(head), sentences):
        longer = f"{taken} {sentence}" if taken else sentence
        if len(longer) > limit:
            return taken or _shorten(sentence, limit)
        taken = longer
    return taken
