"""What a portal is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One visit to one portal."""

    path: str
    """Percent-decoded."""
    query: str = ""
    """As it came: one portal keeps its articles in here."""
    base: str = ""
    """``http://127.0.1.1:8081``, without a slash at the end."""
    now: datetime
    visits: int = 1
    """Visits to this portal so far, this one included."""
    changed_at: datetime
    """When what the portal shows last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back; the server adds length, date and compression."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    tagged: bool = False
    """With an ETag of the body, so that it can be asked for conditionally."""
    last_modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def html(text: str, *, status: int = 200, tagged: bool = False) -> Answer:
    """An HTML page."""
    return Answer(body=text.encode(), status=status, tagged=tagged)
