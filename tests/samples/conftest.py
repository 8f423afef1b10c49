"""A world of four short texts and the moments at which it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from samples.texts import Telling, load_tellings
from samples.world import World

TEXTS = Path(__file__).resolve().parents[1] / "data" / "samples" / "articles"


@pytest.fixture(scope="session")
def tellings() -> tuple[Telling, ...]:
    return load_tellings(TEXTS)


@pytest.fixture
def world_at(tellings: tuple[Telling, ...]) -> Callable[[str], World]:
    """The world at a moment of October 2026, written ``dd`` or ``ddThh:mm``."""

    def build(when: str) -> World:
        moment = f"2026-10-{when}" if "T" in when else f"2026-10-{when}T23:00"
        return World(tellings, lambda: datetime.fromisoformat(f"{moment}+07:00"))

    return build
