"""Whether a feed says what it said before, told without parsing it.

This stands apart from the readers of feeds: a poll that brings nothing new should not
have to import them.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from syndicate.gather.unpack import PackedWrongError, UnpackedTooLargeError, gunzip

_MAX_UNPACKED = 20_000_000
_GZIP = b"\x1f\x8b"
_FIRST_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_CLOCKS = re.compile(
    rb"<((?:[\w.-]+:)?(?:lastBuildDate|pubDate|updated|modified|date))\b[^<>]*>"
    rb"[^<>]{0,100}</\1\s*>|<!--.{0,500}?-->",
    re.IGNORECASE | re.DOTALL,
)
_CLOCK_REACH = 65_536


def content_hash(body: bytes, content_type: str = "") -> str:
    """Digest of an answer, the same when only a feed's clocks have moved.

    Left out are a feed's own dates and the comments before its first entry and after
    its last one (they count visits, and say how long the page took). Entries count
    whole. Bodies of other kinds count whole.
    """
    digest = blake2b(digest_size=32)
    if body.startswith(_GZIP):
        body = _unpacked_or_not(body)
    head = body[:_CLOCK_REACH]
    first = _FIRST_ITEM.search(head)
    if "html" in content_type.lower() or not _ROOT.search(head):
        digest.update(body)
        return digest.hexdigest()
    start = first.start() if first else len(head)
    end = max(start, body.rfind(b"</item>"), body.rfind(b"</entry>"))
    end = max(end, len(body) - _CLOCK_REACH)
    digest.update(_CLOCKS.sub(b"", body[:start]))
    digest.update(body[start:end])
    digest.update(_CLOCKS.sub(b"", body[end:]))
    return digest.hexdigest()


def _unpacked_or_not(body: bytes) -> bytes:
    try:
        return gunzip(body, _MAX_UNPACKED)
    except (PackedWrongError, UnpackedTooLargeError):
        return body
