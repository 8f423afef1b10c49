"""Which stories of a window an issue shows, where, and which stand by (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from syndicate.digest.choosing import news, ranking
from syndicate.digest.choosing.news import Edition
from syndicate.model import Carried, Category, Digest, Section, Source, Story

SPARE = 20
"""Stories that stand by for an editor."""
SPARE_PER_SOURCE = 5
"""Of them; who floods an issue must not flood its spare ones."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every decision about one issue looks at."""

    digest: Digest
    edition: Edition
    sources: Mapping[str, Source]

    def is_due(self, story: Story) -> bool:
        """Tell whether the story came in time, is news, and may be told."""
        arrived = self.arrival(story)
        return (
            self.edition.tells_of(story, arrived)
            and arrived < self.edition.end
            and arrived <= self.edition.now
            and news.is_news(story, self.digest)
        )

    def arrival(self, story: Story) -> datetime:
        """Return when the story could first be in an issue."""
        return news.arrival(story, self.sources.get(story.lead.entry.source))

    def ranked(self, stories: Iterable[Story]) -> list[Story]:
        """Return the stories, what matters most first, each uid once."""
        return ranking.ranked(stories, self.digest, self.edition, self.sources)


@dataclass(frozen=True, slots=True)
class Picked:
    """The stories that an issue is made of."""

    sections: Mapping[str, Sequence[Story]]
    """By heading, in reading order; a heading may have none."""
    brief: Sequence[Story]
    corrections: Sequence[Story]
    spare: Sequence[Story]
    """The next ones by rank."""
    left_out: int
    """Stories that the limits kept out, the spare ones among them."""

    @property
    def news(self) -> list[Story]:
        """All that is told in full, in reading order."""
        return [story for group in self.sections.values() for story in group]

    @property
    def told(self) -> list[Story]:
        """All that is shown, in reading order."""
        return [*self.news, *self.brief, *self.corrections]


def pick(
    desk: Desk,
    stories: Iterable[Story],
    places: Places,
    carried: Mapping[str, Carried],
) -> Picked:
    """Choose what an issue carries; as :func:`~...compose.compose`."""
    live = [
        story
        for one in stories
        if (story := news.standing(one, desk.edition)) is not None
    ]
    ranked = desk.ranked(
        story for story in live if not is_told(story, carried) and desk.is_due(story)
    )
    chosen = _Choice(desk.digest, places)
    for most in (1, desk.digest.max_per_section):
        # Each section's first before all: a week with one great topic would leave the
        # others empty.
        for story in ranked:
            chosen.offer(story, most)
    brief = chosen.brief_of(ranked)
    waiting = [story for story in ranked if story.uid not in chosen.taken]
    corrected = desk.ranked(
        story for story in live if is_corrected(desk, story, carried)
    )
    again = _few(corrected, desk.digest.max_per_section, desk.digest.max_per_source)
    return Picked(
        sections=chosen.sections(ranked),
        brief=brief,
        corrections=again,
        spare=_few(waiting, SPARE, SPARE_PER_SOURCE),
        left_out=len(waiting) + len(corrected) - len(again),
    )


def is_told(story: Story, carried: Mapping[str, Carried]) -> bool:
    """Tell whether an issue of this edition has carried the story."""
    known = carried.get(story.uid)
    return known is not None and known.at is not None


def is_corrected(desk: Desk, story: Story, carried: Mapping[str, Carried]) -> bool:
    """Tell whether readers were given the story in words that have changed since."""
    known = carried.get(story.uid)
    if known is None or (known.at is None and desk.is_due(story)):
        return False
    return bool(news.outdated(story, known, desk.edition))


def _few(ranked: Iterable[Story], most: int, per_source: int) -> list[Story]:
    """Take so many by rank, and not more than ``per_source`` of one source."""
    counts: Counter[str] = Counter()
    taken: list[Story] = []
    for story in ranked:
        source = story.lead.entry.source
        if len(taken) < most and counts[source] < per_source:
            counts[source] += 1
            taken.append(story)
    return taken


# ── Where a story stands ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Places:
    """The headings of an issue and the categories under each."""

    by_category: Mapping[str, str]
    last: str
    """The heading of stories that fit none."""
    titles: tuple[str, ...] = field(default=())

    def of(self, story: Story) -> str:
        """Return the heading of the primary label, else of the first that fits."""
        primary = ranking.category(story)
        if primary in self.by_category:
            return self.by_category[primary]
        carried = {label.category for label in story.labels}
        fitting = (title for slug, title in self.by_category.items() if slug in carried)
        return next(fitting, self.last)


def places(digest: Digest, categories: Mapping[str, Category], last: str) -> Places:
    """Lay out the digest's sections; one per category if it has none of its own."""
    sections = digest.sections or tuple(
        Section(title=category.title, categories=(category.slug,))
        for category in categories.values()
    )
    by_category: dict[str, str] = {}
    for section in sections:
        for slug in section.categories:
            by_category.setdefault(slug, section.title)
    titles = dict.fromkeys([*(section.title for section in sections), last])
    return Places(by_category, last, tuple(titles))


class _Choice:
    """Takes stories by rank within the limits, and counts what they leave.

    A source's limit and a category's hold for what is told in full and in brief
    together: who floods a window does not get the short places on top.
    """

    def __init__(self, digest: Digest, places: Places) -> None:
        self.digest = digest
        self.places = places
        self.heading: dict[str, str] = {}
        self.brief: set[str] = set()
        self.per_section: Counter[str] = Counter()
        self.per_source: Counter[str] = Counter()
        self.per_category: Counter[str] = Counter()

    @property
    def taken(self) -> set[str]:
        """Uids of what was taken."""
        return {*self.heading, *self.brief}

    def offer(self, story: Story, most: int) -> None:
        """Take the story if its section has fewer than ``most`` and all limits do."""
        title = self.places.of(story)
        if (
            story.uid not in self.heading
            and len(self.heading) < self.digest.max_stories
            and self.per_section[title] < min(most, self.digest.max_per_section)
            and self._may(story)
        ):
            self.heading[story.uid] = title
            self.per_section[title] += 1
            self._count(story)

    def brief_of(self, ranked: Iterable[Story]) -> list[Story]:
        """Take the next best ones as those told in brief."""
        found: list[Story] = []
        for story in ranked:
            if len(found) >= self.digest.brief:
                break
            if story.uid not in self.heading and self._may(story):
                self._count(story)
                found.append(story)
        self.brief = {story.uid for story in found}
        return found

    def sections(self, ranked: Iterable[Story]) -> dict[str, list[Story]]:
        """Return what was taken in full, by heading, best first."""
        found: dict[str, list[Story]] = {title: [] for title in self.places.titles}
        for story in ranked:
            if story.uid in self.heading:
                found[self.heading[story.uid]].append(story)
        return found

    def _may(self, story: Story) -> bool:
        most = self.digest.max_per_category
        slug = ranking.category(story)
        return self.per_source[
            story.lead.entry.source
        ] < self.digest.max_per_source and not (
            most and slug and self.per_category[slug] >= most
        )

    def _count(self, story: Story) -> None:
        self.per_source[story.lead.entry.source] += 1
        self.per_category[ranking.category(story)] += 1
