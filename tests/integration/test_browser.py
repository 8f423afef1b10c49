"""What a real browser makes of our pages: Chromium, where it is installed."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import uvicorn
from lxml import etree, html

from syndicate.model import Feed, Site
from syndicate.publish.forms.item import Item, Origin
from syndicate.publish.forms.whole import feed_files
from syndicate.publish.html import pages
from syndicate.publish.html.headlines import headlines
from syndicate.templating import templates
from syndicate.web import server as web_server
from syndicate.web.documents import Documents

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOUSE = templates(language="vi", zone="Asia/Ho_Chi_Minh")
SITE = Site(title="Bản tin", base_url="https://ban-tin.example")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")


Served = tuple[Path, ThreadingHTTPServer]


class Folder(SimpleHTTPRequestHandler):
    """Serves a folder to other sites' pages, and notes what it was told."""

    extensions_map = {  # noqa: RUF012 - the base class's own form
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".rss": "text/xml",
        ".xsl": "text/xsl",
        ".css": "text/css",
    }

    def end_headers(self) -> None:
        self.send_header("access-control-allow-origin", "*")
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]  # ours
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(
    tmp_path: Path,
) -> Iterator[Callable[[str], tuple[Path, ThreadingHTTPServer]]]:
    """Serve a new folder on a port of its own."""
    servers = []

    def serve(name: str) -> Served:
        folder = tmp_path / name
        folder.mkdir()
        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Folder, directory=str(folder))
        )
        server.asked = []  # type: ignore[attr-defined]  # read by Folder
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return folder, server

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def browse(tmp_path: Path) -> Callable[[str], html.HtmlElement]:
    """Open an address and return the page as it stands then."""

    def look(address: str) -> html.HtmlElement:
        arguments = [
            str(CHROMIUM),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            address,
        ]
        shown = subprocess.run(arguments, capture_output=True, check=True, timeout=60)
        return html.document_fromstring(shown.stdout.decode())

    return look


def at(server: ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}/{path}"


def story(number: int, **fields: object) -> bytes:
    told = {
        "title": f"Tin thứ {number}",
        "url": f"https://tin.example/{number}",
        "date_published": "2026-11-22T01:00:00Z",
        "_syndicate": {"source": {"title": "Báo Cửu Hà"}, "precision": "minute"},
    }
    return json.dumps(told | fields).encode()


def embedding(server: ThreadingHTTPServer, more: str = "") -> str:
    return (
        '<!DOCTYPE html><meta charset="utf-8"><title>Cổng</title><h1>Cổng</h1>'
        f'<div data-syndicate="{at(server, "all")}"{more}>'
        '<a href="https://ban-tin.example/feeds/all.html">Tin mới</a></div>'
        f'<script src="{at(server, "widget.js")}" async></script>'
    )


@pytest.fixture
def two(served):
    """A site of ours with a widget, and another that embeds it."""
    ours, our_server = served("ours")
    theirs, their_server = served("theirs")
    (ours / "widget.js").write_bytes(pages.widget(HOUSE))
    return ours, our_server, theirs, their_server


def test_another_site_shows_our_headlines(two, browse):
    ours, our_server, theirs, their_server = two
    feed = Feed(key="all", title="Bản tin")
    told = [story(n) for n in range(1, 13)]
    (ours / "all.headlines.json").write_bytes(headlines(feed, told, site=SITE).content)
    (theirs / "index.html").write_text(embedding(our_server), encoding="utf-8")
    page = browse(at(their_server, "index.html"))
    rows = page.xpath("//div[@data-syndicate]//li")
    assert len(rows) == 10
    assert rows[0].xpath("a/@href") == ["https://tin.example/1"]
    assert rows[0].text_content() == "Tin thứ 1 Báo Cửu Hà, 22/11/2026"
    (more,) = page.xpath("//p[@class='syndicate-more']/a")
    assert more.get("href") == "https://ban-tin.example/feeds/all.html"
    assert more.text == "Bản tin"
    asked = dict(our_server.asked)
    told_of_us = {name.lower() for name in asked["/all.headlines.json"]}
    assert not told_of_us & {"cookie", "referer"}


def test_a_site_may_show_fewer(two, browse):
    ours, our_server, theirs, their_server = two
    feed = Feed(key="all", title="Bản tin")
    told = [story(n) for n in range(1, 13)]
    (ours / "all.headlines.json").write_bytes(headlines(feed, told, site=SITE).content)
    few = embedding(our_server, ' data-count="3"')
    (theirs / "index.html").write_text(few, encoding="utf-8")
    page = browse(at(their_server, "index.html"))
    assert len(page.xpath("//div[@data-syndicate]//li")) == 3


def test_where_anything_fails_the_plain_link_stays(two, browse):
    ours, our_server, theirs, their_server = two
    broken = {
        "a": b"not json",
        "b": b"{}",
        "c": b'{"title":"x","items":[]}',
        "d": b'{"items":[{"title":"x","url":"javascript:alert(1)"}]}',
    }
    for name, content in broken.items():
        (ours / f"{name}.headlines.json").write_bytes(content)
    bases = [at(our_server, name) for name in (*broken, "missing")]
    bases += ["http://127.0.0.1:1/all", "javascript:alert(1)", "/all", ""]
    places = "".join(
        f'<div data-syndicate="{base}"><a href="/">Tin mới</a></div>' for base in bases
    )
    script = f'<script src="{at(our_server, "widget.js")}"></script>'
    page = f'<!DOCTYPE html><meta charset="utf-8"><title>-</title>{places}{script}'
    (theirs / "index.html").write_text(page, encoding="utf-8")
    found = browse(at(their_server, "index.html"))
    links = found.xpath("//div[@data-syndicate]/a")
    assert [link.text for link in links] == ["Tin mới"] * len(bases)
    assert len(our_server.asked) == 1 + len(broken) + 1


