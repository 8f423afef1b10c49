"""What an HTTP answer without use means for a person, and when to come back."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_WAIT = 86_400.0
"""Seconds: nobody can make us wait longer than a day, unless the desk says so."""

_REASONS = {
    304: "answered 304 although we hold nothing of it",
    400: "the server did not understand the request: check url in config.toml",
    401: "asks for a login: such a source cannot be gathered",
    403: "refuses us: ask the site's owner to let our User-Agent pass",
    404: "no such page: check url in config.toml",
    407: "a proxy on the way asks for a login",
    410: "gone for good: look for where the site moved, or remove the source",
    421: "the server does not know this host name: check url in config.toml",
    429: "asks us to come less often",
    451: "withheld for legal reasons",
    503: "the site is out of service for now",
    511: "a network on the way asks for a login: it is not the site that answers",
}


def reason_for(status: int) -> str:
    """Say what ``status`` means and what a person could do."""
    known = _REASONS.get(status)
    if known is None and 500 <= status < 600:
        known = "the site is in trouble, we shall ask again"
    if known is None and 300 <= status < 400:
        known = "redirects, and does not say where to"
    return f"HTTP {status}: {known or 'an answer of no use'}"


def retry_after(value: str, date: str = "", longest: float = MAX_WAIT) -> float | None:
    """Read ``Retry-After`` as seconds (RFC 9110, section 10.2.3).

    An HTTP date is taken relative to the server's own ``Date``, whose clock may be
    as wrong; without one it says nothing. At most ``longest``, at least 0.
    """
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.replace(".", "", 1).isdigit():
        # "1" and a thousand zeros is a float too many.
        return min(float(value[:20]), longest)
    then, now = http_date(value), http_date(date)
    if then is None or now is None:
        return None
    return min(max((then - now).total_seconds(), 0.0), longest)


def http_date(value: str) -> datetime | None:
    """Read an HTTP date, as UTC; None if it is none.

    "-0000" is how some write "+0000", so a date without a zone is taken for UTC.
    """
    try:
        parsed = parsedate_to_datetime(value.strip()[:100])
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
