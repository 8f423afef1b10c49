"""Who opens a feed in a browser gets a page, and every reader the feed as it is."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
from email.utils import formatdate

import pytest

from syndicate.model import Feed, Site
from syndicate.publish.forms.whole import feed_files
from syndicate.publish.html.pages import feed_stylesheet
from syndicate.templating import templates
from syndicate.web.documents import Documents

SITE = Site(title="Bản tin", base_url="https://ban-tin.example")
HOUSE = templates(language="vi", zone="Asia/Ho_Chi_Minh")
FEEDS = ["/all.atom", "/all.rss", "/category/xa.atom"]
SLOW = b"""<xsl:stylesheet version="1.0"
 xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">
<html><xsl:value-of select="count(//entry[count(//entry[. = current()]) > 1])"/></html>
</xsl:template></xsl:stylesheet>"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "category").mkdir()
    for key in ("all", "category/xa"):
        for path, made in feed_files(
            Feed(key=key, title=f"Tin của {key}"), (), site=SITE
        ).items():
            (tmp_path / path).write_bytes(made)
            (tmp_path / f"{path}.gz").write_bytes(gzip.compress(made))
    (tmp_path / "feed.xsl").write_bytes(feed_stylesheet(SITE, HOUSE))
    return tmp_path


@pytest.fixture
def documents(folder):
    return Documents(folder, base_url=SITE.base_url)


@pytest.fixture
def web(caller, documents):
    return caller(documents)


@pytest.fixture
def opened(web):
    """Open a feed as browsers do."""

    def ask(path="/all.atom", method="GET", **more):
        return web(method, path, sec_fetch_dest="document", **more)

    return ask


