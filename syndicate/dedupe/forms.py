"""Whether two texts are on one form about two things.

"Lễ trao Huy hiệu Đảng …" in two districts, the prices of two days, two accidents: two
hands share a third of their wording if they write of one event, and nearly all of it
if they fill in one form. Then it counts what stands in the slots: an edited copy keeps
the names and the figures, a form does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from syndicate.dedupe.gist import is_figure
from syndicate.dedupe.weighing import Weighed, part_shared

_FORM = 0.5
"""The part of the plain words of the shorter text that the other has too, from which
on it is no chance. Of pairs that tell one event 4 % have so much, of forms 98 %."""
_ONE_HAND = 0.75
"""The same, from which on one hand wrote both: then it is enough that the head of each
has a name or a figure that the other has not. A copy seldom has both lost and won."""
_PARTICULARS = 0.8
"""How much of the names and figures is shared in one event, for all of the wording."""
_TITLES = 0.5
"""The part of the longer title that both have, if they are on one form."""
_FIGURES = 0.3
"""The part of the figures that is shared at least, where there are any."""
_SOME = 2
"""Figures, from which on they say something."""


def conflict_of(ours: Weighed, theirs: Weighed) -> str:
    """``form``, ``figures``, ``part``, or "" if nothing speaks against one event."""
    if _other_part(ours.gist.part, theirs.gist.part):
        return "part"
    wording = _wording(ours, theirs)
    filled_in = wording >= _FORM and _is_filled_in(ours, theirs, wording)
    if filled_in or _titles_on_one_form(ours.gist.title, theirs.gist.title):
        return "form"
    told = (_particulars(each, names=False) for each in (ours, theirs))
    if wording < _FORM or min(map(len, told)) < _SOME:
        return ""
    figures = _shared(ours, theirs, names=False)
    return "figures" if figures is not None and figures < _FIGURES else ""


def _other_part(one: str, other: str) -> bool:
    """Both are parts of a series ("kỳ 1", "kỳ 2"), and not the same."""
    if not one or not other or one == other:
        return False
    return one.rpartition(" ")[0] == other.rpartition(" ")[0]


def _titles_on_one_form(one: Sequence[str], other: Sequence[str]) -> bool:
    """Most of both titles is the same, but for a name in the place of a name."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    if sum(block.size for block in blocks) < _TITLES * max(len(one), len(other), 5):
        return False
    at = to = 0
    for block in blocks:
        slot = one[at : block.a], other[to : block.b]
        if all(any(word.startswith("^") for word in each) for each in slot):
            return True
        at, to = block.a + block.size, block.b + block.size
    return False


def _wording(ours: Weighed, theirs: Weighed) -> float:
    """The part of the plain words of the shorter text that both have."""
    one, other = _plain(ours), _plain(theirs)
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


def _plain(of: Weighed) -> set[str]:
    pairs, names = of.gist.syllabic, of.gist.names
    return {word for word in of.words if ("_" in word) == pairs and word not in names}


def _shared(ours: Weighed, theirs: Weighed, *, names: bool) -> float | None:
    """The part of the figures, and of the ``names``, that both have.

    Of the text where it is larger: a shorter one leaves some out. None where one of
    them has none.
    """
    one, other = (_particulars(each, names=names) for each in (ours, theirs))
    if not one or not other:
        return None
    return max(
        part_shared(one, theirs.gist.terms),
        part_shared(other, ours.gist.terms),
    )


def _is_filled_in(ours: Weighed, theirs: Weighed, wording: float) -> bool:
    """Whether what stands in the slots of so much shared wording is not the same."""
    particulars = _shared(ours, theirs, names=True)
    if particulars is not None and particulars < _PARTICULARS * wording:
        return True
    return wording >= _ONE_HAND and _each_its_own(ours, theirs)


def _each_its_own(ours: Weighed, theirs: Weighed) -> bool:
    """Each gives in its head a name or a figure that the other does not have."""
    one, other = (
        _particulars(each, names=True).keys() & each.gist.head
        for each in (ours, theirs)
    )
    return not (one <= theirs.gist.terms.keys() or other <= ours.gist.terms.keys())


def _particulars(of: Weighed, *, names: bool) -> dict[str, float]:
    told = {figure: of.weights[figure] for figure in filter(is_figure, of.gist.terms)}
    return told | {name: of.weights[name] for name in of.names} if names else told
