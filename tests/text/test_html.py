"""HTML that we pass on, and the text in it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from syndicate.text.html import escape, paragraphs, sanitise, to_text

BASE = "https://bao.vn/tin/1.html"

VECTORS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<img src=x:x onerror=alert(1) style=width:9px>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#14; java&#x09;script:alert(1)'>x</a>",
    "<a href='jav&#x0A;ascript:alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='//ok.example' onclick=alert(1) style='x:expression(alert(1))'>x</a>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><input type=submit></form>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<body onload=alert(1)>x",
    "<style>@import 'javascript:alert(1)';</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<link rel=stylesheet href='javascript:alert(1)'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:alert(1)//'><a href='x'>x</a>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<title><img src=x onerror=alert(1)></title>",
    "<template><img src=x onerror=alert(1)></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<table background='javascript:alert(1)'><td>x</table>",
    "<p id=x class=y onmouseover=alert(1)>x</p>",
    "<img srcset='javascript:alert(1) 1x'>",
    "<img src='/a.jpg' width='1\" onerror=alert(1)'>",
    "<<img src=x onerror=alert(1)//",
    '<a href="https://ok.example/\'onmouseover=alert(1)">x</a>',
]
HARMLESS = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "abbr": {"title"},
    "time": {"datetime"},
}
BAD_TAGS = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "svg",
    "math",
}


def _assert_harmless(clean: str) -> None:
    root = lxml_html.fromstring(f"<div>{clean}</div>")
    for element in root.iter():
        assert isinstance(element.tag, str), "a comment came through"
        assert element.tag not in BAD_TAGS
        assert set(element.attrib) <= HARMLESS.get(element.tag, set())
        for name in ("href", "src"):
            value = element.get(name)
            assert value is None or re.match(r"https?://[^/]", value)


def test_there_are_enough_vectors() -> None:
    assert len(VECTORS) >= 28


@pytest.mark.parametrize("vector", VECTORS)
def test_every_xss_vector_comes_out_harmless(vector: str) -> None:
    _assert_harmless(sanitise(f"<p>trước</p>{vector}", BASE))


def test_a_page_of_all_xss_vectors_comes_out_harmless() -> None:
    _assert_harmless(sanitise("\n".join(VECTORS), BASE))


@given(st.text("<>/=\"'!-&;# apimgdivscrtblhe\u0338\u00a0ủ", max_size=80))
def test_sanitised_html_is_harmless_and_stays_as_it_is(text: str) -> None:
    once = sanitise(text, BASE)
    _assert_harmless(once)
    assert sanitise(once, BASE) == once


SOUP = """
<p> </p> <div> </div> <b> </b> <i> </i> <a/href=/x> </a> <table> <tr> <td> <caption>
</table> <ul> <li> </ul> <form> <button> </button> <pre> <br> <h2> </h2> <span> x
<select> <svg> </svg> <figure> <img/src=/a.jpg> <marquee> <dl> <dt> &amp; <object>
</object> <th>
"""


@given(st.lists(st.sampled_from(SOUP.split()), max_size=25))
def test_sanitised_soup_stays_as_it_is(tags: list[str]) -> None:
    once = sanitise("".join(tags), BASE)
    assert sanitise(once, BASE) == once


def test_article_markup_stays() -> None:
    html = (
        "<h2>Mục</h2><p>Một <strong>hai</strong><br>ba</p><ul><li>a</li></ul>"
        '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'
        "<blockquote>y</blockquote>"
    )
    assert sanitise(html, BASE) == html


def test_links_and_pictures_become_absolute() -> None:
    assert sanitise('<a href="../b?x=1&amp;y=2">b</a>', BASE) == (
        '<a href="https://bao.vn/b?x=1&amp;y=2" rel="noopener noreferrer">b</a>'
    )
    assert sanitise('<img src="a.jpg" alt="A" class="c" loading="lazy">', BASE) == (
        '<img src="https://bao.vn/tin/a.jpg" alt="A">'
    )


@pytest.mark.parametrize(
    "img",
    [
        '<img data-src="/a.jpg">',
        '<img src="data:image/gif;base64,R0lGOD" data-src="/a.jpg">',
        '<img src="/placeholder.png" data-original="/a.jpg">',
        '<img src="/spacer.gif" data-srcset="/a.jpg 1x, /b.jpg 2x">',
        '<img srcset="/a.jpg 640w, /b.jpg 1280w">',
    ],
)
def test_a_picture_that_loads_late_is_found(img: str) -> None:
    assert sanitise(img, BASE) == '<img src="https://bao.vn/a.jpg">'


@pytest.mark.parametrize(
    "img",
    [
        '<img src="/count.gif" width="1" height="1">',
        '<img src="/count.gif" width="0px" height="1px">',
        '<img src="/count.gif" style="height: 1px; width: 1px">',
        '<img src="data:image/gif;base64,R0lGOD">',
        "<img alt='x'>",
    ],
)
def test_a_picture_that_shows_nothing_is_dropped(img: str) -> None:
    assert sanitise(f"<p>a{img}b</p>", BASE) == "<p>ab</p>"


def test_a_link_to_nowhere_leaves_its_words() -> None:
    assert sanitise('<p><a href="javascript:x">xem <b>thêm</b></a></p>', BASE) == (
        "<p>xem <b>thêm</b></p>"
    )


def test_text_is_normalised_but_never_across_a_tag() -> None:
    assert sanitise("<p>Đảng u\u0309y&shy;&nbsp;x</p>", BASE) == "<p>Đảng ủy x</p>"
    assert sanitise("<b>a</b>\u0338<p>b</p>", BASE) == "<b>a</b>\u0338<p>b</p>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Một</p><p>Hai</p>", "Một\n\nHai"),
        ("<div>Một<div>Hai</div>Ba</div>", "Một\n\nHai\n\nBa"),
        ("<p>dòng<br>dòng<br/>\n dòng</p>", "dòng\ndòng\ndòng"),
        ("<ul><li>a</li><li>b <b>c</b></li></ul>", "a\nb c"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</table>", "1 2\n3"),
        ("<p>a &amp; b&nbsp;&lt;c&gt; &eacute;&#273;</p>", "a & b <c> éđ"),
        ("<script>x</script><style>y</style><!-- z -->a<noscript>n</noscript>", "a"),
        ("<p> \n </p><p>&nbsp;</p><p>a</p>", "a"),
        ("a<span>b</span><b> c</b>", "ab c"),
        ("<p>Đảng u\u0309y</p>", "Đảng ủy"),
        ("chỉ là chữ", "chỉ là chữ"),
        ("<html><head><title>t</title></head><body>b</body></html>", "b"),
        ("", ""),
        ("<p>", ""),
    ],
)
def test_text_keeps_paragraphs_and_lines(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    "junk",
    [
        "<!--" * 50_000,
        "<div>" * 5_000 + "x" + "</div>" * 5_000,
        "<b><i>" * 5_000,
        "\x00" * 10_000 + "<p>\x00a",
        "<table>" * 5_000,
        "<" * 100_000,
        "<a href=x>" * 5_000,
        "&#" * 50_000,
        "<p \ud800>\udfff</p>",
        "]]>" * 1_000 + "<![CDATA[" * 1_000,
    ],
    ids=lambda junk: repr(junk[:9]),
)
def test_garbage_is_survived_quickly(junk: str) -> None:
    started = time.perf_counter()
    sanitise(junk, BASE).encode("utf-8")
    to_text(junk).encode("utf-8")
    assert time.perf_counter() - started < 3


def test_what_is_nested_too_deep_keeps_its_text() -> None:
    html = "<div>" * 1_000 + "<p>một & hai</p>" + "</div>" * 1_000
    assert sanitise(html, BASE) == "<p>một &amp; hai</p>"


def test_escaped_text_is_safe_in_content_and_in_attributes() -> None:
    assert escape("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#x27;"


def test_plain_text_becomes_paragraphs() -> None:
    assert (
        paragraphs("một\n\n  hai <b>\nba\n \n\n")
        == "<p>một</p><p>hai &lt;b&gt;<br>ba</p>"
    )
    assert paragraphs(" \n ") == ""


def test_paragraphs_and_text_are_each_others_inverse() -> None:
    text = "Một & hai\n\nba\nbốn"
    assert to_text(paragraphs(text)) == text
