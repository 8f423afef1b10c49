"""The short cut for simple HTML gives what the parsers give, or nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.text import html as whole
from syndicate.text import simplehtml

BASE = "https://tin.example/muc/bai.html"


def by_the_parsers(html: str) -> str:
    """What Lexbor and nh3 make of ``html``, with no short cut anywhere."""
    body = whole._body(html)
    if body is None:
        return ""
    whole._mend_text(whole._measured(body)[1])
    whole._mend_pictures(body, BASE)
    whole._mend_links(body, BASE)
    clean = whole._nh3(body.inner_html or "")
    while (again := whole._nh3(clean)) != clean:
        clean = again
    return clean.strip()


def text_by_the_parser(html: str) -> str:
    """What Lexbor makes of the text in ``html``."""
    body = whole._body(html)
    return simplehtml.lined("".join(whole._pieces(body)), plain=False) if body else ""


def assert_the_same(html: str) -> bool:
    """Compare, where there is a short cut; say whether there was one."""
    found, text = simplehtml.read(html, BASE), simplehtml.text_in(html)
    if found is not None:
        clean = by_the_parsers(html)
        assert found == (clean, text_by_the_parser(clean))
    if text is not None:
        assert text == text_by_the_parser(html)
    return found is not None


@pytest.mark.parametrize("port", ["0", "80", "443", "8080", "45851", "65535"])
def test_an_address_with_a_port_is_simple(port):
    assert assert_the_same(
        f'<p><img src="http://tin.example:{port}/a.jpg" alt=""></p>'
        f'<p><a href="https://tin.example:{port}/a?b=1">a</a></p>'
    )


@pytest.mark.parametrize("port", ["65536", "99999", "123456", "x"])
def test_an_address_with_a_port_that_cannot_be_is_left_to_the_parsers(port):
    html = f'<p><a href="http://tin.example:{port}/">a</a></p>'
    assert simplehtml.read(html, BASE) is None


# ── What is simple ───────────────────────────────────────────────────────────

SIMPLE = {
    "paragraphs": "<p>Một</p>\n<p>Hai <b>ba</b></p>",
    "bare text": "chỉ là chữ",
    "white space around": " \n <p> a </p> \n ",
    "a style and a class": '<p style="text-align: right" class=x>a</p>',
    "a link": '<p><a href="/a?b=1&amp;c=2" title="x &quot;y&quot;">a</a></p>',
    "a link with a bare ampersand": '<a href="/a?b=1&c=2&utm_source=x">a</a>',
    "a link to nowhere": '<p><a href="javascript:x">a</a> <a name="b">c</a></p>',
    "a picture": '<p><img src="/a.jpg" alt="Ảnh" width="640" height="9x"></p>',
    "a picture that counts": '<img src="/a.gif" width=1 height="1px">b',
    "capitals": "<P>a<BR/>b<IMG SRC='/b.jpg' ALT=x></P>",
    "a table": "<table><tbody><tr><td colspan=2>a</td>\n<th>b</th></tr></tbody>"
    "</table>",
    "a list in a list": "<ul><li>a<ul><li>b</li></ul></li>\n<li>c</li></ul>",
    "definitions": "<dl><dt>a</dt><dd>b</dd></dl>",
    "a section": "<section><h2>a</h2><div><p>b</p></div></section>",
    "a span and a font": '<p><span lang="vi">a</span><font color=red>b</font></p>',
    "a block in a format": "<b><p>a</p></b>",
    "a comment": "a<!-- b -->c<!---->",
    "references": "<p>A &amp; B &lt;c&gt; &#273;&#x1EE7;&nbsp;&hellip; & d</p>",
    "a stray greater-than": "<p>a > b</p>",
    "text in parts": "<p>Đảng u\u0309y\xa0\xadx</p>",
    "a mark after a tag": "<b>a</b>\u0338<p>\u0309b</p>",
    "controls": "<p>a\x0bb\x1cc\x85d</p>",
    "a language and a title": '<p lang="vi" title="x">a</p>',
    "a rule": "<hr><p>a</p><hr/>",
}
NOT_SIMPLE = {
    "a paragraph left open": "<p>a",
    "a paragraph in a paragraph": "<p><p>a</p></p>",
    "a block in a paragraph": "<p><div>a</div></p>",
    "a rule in a paragraph": "<p>a<hr>b</p>",
    "a heading in a heading": "<h2><h3>a</h3></h2>",
    "a link in a link": '<a href="/a"><span><a href="/b">b</a></span></a>',
    "tags out of order": "<b><i>a</b></i>",
    "an item without a list": "<li>a</li>",
    "a row without a body": "<table><tr><td>a</td></tr></table>",
    "text in a table": "<table>a<tbody></tbody></table>",
    "a break in a row": "<table><tbody><tr><br></tr></tbody></table>",
    "an end that begins": "<p/>a",
    "an end of what never ends": "a</br>b",
    "an attribute twice": '<a href="/a" href="/b">a</a>',
    "an attribute that is cut off": '<p title="a>b</p>',
    "an unknown element": "<x-a>b</x-a>",
    "preformatted text": "<pre>\na</pre>",
    "a script": "<p>a</p><script>b</script>",
    "a comment that ends early": "<!-->a-->",
    "a reference without its end": "<p>&copy a</p>",
    "a reference to a control": "<p>&#128;&#13;</p>",
    "a picture that loads late": '<img src="/blank.gif" data-src="/a.jpg">',
    "a strange host": '<a href="http://a..b/c">d</a>',
    "a carriage return": "<p>a\rb</p>",
    "a null character": "<p>a\x00b</p>",
}


@pytest.mark.parametrize("name", SIMPLE)
def test_simple_html_takes_the_short_cut_and_comes_out_the_same(name: str) -> None:
    assert assert_the_same(SIMPLE[name])


@pytest.mark.parametrize("name", NOT_SIMPLE)
def test_what_parsers_would_change_takes_the_whole_way(name: str) -> None:
    assert not assert_the_same(NOT_SIMPLE[name])


# ── Whatever is written ──────────────────────────────────────────────────────

PIECES = """
 |Đảng uỷ|&amp;|&nbsp;|&#x1EE7;|&lt;b&gt;|A & B|&copy;|&notit;|&#0;|&AMP;|&hellip;.
