"""Which story an entry joins."""

from __future__ import annotations

import re
import unicodedata

import pytest

from syndicate.dedupe.decide import NewStory, Repeat, new_uid, place
from syndicate.model import EvidenceKind, Relation

FOREIGN = (
    "Bạn đọc thân mến, chuyên mục hôm nay điểm lại vài sự việc đáng chú ý ở cơ sở, nơi "
    "những người làm công tác phong trào vẫn lặng lẽ góp nhặt niềm vui từng ngày."
)


def copied(entry, text, **changes):
    return entry(
        source="bao", url="https://bao.example/1", guid="x", text=text, **changes
    )


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: text,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("ủy", "uỷ").replace("hóa", "hoá").upper(),
        lambda text: "\n\n".join(text.split("\n\n")[:2]),
        lambda text: text.split("\n\n")[1],
        lambda text: f"{FOREIGN}\n\n{text}\n\n{FOREIGN}",
        lambda text: f"{FOREIGN}\n\n{text.split(chr(10) * 2)[1]}",
        lambda text: re.sub(r"\s+", " ", text),
    ],
    ids=["same", "NFD", "shouted", "cut", "part", "framed", "part framed", "one line"],
)
def test_an_altered_copy_joins_under_any_title(entry, stored, alter):
    have = stored(entry(), story=7)
    copy = copied(entry, alter(have.entry.text), title="Điểm tin cuối tuần")
    placed = place(copy, (), [have])
    assert isinstance(placed, Repeat)
    assert placed.story == 7
    assert placed.bond.relation is Relation.REPEAT
    assert 0 < placed.bond.score <= 1
    assert placed.bond.evidence


def test_an_entry_that_nothing_resembles_begins_a_story(entry):
    assert place(entry(), (), ()) == NewStory()
    assert NewStory().bond.relation is Relation.FIRST


def test_the_same_ceremony_elsewhere_is_another_story(entry, stored):
    text = entry().text
    for was, now in [
        ("Rạch Dừa", "Cái Sơn"),
        ("Tân Lộc", "Phú Khánh"),
        ("Lê Thị Mỹ Hạnh", "Phan Ngọc Ánh"),
        ("Trần Văn Út", "Đỗ Quang Bình"),
        ("Ba Xã", "Ông Hổ"),
        ("27", "31"),
        ("14", "8"),
        ("4,5", "6"),
    ]:
        text = text.replace(was, now)
    sibling = copied(entry, text, title="Chi bộ ấp Cái Sơn kết nạp ba đảng viên mới")
    assert isinstance(place(sibling, (), [stored(entry())]), NewStory)


def test_a_form_letter_of_another_commune_is_another_story(entry, stored):
    letter = "Ủy ban nhân dân xã {} thông báo lịch tiếp công dân. " + FOREIGN * 3
    one = entry(title="Xã Tân Lộc tiếp công dân", text=letter.format("Tân Lộc"))
    two = copied(
        entry, letter.format("Long Thạnh"), title="Xã Long Thạnh tiếp công dân"
    )
    assert isinstance(place(two, (), [stored(one)]), NewStory)


def test_next_months_figures_in_the_same_words_are_another_story(entry, stored):
    report = (
        "Theo báo cáo nhanh, trong tháng {} toàn xã thu gom {} tấn rác, trồng {} cây "
        "xanh, sửa {} mét đường, vận động {} hộ góp {} triệu đồng và lắp {} bóng đèn "
        "dọc các tuyến lộ liên ấp, được bà con đồng tình và tham gia đông đủ mỗi tuần."
    )
    one = entry(title="Kết quả tháng", text=report.format(9, 14, 320, 650, 45, 62, 18))
    two = entry(title="Kết quả tháng", text=report.format(10, 17, 95, 410, 51, 70, 33))
    assert isinstance(place(two, (), [stored(one)]), NewStory)


def test_a_shared_formula_of_a_few_words_does_not_join(entry, stored):
    formula = (
        "của Bộ Chính trị về đẩy mạnh học tập và làm theo tư tưởng, đạo đức, phong "
        "cách Hồ Chí Minh gắn với thực hiện nhiệm vụ chính trị"
    )
    one = entry(text=f"{entry().text} {formula}")
    two = copied(entry, f"{FOREIGN} {formula}", title="Chuyện nghề")
    assert isinstance(place(two, (), [stored(one)]), NewStory)


def test_a_brief_with_the_same_title_joins(entry, stored):
    brief = "Chi bộ ấp Rạch Dừa vừa kết nạp ba đảng viên mới trong sáng 5/10."
    have = stored(entry(text=brief), story=3)
    placed = place(copied(entry, brief), (), [have])
    assert isinstance(placed, Repeat)


def test_the_same_standing_phrase_under_two_titles_does_not_join(entry, stored):
    phrase = "Mời bạn đọc xem toàn văn trong tệp đính kèm ở cuối trang này nhé."
    one = entry(title="Kế hoạch tuyển sinh lớp trung cấp", text=phrase)
    two = entry(title="Danh mục hồ sơ lưu trữ quý ba", text=phrase)
    assert isinstance(place(two, (), [stored(one)]), NewStory)


def test_texts_without_words_do_not_join(entry, stored):
    empty = stored(entry(text=""))
    assert isinstance(place(copied(entry, ""), (), [empty]), NewStory)


def test_the_same_content_elsewhere_joins_by_its_key(entry, stored):
    placed = place(copied(entry, entry().text), [("content", stored(entry()))], ())
    assert placed == Repeat(story=1, bond=placed.bond)
    assert [one.kind for one in placed.bond.evidence] == [EvidenceKind.CONTENT]


def test_one_address_for_all_items_of_a_source_joins_nothing(entry, stored):
    other = entry(guid="13", title="Trạm đo mặn", text=FOREIGN)
    placed = place(other, [("address", stored(entry()))], ())
    assert isinstance(placed, NewStory)


def test_another_source_that_links_to_the_article_joins(entry, stored):
    link = entry(source="tong-hop", guid="13", title="Đọc tiếp", text="")
    placed = place(link, [("address", stored(entry()))], ())
    assert isinstance(placed, Repeat)


def test_of_two_stories_the_one_that_shares_most_is_joined(entry, stored):
    part = stored(entry(text=entry().text.split("\n\n")[1]), id=1, story=1)
    whole = stored(entry(), id=2, story=2)
    placed = place(copied(entry, entry().text), (), [part, whole])
    assert isinstance(placed, Repeat)
    assert placed.story == 2


def test_a_uid_is_the_same_for_the_same_entry_only(entry):
    uid = new_uid(entry())
    assert re.fullmatch("[a-z2-7]{16}", uid)
    assert uid == new_uid(entry(title="Tên khác", text=""))
    assert uid != new_uid(entry(guid="news_13"))
    assert uid != new_uid(entry(source="bao"))
