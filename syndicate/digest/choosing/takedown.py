"""What a source took back after an issue was frozen is not shown again (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from syndicate.model import Issue, IssueItem, IssueSection, Story


def without_withdrawn(issue: Issue, stories: Mapping[str, Story]) -> Issue:
    """Return ``issue`` without what its sources have withdrawn since; else itself.

    ``stories`` holds those of the issue by uid, each with all of its entries. A story
    that is not among them was purged: an issue keeps what it printed. One that was
    told in the words of a withdrawn entry goes, though others tell it: its words are
    those that were taken back.
    """
    sections = tuple(
        replace(section, items=items)
        for section in issue.sections
        if (items := _standing(section, stories))
    )
    return issue if sections == issue.sections else replace(issue, sections=sections)


def _standing(
    section: IssueSection, stories: Mapping[str, Story]
) -> tuple[IssueItem, ...]:
    kept = (_kept(item, stories.get(item.uid)) for item in section.items)
    return tuple(item for item in kept if item is not None)


def _kept(item: IssueItem, story: Story | None) -> IssueItem | None:
    if story is None:
        return item
    live = {one.entry.url for one in story.entries if one.withdrawn_at is None}
    gone = {one.entry.url for one in story.entries} - live
    if not live or item.url in gone:
        return None
    also = tuple(each for each in item.also if each[1] not in gone)
    return item if also == item.also else replace(item, also=also)
