"""Documents that stories cite: which have pages, what these are called, and say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree, html

from syndicate.model import CitedDocument, CitedStories
from syndicate.publish.forms.item import items
from syndicate.publish.html.pages import story_fragment
from syndicate.publish.html.shelf import (
    MOST,
    by_story,
    emptied,
    feed_of,
    issued_on,
    shelf_lists,
    shelf_outlines,
    shelve,
    shelved_page,
)
from syndicate.templating import templates


def document(number="05-CT/TW", slug="05-ct-tw", **more):
    return CitedDocument(id=1, number=number, slug=slug, **more)


def cited(*stories, **more):
    return CitedStories(document=document(**more), stories=stories)


def names(shelf):
    return {one.document.slug: one.name for one in shelf}


def test_a_page_needs_its_stories():
    shelf = shelve([cited(1, 2), cited(3, slug="b"), cited(slug="c")], 2)
    assert [one.stories for one in shelf] == [(1, 2)]
    assert len(shelve([cited(1), cited(slug="c")], 0)) == 1


def test_the_most_cited_stand_first_and_equals_by_slug():
    shelf = shelve([cited(1, slug="b"), cited(1, slug="a"), cited(1, 2, slug="c")])
    assert [one.document.slug for one in shelf] == ["c", "a", "b"]


def test_a_number_of_a_place_is_named_with_it_and_one_of_two_with_its_year():
    shelf = shelve(
        [
            cited(1, issued="2016-05-15"),
            cited(1, slug="b", number="18-NQ/TW", issued="2017-10-25"),
            cited(1, slug="c", number="18-NQ/TW", issued="2022-06-16"),
            cited(1, slug="d", number="02-ĐA/TU", scope="Bến Tre"),
            cited(1, slug="e", number="213-QĐ/TW", type_word="Quy định"),
            cited(1, slug="f", number="213-QĐ/TW", type_word="Quyết định"),
        ]
    )
    assert names(shelf) == {
        "05-ct-tw": "05-CT/TW",
        "b": "18-NQ/TW (2017)",
        "c": "18-NQ/TW (2022)",
        "d": "02-ĐA/TU (Bến Tre)",
        "e": "213-QĐ/TW (Quy định)",
        "f": "213-QĐ/TW (Quyết định)",
    }


def test_a_feed_is_named_after_its_document_and_says_which_it_is(site):
    (one,) = shelve(
        [cited(1, type_word="Chỉ thị", issuer="Bộ Chính trị", issued="2016-05-15")]
    )
    feed = feed_of(one, replace(site, language="en"))
    assert feed.key == "document/05-ct-tw"
    assert feed.title == "Stories that cite 05-CT/TW"
    assert feed.description == "Chỉ thị 05-CT/TW, Bộ Chính trị, 15 May 2016"


@pytest.mark.parametrize(
    ("issued", "said"), [("", ""), ("2014", "2014"), ("2016-05-15", "15 May 2016")]
)
def test_a_date_is_said_as_exactly_as_it_is_known(site, issued, said):
    english = replace(site, language="en")
    assert issued_on(document(issued=issued), english) == said


def test_a_story_knows_the_pages_of_what_it_cites(story, site, sources, categories):
    told = story(7)
    shelf = shelve([cited(7, 8), cited(9, number="98/2014/NĐ-CP", slug="98")])
    (item,) = items(
        [told],
        site=site,
        sources=sources,
        categories=categories,
        papers=by_story(shelf),
    )
    assert item.documents == ("05-CT/TW", "98/2014/NĐ-CP")
    assert item.papers == (("05-CT/TW", "document/05-ct-tw"), ("98/2014/NĐ-CP", ""))


def test_two_documents_of_one_number_in_a_story_are_told_apart(
    story, site, sources, categories
):
    shelf = shelve([cited(7, issued="2016-05-15"), cited(7, slug="b", issued="2021")])
    (item,) = items(
        [story(7)],
        site=site,
        sources=sources,
        categories=categories,
        papers=by_story(shelf),
    )
    assert [name for name, key in item.papers if key] == [
        "05-CT/TW (2016)",
        "05-CT/TW (2021)",
    ]


@pytest.fixture
def made(story, site, sources, categories, house):
    """The files of one document that two stories cite."""
    told = items(
        [story(1), story(2)], site=site, sources=sources, categories=categories
    )
    (one,) = shelve([cited(1, 2, type_word="Chỉ thị <b>", issued="2016-05-15")])
    keys = frozenset({"source/khoi"})
    fragments = [story_fragment(item, keys=keys, templates=house) for item in told]
    page = shelved_page(one, fragments, site=site, templates=house)
    return {f"{one.key}.html": page.content}


def test_a_page_leads_back_and_escapes_what_articles_say(made):
    page = made["document/05-ct-tw.html"].decode()
    tree = html.fromstring(page)
    assert "Chỉ thị &lt;b&gt;" in page
    links = tree.xpath("//a/@href")
    assert "../documents.html" in links
    assert "../document/05-ct-tw.rss" in links
    assert "../source/khoi.html" in links
    assert len(tree.xpath("//article")) == 2


def test_a_page_of_many_stories_shows_the_newest_and_says_so(
    story, site, sources, categories
):
    told = items(
        [story(n) for n in range(1, MOST + 3)],
        site=site,
        sources=sources,
        categories=categories,
    )
    (one,) = shelve([cited(*range(1, MOST + 3))])
    english = templates(language="en")
    fragments = [story_fragment(item, keys=(), templates=english) for item in told]
    made = shelved_page(one, fragments, site=site, templates=english, archived=2)
    page = made.content.decode()
    assert '../archive/document/05-ct-tw/2.html">Older' in page
    assert page.count("<article") == MOST
    assert f"{MOST + 2} stories cite it" in page
    assert f"the newest {MOST} are shown" in page


def test_what_lost_its_stories_has_an_empty_page(site, house):
    gone = emptied(document())
    page = shelved_page(gone, (), site=site, templates=house).content
    assert b"<article" not in page


def test_the_lists_stand_in_their_orders_and_every_row_leads_to_a_page(site, house):
    shelf = shelve(
        [
            cited(1, 2, issued="2016-05-15"),
            cited(1, slug="b", number="21-KL/TW", issued="2021"),
            cited(1, slug="c", number="02-ĐA/TU", scope="Bến Tre & Co"),
        ]
    )
    made = shelf_lists(shelf, site=site, templates=house)
    rows = {
        path: html.fromstring(page.decode()).xpath("//tbody//a/@href")
        for path, page in made.items()
    }
    assert rows["documents.html"] == [
        "document/05-ct-tw.html",
        "document/b.html",
        "document/c.html",
    ]
    assert rows["documents-newest.html"] == [
        "document/b.html",
        "document/05-ct-tw.html",
        "document/c.html",
    ]


def test_lists_of_nothing_say_so(site):
    english = templates(language="en")
    made = shelf_lists((), site=site, templates=english)
    assert all(b"No story cites a document yet." in page for page in made.values())
    assert etree.fromstring(shelf_outlines((), site=site)).findall("body/outline")


def test_their_opml_does_not_change_with_who_cites_them(site):
    some = [cited(1), cited(1, 2, slug="b")]
    more = [cited(1, 2, 3), cited(1, slug="b")]
    assert shelf_outlines(shelve(some), site=site) == shelf_outlines(
        shelve(more), site=site
    )
