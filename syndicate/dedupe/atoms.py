"""The words of a text for what it is about: keyed, numbers in one form, capitals known.

Unlike :mod:`~syndicate.dedupe.wording`, where each word counts, function words are
left out here, and figures are read: "5.000" is "5000", "23-10-2013" a day and a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from syndicate.dedupe.common import FUNCTION_WORDS, MONTHS
from syndicate.text.clean import key_text, normalise
from syndicate.text.tokens import OfTokens

SMALL, CAPITAL, END = range(3)
_ATOM = re.compile(
    r"(?P<document>\d[\w&-]{0,30}/[\w&/-]{0,30}[^\W\d_][\w&/-]{0,30})"
    r"|(?P<number>\d+(?:[.,:/-]\d+)*)|(?P<word>[^\W_]+)|(?P<end>[.!?…:;\"“”()–—•|]+)"
)
_MOST_DIGITS = 15
_WORD = 20
"""Characters of a word with what follows it; few are longer, and no text's mean is."""
_SPELT_DAY = re.compile(r"\bngày (\d{1,2}) tháng (\d{1,2})(?!\d)")
_SYLLABIC = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỵỷỹ]")
_DAY_OF_MONTH = re.compile(r"[1-9]|[12]\d|3[01]")
_LOOKED_AT = 400
_PART = 0.03
"""The part of the letters that only Vietnamese has, from which on a text is in it."""


@dataclass(frozen=True, slots=True)
class Atoms:
    """The words of a text, in order."""

    keys: list[str]
    """Spelt in one way; "" stands for a function word and between two sentences."""
    kinds: bytes
    """Of each: 0 for a word, 1 for one with a capital, 2 where a clause ends."""


def atoms_of(text: str, limit: int) -> Atoms:
    """The first ``limit`` words of ``text``."""
    tokens = _prepared(text[: _WORD * limit]).split()[:limit]
    keys = list(chain.from_iterable(map(_KEYS.__getitem__, tokens)))
    return Atoms(keys, b"".join(map(_KINDS.__getitem__, tokens)))


def is_syllabic(text: str) -> bool:
    """Whether ``text`` is Vietnamese, whose words are of several syllables.

    Without its accents it is not known.
    """
    some = text[:_LOOKED_AT].lower()
    return len(_SYLLABIC.findall(some)) > _PART * len(some)


def _prepared(text: str) -> str:
    text = normalise(text)
    if " tháng " in text:
        text = _SPELT_DAY.sub(r"\1/\2", text)
    return text.replace("\n", " . ") if "\n" in text else text


def days_in_words(keys: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Days like "november 12" or "12 november", as "12/11", and where they stand."""
    for at, key in enumerate(keys):
        month = MONTHS.get(key)
        for beside in (at + 1, at - 1) if month else ():
            day = keys[beside] if 0 <= beside < len(keys) else ""
            if _DAY_OF_MONTH.fullmatch(day):
                yield f"{day}/{month}", at
                break


def _number(found: str) -> tuple[str, ...]:
    """A figure as all write it; of a date the day with its month, and the year."""
    groups = [group.lstrip("0") or "0" for group in re.split("[.,:/-]", found)]
    signs = set(re.findall("[.,:/-]", found))
    if len(found) > _MOST_DIGITS:
        return ()
    if len(signs) == 1 and signs <= {".", ","} and _are_thousands(found):
        return (re.sub("[.,]", "", found),)
    if len(groups) in {2, 3} and signs <= {"/", "-", "."}:
        if len(groups) == 3 and len(groups[0]) == 4:
            groups = groups[::-1]
        day, month = int(groups[0]), int(groups[1])
        if 1 <= day <= 31 and 1 <= month <= 12:
            return (f"{day}/{month}", *groups[2:])
    return (found if signs else groups[0],)


def _are_thousands(found: str) -> bool:
    first, *rest = re.split("[.,]", found)
    return len(first) <= 3 and all(len(group) == 3 for group in rest)


def _taken_apart(token: str) -> Iterator[tuple[str, int]]:
    for match in _ATOM.finditer(token):
        said = match.group()
        if match["end"]:
            yield "", END
        elif match["document"]:
            yield key_text(said), SMALL
        elif match["number"]:
            yield from ((number, SMALL) for number in _number(said))
        else:
            key = key_text(said)
            telling = len(key) > 1 and key not in FUNCTION_WORDS
            yield key if telling else "", CAPITAL if said[0].isupper() else SMALL


def _keys(token: str) -> tuple[str, ...]:
    return tuple(key for key, _ in _taken_apart(token))


def _kinds(token: str) -> bytes:
    return bytes(kind for _, kind in _taken_apart(token))


_KEYS = OfTokens(_keys)
_KINDS = OfTokens(_kinds)
