"""Which document a citation means: numbers come again, and most say no more."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from syndicate.model import Citation, CitedDocument
from syndicate.text.meaning import better_known, first_met, meant, slugs_for

ARTICLE = date(2023, 6, 1)


def said(key: str = "05-CT/TW", on: str = "", **more: object) -> Citation:
    day = date.fromisoformat(on) if on else None
    given = {"key": key, "date": day, "year": day.year if day else None}
    return Citation(**{**given, **more})  # type: ignore[arg-type]


def known(issued: str = "", number: str = "05-CT/TW", **more: object) -> CitedDocument:
    return CitedDocument(number=number, issued=issued, **more)  # type: ignore[arg-type]


# ── The Party: five years ──


def test_two_days_of_one_term_are_one_document_and_a_slip():
    document = known("2016-05-15")
    assert meant(said(on="2016-05-16"), [document], ARTICLE) is document


@pytest.mark.parametrize(
    ("number", "first", "again"),
    [
        ("18-NQ/TW", "2017-10-25", "2022-06-16"),
        ("213-QĐ/TW", "2020-01-02", "2024-11-21"),
        ("05-NQ/TU", "2015-12-28", "2020-12-11"),
        ("36-NQ/TW", "2018-10-22", "2023-01-30"),
    ],
)
def test_the_same_number_of_the_next_term_is_another_document(number, first, again):
    document = known(first, number)
    assert meant(said(number, again), [document], None) is None


def test_an_undated_citation_means_the_only_document_of_its_number():
    document = known("2016-05-15")
    assert meant(said(), [document], ARTICLE) is document


def test_an_undated_citation_means_the_one_that_everybody_cites():
    famous, other = known("2016-05-15"), known("2021-07-01")
    assert meant(said(), [famous, other], ARTICLE) is famous


def test_an_undated_citation_never_means_what_was_issued_afterwards():
    later = known("2024-01-01")
    assert meant(said(), [later], ARTICLE) is None


def test_a_date_is_learnt_from_whoever_says_it():
    undated = known()
    citation = said(on="2016-05-15")
    assert meant(citation, [undated], ARTICLE) is undated
    assert better_known(undated, citation, ARTICLE).issued == "2016-05-15"


def test_a_year_after_a_party_number_is_that_of_the_work():
    document = known("2016-05-15")
    assert meant(said(year=2022), [document], ARTICLE) is document
    assert first_met(said(year=2022), ARTICLE).issued == ""


def test_a_quyet_dinh_and_a_quy_dinh_of_one_number_are_two():
    rule = known(number="213-QĐ/TW", type_word="Quy định")
    assert meant(said("213-QĐ/TW", type_word="Quyết định"), [rule], ARTICLE) is None
    assert meant(said("213-QĐ/TW"), [rule], ARTICLE) is rule


def test_of_one_day_they_are_one_and_somebody_took_the_wrong_word():
    rule = known("2020-01-02", "213-QĐ/TW", type_word="Quy định")
    citation = said("213-QĐ/TW", "2020-01-02", type_word="Quyết định")
    assert meant(citation, [rule], ARTICLE) is rule


# ── The state: every year ──


def test_a_number_with_its_year_is_one_document_whatever_day_is_said():
    decree = known("2014", "98/2014/NĐ-CP")
    citation = said("98/2014/NĐ-CP", "2014-10-24")
    assert meant(citation, [decree], ARTICLE) is decree
    assert better_known(decree, citation, ARTICLE).issued == "2014-10-24"


def test_a_number_without_a_year_comes_again_every_year():
    last_year = known("2022-01-06", "06/QĐ-TTg")
    assert meant(said("06/QĐ-TTg", "2023-01-06"), [last_year], ARTICLE) is None
    assert meant(said("06/QĐ-TTg", "2022-01-07"), [last_year], ARTICLE) is last_year


def test_undated_it_means_this_years_before_the_famous_one():
    famous = known("2021-02-01", "03/CĐ-TTg")
    fresh = known("2023-03-01", "03/CĐ-TTg")
    assert meant(said("03/CĐ-TTg"), [famous, fresh], ARTICLE) is fresh
    assert meant(said("03/CĐ-TTg"), [famous], ARTICLE) is famous


def test_a_year_that_is_over_is_believed_and_the_running_one_is_not():
    old = known("2020-06-03", "749/QĐ-TTg")
    assert meant(said("749/QĐ-TTg", year=2020), [old], ARTICLE) is old
    assert meant(said("749/QĐ-TTg", year=2023), [old], ARTICLE) is old
    assert meant(said("749/QĐ-TTg", year=2021), [old], ARTICLE) is None


# ── Places ──


def test_two_provinces_have_two_documents():
    document = known(number="02-ĐA/TU", scope="Bến Tre")
    citation = said("02-ĐA/TU", scope="Tuyên Quang")
    assert meant(citation, [document], ARTICLE) is None


def test_a_district_that_is_left_unsaid_is_the_one_that_was_said():
    district = known(number="05-NQ/HU", scope="huyện Ba Tri, Bến Tre")
    citation = said("05-NQ/HU", scope="Bến Tre")
    assert meant(citation, [district], ARTICLE) is district
    assert better_known(district, citation, ARTICLE).scope == district.scope
    other = said("05-NQ/HU", scope="huyện Giồng Trôm, Bến Tre")
    assert meant(other, [district], ARTICLE) is None


def test_a_province_is_not_one_of_its_districts_where_both_count():
    district = known(number="12/QĐ-UBND", scope="huyện Ba Tri, Bến Tre")
    assert meant(said("12/QĐ-UBND", scope="Bến Tre"), [district], ARTICLE) is None


# ── What is known of it, and its address ──


def test_a_name_in_words_is_better_than_what_the_abbreviation_means():
    document = known(number="02-ĐA/TU", scope="Bến Tre", issuer="Tỉnh ủy")
    citation = said("02-ĐA/TU", scope="Bến Tre", issuer="Ban Thường vụ Tỉnh ủy")
    better = better_known(document, citation, ARTICLE)
    assert better.issuer == "Ban Thường vụ Tỉnh ủy"
    vague = said("02-ĐA/TU", scope="Bến Tre", issuer="Tỉnh ủy")
    assert better_known(better, vague, ARTICLE) == better


@pytest.mark.parametrize(
    ("document", "slugs"),
    [
        (known("2016-05-15"), ["05-ct-tw", "05-ct-tw-2016", "05-ct-tw-2"]),
        (known("", "98/2014/NĐ-CP"), ["98-2014-nd-cp", "98-2014-nd-cp-2"]),
        (
            known("", "02-ĐA/TU", scope="Bến Tre"),
            ["02-da-tu-ben-tre", "02-da-tu-ben-tre-2"],
        ),
    ],
)
def test_a_slug_is_number_and_place_then_year_then_a_figure(document, slugs):
    assert list(islice(slugs_for(document), len(slugs))) == slugs
