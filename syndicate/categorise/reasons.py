"""Why a label was given, as data: any language can tell it, the store keeps text.

A reason is JSON, grounds by what they are (:class:`Ground`), each with what was found
and how often: ``{"title": [["kết nạp đảng", 1]], "body": [["chi bộ", 2]]}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

Found = tuple[str, int]
"""What was found, and how often."""


class Ground(StrEnum):
    """What a reason speaks of."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    DOCUMENT = "document"
    """A document that is cited."""
    TERM = "term"
    """A category of the source."""
    PATH = "path"
    """A part of the address."""
    WORDS = "words"
    """Words of texts that editors labelled so."""
    EDITOR = "editor"
    """Who decided."""
    NOTE = "note"
    """In words: of an editor, or of a version that kept sentences."""


def write_reason(grounds: Mapping[Ground, Sequence[Found]]) -> str:
    """Grounds as the text that a label keeps; empty if there are none."""
    told = {
        ground.value: [list(one) for one in found]
        for ground, found in grounds.items()
        if found
    }
    return json.dumps(told, ensure_ascii=False) if told else ""


def read_reason(reason: str) -> dict[Ground, tuple[Found, ...]]:
    """What :func:`write_reason` wrote; any other text is a note."""
    if not reason:
        return {}
    try:
        told = json.loads(reason)
        return {
            Ground(name): tuple((str(what), int(count)) for what, count in found)
            for name, found in told.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {Ground.NOTE: ((reason, 1),)}


def editor_reason(by: str, note: str) -> str:
    """The reason of a label that a person gave."""
    return write_reason(
        {
            Ground.EDITOR: [(by, 1)] if by else [],
            Ground.NOTE: [(note, 1)] if note else [],
        }
    )
