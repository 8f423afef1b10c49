"""What a request says of the versions, codings and deltas that it takes (pure).

Header values come from anybody: whatever cannot be read counts as not said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from syndicate.gather.answers import http_date

_LONGEST = 8192
"""Bytes of a header value that are looked at; nobody holds so many versions."""
_COMMON = 200
"""Letters of what browsers and readers say of codings; answers to it are kept."""
_ALIASES = {"x-gzip": "gzip"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The conditions of a GET or HEAD; None where a header is not there."""

    tags: str | None = None
    """If-None-Match."""
    since: str | None = None
    """If-Modified-Since."""
    codings: str | None = None
    """Accept-Encoding."""
    manipulations: str | None = None
    """A-IM (RFC 3229 §10.5.3)."""

    destination: str | None = None
    """Sec-Fetch-Dest: what a browser wants it for."""

    @property
    def is_shown(self) -> bool:
        """A browser is about to show it to a person."""
        return self.destination == "document"

    @property
    def wants_delta(self) -> bool:
        """The reader takes a feed that holds only what is new to it."""
        return self.manipulations is not None and _takes_feed(self.manipulations)


_FIELDS = {
    b"if-none-match": "tags",
    b"if-modified-since": "since",
    b"accept-encoding": "codings",
    b"a-im": "manipulations",
    b"sec-fetch-dest": "destination",
}


def asked(headers: Iterable[tuple[bytes, bytes]]) -> Asked:
    """Read the headers of a request, their names in lower case.

    A header that comes twice is one list (RFC 9110 §5.3).
    """
    said: dict[str, str] = {}
    for name, value in headers:
        if (field := _FIELDS.get(name)) is not None:
            text = value.decode("latin-1")
            said[field] = f"{said[field]}, {text}" if field in said else text
    return Asked(**said)


def held(tags: str) -> tuple[str, ...]:
    """List the opaque tags of an If-None-Match, without quotes and weakness; or ``*``.

    Comparison is weak (RFC 9110 §8.8.3.2). A tag without its quotes, as some clients
    send it, is taken too.
    """
    found = (tag.strip() for tag in tags[:_LONGEST].split(","))
    return tuple(tag.removeprefix("W/").strip('"') for tag in found if tag)


def is_tag_of(digest: str, tag: str) -> bool:
    """Say whether ``tag`` names the content of that digest, in whatever packing.

    Our own tags are ``DIGEST`` and ``DIGEST-coding``; web servers and proxies that
    pack by themselves add an ending of their own ("-gzip", "--gzip", ";gzip").
    """
    return tag.startswith(digest) and not tag[len(digest) : len(digest) + 1].isalnum()


def is_older_than(modified: int, since: str) -> bool:
    """Say whether nothing changed after ``since``; an invalid date says nothing."""
    date = http_date(since)
    return date is not None and modified <= date.timestamp()


def coding(accepted: str, available: tuple[str, ...]) -> str | None:
    """Choose a content coding (RFC 9110 §12.5.3); "" for none, None if none will do.

    The highest weight wins; among equals, the first of ``available``, then no coding.
    """
    common = len(accepted) < _COMMON
    return (_known if common else _chosen)(accepted, available)


def _chosen(accepted: str, available: tuple[str, ...]) -> str | None:
    weights = _weights(accepted)
    anything = weights.get("*", 0.0)
    plain = weights.get("identity", weights.get("*"))
    best, heaviest = None, 0.0
    for name in available:
        if (weight := weights.get(name, anything)) > heaviest:
            best, heaviest = name, weight
    if plain is None:  # not named: it will do, if nothing better does
        return best or ""
    return best if heaviest >= plain and best else "" if plain else None


_known = lru_cache(maxsize=512)(_chosen)


def _weights(accepted: str) -> dict[str, float]:
    if len(accepted) > _LONGEST:
        return {}
    weights = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            weights[_ALIASES.get(name, name)] = _weight(parameters)
    return weights


def _weight(parameters: Collection[str]) -> float:
    """Read ``q=``; what is no number from 0 to 1 refuses, which is always safe."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            value = value.strip()
            digits = value.replace(".", "", 1)
            known = digits.isascii() and digits.isdigit() and len(value) <= 8
            weight = float(value) if known else 0.0
            return weight if weight <= 1 else 0.0
    return 1.0


def _takes_feed(manipulations: str) -> bool:
    return _weights(manipulations).get("feed", 0.0) > 0
