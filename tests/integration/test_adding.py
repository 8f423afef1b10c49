"""``sources add``, ``test``, ``import`` and ``export`` on portals over loopback."""

from __future__ import annotations

import json
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from syndicate.cli import main
from syndicate.pipeline import discovering

TITLES = (
    "Xã Tân Lộc khánh thành cây cầu mới bắc qua rạch Sâu",
    "Bà con ấp Phú Khánh hiến đất làm đường vào trường học",
    "Lớp bồi dưỡng nghiệp vụ khai giảng tại huyện Bình Khê",
    "Trạm y tế phường An Hòa nhận thêm giường bệnh mới",
    "Hợp tác xã xoài Mỹ Thủy ký hợp đồng với siêu thị",
)
TEXT = (
    "Sáng nay, đông đảo bà con có mặt từ sớm để dự buổi lễ. Công trình dài hai trăm "
    "mét, rộng bốn mét, do nhân dân và nhà nước cùng làm trong sáu tháng. "
)
MORE = (
    "Ông Sáu, một người dân trong ấp, kể rằng trước đây học sinh phải lội bùn đến "
    "trường vào mùa mưa. Nay xe đạp chạy êm, ghe nhỏ cũng qua lại dễ dàng dưới cầu."
)
CONFIG = """\
# Bàn tin.
[site]
title = "Bàn"
base_url = "https://ban.example"

[gather]
gap = "0s"
allow = ["127.0.0.0/8"]

[category.cau-duong]
title = "Cầu đường"   # kept
strong = ["khánh thành cầu"]
"""


class Portal:
    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = portal.pages.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        for n, title in enumerate(TITLES, 1):
            self.put(
                f"/bai-{n}.html",
                f'<html lang="vi"><head><title>{title}</title></head><body><h1>{title}'
                f"</h1><p class=d>1{n}/10/2026 08:0{n}</p><div><p>{TEXT}</p>"
                f"<p>{MORE}</p></div></body></html>",
            )

    def put(self, path: str, text: str, kind: str = "text/html") -> str:
        self.pages[path] = (kind, text.encode())
        return self.url + path

    def listing(self, path: str = "/", head: str = "") -> str:
        rows = "".join(
            f"<li><h3><a href='/bai-{n}.html'>{title}</a></h3><i>1{n}/10/2026</i></li>"
            for n, title in enumerate(TITLES, 1)
        )
        head = f"<title>Cổng tỉnh Cửu Hà</title>{head}"
        page = f"<html lang=vi><head>{head}</head><body><ul>{rows}</ul></body></html>"
        return self.put(path, page)

    def feed(self, path: str = "/rss", title: str = "Tin Cửu Hà") -> str:
        items = "".join(
            f"<item><title>{one}</title><link>{self.url}/bai-{n}.html</link>"
            f"<guid>{n}</guid><pubDate>1{n} Oct 2026 08:15:20 GMT</pubDate>"
            f"<description>{TEXT * 4}</description></item>"
            for n, one in enumerate(TITLES, 1)
        )
        return self.put(
            path,
            f'<rss version="2.0"><channel><title>{title}</title>'
            f"<link>{self.url}/tin/</link>{items}</channel></rss>",
            "application/rss+xml",
        )


@pytest.fixture
def portal():
    made = Portal()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


class Desk:
    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text(CONFIG, encoding="utf-8")

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def sources(self) -> list[dict]:
        return tomllib.loads(self.text).get("source", [])

    def run(self, *words: str, code: int = 0, typed: str = ""):
        done = CliRunner(env={"SYNDICATE_SECRET": "s" * 32}).invoke(
            main, ["-c", str(self.path), "sources", *words], input=typed
        )
        assert done.exit_code == code, (done.output, done.exception)
        assert "Traceback" not in done.output
        return done

    def json(self, *words: str, code: int = 0):
        return json.loads(self.run(*words, "--json", code=code).stdout)


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path / "config.toml")


# ── add ──


def test_a_feed_is_added_and_the_comments_stay(desk, portal):
    address = portal.feed()
    done = desk.run("add", address)
    (source,) = desk.sources
    assert source == {
        "key": "tin-cuu-ha",
        "title": "Tin Cửu Hà",
        "kind": "feed",
        "url": address,
        "home": f"{portal.url}/tin/",
        "language": "vi",
        "rights": "extract",
    }
    assert desk.text.startswith(CONFIG.rstrip("\n"))
    for said in (TITLES[4], "confidence", "from the feed", "Written to", "[[source]]"):
        assert said in done.output
    assert desk.run("list").output.count("tin-cuu-ha")


def test_a_portal_without_a_feed_is_added_as_a_listing_with_its_preview(desk, portal):
    portal.listing()
    done = desk.run("add", portal.url)
    (source,) = desk.sources
    assert (source["kind"], source["url"]) == ("listing", portal.url)
    assert source["title"] == "Cổng tỉnh Cửu Hà"
    assert "3 of 3 article pages read well" in done.output
    assert "characters" in done.output


