"""Different texts of one event are found, and told from what only looks like it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.dedupe.events import (
    Candidate,
    looked_for,
    marks,
    may_be_event,
    place_event,
    same_event,
)
from syndicate.dedupe.gist import Gist, gist_of
from syndicate.dedupe.rarity import Rarity
from syndicate.model import Entry, EvidenceKind, Relation

DATA = Path(__file__).resolve().parents[1] / "data" / "dedupe"
PAIRS = tomllib.loads((DATA / "event_pairs.toml").read_text(encoding="utf-8"))["pair"]
NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
WITHIN = timedelta(days=4)


def gist(title: str, text: str, source: str) -> Gist:
    entry = Entry(
        source=source, url=f"https://{source}.example/1", title=title, text=text
    )
    return gist_of(entry, at=NOW)


TOLD = [
    (
        gist(pair["one_title"], pair["one"], "bao"),
        gist(pair["other_title"], pair["other"], "dai"),
    )
    for pair in PAIRS
]
NAMES = [pair["name"] for pair in PAIRS]


def counted() -> Rarity:
    """What a desk knows that had all of these pairs."""
    counts: dict[str, int] = {}
    for both in TOLD:
        for each in both:
            for word in each.counted:
                counts[word] = counts.get(word, 0) + 1
    return Rarity(2 * len(TOLD), counts)


RARITY = counted()


@pytest.mark.parametrize("both", TOLD, ids=NAMES)
def test_two_tellings_of_one_event_are_found_by_each_other(both):
    one, other = both
    kept = set(marks(one, RARITY))
    assert may_be_event(len(kept.intersection(looked_for(other, RARITY, WITHIN))))


@pytest.mark.parametrize("both", TOLD, ids=NAMES)
def test_two_tellings_of_one_event_are_one_event_and_of_others_are_not(both):
    one, other = both
    assert same_event(one, other, RARITY).score >= 0.5
    assert same_event(other, one, RARITY) == replace(
        same_event(one, other, RARITY),
        evidence=same_event(other, one, RARITY).evidence,
    )
    strangers = [each for pair in TOLD if pair is not both for each in pair]
    alike = [each for each in strangers if same_event(one, each, RARITY).score >= 0.5]
    assert not alike


def test_a_young_desk_knows_the_event_too():
    one, other = TOLD[NAMES.index("vỡ đê bao Cồn Tàu")]
    assert same_event(one, other, Rarity()).score >= 0.5


def test_evidence_says_what_both_have():
    one, other = TOLD[NAMES.index("hội nghị sơ kết chỉ thị")]
    said = {each.kind: each.said for each in same_event(one, other, RARITY).evidence}
    assert "Hoàng Yến" in " ".join(said[EvidenceKind.NAMES])
    assert said[EvidenceKind.DOCUMENTS] == ("40-CT/TW",)
    assert "3214" in said[EvidenceKind.NUMBERS]
    assert said[EvidenceKind.DAYS] == ("12/11",)
    assert said[EvidenceKind.WORDS]


def test_the_hours_between_are_told():
    one, other = TOLD[0]
    later = other.moved(NOW + timedelta(hours=30))
    (days,) = [
        each
        for each in same_event(one, later, RARITY).evidence
        if each.kind is EvidenceKind.DAYS
    ]
    assert days.count == 30


def test_an_entry_joins_the_story_of_its_event():
    one, other = TOLD[0]
    strangers = [
        Candidate(at, 100 + at, pair[0]) for at, pair in enumerate(TOLD[1:], 10)
    ]
    placed = place_event(other, [*strangers, Candidate(7, 42, one)], RARITY, WITHIN)
    assert placed is not None
    assert placed.story == 42
    assert placed.bond.relation is Relation.EVENT
    assert placed.bond.to == 7
    assert 0.5 <= placed.bond.score <= 1
    assert placed.bond.evidence


def test_what_happened_long_before_is_another_event():
    one, other = TOLD[0]
    old = one.moved(NOW - timedelta(days=5))
    candidates = [Candidate(7, 42, old)]
    assert place_event(other, candidates, RARITY, WITHIN) is None
    assert place_event(other, candidates, RARITY, timedelta(days=6)) is not None


@pytest.mark.parametrize("hours", [0, 1, 95, 96])
def test_what_is_within_reach_is_looked_for(hours):
    one, other = TOLD[0]
    for later in (NOW + timedelta(hours=hours), NOW - timedelta(hours=hours)):
        wanted = looked_for(other.moved(later), RARITY, WITHIN)
        assert may_be_event(len(set(wanted).intersection(marks(one, RARITY))))


def test_what_is_far_out_of_reach_is_not_even_looked_for():
    one, other = TOLD[0]
    wanted = looked_for(other.moved(NOW + timedelta(days=20)), RARITY, WITHIN)
    assert not set(wanted).intersection(marks(one, RARITY))


def test_marks_are_few_and_fit_into_a_signed_integer():
    for one, _ in TOLD:
        kept = marks(one, RARITY)
        assert 0 < len(kept) <= 24
        assert all(0 <= mark < 2**63 for mark in kept)
        assert kept == marks(one, RARITY)


@pytest.mark.parametrize("year", [1900, 1969, 2099])
def test_odd_years_have_marks_too(year):
    one = TOLD[0][0].moved(datetime(year, 1, 1, tzinfo=UTC))
    assert all(0 <= mark < 2**63 for mark in marks(one, RARITY))


def test_what_tells_nothing_is_not_kept_nor_placed():
    brief = gist("Thông báo", "Xem tệp đính kèm.", "bao")
    assert marks(brief, RARITY) == ()
    assert looked_for(brief, RARITY, WITHIN) == ()
    candidates = [Candidate(7, 42, TOLD[0][0])]
    assert place_event(brief, candidates, RARITY, WITHIN) is None


def test_words_alone_say_nothing():
    """Two pieces of advice on one matter name nobody, no day and no figure."""
    advice = (
        "Giấc ngủ trưa ngắn giúp đầu óc tỉnh táo. Bác sĩ khuyên không nên ngủ trưa quá "
        "lâu vì dễ mệt mỏi, đau đầu. Trước giấc ngủ trưa cần tránh ăn quá no."
    )
    other = (
        "Ngủ trưa đúng cách thì giấc ngủ đêm không bị ảnh hưởng. Người hay mất ngủ nên "
        "bỏ giấc ngủ trưa, tránh mệt mỏi và đau đầu, theo lời khuyên của bác sĩ."
    )
    pair = (
        gist("Lợi ích của giấc ngủ trưa", advice, "bao"),
        gist("Ngủ trưa thế nào cho đúng", other, "dai"),
    )
    assert same_event(*pair, RARITY).score < 0.5


def test_one_teller_on_another_form_does_not_win_against_the_others():
    one, other = TOLD[0]
    stranger = TOLD[5][0]
    mixed = [
        Candidate(1, 42, stranger),
        Candidate(2, 42, stranger),
        Candidate(3, 42, stranger),
        Candidate(4, 43, one),
    ]
    placed = place_event(other, mixed, RARITY, WITHIN)
    assert placed is not None
    assert placed.story == 43
