"""Pages built to take for ever are read in a time that grows with their size."""

from __future__ import annotations

import time

import pytest

from syndicate.errors import SyndicateError
from syndicate.gather.article import parse_article
from syndicate.gather.listing import parse_listing

URL = "http://tin.example/bai/17"
HEAD = "<h1>Xã Bình Khê họp bàn chuyện nạo vét kênh</h1>"
LINE = "<p>Sáng nay xã họp với bà con hai ấp về con kênh cạn đã ba mùa khô liền.</p>"
SIZES = (2_000, 8_000)
PAGES = {
    "comments that never end": lambda n: HEAD + LINE * 9 + "<!--" * (6 * n),
    "links": lambda n: "".join(
        f"<li><a href='/bai/{i}'>Bài số {i} của danh sách</a></li>" for i in range(n)
    ),
    "links in a row": lambda n: "".join(
        f"<a href='/bai/{i}'>Bài số {i} của danh sách</a> " for i in range(n)
    ),
    "a pager": lambda n: "".join(f"<a href='/?p={i}'>{i}</a> " for i in range(n)),
    "line breaks": lambda n: HEAD + "chữ <br>" * n,
    "pictures": lambda n: HEAD + "<p><img src='/a.jpg'></p>" * n + LINE * 9,
    "dates": lambda n: HEAD + "<span>12/10/2026</span> " * n + LINE * 9,
    "headings": lambda n: "<h2>Một dòng tít giống như mọi dòng</h2>" * n + LINE * 9,
    "bold lines": lambda n: "<b>Một dòng đậm giống như mọi dòng</b> " * n + LINE * 9,
    "spans": lambda n: f"{HEAD}<p>{'<span class=x>chữ </span>' * n}</p>",
    "one long line": lambda n: f"{HEAD}<p>{'chữ ' * (8 * n)}</p>",
    "brackets": lambda n: (
        f"<script type='application/ld+json'>{'[' * (6 * n)}</script>{HEAD}{LINE * 9}"
    ),
    "captions": lambda n: HEAD + "<div class='caption'>chú thích</div>" * n + LINE * 9,
    "cells": lambda n: f"{HEAD}<table>{'<tr><td>x<td>y' * n}</table>{LINE * 9}",
}


def seconds(inside, source):
    page = f"<html><body>{inside}</body></html>".encode()
    start = time.process_time()
    for read in (
        lambda: parse_article(page, url=URL, source=source(), listed=None),
        lambda: parse_listing(page, url=URL, source=source()),
    ):
        try:
            read()
        except SyndicateError:
            continue
    return time.process_time() - start


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_time_grows_with_the_size_of_a_page_and_not_with_its_square(page, source):
    small, large = (min(seconds(page(n), source) for _ in range(2)) for n in SIZES)
    # four times the size; sixteen times the time would be the square
    assert large <= 9 * small + 0.1
    assert large < 5


@pytest.mark.parametrize(
    "page",
    ["<table><tr><td>" * 5_000, "<div>" * 5_000, "<b>" * 40_000, "<a><b><i>" * 20_000],
    ids=["tables", "divs", "bold", "links"],
)
def test_what_is_nested_too_deep_is_said_at_once(page, source):
    start = time.process_time()
    with pytest.raises(SyndicateError, match="nested"):
        parse_article((page + LINE).encode(), url=URL, source=source(), listed=None)
    assert time.process_time() - start < 1
