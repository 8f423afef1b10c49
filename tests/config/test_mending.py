"""However a config.toml is broken, its tables are still held together."""

from __future__ import annotations

import copy
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicate.config.checks import check
from syndicate.config.environment import Environment
from syndicate.config.mending import mended

ROOT = Path(__file__).resolve().parents[2]
JUNK = [1, -5, True, "", "Đảng", [], {}, ["a"], [{}], {"a": 1}, 3.5, "smtp://h:99999"]


def spots(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document; of a list the first three."""
    yield path
    pairs = enumerate(value[:3]) if isinstance(value, list) else ()
    if isinstance(value, dict):
        pairs = value.items()
    for part, inner in pairs:
        yield from spots(inner, (*path, part))


def broken(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Break up to four places of a document."""
    made = copy.deepcopy(document)
    for _ in range(rng.randint(1, 4)):
        path = rng.choice([spot for spot in spots(made) if spot])
        holder = made
        for part in path[:-1]:
            holder = holder[part]
        if rng.random() < 0.7:
            holder[path[-1]] = copy.deepcopy(rng.choice(JUNK))
        else:
            del holder[path[-1]]
    return made


@pytest.mark.parametrize("seed", range(5))
def test_a_broken_document_is_mended_and_checked_without_a_fault_of_ours(seed):
    document = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    rng = random.Random(seed)  # noqa: S311 -- a test wants the same junk again
    for _ in range(60):
        form = mended(broken(document, rng))
        assert form is not None
        check(form, folder=ROOT, environment=Environment())