<!-- x -->|&#10;|&#128;|&amp|
"""
NAMES = """
p div b i a span font ul ol li dl dt dd h2 h3 blockquote figure figcaption table tbody
tr td th caption thead section center em u sup time abbr q P Strong header address small
nobr pre x
"""
ATTRIBUTES = """
 class="x"| hidden| href="/a"| href='b?c=1&d=2'| title="&lt;"| title="a&amp;b"| href=/a/
 lang="vi"| colspan=2| rowspan="x"| href="https://ok.example/ủ"| href="javascript:a"
 datetime="2026-01-01"| HREF="//ok.example"| href=""| href = '/a' | title="a\xa0&nbsp;"
 href="http://1.2.3.400/"| style="color:red"| title="ủ\u0309"|
"""
VOIDS = """
<br>|<br/>|<br />|<hr>|<img src=/a.jpg>|<img alt="x">|<wbr>|<BR CLASS=x>
<img src="/a b.jpg" alt="&quot;">|<img src='/a.jpg' width=1 height=1>|<img src="data:x">
<img src='/a.jpg' title=x lang=vi>|<img src="https://a\u200d.example/x.jpg">
"""


def _one_of(table: str) -> st.SearchStrategy[str]:
    return st.sampled_from(re.split(r"[|\n]", table.strip("\n")))


TEXTS = st.one_of(
    st.text("ab ủ&;<>#\n\t\xa0\u0309\u0338\xad1", max_size=12), _one_of(PIECES)
)


def _element(parts: tuple[str, str, list[str]]) -> str:
    name, attributes, inner = parts
    return f"<{name}{attributes}>{''.join(inner)}</{name}>"


def _elements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    attributes = st.lists(_one_of(ATTRIBUTES), max_size=3).map("".join)
    names = st.sampled_from(NAMES.split())
    return st.tuples(names, attributes, st.lists(inner, max_size=4)).map(_element)


HTML = st.lists(
    st.recursive(st.one_of(TEXTS, _one_of(VOIDS)), _elements, max_leaves=12), max_size=4
).map("".join)


@settings(max_examples=600)
@given(HTML)
def test_nested_elements_come_out_as_the_parsers_give_them(html: str) -> None:
    assert_the_same(html)


@settings(max_examples=300)
@given(HTML, st.data())
def test_so_does_what_is_cut_and_put_together_again(
    html: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(html)))
    to = data.draw(st.integers(at, min(len(html), at + 6)))
    assert_the_same(html[:at] + html[to:] + html[at:to])


@pytest.mark.parametrize("name", ["p", "b", "span", "div", "ul", "table", "a", "q"])
def test_every_element_in_every_other_comes_out_the_same(name: str) -> None:
    others = "p b a span div ul li dl dt h2 h3 table tbody tr td caption br hr img q"
    for outer in others.split():
        for inner in others.split():
            for last in ("", "x", "<b>y</b>"):
                assert_the_same(
                    f"<{outer}><{name}><{inner}>x</{inner}>{last}</{name}></{outer}>z"
                )
