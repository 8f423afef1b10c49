"""Text at the door, and the keys that we compare it by.

``normalise`` is for what people read: nothing is changed that a reader could see.
``key_text`` and what is built on it are for comparing, and are never shown.
"""

from __future__ import annotations

import re
import unicodedata

from syndicate.text.lookalikes import to_latin
from syndicate.text.tones import repair_slips, tone_old
from syndicate.text.variants import one_spelling

__all__ = [
    "fold",
    "key_text",
    "legacy_encoding",
    "normalise",
    "one_line",
    "slug",
    "tone_old",
    "words",
]

# ── At the door ──────────────────────────────────────────────────────────────

_PLANES = range(0x11)
_NONCHARACTERS = [
    *range(0xFDD0, 0xFDF0),
    *(plane << 16 | low for plane in _PLANES for low in (0xFFFE, 0xFFFF)),
]
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_DOOR: dict[int, str] = {
    **dict.fromkeys((*_CONTROLS, *range(0xD800, 0xE000), *_NONCHARACTERS), ""),
    **dict.fromkeys((0xAD, 0x200B, 0xFEFF), ""),
    # These part words, so they must not vanish without a trace.
    **dict.fromkeys((0x0B, 0x0C, 0x85, 0xA0, 0x202F), " "),
    ord("\n"): "\n",
    ord("\t"): "\t",
    ord("Ð"): "Đ",
    ord("Ɖ"): "Đ",
    ord("ð"): "đ",
    ord("ɖ"): "đ",
}
# Two searches: one astral character in a class makes all of it four times slower.
_NEEDS_DOOR = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\xd0\xf0\u0189\u0256\u200b\u202f\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_ASTRAL = re.compile("[\U0001fffe-\U0010ffff]")


def _at_door(found: re.Match[str]) -> str:
    """What one suspicious character becomes."""
    letter = found.group()
    return _DOOR.get(ord(letter), letter)


# Joiners shape emoji, Arabic and Indic letters; beside anything else they are
# debris that makes two equal words differ.
_ALPHABETIC = "\u0000-\u058f\u1e00-\u206f"
_STRAY_JOINER = re.compile(
    rf"(?:(?<=[{_ALPHABETIC}])|(?<![\s\S]))[\u200c\u200d]+"
    rf"|[\u200c\u200d]+(?=[{_ALPHABETIC}]|(?![\s\S]))"
)


def normalise(text: str) -> str:
    """Text as it may enter: NFC, no invisible debris, no look-alike letters.

    Never NFKC, and no other tone style: the reader sees what the writer wrote.
    Line ends become ``\\n``, no-break spaces become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ASTRAL.sub(_at_door, _NEEDS_DOOR.sub(_at_door, text))
    if "\u200c" in text or "\u200d" in text:
        text = _STRAY_JOINER.sub("", text)
    text = unicodedata.normalize("NFC", text)
    latin = to_latin(text)
    return text if latin is text else unicodedata.normalize("NFC", latin)


def one_line(text: str) -> str:
    """Normalised, with every run of white space as one space, and none around."""
    return " ".join(normalise(text).split())


# ── Keys ─────────────────────────────────────────────────────────────────────

_PUNCTUATION: dict[int, str] = {
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"),
    **dict.fromkeys(map(ord, "“”„‟«»″＂"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛‹›′ʼ`´"), "'"),
    ord("…"): "...",
    **dict.fromkeys(
        (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A)), ""
    ),
}
_NEEDS_PUNCTUATION = re.compile(
    "[`´ʼ«»\u200e\u200f\u2010-\u201f\u2026\u202a-\u202e\u2032\u2033\u2039\u203a"
    "\u2060-\u2069\u2212＂]"
)


def _plain_mark(found: re.Match[str]) -> str:
    """The plain form of one dash, quote or ellipsis."""
    return _PUNCTUATION[ord(found.group())]


def key_text(text: str) -> str:
    """What ``text`` is compared by: two spellings of one wording have one key.

    Normalised, case-folded, one kind of dash, quote and space, tone marks in the
    old style and on their proper letter, listed i/y variants in one form. Accents
    stay. ``key_text(key_text(x)) == key_text(x)``, and NFD input does not matter.
    """
    text = normalise(text).casefold()
    text = _NEEDS_PUNCTUATION.sub(_plain_mark, text)
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if text.isascii():
        return text
    return one_spelling(repair_slips(tone_old(text)))


_WORD = re.compile(
    r"\d+(?: ?- ?[^\W\d_]+/[^\W\d_]+(?:-[^\W\d_]+)*"
    r"|/\d{4}/[^\W\d_]+(?:\d+|(?:-[^\W\d_]+(?:&[^\W\d_]+)*)+)"
    r"|/[^\W\d_]+(?:-[^\W\d_]+(?:&[^\W\d_]+)*)+)(?![\w/])"
    r"|[^\W_]+"
)


def words(text: str) -> list[str]:
    """The words of ``key_text(text)``: runs of letters and digits, in order.

    A document number is one word without spaces: ``05-ct/tw``.
    """
    found = _WORD.findall(key_text(text))
    return [word.replace(" ", "") if " " in word else word for word in found]


_MARKS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """For searching without accents: "Đảng uỷ" → "dang uy".

    SQLite's full-text search does not fold đ in any setting, so we do.
    """
    bare = unicodedata.normalize("NFD", key_text(text).replace("đ", "d"))
    return unicodedata.normalize("NFC", _MARKS.sub("", bare))


_NOT_IN_SLUG = re.compile("[^a-z0-9]+")


def slug(text: str, limit: int = 80) -> str:
    """ASCII for addresses, at most ``limit`` characters, never empty.

    Cut between words where that leaves at least half; ``x`` if nothing is left.
    """
    full = _NOT_IN_SLUG.sub("-", fold(text)).strip("-")
    short = full[:limit]
    if len(full) > limit and full[limit] != "-" and "-" in short[limit // 2 :]:
        short = short[: short.rindex("-")]
    return short.strip("-") or "x"


# ── Old encodings ────────────────────────────────────────────────────────────

# A sign that is no letter beside one, or a capital with an accent inside a word.
_TCVN3 = re.compile(
    r"[^\W\d_][©¬®µ¶·¸¹»¼½¾×÷§]|[©¬®µ¶·¸¹»¼½¾§][^\W\d_]|[a-z][ÐÌÎÏÑÊÇÈÉËÕÒÓÔÖÝØÜÞÆ]"
    r"|^[©®¬µ¸¹]$"
)
_VNI = re.compile(
    r"[aeouyAEOUY][ùøûõïâáàåãäêéèúüëæÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜËÆ]|\b[ñÑ][aeiouyAEIOUYöÖ]"
)
_UNICODE_VIETNAMESE = re.compile("[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")
_TOKEN = re.compile(r"\S*[^\W\d_]\S*")


def legacy_encoding(text: str) -> bool:
    """Whether ``text`` is Vietnamese in TCVN3 or VNI letters, read as Latin-1.

    "Uû ban nh©n d©n", "Coäng hoøa". Such text must not be published.
    """
    tokens = _TOKEN.findall(text[:20_000])
    if not tokens or 4 * len(_UNICODE_VIETNAMESE.findall(text[:20_000])) > len(tokens):
        return False
    broken = sum(1 for token in tokens if _TCVN3.search(token))
    doubled = sum(1 for token in tokens if _VNI.search(token))
    # French has such pairs of vowels too ("où", "Noël"), though far fewer.
    return broken >= max(2, len(tokens) / 5) or doubled >= max(2, len(tokens) * 0.4)
