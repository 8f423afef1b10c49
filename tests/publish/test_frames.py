"""What stands around the stories of a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from lxml import etree

from syndicate.model import Feed
from syndicate.publish.forms.fragments import Form, document, fragment
from syndicate.publish.forms.frames import Heading, frame
from syndicate.publish.forms.item import items
from syndicate.publish.forms.paging import Paging, paging
from syndicate.publish.forms.rendering import render
from syndicate.publish.forms.stamps import NEVER
from syndicate.publish.forms.tombstones import Tombstone
from syndicate.publish.forms.whole import FORMS, whole

A = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
FH = "{http://purl.org/syndication/history/1.0}"
ALL = Feed(key="all", title="Tất cả")
MOMENT = datetime(2026, 10, 12, 9, tzinfo=UTC)
XML = (Form.RSS, Form.ATOM)


@pytest.fixture
def heading(site):
    def make(form, *, page=0, pages=0, feed=ALL, **more):
        given = {"site": site, "feed": feed, "updated": MOMENT} | more
        given.setdefault("paging", paging(form, feed, site, page=page, pages=pages))
        return Heading(**given)

    return make


def links(found: bytes) -> dict[str, str]:
    root = etree.fromstring(found)
    top = root if root.tag == f"{A}feed" else root.find("channel")
    return {link.get("rel"): link.get("href") for link in top.iterfind(f"{A}link")}


@pytest.mark.parametrize("form", XML)
def test_an_archive_page_names_its_neighbours_and_no_hub(heading, form):
    given = heading(form, page=2, pages=3, hubs=("https://hub.example/",))
    found = whole(form, given, ()).content
    folder = "https://ban-tin.example/feeds"
    named = links(found)
    named.pop("alternate", None)
    assert named == {
        "self": f"{folder}/archive/all/2.{form}",
        "current": f"{folder}/all.{form}",
        "prev-archive": f"{folder}/archive/all/1.{form}",
        "next-archive": f"{folder}/archive/all/3.{form}",
    }
    assert etree.fromstring(found).find(f".//{FH}archive") is not None


@pytest.mark.parametrize("form", XML)
def test_a_current_document_is_no_archive_and_never_complete(heading, form):
    found = whole(form, heading(form, pages=3), ()).content
    assert b"fh:" not in found
    assert links(found)["prev-archive"].endswith(f"/archive/all/3.{form}")


@pytest.mark.parametrize("form", XML)
def test_every_hub_is_named_in_the_order_given(heading, form):
    hubs = ("https://ban-tin.example/hub", "https://hub.example/")
    root = etree.fromstring(whole(form, heading(form, hubs=hubs), ()).content)
    found = [each.get("href") for each in root.iterfind(f".//{A}link[@rel='hub']")]
    assert tuple(found) == hubs


def test_an_archive_page_has_the_id_of_its_feed(heading):
    ids = {
        etree.fromstring(
            whole(Form.ATOM, heading(Form.ATOM, page=n, pages=2), ()).content
        ).findtext(f"{A}id")
        for n in (0, 1, 2)
    }
    assert ids == {"tag:ban-tin.example,2026:feed/all"}


@pytest.mark.parametrize("form", XML)
def test_a_document_changed_when_its_heading_says(heading, form):
    found = whole(form, heading(form), ()).content
    assert feedparser.parse(found).feed.updated_parsed[:4] == (2026, 10, 12, 9)
    empty = whole(form, heading(form, updated=NEVER), ()).content
    assert feedparser.parse(empty).feed.updated_parsed[:3] == (2000, 1, 1)


def test_tombstones_stand_before_the_entries_the_last_one_first(
    heading, site, sources, categories, story
):
    graves = [
        Tombstone(uid=f"u{n}", at=MOMENT - timedelta(days=n)) for n in (3, 1, 2, 1)
    ]
    told = items([story()], site=site, sources=sources, categories=categories)
    found = whole(Form.ATOM, heading(Form.ATOM, tombstones=tuple(graves)), told)
    root = etree.fromstring(found.content)
    names = [child.tag for child in root]
    assert names[-4:] == [f"{AT}deleted-entry"] * 3 + [f"{A}entry"]
    refs = [each.get("ref")[-2:] for each in root.iterfind(f"{AT}deleted-entry")]
    assert refs == ["u1", "u2", "u3"]
    assert b"\n<at:deleted-entry " in found.content


def test_the_order_in_which_tombstones_come_does_not_matter(heading):
    graves = tuple(Tombstone(uid=f"u{n}", at=MOMENT) for n in range(5))
    one, other = (
        whole(Form.ATOM, heading(Form.ATOM, tombstones=given), ()).content
        for given in (graves, graves[::-1])
    )
    assert one == other


def test_a_tombstone_says_no_more_than_id_moment_and_why(heading, site):
    given = Tombstone(uid="k3f", at=MOMENT.replace(microsecond=5), into="z9")
    english = replace(site, language="en")
    found = whole(
        Form.ATOM, heading(Form.ATOM, site=english, tombstones=(given,)), ()
    ).content
    grave = etree.fromstring(found).find(f"{AT}deleted-entry")
    assert dict(grave.attrib) == {
        "ref": "tag:ban-tin.example,2026:story/k3f",
        "when": "2026-10-12T09:00:00Z",
    }
    assert [(each.tag, each.text) for each in grave] == [
        (f"{AT}comment", "Told with another story")
    ]


def test_tombstones_do_not_change_what_a_reader_without_them_reads(heading):
    plain = feedparser.parse(whole(Form.ATOM, heading(Form.ATOM), ()).content).feed
    graves = (Tombstone(uid="k3f", at=MOMENT + timedelta(days=1)),)
    found = whole(Form.ATOM, heading(Form.ATOM, tombstones=graves), ()).content
    parsed = feedparser.parse(found)
    assert not parsed.bozo
    for name in ("title", "link", "id", "updated", "subtitle", "links"):
        assert parsed.feed[name] == plain[name]


@pytest.mark.parametrize("form", [Form.RSS, Form.JSON])
def test_the_other_formats_have_no_tombstones(heading, form):
    graves = (Tombstone(uid="k3f", at=MOMENT),)
    with_graves = whole(form, heading(form, tombstones=graves), ()).content
    assert with_graves == whole(form, heading(form), ()).content


def test_a_feed_without_tombstones_does_not_speak_of_them(heading):
    assert b"tombstones" not in whole(Form.ATOM, heading(Form.ATOM), ()).content


@pytest.mark.parametrize("form", FORMS)
def test_parts_of_different_documents_are_put_together_as_one(
    heading, site, sources, categories, story, form
):
    told = items(
        [story(n) for n in (1, 2, 3)],
        site=site,
        sources=sources,
        categories=categories,
    )
    parts = [fragment(render(form, item, site)) for item in told]
    made = document(frame(form, heading(form)), parts)
    assert made == whole(form, heading(form), told)
    starts = {Form.RSS: b"<item>", Form.ATOM: b"<entry ", Form.JSON: b'{"id"'}
    assert made.content.count(b"\n" + starts[form]) == 3


def test_what_is_older_is_named_as_it_is_given(heading):
    """The feed of a partner has pages instead of archives."""
    given = Paging(own="", page="https://ban-tin.example/", older="?before=9")
    for form in XML:
        found = whole(form, heading(form, paging=given), ()).content
        named = links(found)
        assert named["next"] == "?before=9"
        assert "self" not in named
        assert b"xml-stylesheet" not in found


@pytest.mark.parametrize("form", XML)
def test_hostile_titles_of_a_feed_do_no_harm(heading, form):
    feed = Feed(
        key="all", title="]]></title>\x00\ud800 &lt;b> \u202eabc", description="<i>x"
    )
    parsed = feedparser.parse(whole(form, heading(form, feed=feed), ()).content)
    assert not parsed.bozo
    assert "abc" in parsed.feed.title
    assert "\u202e" not in parsed.feed.title


def test_a_language_that_is_none_is_not_claimed(heading, site):
    odd = replace(site, language="tiếng Việt")
    found = whole(Form.RSS, heading(Form.RSS, site=odd), ()).content
    assert b"<language>" not in found
    found = whole(Form.ATOM, heading(Form.ATOM, site=odd), ()).content
    assert b'xml:lang="und"' in found
    assert b"language" not in whole(Form.JSON, heading(Form.JSON, site=odd), ()).content


def test_html_has_no_frame_here(heading):
    with pytest.raises(ValueError, match="html has no frame"):
        frame(Form.HTML, heading(Form.RSS))
