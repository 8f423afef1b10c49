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


WEEK_41 = """Thứ hai (05/10): 07 giờ 30 họp giao ban Thường trực Huyện ủy; 14 giờ \
kiểm tra tiến độ tuyến kè xã Bình Khê.

Thứ tư (07/10): 08 giờ làm việc với Sở Nội vụ; 15 giờ dự khai giảng lớp bồi dưỡng tại \
Trung tâm Chính trị huyện.

Thứ sáu (09/10): 08 giờ tiếp công dân định kỳ; 14 giờ họp Ban Chỉ đạo giảm nghèo."""
WEEK_42 = (
    WEEK_41.replace("05/10", "12/10")
    .replace("07/10", "14/10")
    .replace("09/10", "16/10")
    .replace("xã Bình Khê", "xã Long Hựu")
    .replace("Sở Nội vụ", "Hội Nông dân tỉnh")
)
STANDING = "https://khoi.example/lich-cong-tac"


def week(entry, dated, number, text, day):
    return entry(
        url=STANDING,
        guid=STANDING,
        title=f"Lịch công tác tuần {number} của Thường trực Huyện ủy",
        text=text,
        published=dated(day),
        fingerprint=f"w{number}",
    )


@pytest.mark.parametrize("kind", ["guid", "url", "address"])
def test_the_next_issue_at_a_standing_address_is_new(kind, entry, stored, dated):
    have = stored(week(entry, dated, 41, WEEK_41, "2026-10-04"))
    found = recognise(week(entry, dated, 42, WEEK_42, "2026-10-11"), known(kind, have))
    assert found.outcome is Outcome.NEW


def test_another_article_at_an_old_address_is_new(entry, stored, dated):
    have = stored(entry(guid=""))
    other = entry(
        guid="",
        title="Thêm một trạm đo mặn tự động trên sông Cái",
        text=OTHER_TEXT,
        published=dated("2026-10-15"),
        fingerprint="b2",
    )
    assert recognise(other, known("url", have)).outcome is Outcome.NEW


def test_an_article_that_is_rewritten_the_same_day_stays_itself(entry, stored):
    rewritten = entry(title="Rạch Dừa: ba đảng viên mới", fingerprint="b2", guid="")
    have = stored(entry(guid=""))
    assert recognise(rewritten, known("url", have)).outcome is Outcome.CHANGED


def test_a_corrected_title_with_a_new_address_is_found_by_its_text(entry, stored):
    have = stored(entry(guid=""))
    corrected = entry(
        guid="",
        url="https://khoi.example/tin/ket-nap-ba-dang-vien-13.html",
        title="Chi bộ ấp Rạch Dừa kết nạp 3 đảng viên mới",
        fingerprint="b2",
    )
    shared = set(identity_keys(corrected)) & set(identity_keys(have.entry))
    assert [kind for kind, _ in shared] == ["text"]
    assert recognise(corrected, known("text", have)).outcome is Outcome.CHANGED


def test_a_numbered_title_over_a_standing_text_is_another_notice(entry, stored):
    have = stored(entry(guid="", title="Thông báo số 12 về nạo vét kênh Ba Xã"))
    other = entry(guid="", url=STANDING, title="Thông báo số 13 về nạo vét kênh Ba Xã")
    assert recognise(other, known("text", have)).outcome is Outcome.NEW


def test_two_notices_with_one_title_on_one_day_are_two(entry, stored):
    text = (
        "Chiều 14/9, Huyện ủy công bố quyết định về công tác cán bộ. Theo đó, điều "
        "động đồng chí {name}, Phó Chủ tịch Ủy ban nhân dân xã Long Hựu giữ chức Bí "
        "thư Đảng ủy xã {place} nhiệm kỳ 2025 - 2030. Lãnh đạo Huyện ủy đề nghị đồng "
        "chí được điều động nhanh chóng tiếp cận công việc mới, giữ gìn đoàn kết."
    )
    title = "Công bố quyết định về công tác cán bộ"
    have = stored(
        entry(title=title, text=text.format(name="Huỳnh Văn Quý", place="Tân Xuân"))
    )
    other = entry(
        guid="news_13",
        url="https://khoi.example/tin/cong-bo-13.html",
        title=title,
        text=text.format(name="Đỗ Minh Út", place="An Thạnh"),
        fingerprint="b2",
    )
    assert recognise(other, known("title-date", have)).outcome is Outcome.NEW


@pytest.mark.parametrize(
    "address",
    [
        "http://khoi.example/tin/ket-nap-dang-vien-12.html",
        "https://www.khoi.example/tin/ket-nap-dang-vien-12.html",
        "https://khoi.example/tin/ket-nap-dang-vien-12.html/",
        "https://khoi.example/tin/ket-nap-dang-vien-12.html?utm_source=zalo&fbclid=x",
        "https://khoi.example/tin/ket-nap-dang-vien-12.html;jsessionid=0AF3",
        "https://khoi.example/tin/ket-nap-dang-vien-12.html?inheritRedirect=false"
        "&redirect=https%3A%2F%2Fkhoi.example%2Ftin",
    ],
)
def test_spellings_of_an_address_share_a_key(address, entry):
    ours = dict(identity_keys(entry(url=address)))
    assert ours["address"] == dict(identity_keys(entry()))["address"]
