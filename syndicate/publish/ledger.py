"""What each document's page was made of when it was last written.

A desk has thousands of cited documents, and an article cites two of them. To make all
of their pages in order to find that they are as they were would cost more than the rest
of publishing. So beside them stands a list of stamps: a page whose stamp is the same
and whose files are there is not made. The list is no secret and no truth: without it
everything is made anew, to the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

NAME = ".documents.json"
"""In the feeds folder; a dot in front: it is neither served nor pruned."""


def stamp(*parts: str) -> str:
    """Return 24 hexadecimal digits that stand for ``parts``."""
    lengths = ",".join(str(len(part)) for part in parts)
    whole = "".join((lengths, *parts)).encode("utf-8", "surrogatepass")
    return blake2b(whole, digest_size=12).hexdigest()


def read(folder: Path) -> dict[str, str]:
    """Return the stamps by path; nothing if the list is missing or damaged."""
    try:
        found = json.loads((folder / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: said for key, said in found.items() if isinstance(said, str)}


def written(stamps: Mapping[str, str]) -> bytes:
    """Return the list as bytes, the same for the same stamps."""
    return json.dumps(dict(sorted(stamps.items())), indent=0).encode()


def present(folder: Path, below: str) -> frozenset[str]:
    """Name the files of a folder under ``folder``, as paths from there."""
    try:
        with os.scandir(folder / below) as found:
            return frozenset(f"{below}/{one.name}" for one in found)
    except OSError:
        return frozenset()


def whole(paths: Iterable[str], there: frozenset[str]) -> bool:
    """Say whether all of ``paths`` are there, each with its .gz."""
    return all(path in there and f"{path}.gz" in there for path in paths)
