"""What two sentences say of an article."""

from __future__ import annotations

import time

import pytest

from syndicate.model import Entry
from syndicate.text.saying import is_furniture, tells
from syndicate.text.summary import LONGEST, WANTED, summary

TITLE = "Bình Khê khánh thành cầu Xáng"
FIRST = "Sáng 14/10, Đảng ủy xã Bình Khê tổ chức lễ khánh thành cầu Xáng."
SECOND = "Cầu dài 42 m, rộng 3,5 m, do 36 hộ dân góp công."
THIRD = "Lễ kết thúc lúc 10 giờ cùng ngày."
BODY = f"{FIRST} {SECOND}\n\n{THIRD}"


def entry(
    lead: str = "", text: str = BODY, title: str = TITLE, **more: object
) -> Entry:
    return Entry(
        source="xa",
        url="https://xa.example/1",
        title=title,
        lead=lead,
        text=text,
        **more,  # type: ignore[arg-type]  # whatever the test is about
    )


def test_a_good_lead_is_the_summary() -> None:
    lead = "Ngày 14/10, xã Bình Khê khánh thành cây cầu dài 42 m qua kênh Xáng."
    assert summary(entry(lead)) == lead


def test_of_a_long_lead_the_first_two_sentences_are_told() -> None:
    lead = "Cây cầu dài 42 m đã xong. Dân góp 1.200 ngày công. Xã góp đá. Huyện góp xe."
    assert summary(entry(lead)) == "Cây cầu dài 42 m đã xong. Dân góp 1.200 ngày công."


@pytest.mark.parametrize(
    "lead",
    [
        "",
        "Xem chi tiết",
        "Xem thêm tại đây.",
        "Mời quý vị xem chi tiết trong tệp đính kèm.",
        "Bình Khê, 14/10",
        "Bình Khê, ngày 14 tháng 10 năm 2026.",
        "Thứ Sáu, ngày 16/10/2026 - 15:00",
        "Cập nhật lúc: 14/10/2026 08:15",
        "Huyền Thu - Hồng Quốc",
        "Tác giả: Huyền Thu, phóng viên thường trú tại miền Tây",
        "Ảnh: Hồng Quốc",
        "Bài và ảnh: Huyền Thu, cộng tác viên của ban tuyên giáo xã Bình Khê",
        "Bà con đi trên cầu mới trong ngày khánh thành. Ảnh: H. Quốc",
        "Trong ảnh: bà con đi trên cầu mới trong ngày khánh thành.",
        "LTS: Loạt bài này kể chuyện những cây cầu do dân góp công xây dựng.",
        "Lời tòa soạn: Loạt bài này kể chuyện những cây cầu do dân góp công.",
        TITLE,
        f"{TITLE}.",
        "BÌNH KHÊ KHÁNH THÀNH CẦU XÁNG SAU TÁM THÁNG XÂY DỰNG, DÂN RẤT VUI MỪNG",
        "Trang chủ | Giới thiệu | Tin tức | Văn bản | Liên hệ | Hỏi đáp | Sơ đồ cổng",
        "Trang chủ » Tin tức » Nông thôn mới » Tin địa phương của xã Bình Khê",
        ">> Bình Khê khởi công cầu Xáng sau nhiều năm chờ đợi của bà con hai ấp",
        "Tin vắn",
        "Tin liên quan: Mưa lớn ở miền Tây làm ngập nhiều tuyến đường trong sáng nay",
        "Nội dung bài viết đang được cập nhật, mời quý độc giả quay lại sau.",
        "The post Bình Khê khánh thành cầu Xáng appeared first on the commune's page.",
        "(Chinhphu.vn) –",
        "Kính gửi: Các chi bộ trực thuộc",
    ],
)
def test_a_lead_that_says_nothing_gives_way_to_the_body(lead: str) -> None:
    assert summary(entry(lead)) == f"{FIRST} {SECOND}"


@pytest.mark.parametrize(
    "lead",
    [
        "Read more",
        "By John Smith, Reuters",
        "Click here to subscribe to our newsletter.",
        "Hanoi, October 14, 2026 (Reuters)",
        "Editor's note: This story was updated after the council had met on Friday.",
        "Posted on October 14, 2026 at 10:15 am by the town's press office",
        "Photo: the new bridge, seen from the east bank of the canal last week",
        "We use cookies to give you the best experience on our website.",
    ],
)
def test_an_english_lead_that_says_nothing_gives_way_too(lead: str) -> None:
    text = "The new bridge opened on Friday. Traffic was light in the first hour."
    assert summary(entry(lead, text, title="New bridge opens")) == text


@pytest.mark.parametrize(
    "sentence",
    [
        "Tòa soạn Báo Cửu Hà trao 200 phần quà cho học sinh.",
        "Nguồn 500 tỷ đồng đã được bố trí cho tuyến đường.",
        "Chi tiết vụ việc được công bố sáng 14/10 tại trụ sở.",
        "Theo báo cáo, cả xã có 12 hộ nghèo.",
        "Hình thức học tập mới thu hút 300 đoàn viên.",
        "Tin bão số 5 khiến giá rau tăng gấp đôi.",
        "UBND TP.HCM và Bộ GD-ĐT ký kết chương trình.",
        "Photographs of the flood filled the hall.",
        "Updated rules take effect on Monday.",
    ],
)
def test_news_that_begins_like_furniture_is_news(sentence: str) -> None:
    assert tells(sentence, "Một tin khác hẳn")
    assert not is_furniture(sentence)


