"""The nouns of syndicate, in the order in which news passes through them.

Every type is frozen: a stage never changes what it was given, it makes the next
thing. Times are aware datetimes. docs/glossary.md says the same in prose.
"""

from __future__ import annotations

from syndicate.model.dates import DateClaim, Dated, DateOrigin, Precision
from syndicate.model.digest import (
    Approval,
    Delivery,
    DeliveryState,
    Digest,
    Issue,
    IssueItem,
    IssueSection,
    IssueState,
    Member,
    Message,
    Reply,
    Section,
)
from syndicate.model.entry import (
    Bond,
    Citation,
    Enclosure,
    Entry,
    Image,
    RawEntry,
    Relation,
    StoredEntry,
)
from syndicate.model.feed import Feed, Site
from syndicate.model.source import (
    Page,
    Rights,
    Selectors,
    Source,
    SourceKind,
    SourceState,
)
from syndicate.model.story import Category, Label, Scoring, Story
from syndicate.model.visit import Outcome, Visit

__all__ = [
    "Approval",
    "Bond",
    "Category",
    "Citation",
    "DateClaim",
    "DateOrigin",
    "Dated",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Enclosure",
    "Entry",
    "Feed",
    "Image",
    "Issue",
    "IssueItem",
    "IssueSection",
    "IssueState",
    "Label",
    "Member",
    "Message",
    "Outcome",
    "Page",
    "Precision",
    "RawEntry",
    "Relation",
    "Reply",
    "Rights",
    "Scoring",
    "Section",
    "Selectors",
    "Site",
    "Source",
    "SourceKind",
    "SourceState",
    "StoredEntry",
    "Story",
    "Visit",
]
