"""Which issues of a digest hold a story, and what of the one that is its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicate.digest.choosing import news
from syndicate.digest.choosing.absence import Absence, why_out
from syndicate.digest.choosing.compose import Desk, window, window_of
from syndicate.digest.choosing.news import Edition
from syndicate.model import Category, Digest, IssueState, Source, Story
from syndicate.pipeline.mailing.sending import material
from syndicate.store import Connection, issues
from syndicate.store.issues import StoredIssue


class Fate(StrEnum):
    """What becomes of a story in the digest that it came in time for."""

    COMES = "comes"
    """As things stand it is in the issue that comes."""
    DUE = "due"
    """It belongs to the last window, whose issue is not made yet."""
    OUT = "out"
    """The rules keep it out."""
    SKIPPED = "skipped"
    """Too few stories: the issue of its window went to nobody."""
    MISSED = "missed"
    """No issue was made for its window."""
    LATE = "late"
    """It would be in the issue of its window, but came to be so after that was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An issue that holds the story."""

    number: int
    state: IssueState
    end: datetime
    """When its window ended."""
    corrected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What one digest makes of a story."""

    digest: Digest
    printed: tuple[Printed, ...]
    """Newest first."""
    fate: Fate | None
    """None if an issue holds it and nothing is to come."""
    absence: Absence | None = None
    """Why, if it is out."""
    start: datetime
    end: datetime
    """Of the window that is spoken of."""


def prospect(  # noqa: PLR0913 - what an issue is made of, and the story
    connection: Connection,
    digest: Digest,
    story: Story,
    uids: Collection[str],
    *,
    sources: Mapping[str, Source],
    categories: Mapping[str, Category],
    now: datetime,
) -> Prospect:
    """Say what ``digest`` did with a story, or is going to do as things stand.

    ``uids`` are those under which issues may hold it: its own, and of stories that
    were merged into it. ``story`` is without withdrawn entries.
    """
    held = printed(connection, digest, uids)
    arrived = news.arrival(story, sources.get(story.lead.entry.source))
    start, end = window_of(digest, now if held else arrived)
    found, carried = material(connection, digest, start, end, sources, start)
    made = issues.find(connection, digest.key, start)
    edition = Edition(number=0, start=start, end=end, now=end)
    others = [one for one in found if one.id != story.id]
    absence = why_out(
        Desk(digest, edition, sources), story, [*others, story], categories, carried
    )
    fate = _fate(absence, made, end, last=window(digest, now)[1], now=now)
    return Prospect(
        digest=digest,
        printed=held,
        fate=None if held and fate is Fate.OUT else fate,
        absence=absence,
        start=start,
        end=end,
    )


def printed(
    connection: Connection, digest: Digest, uids: Collection[str]
) -> tuple[Printed, ...]:
    """The issues of ``digest`` that hold one of these stories, newest first."""
    return tuple(
        _printed(one, uids)
        for one in issues.carrying(connection, uids)
        if one.issue.digest == digest.key and one.state is not IssueState.SKIPPED
    )


def _fate(
    absence: Absence | None,
    made: StoredIssue | None,
    end: datetime,
    *,
    last: datetime,
    now: datetime,
) -> Fate:
    if absence is not None:
        return Fate.OUT
    if end > now:
        return Fate.COMES
    if made is None:
        return Fate.DUE if end == last else Fate.MISSED
    return Fate.SKIPPED if made.state is IssueState.SKIPPED else Fate.LATE


def _printed(stored: StoredIssue, uids: Collection[str]) -> Printed:
    return Printed(
        number=stored.issue.number,
        state=stored.state,
        end=stored.issue.end,
        corrected=any(
            item.corrected for item in stored.issue.items if item.uid in uids
        ),
    )