@pytest.mark.parametrize("path", FEEDS)
def test_a_browser_gets_the_page_that_the_stylesheet_makes(opened, path):
    answer = opened(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html")
    assert f"Tin của {path[1:].rpartition('.')[0]}</h1>" in answer.text
    assert f"https://ban-tin.example/feeds{path}</p>" in answer.text
    assert "xml-stylesheet" not in answer.text
    assert "<script" not in answer.text


def test_the_page_of_a_feed_has_the_headers_of_pages(opened, folder, web):
    (folder / "all.html").write_text("<h1>Tin</h1>")
    headers, others = opened().headers, web.get("/all.html").headers
    for name in ("content-security-policy", "referrer-policy"):
        assert headers[name] == others[name]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["vary"] == "accept-encoding, sec-fetch-dest"
    assert headers["cache-control"] == web.get("/all.atom").headers["cache-control"]
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("destination", [None, "empty", "script", "Document, document"])
def test_whoever_is_no_browser_that_opens_it_gets_the_feed(
    web, opened, folder, destination
):
    opened()
    asked = {} if destination is None else {"sec_fetch_dest": destination}
    answer = web.get("/all.atom", **asked)
    assert answer.body == (folder / "all.atom").read_bytes()
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    packed = web.get("/all.atom", accept_encoding="gzip", **asked)
    assert packed.body == (folder / "all.atom.gz").read_bytes()


def test_the_page_of_a_feed_has_tags_of_its_own(opened, web):
    page, feed = opened(), web.get("/all.atom")
    assert not page.headers["etag"].startswith(feed.headers["etag"][:-1])
    for tag, status in [(page, 304), (feed, 200)]:
        answer = opened(if_none_match=tag.headers["etag"])
        assert answer.status == status
        assert answer.headers["etag"] == page.headers["etag"]
        assert answer.headers["vary"] == page.headers["vary"]
    held = web.get("/all.atom", if_none_match=page.headers["etag"])
    assert (held.status, held.body) == (200, feed.body)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_the_page_of_a_feed_is_packed_and_asked_for_again(opened, coding):
    packed = opened(accept_encoding=coding)
    assert packed.headers["content-encoding"] == coding
    assert len(packed.body) < len(opened().body) / 2
    again = opened(accept_encoding=coding, if_none_match=packed.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_the_packed_page_is_the_page(opened):
    packed = opened(accept_encoding="gzip")
    assert gzip.decompress(packed.body) == opened().body


def test_a_head_request_says_of_the_page_what_get_says(opened):
    asked = opened(method="HEAD")
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers == opened().headers


def test_a_new_feed_or_a_new_style_makes_a_new_page(opened, folder):
    tags = [opened().headers["etag"]]
    changed = (folder / "all.atom").read_bytes().replace(b"Tin c", b"Chuy")
    (folder / "all.atom").write_bytes(changed)
    assert "Chuyủa all" in opened().text
    tags.append(opened().headers["etag"])
    (folder / "feed.xsl").write_bytes(
        (folder / "feed.xsl").read_bytes().replace(b"<h1", b"<h1 id='new'")
    )
    assert '<h1 id="new"' in opened().text
    tags.append(opened().headers["etag"])
    assert len(set(tags)) == 3


def test_the_page_is_as_young_as_the_younger_of_feed_and_style(opened, folder):
    for name, age in [("all.atom", 500), ("feed.xsl", 100)]:
        then = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (then, then))
    young = (folder / "feed.xsl").stat().st_mtime
    assert opened().headers["last-modified"] == formatdate(young, usegmt=True)
    since = formatdate(young - 200, usegmt=True)
    assert opened(if_modified_since=since).status == 200
    assert opened(if_modified_since=formatdate(young, usegmt=True)).status == 304


def test_a_browser_gets_no_delta(opened, web, folder):
    first = web.get("/all.atom", a_im="feed").headers["etag"]
    changed = (folder / "all.atom").read_bytes().replace(b"Tin c", b"Chuy")
    (folder / "all.atom").write_bytes(changed)
    answer = opened(a_im="feed", if_none_match=first)
    assert (answer.status, answer.text[:9]) == (200, "<!DOCTYPE")


@pytest.mark.parametrize(
    "style", [None, b"", b"<broken", b"<html/>", b"folder"], ids=repr
)
def test_without_a_style_that_works_a_browser_gets_xml(opened, folder, style):
    (folder / "feed.xsl").unlink()
    if style == b"folder":
        (folder / "feed.xsl").mkdir()
    elif style is not None:
        (folder / "feed.xsl").write_bytes(style)
    for _again in range(2):
        answer = opened()
        assert answer.body == (folder / "all.atom").read_bytes()
        assert answer.headers["content-type"] == "application/xml; charset=utf-8"
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_a_style_that_fails_is_tried_once_for_each_version(opened, folder, caplog):
    (folder / "feed.xsl").write_bytes(b"<broken")
    for _each in range(5):
        opened()
    assert len(caplog.messages) == 1


def test_a_style_that_takes_too_long_keeps_nobody_waiting(
    caller, folder, documents, monkeypatch
):
    monkeypatch.setattr("syndicate.web.serving.reading._PATIENCE", 0.05)
    entries = b"".join(b"<entry>%d</entry>" % number for number in range(2000))
    slow = b'<?xml-stylesheet href="feed.xsl"?><feed>' + entries + b"</feed>"
    (folder / "all.atom").write_bytes(slow)
    (folder / "feed.xsl").write_bytes(SLOW)
    headers = [(b"sec-fetch-dest", b"document")]

    async def twice():
        began = time.monotonic()
        first = await documents.answer("GET", "all.atom", headers)
        waited = time.monotonic() - began
        while (last := await documents.answer("GET", "all.atom", headers)) and (
            last.content == slow
        ):
            await asyncio.sleep(0.02)
        return first, waited, last

    first, waited, last = asyncio.run(asyncio.wait_for(twice(), 60))
    assert first.content == slow
    assert waited < 1
    assert last.content.startswith(b"<html>")  # what was begun is there later


def test_what_is_drawn_counts_among_what_is_kept(folder, caller):
    documents = Documents(folder, memory=60_000)
    web = caller(documents)
    for path in FEEDS * 3:
        web.get(path, sec_fetch_dest="document", accept_encoding="gzip")
    assert documents.memory <= 60_000


@pytest.mark.parametrize("path", ["/all.atom/.html", "/all.atom%2f.html"])
def test_the_page_has_no_address_of_its_own(opened, web, documents, path):
    opened()
    assert web.get(path).status == 404
    assert opened(path).status == 404

    async def look():
        return documents.at_once(path[1:], [])

    assert asyncio.run(look()) is None


def test_many_who_open_a_feed_at_once_get_one_page(documents):
    headers = [(b"sec-fetch-dest", b"document")]

    async def many():
        asked = (documents.answer("GET", "all.atom", headers) for _each in range(50))
        return await asyncio.gather(*asked)

    replies = asyncio.run(many())
    assert {id(reply.content) for reply in replies} == {id(replies[0].content)}
    assert replies[0].content.startswith(b"<!DOCTYPE html")
