"""Where Vietnamese tone marks stand.

Two styles are correct ("hòa" and "hoà"), and several more are slips of typing
("hòan", "qủa"). Published text keeps what its writer chose; keys use one form.
Everything here expects NFC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

TONES = "\u0300\u0301\u0309\u0303\u0323"
"""Combining marks: huyền, sắc, hỏi, ngã, nặng."""


def _with(letter: str, tone: str) -> str:
    """One letter that carries one tone, composed."""
    return unicodedata.normalize("NFC", letter + tone)


def _toned(letters: str) -> str:
    """Every letter of ``letters`` with every tone, for a character class."""
    return "".join(_with(letter, tone) for letter in letters for tone in TONES)


def _styles() -> dict[str, str]:
    """New style → old style, in every mixture of letter cases."""
    return {
        first + _with(second, tone): _with(first, tone) + second
        for pair in ("oa", "oe", "uy")
        for first in (pair[0], pair[0].upper())
        for second in (pair[1], pair[1].upper())
        for tone in TONES
    }


_OLD = _styles()
_END = r"(?![^\W\d_]|[\u0300-\u036f])"
"""The end of a syllable: no letter follows, and no mark that could not compose."""
# The toned letter comes first in the pattern: the engine then skips from one to
# the next, and only there looks back at the letter before it.
_NEW_STYLE = re.compile(
    rf"[{_toned('aeAE')}](?<=[oO].)(?<![qQ]..){_END}"
    rf"|[{_toned('yY')}](?<=[uU].)(?<![qQ]..){_END}"
)


def _rewrite(text: str, form: re.Pattern[str], change: Callable[[str], str]) -> str:
    """``text`` with each match, and the letter before it, changed together."""
    parts: list[str] = []
    done = 0
    for found in form.finditer(text):
        start = found.start() - 1
        parts += (text[done:start], change(text[start : found.end()]))
        done = found.end()
    return "".join((*parts, text[done:])) if parts else text


def tone_old(text: str) -> str:
    """``text`` in the old style: "hoà, uỷ" → "hòa, ủy", and "quý, hoàn" stay.

    The styles differ only where the rhyme is exactly oa, oe or uy, no letter
    follows and no q precedes. The length never changes (for NFC input).
    """
    return _rewrite(unicodedata.normalize("NFC", text), _NEW_STYLE, _OLD.__getitem__)


_U, _O, _I, _HORNED = map(_toned, "uoiư")
# A mark typed one letter too early: the letter behind should bear it …
_EARLY = re.compile(
    rf"[{_U}{_O}{_I}{_HORNED}]"
    rf"(?:(?<=q[{_U}])[aăâeêiơy]|(?<=g[{_I}])[aăâoôơuưeê]"
    rf"|(?<=[{_U}])(?:yê|[êơôâ]|y(?=[^\W\d_]))|(?<=[{_HORNED}])ơ"
    rf"|(?<=[{_O}])[aăe](?=[^\W\d_]))"
)
# … or one letter too late, at the end of a syllable.
_LATE = re.compile(rf"[{_toned('a')}](?<=[uiư].)(?<![gq]..){_END}")


def _tone_of(letter: str) -> tuple[str, str]:
    """A toned letter as (letter without the tone, the tone)."""
    marks = unicodedata.normalize("NFD", letter)
    tone = next(mark for mark in marks if mark in TONES)
    return unicodedata.normalize("NFC", marks.replace(tone, "")), tone


def _move_right(found: re.Match[str]) -> str:
    """The mark of the first letter to the last."""
    bearer, rest = found[0][0], found[0][1:]
    bare, tone = _tone_of(bearer)
    return bare + rest[:-1] + _with(rest[-1], tone)


def _move_left(pair: str) -> str:
    """The mark of the second letter to the first."""
    bare, tone = _tone_of(pair[1])
    return _with(pair[0], tone) + bare


def repair_slips(text: str) -> str:
    """Marks on the wrong letter put right: "qủa" → "quả", "hòan" → "hoàn".

    For keys only, so lower case only: no published word is ever "corrected".
    """
    return _rewrite(_EARLY.sub(_move_right, text), _LATE, _move_left)
