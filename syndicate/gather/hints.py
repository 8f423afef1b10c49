"""How long an answer says it is good (pure): RFC 9111, ``ttl``, ``sy:updatePeriod``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from syndicate.gather.answers import http_date
from syndicate.gather.feedfacts import FeedFacts

_LONGEST = timedelta(days=366)
_NEVER_FRESH = frozenset({"no-cache", "no-store"})


def hint(
    headers: Mapping[str, str], facts: FeedFacts | None, now: datetime
) -> timedelta | None:
    """Return how long there is no point in asking again; None if nothing is said.

    ``headers`` are those of the answer, names in lower case; ``facts`` what the feed
    says of itself, None if there is none or it was not read. The longer of the two
    counts. Bounds are the caller's (cadence.plan).
    """
    said = [_http(headers, now), facts.hint if facts is not None else None]
    longest = max((each for each in said if each is not None), default=None)
    if longest is None or longest <= timedelta(0):
        return None
    return min(longest, _LONGEST)


def _http(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    directives = _directives(headers.get("cache-control", ""))
    if _NEVER_FRESH & directives.keys():
        return None
    # s-maxage is for shared caches, but what is good for those is good for us.
    said = directives.get("max-age") or directives.get("s-maxage") or ""
    if _is_number(said):
        age = headers.get("age", "").strip()
        spent = float(age[:12]) if _is_number(age) else 0.0
        return _seconds(float(said[:12]) - spent)
    return _expires(headers, now)


def _expires(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Relative to the server's own ``Date``: its clock may be as wrong."""
    until = http_date(headers.get("expires", ""))
    if until is None:
        return None  # "0" and "-1" mean: not good at all
    since = http_date(headers.get("date", "")) or now
    return _seconds((until - since).total_seconds())


def _directives(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in value[:1_000].split(","):
        name, _, said = part.partition("=")
        # The first counts: a second max-age is somebody's afterthought.
        found.setdefault(name.strip().lower(), said.strip().strip('"'))
    return found


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=min(max(value, 0.0), _LONGEST.total_seconds()))
