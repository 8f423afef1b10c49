"""Markup made to be slow costs no more than its length."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

from syndicate.text.citations import cited
from syndicate.text.clean import key_text, words
from syndicate.text.hostile import DEEPEST, tame
from syndicate.text.html import sanitise, sanitise_and_read, to_text
from syndicate.text.sentences import extract

BASE = "https://tin.example/"
SIZE = 200_000
TOO_SHORT_TO_TELL = 0.05

REPEATED = {
    "comments that never end": "<!--",
    "comments": "<!-- -->",
    "less-than signs": "<",
    "greater-than signs": ">",
    "half entities": "&#",
    "entities without ends": "&amp",
    "no-break spaces": "&nbsp;",
    "quotes": "\"'",
    "half attributes": "<a =",
    "attributes that never end": '<p a="',
    "nested blocks": "<div>",
    "nested lists": "<ul><li>",
    "nested definitions": "<dl><dd>",
    "nested formats": "<b><i>",
    "nested links": "<a href=x>",
    "nested tables": "<table><tr><td>",
    "nested svg": "<svg><g>",
    "ends without beginnings": "</p></b>",
    "paragraphs": "<p>x</p>",
    "spans": "<span class=a>",
    "pictures": "<img src=data: data-src=/a>",
    "character data": "<![CDATA[",
    "processing instructions": "<?x",
    "null characters": "\0",
    "joiners": "\u200c",
    "marks": "\u0309",
    "foreign letters": "Я",
    "document numbers": "05-CT/TW ",
    "half document numbers": "1 A.",
    "issuers": "5 của ",
    "dashes": "1 - ",
    "one long word": "aá",
    "stops": "A. ",
}
GROWING: dict[str, Callable[[int], str]] = {
    "formats that every paragraph repeats": lambda n: "".join(
        f"<b a={at}><p>x" for at in range(n // 10)
    ),
    "formats that every cell repeats": lambda n: "".join(
        f"<table><b a={at}>x" for at in range(n // 18)
    ),
    "formats out of order": lambda n: "".join(
        f"<div a={at}></b><i b={at}>" for at in range(n // 25)
    ),
    "attributes in one tag": lambda n: (
        "<p " + " ".join(f"a{at}=1" for at in range(n // 8)) + ">x</p>"
    ),
    "attributes without spaces": lambda n: (
        "<p " + "".join(f'a{at}="1"' for at in range(n // 9)) + ">x</p>"
    ),
    "tags in a tag": lambda n: "<p " + " ".join(f"<a{at}" for at in range(n // 8)),
    "twenty thousand nested tags": lambda n: "<div>" * (n // 10) + "x",
}
CASES: dict[str, Callable[[int], str]] = {
    name: lambda n, piece=piece: piece * (n // len(piece))
    for name, piece in REPEATED.items()
} | GROWING


def seconds(work: Callable[[str], object], text: str) -> float:
    """CPU time, the better of two."""
    # What other tests left in memory is not to be gone through meanwhile.
    gc.collect()
    gc.freeze()
    found = []
    for turn in range(2):
        # No cache has seen it.
        fresh = f"{text}{turn}"
        started = time.process_time()
        work(fresh)
        found.append(time.process_time() - started)
    gc.unfreeze()
    return min(found)


def all_of_it(html: str) -> None:
    """Everything that an entry's markup goes through."""
    _, text = sanitise_and_read(html, BASE)
    to_text(html)
    key_text(text)
    words(text)
    cited(text)
    cited(html)
    extract(html)


@pytest.mark.parametrize("name", CASES)
def test_eight_times_as_much_does_not_take_the_square_of_eight(name: str) -> None:
    """A ratio with room: 8 if it grows as the text does, 64 if with its square."""
    little = seconds(all_of_it, CASES[name](SIZE // 8))
    much = seconds(all_of_it, CASES[name](SIZE))
    assert much < TOO_SHORT_TO_TELL or much <= 24 * little + TOO_SHORT_TO_TELL


@pytest.mark.parametrize("name", CASES)
def test_what_comes_out_is_no_longer_than_what_came_in_by_much(name: str) -> None:
    html = CASES[name](SIZE // 4)
    clean, text = sanitise_and_read(html, BASE)
    assert len(clean) < 12 * len(html) + 100
    assert len(text) <= len(html)
    clean.encode("utf-8")


def test_ordinary_markup_is_left_alone() -> None:
    html = "<div><p><b class=a>x</b> <i>y</i></p><ul><li>z</li></ul></div>" * 500
    assert tame(html) == html


def test_a_picture_written_into_its_address_is_no_heap_of_attributes() -> None:
    html = (
        f'<p><img src="data:image/png;base64,{"aB/+" * 20_000}" data-src="/a.jpg"></p>'
    )
    assert sanitise(html, BASE) == '<p><img src="https://tin.example/a.jpg"></p>'


def test_a_heap_of_attributes_goes_and_its_tag_stays() -> None:
    heap = " ".join(f"a{at}=1" for at in range(2_000))
    assert sanitise(f"<h2>a</h2><p {heap}>b</p>", BASE) == "<h2>a</h2><p>b</p>"


def test_formats_by_the_hundred_go_and_their_text_stays() -> None:
    html = "".join(f"<b a={at}>x<p>y" for at in range(300))
    assert tame(html).count("<b") == 0
    assert to_text(html).count("y") == 300


def test_blocks_by_the_thousand_become_paragraphs() -> None:
    html = "<div>một" * (DEEPEST + 500)
    assert sanitise(html, BASE) == "<p>một</p>" * (DEEPEST + 500)