def test_no_markup_of_a_headline_becomes_markup(two, browse):
    ours, our_server, theirs, their_server = two
    wild = "<img src=x onerror=document.title='hit'>"
    told = [
        story(1, title=wild),
        story(2, url="javascript:document.title='hit'"),
        story(3, _syndicate={"source": {"title": wild}}),
    ]
    feed = Feed(key="all", title=wild)
    (ours / "all.headlines.json").write_bytes(headlines(feed, told, site=SITE).content)
    (theirs / "index.html").write_text(embedding(our_server), encoding="utf-8")
    page = browse(at(their_server, "index.html"))
    assert page.findtext(".//title") == "Cổng"
    assert not page.xpath("//img")
    links = page.xpath("//div[@data-syndicate]//li/a/@href")
    assert links == ["https://tin.example/1", "https://tin.example/3"]


def test_pages_scroll_down_only_however_narrow_and_wild(served, browse):
    """320 pixels is what WCAG 2.2 asks for (1.4.10)."""
    folder, server = served("pages")
    wild = "Donaudampfschifffahrts" * 12 + " https://a.example/" + "x" * 300
    feeds = [
        Feed(key="all", title=wild),
        *(Feed(key=f"category/c{n}", title=f"{wild} {n}") for n in range(60)),
    ]
    site = Site(title=wild, base_url=at(server, "").rstrip("/"), description=wild)
    made = {
        "index.html": pages.index(feeds, (), site=site, templates=HOUSE).content,
        "all.html": pages.feed_page(feeds[0], (), site=site, templates=HOUSE).content,
        "style.css": pages.stylesheet(HOUSE),
    }
    for path, content in made.items():
        (folder / path).write_bytes(content)
    for path in ("index.html", "all.html"):
        frame = (
            "<!DOCTYPE html><title>-</title>"
            f'<iframe src="{path}" style="width:320px;height:600px"></iframe>'
            "<script>onload=function(){var d=frames[0].document.documentElement;"
            "document.title=d.scrollWidth+' of '+d.clientWidth}</script>"
        )
        (folder / "frame.html").write_text(frame, encoding="utf-8")
        title = browse(at(server, "frame.html")).findtext(".//title") or ""
        wide, window = map(int, re.findall(r"\d+", title))
        assert wide <= window <= 320


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Serve a folder as a desk does; the address of its documents."""
    folder = tmp_path / "feeds"
    folder.mkdir()
    documents = Documents(folder)

    async def application(scope, receive, send):  # type: ignore[no-untyped-def]  # ASGI
        await documents({**scope, "root_path": "/feeds"}, receive, send)

    config = web_server.config(application, documents)
    config.lifespan = "off"
    made = uvicorn.Server(config)
    made.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # not of this thread
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        thread = threading.Thread(target=made.run, args=([listening],))
        thread.start()
        try:
            yield folder, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            made.should_exit = True
            thread.join()


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_feed_that_is_opened_explains_itself_and_no_browser_warns_of_it(
    desk, browse, form
):
    folder, address = desk
    site = Site(title="Bản tin", base_url=address, language="vi")
    now = datetime(2026, 11, 22, 1, tzinfo=UTC)
    told = Item(
        uid="a",
        id="tag:ban-tin.example,2026:a",
        title='Xã "Bình Hòa" & bạn',
        link="https://tin.example/a?b=1&c=xã",
        published=now,
        seen=now,
        updated=now,
        source=Origin(
            key="bao", title="Báo Cửu Hà", id="https://tin.example/", updated=now
        ),
    )
    feed = Feed(key="category/xa", title="Tin xã")
    for path, content in feed_files(feed, [told], site=site).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    style = pages.feed_stylesheet(site, HOUSE)
    (folder / "feed.xsl").write_bytes(style)

    page = browse(f"{address}/feeds/category/xa.{form}")
    # Chromium puts an element of its own into what its XSLT has made.
    assert not page.xpath("//*[contains(name(), 'xslt') or @popover]")
    assert page.get("lang") == "vi"
    assert page.findtext(".//h1") == "Tin xã"
    own = f"{address}/feeds/category/xa.{form}"
    assert page.xpath("//p[@class='address']/text()") == [own]
    links = page.xpath("//a/@href")
    assert {f"feed:{own}", f"{address}/feeds/category/xa.html"} <= {*links}
    assert f"https://feedly.com/i/subscription/feed/{own}" in links
    (link,) = page.xpath("//article//a")
    assert link.text == told.title
    assert link.get("href") in (told.link, "https://tin.example/a?b=1&c=x%C3%A3")
    source = (folder / f"category/xa.{form}").read_bytes()
    drawn = etree.XSLT(etree.fromstring(style))(etree.fromstring(source))
    words = " ".join(page.find("body").text_content().split())
    assert words == " ".join("".join(drawn.find("body").itertext()).split())
