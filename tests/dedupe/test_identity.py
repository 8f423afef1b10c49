"""Whether a gathered entry is one that its source gave before."""

from __future__ import annotations

import pytest

from syndicate.dedupe.identity import recognise
from syndicate.dedupe.keys import identity_keys
from syndicate.model import Outcome

OTHER_TEXT = """Chiều 6/10, Sở Nông nghiệp khai trương trạm đo mặn tự động thứ tám \
trên sông Cái, gửi số liệu về điện thoại của bà con mỗi mười lăm phút.

Trạm hoạt động bằng pin mặt trời, kinh phí 380 triệu đồng, do Hợp tác xã Phước Lợi \
trông coi và sẽ được nối vào bản đồ chung của tỉnh trước mùa khô."""


def known(kind, stored_entry):
    return [(kind, stored_entry)]


def test_an_entry_that_nothing_matches_is_new(entry):
    assert recognise(entry(), []).outcome is Outcome.NEW


def test_the_same_content_is_unchanged(entry, stored):
    have = stored(entry())
    found = recognise(entry(), known("guid", have))
    assert (found.outcome, found.match, found.key) == (Outcome.UNCHANGED, have, "guid")


def test_another_fingerprint_is_a_change(entry, stored):
    found = recognise(entry(fingerprint="b2"), known("guid", stored(entry())))
    assert found.outcome is Outcome.CHANGED


def test_a_guid_is_unique_per_source_only(entry, stored):
    elsewhere = stored(entry(source="dan-van"))
    found = recognise(entry(fingerprint="b2"), known("guid", elsewhere))
    assert found.outcome is Outcome.NEW


def test_two_items_of_one_feed_may_carry_one_guid(entry, stored):
    other = entry(
        url="https://khoi.example/tin/tram-do-man-9.html",
        title="Thêm một trạm đo mặn tự động trên sông Cái",
        text=OTHER_TEXT,
        fingerprint="b2",
    )
    found = recognise(other, known("guid", stored(entry())))
    assert found.outcome is Outcome.NEW


def test_a_guid_whose_title_and_address_were_corrected_is_the_same(entry, stored):
    corrected = entry(
        url="https://khoi.example/tin/ket-nap-bon-dang-vien-12.html",
        title="Rạch Dừa có thêm bốn đảng viên",
        fingerprint="b2",
    )
    found = recognise(corrected, known("guid", stored(entry())))
    assert found.outcome is Outcome.CHANGED


def test_an_address_with_another_guid_is_the_same(entry, stored):
    found = recognise(entry(guid="tag:new-cms,1"), known("url", stored(entry())))
    assert (found.outcome, found.key) == (Outcome.UNCHANGED, "url")


def test_one_address_for_all_items_does_not_make_them_one(entry, stored):
    other = entry(guid="news_13", title="Trạm đo mặn trên sông Cái", text=OTHER_TEXT)
    found = recognise(other, known("url", stored(entry())))
    assert found.outcome is Outcome.NEW


def test_a_flip_to_https_is_found_by_the_address(entry, stored):
    secure = entry(guid="", url="https://www.khoi.example/tin/a.html")
    plain = entry(guid="", url="http://khoi.example/tin/a.html")
    have = stored(plain)
    matching = [
        (kind, have)
        for kind, value in identity_keys(secure)
        if (kind, value) in identity_keys(plain)
    ]
    found = recognise(secure, matching)
    assert (found.outcome, found.key) == (Outcome.UNCHANGED, "address")


def test_a_changed_guid_and_address_are_repaired_by_title_and_text(entry, stored):
    moved = entry(guid="99", url="https://khoi.example/vi/article/99")
    found = recognise(moved, known("title-date", stored(entry())))
    assert (found.outcome, found.key) == (Outcome.UNCHANGED, "title-date")


def test_one_title_twice_a_day_over_different_texts_is_two_entries(entry, stored):
    other = entry(guid="99", url="https://khoi.example/tin/99", text=OTHER_TEXT)
    found = recognise(other, known("title-date", stored(entry())))
    assert found.outcome is Outcome.NEW


def test_the_same_notice_a_month_later_is_another_entry(entry, stored, dated):
    later = entry(
        guid="99", url="https://khoi.example/tin/99", published=dated("2026-11-05")
    )
    found = recognise(later, known("content", stored(entry())))
    assert found.outcome is Outcome.NEW


def test_the_first_key_that_convinces_is_the_one_named(entry, stored):
    collision = stored(
        entry(url="https://khoi.example/x", title="Trạm đo mặn", text=OTHER_TEXT), id=1
    )
    same = stored(entry(), id=2)
    found = recognise(entry(), [("guid", collision), ("url", same)])
    assert (found.match, found.key) == (same, "url")


@pytest.mark.parametrize("part", [0, 120])
def test_a_page_that_was_not_read_whole_does_not_become_content(entry, stored, part):
    have = stored(entry())
    short = entry(text=have.entry.text[:part], fingerprint="b2")
    assert recognise(short, known("url", have)).outcome is Outcome.UNCHANGED


def test_a_short_text_that_says_something_else_is_a_change(entry, stored):
    notice = entry(text="Bài viết này đã được gỡ để kiểm tra lại.", fingerprint="b2")
    assert recognise(notice, known("url", stored(entry()))).outcome is Outcome.CHANGED


def test_a_correction_of_one_number_is_a_change(entry, stored):
    have = entry()
    corrected = entry(text=have.text.replace("27 phụ", "72 phụ"), fingerprint="b2")
    assert recognise(corrected, known("url", stored(have))).outcome is Outcome.CHANGED


def test_without_fingerprints_the_words_are_compared(entry, stored):
    have = stored(entry(fingerprint=""))
    same = recognise(entry(fingerprint=""), known("url", have))
    other = recognise(entry(fingerprint="", title="Khác"), known("url", have))
    assert (same.outcome, other.outcome) == (Outcome.UNCHANGED, Outcome.CHANGED)


def test_guid_and_address_together_need_no_likeness(entry, stored):
    rewritten = entry(title="Viết lại từ đầu", text=OTHER_TEXT, fingerprint="b2")
    found = recognise(rewritten, known("guid", stored(entry())))
    assert (found.outcome, found.key) == (Outcome.CHANGED, "guid")


def test_links_without_text_are_repaired_by_title_and_day(entry, stored):
    moved = entry(guid="99", url="https://khoi.example/vi/99", text="")
    found = recognise(moved, known("title-date", stored(entry(text=""))))
    assert found.outcome is Outcome.UNCHANGED


def test_an_undated_copy_of_the_content_is_the_same_entry(entry, stored):
    undated = entry(guid="99", url="https://khoi.example/vi/99", published=None)
    found = recognise(undated, known("content", stored(entry())))
    assert found.outcome is Outcome.UNCHANGED
