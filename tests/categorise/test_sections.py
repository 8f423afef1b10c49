"""Where a source files an article, and what that says."""

from __future__ import annotations

import unicodedata

import pytest

from syndicate.categorise.decide import label
from syndicate.categorise.rules import Zone
from syndicate.categorise.sections import Sections
from syndicate.model import Category, Entry

PARTY = Category(
    slug="xay-dung-dang",
    title="Xây dựng Đảng",
    strong=("kết nạp đảng",),
    terms=("XDĐ", "Công tác Đảng"),
    paths=("/cong-tac-dang/", "chuyen-muc/xdd"),
)
HEALTH = Category(slug="y-te", title="Y tế", strong=("bệnh viện", "tiêm chủng"))


def by_term(*terms):
    entry = Entry(source="a", url="https://a.example/1", title="", terms=terms)
    return Sections([PARTY, HEALTH]).terms(entry)


def by_path(url):
    entry = Entry(source="a", url=url, title="")
    return set(Sections([PARTY, HEALTH]).paths(entry))


@pytest.mark.parametrize(
    "term",
    [
        "Xây dựng Đảng",
        "XAY DUNG DANG",
        "xay-dung-dang",
        "xay_dung_dang",
        unicodedata.normalize("NFD", "xây dựng Đảng"),
        "Tin tức/Xây dựng Đảng",
        "Chính trị > Xây dựng  Đảng",
        "Chính trị » XDĐ",
        "XDD/Tin tức",
        "Thời sự, Công tác Đảng",
    ],
)
def test_a_term_is_known_however_it_is_written(term):
    assert list(by_term(term)) == ["xay-dung-dang"]


@pytest.mark.parametrize(
    "term", ["Đảng", "Xây dựng", "Xây dựng Đảng bộ", "", " / ", "y"]
)
def test_a_part_of_a_term_is_another_term(term):
    assert by_term(term) == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/xay-dung-dang/bai-1.html",
        "https://a.example/tin/Xay-Dung-Dang/1",
        "https://a.example/x%C3%A2y-d%E1%BB%B1ng-%C4%91%E1%BA%A3ng/1",
        "https://a.example/cong_tac_dang/1",
        "https://a.example/chuyen-muc/xdd/2026/1",
        "https://a.example/xay-dung-dang.aspx?id=7",
        "https://a.example/chi-tiet?/cong-tac-dang/bai/1775",
        "https://a.example/news?section=xay-dung-dang&id=1",
    ],
)
def test_a_part_of_the_address_is_known_in_the_path_and_in_the_query(url):
    assert by_path(url) == {"xay-dung-dang"}


@pytest.mark.parametrize(
    "url",
    [
        "https://xay-dung-dang.example/1",
        "https://a.example/xay-dung-dang-va-chinh-quyen/1",
        "https://a.example/xdd/1",
        "https://a.example/2026/chuyen-muc/tin/xdd",
        "https://[broken/xay-dung-dang/",
        "",
    ],
)
def test_only_whole_parts_in_their_order_count_and_never_the_host(url):
    assert by_path(url) == set()


def test_a_section_alone_is_believed_where_the_text_says_nothing(rules, entry, source):
    told = entry(title="Tin ngắn", terms=("Xây dựng Đảng",))
    labels = label(told, rules(PARTY, HEALTH), source())
    assert [one.category for one in labels] == ["xay-dung-dang"]
    assert labels[0].confidence < 0.5


def test_a_section_never_outvotes_or_joins_what_the_text_shows(rules, entry, source):
    told = entry(
        title="Bệnh viện huyện tiêm chủng",
        url="https://a.example/xay-dung-dang/1",
        terms=("Xây dựng Đảng",),
    )
    labels = label(told, rules(PARTY, HEALTH), source())
    assert [one.category for one in labels] == ["y-te"]


def test_a_section_tips_what_is_close(rules, entry, source):
    lead = "Bệnh viện huyện có lễ kết nạp đảng."
    told = entry(title="Tin", lead=lead)
    filed = entry(title="Tin", lead=lead, terms=("Y tế",))
    both = rules(PARTY, HEALTH)
    assert label(told, both, source())[0].category == "xay-dung-dang"
    assert label(filed, both, source())[0].category == "y-te"


def test_term_and_address_of_one_section_are_one_sign(rules, entry):
    told = entry(url="https://a.example/xay-dung-dang/1", terms=("Xây dựng Đảng",))
    (score,) = rules(PARTY).scores(told)
    assert {hit.zone for hit in score.hits} == {Zone.TERM, Zone.PATH}
    assert score.value == 2.0


def test_weights_of_nought_switch_sections_off(rules, entry, source):
    told = entry(url="https://a.example/xay-dung-dang/1", terms=("Xây dựng Đảng",))
    assert label(told, rules(PARTY, term_weight=0.0, path_weight=0.0), source()) == ()


def test_a_section_does_not_count_less_in_a_long_text(rules, entry, source):
    told = entry(title="Tin", text="lời " * 5_000, terms=("Xây dựng Đảng",))
    assert label(told, rules(PARTY), source())
