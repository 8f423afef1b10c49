"""Where sentences end, and extracts made of whole ones."""

from __future__ import annotations

import re
import time
import tomllib
import unicodedata
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.text.sentences import extract, sentences

CASES = Path(__file__).resolve().parents[1] / "data" / "text" / "sentences_more.toml"


def marked() -> list[str]:
    """Texts in which "|" stands where a sentence ends."""
    groups = tomllib.loads(CASES.read_text(encoding="utf-8"))
    named = chain.from_iterable(group.values() for group in groups.values())
    return list(chain.from_iterable(named))


def test_sentences_end_at_their_marks() -> None:
    text = "Hội nghị đã họp. Ai dự? Tất cả! Xong… Rồi nghỉ."
    assert sentences(text) == [
        "Hội nghị đã họp.",
        "Ai dự?",
        "Tất cả!",
        "Xong…",
        "Rồi nghỉ.",
    ]


@pytest.mark.parametrize(
    "whole",
    [
        "Tổng thu đạt 1.551.018,5 triệu đồng, tăng 6.000 hộ so với năm trước.",
        "Chỉ thị số 05-CT/TW ngày 15.5.2016 của Bộ Chính trị được quán triệt.",
        "Đoàn đã đến TP. Bến Nghé và Q. 1 làm việc.",
        "Bà H.T. Lan và Th.S. Trần Văn B. Minh dự họp.",
        "PGS. TS. Nguyễn A và Th.S Lê B phát biểu.",
        "Ban Chấp hành T.Ư Đảng họp phiên thứ 9.",
        "Mr. Smith and Dr. Jones met at 10 a.m. Monday.",
        "Đồng chí nói: “Phải làm ngay. Không được chậm. Dân đang chờ.”",
        "Ảnh: H. Quốc",
        "1. Kết quả đạt được trong năm",
        "a. Công tác tổ chức cán bộ",
        "Hội nghị kết thúc vào chiều cùng ngày./.",
        "Giá xăng... tăng nhẹ.",
        "Trang web bao.vn đăng tin.",
        "Họp lúc 8 giờ 30. mọi người có mặt",
        "Ông hỏi: “Vì sao?” rồi đi.",
        "Có ba việc cần làm ngay: 1. Rà soát; 2. Kiểm tra; 3. Báo cáo.",
        "Ban tổ chức trao giải I. II. III. cho ba đội.",
        "TS. BS. Lê Văn Minh, GĐ. Bệnh viện 115, công bố kết quả.",
        "Ông Ngô V. Chắc, PCT. UBND huyện, và GS.TSKH. Phạm Hải dự họp.",
        "Nhà máy tại Lô A2.1, KCN. Bàu Xéo, do Công ty CP. Thép Sen xây, bị cháy.",
        "Vụ việc xảy ra tại Km. 12, QL. 80 và ĐT. 883.",
    ],
)
def test_a_sentence_is_never_cut(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Kết thúc năm 2021. Trong năm nay có mới.", "Kết thúc năm 2021."),
        ("Ông nói: “Được.” Mọi người về.", "Ông nói: “Được.”"),
        ("Đề ra nhiệm vụ./. Nguyễn Văn A", "Đề ra nhiệm vụ./."),
        ("Thu 1.000 đồng. “Tốt lắm”, ông nói.", "Thu 1.000 đồng."),
        ("Anh về nhất với 2:31:18. Đó là kỷ lục.", "Anh về nhất với 2:31:18."),
        ("Hoàn thành 98/2014/NĐ-CP. Sau đó họp.", "Hoàn thành 98/2014/NĐ-CP."),
    ],
)
def test_a_sentence_ends_where_it_ends(text: str, first: str) -> None:
    assert sentences(text)[0] == first
    assert len(sentences(text)) == 2


@pytest.mark.parametrize("text", marked())
def test_a_marked_text_falls_apart_at_its_marks(text: str) -> None:
    expected = [part.strip() for part in re.split("[|‖]", text)]
    assert sentences(_spaced(text)) == expected


@pytest.mark.parametrize("text", marked())
def test_decomposed_letters_change_no_end(text: str) -> None:
    expected = [part.strip() for part in re.split("[|‖]", text)]
    assert sentences(unicodedata.normalize("NFD", _spaced(text))) == expected


def _spaced(text: str) -> str:
    """The text as it would be written: one space where a sentence ends."""
    return re.sub("(?<=[\n。])[|]|‖", "", text).replace("|", " ")


def test_there_are_cases_enough() -> None:
    assert len(marked()) >= 80


def test_a_line_end_ends_a_sentence() -> None:
    assert sentences("Tiêu đề\n\nNội dung ở đây\nDòng ba") == [
        "Tiêu đề",
        "Nội dung ở đây",
        "Dòng ba",
    ]


def test_a_quotation_that_never_closes_does_not_swallow_the_rest() -> None:
    assert len(sentences("Ông nói “phải làm ngay. Sau đó họp. Rồi về.")) == 3


@given(st.text(max_size=200))
def test_no_word_is_lost(text: str) -> None:
    from_parts = "".join("".join(sentences(text)).split())
    again = "".join("".join(sentences("\n".join(sentences(text)))).split())
    assert from_parts == again


def test_an_extract_is_of_whole_sentences() -> None:
    text = "Câu một ở đây. Câu hai ở đây. Câu ba ở đây."
    assert extract(text) == "Câu một ở đây. Câu hai ở đây."
    assert extract(text, sentences=1) == "Câu một ở đây."
    assert extract(text, limit=20) == "Câu một ở đây."
    assert extract("") == ""


def test_a_long_first_sentence_is_cut_at_a_clause() -> None:
    text = (
        "Sáng nay, tại hội trường lớn của tỉnh, các đại biểu đã thảo luận rất sôi nổi"
    )
    assert extract(text, limit=60) == "Sáng nay, tại hội trường lớn của tỉnh…"


def test_a_long_clause_is_cut_at_a_word() -> None:
    assert extract("một hai ba bốn năm sáu bảy", limit=14) == "một hai ba…"


@pytest.mark.parametrize("limit", range(20, 75))
def test_a_number_is_never_cut(limit: int) -> None:
    text = "Theo Nghị quyết số 22 – NQ/TW và 1.551.018,5 đồng, 12 000 000 người hưởng"
    cut = extract(text, limit=limit)
    assert len(cut) <= limit
    for number in ("22 – NQ/TW", "1.551.018,5", "12 000 000"):
        assert number in cut or not any(
            cut.removesuffix("…").endswith(number[:length])
            for length in range(1, len(number))
        )


def test_a_cut_quotation_is_closed() -> None:
    cut = extract("Ông nói “phải làm ngay từ hôm nay và mãi về sau này”", limit=30)
    assert cut.endswith("…”")
    assert len(cut) <= 30


@given(st.text(max_size=120), st.integers(1, 40))
def test_an_extract_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(extract(text, 3, limit)) <= limit


@pytest.mark.parametrize(
    "junk",
    [
        *("A. " * 40_000, "“" * 40_000, "“a. B" * 20_000, '"A. ' * 30_001),
        *(". " * 40_000, "(" * 100_000, "(a. B" * 40_000, "a.B" * 60_000),
        *("A.B. " * 40_000, "。" * 99_999, "12. " * 50_000, "từ " * 60_000),
        *("?! " * 60_000, "“?” Lan " * 25_000, "." * 300_000 + "x"),
    ],
)
def test_hostile_text_costs_little(junk: str) -> None:
    started = time.perf_counter()
    sentences(junk)
    extract(junk)
    assert time.perf_counter() - started < 2
