"""Who leads a story and what it is about, once its tellers are others than before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from syndicate.categorise.rules import Rules
from syndicate.dedupe.decide import lead_of, leading
from syndicate.dedupe.rulings import chosen_lead
from syndicate.model import Source
from syndicate.pipeline.topics import Guesser, Joined, Labels, relabel
from syndicate.pipeline.wordcounts import WordCounts
from syndicate.store import Connection, heads, rulings, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What filing needs to know of the desk."""

    sources: Mapping[str, Source]
    rules: Rules
    backlog_after: timedelta
    events_within: timedelta = timedelta(0)
    """How far apart texts of one event may be dated; zero: only copies are found."""
    words: WordCounts = field(default_factory=WordCounts, compare=False)
    """How rare words are, as this process knows it."""
    guesser: Guesser | None = None
    """Asked where the rules say nothing; None: nobody is."""


def refile_story(connection: Connection, story_id: int, desk: Filing) -> None:
    """Choose a story's lead and labels anew, from the entries it has now."""
    story = stories.get(connection, story_id)
    if story is None:
        return
    chosen = rulings.chosen(connection, [story_id]).get(story_id, ())
    picked = chosen_lead(chosen, story.entries)
    lead = picked or lead_of(story.entries, desk.sources)
    if lead.id != story.lead.id:
        stories.set_lead(connection, story_id, lead.id)
    tellers = (lead, *(one for one in story.entries if one.id != lead.id))
    relabel(connection, story, tellers, desk)


def rejoin_all(
    connection: Connection, joined: Mapping[int, Mapping[int, Labels]], desk: Filing
) -> None:
    """As :func:`refile_story`, for stories that have only gained these entries.

    ``joined`` holds the labels of each new teller, by story and entry. The other
    tellers are labelled again only where that can change anything.
    """
    leads: list[tuple[int, int]] = []
    labels = Joined(connection, joined, desk)
    chosen = rulings.chosen(connection, joined)
    for story in heads.load(connection, joined).values():
        added = joined[story.id]
        picked = chosen_lead(chosen.get(story.id, ()), story.tellers)
        lead = picked or leading(story.tellers, desk.sources)
        before = next((one.id for one in story.tellers if one.id not in added), 0)
        if lead.id != story.tellers[0].id:
            leads.append((story.id, lead.id))
        labels.add(story.id, story.labels, added, lead=lead.id, before=before)
    heads.lead_all(connection, leads)
    labels.keep()
    for story_id in labels.anew:
        refile_story(connection, story_id, desk)
