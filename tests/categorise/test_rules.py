"""How strongly a text shows each category."""

from __future__ import annotations

import pytest

from syndicate.categorise.rules import Zone
from syndicate.model import Category, Citation


def values(rules, entry):
    return {score.category: score.value for score in rules.scores(entry)}


def weights(rules, entry, category):
    for score in rules.scores(entry):
        if score.category == category:
            return {(hit.zone, hit.phrase): hit.weight for hit in score.hits}
    return {}


def test_the_title_counts_more_than_the_lead_and_that_more_than_the_body(rules, entry):
    told = entry(title="Cử tri", lead="Cử tri", text="Mở đầu.\n\nCử tri.")
    assert weights(rules(), told, "bau-cu") == {
        (Zone.TITLE, "cử tri"): 6.0,
        (Zone.LEAD, "cử tri"): 4.0,
        (Zone.BODY, "cử tri"): 2.0,
    }


def test_a_phrase_counts_in_the_body_as_often_as_its_cap(rules, entry):
    told = entry(lead="Tin.", text="Chi bộ. " * 10)
    assert weights(rules(), told, "xay-dung-dang")[Zone.BODY, "chi bộ"] == 1.5


def test_masks_are_blanked_before_anything_counts(rules, entry):
    told = entry(title="Khối Cơ quan – Doanh nghiệp tỉnh họp định kỳ")
    assert values(rules(), told) == {}


def test_a_mask_of_one_category_blinds_that_category_only(rules, entry):
    other = Category(slug="tu-van", title="Tư vấn", strong=("doanh nghiệp tư vấn",))
    business = Category(
        slug="dn", title="DN", normal=("doanh nghiệp",), masks=("doanh nghiệp tư vấn",)
    )
    told = entry(title="Gặp doanh nghiệp tư vấn")
    assert list(values(rules(other, business), told)) == ["tu-van"]


def test_a_negative_phrase_takes_away_and_has_its_span(rules, entry):
    told = entry(title="Bầu cử tổng thống ở xứ người", lead="Cử tri đi bỏ phiếu.")
    assert values(rules(), told) == {}
    assert weights(rules(), entry(title="Cử tri", lead="Bầu cử tổng thống"), "bau-cu")


def test_a_phrase_of_two_categories_counts_for_both(rules, entry):
    one = Category(slug="a", title="A", strong=("nông thôn mới",))
    two = Category(slug="b", title="B", normal=("nông thôn mới",))
    found = values(rules(one, two), entry(title="Xã nông thôn mới"))
    assert list(found) == ["a", "b"]


def test_a_cited_document_shows_its_topic(rules, entry):
    told = entry(title="Tin", citations=(Citation(key="45-CT/TW", mentions=4),))
    assert weights(rules(), told, "bau-cu") == {(Zone.DOCUMENT, "45-CT/TW"): 2.0}


def test_a_document_that_a_phrase_names_counts_once(rules, entry):
    category = Category(slug="bau-cu", title="B", strong=("chỉ thị số 45-ct/tw",))
    told = entry(
        title="Quán triệt Chỉ thị số 45-CT/TW", citations=(Citation(key="45-CT/TW"),)
    )
    assert list(weights(rules(category), told, "bau-cu").values()) == [6.0]


@pytest.mark.parametrize(
    "text",
    ["Cử tri kiến nghị về đường sá.\n\nHết.", "Cử tri kiến nghị về đường\n\nHết."],
    ids=["the first paragraph", "its beginning"],
)
def test_a_lead_that_opens_the_body_counts_once(rules, entry, text):
    lead = "Cử tri kiến nghị về đường…" if "sá" in text else text.split("\n")[0] + " sá"
    told = entry(lead=lead, text=text)
    assert weights(rules(), told, "bau-cu") == {(Zone.LEAD, "cử tri"): 4.0}


def test_without_a_lead_the_first_paragraph_is_one(rules, entry):
    told = entry(text="Cử tri kiến nghị.\n\nCử tri ghi nhận.")
    zones = {zone for zone, _ in weights(rules(), told, "bau-cu")}
    assert zones == {Zone.LEAD, Zone.BODY}


def test_a_long_text_must_say_more(rules, entry):
    short = entry(title="Cử tri", text="Ngắn.")
    long = entry(title="Cử tri", text="chữ " * 2000)
    assert values(rules(), long)["bau-cu"] < values(rules(), short)["bau-cu"] / 2


def test_english_phrases_work_the_same(rules, entry):
    told = entry(title="Port Authority opens a second container terminal", text="x")
    assert list(values(rules(), told)) == ["harbour"]


def test_equal_scores_stand_in_the_configured_order(rules, entry):
    told = entry(title="Cử tri ở khu công nghiệp")
    assert list(values(rules(), told)) == ["bau-cu", "doanh-nghiep"]


def test_an_empty_entry_shows_nothing(rules, entry):
    assert rules().scores(entry()) == ()
