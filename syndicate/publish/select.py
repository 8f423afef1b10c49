"""Which stories belong in a feed, and in what order (pure).

A feed is read from the top, and readers remember ids: a story keeps its place once
it has one. So the order is that of our gathering, not of the dates that sources
claim or correct; those only sort what came in together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from syndicate.model import (
    Category,
    Dated,
    Entry,
    Feed,
    Precision,
    Site,
    Source,
    StoredEntry,
    Story,
)
from syndicate.text.clean import key_text

_WIDTH = {
    Precision.SECOND: timedelta(0),
    Precision.MINUTE: timedelta(0),
    Precision.HOUR: timedelta(hours=1),
    Precision.DAY: timedelta(days=1),
}


class Absence(StrEnum):
    """Why a feed does not carry a story."""

    WITHDRAWN = "withdrawn"
    """Every teller withdrew it."""
    CATEGORY = "category"
    """None of its labels is one of the feed's categories."""
    SOURCE = "source"
    """Nobody who tells it is one of the feed's sources."""
    LANGUAGE = "language"
    """Its lead is in another language."""
    PHRASE = "phrase"
    """None of the feed's phrases stands in it."""
    EMBARGO = "embargo"
    """Its lead is held back still, or all that speak for it in this feed."""
    LIMIT = "limit"
    """As many newer ones as the feed takes are before it."""


def standing_feeds(
    site: Site, categories: Iterable[Category], sources: Iterable[Source]
) -> tuple[Feed, ...]:
    """Return the feeds every site has: all, one per category, one per source."""
    everything = Feed(key="all", title=site.title, description=site.description)
    by_category = (
        Feed(
            key=f"category/{category.slug}",
            title=f"{category.title} – {site.title}",
            categories=(category.slug,),
        )
        for category in categories
    )
    by_source = (
        Feed(
            key=f"source/{source.key}",
            title=f"{source.title} – {site.title}",
            sources=(source.key,),
        )
        for source in sources
    )
    return (everything, *by_category, *by_source)


def standing_entries(story: Story) -> tuple[StoredEntry, ...]:
    """Return the tellers that have not withdrawn the story; the first leads."""
    return tuple(stored for stored in story.entries if stored.withdrawn_at is None)


def carries(
    feed: Feed, story: Story, sources: Mapping[str, Source] | None = None
) -> bool:
    """Say whether ``story`` is what ``feed`` is about; every condition must hold.

    A story belongs to a source if any of its tellers does, and is in a language if
    its lead is; ``sources`` says the language of entries that do not.
    """
    return unmet(feed, story, sources or {}) is None


def unmet(feed: Feed, story: Story, sources: Mapping[str, Source]) -> Absence | None:
    """Return the first condition of ``feed`` that ``story`` does not meet."""
    told = standing_entries(story)
    if not told:
        return Absence.WITHDRAWN
    if not _meets(feed.categories, (label.category for label in story.labels)):
        return Absence.CATEGORY
    if not _meets(feed.sources, (stored.entry.source for stored in told)):
        return Absence.SOURCE
    if not _speaks(feed.languages, told[0].entry, sources):
        return Absence.LANGUAGE
    return None if _says(feed.phrases, told) else Absence.PHRASE


def why_out(
    feed: Feed,
    story: Story,
    ordered: Sequence[Story],
    sources: Mapping[str, Source],
    now: datetime,
) -> Absence | None:
    """Return why ``feed`` does not carry ``story`` at ``now``; None if it does.

    ``ordered`` is what :func:`ready` gives of all stories that publishing looks at; one
    that is ready and not among them has been pushed out by newer ones.
    """
    missing = why_unfit(feed, story, sources, now)
    if missing is not None:
        return missing
    chosen = carried(feed, ordered, sources)
    return None if any(one.id == story.id for one in chosen) else Absence.LIMIT


def why_unfit(
    feed: Feed, story: Story, sources: Mapping[str, Source], now: datetime
) -> Absence | None:
    """Return why ``story`` may not stand in ``feed`` at ``now``, had it any length."""
    missing = unmet(feed, story, sources)
    if missing is not None:
        return missing
    if not is_free(story, sources, now):
        return Absence.EMBARGO
    if not carries(feed, without_held(story, sources, now), sources):
        return Absence.EMBARGO
    return None


def select(
    feed: Feed,
    stories: Iterable[Story],
    sources: Mapping[str, Source],
    now: datetime,
) -> tuple[Story, ...]:
    """Return what ``feed`` carries at ``now``, newest first, up to its limit.

    Left out are stories and tellers under embargo, and stories that every teller
    withdrew.
    """
    return carried(feed, ready(stories, sources, now), sources)


