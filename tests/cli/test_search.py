"""``syndicate search`` as it is typed."""

from __future__ import annotations

import json
from typing import Any

import pytest


def found(desk: Any, *words: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(desk.run("search", "--json", *words).stdout)
    return said


def _item(number: int, title: str, text: str) -> str:
    return (
        f"<item><title>{title}</title><link>https://tin.example/{number}.html</link>"
        f"<guid>{number}</guid><description>{text}</description></item>"
    )


def _save(desk: Any, name: str, *items: str) -> None:
    rss = (
        f'<rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'
    )
    (desk.folder / "saved" / name).write_text(rss, encoding="utf-8")
    desk.run("gather", "--all")


@pytest.fixture
def library(desk: Any) -> Any:
    """A desk with three articles that have nothing in common but a bridge."""
    _save(
        desk,
        "a.rss",
        _item(1, "Xã Tân Lộc khánh thành cầu mới", "Cầu bắc qua rạch, dân góp công."),
        _item(2, "Lớp dạy nghề đan lát khai giảng", "Gần cầu chợ, học viên rất đông."),
        _item(3, "Đội bóng huyện vô địch", "Trận cuối đá ở sân bên cầu bắc qua sông."),
    )
    return desk


def test_stories_are_shown_with_their_teller_and_place(library: Any) -> None:
    said = library.run("search", "khanh", "thanh").stdout
    assert "1. Xã Tân Lộc khánh thành cầu mới\n" in said
    assert "Tin đã lưu · " in said
    assert "https://tin.example/" in said
    assert "Cầu bắc qua rạch, dân góp công." in said


def test_json_tells_where_the_words_stand_and_is_safe_in_a_page(library: Any) -> None:
    said = found(library, "bac qua", "--limit", "1")
    assert len(said["found"]) == 1
    assert said["more"] is True
    one = said["found"][0]
    assert (one["marks"], one["place"]) == ("typed", "row")
    assert {"text": "bắc", "found": True} in one["excerpt"]
    assert "<mark>bắc</mark> <mark>qua</mark>" in one["excerpt_html"]
    assert one["lead"]["source"] == "luu"


def test_markup_in_titles_is_escaped(library: Any) -> None:
    _save(library, "b.rss", _item(9, "Sách &lt;b&gt; &amp; báo", "Một tin lạ."))
    (one,) = found(library, "sách")["found"]
    assert "<b>" not in one["title_html"]
    assert "<mark>Sách</mark>" in one["title_html"]


def test_options_filter_like_words_of_the_query(library: Any) -> None:
    assert len(found(library, "cầu", "--source", "luu")["found"]) == 3
    assert len(found(library, "--category", "cầu đường")["found"]) == 1
    assert len(found(library, "cầu", "--until", "1/1/2020")["found"]) == 0
    assert len(found(library, "--", "cầu", "-“bắc qua”")["found"]) == 1


def test_pages_go_on(library: Any) -> None:
    first = library.run("search", "cầu", "--limit", "2").stdout
    assert "--offset 2" in first
    rest = library.run("search", "cầu", "--offset", "2").stdout
    assert "3. " in rest
    assert "--offset" not in rest


def test_nothing_found_is_an_answer(library: Any) -> None:
    assert "Nothing found." in library.run("search", "voi").stdout
    assert found(library, "voi") == {
        "found": [],
        "more": False,
        "limit": 20,
        "offset": 0,
        "cut": False,
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--category", "x"], 'there is no category "x"'),
        (["source:x"], 'there is no source "x"'),
        (["--document", "1-X/Y"], 'no article cites a document "1-X/Y"'),
        (["--since", "mai"], '"mai" is no day'),
        (["--language", "1"], '"1" is no language'),
    ],
)
def test_a_filter_that_names_nothing_is_an_error(
    library: Any, words: list[str], said: str
) -> None:
    done = library.run("search", "cầu", *words, code=4)
    assert said in done.stderr


def test_a_query_of_signs_is_no_error(library: Any) -> None:
    for words in ('"', "*", "NEAR(", "--", "'; --", "a" * 9_000):
        library.run("search", "--", words)


def test_a_query_of_signs_alone_finds_nothing_where_none_finds_the_newest(
    library: Any,
) -> None:
    assert library.json("search")["found"]
    for signs in ("%", "💥", "* *", "…", "\udcff"):
        assert library.json("search", signs)["found"] == [], signs


def test_a_long_query_says_that_it_is_cut(library: Any) -> None:
    done = library.run("search", " ".join(f"w{n}" for n in range(99)))
    assert "only its beginning" in done.stderr
