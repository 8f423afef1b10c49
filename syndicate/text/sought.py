"""The words of a text as search knows them: as they are written, and without marks.

One word at a time, whatever stands beside it: a query has other neighbours than the
text that it looks for. So "kỷ" is one word with "kỉ" here wherever it stands, which
:func:`~syndicate.text.clean.key_text` says only of listed company.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, pairwise
from typing import NamedTuple

from syndicate.text.clean import normalise
from syndicate.text.tokens import OfTokens
from syndicate.text.tones import repair_slips, tone_old

MOST_WORDS = 20_000
"""Of a text; no article is longer, a hostile page may be."""
_LONGEST = 40
"""Letters of a word that count; the longest syllable has seven."""

# Scripts that write no spaces are looked for letter by letter, one after another.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
WORD = re.compile(
    rf"[{_UNSPACED}]|\d{{1,3}}(?:\.\d{{3}})+(?![\w])|(?:(?![{_UNSPACED}])[^\W_])+"
)
"""One word: a figure with dots between its thousands is one, "05-CT/TW" three."""
_MARKS = re.compile("[\u0300-\u036f]+")
_MAY_BEAR_MARKS = re.compile("[aeiouyd]")
_LONGEST_SYLLABLE = 7

# After a consonant alone, i and y are one sound: "kỷ niệm" and "kỉ niệm", "quý", "quí".
_Y, _I = "yỳýỷỹỵ", "iìíỉĩị"
_SPELLING = re.compile(rf"(?<![^\W\d_])(qu|[bcdđghklmnprstvx]+)([{_Y}])(?!\w)")
_AS_I = str.maketrans(_Y, _I)


class Word(NamedTuple):
    """One word of a text or of a query."""

    exact: str
    """As written: lower case, one style of tone marks. It begins with ``=`` unless no
    other word is written ``plain`` without its marks (figures, long words)."""
    plain: str
    """Without marks, đ as d, and "05" as "5"."""

    @property
    def marked(self) -> bool:
        """Did its writer put marks on it?"""
        word = self.exact.removeprefix("=")
        return word != self.plain and not word.isdecimal()


def _spelt(raw: str) -> str:
    """The word in its one spelling."""
    word = unicodedata.normalize("NFC", raw.casefold().replace(".", ""))[:_LONGEST]
    if not word.isascii():
        word = repair_slips(tone_old(word))
    return _SPELLING.sub(lambda found: found[1] + found[2].translate(_AS_I), word)


def _word(raw: str) -> Word:
    exact = _spelt(raw)
    bare = unicodedata.normalize("NFD", exact.replace("đ", "d"))
    plain = unicodedata.normalize("NFC", _MARKS.sub("", bare)) or exact
    if len(plain) == 2 and plain[0] == "0" and plain.isdecimal():
        plain = plain[1]
    unsure = len(plain) <= _LONGEST_SYLLABLE and _MAY_BEAR_MARKS.search(plain)
    return Word(f"={exact}" if exact != plain or unsure else plain, plain)


_WORDS = OfTokens(_word)


def spelt(raw: str) -> Word:
    """One match of :data:`WORD` as search knows it."""
    return _WORDS[raw.lower()]


def sought_words(text: str) -> list[Word]:
    """The words of ``text``, in order; for texts as short as a query."""
    return list(map(_WORDS.__getitem__, WORD.findall(normalise(text).lower())))


@dataclass(frozen=True, slots=True)
class Sought:
    """By what an entry can be found; words with a space between them."""

    exact: str
    """Tokens, each once: every :attr:`Word.exact` that differs from its plain form;
    with ``^`` before them, the words of the title in both forms and its pairs; with
    ``@``, the plain words of its authors' names; :func:`source_token`."""
    plain: str
    """Every :attr:`Word.plain` in order; ``_`` parts what does not read on."""

    @property
    def print(self) -> int:
        """63 bits that tell whether it is as it was."""
        said = f"{self.exact}\n{self.plain}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(said, digest_size=8).digest(), "big") >> 1


_PARTED = "_"
_NOT_IN_TOKEN = re.compile(r"[^\w-]")


def source_token(source: str) -> str:
    """The token under which every entry of a source is found."""
    return "s:" + _NOT_IN_TOKEN.sub("_", source.lower())


def author_token(plain: str) -> str:
    """The token of a word of an author's name."""
    return f"@{plain}"


class _Forms(NamedTuple):
    """The words of a token in both forms, joined by spaces."""

    exact: str
    """Only those that say more than the plain ones."""
    plain: str


def _forms(token: bytes) -> _Forms:
    words = [_WORDS[raw] for raw in WORD.findall(token.decode())[:MOST_WORDS]]
    exact = " ".join([word.exact for word in words if word.exact != word.plain])
    return _Forms(exact, " ".join([word.plain for word in words]))


# What stands between spaces is known from the articles before: to look a token up
# takes a fifth of the time of the pattern.
_FORMS = OfTokens(_forms)
_SPACES = bytes.maketrans(b',;:!?()[]"', b" " * 10)


class _Read(NamedTuple):
    """The tokens of a text; of some nothing is left."""

    exact: list[str]
    plain: list[str]


def _read(text: str) -> _Read:
    tokens = normalise(text).lower().encode("utf-8", "replace").translate(_SPACES)
    forms = list(map(_FORMS.__getitem__, tokens.split()))
    return _Read([form[0] for form in forms], [form[1] for form in forms])


def _cut(text: str) -> str:
    """``text`` without what is past :data:`MOST_WORDS`."""
    if text.count(" ") < MOST_WORDS:
        return text
    return " ".join(text.split(" ", MOST_WORDS)[:MOST_WORDS])


def sought(
    *, source: str, title: str, texts: Iterable[str], authors: Sequence[str]
) -> Sought:
    """By what an article is found; ``texts`` are its lead, body and captions."""
    heading = _read(title)
    names = list(map(_read, authors))
    parts = [heading, *map(_read, texts), *names]
    plain = f" {_PARTED} ".join(filter(None, [_joined(part.plain) for part in parts]))
    named = chain.from_iterable([_joined(name.plain).split() for name in names])
    exact = (
        source_token(source),
        *map(author_token, dict.fromkeys(named)),
        *_of_title(heading),
        *_distinct(chain.from_iterable([part.exact for part in parts])),
    )
    return Sought(_cut(" ".join(exact)), _cut(plain))


def _of_title(heading: _Read) -> Iterator[str]:
    plain = _joined(heading.plain)
    exact = _joined(heading.exact)
    for one in dict.fromkeys((*exact.split(), *plain.split(), *pairs(plain))):
        yield f"^{one}"


def _joined(words: Iterable[str]) -> str:
    return " ".join(filter(None, words))


def _distinct(words: Iterable[str]) -> Iterable[str]:
    # dict, not set: the order of a set is another in each process.
    return filter(None, dict.fromkeys(words))


def pairs(plain: str) -> list[str]:
    """``_can_bo`` for every two plain words in a row, each once."""
    words = plain.split(" ")
    found = dict.fromkeys(pairwise(words))
    return [f"_{one}_{two}" for one, two in found if _PARTED not in (one, two)]
