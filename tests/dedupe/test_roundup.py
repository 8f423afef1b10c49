"""A text that quotes several others makes none of them one with another."""

from __future__ import annotations

from syndicate.dedupe.roundup import is_other_part, is_part, is_roundup
from syndicate.model import Entry

ONE = (
    "Ghe chở dừa mắc cạn ở vàm Cả Chát, ba chủ vựa góp tiền thuê máy múc bùn suốt đêm."
)
TWO = "Lớp học bơi của cô Năm mở dưới bến đình, trẻ xóm trên đi bộ hai cây số để học."


def entry(title: str, text: str) -> Entry:
    return Entry(source="a", url=f"https://a.example/{title}", title=title, text=text)


THREE = (
    "Bầy vịt chạy đồng của ông Hai Rẫy lạc sang ruộng tôm, hai nhà hòa nhau bằng trứng."
)
first, second = entry("Mắc cạn ở vàm sâu", ONE), entry("Lớp bơi dưới bến", TWO)
third = entry("Vịt lạc vuông tôm xóm bên", THREE)
both = entry("Điểm báo sáng thứ hai", f"{ONE}\n\n{TWO}")
three = entry("Điểm báo sáng thứ ba", f"{ONE}\n\n{TWO}\n\n{THREE}")


def test_a_text_with_three_stories_that_have_nothing_in_common_is_a_roundup():
    assert is_roundup(three, [(1, first), (2, second), (3, third)])


def test_a_text_with_two_stories_may_be_one_and_its_frame():
    assert not is_roundup(both, [(1, first), (2, second)])


def test_three_tellers_of_one_story_make_no_roundup():
    assert not is_roundup(three, [(1, first), (1, second), (1, third)])


def test_a_text_that_has_the_title_of_a_story_tells_that_story():
    longer = entry(first.title, three.text)
    assert not is_roundup(longer, [(1, first), (2, second), (3, third)])


def test_two_copies_of_one_text_are_one_part():
    again = entry("Chuyện một chuyến ghe", ONE)
    assert not is_roundup(three, [(1, first), (2, again), (3, third)])


def test_what_a_roundup_quotes_elsewhere_is_another_story():
    assert is_other_part(second, both, [first, both])
    assert not is_other_part(second, both, [both])


def test_a_cut_copy_is_known_by_the_title_of_its_whole():
    assert not is_other_part(entry(both.title, TWO), both, [first])


def test_a_text_as_long_is_no_part():
    assert not is_part(both, entry("Bài khác", both.text + " thêm"))