@pytest.mark.parametrize("mark", ["…", "...", " [...]", " […]", " (...)", ""])
def test_a_lead_that_its_source_cut_is_completed_from_the_body(mark: str) -> None:
    assert summary(entry(FIRST[:-18] + mark)) == f"{FIRST} {SECOND}"


def test_a_lead_cut_inside_a_word_is_completed_too() -> None:
    assert summary(entry("Sáng 14/10, Đảng ủy xã Bình Kh...")) == f"{FIRST} {SECOND}"


def test_of_a_cut_lead_that_the_body_lacks_the_whole_sentences_are_told() -> None:
    lead = "Cây cầu mới dài 42 m đã thông xe. Ông Tư, người góp nhiều công nhất, kể…"
    assert summary(entry(lead)) == "Cây cầu mới dài 42 m đã thông xe."


def test_a_lead_that_opens_the_body_goes_on_there() -> None:
    assert summary(entry(FIRST)) == f"{FIRST} {SECOND}"
    respelt = FIRST.replace("Đảng ủy", "Đảng uỷ")
    assert summary(entry(respelt)) == f"{FIRST} {SECOND}"


def test_a_lead_in_another_language_than_the_article_is_not_taken() -> None:
    lead = "Official portal of the province, with news and documents for everyone."
    assert summary(entry(lead)) == f"{FIRST} {SECOND}"


def test_an_english_article_may_be_full_of_vietnamese_names() -> None:
    lead = "Growers in Tân Lộc have shipped pomelos to Đà Nẵng and Cần Thơ."
    text = "The first container left on Tuesday. It holds 18 tonnes of fruit."
    assert summary(entry(lead, text, title="Pomelos ahoy")) == lead


def test_a_title_that_is_marked_off_before_the_text_is_dropped() -> None:
    for head in (f"{TITLE.upper()} - ", f"{TITLE}. ", f"{TITLE.upper()} "):
        assert summary(entry(head + SECOND, text="")) == SECOND
    assert summary(entry("", f"{TITLE}\n\n{BODY}")) == f"{FIRST} {SECOND}"


def test_a_sentence_that_begins_with_the_title_is_not_beheaded() -> None:
    told = "Bão số 5: hai người mất tích khi ghe chìm trên sông Hậu."
    assert summary(entry(told, "", title="Bão số 5")) == told
    told = "Bão số 5 làm hai người mất tích khi ghe chìm trên sông."
    assert summary(entry(told, "", title="Bão số 5")) == told


def test_furniture_between_paragraphs_is_passed_over() -> None:
    text = (
        "Huyền Thu\n\nẢnh: H. Quốc\n\nMột công trình của lòng dân\n\n"
        f"Bà con đi trên cầu mới.\n\n{FIRST}\n\nXem thêm: Chuyện cây cầu.\n\n{SECOND}"
    )
    known = entry("", text, captions=("Bà con đi trên cầu mới.",))
    assert summary(known) == f"{FIRST} {SECOND}"


def test_the_body_is_not_quoted_where_only_the_lead_may_be() -> None:
    assert summary(entry(""), lead_only=True) == ""
    assert summary(entry("Tin vắn"), lead_only=True) == "Tin vắn"
    assert summary(entry("Xem chi tiết"), lead_only=True) == ""
    assert summary(entry(FIRST), lead_only=True) == FIRST
    assert summary(entry(FIRST[:-18] + "…"), lead_only=True).endswith("…")


def test_two_sentences_that_are_too_long_together_give_one() -> None:
    one = "Xã " + "có thêm một cây cầu " * 12 + "mới."
    assert summary(entry("", f"{one} {one}")) == one
    assert len(one) < WANTED < 2 * len(one)


def test_a_long_first_sentence_is_whole() -> None:
    one = "Xã " + "có thêm một cây cầu " * 22 + "mới."
    assert WANTED < len(one) < LONGEST
    assert summary(entry(one, "")) == one


def test_a_sentence_without_end_gives_way_to_one_that_fits() -> None:
    names = "Dự lễ có " + "đồng chí Nguyễn Văn An, " * 40 + "và bà con."
    assert summary(entry("", f"{names} {FIRST} {SECOND}")) == f"{FIRST} {SECOND}"


def test_only_where_no_sentence_fits_one_is_cut_and_says_so() -> None:
    told = summary(entry("", "hội nghị quán triệt Nghị quyết 02-NQ/TU và " * 100))
    assert told.endswith("…")
    assert LONGEST // 2 < len(told) <= LONGEST


def test_a_text_without_a_single_stop_is_still_told() -> None:
    assert summary(entry("", "một dòng không có dấu chấm"))
    assert summary(entry("", "Ngắn")) == "Ngắn"
    assert summary(entry("Xem chi tiết", "")) == ""


def test_an_article_without_words_has_no_summary() -> None:
    assert summary(entry("", "")) == ""
    assert summary(entry("  ", "\n \n")) == ""


def test_a_summary_is_one_line_of_composed_text() -> None:
    text = "Cầu mới đa\u0303 thông xe.\nDân vui  mừng lắm đấy."
    assert summary(entry("", text)) == "Cầu mới đã thông xe. Dân vui mừng lắm đấy."


@pytest.mark.parametrize(
    "text",
    ["A. " * 70_000, "“" * 200_000, "a" * 200_000, "\n" * 200_000, "x y " * 50_000],
)
def test_hostile_text_costs_little(text: str) -> None:
    started = time.process_time()
    summary(entry(text, text, title=text[:500]))
    assert time.process_time() - started < 1


def test_a_lead_of_dots_costs_little() -> None:
    started = time.process_time()
    assert summary(entry(lead="." * 300_000 + "x", text="Một câu có đủ chữ để kể."))
    assert time.process_time() - started < 1
