"""Each kind of message that comes to a bounce address is a file with what it says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from syndicate.digest.returns.reading import read

FOLDER = Path(__file__).parents[2] / "data" / "returns"
CASES: dict[str, dict[str, Any]] = tomllib.loads(
    (FOLDER / "cases.toml").read_text(encoding="utf-8")
)
WORD = "b-" + "abcdefghijklmnopqrstuvwxyz234567"
IDENTITY = "tuan.12." + "234567abcdefghijklmnopqrstuvwxyz" + "@ban-tin.example"
LINK = "zyxwvutsrqponmlkjihgfedcba765432"


def sample(name: str) -> bytes:
    """A message of the folder, with an envelope, a Message-ID and a link of ours."""
    raw = (FOLDER / f"{name}.eml").read_bytes()
    for place, word in (
        (b"{verp}", f"{WORD}@tra-lai.example"),
        (b"{id}", IDENTITY),
        (b"{leave}", LINK),
    ):
        raw = raw.replace(place, word.encode())
    return raw


def test_there_is_a_file_for_each_case_and_a_case_for_each_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(CASES)
    assert len(CASES) >= 40


@pytest.mark.parametrize("name", CASES)
def test_a_message_is_read_as_its_case_says(name: str) -> None:
    case = CASES[name]
    returned = read(sample(name))
    told = {"kind": returned.kind.value, "form": returned.form}
    if "fate" in case:
        told["fate"] = returned.reports[0].fate.value
        told["status"] = returned.reports[0].status
    if "feedback" in case:
        told["feedback"] = returned.feedback
    if "reports" in case:
        told["reports"] = len(returned.reports)
    if case.get("recipient"):
        assert case["recipient"] in returned.reports[0].recipients
    elif "recipient" in case:
        assert returned.reports[0].recipients == ()
    assert told == {key: said for key, said in case.items() if key != "recipient"}


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case["kind"] in ("dsn", "arf")]
)
def test_whose_it_is_can_be_told_from_every_bounce_and_complaint(name: str) -> None:
    returned = read(sample(name))
    assert (
        returned.words == (WORD,)
        or IDENTITY in returned.message_ids
        or LINK in returned.links
    )
