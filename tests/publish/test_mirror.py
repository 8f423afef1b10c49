"""What a copy of the feeds folder lacks, and in which order it gets it."""

from __future__ import annotations

import pytest

from syndicate.publish.copies.mirror import Upload, headers, held_back, plan

IN_ORDER = [
    "feed.xsl",
    "style.css",
    "widget.js",
    "story/4t.html",
    "archive/all/1.atom",
    "archive/category/kinh-te/3.json",
    "day/2026-11-22.html",
    "sitemap/2026-11.xml",
    "all.atom",
    "all.headlines.json",
    "all.html",
    "category/kinh-te.rss",
    "source/bao.json",
    "feeds.opml",
    "index.html",
    "sitemap.xml",
    "sources.opml",
]


def uploads(*paths: str) -> list[Upload]:
    return [Upload(path, "0" * 64) for path in paths]


def test_what_is_linked_to_goes_before_what_links_to_it():
    shuffled = sorted(IN_ORDER, key=lambda path: path[::-1])
    assert [each.path for each in plan(uploads(*shuffled), ()).uploads] == IN_ORDER


def test_what_is_gone_goes_after_what_linked_to_it():
    shuffled = sorted(IN_ORDER, key=lambda path: path[::-1])
    removals = plan((), shuffled).removals
    places = {path: place for place, path in enumerate(removals)}
    assert places["index.html"] < places["all.atom"] < places["archive/all/1.atom"]
    assert places["archive/all/1.atom"] < places["story/4t.html"]


def test_a_wave_holds_what_may_go_side_by_side():
    waves = list(plan(uploads(*IN_ORDER), ()).waves())
    assert [upload.path for wave in waves for upload in wave] == IN_ORDER
    (feeds,) = (w for w in waves if w[0].path == "all.atom")
    assert [each.path for each in feeds][-1] == "source/bao.json"
    assert len(waves) == 6


def test_what_we_would_never_serve_is_not_sent():
    assert not plan(uploads("notes.bak", "all.rss.gz", "README"), ())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("all.rss", "application/rss+xml; charset=utf-8"),
        ("archive/all/2.atom", "application/atom+xml; charset=utf-8"),
        ("all.json", "application/feed+json; charset=utf-8"),
        ("all.headlines.json", "application/json; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("story/4t.html", "text/html; charset=utf-8"),
        ("widget.js", "text/javascript; charset=utf-8"),
    ],
)
def test_an_object_says_what_it_is_and_how_long_it_may_be_kept(path, kind):
    said = headers(path)
    assert said["Content-Type"] == kind
    assert said["Cache-Control"].startswith("public, max-age=")
    assert set(said) == {"Content-Type", "Cache-Control"}


def test_a_feed_waits_for_the_pages_of_its_own_archive():
    failed = ["archive/category/kinh-te/2.rss", "archive/all-the-rest/1.rss"]
    assert held_back("category/kinh-te.atom", failed)
    assert not held_back("all.atom", failed)
    assert not held_back("archive/category/kinh-te/3.atom", failed)
    assert not held_back("index.html", failed)
    assert not held_back("category/kinh-te.atom", ["story/4t.html"])
