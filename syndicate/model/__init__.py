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
from syndicate.model.document import CitedDocument, CitedStories
from syndicate.model.entry import (
    Bond,
    Citation,
    Enclosure,
    Entry,
    Evidence,
    EvidenceKind,
    Image,
    RawEntry,
    Relation,
    StoredEntry,
)
from syndicate.model.feed import Feed, FeedFormat, FeedOrder, Site
from syndicate.model.hub import Follower, FollowerState, Intent, Ping
from syndicate.model.partner import Partner
from syndicate.model.push import Push, PushState, Subscription
from syndicate.model.ruling import Asked, Decision, Ruling, RulingKind
from syndicate.model.source import (
    Move,
    Page,
    Reason,
    ReasonCode,
    Rhythm,
    Rights,
    Selectors,
    Shape,
    Source,
    SourceKind,
    SourceMemory,
    SourceState,
    SourceStatus,
)
from syndicate.model.story import Category, Label, LabelOrigin, Scoring, Story
from syndicate.model.visit import Outcome, Visit

__all__ = [
    "Approval",
    "Asked",
    "Bond",
    "Category",
    "Citation",
    "CitedDocument",
    "CitedStories",
    "DateClaim",
    "DateOrigin",
    "Dated",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Enclosure",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "Feed",
    "FeedFormat",
    "FeedOrder",
    "Follower",
    "FollowerState",
    "Image",
    "Intent",
    "Issue",
    "IssueItem",
    "IssueSection",
    "IssueState",
    "Label",
    "LabelOrigin",
    "Member",
    "Message",
    "Move",
    "Outcome",
    "Page",
    "Partner",
    "Ping",
    "Precision",
    "Push",
    "PushState",
    "RawEntry",
    "Reason",
    "ReasonCode",
    "Relation",
    "Reply",
    "Rhythm",
    "Rights",
    "Ruling",
    "RulingKind",
    "Scoring",
    "Section",
    "Selectors",
    "Shape",
    "Site",
    "Source",
    "SourceKind",
    "SourceMemory",
    "SourceState",
    "SourceStatus",
    "StoredEntry",
    "Story",
    "Subscription",
    "Visit",
]
