from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from samples.portals import bao, danvan, khoi, so, truong
from samples.showing import showing
from samples.texts import PORTALS, Telling, load_tellings
from samples.world import World, main, running_from

WorldAt = Callable[[str], World]

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SETTINGS = tomllib.loads((SAMPLES / "portals.toml").read_text(encoding="utf-8"))
SOURCES = {source["key"]: source for source in SETTINGS["source"]}
SELECTORS = {key: source["selectors"] for key, source in SOURCES.items()}
ADDRESSES = {
    "khoi": khoi.address,
    "dan-van": danvan.address,
    "truong": truong.address,
    "bao": bao.address,
    "so": so.address,
}
LISTINGS = {key: urlsplit(source["url"]).path for key, source in SOURCES.items()}


def _same(moment: datetime) -> datetime:
    return moment


def _page(world: World, portal: str, address: str) -> LexborHTMLParser:
    parts = urlsplit(address)
    answer = world.visit(portal, unquote(parts.path), parts.query)
    assert answer.status == 200, f"{portal}{address}"
    return LexborHTMLParser(answer.body)


def _listing(world: World, portal: str) -> LexborHTMLParser:
    return _page(world, portal, LISTINGS[portal])


def _hrefs(page: LexborHTMLParser, selector: str) -> list[str]:
    return [node.attributes["href"] or "" for node in page.css(selector)]


def _article(world: World, portal: str, title: str) -> LexborHTMLParser:
    """The article's page, reached over the listing as a reader would."""
    listing = "/vi/news/" if portal == "so" else LISTINGS[portal]
    page = _page(world, portal, listing)
    (href,) = {
        node.attributes["href"]
        for node in page.css(SELECTORS[portal].get("link", "h3 a"))
        if title in node.text()
    }
    return _page(world, portal, href or "")


