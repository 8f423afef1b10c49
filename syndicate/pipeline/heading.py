"""Who leads a story and what it is about, once its tellers are others than before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from syndicate.categorise.decide import label, label_story
from syndicate.categorise.rules import Rules
from syndicate.dedupe.decide import lead_of, leading
from syndicate.model import Entry, Label, Source
from syndicate.store import Connection, entries, heads, stories

Labels = tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What filing needs to know of the desk."""

    sources: Mapping[str, Source]
    rules: Rules
    backlog_after: timedelta


def refile_story(connection: Connection, story_id: int, desk: Filing) -> None:
    """Choose a story's lead and labels anew, from the entries it has now."""
    story = stories.get(connection, story_id)
    if story is None:
        return
    lead = lead_of(story.entries, desk.sources)
    if lead.id != story.lead.id:
        stories.set_lead(connection, story_id, lead.id)
    tellers = (lead, *(one for one in story.entries if one.id != lead.id))
    labels = _labels([one.entry for one in tellers], desk)
    if labels != story.labels:
        stories.set_labels(connection, story_id, labels)


def rejoin_all(
    connection: Connection, joined: Mapping[int, Mapping[int, Labels]], desk: Filing
) -> None:
    """As :func:`refile_story`, for stories that have only gained these entries.

    ``joined`` holds the labels of each new teller, by story and entry. The other
    tellers are labelled again only where that can change anything.
    """
    leads: list[tuple[int, int]] = []
    labels: dict[int, Labels] = {}
    anew: list[int] = []
    for story in heads.load(connection, joined).values():
        added = joined[story.id]
        lead = leading(story.tellers, desk.sources)
        before = next((one.id for one in story.tellers if one.id not in added), 0)
        if lead.id != story.tellers[0].id:
            leads.append((story.id, lead.id))
        own = added.get(lead.id, ())
        surest = max(added.values(), key=_certainty, default=())
        if own or not story.labels:  # if it had none, no teller had any
            found = own or surest
        elif lead.id != before:
            anew.append(story.id)
            continue
        elif _certainty(surest) > _certainty(story.labels):
            found = _labels(_whole(connection, [lead.id]), desk) or surest
        else:
            continue
        if found != story.labels:
            labels[story.id] = found
    heads.lead_all(connection, leads)
    stories.relabel_all(connection, labels)
    for story_id in anew:
        refile_story(connection, story_id, desk)


def _whole(connection: Connection, ids: Sequence[int]) -> Iterable[Entry]:
    found = entries.get_many(connection, ids)
    return [found[one].entry for one in ids]


def _certainty(labels: Sequence[Label]) -> float:
    return labels[0].confidence if labels else -1.0


def _labels(tellers: Iterable[Entry], desk: Filing) -> Labels:
    """Label a story by its tellers, the lead first."""
    return label_story(
        [
            label(one, desk.rules, desk.sources[one.source])
            for one in tellers
            if one.source in desk.sources
        ]
    )
