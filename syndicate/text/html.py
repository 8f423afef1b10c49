"""HTML that we pass on, and the text in it.

Lexbor repairs and reads (in time linear in the input, whatever the input), nh3
decides what may stay. Nothing here raises.
"""

from __future__ import annotations

import html as _entities
import re
from collections.abc import Iterable, Iterator

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.text import pictures, simplehtml
from syndicate.text.clean import is_plain, normalise
from syndicate.text.hostile import is_deep, tame
from syndicate.text.urls import absolute

LONGEST = 500_000
"""Characters of HTML that are read; what follows is left out."""
DEEPEST = 200
"""Elements inside one another; beyond it only the text is kept."""

_MOST_REFERENCES = 20_000
"""Times "&"; nh3's time grows with their square, and no article has so many."""

_KEPT = frozenset(
    """
    p br hr div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong b i u
    s del ins sub sup small mark q cite abbr a img figure figcaption time
    table caption thead tbody tfoot tr th td
    """.split()  # noqa: SIM905 - a table of words
)
_DROPPED = frozenset(
    """
    script style template noscript iframe object embed applet svg math title textarea
    select option button xmp plaintext noembed noframes audio video canvas map datalist
    dialog frameset frame
    """.split()  # noqa: SIM905 - a table of words
)
_ATTRIBUTES = {
    "*": {"lang", "title"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "abbr": {"title"},
    "time": {"datetime"},
}
_FIGURES = frozenset({"width", "height", "colspan", "rowspan"})
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


# ── Passing on ───────────────────────────────────────────────────────────────


def _kept_value(_tag: str, name: str, value: str) -> str | None:
    """The last word on an attribute, whoever put it there."""
    if name in _FIGURES:
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    if name in {"href", "src"}:
        return absolute("", value) or None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_KEPT),
    clean_content_tags=set(_DROPPED),
    attributes=_ATTRIBUTES,
    attribute_filter=_kept_value,
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer",
)


def _nh3(html: str) -> str:
    """What nh3 lets through."""
    return _CLEANER.clean(html)


def picture_address(img: LexborNode, base_url: str) -> str:
    """The absolute address of a picture, also of one that loads late; "" if none."""
    return pictures.address_of(img.attributes, base_url)


def _mend_pictures(body: LexborNode, base_url: str) -> None:
    """Every picture with its true address, or gone."""
    for img in body.css("img"):
        attributes = img.attributes
        pixel = pictures.is_pixel(attributes)
        source = "" if pixel else pictures.address_of(attributes, base_url)
        if source:
            img.attrs["src"] = source
        else:
            img.decompose()


def _mend_links(body: LexborNode, base_url: str) -> None:
    """Every link absolute, or only its words."""
    for link in body.css("a"):
        href = absolute(base_url, link.attributes.get("href") or "")
        if href:
            link.attrs["href"] = href
        elif link.first_child is None:
            # An anchor (<a name="x"></a>): unwrapping leaves it where it is.
            link.decompose()
        else:
            link.unwrap()


def _mend_text(texts: Iterable[LexborNode]) -> None:
    """Text at the door, node by node: never across a tag (``>`` composes too)."""
    for node in texts:
        text = node.text_content or ""
        clean = normalise(text)
        if clean != text:
            node.replace_with(clean)


def sanitise(html: str, base_url: str) -> str:
    """Article markup that is safe on anyone's page, its addresses absolute.

    Kept: paragraphs, headings, lists, tables, quotes, emphasis, links and pictures
    with http(s) addresses (also pictures that load late). Gone: scripts, styles,
    classes, ids, frames, forms, tracking pixels. Beyond :data:`DEEPEST` levels only
    the text stays.
    """
    simple = simplehtml.read(html, base_url)
    return _sanitised(html, base_url) if simple is None else simple[0]


def sanitise_and_read(html: str, base_url: str) -> tuple[str, str]:
    """``sanitise(html, base_url)`` and ``to_text`` of that, for the price of one."""
    simple = simplehtml.read(html, base_url)
    if simple is not None:
        return simple
    clean = _sanitised(html, base_url)
    return clean, to_text(clean)


