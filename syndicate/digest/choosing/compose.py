"""The stories of a window become an issue: grouped, ranked and frozen (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from syndicate.digest.choosing import news
from syndicate.digest.choosing.news import Edition
from syndicate.digest.choosing.picking import Desk, Picked, Places, pick, places
from syndicate.model import (
    Carried,
    Category,
    Citation,
    Digest,
    Entry,
    Issue,
    IssueItem,
    IssueSection,
    Limits,
    Rights,
    Source,
    Story,
)
from syndicate.text.clean import one_line
from syndicate.text.summary import summary
from syndicate.translate import translation

DOCUMENTS_PER_STORY = 8
LANGUAGES = ("vi", "en")
"""Those that our own headings are translated into."""

Naming = Callable[[Citation], str]
"""How an issue names a document."""


def compose(
    digest: Digest,
    stories: Sequence[Story],
    *,
    edition: Edition,
    sources: Mapping[str, Source],
    categories: Mapping[str, Category],
    carried: Mapping[str, Carried],
) -> Issue:
    """Make the issue of a window out of the stories that we have.

    ``stories`` may hold more than the window: what is not of it is passed over.
    ``carried`` says by uid what readers were given before; such a story comes again
    only as a correction.
    """
    desk = Desk(digest, edition, sources)
    headings = Headings(digest, categories)
    picked = pick(desk, stories, headings.places, carried)
    frozen = _Frozen(desk, headings.places, picked, carried)
    sections = tuple(frozen.sections(headings))
    return Issue(
        digest=digest.key,
        number=edition.number,
        start=edition.start,
        end=edition.end,
        sections=sections,
        documents=_most_cited(sections, digest.most_cited),
        left_out=picked.left_out,
        spare=tuple(map(frozen.item, picked.spare)),
        limits=Limits(
            stories=digest.max_stories,
            per_section=digest.max_per_section,
            per_source=digest.max_per_source,
            per_category=digest.max_per_category,
            brief=digest.brief,
            documents=digest.most_cited,
        ),
        newest=edition.newest,
        headings=headings.all,
    )


class Headings:
    """The headings of a digest's issues, in reading order."""

    def __init__(self, digest: Digest, categories: Mapping[str, Category]) -> None:
        def own(word: Callable[[Callable[[str], str]], str]) -> IssueSection:
            """Make one of ours, in every language that we have."""
            said = {one: word(translation(one).gettext) for one in LANGUAGES}
            title = word(translation(digest.language).gettext)
            return IssueSection(title=title, items=(), titles=tuple(said.items()))

        other = own(lambda _: _("Other news"))
        self.brief = own(lambda _: _("In brief"))
        self.corrections = own(lambda _: _("Corrections"))
        self.places = places(digest, categories, other.title)
        named = {title: IssueSection(title=title, items=()) for title in self.titles}
        self.news = tuple({**named, other.title: other}.values())

    @property
    def titles(self) -> tuple[str, ...]:
        """Those under which news is told in full."""
        return self.places.titles

    @property
    def all(self) -> tuple[IssueSection, ...]:
        """Return every heading, without items."""
        return (*self.news, self.brief, self.corrections)


