"""Texts on one form about two things are two stories, under either relation."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.dedupe.decide import NewStory, place
from syndicate.dedupe.events import same_event
from syndicate.dedupe.gist import gist_of
from syndicate.dedupe.rarity import Rarity
from syndicate.model import Bond, Entry, Relation, StoredEntry

DATA = Path(__file__).resolve().parents[1] / "data" / "dedupe"
NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
SLOT = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")


def entry(title: str, text: str, which: int) -> Entry:
    return Entry(
        source="ab"[which],
        url=f"https://{'ab'[which]}.example/1",
        title=title,
        text=text.strip(),
    )


def filled(text: str, which: int) -> str:
    return SLOT.sub(lambda slot: slot[1 + which], text)


def pairs() -> dict[str, tuple[Entry, Entry]]:
    forms = tomllib.loads((DATA / "formula_pairs.toml").read_text(encoding="utf-8"))
    notices = tomllib.loads((DATA / "notices.toml").read_text(encoding="utf-8"))
    found = {
        pair["name"]: tuple(
            entry(filled(pair["title"], at), filled(pair["text"], at), at)
            for at in (0, 1)
        )
        for pair in forms["pair"]
    }
    for pair in notices["pair"]:
        found[f"notice: {pair['name']}"] = (
            entry(pair["one_title"], pair["one"], 0),
            entry(pair["other_title"], pair["other"], 1),
        )
    return found


PAIRS = pairs()


def counted() -> Rarity:
    counts: dict[str, int] = {}
    for both in PAIRS.values():
        for each in both:
            for word in gist_of(each, at=NOW).counted:
                counts[word] = counts.get(word, 0) + 1
    return Rarity(2 * len(PAIRS), counts)


RARITY = counted()


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("rarity", [RARITY, Rarity()], ids=["known", "young"])
def test_texts_on_one_form_tell_no_one_event(name, rarity):
    one, other = (gist_of(each, at=NOW) for each in PAIRS[name])
    assert same_event(one, other, rarity).score < 0.5
    assert same_event(other, one, rarity).score < 0.5


@pytest.mark.parametrize("name", PAIRS)
def test_texts_on_one_form_are_no_copies(name):
    one, other = PAIRS[name]
    stored = StoredEntry(
        id=1,
        story=1,
        entry=other,
        bond=Bond(relation=Relation.FIRST),
        seen_at=NOW,
        changed_at=NOW,
    )
    assert isinstance(place(one, (), [stored]), NewStory)


def test_a_conflict_says_what_it_is():
    weather = [gist_of(one, at=NOW) for one in PAIRS["dự báo thời tiết hai ngày"]]
    series = [gist_of(one, at=NOW) for one in PAIRS["kỳ 1 và kỳ 2"]]
    ceremony = [gist_of(one, at=NOW) for one in PAIRS["hiến máu hai nơi"]]
    assert same_event(*series, RARITY).conflict == "part"
    assert same_event(*ceremony, RARITY).conflict == "form"
    assert same_event(*weather, RARITY).conflict in {"form", "figures"}
