"""Which issues of a digest hold a story, and what of the one that is its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from syndicate.digest.choosing import news
from syndicate.digest.choosing.absence import Absence, why_out
from syndicate.digest.choosing.picking import Desk
from syndicate.digest.choosing.windows import keys, window, window_of
from syndicate.model import Category, Digest, IssueState, Source, Story
from syndicate.pipeline.mailing.composing import Material, material
from syndicate.store import Connection, carrying, issues
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
    looked = now if held else arrived
    found = _telling(connection, digest, sources, story, looked, now)
    start, end = found.edition.start, found.edition.end
    made = issues.find(connection, digest.key, start)
    # What was withdrawn by now is told no more, whenever the window was.
    edition = replace(found.edition, now=max(now, end))
    others = [one for one in found.stories if one.id != story.id]
    told = carrying.carried(connection, keys(digest), [story.uid], before=start)
    absence = why_out(
        Desk(digest, edition, sources),
        story,
        [*others, story],
        categories,
        {**found.carried, **told},
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


def _telling(
    connection: Connection,
    digest: Digest,
    sources: Mapping[str, Source],
    story: Story,
    arrived: datetime,
    now: datetime,
) -> Material:
    """What the issue is made of that tells of a story that came at ``arrived``.

    An issue that nobody got, or that was never made, leaves its stories to the next:
    to that of the last window if it is still to be made, else to the one that comes.
    """
    own = window_of(digest, arrived)
    last, coming = window(digest, now), window_of(digest, now)
    due = last if issues.find(connection, digest.key, last[0]) is None else coming
    made = issues.find(connection, digest.key, own[0])
    went = made is not None and made.state is not IssueState.SKIPPED
    if not went and own[0] < due[0]:
        later = material(connection, digest, *due, sources, before=due[0])
        if later.edition.tells_of(story, arrived):
            return later
    return material(connection, digest, *own, sources, before=own[0])


def printed(
    connection: Connection, digest: Digest, uids: Collection[str]
) -> tuple[Printed, ...]:
    """The issues of ``digest`` that hold one of these stories, newest first."""
    return tuple(
        _printed(one, uids)
        for one in carrying.carrying(connection, uids)
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
