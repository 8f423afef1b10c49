"""What one visit comes to: counts for people, and what there is to remember."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from syndicate.errors import SyndicateError
from syndicate.gather.feedfacts import FeedFacts
from syndicate.model import Outcome, RawEntry
from syndicate.ports import Response

NEWS = (Outcome.NEW, Outcome.REPEAT)


@dataclass(slots=True)
class Tally:
    """Counts what a visit comes to."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)
    left: int = 0
    """Pages that are left for the next visit."""
    unsure: bool = False
    """Something is to be read again: the answer must not count as old news."""
    dates: list[datetime] = field(default_factory=list)
    """When what is new was published, as far as that is known."""
    redated: bool = False
    """All that was known had other dates at once."""

    def count(self, outcome: Outcome, detail: str = "", times: int = 1) -> None:
        """Count entries; ``detail`` says why one failed."""
        if times:
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + times
        if detail:
            self.details.append(detail)

    def fail(self, about: str, error: Exception) -> None:
        """Count an entry that failed, and say why."""
        self.count(Outcome.FAILED, told(about, error))

    @property
    def news(self) -> int:
        """How many entries are new to us."""
        return sum(self.outcomes.get(outcome, 0) for outcome in NEWS)


def told(about: str, error: Exception) -> str:
    """Put an error into words; one that is our own fault is named after its type."""
    if isinstance(error, SyndicateError):
        return str(error)
    return f"{about}: {type(error).__name__}: {error}"


@dataclass(slots=True)
class Heard:
    """What the source's own answer was, besides its entries."""

    response: Response | None = None
    body_hash: str = ""
    not_modified: bool = False
    fully: bool = False
    """It was asked without validators."""
    facts: FeedFacts | None = None
    """None unless a feed was read."""
    links: Sequence[RawEntry] | None = None
    """Those of a listing's first page; None unless one was read."""
    words: list[int] = field(default_factory=list)
    """Of each article page that was read."""
    pages: set[str] = field(default_factory=set)
    """Addresses of article pages that were asked for."""
