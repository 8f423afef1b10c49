"""Which of the entries that share sampled 3-grams are worth reading side by side.

Two long texts of one kind always share a few formulas. A copy shares at least half of
the smaller text, so of the sample at least half too; a fifth is asked for, because a
small sample is only roughly a sample. What fails this could not pass
:func:`~syndicate.dedupe.decide.place`, and comparing texts is what gathering costs.
"""

from __future__ import annotations

from collections.abc import Sequence

from syndicate.dedupe.likeness import SHORT, body_of
from syndicate.model import StoredEntry

_ONE_IN = 8
"""As in :func:`~syndicate.dedupe.likeness.sampled`."""
_LEAST = 0.2


def promising(
    grams: int, counted: Sequence[tuple[int, StoredEntry]]
) -> list[StoredEntry]:
    """Return the entries that may be copies of a text of ``grams`` 3-grams.

    ``counted`` holds (shared sampled grams, entry), most shared first.
    """
    return [stored for shared, stored in counted if _may_be(grams, shared, stored)]


def _may_be(grams: int, shared: int, stored: StoredEntry) -> bool:
    theirs = len(body_of(stored.entry).split())
    # of a short text every gram is kept, so two short texts share all that they share
    kept = 1 if max(grams, theirs) < SHORT else _ONE_IN
    return shared >= _LEAST * min(grams, theirs) / kept
