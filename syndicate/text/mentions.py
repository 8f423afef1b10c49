"""Where a text may name a document: the cheap look before the costly grammar."""

from __future__ import annotations

import re

from syndicate.text.clean import is_plain, normalise

CAPITAL = "A-ZĐĂÂÊÔƠƯ"
"""Capitals of document numbers, for a character class."""

# From a figure on: what could begin the rest of a number, or the issuer in words after
# a number alone. It finds more than there is, never less.
_D = "-\u2010-\u2015\u2212/"
_MAYBE = re.compile(
    rf"[0-9](?![0-9])(?: ?[{_D}]?[ \n]?(?:(?:19|20)\d\d ?/? ?)?"
    rf"(?:[{CAPITAL}][\w&.]{{0,40}} ?[{_D}]|(?:UBTV)?QH\d)"
    rf"|[{_D}][a-zđ]{{2,4}}/t[wu]"
    r"|(?:/\d{4})?(?:,? (?i:ngày|năm) [^\n]{0,40}?)? (?i:của) )"
)
# "Chỉ thị 05-ct/tw": small letters are a slip right after the word, and elsewhere
# part of a slug or of a file's name.
_SMALL = re.compile(
    r"((?i:nghị quyết|chỉ thị|kết luận|quy định|quyết định|quy chế|hướng dẫn|kế hoạch"
    rf"|đề án|thông báo|thông tri|chương trình)(?: số)?:? )(\d{{1,4}}[{_D}])"
    rf"([a-zđ]{{2,4}}/t[wu])(?![\w/.])"
)
_BROKEN = re.compile(r"(?<=[0-9A-ZĐ][-/])\n(?=[A-ZĐ])")
_FIGURE = re.compile(r"(?![0-9])\d")


def _ascii_figure(found: re.Match[str]) -> str:
    """A figure of another script ("２") as ours."""
    return str(int(found[0]))


def _capitals(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{found[3].upper()}"


def promising_lines(text: str) -> str:
    """``text``, normalised, in which all lines are empty that name no document.

    "" where none does; but for the line above one that may: a number's issuer may
    end it, and nothing in the grammar reaches further back.
    """
    if not is_plain(text):
        text = _FIGURE.sub(_ascii_figure, normalise(text))
    if _MAYBE.search(text) is None:
        return ""
    if "-\n" in text or "/\n" in text:
        text = _BROKEN.sub("", text)
    if "/tw" in text or "/tu" in text:
        text = _SMALL.sub(_capitals, text)
    kept: list[str] = []
    above = ""
    # From here on line by line; most texts do not get this far.
    for line in text.split("\n"):
        if _MAYBE.search(line):
            kept += (above, line) if above else (line,)
            above = ""
        else:
            kept.append("")
            above = line
    return "\n".join(kept)
