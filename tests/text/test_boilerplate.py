"""What a site prints under everything is cited by nobody."""

from __future__ import annotations

from syndicate.text.boilerplate import is_nearly_all, said_alike

FOOTER = "Trang thông tin hoạt động theo Nghị định 72/2013/NĐ-CP của Chính phủ"


def test_a_line_that_comes_under_every_article_is_furniture():
    texts = [f"Tin số {n}.\n\n{FOOTER}" for n in range(10)]
    assert said_alike(texts, "72/2013/NĐ-CP")


def test_tone_style_and_case_make_no_other_line():
    texts = [
        "Ủy ban theo Nghị định 72/2013/NĐ-CP",
        "Uỷ ban theo nghị định 72/2013/NĐ-CP",
    ]
    assert said_alike(texts * 5, "72/2013/NĐ-CP")


def test_a_site_that_writes_about_one_document_in_ten_ways_cites_it():
    texts = [f"Chi bộ {n} làm theo Chỉ thị 05-CT/TW năm thứ {n}" for n in range(10)]
    assert not said_alike(texts, "05-CT/TW")


def test_no_text_is_no_furniture():
    assert not said_alike([], "05-CT/TW")
    assert not said_alike(["Chỉ trong ảnh"] * 10, "05-CT/TW")


def test_fewer_than_ten_articles_say_nothing():
    assert not is_nearly_all(9, 9)
    assert is_nearly_all(10, 10)
    assert is_nearly_all(40, 50)
    assert not is_nearly_all(39, 50)