def _sanitised(html: str, base_url: str) -> str:
    """The whole way, for any HTML."""
    clean = ""
    # Twice at most: where the two parsers see different things in hostile markup,
    # nh3 lets an element through that Lexbor never mended.
    for _ in range(2):
        body = _body(html)
        if body is None:
            return ""
        depth, texts = _measured(body)
        if depth > DEEPEST or html.count("&") > _MOST_REFERENCES or is_deep(html):
            return paragraphs(to_text(html))
        if "&" in html or not is_plain(html):
            _mend_text(texts)
        _mend_pictures(body, base_url)
        _mend_links(body, base_url)
        clean = html = _settled(_nh3(body.inner_html or ""), base_url)
        if _LEADS_NOWHERE.search(clean) is None:
            break
    return clean.strip()


_LEADS_NOWHERE = re.compile(
    r'<(?:img(?:(?! src=) [a-z]+="[^"]*")*|a(?:(?! href=) [a-z]+="[^"]*")*)>'
)
"""Serialised: a picture or a link without an address."""


def _settled(clean: str, base_url: str) -> str:
    """What is left when nothing more changes.

    What went may have kept its neighbours apart (<p> in <p>).
    """
    for _ in range(3):
        simple = simplehtml.read(clean, base_url)
        # Simple HTML that comes out as it is has settled.
        if simple is not None and simple[0] == clean.strip():
            break
        again = _nh3(clean)
        if again == clean:
            break
        clean = again
    return clean


# ── Reading ──────────────────────────────────────────────────────────────────

_PARAGRAPHS = frozenset(
    """
    p div h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre figure figcaption table caption hr
    section article header footer main aside nav address fieldset form center details
    summary
    """.split()  # noqa: SIM905 - a table of words
)
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "option"})
_CELLS = frozenset({"td", "th"})


def _body(html: str) -> LexborNode | None:
    """The parsed body; None if there is nothing to parse."""
    if not html.strip():
        return None
    return LexborHTMLParser(tame(_UNREADABLE.sub("", html[:LONGEST]))).body


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below ``root`` in order, entered (True) and left (False).

    Without recursion: pages nest thousands deep.
    """
    trail: list[LexborNode] = []
    node = root.first_child
    while node is not None or trail:
        if node is None:
            left = trail.pop()
            yield left, False
            node = left.next
            continue
        yield node, True
        inner = None if node.tag in _DROPPED else node.first_child
        if inner is not None:
            trail.append(node)
            node = inner
        else:
            yield node, False
            node = node.next


def _measured(body: LexborNode) -> tuple[int, list[LexborNode]]:
    """How many elements stand inside one another, and every piece of text."""
    depth = deepest = 0
    texts = []
    for node, entering in _walk(body):
        depth += 1 if entering else -1
        deepest = max(deepest, depth)
        if entering and node.is_text_node:
            texts.append(node)
    return deepest, texts


def _pieces(body: LexborNode) -> Iterator[str]:
    """Text and breaks: "\\f" ends a paragraph, "\\v" a line."""
    for node, entering in _walk(body):
        tag = node.tag
        if node.is_text_node:
            if entering:
                yield re.sub(r"\s+", " ", node.text_content or "")
        elif tag in _PARAGRAPHS:
            yield "\f"
        elif tag in _LINES and (tag != "br" or entering):
            yield "\v"
        elif tag in _CELLS:
            yield " "


def to_text(html: str) -> str:
    """The text of ``html``: paragraphs between blank lines, entities decoded.

    ``<br>``, list items and table rows are lines of their own, cells of one row are
    joined by a space. Scripts, styles and comments say nothing.
    """
    simple = simplehtml.text_in(html)
    if simple is not None:
        return simple
    body = _body(html)
    return simplehtml.lined("".join(_pieces(body)), plain=False) if body else ""


# ── Writing ──────────────────────────────────────────────────────────────────


def escape(text: str) -> str:
    """``text`` for an HTML document, in content or in a quoted attribute."""
    return _entities.escape(text, quote=True)


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part ``<p>``, single line ends are ``<br>``."""
    parts = re.split(r"\n[ \t]*\n\s*", text.strip())
    return "".join(
        "<p>" + "<br>".join(map(escape, part.split("\n"))) + "</p>"
        for part in parts
        if part.strip()
    )
