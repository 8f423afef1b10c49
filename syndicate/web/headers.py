"""What every answer tells the browser about safety, and a document about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from syndicate.publish.forms.addresses import address
from syndicate.publish.media_types import (
    TYPES,
    cache_control,
    crosses_origins,
    is_topic,
    media_type,
)

Pairs = list[tuple[bytes, bytes]]

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src https: http: data:; style-src 'self' "
        "'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
FEED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src https: http: data:; frame-ancestors 'none'; base-uri 'none'"
)
"""Of XML that a browser shows: to it a stylesheet (XSLT) is a script of ours."""
_SHOWN_AS_XML = (".rss", ".atom", ".opml", ".xml")
_OPEN = (b"access-control-allow-origin", b"*")
_EXPOSED = (b"access-control-expose-headers", b"ETag, IM, Link")
_STYLED = (".rss", ".atom")
_TYPE = b"content-type"
_AS_XML = (_TYPE, b"application/xml; charset=utf-8")
_NO_RANGES = (b"accept-ranges", b"none")
PREFLIGHT: Pairs = [
    _OPEN,
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"A-IM, If-Modified-Since, If-None-Match"),
    (b"access-control-max-age", b"86400"),
]
"""Answers a page elsewhere that asks whether it may ask (Fetch §3.2.2)."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is the same on every answer with a document of that path."""

    content: Pairs
    """With a body."""
    always: Pairs
    """With 304 too."""


def signs(path: str, base_url: str = "", hubs: Sequence[str] = ()) -> Signs:
    """Return the fixed headers of the document at ``path`` of the feeds folder."""
    always = [
        (b"cache-control", cache_control(path).encode()),
        (b"vary", _vary(path)),
    ]
    if crosses_origins(path):
        always += [_OPEN, _EXPOSED]
    content = [
        (_TYPE, (media_type(path) or "text/plain").encode()),
        _NO_RANGES,
        *_safety(path),
    ]
    if base_url and is_topic(path):
        content.append((b"link", _links(path, base_url, hubs)))
    return Signs(content, always)


def is_styled(path: str) -> bool:
    """Say whether a document brings a stylesheet for those who open it (XSLT)."""
    return path.endswith(_STYLED)


def shown(headers: Pairs) -> Pairs:
    """Call a feed plain XML for a browser that opens it.

    Under their own media types browsers show feeds as bare text, or save them: then
    the stylesheet that explains a feed to a person would never be seen.
    """
    return [_AS_XML if pair[0] == _TYPE else pair for pair in headers]


def as_page(named: Signs) -> Signs:
    """Return the signs of the page that is made of a feed for a browser."""
    kept = [pair for pair in named.always if not pair[0].startswith(b"access-")]
    links = [pair for pair in named.content if pair[0] == b"link"]
    page = [(_TYPE, TYPES[".html"].encode()), _NO_RANGES, *_safety(".html"), *links]
    return Signs(page, kept)


def _vary(path: str) -> bytes:
    return b"accept-encoding" + (b", sec-fetch-dest" if is_styled(path) else b"")


def _safety(path: str) -> Pairs:
    if path.endswith(".html"):
        return [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    pairs = [(b"x-content-type-options", b"nosniff")]
    if path.endswith(_SHOWN_AS_XML):
        pairs.append((b"content-security-policy", FEED_POLICY.encode()))
    if path.endswith(".js"):
        pairs.append((b"cross-origin-resource-policy", b"cross-origin"))
    return pairs


def _links(path: str, base_url: str, hubs: Sequence[str]) -> bytes:
    """``Link`` as a subscriber looks for it first (WebSub §4)."""
    own = address(f"{base_url.rstrip('/')}/feeds/{quote(path)}")
    links = [f'<{address(hub)}>; rel="hub"' for hub in hubs]
    return ", ".join([*links, f'<{own}>; rel="self"']).encode("ascii")
