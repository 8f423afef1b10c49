"""What rulings mean for leads and for new entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.dedupe.rulings import came_by, chosen_lead, in_force, on_one_side
from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Precision,
    Relation,
    Ruling,
    RulingKind,
    StoredEntry,
)

NOW = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
ONE = "Bà con ấp Bình Hòa góp công làm cầu bê tông qua rạch Cái Sơn trong sáu tháng."
TWO = "Chợ nổi Long Hựu họp lại sau hai năm vắng ghe với hơn sáu mươi ghe bán hàng."


@dataclass(frozen=True)
class Teller:
    id: int
    withdrawn_at: datetime | None = None


def ruled(number: int, kind: RulingKind, entry: int, other: int = 0) -> Ruling:
    return Ruling(id=number, kind=kind, entry=entry, other=other, at=NOW)


def stored(
    number: int, story: int, text: str = "", *, days: int = 0, **bond: object
) -> StoredEntry:
    bond.setdefault("relation", Relation.REPEAT)
    return StoredEntry(
        id=number,
        story=story,
        entry=entry(text, days),
        bond=Bond(**bond),  # type: ignore[arg-type] # a test's own form
        seen_at=NOW,
        changed_at=NOW,
    )


def entry(text: str, days: int = 0) -> Entry:
    return Entry(
        source="a",
        url="https://a.example/1",
        title="t",
        text=text,
        published=Dated(
            value=NOW + timedelta(days=days),
            precision=Precision.DAY,
            origin=DateOrigin.FEED,
            raw="x",
        ),
    )


def test_of_two_rulings_on_the_same_entries_the_newer_holds():
    older = ruled(1, RulingKind.APART, 7, 8)
    newer = ruled(2, RulingKind.TOGETHER, 8, 7)
    other = ruled(3, RulingKind.APART, 7, 9)
    assert set(in_force([newer, other, older])) == {newer, other}


def test_every_choice_of_a_lead_is_kept():
    some = [ruled(n, RulingKind.LEAD, 7) for n in (1, 2)]
    assert len(in_force(some)) == 2


@pytest.mark.parametrize(
    ("chosen", "expected"), [((), None), ((3, 1), 1), ((9,), None), ((2, 1), 2)]
)
def test_the_newest_choice_that_stands_leads(chosen, expected):
    tellers = [Teller(1), Teller(2), Teller(3, withdrawn_at=NOW)]
    lead = chosen_lead(chosen, tellers)
    assert (lead.id if lead else None) == expected


def test_what_joined_for_being_like_something_follows_it_link_by_link():
    tellers = [
        stored(1, 1, relation=Relation.FIRST),
        stored(2, 1, to=1),
        stored(3, 1, to=2, relation=Relation.EVENT),
        stored(4, 1, to=2, relation=Relation.EDITOR),
        stored(5, 1, to=4),
    ]
    assert came_by([2], tellers) == {3}
    assert came_by([1], tellers) == {2, 3}
    assert came_by([4], tellers) == {5}


def test_bonds_that_go_round_come_to_an_end():
    tellers = [stored(1, 1, to=2), stored(2, 1, to=1)]
    assert came_by([1], tellers) == {2}


def test_without_rulings_all_candidates_stay():
    first, second = stored(1, 1, ONE), stored(2, 2, TWO)
    exact, alike = on_one_side(entry(TWO), [("address", first)], [second], ())
    assert (exact, alike) == ([("address", first)], [second])


def test_a_shared_key_gives_way_to_the_text_between_stories_that_are_apart():
    first, second = stored(1, 1, ONE), stored(2, 2, TWO)
    exact, alike = on_one_side(entry(TWO), [("address", first)], [second], {(1, 2)})
    assert (exact, alike) == ([], [second])


def test_stories_that_no_ruling_speaks_of_stay_candidates():
    first, second, third = stored(1, 1, ONE), stored(2, 2, TWO), stored(3, 3, TWO)
    _, alike = on_one_side(entry(ONE), [], [first, second, third], {(1, 2), (2, 9)})
    assert alike == [first, third]


def test_of_two_that_are_equally_alike_the_nearer_in_time_stays():
    """A notice that comes back every week with the same words."""
    first, second = stored(1, 1, ONE, days=-14), stored(2, 2, ONE, days=-7)
    _, alike = on_one_side(entry(ONE), [], [first, second], {(1, 2)})
    assert alike == [second]
