"""Who wrote it and where it comes from."""

from __future__ import annotations

import pytest

from syndicate.gather.byline import (
    authors_in,
    credit_of,
    is_office,
    is_signature,
    opens_with_author,
    origin_of,
)


@pytest.mark.parametrize(
    "line",
    [
        "Lê Thị Hoa",
        "Thu Hà - Quốc Minh",
        "Thu Hà – Q. Minh",
        "Ban Tuyên giáo",
        "ĐUK",
        "BTG",
        "Văn phòng Huyện ủy",
        "Trần Văn Bảy (Sở Nội vụ)",
        "Bài, ảnh: Hoàng Nam",
        "Tin, ảnh: Hoàng Nam - Thùy Dương",
        "Tác giả bài viết: Chi cục Kiểm lâm",
        "Y Moan Êban",
        "H'Hen Niê",
        "Nguyễn Thị Ánh Tuyết, Lê Văn Út",
        "Hoàng Nam và Thùy Dương",
    ],
)
def test_names_of_people_and_units_are_signatures(line):
    assert is_signature(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Hội nghị kết thúc lúc 11 giờ cùng ngày.",
        "Ban Thường vụ Tỉnh ủy đã thống nhất chủ trương",
        "Phương hướng, nhiệm vụ quý II-2026",
        "- Lê Thị Hoa",
        "Một số kết quả nổi bật",
        "Trong đó:",
        "Nghị quyết số 03-NQ/TU",
        "Đảng ủy Khối sẽ chọn một số đơn vị làm điểm",
        "Lê Thị Hoa phát biểu tại hội nghị",
        "Sau đó, đoàn đến thăm và tặng quà cho các gia đình chính sách ở xã Phú Khánh.",
    ],
)
def test_sentences_headings_and_lists_are_no_signatures(line):
    assert not is_signature(line)


def test_a_single_name_is_a_signature_only_where_it_is_set_like_one():
    assert not is_signature("Hoàng")
    assert is_signature("Hoàng", stressed=True)


@pytest.mark.parametrize(
    "line", ["Trưởng khoa Dân vận", "Phó Bí thư Chi bộ", "Phòng Đào tạo"]
)
def test_a_post_or_a_unit_below_a_person_is_no_second_author(line):
    assert is_office(line, "Lê Thị Hoa")


def test_a_unit_below_a_sentence_is_not_its_office():
    assert not is_office("Ban Tuyên giáo", "Hội nghị kết thúc tốt đẹp.")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Thu Hà - Quốc Minh", ("Thu Hà", "Quốc Minh")),
        ("Bài, ảnh: Hoàng Nam", ("Hoàng Nam",)),
        (
            "Lê Thị Hoa (Đảng ủy Khối Cơ quan – Doanh nghiệp)",
            ("Lê Thị Hoa (Đảng ủy Khối Cơ quan – Doanh nghiệp)",),
        ),
        ("Phòng Tổ chức, Hành chính", ("Phòng Tổ chức, Hành chính",)),
        ("admin", ()),
        ("", ()),
        ("By John Smith", ("John Smith",)),
    ],
)
def test_author_lines_are_taken_apart(line, names):
    assert authors_in(line) == names


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("Nguồn: so.cuuha.example", "so.cuuha.example"),
        ("Nguồn : https://so.cuuha.example/vi/", "so.cuuha.example"),
        ("Nguồn tin: Báo Cửu Hà", "Báo Cửu Hà"),
        ("(Theo Báo Cửu Hà)", "Báo Cửu Hà"),
        ("Theo TTXVN", "TTXVN"),
        ("Source: Reuters", "Reuters"),
    ],
)
def test_a_credit_line_names_its_producer(line, origin):
    assert credit_of(line) == line
    assert origin_of(line) == origin


@pytest.mark.parametrize(
    "line",
    [
        "Theo kế hoạch, hội nghị kéo dài hai ngày.",
        "Theo Bí thư Tỉnh ủy, năm nay là năm bản lề.",
        "Nguồn vốn đầu tư: 12 tỷ đồng",
        "Theo đó, các chi bộ sẽ tổ chức sinh hoạt chuyên đề trong tháng",
        "",
    ],
)
def test_an_ordinary_sentence_is_no_credit(line):
    assert credit_of(line) == ""


def test_an_article_may_open_with_its_author():
    assert opens_with_author("Lê Thị Hoa (Trường Chính trị tỉnh)")
    assert opens_with_author("Tác giả: Lê Thị Hoa")
    assert not opens_with_author("Sáng 5/10, Ban Chấp hành Đảng bộ tỉnh (khóa XI) họp.")
    assert not opens_with_author("Bến Nghé (ảnh) là một xã cù lao.")
