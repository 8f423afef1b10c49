"""Where a tone mark stands: the two styles of Vietnamese, and how to change between.

The styles differ only when a syllable's rhyme is exactly oa, oe or uy, nothing
follows it, and no q stands before ("quý" is written in one way alone).
"""

from __future__ import annotations

import re
import unicodedata

STYLES = ("", "old", "new")
"""``""`` leaves a text as it is; "old" writes hòa, ủy and "new" writes hoà, uỷ."""

_TONES = "\u0300\u0301\u0309\u0303\u0323"  # huyền, sắc, hỏi, ngã, nặng


def _pairs() -> tuple[tuple[str, str], ...]:
    """Every rhyme that has two forms, as (old, new), in all letter cases."""
    rhymes = [
        first + second
        for plain in ("oa", "oe", "uy")
        for first in (plain[0], plain[0].upper())
        for second in (plain[1], plain[1].upper())
    ]
    return tuple(
        (
            unicodedata.normalize("NFC", rhyme[0] + tone) + rhyme[1],
            rhyme[0] + unicodedata.normalize("NFC", rhyme[1] + tone),
        )
        for rhyme in rhymes
        for tone in _TONES
    )


_TO_NEW = dict(_pairs())
_TO_OLD = {new: old for old, new in _TO_NEW.items()}


def _pattern(forms: dict[str, str]) -> re.Pattern[str]:
    # [^\W\d_] is "a letter": a consonant or vowel after the rhyme settles the place.
    return re.compile(f"(?<![qQ])(?:{'|'.join(forms)})(?![^\\W\\d_])")


_OLD_FORMS = _pattern(_TO_NEW)
_NEW_FORMS = _pattern(_TO_OLD)


def restyle(text: str, style: str) -> str:
    """``text`` (NFC) with its tone marks in ``style``, one of `STYLES`."""
    if style == "new":
        return _OLD_FORMS.sub(lambda found: _TO_NEW[found[0]], text)
    if style == "old":
        return _NEW_FORMS.sub(lambda found: _TO_OLD[found[0]], text)
    return text