def _only(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    (node,) = page.css(selector)
    return node


def _text(page: LexborHTMLParser) -> str:
    return page.body.text() if page.body else ""


BRIDGE = {
    "khoi": "góp công xây cầu",
    "dan-van": "cầu nối hai ấp",
    "bao": "54 hộ góp sức",
    "so": "cây cầu nối hai ấp",
}

# ── What portals.toml says is true of the pages ──────────────────────────────


@pytest.mark.parametrize("portal", ["khoi", "dan-van", "truong", "bao"])
def test_the_selectors_of_the_settings_read_each_listing(
    world_at: WorldAt, portal: str
) -> None:
    chosen = SELECTORS[portal]
    items = _listing(world_at("18"), portal).css(chosen["item"])
    assert items
    for item in items:
        assert _only(item, chosen["link"]).attributes["href"]
        assert _only(item, chosen["item_title"]).text().strip()
    dates = [node for item in items for node in item.css(chosen["item_date"])]
    assert len(dates) == len(items) - (1 if portal == "khoi" else 0)


@pytest.mark.parametrize("portal", sorted(BRIDGE))
def test_the_selectors_of_the_settings_read_an_article(
    world_at: WorldAt, portal: str
) -> None:
    chosen = SELECTORS[portal]
    page = _article(world_at("18"), portal, BRIDGE[portal])
    article = _only(page, chosen["article"])
    assert "Khê" in _only(article, chosen["title"]).text()
    assert "24 mét" in _only(page, chosen["body"]).text()
    assert "2026" in _only(article, chosen["date"]).text()
    assert "đi qua cầu" in article.css(chosen["caption"])[0].text()


def test_the_settings_name_five_sources_at_the_worlds_addresses(
    world_at: WorldAt,
) -> None:
    hosts = world_at("18").addresses
    assert {key: source["url"].split("/")[2] for key, source in SOURCES.items()} == {
        portal: address.removeprefix("http://") for portal, address in hosts.items()
    }


# ── khoi ─────────────────────────────────────────────────────────────────────


def test_the_blocs_article_is_in_the_query_and_lost_every_d(world_at: WorldAt) -> None:
    hrefs = _hrefs(_listing(world_at("18"), "khoi"), ".asset-title a")
    bridge = next(href for href in hrefs if "binh-khe" in href)
    assert bridge.startswith("/chi-tiet-tin/?/ang-vien-xa-binh-khe-gop-cong-xay-cau-")
    assert urlsplit(bridge).query.split("/")[-1].isdigit()


def test_the_blocs_page_is_full_of_furniture(world_at: WorldAt) -> None:
    page = _article(world_at("18"), "khoi", BRIDGE["khoi"])
    text = _text(page)
    assert text.count("Slideshow Image 1") == 80
    assert "VĂN BẢN MỚI VĂN BẢN MỚI" in text
    assert "Đánh giá bài viết(0/5)" in text
    assert "\u0425\u0406V" in text, "a Roman numeral in look-alikes"
    note = _only(page, "#portlet_bbt .journal-content-article").text()
    assert len(note) > 1000
    assert text.index(note[:40].strip()) < text.index("24 mét")
    article = _only(page, ".contentDetail").text()
    for number in ("35-CT/TW", "23-CT/TW", "117-KH/ĐUK"):
        assert number in text
        assert number not in article


def test_the_blocs_counters_change_at_each_visit(world_at: WorldAt) -> None:
    world = world_at("18")
    first, second = (world.visit("khoi", "/tin-tuc") for _ in range(2))
    assert first.body != second.body
    assert not first.tagged


def test_the_bloc_writes_days_without_a_time_and_captions_twice(
    world_at: WorldAt,
) -> None:
    page = _article(world_at("18"), "khoi", BRIDGE["khoi"])
    article = _only(page, ".contentDetail")
    assert _only(article, ".date-detail").text() == "05/10/2026"
    assert "15:03" not in article.text()
    captions = [node.text() for node in article.css("p[style*='center'] em")]
    assert captions[0] == captions[1] != captions[2] == captions[3]
    assert captions[0].endswith("khánh thành. Ảnh: M. Thúy")


def test_a_contribution_has_its_author_and_unit_on_top(world_at: WorldAt) -> None:
    page = _article(world_at("18"), "khoi", BRIDGE["khoi"])
    lines = [
        node.text() for node in page.css(".contentDetail .journal-content-article p")
    ]
    unit = "Đảng ủy Khối Cơ quan – Doanh nghiệp tỉnh Cửu Hà"
    assert lines[0] == f"Lê Quốc Bình ({unit})"
    assert lines[-1] == "Nguồn: baocuuha.example"
    assert "Lê Quốc Bình" not in lines[-2]


def test_the_blocs_own_desk_signs_in_the_last_line(world_at: WorldAt) -> None:
    page = _article(world_at("08"), "khoi", "Huy hiệu Đảng")
    lines = [
        node.text() for node in page.css(".contentDetail .journal-content-article p")
    ]
    assert lines[-1] == "Ban Tuyên giáo"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_unit_is_never_taken_for_a_contributor(
    tellings: tuple[Telling, ...], form: Literal["NFC", "NFD"]
) -> None:
    now = datetime.fromisoformat("2026-10-18T00:00+07:00")
    article = replace(showing(tellings, "khoi", now)[0], number=3)
    unit = unicodedata.normalize(form, "Phòng Dân vận")
    assert khoi.first_line(replace(article, author=unit)) == ""
    assert khoi.first_line(replace(article, author="Lê Bình")).startswith("Lê Bình (")


def test_an_undated_article_has_no_date_anywhere(world_at: WorldAt) -> None:
    world = world_at("18")
    item = next(
        item
        for item in _listing(world, "khoi").css(".tin")
        if "Bế giảng" in item.text()
    )
    assert not item.css(".ngay-dang")
    article = _only(_article(world, "khoi", "Bế giảng"), ".contentDetail").text()
    assert "/10/2026" not in article


# ── dan-van ──────────────────────────────────────────────────────────────────


def test_the_departments_date_line_holds_a_counter(world_at: WorldAt) -> None:
    world = world_at("18")
    lines = [
        _only(_article(world, "dan-van", BRIDGE["dan-van"]), ".ngay-gio").text()
        for _ in range(2)
    ]
    assert lines[0].startswith("Thứ Ba, ngày 6/10/2026 - 15:00 Đã xem: ")
    assert lines[0] != lines[1]


def test_the_departments_article_names_others_but_not_itself(world_at: WorldAt) -> None:
    page = _article(world_at("18"), "dan-van", BRIDGE["dan-van"])
    box = _only(page, ".cac-tin").text()
    assert "CÁC TIN ĐÃ ĐĂNG" in box
    assert "(09/10/2026)" in box
    assert BRIDGE["dan-van"] not in box
    assert "Xem tin theo ngày:" in _text(page)
    assert not page.css("h1, h2, h3")


# ── truong ───────────────────────────────────────────────────────────────────


def test_the_schools_page_has_no_date_but_the_clock_of_the_visit(
    world_at: WorldAt,
) -> None:
    for when, clock in (
        ("11T16:02", "Chủ nhật, 11 Tháng 10, 2026 - 16:02"),
        ("13T07:30", "Thứ ba, 13 Tháng 10, 2026 - 07:30"),
    ):
        text = _text(_article(world_at(when), "truong", "Bế giảng"))
        assert text.index(clock) < text.index("Bế giảng")
        assert "08/10/2026" not in text
        assert "8/10/2026" not in text
        assert text.count("2026)") == 5, "five anniversaries"


def test_the_school_dates_its_articles_on_the_listing(world_at: WorldAt) -> None:
    item = _only(_listing(world_at("18"), "truong"), ".views-row")
    assert "Ngày Đăng : 08/10/2026" in item.text()


def test_the_schools_article_ends_as_it_does(world_at: WorldAt) -> None:
    page = _article(world_at("18"), "truong", "Bế giảng")
    lines = [node.text() for node in page.css(".field-name-body p") if node.text()]
    marked = [line[0] for line in lines if line[0] in "+-"]
    assert marked == ["+", "-"]
    assert lines[-3].endswith("bỏ buổi./.")
    assert lines[-2:] == ["Phạm Thị Yến", "Trưởng khoa Dân vận"]
    assert "Taxonomy upgrade extras:" in _text(page)
    assert "Tin khác" in _text(page)


def test_the_schools_article_is_at_its_node_too(world_at: WorldAt) -> None:
    world = world_at("18")
    page = _article(world, "truong", "Bế giảng")
    short = _only(page, "link[rel=shortlink]").attributes["href"]
    assert (
        _only(_page(world, "truong", short or ""), "h1").text().startswith("Bế giảng")
    )


# ── bao ──────────────────────────────────────────────────────────────────────


def test_the_newspapers_address_keeps_date_and_first_title(world_at: WorldAt) -> None:
    hrefs = _hrefs(_listing(world_at("18"), "bao"), "a.title")
    assert any(
        href.startswith("/chinh-tri/xa-binh-khe-hoan-thanh-cay-cau")
        and "-05102026-a" in href
        and href.endswith(".html")
        for href in hrefs
    )
    assert any("-20052019-a" in href for href in hrefs)


def test_the_newspapers_page_is_as_newspapers_pages_are(world_at: WorldAt) -> None:
    page = _article(world_at("18"), "bao", BRIDGE["bao"])
    assert _only(page, ".detail-desc").text().startswith("BCH - Sáng 05/10/2026")
    assert _only(page, ".detail-date").text() == "05/10/2026 - 07:03"
    assert "54 hộ dân góp" in _only(page, "#newscontents .content-fck").text()
    caption = "Người dân ấp Bình Hòa đi qua cầu Rạch Đôi ngày khánh thành. Ảnh: M. Thúy"
    assert _text(page).count(caption) == 2
    for words in ("Chia sẻ bài viết", "BÌNH LUẬN", "TIN LIÊN QUAN"):
        assert words in _text(page)


def test_a_correction_reaches_listing_and_article(world_at: WorldAt) -> None:
    before = _article(world_at("06"), "bao", "cây cầu nối hai ấp")
    assert "45 hộ dân góp" in _text(before)
    assert "45 hộ" not in _text(_article(world_at("08"), "bao", BRIDGE["bao"]))


# ── so ───────────────────────────────────────────────────────────────────────


def _feed(world: World) -> LexborHTMLParser:
    answer = world.visit("so", "/vi/news/rss/")
    assert answer.content_type.startswith("text/xml")
    return LexborHTMLParser(answer.body)


def test_the_feed_gives_two_articles_one_guid_with_spaces(world_at: WorldAt) -> None:
    text = world_at("18").visit("so", "/vi/news/rss/").body.decode()
    assert text.count("<item>") == 3
    assert text.count('<guid isPermaLink="false">\n news_412 \n</guid>') == 2
    assert "http://127.0.1.5:8081/vi/thong-bao/phu-khanh-trao-huy-hieu" in text


def test_the_feeds_minutes_are_the_month(world_at: WorldAt) -> None:
    text = world_at("18").visit("so", "/vi/news/rss/").body.decode()
    assert "<pubDate>Tue, 6 Oct 2026 02:10:30 GMT</pubDate>" in text


def test_the_feed_has_summaries_alone_escaped_twice(world_at: WorldAt) -> None:
    text = world_at("18").visit("so", "/vi/news/rss/").body.decode()
    assert "Volunteers &amp;amp; fishers" in text
    assert "nine out of ten" not in text


def test_the_feed_changes_only_when_an_article_does(world_at: WorldAt) -> None:
    early, late = (world_at(when).visit("so", "/vi/news/rss/") for when in ("07", "11"))
    assert early == late
    assert early.tagged
    newer = world_at("12").visit("so", "/vi/news/rss/")
    assert newer.body != late.body
    assert newer.last_modified == datetime.fromisoformat("2026-10-12T14:05+07:00")


def test_the_feeds_articles_have_the_right_time_on_their_pages(
    world_at: WorldAt,
) -> None:
    page = _article(world_at("18"), "so", BRIDGE["so"])
    hidden = _only(page, "[itemprop=datePublished]").text()
    assert hidden == "2026-10-06T09:41:30+07:00"
    generator = _only(page, "meta[name=generator]").attributes["content"]
    assert generator == "NukeViet v4.5"
    assert _only(page, ".tac-gia").text() == "Minh Thúy"
    assert _only(page, ".nguon-tin").text() == "Nguồn tin: Báo Cửu Hà"


def test_an_english_article_says_that_it_is(world_at: WorldAt) -> None:
    page = _article(world_at("18"), "so", "mangrove")
    assert page.html is not None
    assert '<html lang="en"' in page.html


# ── All of them ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("portal", PORTALS)
def test_a_portal_with_nothing_to_show_still_answers(
    world_at: WorldAt, portal: str
) -> None:
    world = World((), lambda: datetime.fromisoformat("2026-10-01T00:00+07:00"))
    assert world.visit(portal, unquote(LISTINGS[portal])).status == 200
    assert world.visit(portal, "/").status == 200
    assert world.visit(portal, "/nothing").status == 404
    assert world.visit(portal, "/robots.txt").body.startswith(b"User-agent: *")


@pytest.mark.parametrize(
    ("portal", "path", "query"),
    [
        ("khoi", "/chi-tiet-tin/", ""),
        ("khoi", "/chi-tiet-tin/", "/slug/99"),
        ("khoi", "/tin-tuc", "_101_INSTANCE_kH0iCqDn_cur=99"),
        ("dan-van", "/tin-chi-tiet.aspx", "ItemID=x"),
        ("dan-van", "/tin-tuc.aspx", "page=0"),
        ("dan-van", "/tin-tuc.aspx", "page=" + "9" * 5000),
        ("truong", "/content/không-có-9", ""),
        ("truong", "/tin-tức-sự-kiện", "page=-1"),
        ("bao", "/chinh-tri/x-a9.html", ""),
        ("so", "/vi/news/x-9.html", ""),
        ("so", "/vi/news/page-9/", ""),
        ("so", "/image/news/9-1.png", ""),
    ],
)
def test_what_is_not_there_is_not_found(
    world_at: WorldAt, portal: str, path: str, query: str
) -> None:
    assert world_at("18").visit(portal, path, query).status == 404


@pytest.mark.parametrize("portal", sorted(BRIDGE))
def test_every_picture_of_an_article_is_there(world_at: WorldAt, portal: str) -> None:
    world = world_at("18")
    page = _article(world, portal, BRIDGE[portal])
    pictures = [node.attributes["src"] or "" for node in page.css("img")]
    assert any(src.endswith("-2.png") for src in pictures)
    for src in pictures:
        assert world.visit(portal, src).content_type == "image/png", src


def test_a_withdrawn_article_is_gone_from_listing_and_address(
    world_at: WorldAt,
) -> None:
    hrefs = _hrefs(_listing(world_at("08"), "khoi"), ".asset-title a")
    badge = urlsplit(next(href for href in hrefs if "huy-hieu" in href))
    later = world_at("09")
    assert later.visit("khoi", badge.path, badge.query).status == 404
    assert "huy-hieu" not in " ".join(_hrefs(_listing(later, "khoi"), "a"))


@pytest.mark.parametrize("portal", ["khoi", "dan-van", "truong", "bao"])
def test_following_the_next_page_leads_to_every_article_once(
    tellings: tuple[Telling, ...], portal: str
) -> None:
    model = next(one for one in tellings if one.portal == portal)
    many = [
        replace(model, number=place, at=model.at + timedelta(minutes=place))
        for place in range(1, 24)
    ]
    now = datetime.fromisoformat("2026-10-18T00:00+07:00")
    world = World(many, lambda: now)
    links: list[str] = []
    address = LISTINGS[portal]
    while address:
        page = _page(world, portal, address)
        links += _hrefs(page, SELECTORS[portal]["link"])
        address = "".join(_hrefs(page, SELECTORS[portal]["next_page"]))
    assert len(links) == len(set(links)) == 23


def test_the_department_counts_its_articles_and_pages(
    tellings: tuple[Telling, ...],
) -> None:
    model = next(one for one in tellings if one.portal == "dan-van")
    many = [replace(model, number=place) for place in range(1, 24)]
    world = World(many, lambda: datetime.fromisoformat("2026-10-18T00:00+07:00"))
    text = _text(_listing(world, "dan-van"))
    assert "Tổng số: 23 | Trang: 1 trên tổng số 3 trang" in text


@pytest.mark.parametrize("portal", PORTALS)
def test_every_text_of_the_sample_world_has_its_page(portal: str) -> None:
    if not (SAMPLES / "articles").is_dir():
        pytest.skip("the sample world's texts are not there")
    tellings = load_tellings(SAMPLES / "articles")
    for telling in tellings:
        if telling.portal != portal:
            continue
        world = World(tellings, partial(_same, telling.at))
        shown = showing(tellings, portal, telling.at)
        article = next(one for one in shown if one.at == telling.at)
        parts = urlsplit(ADDRESSES[portal](article))
        answer = world.visit(portal, unquote(parts.path), parts.query)
        assert answer.status == 200, telling.text.title
        assert LexborHTMLParser(answer.body).css(SELECTORS[portal]["body"])


# ── The command ──────────────────────────────────────────────────────────────


def test_the_clock_runs_on_from_the_chosen_moment() -> None:
    start = datetime.fromisoformat("2026-10-19T06:00+07:00")
    clock = running_from(start)
    first = clock()
    assert start <= first <= clock() < start + timedelta(minutes=1)


def test_the_command_says_in_one_line_what_is_wrong_with_a_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "01-a.toml").write_text('story = "a"', encoding="utf-8")
    assert main(["--articles", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "samples.world: 01-a.toml: title is missing\n"
