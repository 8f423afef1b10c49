"""HTML that we pass on, and the text in it.

Lexbor repairs and reads (in time linear in the input, whatever the input), nh3
decides what may stay. Nothing here raises.
"""

from __future__ import annotations

import html as _entities
import re
from collections.abc import Iterator

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.text.clean import normalise, one_line
from syndicate.text.urls import absolute

LONGEST = 500_000
"""Characters of HTML that are read; what follows is left out."""
DEEPEST = 200
"""Elements inside one another; beyond it only the text is kept."""

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


def _nh3(html: str) -> str:
    """What nh3 lets through."""
    return nh3.clean(
        html,
        tags=set(_KEPT),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=_kept_value,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


_PLACEHOLDER = re.compile(
    r"^data:|placeholder|blank\.|spacer|loading|lazy|1x1|pixel\.|transparent|grey\.gif",
    re.IGNORECASE,
)
_LATER = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-echo")


def picture_address(img: LexborNode, base_url: str) -> str:
    """The absolute address of a picture, also of one that loads late; "" if none."""
    attributes = img.attributes
    source = (attributes.get("src") or "").strip()
    if not source or _PLACEHOLDER.search(source):
        sets = (attributes.get("data-srcset"), attributes.get("srcset"))
        candidates = [attributes.get(name) for name in _LATER]
        candidates += [(many or "").strip().split(" ")[0].rstrip(",") for many in sets]
        later = next((item.strip() for item in candidates if item and item.strip()), "")
        source = later or source
    return absolute(base_url, source)


def _is_pixel(img: LexborNode) -> bool:
    """Whether a picture is there to count us, not to be seen."""
    attributes = img.attributes
    sides = [
        (attributes.get(side) or "").strip().lower() for side in ("width", "height")
    ]
    if all(side.removesuffix("px") in {"0", "1"} for side in sides):
        return True
    style = re.sub(r"\s", "", attributes.get("style") or "").lower()
    return re.search(r"(?:^|;)(?:width|height):[01](?:px)?(?:;|$)", style) is not None


def _mend_pictures(body: LexborNode, base_url: str) -> None:
    """Every picture with its true address, or gone."""
    for img in body.css("img"):
        source = "" if _is_pixel(img) else picture_address(img, base_url)
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
        else:
            link.unwrap()


def _mend_text(body: LexborNode) -> None:
    """Text at the door, node by node: never across a tag (``>`` composes too)."""
    changed = []
    for node, entering in _walk(body):
        if entering and node.is_text_node:
            text = node.text_content or ""
            clean = normalise(text)
            if clean != text:
                changed.append((node, clean))
    for node, clean in changed:
        node.replace_with(clean)


def sanitise(html: str, base_url: str) -> str:
    """Article markup that is safe on anyone's page, its addresses absolute.

    Kept: paragraphs, headings, lists, tables, quotes, emphasis, links and pictures
    with http(s) addresses (also pictures that load late). Gone: scripts, styles,
    classes, ids, frames, forms, tracking pixels. Beyond :data:`DEEPEST` levels only
    the text stays.
    """
    body = _body(html)
    if body is None:
        return ""
    if _depth(body) > DEEPEST:
        return paragraphs(to_text(html))
    _mend_pictures(body, base_url)
    _mend_links(body, base_url)
    _mend_text(body)
    clean = _nh3(body.inner_html or "")
    # What went may have kept its neighbours apart (<p> in <p>): let it settle.
    for _ in range(3):
        again = _nh3(clean)
        if again == clean:
            break
        clean = again
    return clean.strip()


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
    return LexborHTMLParser(_UNREADABLE.sub("", html[:LONGEST])).body


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


def _depth(body: LexborNode) -> int:
    """How many elements stand inside one another."""
    depth = deepest = 0
    for _, entering in _walk(body):
        depth += 1 if entering else -1
        deepest = max(deepest, depth)
    return deepest


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
    body = _body(html)
    if body is None:
        return ""
    whole = "".join(_pieces(body))
    found = (
        "\n".join(filter(None, map(one_line, part.split("\v"))))
        for part in whole.split("\f")
    )
    return "\n\n".join(filter(None, found))


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
