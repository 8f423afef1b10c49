from __future__ import annotations

from collections.abc import Callable

import pytest

from syndicate.digest.summarise import summary
from syndicate.model import Story

Make = Callable[..., Story]


def test_a_good_lead_is_the_summary(make_story: Make) -> None:
    lead = "Ngày 14/10, xã Bình Khê khánh thành cây cầu dài 42 m qua kênh Xáng."
    assert summary(make_story(lead=lead, text="Khác hẳn. Rất khác.")) == lead


@pytest.mark.parametrize("lead", ["", "Xem chi tiết", "Bình Khê, 14/10"])
def test_a_lead_that_says_nothing_gives_way_to_the_body(
    make_story: Make, lead: str
) -> None:
    text = (
        "Huyền Thu\n\nSáng 14/10, Đảng ủy xã Bình Khê tổ chức lễ khánh thành cầu. "
        "Cầu dài 42 m, rộng 3,5 m. Có 36 hộ dân góp công."
    )
    assert summary(make_story(lead=lead, text=text)) == (
        "Sáng 14/10, Đảng ủy xã Bình Khê tổ chức lễ khánh thành cầu. "
        "Cầu dài 42 m, rộng 3,5 m."
    )


def test_a_title_repeated_before_the_lead_is_dropped(make_story: Make) -> None:
    title = "Bình Khê hoàn thành cầu"
    lead = "BÌNH KHÊ HOÀN THÀNH CẦU - Cây cầu dài 42 m do 36 hộ dân góp công làm."
    assert summary(make_story(title=title, lead=lead)) == (
        "Cây cầu dài 42 m do 36 hộ dân góp công làm."
    )


def test_the_body_is_not_quoted_where_only_the_lead_may_be(make_story: Make) -> None:
    assert summary(make_story(lead=""), lead_only=True) == ""
    assert summary(make_story(lead="Tin vắn"), lead_only=True) == "Tin vắn"


@pytest.mark.parametrize("limit", [60, 120, 280])
def test_a_summary_never_passes_its_limit(make_story: Make, limit: int) -> None:
    long = "Hội nghị quán triệt Nghị quyết 02-NQ/TU và nhiều văn bản khác " * 40
    assert 20 < len(summary(make_story(lead=long), limit)) <= limit
    assert 20 < len(summary(make_story(lead="", text=long), limit)) <= limit


def test_a_story_without_words_has_no_summary(make_story: Make) -> None:
    assert summary(make_story(lead="", text="")) == ""
