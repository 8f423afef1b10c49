"""What one member wants to see of an issue, and what that leaves of it (pure)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from syndicate.model import Issue, IssueItem, IssueSection
from syndicate.translate import translation

_UNRANKED = 1_000_000
"""Added to places in an issue of before stories had ranks: such stories rank last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a copy depends on: members with equal wishes get the same issue."""

    language: str
    """Of the frame."""
    categories: tuple[str, ...] = ()
    """Slugs; only stories with one of them. Empty: all."""
    sources: tuple[str, ...] = ()
    """Keys; only stories told by one of them. Empty: all."""
    text_only: bool = False
    corrections: tuple[str, ...] = ()
    """Stories by uid whose first version the member got, and that changed since."""

    @property
    def key(self) -> str:
        """Stand for the wish, in at most 40 characters; ``vi`` is the plain one."""
        plain = not (self.categories or self.sources or self.corrections)
        head = f"{self.language[:12]}{'.text' if self.text_only else ''}"
        if plain:
            return head
        said = "\0".join(
            part
            for words in (self.categories, self.sources, self.corrections)
            for part in (str(len(set(words))), *sorted(set(words)))
        )
        return f"{head}.{hashlib.blake2b(said.encode(), digest_size=10).hexdigest()}"

    @property
    def is_choosy(self) -> bool:
        """Whether some stories may be left out for it."""
        return bool(self.categories or self.sources)

    def wants(self, item: IssueItem) -> bool:
        """Tell whether a story is in it for them."""
        by_topic = not self.categories or not set(self.categories).isdisjoint(
            item.categories
        )
        by_source = not self.sources or not set(self.sources).isdisjoint(item.sources)
        known = not item.corrected or item.uid in self.corrections
        return by_topic and by_source and known


def everything(issue: Issue, language: str) -> Wish:
    """Return the wish that leaves nothing of an issue out."""
    corrected = tuple(item.uid for item in issue.items if item.corrected)
    return Wish(language=language, corrections=corrected)


def wished(issue: Issue, wish: Wish) -> Issue:
    """Return what a wish leaves of an issue, in the same order.

    Documents and the stories that limits left out are counted anew for a wish that
    leaves stories out: a reader of one topic is not told of 30 stories of others.
    """
    sections = tuple(_nonempty(issue.sections, wish))
    if not wish.is_choosy:
        return replace(issue, sections=sections)
    spare = tuple(item for item in issue.spare if wish.wants(item))
    kept = [item for section in sections for item in section.items]
    return replace(
        issue,
        sections=sections,
        spare=spare,
        left_out=min(issue.left_out, len(spare)),
        documents=_documents(issue, kept),
    )


def _nonempty(sections: tuple[IssueSection, ...], wish: Wish) -> Iterator[IssueSection]:
    for section in sections:
        if items := tuple(item for item in section.items if wish.wants(item)):
            yield replace(section, items=items)


def _documents(issue: Issue, kept: list[IssueItem]) -> tuple[tuple[str, int], ...]:
    """Count what the kept stories cite, of the documents that the issue names."""
    cited = Counter(key for item in kept for key in {*(item.cites or item.documents)})
    found = [(key, cited[key]) for key, _count in issue.documents if cited[key]]
    return tuple(sorted(found, key=lambda one: -one[1]))


def least_first(issue: Issue) -> list[str]:
    """Name the stories by uid, what matters least first: the order to drop them in.

    Stories without a rank go by their place: the last of the longest section first.
    """
    ranks = {
        item.uid: item.rank or _UNRANKED + place * 1000 + number
        for number, section in enumerate(issue.sections)
        for place, item in enumerate(section.items)
    }
    return sorted(ranks, key=lambda uid: -ranks[uid])


def without(issue: Issue, dropped: frozenset[str]) -> Issue:
    """Return the issue without these stories, which are counted as left out."""
    sections = tuple(
        replace(section, items=items)
        for section in issue.sections
        if (items := tuple(one for one in section.items if one.uid not in dropped))
    )
    gone = len(issue.items) - sum(len(section.items) for section in sections)
    return replace(issue, sections=sections, left_out=issue.left_out + gone)


def led(issue: Issue, language: str) -> Issue:
    """Return the issue with its lead in front.

    Sections stay in the digest's order, so what matters most may stand anywhere: then
    it gets a heading of its own before all others.
    """
    lead, first = issue.lead, issue.items[:1]
    if lead is None or lead.brief or lead.corrected or lead in first:
        return issue
    rest = without(replace(issue, left_out=issue.left_out - 1), frozenset({lead.uid}))
    title = translation(language).gettext("Top story")
    return replace(
        rest, sections=(IssueSection(title=title, items=(lead,)), *rest.sections)
    )


def heading(section: IssueSection, language: str) -> str:
    """Return the heading of a section for readers of a language."""
    return dict(section.titles).get(language, section.title)
