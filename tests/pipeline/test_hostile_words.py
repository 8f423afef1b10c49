"""Titles, names and captions that would like to be markup, on every page and document.

Nothing that others wrote becomes an element, an attribute or a script, whatever opens
the page: lxml, a parser of feeds, and Chromium where it is installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest
from lxml import etree, html

from syndicate.model import Category, Feed, Rights
from syndicate.pipeline.publishing import publish

BREAKS = (
    "</script><script>document.title='qzran'</script>",
    '"><img src=x onerror="document.title=\'qzran\'" class=qzmade>',
    "' onmouseover='document.title=1' autofocus onfocus='document.title=\"qzran\"' x='",
    "]]><svg xmlns='http://www.w3.org/1999/xhtml' onload=\"document.title='qzran'\"/>",
    "<!--<script>document.title='qzran'</script>--!><b class=qzmade>",
    "</title></head><body class=qzmade><base href='https://evil.example/'>",
    "{{ 7 * 7 }}{% raw %}\x00\u202egnp.exe\u2066\u200f &lt;script&gt;qz",
    "</style><style>*{display:none}</style>\u2028</textarea>",
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def folder(desk, words, clock):
    """Publish a desk whose words are all hostile."""
    categories = tuple(
        Category(slug=f"muc-{n}", title=text, strong=(words.article(n)[0][-20:],))
        for n, text in enumerate(BREAKS)
    )
    for n, text in enumerate(BREAKS):
        desk.add(f"bao{n}", title=f"Báo {text}", rights=Rights.FULL, licence=text)
        said, host = escape(escape(text), quote=True), f"https://bao{n}.example"
        title, body = words.article(n)
        desk.web.pages[desk.sources[f"bao{n}"].url] = legal(
            '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
            f"<channel><title>T</title><link>{host}/</link><item>"
            f"<title>{title} {n} {said}</title>"
            f"<link>{host}/{n}.html?a='&quot;&gt;&lt;script&gt;</link>"
            f"<guid isPermaLink='false'>{n}{said}</guid><author>{said}</author>"
            f"<category>{said}</category><description>{body} {n} {said}</description>"
            f"<content:encoded>{escape('<p>' + body + str(n))} {escape(text)}"
            f"{escape('<a href=javascript:document.title=1>x</a>')}</content:encoded>"
            f"<enclosure url=\"javascript:alert(1)//{n}\" type='{said}' length='1'/>"
            f'<media:content url="{host}/{n}.jpg" medium="image">'
            f"<media:description>{said}</media:description></media:content>"
            "</item></channel></rss>"
        )
        assert desk.visit(f"bao{n}").error == ""
        clock.advance(minutes=1)
    feeds = tuple(
        Feed(key=f"rieng-{n}", title=text, description=text, limit=5)
        for n, text in enumerate(BREAKS)
    )
    work = desk.publishing(feeds=feeds, categories=categories)
    assert publish(work, clock.now).failed == ()
    return work.folder


def legal(text: str) -> bytes:
    """Leave out what no XML holds; it would end the reading of the sample itself."""
    return text.replace("\x00", "").encode()


def each(folder: Path, *endings: str) -> list[Path]:
    return [one for ending in endings for one in sorted(folder.rglob(f"*{ending}"))]


def test_no_page_has_an_element_or_attribute_of_others(folder):
    found = each(folder, ".html")
    assert len(found) > 40
    assert "qzran" in (folder / "all.html").read_text(encoding="utf-8")  # as text
    for path in found:
        content = path.read_text(encoding="utf-8")
        page = html.document_fromstring(content)
        where = path.relative_to(folder)
        kinds = {one.get("type") for one in page.iter("script")}
        assert kinds <= {"application/ld+json"}, where
        assert page.find_class("qzmade") == [], where
        assert not list(page.iter("base", "iframe", "object", "svg")), where
        assert not list(page.iter("style")), where
        for one in page.iter(etree.Element):
            for name, value in one.attrib.items():
                assert not name.startswith("on"), where
                lead = "".join(filter(str.isprintable, value)).strip().lower()
                if name in {"href", "src", "action"}:
                    assert not lead.startswith(("javascript:", "data:", "vbscript:"))
        for script in page.iter("script"):
            assert isinstance(json.loads(script.text), dict), where
            assert "<" not in script.text, where


def test_every_document_is_well_formed(folder):
    for path in each(folder, ".rss", ".atom", ".opml", ".xml", ".xsl"):
        etree.fromstring(path.read_bytes())
    for path in each(folder, ".json"):
        json.loads(path.read_bytes())
    assert "qzmade" not in (folder / "widget.js").read_text()


def test_no_address_in_a_document_is_a_script(folder):
    for path in each(folder, ".rss", ".atom", ".opml", ".json"):
        low = path.read_text(encoding="utf-8").lower()
        assert 'href="javascript:' not in low
        assert 'url="javascript:' not in low
        assert '"javascript:' not in low, path
        assert 'href=\\"javascript:' not in low


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_no_page_runs_what_others_wrote_in_a_browser(folder, tmp_path):
    """Opened from the disk: no header of ours keeps a script from running."""
    some = [
        folder / "all.html",
        folder / "index.html",
        *each(folder / "story", ".html"),
    ]
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom")
    for path in some[:6]:
        dom = subprocess.run(
            [CHROMIUM, *options, f"--user-data-dir={tmp_path}/p", path.as_uri()],
            capture_output=True,
            timeout=60,
            check=True,
        ).stdout.decode()
        page = html.document_fromstring(dom)
        assert page.findtext(".//title") not in {"qzran", "1"}
        assert page.find_class("qzmade") == []
