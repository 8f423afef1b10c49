"""What an entry is found by again."""

from __future__ import annotations

import unicodedata

from syndicate.dedupe.keys import identity_keys, story_keys


def test_keys_stand_in_the_order_of_trust(entry):
    kinds = [kind for kind, _ in identity_keys(entry())]
    assert kinds == ["guid", "address", "title-date", "content", "text"]


def test_white_space_around_a_guid_does_not_matter(entry):
    assert identity_keys(entry(guid="\n news_12 "))[0] == ("guid", "khoi news_12")


def test_a_guid_a_title_and_a_text_mean_nothing_outside_of_their_source(entry):
    ours, theirs = dict(identity_keys(entry())), dict(identity_keys(entry(source="b")))
    assert {kind for kind in ours if ours[kind] == theirs[kind]} == {
        "address",
        "content",
    }


def test_http_and_https_have_one_address(entry):
    plain = story_keys(entry(url="http://www.khoi.example/tin/a.html"))
    secure = story_keys(entry(url="https://khoi.example/tin/a.html"))
    assert plain[0] == secure[0]


def test_the_query_string_is_part_of_the_address(entry):
    one = story_keys(entry(url="https://khoi.example/chi-tiet-tin/?/slug/17751487"))
    two = story_keys(entry(url="https://khoi.example/chi-tiet-tin/?/slug/17751488"))
    assert one[0] != two[0]


def test_a_home_page_is_nobodys_address(entry):
    kinds = [kind for kind, _ in identity_keys(entry(url="https://khoi.example/"))]
    assert kinds == ["guid", "title-date", "content", "text"]


def test_a_short_title_is_no_key(entry):
    keys = dict(identity_keys(entry(title="Giấy mời họp")))
    assert "title-date" not in keys


def test_an_undated_title_is_no_key(entry):
    assert "title-date" not in dict(identity_keys(entry(published=None)))


def test_a_title_in_nfd_and_another_case_is_the_same_key(entry):
    title = "Đảng uỷ Khối họp định kỳ"
    other = unicodedata.normalize("NFD", "ĐẢNG ỦY KHỐI HỌP ĐỊNH KỲ")
    keys, others = identity_keys(entry(title=title)), identity_keys(entry(title=other))
    assert dict(keys)["title-date"] == dict(others)["title-date"]


def test_a_standing_phrase_is_no_content(entry):
    keys = story_keys(entry(text="Xem chi tiết tại tệp đính kèm."))
    assert [kind for kind, _ in keys] == ["address"]


def test_an_entry_without_anything_has_no_keys(entry):
    bare = entry(url="", guid="", published=None, text="", fingerprint="")
    assert identity_keys(bare) == ()
    assert story_keys(bare) == ()
