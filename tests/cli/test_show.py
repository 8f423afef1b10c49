"""Tables, in terminals of every width."""

from __future__ import annotations

import re

import pytest

from syndicate.cli import show

COLUMNS = ("story", "title", "told by", "[n]")
ROW = ("jnhvhfff56fwlxsd", "Giảng viên [ảnh] Nguyễn", None, 7)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def at(width: int, *, terminal: bool = True) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("FORCE_COLOR", "1" if terminal else "")
        show.table(COLUMNS, [ROW], title="Stories")
        return re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)

    return at


def test_a_table_that_fits_is_a_table(printed):
    assert "│ jnhvhfff56fwlxsd │" in printed(60)


def test_a_terminal_that_would_tear_words_gets_a_block_for_each_row(printed):
    assert printed(30).splitlines() == [
        "Stories",
        "story: jnhvhfff56fwlxsd",
        "title: Giảng viên [ảnh] Nguyễn",
        "[n]: 7",
        "",
    ]


def test_a_long_address_alone_makes_no_blocks_of_a_table(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    show.table(("address",), [("https://tin.example/" + "a" * 300,)])
    assert "┃" in capsys.readouterr().out


def test_what_is_piped_is_a_table_however_narrow_the_terminal(printed):
    assert "│ jnhvhfff56fwlxsd │" in printed(30, terminal=False)
