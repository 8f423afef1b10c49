"""A page of what attackers write comes out harmless, vector by vector and as a whole.

What comes out is read as a browser reads it (Lexbor follows the HTML standard), in
several places of a page: whatever element is there must be one that we allow.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.text import simplehtml
from syndicate.text.html import sanitise, sanitise_and_read, to_text

PAGE = Path(__file__).resolve().parents[1] / "data" / "gather" / "xss.html"
BASE = "https://tin.example/muc/bai.html"
ALLOWED = frozenset(
    """
    p br hr div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong b i u
    s del ins sub sup small mark q cite abbr a img figure figcaption time
    table caption thead tbody tfoot tr th td
    """.split()  # noqa: SIM905 - a table of words
)
ATTRIBUTES = {
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
ANYWHERE = {"title", "lang"}
PLACES = ("{}", "<div>{}</div>", "<table><tr><td>{}</td></tr></table>", "<p>a</p>{}b")
AROUND = (
    "{}",
    "<p>trước</p>{}",
    "<p>{}</p>",
    "<table><tr><td>{}</td></tr></table>",
    "<ul><li><b>{}</b></li></ul>",
    "<svg>{}",
    "<math><mtext>{}",
    "<select>{}",
    "<p>ủ&nbsp;y</p>\xa0{}",
)


def vectors() -> dict[str, str]:
    """The cases of the page by their names."""
    parts = re.split(r"<!-- case: (.+?) -->\n", PAGE.read_text("utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


VECTORS = vectors()


def elements(node: LexborNode | None) -> list[LexborNode]:
    """Every element below a node, and every comment."""
    found = list(node.traverse(include_text=False)) if node else []
    return [each for each in found if each.mem_id != (node.mem_id if node else 0)]


def assert_harmless(clean: str) -> None:
    """Nothing but allowed elements, attributes and addresses, wherever it stands."""
    for place in PLACES:
        page = LexborHTMLParser(f"<!doctype html><body>{place.format(clean)}</body>")
        assert page.head is None or not elements(page.head)
        for element in elements(page.body):
            name = element.tag or ""
            assert name in ALLOWED, f"<{name}> in {clean!r}"
            allowed = ATTRIBUTES.get(name, set()) | ANYWHERE
            assert set(element.attributes) <= allowed, f"{element.html} in {clean!r}"
            for attribute in ("href", "src"):
                address = element.attributes.get(attribute)
                assert address is None or is_web(address), address


def is_web(address: str) -> bool:
    """Whether an address is http or https, plainly and at once."""
    return re.match(r"https?://[^/\\]", address) is not None and bool(
        urlsplit(address).hostname
    )


def test_there_are_at_least_forty_vectors() -> None:
    assert len(VECTORS) >= 40


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_comes_out_harmless(name: str) -> None:
    for around in AROUND:
        assert_harmless(sanitise(around.format(VECTORS[name]), BASE))


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_stays_as_it_came_out(name: str) -> None:
    once = sanitise(VECTORS[name], BASE)
    assert sanitise(once, BASE) == once


def test_the_whole_page_comes_out_harmless() -> None:
    page = PAGE.read_text("utf-8")
    assert_harmless(sanitise(page, BASE))
    assert_harmless(sanitise("\n".join(reversed(VECTORS.values())), BASE))


@pytest.mark.parametrize("name", VECTORS)
def test_the_text_of_a_vector_holds_no_markup_of_its_own(name: str) -> None:
    """What is text may look like a tag; written as HTML again it must stay text."""
    clean, text = sanitise_and_read(VECTORS[name], BASE)
    assert text == to_text(clean)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)


@pytest.mark.parametrize("name", VECTORS)
def test_the_short_cut_gives_nothing_of_its_own(name: str) -> None:
    """Where it answers at all, it answers what the parsers do."""
    found = simplehtml.read(VECTORS[name], BASE)
    if found is not None:
        assert_harmless(found[0])


def test_an_allowed_attribute_alone_is_no_way_in() -> None:
    clean = sanitise('<p title="&quot;&gt;&lt;script&gt;" lang="&quot;x">a</p>', BASE)
    assert_harmless(clean)
    assert "<script" not in clean
