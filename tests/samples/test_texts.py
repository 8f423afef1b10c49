from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from samples.texts import Telling, TextError, load_tellings

GOOD = """
story = "a"
title = "T"
body = "Một đoạn."
[[telling]]
portal = "khoi"
at = 2026-10-05T08:15:00+07:00
"""


def _load(folder: Path, text: str) -> tuple[Telling, ...]:
    (folder / "01-a.toml").write_text(text, encoding="utf-8")
    return load_tellings(folder)


def test_a_text_needs_no_more_than_title_body_and_teller(tmp_path: Path) -> None:
    (telling,) = _load(tmp_path, GOOD)
    assert telling.text.paragraphs == ("Một đoạn.",)
    assert telling.text.language == "vi"
    assert telling.cut == 1.0


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("+07:00", "", "at needs an offset"),
        ('portal = "khoi"', 'portal = "khối"', "no portal 'khối'"),
        ('title = "T"', "", "title is missing"),
        ('title = "T"', "title = 3", "title must be a str"),
        ('title = "T"', 'titel = "T"\ntitle = "T"', "nobody reads titel"),
        ('portal = "khoi"', 'portal = "khoi"\ncut = 0', "cut is more than 0"),
        ('portal = "khoi"', 'portal = "khoi"\nframe = ["a"]', "frame is two"),
        ('portal = "khoi"', 'portal = "khoi"\ntones = "x"', "tones is old or new"),
        ("2026-10", "1999-10", "before the year 2000"),
        ('story = "a"', "story = ", "Invalid value"),
        ('story = "a"', 'story = "a"\ncaptions = [1]', "must be a list of strings"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(
    tmp_path: Path, wrong: str, right: str, complaint: str
) -> None:
    with pytest.raises(TextError, match=r"01-a\.toml") as caught:
        _load(tmp_path, GOOD.replace(wrong, right))
    assert complaint in str(caught.value)


def test_a_correction_is_checked_too(tmp_path: Path) -> None:
    table = "[telling.correction]\nat = 2026-10-06T08:00:00+07:00\n"
    with pytest.raises(TextError, match="pairs"):
        _load(tmp_path, GOOD + table + 'replace = [["45"]]')


def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TextError, match="no such folder"):
        load_tellings(tmp_path / "nowhere")


def test_a_number_does_not_move_when_another_text_is_added(tmp_path: Path) -> None:
    (before,) = _load(tmp_path, GOOD)
    earlier = GOOD.replace("-10-05", "-09-28").replace('"a"', '"b"')
    (tmp_path / "00-b.toml").write_text(earlier, encoding="utf-8")
    after = load_tellings(tmp_path)[-1]
    assert (after.text.story, after.number) == ("a", before.number)


def test_two_tellings_of_one_minute_have_two_numbers(tmp_path: Path) -> None:
    (tmp_path / "00-b.toml").write_text(GOOD, encoding="utf-8")
    assert len({one.number for one in _load(tmp_path, GOOD)}) == 2


def test_two_articles_of_one_feed_share_a_number(tellings: tuple[Telling, ...]) -> None:
    numbers = Counter(one.number for one in tellings if one.portal == "so")
    assert sorted(numbers.values()) == [1, 2]
