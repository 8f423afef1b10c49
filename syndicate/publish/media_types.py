"""What a document is, and how long it may be kept: by its path, for whoever serves it.

Our own server, an object store and the configuration of another web server say the
same of the same document.
"""

from __future__ import annotations

TYPES = {
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".xsl": "text/xsl; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
"""By the ending of a path; nothing else is ever served or sent."""
PLAIN_JSON = "application/json; charset=utf-8"
"""Of JSON that is no feed."""
HEADLINES = ".headlines.json"
"""Ending of the headlines that the widget shows."""

_MINUTES = "public, max-age=300"
_HOUR = "public, max-age=3600"
_FIXTURES = (".css", ".xsl", ".js", ".svg", ".png", ".ico")
_FEEDS = (".rss", ".atom", ".json")
_OPEN = (*_FEEDS, ".opml", ".js", ".xsl")


def media_type(path: str) -> str | None:
    """Return the Content-Type of the document at ``path``; None: not for serving."""
    if path.endswith(HEADLINES):
        return PLAIN_JSON
    _stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return TYPES.get(dot + ending)


def cache_control(path: str) -> str:
    """Say how long a document may be kept before it is asked for again.

    Never for ever: an archive page is rewritten when one of its stories is corrected.
    """
    lasting = path.startswith("archive/") or path.endswith(_FIXTURES)
    return _HOUR if lasting else _MINUTES


def is_topic(path: str) -> bool:
    """Say whether ``path`` is a feed as it is now: what hubs tell of (WebSub)."""
    lasting = path.startswith("archive/") or path.endswith(HEADLINES)
    return path.endswith(_FEEDS) and not lasting


def crosses_origins(path: str) -> bool:
    """Say whether a script of any page may read the document: feeds, never pages."""
    return path.endswith(_OPEN)


def packs(path: str) -> bool:
    """Say whether packing makes the document smaller: pictures are packed already."""
    return not path.endswith((".png", ".ico"))