class _Frozen:
    """Stories as one issue shows them."""

    def __init__(
        self,
        desk: Desk,
        at: Places,
        picked: Picked,
        carried: Mapping[str, Carried],
    ) -> None:
        self.desk = desk
        self.at = at
        self.picked = picked
        self.carried = carried
        self.named = _naming(map(self.shown, (*picked.told, *picked.spare)))
        self.ranks = _ranks(desk, picked)
        self.brief = {story.uid for story in picked.brief}
        self.corrected = {story.uid for story in picked.corrections}

    def sections(self, headings: Headings) -> Iterator[IssueSection]:
        """Put the stories under their headings; one without any is left out."""
        picked = self.picked
        groups = [(one, picked.sections[one.title]) for one in headings.news]
        groups += [
            (headings.brief, picked.brief),
            (headings.corrections, picked.corrections),
        ]
        for heading, group in groups:
            if group:
                yield replace(heading, items=tuple(map(self.item, group)))

    def shown(self, story: Story) -> Story:
        """Return the story as its readers may see it; what ranks it is all of it."""
        return news.without_held(story, self.desk.sources, self.desk.edition.end)

    def item(self, story: Story) -> IssueItem:
        """Freeze a story, within its source's rights."""
        entry = story.lead.entry
        source = self.desk.sources.get(entry.source)
        rights = source.rights if source else Rights.LINK
        shown = self.shown(story)
        before = self._carried_by(story)
        return IssueItem(
            story=story.id,
            uid=story.uid,
            title=one_line(entry.title),
            url=entry.url,
            summary="" if rights is Rights.LINK else _summary(entry, rights),
            source=source.title if source else entry.source,
            language=entry.language or (source.language if source else ""),
            published=entry.published,
            authors=entry.authors,
            credit=one_line(entry.credit),
            also=self._also(shown),
            documents=_cited(entry.citations),
            image=entry.image if rights is Rights.FULL else None,
            corrected=story.uid in self.corrected,
            carried_in=_numbers(before, self.desk.digest.key),
            carried_by=before,
            sources=tuple(dict.fromkeys(one.entry.source for one in shown.entries)),
            categories=_slugs(story),
            brief=story.uid in self.brief,
            rank=self.ranks[story.uid],
            section=self.at.of(story),
            cites=tuple(sorted(_keys(shown, self.named))),
        )

    def _carried_by(self, story: Story) -> tuple[tuple[str, int], ...]:
        if story.uid not in self.corrected:
            return ()
        known = self.carried[story.uid]
        return tuple(sorted(set(news.outdated(story, known, self.desk.edition))))

    def _also(self, story: Story) -> tuple[tuple[str, str], ...]:
        """Name the other tellers, each source once."""
        told: dict[str, tuple[str, str]] = {}
        for other in story.others:
            key = other.entry.source
            if key != story.lead.entry.source:
                source = self.desk.sources.get(key)
                title = source.title if source else key
                told.setdefault(key, (title, other.entry.url))
        return tuple(told.values())


def _summary(entry: Entry, rights: Rights) -> str:
    return summary(entry, lead_only=rights is Rights.EXTRACT)


def _numbers(before: Iterable[tuple[str, int]], key: str) -> tuple[int, ...]:
    return tuple(number for edition, number in before if edition == key)


def _slugs(story: Story) -> tuple[str, ...]:
    """Return the categories of a story, the primary one first."""
    ordered = sorted(story.labels, key=lambda label: not label.primary)
    return tuple(dict.fromkeys(label.category for label in ordered))


def _ranks(desk: Desk, picked: Picked) -> dict[str, int]:
    """Number the stories; what must go to fit goes from the highest number on.

    Corrections come right after the lead: they are owed to those who got the first
    version.
    """
    first = desk.ranked(picked.news)
    rest = desk.ranked(picked.brief)
    ordered = [*first[:1], *picked.corrections, *first[1:], *rest, *picked.spare]
    return dict(zip((story.uid for story in ordered), count(1), strict=False))


# ── Documents ────────────────────────────────────────────────────────────────


def _cited(citations: Iterable[Citation]) -> tuple[str, ...]:
    """Return the numbers an article prints, most mentioned first.

    A number put together from words is not shown: nobody has written it.
    """
    printed = [citation for citation in citations if not citation.inferred]
    printed.sort(key=lambda citation: -citation.mentions)
    numbers = dict.fromkeys(one_line(citation.key) for citation in printed)
    return tuple(numbers)[:DOCUMENTS_PER_STORY]


def _printed(story: Story) -> Iterator[Citation]:
    for entry in story.entries:
        for citation in entry.entry.citations:
            if not citation.inferred:
                yield citation


def _naming(stories: Iterable[Story]) -> Naming:
    """Say how documents are named: "02-ĐA/TU" of two provinces is two documents."""
    scopes: Counter[str] = Counter()
    known = {
        (one_line(one.key), one_line(one.scope))
        for story in stories
        for one in _printed(story)
    }
    scopes.update(key for key, _scope in known)

    def name(citation: Citation) -> str:
        key, scope = one_line(citation.key), one_line(citation.scope)
        return f"{key} ({scope})" if scope and scopes[key] > 1 else key

    return name


def _keys(story: Story, named: Naming) -> set[str]:
    return {named(citation) for citation in _printed(story)}


def _most_cited(
    sections: Iterable[IssueSection], most: int
) -> tuple[tuple[str, int], ...]:
    """Count the stories that cite each document, most cited first."""
    counts: Counter[str] = Counter()
    for section in sections:
        for item in section.items:
            counts.update(item.cites)
    named = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(named[:most])
