from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.digest.choosing.news import is_corrected
from syndicate.model import Bond, Relation, StoredEntry, Story

Make = Callable[..., Story]
MakeEntry = Callable[..., StoredEntry]
FIRST, REPEAT, EVENT = Relation.FIRST, Relation.REPEAT, Relation.EVENT


@pytest.mark.parametrize(
    ("changed", "bonds", "corrected"),
    [
        # The lead is 1. (relation, to) of each entry from 1 on.
        (1, [(FIRST, 0), (EVENT, 1)], True),
        (2, [(FIRST, 0), (EVENT, 1)], False),
        (2, [(FIRST, 0), (REPEAT, 1)], True),
        (3, [(FIRST, 0), (REPEAT, 1), (REPEAT, 2)], True),
        (3, [(FIRST, 0), (EVENT, 1), (REPEAT, 2)], False),
        (2, [(EVENT, 2), (FIRST, 0)], False),
        (2, [(REPEAT, 2), (FIRST, 0)], True),
        (3, [(REPEAT, 2), (FIRST, 0), (REPEAT, 2)], True),
        (3, [(REPEAT, 2), (FIRST, 0), (EVENT, 1)], False),
        # Kept by a version that did not say which entry it is like.
        (2, [(FIRST, 0), (REPEAT, 0)], True),
    ],
)
def test_a_correction_is_a_change_of_the_text_that_readers_were_given(
    make_entry: MakeEntry,
    make_story: Make,
    changed: int,
    bonds: list[tuple[Relation, int]],
    corrected: bool,
) -> None:
    carried = make_entry().seen_at + timedelta(days=1)
    entries = tuple(
        replace(make_entry(number), bond=Bond(relation=relation, to=to))
        for number, (relation, to) in enumerate(bonds, 1)
    )
    since = carried + timedelta(days=1)
    entries = tuple(
        replace(one, changed_at=since) if one.id == changed else one for one in entries
    )
    story = make_story(entries=entries)
    assert is_corrected(story, carried, since + timedelta(days=1)) is corrected
