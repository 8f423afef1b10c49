"""The stories of a window become an issue: grouped, ranked and frozen (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from syndicate.digest.choosing import news
from syndicate.digest.choosing.news import Edition
from syndicate.model import (
    Category,
    Citation,
    Digest,
    Entry,
    Issue,
    IssueItem,
    IssueSection,
    Rights,
    Section,
    Source,
    Story,
)
from syndicate.text.clean import one_line
from syndicate.text.summary import summary
from syndicate.translate import translation

DOCUMENTS_PER_STORY = 8
WEEK = timedelta(days=7)

__all__ = ["Edition", "compose", "window", "window_of"]


def window(digest: Digest, as_of: datetime) -> tuple[datetime, datetime]:
    """Return the last window that is complete at ``as_of``, in UTC and half open.

    Its ends are the digest's weekday and time by the clock on the wall, so a week in
    which the clocks change has 167 or 169 hours, and no moment is in two windows.
    """
    zone = ZoneInfo(digest.timezone)
    clock = time(digest.hour, digest.minute)
    today = as_of.astimezone(zone).date()
    last = today - timedelta(days=(today.weekday() - digest.weekday) % 7)
    end = datetime.combine(last, clock, zone).astimezone(UTC)
    if end > as_of.astimezone(UTC):
        last -= WEEK
        end = datetime.combine(last, clock, zone).astimezone(UTC)
    start = datetime.combine(last - WEEK, clock, zone).astimezone(UTC)
    return start, end


def window_of(digest: Digest, moment: datetime) -> tuple[datetime, datetime]:
    """Return the window that ``moment`` is in; it may not be over yet."""
    # Of eight days, for one in which the clocks change has an hour more.
    for days in range(1, 9):
        start, end = window(digest, moment + timedelta(days=days))
        if start <= moment < end:
            return start, end
    raise ValueError(f"{moment} is in no window of {digest.key}")


def compose(
    digest: Digest,
    stories: Sequence[Story],
    *,
    edition: Edition,
    sources: Mapping[str, Source],
    categories: Mapping[str, Category],
    carried: Mapping[str, datetime],
) -> Issue:
    """Make the issue of a window out of the stories that we have.

    ``stories`` may hold more than the window: what is not of it is passed over.
    ``carried`` says of each story that an earlier issue had (by uid) when the last
    of these was frozen; such a story comes again only as a correction.
    """
    desk = Desk(digest, edition, sources)
    picked = pick(desk, stories, categories, carried)
    sections = [
        IssueSection(title=title, items=tuple(map(desk.item, group)))
        for title, group in picked.sections.items()
        if group
    ]
    if picked.corrections:
        again = tuple(desk.item(story, corrected=True) for story in picked.corrections)
        heading = translation(digest.language).gettext("Corrections")
        sections.append(IssueSection(title=heading, items=again))
    return Issue(
        digest=digest.key,
        number=edition.number,
        start=edition.start,
        end=edition.end,
        sections=tuple(sections),
        documents=_documents(map(desk.shown, picked.told)),
        left_out=picked.left_out,
    )


@dataclass(frozen=True, slots=True)
class Picked:
    """The stories that an issue is made of."""

    sections: Mapping[str, Sequence[Story]]
    """By heading, in reading order; a heading may have none."""
    corrections: Sequence[Story]
    left_out: int
    """Stories that the limits kept out."""

    @property
    def told(self) -> list[Story]:
        """All of them, in reading order."""
        grouped = [story for group in self.sections.values() for story in group]
        return [*grouped, *self.corrections]


def pick(
    desk: Desk,
    stories: Sequence[Story],
    categories: Mapping[str, Category],
    carried: Mapping[str, datetime],
) -> Picked:
    """Choose what an issue carries; as :func:`compose`."""
    digest = desk.digest
    _ = translation(digest.language).gettext
    live = [story for one in stories if (story := news.standing(one)) is not None]
    ranked = desk.ranked(
        [story for story in live if story.uid not in carried and desk.is_due(story)]
    )
    chosen = _choose(digest, ranked, _places(digest, categories, _("Other news")))
    corrected = desk.ranked([story for story in live if is_corrected(story, carried)])
    kept = corrected[: digest.max_per_section]
    told = sum(map(len, chosen.values()))
    left_out = len(ranked) - told + len(corrected) - len(kept)
    return Picked(chosen, kept, left_out)


def is_corrected(story: Story, carried: Mapping[str, datetime]) -> bool:
    """Tell whether an earlier issue carried the story, and it has changed since."""
    return story.uid in carried and news.is_corrected(story, carried[story.uid])


@dataclass(frozen=True, slots=True)
class Desk:
    """What every decision about one issue looks at."""

    digest: Digest
    edition: Edition
    sources: Mapping[str, Source]

    def is_due(self, story: Story) -> bool:
        """Tell whether the story came in the window, is news, and may be told."""
        source = self.sources.get(story.lead.entry.source)
        arrived = news.arrival(story, source)
        return (
            self.edition.start <= arrived < self.edition.end
            and arrived <= self.edition.now
            and news.is_news(story, self.digest, self.edition.end)
        )

    def ranked(self, stories: list[Story]) -> list[Story]:
        """Return the stories, what matters most first, each uid once."""
        distinct = list({story.uid: story for story in stories}.values())
        return sorted(
            news.reading_order(distinct, self.edition),
            key=lambda story: -news.weight(story, self.edition, self.sources),
        )

    def shown(self, story: Story) -> Story:
        """Return the story as its readers may see it; what ranks it is all of it."""
        return news.without_held(story, self.sources, self.edition.now)

    def item(self, story: Story, corrected: bool = False) -> IssueItem:
        """Freeze a story as this issue shows it, within its source's rights."""
        entry = story.lead.entry
        source = self.sources.get(entry.source)
        rights = source.rights if source else Rights.LINK
        told = "" if rights is Rights.LINK else _summary(entry, rights)
        return IssueItem(
            story=story.id,
            uid=story.uid,
            title=one_line(entry.title),
            url=entry.url,
            summary=told,
            source=source.title if source else entry.source,
            language=entry.language or (source.language if source else ""),
            published=entry.published,
            authors=entry.authors,
            also=self._also(self.shown(story)),
            documents=_cited(entry.citations),
            image=entry.image if rights is Rights.FULL else None,
            corrected=corrected,
        )

    def _also(self, story: Story) -> tuple[tuple[str, str], ...]:
        """Name the other tellers, each source once."""
        told: dict[str, tuple[str, str]] = {}
        for other in story.others:
            key = other.entry.source
            if key != story.lead.entry.source:
                source = self.sources.get(key)
                title = source.title if source else key
                told.setdefault(key, (title, other.entry.url))
        return tuple(told.values())


