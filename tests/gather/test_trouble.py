"""What stands in an article's place is named, and never becomes one."""

from __future__ import annotations

import pytest

from syndicate.errors import ParseError
from syndicate.gather.article import parse_article
from syndicate.gather.listing import parse_listing

URL = "http://tin.example/bai/17"
PAGES = {
    "cloudflare": (
        "<title>Just a moment...</title><h1>tin.example</h1><p>Checking your browser",
        "a bot challenge",
    ),
    "cloudflare, blocked": (
        "<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been"
        " blocked</h1><p>You are unable to access tin.example</p>",
        "a bot challenge",
    ),
    "incapsula": (
        "<html><iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful. Incapsula"
        " incident ID: 123-456</iframe></html>",
        "a bot challenge",
    ),
    "a cookie that a script must compute": (
        "<html><script src='/aes.js'></script><script>document.cookie=1</script>",
        "a bot challenge",
    ),
    "captcha": (
        "<title>Xác thực</title><p>Vui lòng nhập mã captcha để tiếp tục</p>",
        "a bot challenge",
    ),
    "denied": ("<h1>Truy cập bị từ chối</h1><p>Mã: 1020</p>", "denies access"),
    "forbidden": ("<title>403 Forbidden</title><h1>Forbidden</h1>", "denies access"),
    "maintenance": (
        "<h1>Website đang nâng cấp</h1><p>Mong quý vị quay lại sau.</p>",
        "maintenance",
    ),
    "missing": (
        "<title>404 - Không tìm thấy trang</title><h1>Rất tiếc</h1><p>Trang đã bị xóa.",
        "no such page",
    ),
    "server": ("<title>502 Bad Gateway</title><center>nginx</center>", "has failed"),
    "asp.net": (
        "<h1>Server Error in '/' Application.</h1><h2>Runtime Error</h2>",
        "has failed",
    ),
    "login": (
        "<h2>Đăng nhập</h2><form><input name=u><input type='password'></form>",
        "a login page",
    ),
    "network": ("<h1>Đăng nhập wifi khách sạn</h1>", "login page of the network"),
    "suspended": ("<h1>Account has been suspended</h1>", "the site is closed"),
    "scripts": (
        "<title>Cổng tin</title><div id='root'></div><script src='/m.js'></script>",
        "scripts = true",
    ),
}


@pytest.mark.parametrize(("page", "name"), PAGES.values(), ids=PAGES.keys())
def test_a_page_in_an_articles_place_is_named(page, name, source):
    with pytest.raises(ParseError, match=name):
        parse_article(page.encode(), url=URL, source=source(), listed=None)


@pytest.mark.parametrize(("page", "name"), PAGES.values(), ids=PAGES.keys())
def test_a_page_in_a_listings_place_is_named(page, name, source):
    with pytest.raises(ParseError, match=name):
        parse_listing(page.encode(), url=URL, source=source())


LONG = (
    "Đoàn kiểm tra ghi nhận trang bị từ chối truy cập, captcha hỏng, lỗi 404 liên tục. "
)


def test_an_article_about_errors_is_an_article(source):
    page = f"<h1>Cổng dịch vụ công bị từ chối truy cập nhiều giờ</h1><p>{LONG * 10}</p>"
    raw = parse_article(page.encode(), url=URL, source=source(), listed=None)
    assert raw.title == "Cổng dịch vụ công bị từ chối truy cập nhiều giờ"
