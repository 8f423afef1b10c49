"""Text at the door, and the keys that we compare it by.

``normalise`` is for what people read: nothing is changed that a reader could see.
``key_text`` and what is built on it are for comparing, and are never shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from syndicate.text.legacy import legacy_encoding
from syndicate.text.lookalikes import to_latin
from syndicate.text.tokens import OfTokens
from syndicate.text.tones import repair_slips, tone_old
from syndicate.text.variants import may_vary, one_spelling
from syndicate.text.words import NUMBER_APART, WORD, token_words

__all__ = [
    "fold",
    "is_plain",
    "key_paragraphs",
    "key_text",
    "key_tokens",
    "legacy_encoding",
    "normalise",
    "one_line",
    "remember_plain",
    "slug",
    "tone_old",
    "utf8",
    "utf8_key",
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


# Nearly all text, once it is at home here: letters that are composed already, and
# signs that nothing below would change. Whoever adds to it must add nothing else.
_NOT_PLAIN = re.compile(
    "[^\t\n -~\xa1-\xac\xae-\xcf\xd1-\xef\xf1-\u0188\u018a-\u024f"
    "\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]"
)


_LONG = 24
"""Characters from which on what is known of a text is worth remembering."""

# Texts that were looked at a moment ago: an article's goes through many hands.
_lately: deque[str] = deque(maxlen=4)


def is_plain(text: str) -> bool:
    """Whether one look shows that :func:`normalise` has nothing to change."""
    if len(text) >= _LONG:
        for seen in _lately:  # a loop, for any() takes four times as long
            if text is seen:
                return True
    return _NOT_PLAIN.search(text) is None


def remember_plain(text: str) -> str:
    """``text`` itself, which its maker knows to be plain: nobody need look again."""
    _lately.append(text)
    return text


def normalise(text: str) -> str:
    """Text as it may enter: NFC, no invisible debris, no look-alike letters.

    Never NFKC, and no other tone style: the reader sees what the writer wrote.
    Line ends become ``\\n``, no-break spaces become spaces.
    """
    return text if is_plain(text) else _normalised(text)


def _normalised(text: str) -> str:
    """The long way, for text that is not plain."""
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


_UNSURE = b"\0"
"""Stands before a token whose spelling depends on its neighbours."""


def _plain_marks(text: str) -> str:
    """Case-folded, one kind of dash and quote, one space between tokens."""
    text = _NEEDS_PUNCTUATION.sub(_plain_mark, text.casefold())
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _key_of_token(token: bytes) -> bytes:
    """The key of a token alone, marked where its neighbours decide."""
    key = _plain_marks(token.decode())
    if not key.isascii():
        key = repair_slips(tone_old(key))
    made = _UNSURE + key.encode() if may_vary(key) else key.encode()
    # One object for both is found sooner: memory is what a look-up waits for.
    return token if made == token else made


# In UTF-8, for that is taken apart, and put together, in two thirds of the time.
_KEYS = OfTokens(_key_of_token)


def _spelt(key: bytes) -> bytes:
    """The key with its marks resolved, now that the neighbours are there."""
    if _UNSURE not in key:
        return key
    key = key.replace(_UNSURE, b"")
    return key if key.isascii() else one_spelling(key.decode()).encode()


@lru_cache(maxsize=8)
def utf8(text: str) -> bytes:
    """``text`` in UTF-8; that of the last few is remembered. Surrogates become "?"."""
    return text.encode("utf-8", "replace")


class _Parts(NamedTuple):
    """A text's key before neighbours have their say."""

    tokens: list[bytes]
    """One for each token of the text, all paragraphs together."""
    paragraphs: tuple[bytes, ...]
    """The same joined by spaces, one string for each paragraph."""
    sure: bool
    """Neighbours have no say."""


