"""What a document is, by its first bytes: feed, sitemap, page, or nothing of ours."""

from __future__ import annotations

import json
import re
from enum import StrEnum

from syndicate.gather.decode import decode
from syndicate.gather.prolog import has_root, looks_like_html
from syndicate.gather.unpack import PackedWrongError, UnpackedTooLargeError, gunzip

_MAX_UNPACKED = 20_000_000
_GZIP = b"\x1f\x8b"
_HEAD = 65_536


class Nature(StrEnum):
    """What a document is, by its first bytes."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"
    OPML = "opml"
    EMPTY = "empty"
    OTHER = "other"
    """A picture, a PDF, JSON of some other kind: nothing to gather from."""


def nature(body: bytes, *, content_type: str = "") -> Nature:
    """Say what a document is; its own bytes go before what the server says."""
    try:
        whole = gunzip(body, _MAX_UNPACKED) if body.startswith(_GZIP) else body
    except (PackedWrongError, UnpackedTooLargeError):
        return Nature.OTHER
    if _is_binary(whole):
        return Nature.OTHER
    text = decode(whole, content_type).lstrip("\ufeff \t\r\n")
    if not text:
        return Nature.EMPTY
    return _nature_of_json(text) if text[0] in "{[" else _nature_of_text(text)


def _is_binary(body: bytes) -> bool:
    """NULs at the start, and not those of UTF-16 or UTF-32 around a "<"."""
    return b"\x00" in body[:8] and b"<" not in body[:8]


def _nature_of_text(text: str) -> Nature:
    head, page = text[:_HEAD], looks_like_html(text)
    if _OPML.match(head):  # it has a <head> and a <body>, as pages have
        return Nature.OPML
    if not page:
        if _SITEMAP.search(head):
            return Nature.SITEMAP
        if has_root(text):
            return Nature.FEED
    if page or _TAG.search(head):
        return Nature.PAGE
    lines = re.match(r"https?://\S+\s*(?:\n|$)", text)
    return Nature.SITEMAP if lines else Nature.OTHER


_OPML = re.compile(r"(?:\s*<(?:\?xml|!--|!DOCTYPE)[^>]*>)*\s*<opml\b", re.I)
_SITEMAP = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)\b", re.I)
_TAG = re.compile(r"<(?:!doctype html|html|head|body|div|table|ul|p|a|meta)\b", re.I)


def _nature_of_json(text: str) -> Nature:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Nature.OTHER
    is_feed = isinstance(found, dict) and isinstance(found.get("items"), list)
    return Nature.FEED if is_feed else Nature.OTHER
