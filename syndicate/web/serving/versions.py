"""A document as it stood on the disk at one moment, and what it is on the wire.

Everything here blocks: reading, packing. What is small is read where it is asked for,
the rest in a thread.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import blake2b
from typing import TypedDict
from zlib import crc32

from syndicate.publish.media_types import media_type, packs
from syndicate.web.headers import Pairs, Signs, as_page
from syndicate.web.serving.packing import ENDINGS, pack, unpacks_to

Stamp = tuple[int, ...]
"""What tells two states of a file apart: times of content and inode, size, inode."""

CODINGS = tuple(ENDINGS)
"""Most liked first."""
_NOT_THERE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG}
    | {errno.ENXIO, errno.EINVAL}
)
_TRIES = 3
_OVERHEAD = 4096
"""Bytes that a version takes beside its contents, about."""
_STATUS = re.compile(
    rb'\s*<!doctype html>\s*<html[^>]*? data-status="(410|301)"'
    rb'(?: data-location="([0-9A-Za-z_-]+\.html)")?',
    re.IGNORECASE,
)


class Standing(TypedDict, total=False):
    """What a page says of the story that it was made for."""

    status: int
    location: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """A version in one content coding."""

    content: bytes
    etag: bytes
    headers: Pairs
    """Of 200."""
    unchanged: Pairs
    """Of 304."""
    wire: bytes
    """``headers`` and the empty line, as they are sent."""
    wire_unchanged: bytes


@dataclass(slots=True, eq=False)
class Version:
    """One state of a document; renditions are added as they are asked for."""

    path: str
    """Below the feeds folder."""
    file: str
    """Where it is, all links followed; "" if it was made here."""
    stamp: Stamp
    content: bytes
    digest: str
    modified: int
    """Seconds; when the file changed."""
    date: bytes
    """The same as Last-Modified says it, and readers in If-Modified-Since."""
    signs: Signs
    status: int = 200
    """410 or 301 for the page of a story that is gone."""
    location: str = ""
    """Where 301 leads, relative to the page."""
    weight: int = 0
    """Bytes of memory, about."""
    renditions: dict[str, Rendition] = field(default_factory=dict)
    """By coding; "" for none."""
    tags: dict[bytes, Rendition] = field(default_factory=dict)
    """By the whole value of an If-None-Match that names one of them."""
    looked_at: bool = False
    """The file was looked at in this turn of the loop."""

    @property
    def codings(self) -> tuple[str, ...]:
        """The codings in which it can be had."""
        return CODINGS if packs(self.path) else ()


def read(folder: str, path: str, signs: Callable[[str], Signs]) -> Version | None:
    """Read a document; None if there is none that may be served.

    Nothing outside ``folder`` is read, nothing hidden and no other type, however
    links lead. Raises OSError where the document is there and cannot be read.
    """
    base = os.path.realpath(folder)
    file = os.path.realpath(os.path.join(base, path))  # noqa: PTH118 -- per request
    if not _may_be_served(base, file):
        return None
    found = _whole(file)
    if found is None:
        return None
    content, stamp, modified = found
    return Version(
        path=path,
        file=file,
        stamp=stamp,
        content=content,
        digest=_digest(content),
        modified=modified,
        date=formatdate(modified, usegmt=True).encode(),
        signs=signs(path),
        weight=len(content) + _OVERHEAD,
        **_standing(path, content),
    )


def drawn_of(path: str) -> str:
    """Return the path of the page made of a feed: one for which nobody can ask."""
    return f"{path}/.html"


def drawn(feed: Version, style: Version, content: bytes) -> Version:
    """Return the page that was made of a feed with a style; empty: it makes none."""
    newer = max(feed, style, key=lambda each: each.modified)
    return Version(
        path=drawn_of(feed.path),
        file="",
        stamp=(*feed.stamp, *style.stamp),
        content=content,
        digest=_digest(content),
        modified=newer.modified,
        date=newer.date,
        signs=as_page(feed.signs),
        weight=len(content) + _OVERHEAD,
    )


def stamped(file: str) -> Stamp | None:
    """Look at the state of a file; None if it is not there."""
    try:
        found = os.stat(file)  # noqa: PTH116 -- a Path costs more than the call
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise
    return _stamp(found)


def render(version: Version, coding: str) -> Rendition:
    """Put a version into a coding: from the twin beside it, or packed here.

    A twin counts only if it unpacks to this very version; a crash or a foreign hand
    may have left another.
    """
    content = _twin(version, coding) or pack(version.content, coding)
    # The packed bytes are in the tag: a strong one means the same bytes, and the twin
    # may be packed otherwise than we do it (RFC 9110 §8.8.1).
    ending = f"-{ENDINGS[coding][1:]}{crc32(content):08x}" if coding else ""
    return _rendition(version, content, coding, f'"{version.digest}{ending}"'.encode())


def keep(version: Version, coding: str, rendition: Rendition) -> int:
    """Add a rendition to its version; returns how many bytes it weighs more."""
    if coding in version.renditions:
        return 0
    version.renditions[coding] = rendition
    for form in (rendition.etag, b"W/" + rendition.etag):
        version.tags[form] = rendition
    more = len(rendition.content) if coding else 0
    version.weight += more
    return more


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _standing(path: str, content: bytes) -> Standing:
    """Read from the page of a story whether that is gone, or has become another."""
    said = _STATUS.match(content, 0, 1024) if path.startswith("story/") else None
    if said is None:
        return {}
    if said[1] == b"410":
        return {"status": 410}
    return {"status": 301, "location": said[2].decode()} if said[2] else {}


def _rendition(version: Version, content: bytes, coding: str, etag: bytes) -> Rendition:
    unchanged: Pairs = [
        (b"etag", etag),
        (b"last-modified", version.date),
        *version.signs.always,
    ]
    headers = [
        *unchanged,
        *version.signs.content,
        *([(b"content-encoding", coding.encode())] if coding else ()),
        (b"content-length", str(len(content)).encode()),
    ]
    return Rendition(
        content, etag, headers, unchanged, _wire(headers), _wire(unchanged)
    )


def _wire(headers: Pairs) -> bytes:
    lines = b"".join(b"%b: %b\r\n" % pair for pair in headers)
    return lines + b"\r\n"


def _may_be_served(base: str, file: str) -> bool:
    if not file.startswith(f"{base.rstrip('/')}/"):
        return False
    below = file[len(base) :].strip("/")
    hidden = any(part.startswith(".") for part in below.split("/"))
    return not hidden and media_type(below) is not None


def _whole(file: str) -> tuple[bytes, Stamp, int] | None:
    """Read a file that does not change meanwhile; raises OSError if it always does."""
    for _try in range(_TRIES):
        try:
            # A pipe would block, and a link was followed already.
            flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(file, flags)
        except (OSError, ValueError) as error:
            if isinstance(error, ValueError) or error.errno in _NOT_THERE:
                return None
            raise
        try:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                return None
            with open(descriptor, "rb", closefd=False) as stream:
                content = stream.read()
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if _stamp(before) == _stamp(after) and len(content) == before.st_size:
            # A date after now is none (RFC 9110 §8.8.2.1); nobody can set the second.
            modified = min(before.st_mtime, before.st_ctime)
            return content, _stamp(before), int(modified)
    raise OSError(errno.EBUSY, "somebody writes into it", file)


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _twin(version: Version, coding: str) -> bytes:
    """Read the packed twin of a document; empty unless it is of this version."""
    if not coding:
        return version.content
    if not version.file:
        return b""
    try:
        found = _whole(version.file + ENDINGS[coding])
    except OSError:  # we can do without
        return b""
    if found is None or not unpacks_to(found[0], coding, version.content):
        return b""
    return found[0]
