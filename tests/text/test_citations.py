"""Numbers of official documents in running text."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.text.citations import cited


def _keys(text: str) -> list[str]:
    return [citation.key for citation in cited(text)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Kết luận số 19-KL/TW", "19-KL/TW"),
        ("Kết luận số 19 – KL/TW", "19-KL/TW"),
        ("Kết luận số 19‑KL/TW", "19-KL/TW"),
        ("Kết luận số 19 KL/TW", "19-KL/TW"),
        ("Kết luận số 19-KL/ТW", "19-KL/TW"),
        ("Kết luận số 19-KL/TƯ", "19-KL/TW"),
        ("Kết luận số 19-KL/T.Ư", "19-KL/TW"),
        ("Kết luận số\u00a019-KL/TW./.", "19-KL/TW"),
        ("KẾT LUẬN SỐ 19-KL/TW", "19-KL/TW"),
        ("(19-KL/TW)", "19-KL/TW"),
        ("Quy định số 9-QÐ/TU", "09-QĐ/TU"),
        ("Quy định 9/QĐ-TU", "09-QĐ/TU"),
        ("Kế hoạch số 77/KH-ĐUK", "77-KH/ĐUK"),
        ("CHƯƠNG TRÌNH SỐ 4-CTR/TU", "04-CTr/TU"),
        ("Quyết định 15-QĐ/TWĐTN-BTC", "15-QĐ/TWĐTN-BTC"),
        ("Nghị định số 5/2031/NĐ-CP", "05/2031/NĐ-CP"),
        ("Nghị định số 05/2031/NĐ - CP", "05/2031/NĐ-CP"),
        ("Nghị định 05/2031/ND-CP", "05/2031/NĐ-CP"),
        ("Thông tư liên tịch 7/2031/TTLT-BNV-BTC", "07/2031/TTLT-BNV-BTC"),
        ("Quyết định 57/2031QĐ-UBND", "57/2031/QĐ-UBND"),
        ("Quyết định số 44/QĐ-TTg", "44/QĐ-TTg"),
        ("QUYẾT ĐỊNH SỐ 44/QĐ-TTG", "44/QĐ-TTg"),
        ("Quyết định 8/2031/QĐ-UBND", "08/2031/QĐ-UBND"),
        ("Luật số 5/2031/QH17./.", "05/2031/QH17"),
        ("Nghị quyết 99/2031/UBTVQH16", "99/2031/UBTVQH16"),
        ("Công văn hỏa tốc số 12/UBND-VX", "12/UBND-VX"),
        ("Công điện số 3/CĐ-TTg", "03/CĐ-TTg"),
    ],
)
def test_every_way_of_writing_has_one_key(text: str, key: str) -> None:
    assert _keys(text) == [key]
    assert _keys(unicodedata.normalize("NFD", text)) == [key]


@pytest.mark.parametrize(
    "text",
    [
        "nhiệm kỳ 2030-2035",
        "làm việc 24/7, tỷ lệ 3/4, đạt 90% KH/năm",
        "http://vb.example/19-KL/TW/tai-ve",
        "www.vb.example/van-ban/19-KL/TW",
        "TCVN 1234:2031, QCVN 12:2031/BXD",
        "phòng 12-A/B, xe 71C-123.45",
        "mã 03-ABCD-2031",
        "KL/TW",
        "00-KL/TW",
        "số 1473/BTP-CNTT",
        "19-kl/tw",
        "19-KL/TW/2031",
        "Nghị quyết Đại hội lần thứ XIII",
        "Nghị quyết 15",
        "Nghị quyết số 03 và Đề án số 01",
        "Nghị định 15 của Chính phủ",
        "5 CT/HN",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert _keys(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Chỉ thị số 19-CT/TW, ngày 2/3/2031 của Ban Bí thư",
        "Chỉ thị số 19-CT/TW ngày 02-03-2031",
        "Chỉ thị số 19-CT/TW (ngày 2.3.2031)",
        "Chỉ thị số 19-CT/TW ngày 02 tháng 3 năm 2031",
        "Chỉ thị số 19-CT/TW của Ban Bí thư ngày 02/3/2031",
        "Ngày 02/3/2031, Ban Bí thư đã ban hành Chỉ thị số 19-CT/TW",
        "Ngày 2 tháng 3 năm 2031, Ban Bí thư ký ban hành Chỉ thị 19-CT/TW",
    ],
)
def test_the_day_of_issue_is_found_before_and_after(text: str) -> None:
    (citation,) = cited(text)
    assert citation.date == date(2031, 3, 2)
    assert citation.year == 2031


def test_another_documents_date_is_not_taken() -> None:
    first, second = cited("Kết luận 19-KL/TW và Chỉ thị số 20-CT/TW, ngày 2/3/2031")
    assert first.date is None
    assert second.date == date(2031, 3, 2)


def test_a_date_without_a_verb_of_issuing_is_of_something_else() -> None:
    (citation,) = cited("Ngày 02/3/2031, hội nghị quán triệt Chỉ thị số 19-CT/TW")
    assert citation.date is None


def test_an_impossible_date_is_no_date() -> None:
    (citation,) = cited("Chỉ thị số 19-CT/TW ngày 31/2/2031")
    assert citation.date is None


def test_the_year_of_a_state_number_is_its_year() -> None:
    (citation,) = cited("Nghị định 5/2031/NĐ-CP")
    assert citation.year == 2031
    assert citation.date is None


@pytest.mark.parametrize(
    ("text", "type_word", "issuer"),
    [
        ("Quy định số 19-QĐ/TW của Bộ Chính trị", "Quy định", "Bộ Chính trị"),
        ("Quyết định số 19-QĐ/TU của Tỉnh uỷ", "Quyết định", "Tỉnh ủy"),
        ("QUYẾT ĐỊNH SỐ 19-QĐ/TU", "Quyết định", "Tỉnh ủy"),
        ("Quyết định ban hành Quy định số 19-QĐ/TW", "Quy định", ""),
        ("số 19-QĐ/TW", "", ""),
        ("NQ số 19-NQ/TU", "Nghị quyết", "Tỉnh ủy"),
        ("Số 19-QC/TW", "Quy chế", ""),
        ("Thông tri số 19-TT/TU", "Thông tri", "Tỉnh ủy"),
        ("số 19/2031/TT-BNV", "Thông tư", "Bộ Nội vụ"),
        ("Luật Giao thông số 19/2031/QH17", "Luật", "Quốc hội"),
        ("Chương trình hành động 19-CTr/TU", "Chương trình hành động", "Tỉnh ủy"),
        ("Bộ Chính trị đã ban hành Kết luận 19-KL/TW", "Kết luận", "Bộ Chính trị"),
        ("Hướng dẫn của Ban Tổ chức Tỉnh ủy số 19-HD/BTCTU", "Hướng dẫn",
         "Ban Tổ chức Tỉnh ủy"),
    ],
)  # fmt: skip
def test_type_and_issuer_come_from_the_words(
    text: str, type_word: str, issuer: str
) -> None:
    (citation,) = cited(text)
    assert (citation.type_word, citation.issuer) == (type_word, issuer)


def test_mentions_are_counted_and_facts_gathered() -> None:
    text = (
        "Thực hiện 19-CT/TW. Chỉ thị số 19-CT/TW ngày 2/3/2031 của Ban Bí thư nêu rõ; "
        "Chỉ thị 19 – CT/TW yêu cầu. Kết luận 20-KL/TW cũng vậy."
    )
    first, second = cited(text)
    assert (first.key, first.mentions) == ("19-CT/TW", 3)
    assert (first.date, first.issuer) == (date(2031, 3, 2), "Ban Bí thư")
    assert (second.key, second.mentions) == ("20-KL/TW", 1)


def test_the_order_is_that_of_the_first_mention() -> None:
    text = (
        "Luật số 5/2031/QH17, rồi Kết luận 20-KL/TW, công văn số 7/BNV-TCBC, 19-CT/TW"
    )
    assert _keys(text) == ["05/2031/QH17", "20-KL/TW", "07/BNV-TCBC", "19-CT/TW"]


@pytest.mark.parametrize(
    "short", ["Nghị quyết số 03", "Nghị quyết 03 của Đảng ủy Khối"]
)
def test_a_short_reference_adds_no_mention(short: str) -> None:
    (citation,) = cited(
        f"{short} đã rõ. Nghị quyết số 03-NQ/ĐUK nêu. {short} cũng nêu."
    )
    assert (citation.key, citation.mentions) == ("03-NQ/ĐUK", 1)
    assert not citation.inferred


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Chỉ thị số 01 của Đảng ủy Khối", "01-CT/ĐUK"),
        ("Chỉ thị số 01 của Đảng uỷ Khối", "01-CT/ĐUK"),
        ("Chỉ thị 35 của Bộ Chính trị", "35-CT/TW"),
        ("Nghị quyết 18 của Ban Chấp hành Trung ương", "18-NQ/TW"),
        ("Kế hoạch số 7 của Ban Thường vụ Tỉnh ủy", "07-KH/TU"),
        ("Chỉ thị số 20 của Thủ tướng Chính phủ", "20/CT-TTg"),
        ("Nghị định số 5/2031 của Chính phủ", "05/2031/NĐ-CP"),
    ],
)
def test_an_issuer_in_words_makes_a_number(text: str, key: str) -> None:
    (citation,) = cited(text)
    assert (citation.key, citation.inferred, citation.mentions) == (key, True, 0)


def test_an_inferred_document_keeps_its_date() -> None:
    (citation,) = cited("Chỉ thị số 01 ngày 5/1/2031 của Đảng ủy Khối")
    assert citation.date == date(2031, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "Kế hoạch 7-KH/TU",
        "Nghị quyết 7-NQ/ĐUK",
        "Hướng dẫn 7-HD/BDVTU",
        "Nghị quyết 7-NQ/HU",
        "Quyết định 7/QĐ-UBND",
        "Nghị quyết 7/2031/NQ-HĐND",
        "Tờ trình 7/TTr-STP",
        "Chỉ thị số 01 của Đảng ủy Khối",
    ],
)
def test_numbers_that_each_province_counts_have_its_scope(text: str) -> None:
    assert cited(text, province="Cửu Hà")[0].scope == "Cửu Hà"


@pytest.mark.parametrize(
    "text",
    [
        "Kết luận 7-KL/TW",
        "Hướng dẫn 7-HD/BTGTW",
        "Quyết định 7-QĐ/TWĐTN",
        "Quyết định 7/QĐ-TTg",
        "Nghị định 7/2031/NĐ-CP",
        "Quyết định 7/QĐ-BTP",
        "Thông tư 7/2031/TT-BTC",
        "Luật 7/2031/QH17",
    ],
)
def test_national_numbers_have_no_scope(text: str) -> None:
    assert cited(text, province="Cửu Hà")[0].scope == ""


PIECES = """
Nghị_quyết_ số_ 05 - CT / TW 2031 NĐ CP _ngày_ 1/2/2031 _của_ Chính_phủ QĐ UBND . , QH17
Công_văn_ ДТ _tháng_ _năm_ _ 31
"""


@given(st.lists(st.sampled_from(PIECES.split()), max_size=25))
def test_any_mixture_is_survived(parts: list[str]) -> None:
    for citation in cited("".join(parts).replace("_", " ")):
        assert citation.mentions >= (0 if citation.inferred else 1)


def test_long_text_without_numbers_costs_little() -> None:
    text = "Hội nghị đã thảo luận sôi nổi về nhiệm vụ 9 tháng của Chính phủ. " * 3_000
    started = time.perf_counter()
    assert cited(text) == ()
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("junk", ["1-" * 50_000, "công văn " * 20_000, "1/" * 50_000])
def test_hostile_text_costs_little(junk: str) -> None:
    started = time.perf_counter()
    assert cited(junk) == ()
    assert time.perf_counter() - started < 2


def test_a_party_number_with_two_dashes_needs_no_slash_elsewhere() -> None:
    found = cited("theo Quy định 31-QĐ-TW của Trung ương")
    assert [each.key for each in found] == ["31-QĐ/TW"]


def test_the_line_above_a_number_may_name_its_issuer() -> None:
    text = "dòng 12/5\n\nChỉ thị của Bộ Chính trị số\n05-CT/TW\nvề học tập"
    [citation] = cited(text)
    assert (citation.key, citation.issuer) == ("05-CT/TW", "Bộ Chính trị")


def test_lines_without_a_number_do_not_change_what_is_cited() -> None:
    lines = ["Chỉ thị số 05-CT/TW ngày 15/5/2016", "không có gì", "05-CT/TW lần nữa"]
    apart = cited("\n".join(lines))
    assert apart == cited("\n".join((*lines, *["thêm 12 dòng chữ"] * 50)))
    assert apart[0].mentions == 2


def test_figures_of_other_scripts_are_figures() -> None:
    assert [each.key for each in cited("Chỉ thị ０５-CT/TW")] == ["05-CT/TW"]
