"""Where documents are read, and how one leads to the next."""

from __future__ import annotations

import pytest

from syndicate.model import Feed
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.paging import (
    archive_path,
    current_path,
    paging,
    story_path,
)

ALL = Feed(key="all", title="Tất cả")
TOPIC = Feed(key="category/xay-dung-dang", title="Xây dựng Đảng")
FOLDER = "https://ban-tin.example/feeds"


def test_paths_are_made_of_the_key_and_the_form():
    assert current_path("all", Form.ATOM) == "all.atom"
    assert archive_path("category/a", 3, Form.HTML) == "archive/category/a/3.html"
    assert story_path("k3f") == "story/k3f.html"


def test_a_feed_without_archives_leads_nowhere(site):
    found = paging(Form.RSS, ALL, site)
    assert (found.own, found.page) == (f"{FOLDER}/all.rss", f"{FOLDER}/all.html")
    assert (found.current, found.previous, found.next, found.older) == ("",) * 4
    assert not found.archive


def test_the_current_document_leads_to_the_last_page(site):
    found = paging(Form.ATOM, TOPIC, site, pages=4)
    assert found.previous == f"{FOLDER}/archive/category/xay-dung-dang/4.atom"
    assert (found.current, found.next) == ("", "")


def test_a_page_leads_both_ways_and_to_the_current_document(site):
    found = paging(Form.ATOM, ALL, site, page=2, pages=3)
    assert found.own == f"{FOLDER}/archive/all/2.atom"
    assert found.page == f"{FOLDER}/archive/all/2.html"
    assert found.current == f"{FOLDER}/all.atom"
    assert found.previous == f"{FOLDER}/archive/all/1.atom"
    assert found.next == f"{FOLDER}/archive/all/3.atom"
    assert found.archive


def test_the_first_and_the_last_page_are_ends(site):
    assert paging(Form.ATOM, ALL, site, page=1, pages=3).previous == ""
    assert paging(Form.ATOM, ALL, site, page=3, pages=3).next == ""


def test_walking_back_from_the_current_document_meets_every_page(site):
    pages, met = 7, []
    at = paging(Form.ATOM, ALL, site, pages=pages).previous
    by_address = {
        paging(Form.ATOM, ALL, site, page=n, pages=pages).own: n
        for n in range(1, pages + 1)
    }
    while at:
        met.append(by_address[at])
        at = paging(Form.ATOM, ALL, site, page=met[-1], pages=pages).previous
    assert met == [7, 6, 5, 4, 3, 2, 1]


def test_a_page_that_is_alone_is_not_marked_as_an_archive(site):
    """A validator calls an archive page without others beside it incomplete."""
    assert not paging(Form.ATOM, ALL, site, page=1, pages=1).marked
    assert paging(Form.ATOM, ALL, site, page=1, pages=2).marked
    assert not paging(Form.ATOM, ALL, site, pages=2).marked


@pytest.mark.parametrize(
    ("feed", "page", "style"),
    [
        (ALL, 0, "feed.xsl"),
        (TOPIC, 0, "../feed.xsl"),
        (ALL, 2, "../../feed.xsl"),
        (TOPIC, 2, "../../../feed.xsl"),
    ],
)
def test_the_stylesheet_is_found_from_anywhere_in_the_folder(site, feed, page, style):
    assert paging(Form.RSS, feed, site, page=page, pages=2).style == style
