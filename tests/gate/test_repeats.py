"""Floors for repeats: altered copies of real articles join, and nothing else does."""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.dedupe.candidates import promising
from syndicate.dedupe.decide import Repeat, place
from syndicate.dedupe.wording import body_of, wording
from syndicate.model import Bond, Entry, Relation, StoredEntry

STORIES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "stories"
NOW = datetime(2026, 10, 19, tzinfo=UTC)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])")
NAME = re.compile(r"(?<=[^\W\d_A-Z] )[^\W\d_a-z][^\W\d_]*(?: [^\W\d_a-z][^\W\d_]*)*")
OLD_TONES = ("òa óa ỏa õa ọa", "òe óe ỏe õe ọe", "ùy úy ủy ũy ụy")
NEW_TONES = ("oà oá oả oã oạ", "oè oé oẻ oẽ oẹ", "uỳ uý uỷ uỹ uỵ")
SAMPLE = 200
LEAST_WORDS = 100

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STORIES.is_dir(), reason="no ../shared/data/stories"),
]


def rows_of(language: str) -> list[dict[str, str]]:
    with gzip.open(STORIES / f"{language}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if len(row["text"].split()) >= LEAST_WORDS]


class Shelf:
    """A working stand-in for the store: entries by their sampled shingles."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.by_gram: dict[int, list[int]] = defaultdict(list)
        self.entries: list[StoredEntry] = []
        self.grams: list[int] = []
        for row in rows:
            self.add(row["title"], row["text"])

    def add(self, title: str, text: str) -> None:
        at = len(self.entries)
        entry = entry_of(title, text, source=f"portal-{at}")
        self.entries.append(
            StoredEntry(
                id=at,
                story=at,
                entry=entry,
                bond=Bond(relation=Relation.FIRST),
                seen_at=NOW,
                changed_at=NOW,
            )
        )
        told = wording(body_of(entry))
        self.grams.append(len(told.distinct))
        for gram in told.sample:
            self.by_gram[gram].append(at)

    def alike(self, entry: Entry, but: int = -1) -> list[StoredEntry]:
        told = wording(body_of(entry))
        kept = (self.by_gram.get(gram, ()) for gram in told.sample)
        shared = Counter(at for held in kept for at in held)
        shared.pop(but, None)
        counted = ((n, self.grams[at], self.entries[at]) for at, n in shared.items())
        return promising(len(told.distinct), counted)


def entry_of(title: str, text: str, source: str = "reposter") -> Entry:
    return Entry(
        source=source, url=f"https://{source}.example/1", title=title, text=text
    )


class Copies:
    """Altered copies of one article, each kind the way portals make them."""

    def __init__(self, rng: random.Random, foreign: list[str], vocabulary: list[str]):
        self.rng = rng
        self.foreign = foreign
        self.vocabulary = vocabulary

    def framed(self, text: str, share: float) -> str:
        """Put foreign words before and after it: ``share`` of the result."""
        wanted = int(len(text.split()) * share / (1 - share))
        frame: list[str] = []
        while len(frame) < wanted:
            frame += self.rng.choice(self.foreign).split()
        half = wanted // 2
        return " ".join([*frame[:half], text, *frame[half:wanted]])

    def cut(self, text: str, part: float) -> str:
        sentences = SENTENCE_END.split(text)
        count = max(1, round(len(sentences) * part))
        at = self.rng.randrange(len(sentences) - count + 1)
        return " ".join(sentences[at : at + count])

    def reworded(self, text: str, part: float) -> str:
        return " ".join(
            self.rng.choice(self.vocabulary) if self.rng.random() < part else word
            for word in text.split()
        )

    def mixed(self, text: str) -> str:
        text = self.framed(self.cut(text, 0.6), 0.2)
        return unicodedata.normalize("NFD", new_tones(self.reworded(text, 0.03)))

    def of(self, title: str, text: str) -> Iterator[tuple[str, str, str]]:
        yield "framed by a fifth", title, self.framed(text, 0.2)
        yield "cut to 60 %", title, self.cut(text, 0.6)
        yield "cut to 30 %", title, self.cut(text, 0.3)
        yield "re-titled", "Tin tổng hợp trong tuần", text
        yield "other tone style", new_tones(title), new_tones(text)
        yield "NFD", title, unicodedata.normalize("NFD", text)
        yield "a tenth of the words replaced", title, self.reworded(text, 0.1)
        yield "quoted in a longer text", "Điểm báo", self.framed(text, 0.6)
        yield "mixed", "Tin tổng hợp trong tuần", self.mixed(text)
        yield "30 % and a frame", "Điểm báo", self.framed(self.cut(text, 0.3), 1 / 3)


FLOORS = {"mixed": 0.95, "30 % and a frame": 0.90}
SIMPLE_FLOOR = 0.99


def new_tones(text: str) -> str:
    old_forms, new_forms = " ".join(OLD_TONES), " ".join(NEW_TONES)
    for old, new in zip(old_forms.split(), new_forms.split(), strict=True):
        text = re.sub(rf"(?<![qQ]){old}(?!\w)", new, text)
    return text


def formula_sibling(text: str, names: list[str], rng: random.Random) -> str:
    """The same wording about other people, places and figures."""
    other: dict[str, str] = {}
    text = NAME.sub(lambda m: other.setdefault(m[0], rng.choice(names)), text)
    return re.sub(r"\d+", lambda m: str(rng.randrange(1, 10 ** len(m[0]) + 1)), text)


@pytest.mark.parametrize("language", ["vietnamese", "english"])
def test_altered_copies_join_their_story(language, table):
    rows = rows_of(language)
    rng = random.Random(11)  # noqa: S311 - a fixed seed, no secret
    rng.shuffle(rows)
    shelved, held_back = rows[:-30], rows[-30:]
    copies = Copies(
        rng,
        [part for row in held_back for part in SENTENCE_END.split(row["text"])],
        [word for row in rows for word in row["text"].split()],
    )
    shelf = Shelf(shelved)
    joined: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    strayed = 0
    for row in shelved[:SAMPLE]:
        for kind, title, text in copies.of(row["title"], row["text"]):
            entry = entry_of(title, text)
            placed = place(entry, (), shelf.alike(entry))
            tried[kind] += 1
            if isinstance(placed, Repeat):
                right = shelved[placed.story]["story"] == row["story"]
                joined[kind] += right
                strayed += not right
    for kind, count in tried.items():
        floor = FLOORS.get(kind, SIMPLE_FLOOR)
        table(f"{language}: {kind}", joined[kind] / count, floor)
    table(
        f"{language}: copies in a wrong story",
        strayed / tried.total(),
        0.001,
        higher_is_better=False,
    )


@pytest.mark.parametrize("language", ["vietnamese", "english"])
def test_different_articles_do_not_join(language, table):
    rows = rows_of(language)
    shelf = Shelf(rows)
    wrong = 0
    for at, row in enumerate(rows):
        entry = shelf.entries[at].entry
        wrong += any(
            isinstance(place(entry, (), [other]), Repeat)
            and rows[other.story]["story"] != row["story"]
            for other in shelf.alike(entry, but=at)
        )
    table(
        f"{language}: articles that join another story",
        wrong / len(rows),
        0.001,
        higher_is_better=False,
    )


@pytest.mark.parametrize("language", ["vietnamese", "english"])
def test_the_same_formula_about_something_else_does_not_join(language, table):
    rows = rows_of(language)[:SAMPLE]
    rng = random.Random(5)  # noqa: S311 - a fixed seed, no secret
    shelf = Shelf(rows)
    wrong = 0
    for at, row in enumerate(rows):
        names = NAME.findall(rows[(at + 7) % len(rows)]["text"]) or ["Tân Lộc"]
        sibling = formula_sibling(row["text"], names, rng)
        entry = entry_of(row["title"], sibling)
        placed = place(entry, (), shelf.alike(entry))
        wrong += isinstance(placed, Repeat)
    table(
        f"{language}: formula siblings that join",
        wrong / len(rows),
        0.02,
        higher_is_better=False,
    )