def _summary(entry: Entry, rights: Rights) -> str:
    return summary(entry, lead_only=rights is Rights.EXTRACT)


# ── Where a story stands ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Places:
    """The headings of an issue and the categories under each."""

    by_category: Mapping[str, str]
    last: str
    """The heading of stories that fit none."""
    titles: tuple[str, ...] = field(default=())

    def of(self, story: Story) -> str:
        """Return the heading of the primary label, else of the first that fits."""
        label = news.primary(story)
        if label is not None and label.category in self.by_category:
            return self.by_category[label.category]
        carried = {label.category for label in story.labels}
        fitting = (title for slug, title in self.by_category.items() if slug in carried)
        return next(fitting, self.last)


def _places(digest: Digest, categories: Mapping[str, Category], last: str) -> _Places:
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
    return _Places(by_category, last, tuple(titles))


def _choose(
    digest: Digest, ranked: Sequence[Story], places: _Places
) -> dict[str, list[Story]]:
    """Take stories by rank within the limits, each section's first before all.

    Without that a week with one great topic would leave the others empty.
    """
    chosen: dict[str, list[Story]] = {title: [] for title in places.titles}
    per_source: Counter[str] = Counter()
    taken: set[str] = set()
    for rounds in (1, digest.max_per_section):
        for story in ranked:
            group = chosen[places.of(story)]
            source = story.lead.entry.source
            if (
                story.uid in taken
                or len(taken) >= digest.max_stories
                or len(group) >= min(rounds, digest.max_per_section)
                or per_source[source] >= digest.max_per_source
            ):
                continue
            group.append(story)
            taken.add(story.uid)
            per_source[source] += 1
    order = {story.uid: place for place, story in enumerate(ranked)}
    for group in chosen.values():
        group.sort(key=lambda story: order[story.uid])
    return chosen


# ── Documents ────────────────────────────────────────────────────────────────


def _cited(citations: Iterable[Citation]) -> tuple[str, ...]:
    """Return the numbers an article prints, most mentioned first.

    A number put together from words is not shown: nobody has written it.
    """
    printed = [citation for citation in citations if not citation.inferred]
    printed.sort(key=lambda citation: -citation.mentions)
    numbers = dict.fromkeys(one_line(citation.key) for citation in printed)
    return tuple(numbers)[:DOCUMENTS_PER_STORY]


def _documents(stories: Iterable[Story]) -> tuple[tuple[str, int], ...]:
    """Count the stories that cite each document, most cited first.

    "02-ĐA/TU" of two provinces is two documents: then the province is named.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for story in stories:
        counts.update(
            {
                (one_line(citation.key), one_line(citation.scope))
                for entry in story.entries
                for citation in entry.entry.citations
                if not citation.inferred
            }
        )
    scopes = Counter(key for key, _scope in counts)
    named = [
        (f"{key} ({scope})" if scope and scopes[key] > 1 else key, count)
        for (key, scope), count in counts.items()
    ]
    return tuple(sorted(named, key=lambda pair: (-pair[1], pair[0])))
