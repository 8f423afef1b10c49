from __future__ import annotations

import pytest

from samples.tones import restyle


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa, ủy, khỏe", "hoà, uỷ, khoẻ"),
        ("Tỉnh ỦY HÓA Thúy Ủy", "Tỉnh UỶ HOÁ Thuý Uỷ"),
        ("lũy tre, xòe, họa", "luỹ tre, xoè, hoạ"),
    ],
)
def test_the_two_styles_turn_into_each_other(old: str, new: str) -> None:
    assert restyle(old, "new") == new
    assert restyle(new, "old") == old
    assert restyle(old, "old") == old


@pytest.mark.parametrize(
    "text", ["quý quả quỳ", "hoàn hoài thuyền khuỷu", "lúa của tuệ già", "hoa huy"]
)
def test_syllables_that_both_styles_write_alike_stay(text: str) -> None:
    assert restyle(text, "new") == text
    assert restyle(text, "old") == text


def test_no_style_changes_nothing() -> None:
    assert restyle("hòa hoà", "") == "hòa hoà"
