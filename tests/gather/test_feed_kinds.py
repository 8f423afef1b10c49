"""Every kind of feed, a file each beside what is to be found in it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from syndicate.gather.feed import read_feed

FEEDS = Path(__file__).parents[1] / "data" / "gather" / "feeds"
CASES = sorted(FEEDS.glob("*.toml"))


def shown(entry: Any, name: str) -> Any:
    """A field of an entry as the expectations write it."""
    value = getattr(entry, name)
    if name == "dates":
        return [claim.raw for claim in value]
    if name == "updated":
        return value.raw if value else ""
    if name == "image":
        return value.url if value else ""
    return list(value) if isinstance(value, tuple) else value


def fact(facts: Any, name: str) -> Any:
    value = getattr(facts, name)
    if name == "hint":
        return value.total_seconds() if value else None
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_feed_of_this_kind_is_read_right(case, source):
    expected = tomllib.loads(case.read_text("utf-8"))
    [path] = [each for each in FEEDS.glob(f"{case.stem}.*") if each != case]
    found = read_feed(path.read_bytes(), url="http://nguon.example/f", source=source())
    wanted = expected["entries"]
    assert len(found.entries) == len(wanted)
    for entry, fields in zip(found.entries, wanted, strict=True):
        assert {name: shown(entry, name) for name in fields} == fields
    facts = expected["facts"]
    assert {name: fact(found.facts, name) for name in facts} == facts
    assert list(found.deleted) == expected.get("deleted", [])
    assert found.fast or not expected.get("fast")


def test_every_feed_file_has_its_expectations():
    feeds = {path.stem for path in FEEDS.iterdir() if path.suffix != ".toml"}
    assert feeds == {path.stem for path in CASES}
    assert len(feeds) >= 12