def ready(
    stories: Iterable[Story], sources: Mapping[str, Source], now: datetime
) -> tuple[Story, ...]:
    """Return the stories that may be published at ``now``, newest first.

    They come without the tellers that may not be named yet. That does not move them.

    The order is that of when we had them, and by date for what came together. A
    backlog (old when first seen) goes where its date puts it: a source that is added
    today must not bury the news under its archive.
    """
    free = (story for story in stories if is_free(story, sources, now))
    return tuple(
        without_held(story, sources, now) for story in sorted(free, key=_place)
    )


def carried(
    feed: Feed, ordered: Iterable[Story], sources: Mapping[str, Source]
) -> tuple[Story, ...]:
    """Return what ``feed`` carries of ``ordered``, up to its limit."""
    chosen = (story for story in ordered if carries(feed, story, sources))
    return tuple(islice(chosen, max(feed.limit, 0)))


def is_free(story: Story, sources: Mapping[str, Source], now: datetime) -> bool:
    """Say whether readers may be told of ``story`` at ``now``.

    A clock that was wrong for a while takes no story back: only an embargo does.
    """
    told = standing_entries(story)
    return bool(told) and not _is_held(told[0], sources, now)


def free_at(story: Story, sources: Mapping[str, Source]) -> datetime:
    """Return when the embargo of the story's lead ends."""
    told = standing_entries(story) or story.entries
    return told_from(told[0], sources)


def told_from(stored: StoredEntry, sources: Mapping[str, Source]) -> datetime:
    """Return when the embargo of one teller ends.

    A date that is known to the day or hour counts from the latest moment it can
    mean, which is never later than when we saw the article.
    """
    source = sources.get(stored.entry.source)
    if source is None or not source.embargo:
        return stored.seen_at
    return _latest(stored.entry.published, stored.seen_at) + source.embargo


def held_tellers(
    story: Story, sources: Mapping[str, Source], now: datetime
) -> frozenset[int]:
    """Return the entries of ``story`` that no reader may be told of at ``now``.

    While the lead is under embargo that is all of them: another teller would lead
    for a while only, and the story would change its title and address.
    """
    told = standing_entries(story)
    held = frozenset(one.id for one in told if _is_held(one, sources, now))
    leads = bool(told) and told[0].id in held
    return frozenset(one.id for one in told) if leads else held


def without_held(story: Story, sources: Mapping[str, Source], now: datetime) -> Story:
    """Return the story without the other tellers that are under embargo at ``now``."""
    lead = next(iter(standing_entries(story)), None)
    kept = tuple(
        one for one in story.entries if one is lead or not _is_held(one, sources, now)
    )
    return story if len(kept) == len(story.entries) else replace(story, entries=kept)


def _is_held(stored: StoredEntry, sources: Mapping[str, Source], now: datetime) -> bool:
    source = sources.get(stored.entry.source)
    if source is None or not source.embargo:
        return False
    return told_from(stored, sources) > now


def _latest(published: Dated | None, seen_at: datetime) -> datetime:
    if published is None:
        return seen_at
    end = published.value + _WIDTH[published.precision]
    return min(end, max(seen_at, published.value))


def _place(story: Story) -> tuple[float, float, str]:
    first = min(story.entries, key=lambda stored: (stored.seen_at, stored.id))
    published = first.entry.published
    said = story.seen_at if published is None else published.value
    at = min(said, story.seen_at) if first.backlog else story.seen_at
    return -at.timestamp(), -said.timestamp(), story.uid


def _meets(wanted: tuple[str, ...], found: Iterable[str]) -> bool:
    return not wanted or any(each in wanted for each in found)


def _speaks(
    wanted: tuple[str, ...], entry: Entry, sources: Mapping[str, Source]
) -> bool:
    if not wanted:
        return True
    source = sources.get(entry.source)
    language = entry.language or (source.language if source else "")
    return _primary(language) in {_primary(each) for each in wanted}


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _says(phrases: tuple[str, ...], told: Sequence[StoredEntry]) -> bool:
    if not phrases:
        return True
    keys = [f" {_spoken(phrase)} " for phrase in phrases]
    keys = [key for key in keys if key.strip()]
    texts = (
        f" {_spoken(text)} "
        for stored in told
        for text in (stored.entry.title, stored.entry.lead, stored.entry.text)
    )
    return any(key in text for text in texts for key in keys)


@lru_cache(maxsize=4096)
def _spoken(text: str) -> str:
    """Return the key text, words between single spaces, so that words match whole."""
    kept = (char if char.isalnum() else " " for char in key_text(text))
    return " ".join("".join(kept).split())
