"""The learner as bytes: in parts, so that only what has changed is written.

The same on every machine: numbers are written with the lowest byte first.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Any

from syndicate.categorise.certainty import Certainty, Outcome
from syndicate.categorise.features import SLOTS, Example
from syndicate.categorise.learned import Learner
from syndicate.categorise.lines import Kept
from syndicate.errors import SyndicateError

FORMAT = 1
"""Rises when features or their weights come to mean something else."""
HEAD = "head"
SPREAD = "spread"
OUTCOMES = "outcomes"
_LINE = "line/"


class UnreadableError(SyndicateError):
    """What was kept is damaged, or of another version: it has to be learnt anew."""


def packed(learner: Learner) -> dict[str, bytes]:
    """The parts that have changed since the learner was read; decisions are apart."""
    told = {
        "format": FORMAT,
        "total": learner.lines.total,
        "counts": dict(sorted(learner.counts.items())),
        "lines": sorted(learner.lines.weights),
        "cursor": learner.cursor,
    }
    outcomes = array("f")
    for one in learner.certainty.outcomes:
        outcomes.extend((one.score, one.ahead, one.right))
    parts = {
        HEAD: json.dumps(told, ensure_ascii=False).encode(),
        SPREAD: _little(learner.lines.spread),
        OUTCOMES: _little(outcomes),
    }
    lines = learner.lines.weights
    return parts | {_LINE + one: _little(lines[one]) for one in sorted(learner.moved)}


def parts_of(head: bytes) -> tuple[str, ...]:
    """The names of the parts beside the head.

    :raises UnreadableError: it is damaged, or of another version
    """
    return (SPREAD, OUTCOMES, *(_LINE + one for one in _head(head)["lines"]))


def unpacked(parts: Mapping[str, bytes], version: int) -> Learner:
    """The learner that these parts are; none at all: one that knows nothing.

    :raises UnreadableError: something is missing, damaged, or of another version
    """
    learner = Learner()
    learner.version = version
    if not parts:
        return learner
    head = _head(parts[HEAD])
    try:
        learner.counts = Counter(head["counts"])
        learner.cursor = head["cursor"]
        learner.lines.total = head["total"]
        learner.lines.spread = _array("H", parts[SPREAD], SLOTS)
        learner.lines.weights = {
            one: _array("f", parts[_LINE + one], SLOTS) for one in head["lines"]
        }
        told = iter(_array("f", parts[OUTCOMES]))
        learner.certainty = Certainty(
            [
                Outcome(score, ahead, bool(right))
                for score, ahead, right in zip(told, told, told, strict=True)
            ]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError(f"what was learned cannot be read: {error}") from error
    return learner


def packed_decision(kept: Kept) -> bytes:
    """A decision with its weights, a kilobyte or two."""
    told = json.dumps([kept.categories, kept.weights], ensure_ascii=False).encode()
    example = kept.example
    steps = array("I", example.slots)
    for at in range(len(steps) - 1, 0, -1):
        steps[at] -= steps[at - 1]
    sizes = struct.pack("<II", len(told), len(steps))
    return zlib.compress(
        b"".join((sizes, told, _little(steps), example.whole, example.opening)), 6
    )


def unpacked_decision(content: bytes) -> Kept:
    """What :func:`packed_decision` made.

    :raises UnreadableError: it is damaged
    """
    try:
        plain = zlib.decompress(content)
        head, count = struct.unpack_from("<II", plain)
        categories, weights = json.loads(plain[8 : 8 + head])
        at = 8 + head
        slots = _array("I", plain[at : at + 4 * count], count)
        for place in range(1, count):
            slots[place] += slots[place - 1]
        at += 4 * count
        whole, opening = plain[at : at + count], plain[at + count :]
        if len(opening) != count or (count and slots[-1] >= SLOTS):
            raise UnreadableError("a decision cannot be read: its parts do not fit")
        return Kept(Example(slots, whole, opening), tuple(categories), dict(weights))
    except (zlib.error, struct.error, ValueError, TypeError, OverflowError) as error:
        raise UnreadableError(f"a decision cannot be read: {error}") from error


def _head(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
        known = told["format"] == FORMAT
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableError(f"what was learned cannot be read: {error}") from error
    if not known:
        raise UnreadableError(f"what was learned has format {told['format']}")
    return dict(told)


def _array(kind: str, content: bytes, count: int | None = None) -> array[Any]:
    """Numbers from bytes; ValueError if there are not ``count`` of them."""
    found: array[Any] = array(kind)
    found.frombytes(content)
    if count is not None and len(found) != count:
        raise ValueError(f"{len(found)} numbers where {count} should be")
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _little(numbers: array[int] | array[float]) -> bytes:
    if sys.byteorder == "little":
        return numbers.tobytes()
    swapped = array(numbers.typecode, numbers)
    swapped.byteswap()
    return swapped.tobytes()
