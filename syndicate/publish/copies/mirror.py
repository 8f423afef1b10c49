"""What a copy of the feeds folder lacks, and in which order it gets it (pure).

Whoever reads the copy meanwhile must never be led to what is not there yet: a page
comes before what links to it, and goes after that has ceased to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from syndicate.publish.media_types import cache_control, media_type

_FIXTURES = (".css", ".xsl", ".js", ".svg", ".png", ".ico")
_LISTS = ("index.html", "sitemap.xml", "feeds.opml", "sources.opml")
_FOLDERS = {"story": 1, "archive": 2, "day": 3, "sitemap": 3}
_FEEDS, _LAST = 4, 5


@dataclass(frozen=True, slots=True, order=True)
class Upload:
    """A document that the copy lacks, or has as it was."""

    path: str
    sha256: str
    """As the store knows it; the file says what is true."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in that order."""

    uploads: tuple[Upload, ...] = ()
    removals: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to do."""
        return bool(self.uploads or self.removals)

    def waves(self) -> Iterator[tuple[Upload, ...]]:
        """Group ``uploads``: those of a wave may go side by side."""
        for _rank, wave in groupby(self.uploads, lambda upload: _rank_of(upload.path)):
            yield tuple(wave)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What became of a plan."""

    uploaded: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    """(path, the cause for a person)."""
    left: int = 0
    """Documents that were not even tried: they wait for the next time."""


def plan(uploads: Iterable[Upload], removals: Iterable[str]) -> Plan:
    """Put what is to be done in order; what we would never serve is left out."""
    known = (upload for upload in uploads if media_type(upload.path))
    return Plan(
        tuple(sorted(known, key=lambda upload: (_rank_of(upload.path), upload.path))),
        tuple(sorted(removals, key=lambda path: (-_rank_of(path), path))),
    )


def headers(path: str) -> dict[str, str]:
    """Return what an object store is to say of a document when it is read."""
    return {
        "Content-Type": media_type(path) or "application/octet-stream",
        "Cache-Control": cache_control(path),
    }


def held_back(path: str, failed: Iterable[str]) -> bool:
    """Say whether a feed has to wait because a page of its archive could not be sent.

    Its document would lead to a page that is not there, and what was moved to that
    page would be nowhere (RFC 5005 §4).
    """
    stem, _dot, _ending = path.rpartition(".")
    if _rank_of(path) != _FEEDS:
        return False
    return any(page.startswith(f"archive/{stem}/") for page in failed)


def _rank_of(path: str) -> int:
    """Return when a document has its turn: what is linked to comes first."""
    folder, slash, _rest = path.partition("/")
    if path.endswith(_FIXTURES):
        return 0
    if slash:
        return _FOLDERS.get(folder, _FEEDS)
    return _LAST if path in _LISTS else _FEEDS
