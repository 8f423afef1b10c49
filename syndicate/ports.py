"""The few things the pipeline asks of the world outside.

Each is small enough for a test to have a working stand-in of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from syndicate.model import Message, Reply

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to fetch, and what we already hold of it."""

    url: str
    etag: str = ""
    last_modified: str = ""
    source: str = ""
    """Key of the source that it is asked for; "" for what belongs to none."""
    robots: bool = False
    """robots.txt has a say in it: pages and sitemaps, not feeds."""
    pause: float = 0.0
    """Seconds to leave the host alone afterwards, if more than the desk's own gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A redirect that was followed: the status, and where it led."""

    status: int
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer that is of use: 200, or 304 with an empty body.

    ``url`` is the final address after redirects; header names are lower case;
    ``body`` is unpacked (no content coding left).
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hops: tuple[Hop, ...] = ()
    """The redirects on the way, in order."""
    fetched_at: datetime | None = None
    """When it was fetched, if not just now: an answer that was kept."""
    certificate_until: datetime | None = None
    """When the server's certificate ends; None over plain HTTP, or if not known."""

    @property
    def not_modified(self) -> bool:
        """What we hold is still good."""
        return self.status == 304


class Fetcher(Protocol):
    """Has bytes brought from an address."""

    async def fetch(self, request: Request) -> Response:
        """Answer ``request``; raises a :class:`~syndicate.errors.FetchError`."""
        ...


class Poster(Protocol):
    """Posts a form to an address."""

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """Post ``form``, follow no redirect; give the HTTP status.

        Raises a :class:`~syndicate.errors.FetchError` if there is no answer.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to an address that others gave us: nothing of it is changed."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    most: int = 0
    """Bytes of the answer that are of interest; the rest is left on the wire."""
    seconds: float = 0.0
    """How long it may last, if less than usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What somebody answered to a call, whatever the status."""

    status: int
    body: bytes = b""
    retry_after: float | None = None
    """Seconds that we are asked to wait."""


class Caller(Protocol):
    """Calls addresses that others gave us: callbacks and hubs."""

    async def call(self, call: Call) -> Answered:
        """Make one call, follow no redirect.

        Raises a :class:`~syndicate.errors.FetchError` if there is no answer.
        """
        ...


class Transport(Protocol):
    """Hands messages over, one after another."""

    def send(self, message: Message) -> Reply:
        """Hand one message over. Never raises for what the other side says."""
        ...

    def close(self) -> None:
        """Let go of what is held (connections)."""
        ...


class Bucket(Protocol):
    """Keeps copies of documents for others to read: an object store, a folder."""

    async def put(self, path: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Keep ``content`` under ``path``: whole, or not at all.

        ``headers`` are what readers are told of it. Raises a
        :class:`~syndicate.errors.PublishError` that names the path.
        """
        ...

    async def remove(self, path: str) -> None:
        """Forget ``path``, if it is there; raises as :meth:`put` does."""
        ...


class Progress(Protocol):
    """Shows a person how far long work is."""

    def track(self, items: Iterable[Item], title: str, total: int) -> Iterable[Item]:
        """Yield ``items`` and show how many have passed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message as it lies in a mailbox."""

    name: str
    """By which the mailbox knows it."""
    content: bytes = field(repr=False)
    """RFC 5322; of a very long one, the beginning."""


class Box(Protocol):
    """A mailbox to which bounces come."""

    def waiting(self, most: int) -> list[Arrived]:
        """Give up to ``most`` unread messages that were not given before.

        Raises a :class:`~syndicate.errors.MailError` if it cannot be read.
        """
        ...

    def done(self, names: Sequence[str]) -> None:
        """Mark messages as read."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