def _unspelt(text: str) -> _Parts | None:
    """The key of a text in parts; None if they cannot be had one by one."""
    if not is_plain(text):
        text = _normalised(text)
        if not is_plain(text):
            return None
    tokens: list[bytes] = []
    paragraphs = []
    key_of = _KEYS.__getitem__
    # In plain text there is no other white space than ASCII's.
    for paragraph in utf8(text).split(b"\n\n"):
        keys = list(map(key_of, paragraph.split()))
        tokens += keys
        paragraphs.append(b" ".join(keys))
    sure = not any(_UNSURE in key for key in paragraphs)
    return _Parts(tokens, tuple(paragraphs), sure)


def _key(text: str) -> str:
    """What :func:`key_text` says."""
    parts = _parts(text)
    if parts is not None:
        return _spelt(b" ".join(filter(None, parts.paragraphs))).decode()
    key = _plain_marks(_normalised(text))
    return key if key.isascii() else one_spelling(repair_slips(tone_old(key)))


# An article's text, title and lead are asked for several times on their way into the
# store.
_unspelt_again = lru_cache(maxsize=16)(_unspelt)
_key_again = lru_cache(maxsize=16)(_key)


def _parts(text: str) -> _Parts | None:
    """:func:`_unspelt`, remembered where that pays."""
    return _unspelt_again(text) if len(text) >= _LONG else _unspelt(text)


def key_text(text: str) -> str:
    """What ``text`` is compared by: two spellings of one wording have one key.

    Normalised, case-folded, one kind of dash, quote and space, tone marks in the
    old style and on their proper letter, listed i/y variants in one form. Accents
    stay. ``key_text(key_text(x)) == key_text(x)``, and NFD input does not matter.
    """
    if len(text) < _LONG:
        return _key(text)
    return _key_again(text)


def utf8_key(*texts: str) -> bytes:
    """``key_text`` of texts one after another, in UTF-8.

    It asks for no part of it again.
    """
    parts = [part for part in map(_parts, texts) if part is not None]
    if len(parts) < len(texts):
        return key_text("\n\n".join(texts)).encode("utf-8", "replace")
    keys = chain.from_iterable(part.paragraphs for part in parts)
    return _spelt(b" ".join(filter(None, keys)))


def key_paragraphs(text: str) -> tuple[bytes, ...]:
    """The key of each paragraph of ``text``, in UTF-8; blank lines part them."""
    parts = _parts(text)
    if parts is None:
        return tuple(map(utf8_key, text.split("\n\n")))
    return parts.paragraphs if parts.sure else tuple(map(_spelt, parts.paragraphs))


_WORDS = OfTokens(token_words)


def key_tokens(text: str) -> list[bytes]:
    """``key_text(text)`` in pieces, each word of which stands in one of them; UTF-8."""
    parts = _parts(text)
    if parts is not None and parts.sure:
        keys, tokens = parts.paragraphs, parts.tokens
    else:
        keys = (utf8_key(text),)
        tokens = keys[0].split(b" ")
    if any(b"/" in key for key in keys):
        key = b" ".join(tokens).decode()
        if NUMBER_APART.search(key):
            return [word.replace(" ", "").encode() for word in WORD.findall(key)]
    return tokens


def words(text: str) -> list[str]:
    """The words of ``key_text(text)``: runs of letters and digits, in order.

    A document number is one word without spaces: ``05-ct/tw``.
    """
    return list(chain.from_iterable(map(_WORDS.__getitem__, key_tokens(text))))


_MARKS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """For searching without accents: "Đảng uỷ" → "dang uy".

    SQLite's full-text search does not fold đ in any setting, so we do.
    """
    return " ".join(map(_FOLDS.__getitem__, key_text(text).split(" ")))


def _bare(key: str) -> str:
    """Key text without its accents."""
    bare = unicodedata.normalize("NFD", key.replace("đ", "d"))
    return unicodedata.normalize("NFC", _MARKS.sub("", bare))


_FOLDS = OfTokens(_bare)


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
