from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest

from samples.showing import Article, last_change, showing
from samples.texts import Telling

Tellings = tuple[Telling, ...]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-10-{text}+07:00")


def _first(tellings: Tellings, portal: str, when: str, story: str) -> Article | None:
    numbers = {(one.number, one.section) for one in tellings if one.text.story == story}
    shown = showing(tellings, portal, _moment(when))
    return next((one for one in shown if (one.number, one.section) in numbers), None)


@pytest.mark.parametrize(
    ("when", "there"),
    [("07T07:59", False), ("07T08:00", True), ("08T23:59", True), ("09T00:00", False)],
)
def test_an_article_is_there_from_publication_until_withdrawal(
    tellings: Tellings, when: str, there: bool
) -> None:
    found = _first(tellings, "khoi", when, "huy-hieu-phu-khanh")
    assert (found is not None) == there


def test_a_correction_shows_from_its_moment_on(tellings: Tellings) -> None:
    before = _first(tellings, "bao", "07T09:59", "cau-binh-khe")
    after = _first(tellings, "bao", "07T10:00", "cau-binh-khe")
    assert before
    assert after
    assert "45 hộ dân góp" in before.paragraphs[0]
    assert "54 hộ dân góp" in after.paragraphs[0]
    assert after.title == "Xã Bình Khê: 54 hộ góp sức xây cầu" != before.title
    assert after.first_title == before.first_title == before.title
    assert after.changed_at == _moment("07T10:00")


def test_a_portal_of_the_other_style_respells_all_but_names(tellings: Tellings) -> None:
    article = _first(tellings, "dan-van", "07T00:00", "cau-binh-khe")
    assert article
    assert "Thuỷ triều" in article.paragraphs[0]
    assert "Tỉnh uỷ" in article.paragraphs[1]
    assert "hoàn thành" in article.listing_title
    assert article.author == "Minh Thúy"


def test_a_decomposed_telling_is_decomposed_everywhere(tellings: Tellings) -> None:
    article = _first(tellings, "dan-van", "10T00:00", "lop-boi-duong")
    assert article
    shown = (article.title, article.lead, article.author, *article.captions)
    for text in (*shown, *article.paragraphs):
        assert text == unicodedata.normalize("NFD", text)
        assert unicodedata.normalize("NFC", text) != text or text.isascii()


def test_a_cut_keeps_the_first_paragraphs(tellings: Tellings) -> None:
    article = _first(tellings, "so", "07T00:00", "cau-binh-khe")
    assert article
    assert len(article.paragraphs) == 3
    assert article.paragraphs[-1].startswith("Bà Nguyễn Thị Lụa")


def test_a_frame_puts_its_opening_in_the_place_of_the_lead(tellings: Tellings) -> None:
    article = _first(tellings, "so", "13T00:00", "huy-hieu-phu-khanh")
    assert article
    assert article.lead.startswith("Thông tin từ xã Phú Khánh")
    assert article.paragraphs[0].startswith("Đảng ủy xã Phú Khánh trao")
    assert article.paragraphs[-1] == "Sở đăng lại để các đơn vị cùng biết."


def test_an_office_is_not_given_to_another_author(tellings: Tellings) -> None:
    school = _first(tellings, "truong", "17T00:00", "lop-boi-duong")
    paper = _first(tellings, "bao", "17T00:00", "lop-boi-duong")
    assert school
    assert paper
    assert (school.author, school.post) == ("Phạm Thị Yến", "Trưởng khoa Dân vận")
    assert (paper.author, paper.post) == ("Thu Hà - Quốc Minh", "")


def test_a_date_may_be_old_or_missing(tellings: Tellings) -> None:
    paper = _first(tellings, "bao", "17T00:00", "lop-boi-duong")
    bloc = _first(tellings, "khoi", "17T00:00", "lop-boi-duong")
    assert paper
    assert paper.date == datetime.fromisoformat("2019-05-20T09:00+07:00")
    assert bloc
    assert bloc.date is None


def test_a_portal_shows_the_newest_first(tellings: Tellings) -> None:
    moments = [one.at for one in showing(tellings, "khoi", _moment("08T12:00"))]
    assert moments == sorted(moments, reverse=True)
    assert len(moments) == 2


def test_the_last_change_counts_withdrawals_and_corrections(tellings: Tellings) -> None:
    assert last_change(tellings, "khoi", _moment("09T01:00")) == _moment("09T00:00")
    assert last_change(tellings, "bao", _moment("07T11:00")) == _moment("07T10:00")
    assert last_change(tellings, "bao", _moment("07T09:00")) == _moment("05T07:03")
    assert last_change((), "bao", _moment("07T09:00")).year == 2000
