"""The tables of config.toml on stories and their categories."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from syndicate.config.kinds import Duration
from syndicate.config.table import Count, Share, Table, Weight, Words


class StoriesForm(Table):
    """Which entries tell one story."""

    events: bool = True
    """Different texts of one event are one story too, not only copies."""
    events_within: Duration = timedelta(days=4)
    """How far apart texts of one event may be dated."""


class CategoriseForm(Table):
    """How categories are scored."""

    title: Weight = 3.0
    """Weight of a phrase in the title."""
    lead: Weight = 2.0
    """Weight of a phrase in the lead."""
    body: Weight = 1.0
    """Weight of a phrase in the body."""
    secondary_ratio: Share = 0.30
    """Further labels have at least this share of the best score."""
    max_labels: Count = 4
    """Most labels of one story."""
    min_score: Weight = 2.0
    """Below this the story carries no label."""
    document_weight: Weight = 2.0
    """Weight of a cited document that shows a topic."""
    term_weight: Weight = 2.0
    """Weight of a category of the source that means ours (``terms``)."""
    path_weight: Weight = 2.0
    """Weight of a part of the address that means ours (``paths``)."""
    learn: bool = True
    """Label what the rules do not by what editors decided before."""
    sure: Share = 0.9
    """Confidence from which a learned label is given; below it a person is asked."""
    checks: Annotated[int, Field(strict=True, ge=0)] = 10
    """Sure labels a week that a person is asked to check."""
    masks: Words = ()
    """Phrases blanked out before scoring: names that carry topic words."""
    documents: dict[str, str] = Field(default={})
    """Cited document → category slug, ``[categorise.documents]``."""


class CategoryForm(Table):
    """A topic, ``[category.SLUG]``."""

    title: Annotated[str, Field(min_length=1)]
    """Name for readers."""
    strong: Words = ()
    """Phrases that decide."""
    normal: Words = ()
    """Phrases that support."""
    negative: Words = ()
    """Phrases that speak against it."""
    masks: Words = ()
    """Phrases blanked out before this category is scored."""
    terms: Words = ()
    """Categories as sources write them, that mean this one."""
    paths: Words = ()
    """Parts of addresses that mean this one: ``/xay-dung-dang/``."""
    strong_weight: Weight = 2.0
    """Weight of a strong phrase."""
    normal_weight: Weight = 1.0
    """Weight of a normal phrase."""
    cap: Count = 3
    """How often one phrase may count in the body."""
