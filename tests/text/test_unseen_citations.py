"""Document numbers as people write them, beyond the grammar that was written down."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from syndicate.text.citations import cited

CASES: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "data/text/citations_more.toml").read_text("utf-8")
)
FACTS = ("date", "issuer", "type_word", "scope", "mentions")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("case", CASES["positive"], ids=lambda case: case["text"][:40])
def test_a_number_is_read_with_its_facts_however_it_is_written(case, form):
    found = cited(unicodedata.normalize(form, case["text"]), province="Cửu Hà")
    assert [one.key for one in found] == case["keys"]
    said = {name: str(getattr(found[0], name)) for name in FACTS if name in case}
    assert said == {name: str(case[name]) for name in said}
    if "type_words" in case:
        assert [one.type_word for one in found] == case["type_words"]


@pytest.mark.parametrize("case", CASES["negative"], ids=lambda case: case["text"][:40])
def test_what_is_no_number_of_a_document_is_not_taken_for_one(case):
    assert [one.key for one in cited(case["text"])] == []


def test_there_are_sixty_cases_that_nobody_showed_us():
    assert len(CASES["positive"]) + len(CASES["negative"]) >= 60


def test_a_number_of_any_length_is_no_trap():
    long = "05-CT/" + "A" * 100_000
    assert cited(f"Chỉ thị {long}, Chỉ thị 06-CT/TW")[0].key == "06-CT/TW"


def test_two_documents_of_one_number_in_one_text_stay_two():
    first, second = cited(
        "Quy định 22-QĐ/TW ngày 28/7/2021 được thay bởi Quy định 22-QĐ/TW ngày 5/5/2026"
    )
    assert (first.date.year, second.date.year) == (2021, 2026)


def test_a_number_without_date_and_place_means_the_one_named_last():
    text = "Đề án 02-ĐA/TU của Tỉnh ủy Bến Tre ngày 3/4/2021. Đề án 02-ĐA/TU nêu rõ."
    (citation,) = cited(text, province="Vĩnh Long")
    assert (citation.scope, citation.mentions) == ("Bến Tre", 2)


def test_two_provinces_in_one_text_have_two_documents():
    found = cited(
        "Nghị quyết 05-NQ/TU của Tỉnh ủy Bến Tre và Nghị quyết 05-NQ/TU của Tỉnh ủy "
        "Trà Vinh",
        province="Vĩnh Long",
    )
    assert [one.scope for one in found] == ["Bến Tre", "Trà Vinh"]
