"""Two sentences that say what happened: the source's own lead, else the body's.

Feeds, pages and mails all ask here, so that they say the same of a story. Every
sentence is one of the article's, whole; see :func:`summary` for the one exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from syndicate.model import Entry
from syndicate.text.clean import key_text, one_line, words
from syndicate.text.saying import ends, is_furniture, other_language, tells
from syndicate.text.sentences import each_sentence, extract, sentences

WANTED = 320
"""Characters that two sentences may have together."""
LONGEST = 500
"""Characters of one sentence; a longer one is a list of names or a chapter."""
_HEAD = 6_000
"""Characters of a body in which its first real sentences are looked for."""
_TRIED = 8
"""Sentences among which one that fits is looked for."""
_CUT = re.compile(r"\s*(?:\[\s*(?:…|\.{3,})\s*\]|\(\s*(?:…|\.{3,})\s*\)|…|\.{3,})\s*$")
_TAIL = 40
"""Characters at the end of a text in which its cut is seen."""
_RECOGNISED = 20
"""Letters and digits by which a lead is known for the beginning of a sentence."""
_COMPARED = 100
"""Characters of it that are looked at."""


def summary(entry: Entry, *, lead_only: bool = False) -> str:
    """Say in two sentences at most what ``entry`` is about, on one line.

    The source's own lead if it says something, continued or completed from the body
    where it is a part of the body; else the body's first two sentences that say
    something. ``lead_only``: nothing but the lead may be quoted, as the rights of
    some sources want it. Together at most :data:`WANTED` characters, or one sentence
    of at most :data:`LONGEST`; only where none is as short as that, the first is cut
    and ends in "…". Empty if there is nothing to say.
    """
    title = one_line(entry.title)
    own = _own(entry, title)
    if lead_only:
        return _fitting(own.telling or own.all)
    return _fitting(_chosen(entry, title, own)) or _fitting(own.all)


class _Lead:
    """What the source says before its article."""

    __slots__ = ("all", "cut", "telling")

    def __init__(self, text: str, title: str) -> None:
        whole = [] if is_furniture(text) else sentences(text[:_HEAD])
        said = [each for each in whole if not is_furniture(each)]
        self.all = said
        self.telling = [each for each in said if tells(each, title)]
        self.cut = _uncut(text) != text
        """The source cut it: its last sentence is none."""

    def whole(self) -> list[str]:
        """The sentences that were not cut."""
        cut = self.cut and self.telling[-1:] == self.all[-1:]
        return self.telling[:-1] if cut else self.telling


def _own(entry: Entry, title: str) -> _Lead:
    return _Lead(_without_title(one_line(entry.lead), title), title)


def _chosen(entry: Entry, title: str, own: _Lead) -> Iterable[str]:
    """The sentences to begin with, in their order."""
    whole = own.whole()
    if len(whole) >= 2:
        return whole
    if not own.telling or other_language(own.telling[0], entry.text[:_HEAD]):
        return _body(entry, title) or own.telling
    found = _place(own.telling[0], islice(_real(entry, title), _TRIED))
    return found or whole or _body(entry, title) or own.telling


def _place(lead: str, body: Iterable[str]) -> list[str]:
    """The sentences of ``body`` from the beginning of ``lead`` on; none without it."""
    begun = _letters(_uncut(lead))
    told = iter(body)
    for sentence in told:
        own = _letters(sentence)
        both = min(len(own), len(begun))
        if both >= _RECOGNISED and own[:both] == begun[:both]:
            return [sentence, *told]
    return []


def _uncut(text: str) -> str:
    """``text`` without the sign at its end that it was cut there."""
    # Of a text of dots alone a search through all of it would never end.
    return text[:-_TAIL] + _CUT.sub("", text[-_TAIL:])


def _letters(text: str) -> str:
    """The first letters and digits, in one spelling."""
    return "".join(words(text[:_COMPARED]))[: _COMPARED // 2]


def _body(entry: Entry, title: str) -> list[str]:
    """The first sentences of the body that say something; else the first of all."""
    told = _real(entry, title)
    # A summary wants the next sentence only when one is short enough.
    found: list[str] = []
    for sentence in islice(told, _TRIED):
        found.append(sentence)
        if len(sentence) <= LONGEST:
            return [*found, *islice(told, 1)]
    return found or _any(entry, title)


def _real(entry: Entry, title: str) -> Iterator[str]:
    """The sentences of the body that say something, those that have an end."""
    for paragraph in _paragraphs(entry, title):
        for sentence in each_sentence(paragraph):
            if ends(sentence) and tells(sentence, title):
                yield sentence


def _any(entry: Entry, title: str) -> list[str]:
    """The body's sentences where none is a real one."""
    told = chain.from_iterable(map(sentences, _paragraphs(entry, title)))
    return list(told) or sentences(entry.text[:_HEAD])


def _paragraphs(entry: Entry, title: str) -> Iterator[str]:
    """The first paragraphs, each on one line, without those that are furniture."""
    known = {key_text(each) for each in (*entry.captions, title) if each}
    longest = max(map(len, known), default=0) + _RECOGNISED
    lines = entry.text[:_HEAD].split("\n")
    if len(entry.text) > _HEAD and len(lines) > 1:
        lines.pop()  # it may be cut
    for line in lines:
        paragraph = one_line(line)
        if len(paragraph) <= longest and key_text(paragraph) in known:
            continue
        if paragraph and not is_furniture(paragraph):
            yield _without_title(paragraph, title)


def _without_title(text: str, title: str) -> str:
    """Drop the title where a portal repeats it at the beginning of the text.

    Only where it is marked off: "Bão số 5: hai người mất tích" is a sentence.
    """
    head, rest = text[: len(title)], text[len(title) :]
    if not title or key_text(head) != key_text(title):
        return text
    told = rest.lstrip(" .:;–-—|")
    if not told:
        return ""
    marked = rest[:1] in ".:;|" or rest[:3].strip() in {"-", "–", "—"}
    shouted = head.isupper() and not told[:30].isupper()
    return told if (marked or shouted) and not told[0].islower() else text


def _fitting(told: Iterable[str]) -> str:
    """The first sentence that fits, and the one after it if both do."""
    tried = list(islice(told, _TRIED + 1))
    for at, sentence in enumerate(tried):
        if len(sentence) <= LONGEST:
            both = " ".join(tried[at : at + 2])
            return both if len(both) <= WANTED else sentence
    return extract(tried[0], sentences=1, limit=LONGEST) if tried else ""
