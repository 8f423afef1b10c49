"""Why an issue does not carry a story (pure); the rules are those of ``compose``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from syndicate.digest.choosing import news
from syndicate.digest.choosing.compose import Headings
from syndicate.digest.choosing.picking import Desk, is_corrected, is_told, pick
from syndicate.model import Carried, Category, Story


class Absence(StrEnum):
    """Why an issue does not carry a story."""

    WITHDRAWN = "withdrawn"
    """Every teller withdrew it."""
    CARRIED = "carried"
    """An earlier issue had it, and it has not changed since."""
    BEFORE = "before"
    """It came before the window, and before those of which nobody was told."""
    AFTER = "after"
    """It comes after the window, or its embargo ends then."""
    OLD = "old"
    """At first sight it was older than the digest's limit."""
    BACKLOG = "backlog"
    """It was old at first sight, or came with a first import without a date."""
    LIMITS = "limits"
    """What matters more has taken the places of the issue, section or source."""
    CORRECTIONS = "corrections"
    """There are more corrections than one section takes."""


def why_out(
    desk: Desk,
    story: Story,
    stories: Sequence[Story],
    categories: Mapping[str, Category],
    carried: Mapping[str, Carried],
) -> Absence | None:
    """Return why an issue made of ``stories`` leaves ``story`` out; None if it is in.

    ``stories`` are all that the issue is made of, this one among them.
    """
    standing = news.standing(story, desk.edition)
    if standing is None:
        gone = news.is_withdrawn(story, desk.edition)
        return Absence.WITHDRAWN if gone else Absence.AFTER
    again = is_corrected(desk, standing, carried)
    if not again:
        reason = _not_due(standing, desk, carried)
        if reason is not None:
            return reason
    picked = pick(desk, stories, Headings(desk.digest, categories).places, carried)
    if any(one.uid == story.uid for one in picked.told):
        return None
    return Absence.CORRECTIONS if again else Absence.LIMITS


def _not_due(
    story: Story, desk: Desk, carried: Mapping[str, Carried]
) -> Absence | None:
    if is_told(story, carried):
        return Absence.CARRIED
    if desk.is_due(story):
        return None
    arrived = desk.arrival(story)
    edition = desk.edition
    if not edition.tells_of(story, arrived):
        return Absence.BEFORE
    if arrived >= edition.end or arrived > edition.now:
        return Absence.AFTER
    return Absence.OLD if news.is_old(story, desk.digest) else Absence.BACKLOG
