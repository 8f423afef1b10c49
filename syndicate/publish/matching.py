"""Which feeds a story belongs to, without asking every feed (pure).

A desk has hundreds of feeds of one category or one source each. They are found by what
they ask for; then :func:`~syndicate.publish.select.carries` has the last word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from syndicate.model import Feed, Source, Story
from syndicate.publish.select import carries


class Matching:
    """The feeds of a desk, ordered by what they ask for."""

    def __init__(self, feeds: Iterable[Feed], sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._by_category: defaultdict[str, list[Feed]] = defaultdict(list)
        self._by_source: defaultdict[str, list[Feed]] = defaultdict(list)
        self._others: list[Feed] = []
        for feed in feeds:
            for category in feed.categories:
                self._by_category[category].append(feed)
            if not feed.categories:
                for source in feed.sources:
                    self._by_source[source].append(feed)
            if not feed.categories and not feed.sources:
                self._others.append(feed)

    def feeds_of(self, story: Story) -> tuple[Feed, ...]:
        """Return the feeds that ``story`` belongs to; their limits have no say."""
        likely = {feed.key: feed for feed in self._likely(story)}
        return tuple(
            feed for feed in likely.values() if carries(feed, story, self._sources)
        )

    def _likely(self, story: Story) -> Iterator[Feed]:
        yield from self._others
        for label in story.labels:
            yield from self._by_category.get(label.category, ())
        for stored in story.entries:
            yield from self._by_source.get(stored.entry.source, ())
