"""Where a story stands in a feed, as a word that sorts (pure).

The greatest stands first. A story gets its place when it comes and keeps it, whatever
becomes of its dates. The word is of a fixed width and of digits and small letters
alone, so that every database sorts it alike.
"""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.model import FeedOrder, Story
from syndicate.publish.select import standing_entries

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Of what came in the same moment with the same date, the smaller uid stands first.
_TURNED = str.maketrans(f"-{_LETTERS}", f"z{_LETTERS[::-1]}")
_DIGITS = 15
_UID = 24


def place(story: Story, order: FeedOrder = FeedOrder.SEEN) -> str:
    """Return the place that ``story`` takes in a feed of that order.

    In the order of gathering that is when we had it, and by date for what came
    together. A backlog (old when first seen) goes where its date puts it: a source
    that is added today must not bury the news under its archive.
    """
    if order is FeedOrder.PUBLISHED:
        at, said = _published(story), story.seen_at
    else:
        at, said = _gathered(story)
    return f"{_word(at)}{_word(said)}{_turned(story.uid)}"


def _gathered(story: Story) -> tuple[datetime, datetime]:
    first = min(story.entries, key=lambda stored: (stored.seen_at, stored.id))
    published = first.entry.published
    said = story.seen_at if published is None else published.value
    return min(said, story.seen_at) if first.backlog else story.seen_at, said


def _published(story: Story) -> datetime:
    """Return the date that its leader has, which cannot be later than we had it."""
    lead = (standing_entries(story) or story.entries)[0]
    published = lead.entry.published
    return story.seen_at if published is None else min(published.value, lead.seen_at)


def _word(moment: datetime) -> str:
    """Return microseconds since the year 1; what lies before that is that."""
    since = moment - _EPOCH
    number = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return f"{max(number, 0):0{_DIGITS}x}"


def _turned(uid: str) -> str:
    legal = (letter for letter in uid.translate(_TURNED) if letter in _LETTERS)
    return "".join(legal)[:_UID].ljust(_UID, "z")
