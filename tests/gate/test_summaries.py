"""Floors for summaries: of every real article, whole sentences of it and nothing else.

The checker knows nothing of the splitter: it looks each summary up in the article, and
at what stands around the place where it was found.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import statistics
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from syndicate.model import Entry
from syndicate.text.summary import LONGEST, summary

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CORPUS = "a05787a9349aa5dc"
FILES = ("stories/vietnamese", "stories/english", "topics/vietnamese")
ENDED = re.compile(r"[.!?…][\"'”’»)\]]*$")
BEGUN = re.compile(r"(?:^|[.!?…][\"'”’»)\]]*(?:\[\d+\])?)\s*$")
WHOLE = re.compile(
    r"\d+(?:[.,:/]\d+)+|\d+ ?[-–] ?[^\W\d_]+/[^\W\d_]+|\d+/\d{4}/[^\W\d_]+-[^\W\d_]+"
)
# After these nobody stops, unless the paragraph does.
GOES_ON = re.compile(
    r"(?:^|[\s(])(?:tp|ts|ths|gs|pgs|bs|mr|mrs|ms|dr|st|prof|gen|sgt)\s?\.$", re.I
)
QUOTED = re.compile(r'“[^”]*”|"[^"]*"|\([^)]*\)')
INNER_STOP = re.compile(r"[^\W\d_]{3,}\s?[.!?]\s+(?=[^\W\d_a-z])")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data"),
]


def plain(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).replace("\u00d0", "\u0110")
    return " ".join(composed.split())


def letters(text: str) -> str:
    """The Vietnamese leads were tokenised, their articles were not."""
    return re.sub(r"\W", "", plain(text))


def rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def articles() -> Iterator[Entry]:
    for name in FILES:
        for row in rows(name):
            text = row["text"].replace("\r\n", "\n\n")
            yield article(row["title"], row.get("summary", ""), text)
    for truth in json.loads((DATA / "seeds_truth.json").read_text("utf-8"))["seeds"]:
        dump = (DATA / "seeds" / truth["file"]).read_text("utf-8").split("\n")
        [(start, end)] = truth["body"]["line_ranges"]
        body = "\n\n".join(dump[start - 1 : end])
        yield article(dump[truth["meta_lines"]["title"] - 1], "", body)


def article(title: str, lead: str, text: str) -> Entry:
    return Entry(
        source="s", url="https://s.example/1", title=title, lead=lead, text=text
    )


@lru_cache(maxsize=1)
def told() -> list[tuple[Entry, str]]:
    return [(each, summary(each)) for each in articles()]


def paragraphs(entry: Entry) -> list[str]:
    lines = (entry.lead + "\n" + entry.text).split("\n")
    return [line for line in map(plain, lines) if line]


def faults(entry: Entry, said: str) -> list[str]:
    """What is wrong with a summary; nothing if it is of whole sentences."""
    places = paragraphs(entry)
    if is_cut(entry, said):
        return []
    halves = [(said, "")] + [
        (said[: at.start()], said[at.end() :]) for at in re.finditer(" ", said)
    ]
    found: list[str] = ["not found"]
    for first, second in halves:
        wrong = piece_faults(first, places, entry.title)
        wrong += piece_faults(second, places, entry.title) if second else []
        if not wrong:
            return []
        if "not found" not in wrong:
            found = wrong
    return found


def is_cut(entry: Entry, said: str) -> bool:
    """Whether it is the beginning of a sentence, and says that it is no more."""
    shown = said.rstrip("…”")
    whole = any(said in place for place in paragraphs(entry))
    return said != shown and not whole and shown in plain(entry.text)


def piece_faults(piece: str, places: list[str], title: str) -> list[str]:
    best = ["not found"]
    for place in places:
        at = place.find(piece)
        if at < 0:
            continue
        best = place_faults(place, at, at + len(piece), title)
        if not best:
            break
    return best


def place_faults(place: str, start: int, end: int, title: str) -> list[str]:
    wrong = []
    before, piece, after = place[:start], place[start:end], place[end:]
    named = before.strip(" .:;–—-|").casefold() == plain(title).casefold()
    if not BEGUN.search(before) and not named:
        wrong.append("begins inside")
    if after and not ENDED.search(piece):
        wrong.append("ends inside")
    if after and GOES_ON.search(piece):
        wrong.append("ends at an abbreviation")
    spans = [found.span() for found in WHOLE.finditer(place)]
    if any(first < edge < last for first, last in spans for edge in (start, end)):
        wrong.append("cuts a number")
    return wrong


def test_every_summary_is_of_whole_sentences_of_its_article(
    table: Callable[..., None],
) -> None:
    wrong = {entry.text[:60]: faults(entry, said) for entry, said in told()}
    wrong = {text: found for text, found in wrong.items() if found}
    table("summaries: of whole sentences", 1 - len(wrong) / len(told()), 1.0)


def test_no_article_is_left_without_a_summary(table: Callable[..., None]) -> None:
    silent = [entry for entry, said in told() if entry.text.strip() and not said]
    table("summaries: articles left without", len(silent), 0, False)


def test_a_summary_has_two_sentences_at_most(table: Callable[..., None]) -> None:
    def more(said: str) -> bool:
        return len(INNER_STOP.findall(QUOTED.sub("", said))) > 1

    long = [said for _, said in told() if more(said)]
    table(
        "summaries: of more than two sentences", len(long) / len(told()), 0.005, False
    )


def test_summaries_are_short_and_few_are_cut(table: Callable[..., None]) -> None:
    said = [each for _, each in told()]
    cut = [each for entry, each in told() if is_cut(entry, each)]
    table("summaries: characters at most", max(map(len, said)), LONGEST, False)
    table(
        "summaries: characters on average", statistics.mean(map(len, said)), 260, False
    )
    table("summaries: cut with …", len(cut) / len(said), 0.01, False)


def test_a_good_lead_of_the_source_is_used(table: Callable[..., None]) -> None:
    """Vietnamese stories alone have leads; nearly all of them are good."""
    own = [(entry, said) for entry, said in told() if entry.lead]
    used = [1 for entry, said in own if letters(said)[:40] in letters(entry.lead)]
    table("summaries: the source's own lead", len(used) / len(own), 0.98)


def test_the_corpus_is_the_one_that_the_floors_were_measured_on() -> None:
    known = hashlib.sha256()
    for name in FILES:
        known.update((DATA / f"{name}.jsonl.gz").read_bytes())
    assert known.hexdigest()[:16] == CORPUS
