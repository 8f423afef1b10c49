"""The text rules, held against the shared data they were written down in."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from syndicate.text.citations import cited
from syndicate.text.clean import key_text, normalise, tone_old

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def _shared(name: str) -> Any:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"the shared data is not here: {name}")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tones() -> Any:
    return _shared("tone_marks.json")


@pytest.fixture(scope="module")
def grammar() -> Any:
    return _shared("citations.json")


@pytest.fixture(scope="module")
def seeds() -> Any:
    return _shared("seeds_truth.json")["seeds"]


def test_all_pairs_of_styles_fold_to_the_old_one(tones: Any) -> None:
    for pair in tones["pairs"]:
        for case in ("", "_title", "_upper"):
            assert tone_old("h" + pair["new" + case]) == "h" + pair["old" + case]


def test_all_words_and_phrases_fold_to_the_old_style(tones: Any) -> None:
    for entry in tones["words"] + tones["phrases"]:
        assert tone_old(entry["new"]) == entry["old"]
        assert tone_old(entry["old"]) == entry["old"]


def test_words_that_are_the_same_in_both_styles_never_change(tones: Any) -> None:
    for word in tones["unchanged_in_both"]:
        assert tone_old(word) == word
        assert key_text(word) == word


def test_misplaced_marks_are_repaired_in_keys_only(tones: Any) -> None:
    for entry in tones["misplaced_forms_to_repair_in_keys"]:
        assert key_text(entry["bad"]) == entry["good"]
        assert normalise(entry["bad"]) == entry["bad"]


def test_variants_of_i_and_y_share_a_key(tones: Any) -> None:
    for pair in tones["i_y_variants_same_key"]:
        assert key_text(pair["a"]) == key_text(pair["b"])


def test_look_alikes_become_latin_inside_latin_words(tones: Any) -> None:
    for entry in tones["homoglyphs"]:
        if entry["good"] == "III":
            assert normalise("khóa Х" + entry["bad"]) == "khóa XIII"
        else:
            assert normalise("N" + entry["bad"]) == "N" + entry["good"]


def test_the_written_tests_hold_also_for_decomposed_text(tones: Any) -> None:
    for entry in tones["tests"]:
        for form in ("NFC", "NFD"):
            text = unicodedata.normalize(form, entry["in"])
            assert tone_old(normalise(text)) == entry["key_old"]


def _facts_hold(example: Any) -> bool:
    found = cited(example["text"])
    dates = [str(item.date) if item.date else None for item in found]
    return bool(
        [item.key for item in found] == example["keys"]
        and dates == example.get("dates", dates)
        and example.get("date", dates[0]) == dates[0]
        and example.get("issuer", found[0].issuer) == found[0].issuer
        and example.get("type_word", found[0].type_word) == found[0].type_word
        and example.get("year", found[0].year) == found[0].year
    )


def test_every_positive_example_is_read_with_its_facts(grammar: Any) -> None:
    examples = grammar["examples"]["positive"]
    assert len(examples) >= 50
    assert [one["text"] for one in examples if not _facts_hold(one)] == []


def test_no_negative_example_is_taken_for_a_document(grammar: Any) -> None:
    examples = grammar["examples"]["negative"]
    assert len(examples) >= 40
    assert [one["text"] for one in examples if cited(one["text"])] == []


def test_short_references_resolve_as_written_down(grammar: Any) -> None:
    for entry in grammar["short_references"]:
        full = (entry["resolves_to"] or "").partition(" ")[0]
        found = {item.key: item for item in cited(entry["text"])}
        if " của " in entry["text"]:
            assert found[full].inferred
        else:
            assert not found
            beside = cited(f"{entry['text']}; {full}")
            assert [item.mentions for item in beside] == ([1] if full else [])


def _lines(seed: Any) -> list[str]:
    path = DATA / "seeds" / Path(seed["file"]).name
    if not path.is_file():
        pytest.skip(f"the seed is not here: {path.name}")
    return path.read_text(encoding="utf-8").split("\n")


def _body(seed: Any) -> str:
    lines = _lines(seed)
    captions = set(seed["body"]["caption_lines_inside"])
    wanted = [
        number
        for first, last in seed["body"]["line_ranges"]
        for number in range(first, last + 1)
        if number not in captions
    ]
    return "\n".join(lines[number - 1] for number in wanted)


@pytest.mark.parametrize("number", range(5))
def test_the_bodies_of_the_seeds_cite_what_the_truth_says(
    seeds: Any, number: int
) -> None:
    seed = seeds[number]
    found = {
        item.key: (item.mentions, str(item.date) if item.date else None)
        for item in cited(_body(seed))
    }
    assert found == {
        entry["key"]: (entry["mentions_in_body"], entry.get("date"))
        for entry in seed["documents_cited"]
    }


@pytest.mark.parametrize("number", range(5))
def test_the_keys_of_the_seeds_do_not_depend_on_the_normal_form(
    seeds: Any, number: int
) -> None:
    text = "\n".join(_lines(seeds[number]))
    assert key_text(unicodedata.normalize("NFD", text)) == key_text(text)
