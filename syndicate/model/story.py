"""Stories: who tells them, and what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicate.model.entry import StoredEntry


class LabelOrigin(StrEnum):
    """Who says that a story belongs to a category."""

    RULES = "rules"
    """Phrases, documents, terms and addresses of config.toml."""
    LEARNED = "learned"
    """What the desk's own decisions have taught."""
    EDITOR = "editor"
    """A person decided so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A category that a story carries, and why."""

    category: str
    reason: str
    confidence: float
    """0 to 1."""
    primary: bool = False
    origin: LabelOrigin = LabelOrigin.RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event or text, told by one or more entries; ``entries[0]`` leads."""

    id: int
    uid: str
    """Opaque, lower-case ASCII, the same for ever; ids in feeds are made of it."""
    entries: tuple[StoredEntry, ...]
    labels: tuple[Label, ...] = ()
    seen_at: datetime
    """When its first entry was first had."""
    changed_at: datetime
    """When its content last changed."""

    @property
    def lead(self) -> StoredEntry:
        """The teller that readers are sent to."""
        return self.entries[0]

    @property
    def others(self) -> tuple[StoredEntry, ...]:
        """The other tellers ("Cùng đưa tin")."""
        return self.entries[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A topic and the phrases that show it; the slug is its ASCII term."""

    slug: str
    title: str
    strong: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    """Blanked out before this category is scored."""
    terms: tuple[str, ...] = ()
    """Categories as sources write them, that mean this one."""
    paths: tuple[str, ...] = ()
    """Parts of addresses, between slashes, that mean this one: ``/xay-dung-dang/``."""
    strong_weight: float = 2.0
    normal_weight: float = 1.0
    cap: int = 3
    """How often one phrase may count in the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How categories are scored; see docs/reference.md, ``[categorise]``."""

    title: float = 3.0
    lead: float = 2.0
    body: float = 1.0
    secondary_ratio: float = 0.30
    max_labels: int = 4
    min_score: float = 2.0
    masks: tuple[str, ...] = ()
    """Blanked out before any category is scored."""
    documents: tuple[tuple[str, str], ...] = ()
    """(document key, category slug): a citation that shows a topic."""
    document_weight: float = 2.0
    term_weight: float = 2.0
    """Of a category of the source that means ours."""
    path_weight: float = 2.0
    """Of a part of the address that means ours."""
    learn: bool = True
    """The desk's decisions label what the rules do not."""
    sure: float = 0.9
    """Confidence from which a learned label is given; below it a person is asked."""
    checks: int = 10
    """Sure labels a week that a person is asked to check: how often are we right?"""