def test_the_best_offer_is_taken_and_that_is_said(desk, portal):
    portal.listing(head='<link rel=alternate type=application/rss+xml href="/rss">')
    portal.feed()
    done = desk.run("add", portal.url)
    assert f"Taken: the best, {portal.url}/rss" in done.output
    assert desk.run("add", portal.url, "--kind", "listing", "--yes")
    assert [one["kind"] for one in desk.sources] == ["feed", "listing"]
    assert len({one["key"] for one in desk.sources}) == 2


def test_key_and_title_can_be_chosen_and_a_dry_run_writes_nothing(desk, portal):
    address = portal.feed()
    done = desk.run("add", address, "--key", "tin", "--title", "Tin tỉnh", "--dry-run")
    assert 'key = "tin"\ntitle = "Tin tỉnh"' in done.stdout
    assert desk.text == CONFIG
    said = desk.json("add", address, "--key", "tin")
    assert (said["written"], said["source"]["key"]) == (True, "tin")
    assert said["offers"][0]["entries"][0]["origin"] == "feed"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--key", "Tin Tức"), 3, "key: "),
        (("--kind", "sitemap"), 4, "nothing of the kind sitemap"),
        (("--title", " "), 0, ""),
    ],
)
def test_wishes_that_cannot_be_granted_are_told(desk, portal, words, code, said):
    done = desk.run("add", portal.feed(), *words, code=code)
    assert said in done.output
    assert (desk.text == CONFIG) == bool(code)


def test_a_source_that_is_there_is_refused_in_any_spelling(desk, portal):
    address = portal.feed()
    desk.run("add", address, "--key", "tin")
    before = desk.text
    for again in (address, f"{address}?utm_source=x", f"  {address}# "):
        done = desk.run("add", again, code=4)
        assert 'is the source "tin" already' in done.stderr
    portal.listing(head='<link rel=alternate type=application/rss+xml href="/rss">')
    assert '"tin" already' in desk.run("add", portal.url, code=4).stderr
    done = desk.run("add", portal.feed("/khac"), "--key", "tin", code=3)
    assert '"tin" is taken' in done.stderr
    assert desk.text == before


def test_our_own_feeds_are_refused_before_they_are_asked(desk):
    for own in ("https://ban.example/feeds/all.rss", "http://www.ban.example/x"):
        assert "its own feeds" in desk.run("add", own, code=4).stderr


def test_our_own_feed_at_another_address_is_refused(desk, portal):
    text = portal.pages[portal.feed().removeprefix(portal.url)][1].decode()
    own = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" '
    own += 'href="https://ban.example/feeds/all.rss"/>'
    portal.put("/mirror", text.replace("<item>", f"{own}<item>", 1))
    assert "its own feeds" in desk.run("add", f"{portal.url}/mirror", code=4).stderr


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>Chào mừng</p>", "Neither a feed nor a sitemap nor a list"),
        ("<div id=root></div><script src=a.js></script>", "scripts = true"),
        ("<h1>Just a moment...</h1>", "a bot challenge"),
        ("<form><input type=password></form>", "a login page"),
    ],
)
def test_a_site_that_offers_nothing_is_4_and_says_why(desk, portal, body, said):
    portal.put("/", f"<html><body>{body}</body></html>")
    assert said in desk.run("add", portal.url, code=4).stderr
    assert desk.text == CONFIG


def test_addresses_that_cannot_be_had_are_4_and_say_why(desk, portal):
    portal.put("/a.pdf", "%PDF-1.7", "application/pdf")
    portal.put("/subs.opml", "<opml version='2.0'><body></body></opml>", "text/xml")
    for asked, said in (
        (f"{portal.url}/none", "404"),
        (f"{portal.url}/a.pdf", "neither a page nor a feed"),
        (f"{portal.url}/subs.opml", "sources import"),
        ("not an address", "is no web address"),
        ("http://10.1.2.3/", "10.1.2.3"),
    ):
        assert said in desk.run("add", asked, code=4).stderr


def test_an_offer_that_is_hardly_worth_it_needs_a_yes(desk, portal):
    address = portal.put(
        "/rss", '<rss version="2.0"><channel><title>T</title></channel></rss>'
    )
    assert "--yes" in desk.run("add", address, code=4).stderr
    desk.run("add", address, "--yes")
    assert len(desk.sources) == 1


def test_a_person_at_a_terminal_is_asked(desk, portal, monkeypatch):
    head = '<link rel=alternate type=application/rss+xml href="/rss">'
    portal.listing(head=head)
    portal.feed()
    monkeypatch.setattr("syndicate.cli.adding._may_ask", lambda wishes: True)
    desk.run("add", portal.url, typed="2\n")
    assert desk.sources[0]["kind"] == "listing"
    portal.listing("/tin/", head=head)
    desk.run("add", f"{portal.url}/tin/", typed="", code=1)
    assert len(desk.sources) == 1


