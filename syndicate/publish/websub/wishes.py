"""What is asked of our hub: read, or refused with a reason (pure).

W3C Recommendation "WebSub" (2018), §5.1. ``hub.mode=publish`` is older than that and
still what publishers' tools send.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from syndicate.model import Intent
from syndicate.publish.websub.hub import topic_path

SHORTEST = 3_600
LONGEST = 30 * 86_400
LEASE = 10 * 86_400
"""Seconds of a lease, where none is asked for."""
LONGEST_CALLBACK = 2_000
LONGEST_TOPIC = 1_000
LARGEST_SECRET = 200
"""Bytes; a secret is shorter (§5.1)."""
_WEB_PORTS = (80, 443)
_LOWEST_PORT = 1_024
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(%[0-9a-z]+)?")
_VERIFIED = (Intent.SUBSCRIBE.value, Intent.UNSUBSCRIBE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks our hub for."""

    mode: Intent
    topic: str
    callback: str
    host: str
    """Of the callback."""
    lease: int = LEASE
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidings:
    """Somebody says that topics of ours have changed (``hub.mode=publish``)."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a wish is not granted: an HTTP status and a line for a person."""

    status: int
    reason: str


class _Refused(Exception):
    """Ends the reading of a wish."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.refusal = Refusal(status=status, reason=reason)


def read_wish(
    form: Mapping[str, Sequence[str]], base_url: str
) -> Wish | Tidings | Refusal:
    """Read a form that was posted to our hub; parameters we do not know are ignored."""
    said = {name: values[0] for name, values in form.items() if values}
    mode = said.get("hub.mode", "").strip().lower()
    try:
        if mode == "publish":
            return _tidings(form, base_url)
        if mode not in _VERIFIED:
            raise _Refused("hub.mode must be subscribe, unsubscribe or publish")
        callback, host = _callback(said.get("hub.callback", "").strip())
        return Wish(
            mode=Intent(mode),
            topic=_topic(said.get("hub.topic", "").strip(), base_url),
            callback=callback,
            host=host,
            lease=_lease(said.get("hub.lease_seconds", "").strip()),
            secret=_secret(said.get("hub.secret", "")),
        )
    except _Refused as error:
        return error.refusal


def _tidings(form: Mapping[str, Sequence[str]], base_url: str) -> Tidings:
    named = (*form.get("hub.url", ()), *form.get("hub.topic", ()))
    topics = tuple(dict.fromkeys(one.strip() for one in named if one.strip()))
    if not topics:
        raise _Refused("hub.url or hub.topic is missing")
    if not all(topic_path(base_url, one) for one in topics):
        raise _Refused("this hub is for its own feeds alone", 404)
    return Tidings(topics=topics)


def _topic(given: str, base_url: str) -> str:
    if not given:
        raise _Refused("hub.topic is missing")
    if not topic_path(base_url, given):
        # Said at once, and nobody is called: we know of nothing outside our site.
        raise _Refused("hub.topic is none of our feeds: ask for their rel=self", 404)
    if len(given) > LONGEST_TOPIC:
        raise _Refused(f"hub.topic is longer than {LONGEST_TOPIC} characters")
    return given


def _callback(given: str) -> tuple[str, str]:
    """Return a callback as it will be called, and its host.

    Its query stays as it is, byte for byte. A port below 1024 that is not the web's
    is refused: nobody is to knock at mail servers through us.
    """
    parts = _split(given)
    if parts.scheme.lower() not in {"http", "https"}:
        raise _Refused("hub.callback must begin with http:// or https://")
    if "@" in parts.netloc:
        raise _Refused("hub.callback must not hold a name or password")
    host, port = _place(parts)
    if port is not None and port not in _WEB_PORTS and port < _LOWEST_PORT:
        raise _Refused("hub.callback has a port that is not for the web")
    named = f"[{host}]" if ":" in host else host
    whole = parts._replace(
        scheme=parts.scheme.lower(),
        netloc=named if port is None else f"{named}:{port}",
        path=parts.path or "/",
        fragment="",
    ).geturl()
    return "".join(one if one.isascii() else quote(one) for one in whole), host


def _split(given: str) -> SplitResult:
    if not given:
        raise _Refused("hub.callback is missing")
    if len(given) > LONGEST_CALLBACK:
        said = f"hub.callback is longer than {LONGEST_CALLBACK} characters"
        raise _Refused(said)
    try:
        if _UNFIT.search(given):
            raise ValueError
        return urlsplit(given)
    except ValueError:
        raise _Refused("hub.callback is no address") from None


def _place(parts: SplitResult) -> tuple[str, int | None]:
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
        port = parts.port
    except ValueError:  # of which a UnicodeError is one
        host, port = "", None
    # letters that are written otherwise may come to spaces and worse
    if not _HOST.fullmatch(host) or port == 0:
        raise _Refused("hub.callback names no host")
    return host, port


def _lease(given: str) -> int:
    if given in {"", "0"}:
        return LEASE
    if not (given.isascii() and given.isdigit()):
        raise _Refused("hub.lease_seconds must be a number of seconds")
    return min(max(int(given[:12]), SHORTEST), LONGEST)


def _secret(given: str) -> str:
    if len(given.encode("utf-8", "surrogatepass")) >= LARGEST_SECRET:
        raise _Refused(f"hub.secret must be shorter than {LARGEST_SECRET} bytes")
    if "\0" in given:  # no database keeps it, and the signature would be another
        raise _Refused("hub.secret must not hold a NUL")
    return given
