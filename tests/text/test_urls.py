"""Addresses: absolute, canonical, compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.text import urls
from syndicate.text.urls import absolute, canonical, host, schemeless


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("HTTP://WWW.Bao.VN:80", "http://www.bao.vn/"),
        ("https://bao.vn:443/a", "https://bao.vn/a"),
        ("https://bao.vn:8443/a", "https://bao.vn:8443/a"),
        ("http://bao.vn./a", "http://bao.vn/a"),
        ("https://bao.vn/a/./b/../c", "https://bao.vn/a/c"),
        ("https://bao.vn/%7euser/%c3%a1%2f", "https://bao.vn/~user/%C3%A1%2F"),
        ("https://bao.vn/tin tức", "https://bao.vn/tin%20t%E1%BB%A9c"),
        ("https://bao.vn/100%", "https://bao.vn/100%25"),
        ("https://bao.vn/a#top", "https://bao.vn/a"),
        ("https://bao.vn/#!/tin/12", "https://bao.vn/#!/tin/12"),
        ("https://bao.vn/a;jsessionid=0A1B2C?x=1", "https://bao.vn/a?x=1"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://bao.vn\\tin\\1", "https://bao.vn/tin/1"),
        (" https://bao.vn/a\n", "https://bao.vn/a"),
    ],
)
def test_one_address_has_one_spelling(written: str, expected: str) -> None:
    assert canonical(written) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://bao.vn/a?utm_source=x&utm_medium=y",
        "https://bao.vn/a?fbclid=1&GCLID=2",
        "https://bao.vn/a?_ga=1&zarsrc=30&spm=a.b&mc_cid=1&mc_eid=2&igshid=1",
        "https://bao.vn/a?utm%5Fsource=x",
        "https://bao.vn/a?",
    ],
)
def test_what_marks_a_visitor_goes(url: str) -> None:
    assert canonical(url) == "https://bao.vn/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://dang.example/chi-tiet-tin/?/mot-bai-viet/17751487",
        "https://so.example/Pages/tin.aspx?ItemID=12&CateID=3",
        "https://so.example/tin?p_p_id=101_INSTANCE_x&_101_cur=2",
        "https://so.example/tin?b=2&a=1&a=0&&c",
        "https://so.example/tin?ref=menu&source=home&id=5",
    ],
)
def test_a_query_that_we_do_not_know_survives_in_its_order(url: str) -> None:
    assert canonical(url) == url


def test_trackers_leave_the_rest_of_the_query_alone() -> None:
    url = "https://so.example/tin?id=5&utm_source=x&page=2&fbclid=z"
    assert canonical(url) == "https://so.example/tin?id=5&page=2"


@pytest.mark.parametrize(
    "url",
    ["", "mailto:a@b.vn", "javascript:alert(1)", "tin/1.html", "http://", "tag:a,1:b"],
)
def test_what_is_no_web_address_comes_back_as_it_is(url: str) -> None:
    assert canonical(url) == url


@given(
    st.one_of(
        st.text(max_size=40),
        st.text("htps:/.?#[]@&=;%ab1 \\éВ-_~!", max_size=30).map("http://".__add__),
    )
)
def test_canonical_never_raises_and_settles_at_once(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)
    host(url)
    schemeless(url)
    absolute(url, url)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("b.html", "http://bao.vn/tin/b.html"),
        ("/b", "http://bao.vn/b"),
        ("//anh.bao.vn/b.jpg", "http://anh.bao.vn/b.jpg"),
        ("?/bai/1", "http://bao.vn/tin/?/bai/1"),
        ("../x y.jpg", "http://bao.vn/x%20y.jpg"),
        ("https:/khac.vn/a", "https://khac.vn/a"),
        ("https:////khac.vn/a", "https://khac.vn/a"),
        ("ht\ntps://khac.vn/\ta", "https://khac.vn/a"),
        ("\\\\khac.vn\\a", "http://khac.vn/a"),
        ("", ""),
        ("   ", ""),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.vn", ""),
        ("vbscript:x", ""),
        ("http://[::1", ""),
        ("http://", ""),
        ("http://a b.vn/", ""),
        ("file:///etc/passwd", ""),
        ("x" * 9000, ""),
    ],
)
def test_links_become_absolute_or_nothing(href: str, expected: str) -> None:
    assert absolute("http://bao.vn/tin/?p=1", href) == expected


def test_the_base_may_be_hopeless_too() -> None:
    assert absolute("", "a.html") == ""
    assert absolute("not a url", "https://bao.vn/a") == "https://bao.vn/a"


def test_quotes_in_an_address_cannot_end_an_attribute() -> None:
    assert absolute("http://bao.vn/", '/a"onerror=x') == "http://bao.vn/a%22onerror=x"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://WWW.Bao.vn/a", "bao.vn"),
        ("http://bao.vn:8080/a", "bao.vn:8080"),
        ("http://bao.vn:80", "bao.vn"),
        ("http://user:pw@bao.vn/", "bao.vn"),
        ("http://[2001:DB8::1]/a", "[2001:db8::1]"),
        ("nothing", ""),
    ],
)
def test_a_host_is_lower_case_without_www(url: str, name: str) -> None:
    assert host(url) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.bao.vn/a/", "https://bao.vn/a"),
        ("http://bao.vn", "https://bao.vn/#top"),
        ("https://bao.vn/a?utm_source=x", "http://bao.vn/a"),
    ],
)
def test_one_page_has_one_key_whatever_the_scheme(one: str, other: str) -> None:
    assert schemeless(one) == schemeless(other)


def test_two_articles_in_the_query_have_two_keys() -> None:
    page = "https://dang.example/chi-tiet-tin/?/bai/"
    assert schemeless(page + "1") != schemeless(page + "2")


@pytest.mark.parametrize("url", ["0 \x1b", "\x1b 0", " \x00http://x.example/ \x1f"])
def test_blanks_beside_control_characters_go_too(url: str) -> None:
    assert canonical(url) == canonical(canonical(url)) == canonical(url).strip()


def test_the_way_back_is_no_part_of_an_address() -> None:
    """Liferay writes the page that a visitor came from into every link."""
    plain = "https://x.example/tin/-/asset_publisher/aB1/content/bai"
    full = f"{plain}?inheritRedirect=false&redirect=https%3A%2F%2Fx.example%2Ftin"
    assert canonical(full) == plain
    assert canonical("https://x.example/go?redirect=/a").endswith("?redirect=/a")


PARTS = """
http https :// a.vn www. / / // .. . b.html ? & = # ! %20 %7E % ; : 80 443 8080 @ - _
jsessionid=1 utm_source=1 \\ ~ + é " < xn-- A data: javascript: 127.0.0.1 [::1] /../ :/
"""


@given(
    st.lists(st.sampled_from(PARTS.split()), max_size=8).map("".join),
    st.sampled_from(["", "http://a.vn", "https://b.vn/", "/", "http://127.0.0.1:80"]),
    st.sampled_from(
        [
            "http://a.vn/x/y",
            "https://b.vn:80/",
            "http://A.vn",
            "",
            "/r",
            "http://u@a.vn/",
        ]
    ),
)
def test_the_short_ways_give_what_the_whole_ways_give(
    tail: str, head: str, base: str
) -> None:
    url = head + tail
    assert canonical(url) == urls._canonical(url)
    assert absolute(base, url) == urls._absolute(base, url)


@pytest.mark.parametrize("url", ["http://so.example．", "http://‥/", "http://a。b。/x"])
def test_full_stops_of_other_scripts_end_a_host_too(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(
    ("port", "kept"),
    [(":80", ""), (":080", ""), (":8080", ":8080"), (":45851", ":45851"), (":", "")],
)
def test_only_the_port_that_is_usual_goes(port, kept):
    assert canonical(f"http://a.vn{port}/tin.html") == f"http://a.vn{kept}/tin.html"
    assert schemeless(f"http://www.a.vn{port}/tin/") == f"a.vn{kept}/tin"
    assert host(f"http://www.a.vn{port}/tin/") == f"a.vn{kept}"
