"""Letters of other scripts that were typed for Latin ones.

Seen in the wild: the Icelandic "Ð" for "Đ", a Cyrillic "Т" in "18-NQ/ТW", and
"ХШ" drawn with a Cyrillic Ha and Sha for the Roman numeral XIII.
"""

from __future__ import annotations

import re

_LATIN = str.maketrans(
    # Cyrillic capitals and small letters, then Greek capitals and omicron.
    "АВСЕНІКМОРТУХЅЈасеорхуіѕј" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABCEHIKMOPTYXSJaceopxyisj" + "ABEZHIKMNOPTYXo",
)
_ROMAN = str.maketrans({"Х": "X", "І": "I", "М": "M", "С": "C", "Ш": "III", "П": "II"})

_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_FOREIGN_OR_MARK = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0300-\u036f]")
_PART = re.compile(r"[^\W\d_]|[\u0300-\u036f]")
_LETTERS = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
_NUMBERED = re.compile(
    r"(?<![\w/.-])\d+(?:/\d{4})? ?[-/\u2010-\u2015\u2212] ?[^\W\d_]+(?:[-/&][^\W\d_]+)+"
)
_ROMAN_NUMERAL = re.compile(
    r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
)
_ROMAN_CONTEXT = re.compile(
    r"\b(?:lần thứ|kh[óo][áa]|đại hội(?: đảng)?|đh|thế kỷ|quý|trung ương)[ \u00a0]*$",
    re.IGNORECASE,
)


def _is_roman(token: str) -> bool:
    """Whether a word is a Roman numeral."""
    return bool(token) and _ROMAN_NUMERAL.fullmatch(token) is not None


def _latin_word(text: str, found: re.Match[str]) -> str:
    """The Latin reading of one run of letters, or the run itself."""
    word = found.group()
    roman = word.translate(_ROMAN)
    mixed = _FOREIGN_OR_MARK.sub("", word) != ""
    if _is_roman(roman) and (
        mixed or _ROMAN_CONTEXT.search(text, max(0, found.start() - 24), found.start())
    ):
        return roman
    latin = word.translate(_LATIN)
    return latin if mixed and not _FOREIGN.search(latin) else word


def _latin_words(text: str) -> str:
    """``text`` with each word that holds a foreign letter in its Latin reading.

    From one foreign letter to the next, so that a long Latin text costs nothing.
    """
    parts: list[str] = []
    done = 0
    for letter in _FOREIGN.finditer(text):
        start = letter.start()
        if start < done:
            continue
        while start > done and _PART.match(text, start - 1):
            start -= 1
        found = _LETTERS.match(text, start)
        if found:
            parts += (text[done:start], _latin_word(text, found))
            done = found.end()
    return "".join((*parts, text[done:]))


def _latin_number(found: re.Match[str]) -> str:
    """A document number all in Latin, if that is all it can be ("05-СТ/TW")."""
    number = found.group()
    latin = number.translate(_LATIN)
    mixed = re.search(r"[A-Za-zĐđ]", number) is not None
    return latin if mixed and not _FOREIGN.search(latin) else number


def to_latin(text: str) -> str:
    """``text`` with look-alikes replaced, in words that are otherwise Latin only.

    Words of Russian, Greek or any other language stay as they are.
    """
    if not _FOREIGN.search(text):
        return text
    text = _latin_words(text)
    return _NUMBERED.sub(_latin_number, text) if _FOREIGN.search(text) else text
