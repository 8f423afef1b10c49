"""The next page of a listing is found however its pager is drawn."""

from __future__ import annotations

import pytest

from syndicate.gather.listing import parse_listing

URL = "http://tin.example/muc/?page=1"
ROWS = "".join(
    f"<div class='tin'><h3><a href='/bai-viet-ve-con-kenh-{n}'>Xã bàn việc nạo vét con"
    f" kênh số {n}</a></h3><span>0{n}/10/2026</span></div>"
    for n in range(1, 5)
)
PAGERS = {
    "a relation": "<a rel='next' href='?page=2'>tới</a>",
    "a word": "<a href='?page=2'>Trang sau</a>",
    "an arrow": "<span>1</span> <a href='?page=2'>›</a>",
    "numbers after a bold one": "<b>1</b> <a href='?page=2'>2</a>",
    "numbers in brackets": "[<b>1</b>] [<a href='?page=2'>2</a>]",
    "numbers after bare text": "Trang: 1 | <a href='?page=2'>2</a>",
    "a list": "<ul><li class=active><a href="
    "'?page=1'>1</a></li><li><a href='?page=2'>2"
    "</a></li></ul>",
    "a list that begins with nowhere": "<ul><li><a href='#'>1</a></li><li>"
    "<a href='?page=2'>2</a></li></ul>",
    "cells": "<table><tr><td>1</td><td><a href='?page=2'>2</a></td></tr></table>",
    "an icon": "<a href='?page=2'><i class='fa fa-angle-right'></i></a>",
    "a class": "<li class='pager-next'><a href='?page=2'>tới nữa</a></li>",
    "a title": "<a title='Trang kế tiếp' href='?page=2'>»</a>",
    "more of it": "<a href='?page=2'>Xem thêm</a>",
}
NONE = {
    "nothing": "",
    "scripts": "<span>1</span> <a href=\"javascript:__doPostBack('g','Page$2')\">2</a>",
    "a button": "<button>Tải thêm</button>",
    "only the page before": "<a href='?page=0'>Trang trước</a> <b>7</b>",
    "a number that is no page": "<p>Năm <a href='/nam-2'>2</a> con kênh</p>",
    "a link that leads on": "<a href='/bai-viet-ve-con-kenh-9'>Xem tiếp</a>",
}


def next_of(source, pager, url=URL):
    page = (
        f"<html><body><div>{ROWS}<div class='trang'>{pager}</div></div></body></html>"
    )
    return parse_listing(page.encode(), url=url, source=source()).next_page


@pytest.mark.parametrize("pager", PAGERS.values(), ids=PAGERS.keys())
def test_the_next_page_is_found(pager, source):
    assert next_of(source, pager) == "http://tin.example/muc/?page=2"


@pytest.mark.parametrize("pager", NONE.values(), ids=NONE.keys())
def test_no_next_page_is_made_up(pager, source):
    assert next_of(source, pager) == ""


def test_the_page_after_the_present_one_is_next(source):
    pager = "<a href='?page=2'>2</a> <b>3</b> <a href='?page=4'>4</a>"
    url = "http://tin.example/muc/?page=3"
    assert next_of(source, pager, url) == "http://tin.example/muc/?page=4"
