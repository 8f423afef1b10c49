"""What we publish, and who publishes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from syndicate.model.source import Rights


class FeedFormat(StrEnum):
    """A format of the documents that other programs read."""

    RSS = "rss"
    """RSS 2.0."""
    ATOM = "atom"
    """Atom 1.0 (RFC 4287)."""
    JSON = "json"
    """JSON Feed 1.1."""


class FeedOrder(StrEnum):
    """What stands first in a feed; a story never moves once it has its place."""

    SEEN = "seen"
    """What we had last; a backlog goes where its date puts it."""
    PUBLISHED = "published"
    """What was published last, as its source says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who publishes."""

    title: str
    base_url: str
    """Without a slash at the end."""
    description: str = ""
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    contact: str = ""
    """An e-mail address."""
    id_authority: str = ""
    """``host,year`` of every tag: URI that we mint (RFC 4151)."""
    signup: bool = False
    """People can sign up for a digest; pages lead there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A document that we publish; an empty tuple means "any"."""

    key: str
    """Also its path under the feeds folder: ``all``, ``category/dan-van``."""
    title: str
    description: str = ""
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    """At least one stands in the title, the lead or the body."""
    languages: tuple[str, ...] = ()
    limit: int = 50
    rights: Rights = Rights.FULL
    """The most that is passed on, whatever the sources grant."""
    order: FeedOrder = FeedOrder.SEEN
