"""The versions in memory: those asked for last, up to so many bytes."""

from __future__ import annotations

from collections import OrderedDict

from syndicate.web.serving.versions import Version

LIMIT = 64_000_000
"""Bytes: some thousand story pages, or three hundred feeds of fifty stories."""


class Kept:
    """Versions by their paths; the one not asked for longest goes first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._versions: OrderedDict[str, Version] = OrderedDict()
        self.weight = 0

    def get(self, path: str) -> Version | None:
        """Return the version kept of ``path``, and remember that it was asked for."""
        version = self._versions.get(path)
        if version is not None:
            self._versions.move_to_end(path)
        return version

    def put(self, version: Version) -> None:
        """Keep a version in place of the one before."""
        self.drop(version.path)
        self._versions[version.path] = version
        self.weight += version.weight
        self._make_room()

    def grow(self, version: Version, more: int) -> None:
        """Count ``more`` bytes that a version has taken, if it is still kept."""
        if self._versions.get(version.path) is version:
            self.weight += more
            self._make_room()

    def drop(self, path: str) -> None:
        """Forget what is kept of ``path``."""
        if (version := self._versions.pop(path, None)) is not None:
            self.weight -= version.weight

    def _make_room(self) -> None:
        # The last one stays however large it is: somebody is about to get it.
        while self.weight > self._limit and len(self._versions) > 1:
            _path, version = self._versions.popitem(last=False)
            self.weight -= version.weight
