"""What an HTTP answer without use means for a person, and when to come back."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

MAX_WAIT = 86_400.0
"""Seconds: nobody can make us wait longer than a day."""

_REASONS = {
    304: "answered 304 although we hold nothing of it",
    400: "the server did not understand the request: check url in config.toml",
    401: "asks for a login: such a source cannot be gathered",
    403: "refuses us: ask the site's owner to let our User-Agent pass",
    404: "no such page: check url in config.toml",
    410: "gone for good: look for where the site moved, or remove the source",
    429: "asks us to come less often",
    451: "withheld for legal reasons",
    503: "the site is out of service for now",
}


def reason_for(status: int) -> str:
    """Say what ``status`` means and what a person could do."""
    known = _REASONS.get(status)
    if known is None and 500 <= status < 600:
        known = "the site is in trouble, we shall ask again"
    if known is None and 300 <= status < 400:
        known = "redirects, and does not say where to"
    return f"HTTP {status}: {known or 'an answer of no use'}"


def retry_after(value: str, date: str = "") -> float | None:
    """Read ``Retry-After`` as seconds (RFC 9110, section 10.2.3).

    An HTTP date is taken relative to the server's own ``Date``, whose clock may be
    as wrong; without one it says nothing. At most :data:`MAX_WAIT`, at least 0.
    """
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.replace(".", "", 1).isdigit():
        # "1" and a thousand zeros is a float too many.
        return min(float(value[:20]), MAX_WAIT)
    then, now = _http_date(value), _http_date(date)
    if then is None or now is None:
        return None
    return min(max((then - now).total_seconds(), 0.0), MAX_WAIT)


def _http_date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return parsed if parsed.tzinfo is not None else None
