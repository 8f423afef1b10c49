"""What editors decide; kept for ever, and the engine follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicate.model.story import Label


class RulingKind(StrEnum):
    """What an editor says of entries and their stories."""

    APART = "apart"
    """Two entries never tell one story."""
    TOGETHER = "together"
    """Two entries tell one story, whatever they look like."""
    LEAD = "lead"
    """An entry leads whatever story it tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One decision on stories; the newer of two that conflict holds."""

    id: int = 0
    """0 until it is kept."""
    kind: RulingKind
    entry: int
    other: int = 0
    """The second entry; 0 where one is enough."""
    at: datetime
    by: str = ""
    """Who decided, as they call themselves."""
    note: str = ""


class Asked(StrEnum):
    """Why a person looked at the labels of a story."""

    UNSURE = "unsure"
    """Nobody was sure enough: it stood in the review queue."""
    CHECK = "check"
    """It was drawn among the sure ones: how often are we right?"""
    OWN = "own"
    """Nobody asked: the editor saw that it is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The categories that a person gave an entry; the newest of an entry counts."""

    id: int = 0
    """0 until it is kept."""
    entry: int
    categories: tuple[str, ...]
    """The primary one first; empty: none fits."""
    shown: tuple[Label, ...] = ()
    """What the desk had said before."""
    asked: Asked = Asked.OWN
    at: datetime
    by: str = ""
    note: str = ""
