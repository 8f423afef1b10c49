"""Short notices on one form are many stories; their reposts are none of their own."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.dedupe.decide import NewStory, Repeat, place

FILE = Path(__file__).resolve().parents[1] / "data" / "dedupe" / "notices.toml"
PAIRS = tomllib.loads(FILE.read_text(encoding="utf-8"))["pair"]
NAMES = [pair["name"] for pair in PAIRS]
FRAME = (
    "Trang tin xin giới thiệu cùng bạn đọc gần xa thông tin sau đây.",
    "Mời bạn đọc theo dõi thêm các tin khác tại chuyên mục đời sống.",
)


def cut(text: str) -> str:
    sentences = re.split(r"(?<=[.;])\s+", text)
    return " ".join(sentences[: max(1, round(len(sentences) * 0.6))])


ALTERED = {
    "as it is": lambda text: text,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "new tones": lambda text: text.replace("ủy", "uỷ").replace("óa", "oá"),
    "cut": cut,
    "framed": lambda text: f"{FRAME[0]} {text} {FRAME[1]}",
    "short forms": lambda text: (
        text.replace("Ủy ban nhân dân", "UBND")
        .replace("Hội đồng nhân dân", "HĐND")
        .replace("đồng chí", "đ/c")
        .replace(" 0", " ")
    ),
    "signed": lambda text: f"(TTĐT) - {text} Văn phòng./.",
}


@pytest.mark.parametrize("source", ["khoi", "bao"])
@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_two_notices_on_one_form_are_two_stories(pair, source, entry, stored):
    have = entry(url="https://khoi.example/1", guid="1", title=pair["one_title"])
    one = stored(entry_with(have, pair["one"]))
    other = entry(
        source=source,
        url="https://x.example/2",
        guid="2",
        title=pair["other_title"],
        text=pair["other"].strip(),
        fingerprint="b2",
    )
    assert isinstance(place(other, (), [one]), NewStory)


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED.keys())
@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_a_repost_of_a_notice_joins_it(pair, alter, entry, stored):
    have = entry(url="https://khoi.example/1", guid="1", title=pair["one_title"])
    one = stored(entry_with(have, pair["one"]), story=7)
    copy = entry(
        source="bao",
        url="https://bao.example/2",
        guid="2",
        title=pair["one_title"],
        text=alter(pair["one"].strip()),
        fingerprint="b2",
    )
    placed = place(copy, (), [one])
    assert isinstance(placed, Repeat)
    assert placed.story == 7


def entry_with(have, text):
    return replace(have, text=text.strip())


def test_one_standing_text_under_numbered_titles_is_many_notices(entry, stored):
    """Within one source: the body says only where to read the attached file."""
    one = stored(entry(title="Thông báo số 12/TB-UBND về việc nạo vét kênh"))
    other = entry(
        url="https://khoi.example/2",
        guid="2",
        title="Thông báo số 13/TB-UBND về việc nạo vét kênh",
    )
    assert isinstance(place(other, (), [one]), NewStory)


def test_one_corrected_figure_does_not_part_a_copy(entry, stored):
    one = stored(entry(), story=7)
    copy = entry(
        source="bao",
        url="https://bao.example/2",
        text=one.entry.text.replace("27 phụ nữ", "28 phụ nữ"),
    )
    assert isinstance(place(copy, (), [one]), Repeat)
