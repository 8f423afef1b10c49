from __future__ import annotations

import pytest

from syndicate.dedupe.gist import gist_of
from syndicate.model import Entry
from syndicate.pipeline import wordcounts
from syndicate.pipeline.wordcounts import SAMPLE, WordCounts, step_at
from syndicate.store import Database, rarities


@pytest.fixture
def gist(words):
    """The gist of a text of these words and many others."""

    def make(*told: str):
        rest = " ".join(f"chữ{at} vần{at}" for at in range(20))
        text = f"{' '.join(told)} {rest}"
        entry = Entry(source="a", url="https://a.example/1", title="Tin", text=text)
        return gist_of(entry, at=words.start)

    return make


def test_what_a_process_learns_another_knows(desk, gist):
    ours, theirs = WordCounts(), WordCounts()
    with desk.database.write() as connection:
        ours.rarity(connection)
        ours.learn(connection, [(n, gist("lũ", f"riêng{n}")) for n in range(20)])
        known = ours.rarity(connection)
        assert known.texts == 20
        assert known.weight("lũ") < known.weight("riêng3") <= known.weight("lạ")
    with desk.database.write() as connection:
        again = theirs.rarity(connection)
        assert again.texts == 20
        for word in ("lũ", "riêng3", "lạ"):
            assert again.weight(word) == known.weight(word)


def test_what_others_learnt_is_read_once_it_is_much(desk, gist):
    ours, theirs = WordCounts(), WordCounts()
    with desk.database.write() as connection:
        ours.rarity(connection)
        theirs.rarity(connection)
        theirs.learn(connection, [(n, gist("lũ")) for n in range(8)])
        assert ours.rarity(connection).texts == 0
        theirs.learn(connection, [(9, gist("lũ"))])
        assert ours.rarity(connection).texts == 9


def test_another_store_has_its_own_words(desk, gist, tmp_path):
    known = WordCounts()
    with desk.database.write() as connection:
        known.rarity(connection)
        known.learn(connection, [(1, gist("lũ"))])
    with (
        Database.open(f"sqlite:///{tmp_path}/other.db") as other,
        other.write() as connection,
    ):
        assert known.rarity(connection).texts == 0


def test_of_many_texts_a_sample_is_counted_and_counts_for_all(desk, gist, monkeypatch):
    monkeypatch.setattr(wordcounts, "SAMPLE", 16)
    monkeypatch.setattr(rarities, "RAREST", 40)
    known = WordCounts()
    with desk.database.write() as connection:
        for number in range(1, 2001):
            known.rarity(connection)
            told = ("lũ", "bão") if number % 4 == 0 else ("lũ", f"riêng{number}")
            known.learn(connection, [(number, gist(*told))])
        texts, counts = rarities.load(connection)
    assert texts == pytest.approx(2000, rel=0.15)
    assert counts["lũ"] == texts
    # Those that are counted late all have it, for a step is a power of two.
    assert counts["bão"] > texts / 4
    # What was met in one text alone, long ago, is known to nobody any more.
    assert len([word for word in counts if word.startswith("riêng")]) < 40


@pytest.mark.parametrize(
    ("texts", "step"),
    [(0, 1), (2 * SAMPLE - 1, 1), (2 * SAMPLE, 2), (1_000_000, 512)],
)
def test_between_doublings_as_many_are_counted(texts, step):
    assert step_at(texts) == step
