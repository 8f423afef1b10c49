"""What an entry is about, and what of it is kept."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from syndicate.dedupe.gist import gist_of, is_day, is_document, is_year, unpacked
from syndicate.model import Citation, Dated, DateOrigin, Entry, Precision

NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
HOUR = 3_600
BODY = (
    "Rạng sáng 17/10, triều cường làm vỡ 22 mét đê bao Cồn Tàu, xã Long Thới. Nước "
    "nhấn chìm 85 héc-ta sầu riêng. Chủ tịch huyện Trần Hữu Nghị huy động 1.500 bao "
    "cát để hàn khẩu đê bao."
)


def told(text: str = BODY, title: str = "Vỡ đê bao Cồn Tàu", **more) -> Entry:
    return (
        Entry(source="bao", url="https://bao.example/1", title=title, text=text)
        if (not more)
        else Entry(
            source="bao", url="https://bao.example/1", title=title, text=text, **more
        )
    )


def test_vietnamese_words_are_pairs_of_syllables():
    gist = gist_of(told(), at=NOW)
    assert gist.syllabic
    assert {"sầu_riêng", "triều_cường", "huy_động"} <= gist.terms.keys()
    assert gist.terms["đê"] > gist.terms["cát"], "it is said more often"


def test_function_words_tell_nothing_and_part_no_pairs():
    gist = gist_of(told(), at=NOW)
    assert not {"làm", "để", "để_hàn"} & gist.terms.keys()


def test_names_have_capitals_where_no_sentence_begins():
    gist = gist_of(told(), at=NOW)
    assert {"trần_hữu", "hữu_nghị", "cồn_tàu", "long_thới"} <= gist.names
    assert not {"nước", "rạng", "triều"} & gist.names


def test_a_word_that_goes_without_a_capital_too_is_no_name():
    text = f"{BODY} Theo Chủ tịch, huyện cử hai chủ tịch xã."
    assert "chủ" not in gist_of(told(text), at=NOW).names


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5.000 người", "5000"),
        ("5,000 người", "5000"),
        ("13,9 tỷ", "13,9"),
        ("ngày 05/09", "5/9"),
        ("ngày 5-9-2026", "5/9"),
        ("ngày 5 tháng 9", "5/9"),
        ("on September 5 ,", "5/9"),
        ("on 5 Sept .", "5/9"),
        ("2026-09-05 ;", "5/9"),
        ("thắng 31-24", "31-24"),
        ("Chỉ thị 05-CT/TW.", "05-ct/tw"),
    ],
)
def test_a_figure_is_one_term_however_it_is_written(written, meant):
    assert meant in gist_of(told(f"{BODY} Có {written} nữa."), at=NOW).terms


def test_a_cited_document_is_a_term_of_its_own():
    gist = gist_of(told(citations=(Citation(key="98/2014/NĐ-CP"),)), at=NOW)
    assert "98/2014/nđ-cp" in gist.terms
    assert is_document("98/2014/nđ-cp")
    assert not is_document("17/10")


def test_days_and_years_are_known():
    assert is_day("17/10")
    assert not is_day("98/2014/nđ-cp")
    assert is_year("2013")
    assert not is_year("2,013")


def test_its_moment_is_when_it_was_published():
    hanoi = timezone(timedelta(hours=7))
    when = datetime(2026, 10, 17, 20, 30, tzinfo=hanoi)
    dated = Dated(
        value=when, precision=Precision.MINUTE, origin=DateOrigin.FEED, raw=""
    )
    gist = gist_of(told(published=dated), at=NOW)
    assert gist.at == int(when.timestamp()) // HOUR
    assert gist.year == "2026"


def test_what_has_no_date_was_told_when_it_was_seen():
    gist = gist_of(told(), at=NOW)
    assert gist.at == int(NOW.timestamp()) // HOUR
    later = gist.moved(NOW + timedelta(days=1))
    assert later.at == gist.at + 24
    assert later.terms == gist.terms


def test_what_is_packed_is_unpacked_the_same():
    gist = gist_of(told(title="Giữ đất cù lao (Kỳ 2)"), at=NOW)
    assert gist.part == "kỳ 2"
    assert unpacked(gist.packed()) == gist
    assert pickle.loads(pickle.dumps(gist)) == gist  # noqa: S301 - our own


def test_only_single_words_are_counted():
    counted = gist_of(told(), at=NOW).counted
    assert "riêng" in counted
    assert not any("_" in word for word in counted)


def test_tone_styles_quotes_and_nfd_make_no_other_gist():
    one = gist_of(told("Đảng ủy xã Hòa Lộc trao “hóa đơn”. " + BODY), at=NOW)
    other = gist_of(told('Đảng uỷ xã Hoà Lộc trao "hoá đơn". ' + BODY), at=NOW)
    assert one.terms == other.terms
    assert one.names == other.names


@pytest.mark.parametrize(
    "text", ["", "   ", "Xem tệp đính kèm.", "\x00", "\ud800", "…", "🎉🎉🎉"]
)
def test_what_says_next_to_nothing_tells_nothing(text):
    gist = gist_of(told(text, title=""), at=NOW)
    assert not gist.tells
    assert unpacked(gist.packed()) == gist


@pytest.mark.parametrize(
    "text",
    [
        "chìm " * 100_000,
        "x" * 1_000_000,
        "1&" * 50_000,
        "1/" * 50_000,
        " ".join(f"Tên{at} sự{at}" for at in range(20_000)),
    ],
)
def test_a_hostile_text_makes_no_large_gist(text):
    gist = gist_of(told(text), at=NOW)
    assert len(gist.terms) <= 120
    assert len(gist.packed()) < 30_000
