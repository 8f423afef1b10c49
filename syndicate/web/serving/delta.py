"""What is new in a feed since a version that a reader holds (RFC 3229, "feed").

A document is cut at its entries, wherever they stand. An entry is its bytes: of each
it is remembered since which version it has been there without a change, so one number
answers what a reader of any earlier version lacks. Nothing is kept on the disk: after
a restart a reader gets the whole document once.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from xml.parsers import expat

from syndicate.publish.media_types import is_topic

_DEPTHS = {"entry": 1, "item": 2, "at:deleted-entry": 1}
"""Elements that are cut out, and how deep they stand."""
_VERSIONS = 100
"""Versions of a feed that are remembered: two weeks of a feed that changes often."""
_ENTRIES = 300_000
"""Entries of all feeds that are remembered: about 40 MB."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A document in pieces; all of them together are the document again (for XML)."""

    head: bytes
    parts: tuple[bytes, ...]
    between: bytes
    tail: bytes

    @property
    def size(self) -> int:
        """Bytes of all pieces."""
        return len(self.head) + len(self.tail) + sum(map(len, self.parts))

    def keys(self) -> list[bytes]:
        """Tell the parts from each other by their bytes."""
        return [blake2b(part.strip(), digest_size=12).digest() for part in self.parts]


@dataclass(slots=True)
class _History:
    number: int = 0
    versions: OrderedDict[str, int] = field(default_factory=OrderedDict)
    since: dict[bytes, int] = field(default_factory=dict)


class Histories:
    """What readers were given, feed by feed, as long as memory allows."""

    def __init__(self, most: int = _ENTRIES) -> None:
        self._most = most
        self._histories: OrderedDict[str, _History] = OrderedDict()
        self.size = 0
        """Entries that are remembered."""

    def knows(self, path: str, digest: str) -> bool:
        """Say whether this version was the last that was remembered of the feed."""
        history = self._histories.get(path)
        return history is not None and next(reversed(history.versions)) == digest

    def has(self, path: str, digest: str) -> bool:
        """Say whether this version is remembered of the feed."""
        history = self._histories.get(path)
        return history is not None and digest in history.versions

    def remember(self, path: str, digest: str, keys: list[bytes]) -> None:
        """Take note of the version that is current now."""
        history = self._histories.setdefault(path, _History())
        self._histories.move_to_end(path)
        history.number += 1
        before, now = history.since, history.number
        history.since = {key: before.get(key, now) for key in keys}
        history.versions[digest] = now
        history.versions.move_to_end(digest)
        if len(history.versions) > _VERSIONS:
            history.versions.popitem(last=False)
        self.size += len(history.since) - len(before)
        while self.size > self._most and len(self._histories) > 1:
            _path, oldest = self._histories.popitem(last=False)
            self.size -= len(oldest.since)

    def new(
        self, path: str, digest: str, held: str, keys: list[bytes]
    ) -> list[bool] | None:
        """Say of each key whether a reader of version ``held`` lacks it.

        None if that is not known, or ``digest`` is not the version remembered last.
        """
        if not self.knows(path, digest):
            return None
        history = self._histories[path]
        number = history.versions.get(held)
        if number is None:
            return None
        return [history.since.get(key, history.number) > number for key in keys]


def has_deltas(path: str) -> bool:
    """Say whether a document is one whose news are given alone: a feed as it is now."""
    return is_topic(path)


def cut(content: bytes, path: str) -> Cut | None:
    """Cut a feed at its entries; None for a document that is none."""
    try:
        return _cut_json(content) if path.endswith(".json") else _cut_xml(content)
    except (ValueError, RecursionError, expat.ExpatError):
        return None


def joined(pieces: Cut, shown: list[bool]) -> bytes:
    """Put the parts together that are ``shown``, in their order, as a whole feed."""
    chosen = [part for part, new in zip(pieces.parts, shown, strict=True) if new]
    return pieces.head + pieces.between.join(chosen) + pieces.tail


def _cut_json(content: bytes) -> Cut | None:
    feed = json.loads(content)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return None
    items = tuple(_dumped(item) for item in feed.pop("items"))
    head = _dumped(feed).removesuffix(b"}")
    return Cut(
        head + b',"items":[\n' if feed else b'{"items":[\n', items, b",\n", b"]}"
    )


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _cut_xml(content: bytes) -> Cut | None:
    ends = _Ends()
    ends.parser.Parse(content, True)
    if not ends.spans:
        return Cut(content, (), b"", b"")
    parts, rest, at = [], [], ends.spans[0][0]
    for start, end in ends.spans:
        # What stands between two entries and is none belongs to the feed itself.
        if other := content[at:start].strip():
            rest.append(other)
        parts.append(content[start:end])
        at = end
    head = content[: ends.spans[0][0]]
    return Cut(head, tuple(parts), b"\n", b"\n".join([b"", *rest]) + content[at:])


class _Ends:
    """Finds where entries begin and end, in bytes of the document."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.spans: list[tuple[int, int]] = []
        self._depth = 0
        self._start = -1
        self._open = False

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        self._close()
        if _DEPTHS.get(name) == self._depth:
            self._start = self.parser.CurrentByteIndex
        self._depth += 1

    def _end(self, name: str) -> None:
        self._close()
        self._depth -= 1
        if self._start >= 0 and _DEPTHS.get(name) == self._depth:
            # Where an element ends is where the next thing begins, whatever it is.
            self._open = True
            self.parser.CharacterDataHandler = self._next
            self.parser.CommentHandler = self._next
            self.parser.ProcessingInstructionHandler = self._next

    def _next(self, *_said: object) -> None:
        self._close()

    def _close(self) -> None:
        if not self._open:
            return
        self.spans.append((self._start, self.parser.CurrentByteIndex))
        self._start, self._open = -1, False
        self.parser.CharacterDataHandler = None
        self.parser.CommentHandler = None
        self.parser.ProcessingInstructionHandler = None

    @staticmethod
    def _refuse(*_said: object) -> None:
        raise ValueError("a document type: none of our feeds has one")