def test_a_folder_is_added_by_its_path(desk):
    (desk.path.parent / "luu").mkdir()
    desk.run("add", "luu", "--kind", "folder")
    assert desk.sources[0]["url"] == "luu"
    assert "no folder" in desk.run("add", "x", "--kind", "folder", code=4).stderr


def test_a_config_with_mistakes_is_told_and_left_alone(desk, portal):
    desk.path.write_text(CONFIG + "colour = 1\n", encoding="utf-8")
    assert "colour" in desk.run("add", portal.feed(), code=3).stderr
    assert desk.text.endswith("colour = 1\n")


def test_discovery_is_bounded():
    assert discovering.Looking.__dataclass_fields__["budget"].default == 12


# ── test ──


def test_an_address_is_tried_with_confidence_and_the_origin_of_each_date(desk, portal):
    portal.listing("/ds")
    said = desk.json("test", f"{portal.url}/ds", "--limit", "2")
    assert (said["kind"], said["confidence"] > 0.8) == ("listing", True)
    assert {one["origin"] for one in said["entries"]} <= {"listing", "article"}
    shown = desk.run("test", f"{portal.url}/ds", "--limit", "2").output
    assert "listing, confidence" in shown
    assert "to the minute" in shown


def test_the_address_of_an_article_shows_that_article(desk, portal):
    path = "/2026/10/khanh-thanh-cau-moi"
    portal.put(path, portal.pages["/bai-1.html"][1].decode())
    said = desk.json("test", f"{portal.url}{path}")
    assert said["kind"] == "article"
    assert [one["title"] for one in said["entries"]] == [TITLES[0]]
    assert "One article" in desk.run("test", f"{portal.url}{path}").output


# ── import and export ──


def opml(*feeds: str) -> str:
    return f"<opml version='2.0'><body>{''.join(feeds)}</body></opml>"


def feed(url: str, text: str = "Tin", more: str = "") -> str:
    return f"<outline text='{text}' xmlUrl='{url}' {more}/>"


def test_an_opml_file_is_imported_with_folders_as_categories(desk, tmp_path):
    file = tmp_path / "f.opml"
    inner = feed("https://a.example/rss", "Báo A", "htmlUrl='https://a.example/tin'")
    file.write_text(
        opml(
            f"<outline text='Cầu đường'>{inner}</outline>",
            f"<outline text='Khác'>{feed('https://b.example/rss')}</outline>",
            feed("https://a.example/rss?utm_source=x"),
            feed("ftp://c.example/rss"),
            feed("https://ban.example/feeds/all.rss"),
            "<outline text='P' type='link' url='https://p.example/'/>",
        ),
        encoding="utf-8",
    )
    assert desk.json("import", str(file), "--dry-run", code=1)["written"] is False
    assert desk.text == CONFIG
    done = desk.run("import", str(file), code=1)
    assert [one["key"] for one in desk.sources] == ["a", "b"]
    assert desk.sources[0]["categories"] == ["cau-duong"]
    assert desk.sources[0]["home"] == "https://a.example/tin"
    assert "categories" not in desk.sources[1]
    for said in (
        'the source "a" already',
        "ftp://c.example",
        "its own feeds",
        "a link",
    ):
        assert said in done.stderr
    assert "2 added" in done.output
    again = desk.run("import", str(file), code=1)
    assert "0 added" in again.output


def test_what_is_exported_comes_back_as_it_was(desk, portal, tmp_path):
    portal.listing()
    desk.run("add", portal.url, "--key", "cong")
    desk.run("add", portal.feed(), "--key", "tin")
    file = tmp_path / "out.opml"
    assert "2 sources" in desk.run("export", str(file)).stderr
    assert desk.run("export").stdout.encode() == file.read_bytes()
    other = Desk(tmp_path / "other.toml")
    other.run("import", str(file))
    assert other.sources == desk.sources
    assert "0 added" in desk.run("import", str(file)).output


def test_files_that_are_no_opml_are_told(desk, tmp_path):
    file = tmp_path / "x.opml"
    for body, said in (
        (b"", "empty"),
        (b"<html>", "not OPML"),
        (b"<opml/>", "no feed"),
    ):
        file.write_bytes(body)
        assert said in desk.run("import", str(file), code=4).stderr
    assert desk.run("import", str(tmp_path / "none"), code=4)


def test_a_thousand_feeds_are_imported_with_one_write(desk, tmp_path):
    file = tmp_path / "f.opml"
    many = (feed(f"https://s{n}.example/rss", f"Nguồn {n}") for n in range(1_000))
    file.write_text(opml(*many), encoding="utf-8")
    assert "1000 added" in desk.run("import", str(file)).output
    assert len({one["key"] for one in desk.sources}) == 1_000
