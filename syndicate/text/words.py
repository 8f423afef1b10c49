"""The words of a key: runs of letters and digits, and whole document numbers."""

from __future__ import annotations

import re

WORD = re.compile(
    r"\d+(?: ?- ?[^\W\d_]+/[^\W\d_]+(?:-[^\W\d_]+)*"
    r"|/\d{4}/[^\W\d_]+(?:\d+|(?:-[^\W\d_]+(?:&[^\W\d_]+)*)+)"
    r"|/[^\W\d_]+(?:-[^\W\d_]+(?:&[^\W\d_]+)*)+)(?![\w/])"
    r"|[^\W_]+"
)
"""One word; spaces in it stand beside a dash."""
NUMBER_APART = re.compile(r"\d(?: -|- )")
"""Where a document number may go over several tokens: "05 - CT/TW"."""

_MARKS_BETWEEN = ".,-\"():;?!'%[]"
# Letters and digits that "\\w" knows too, where signs are spaces already.
_NO_WORDS = re.compile("[^a-z0-9 \xdf-\xf6\xf8-\xff\u0100-\u024f\u1e00-\u1eff]")


def token_words(token: bytes) -> list[str]:
    """The words of a key's token, in UTF-8, beside which no number goes on."""
    key = token.decode()
    if "/" in key:
        return WORD.findall(key)
    spaced = key
    for mark in _MARKS_BETWEEN:
        spaced = spaced.replace(mark, " ")
    return WORD.findall(key) if _NO_WORDS.search(spaced) else spaced.split()
