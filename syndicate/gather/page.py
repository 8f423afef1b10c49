"""HTML pages as trees: built with limits, asked by selector, read as lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from syndicate.errors import ParseError
from syndicate.gather.decode import decode
from syndicate.text.clean import one_line
from syndicate.text.urls import absolute

MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 2_000
"""Nested elements; the parser's time grows with the square of the depth."""

# Every element but those without content, and those whose end may be left out.
_NESTING = re.compile(
    r"<(/?)(?!(?:br|img|hr|input|meta|link|area|base|col|embed|source|track|wbr|p|li"
    r"|td|tr|th|tbody|thead|tfoot|option|optgroup|dt|dd|colgroup|caption|rp|rt|param)"
    r"\b)[a-z][^<>]{0,2000}?(/?)>",
    re.IGNORECASE,
)
_SILENT = frozenset(
    """
    script style noscript template head -comment mat-icon
    """.split()  # noqa: SIM905 - words read better in lines
)
BREAKS = frozenset(
    """
    address article aside blockquote br dd details dialog div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol
    option p pre section select table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 - words read better in lines
)


def parse_page(body: bytes, *, url: str, content_type: str = "") -> LexborHTMLParser:
    """Build the tree of a page; ParseError if it is empty, too large or too deep."""
    text = decode(body, content_type)
    if not text.strip():
        raise ParseError(url, "an empty page")
    if len(text) > MAX_CHARACTERS:
        raise ParseError(url, f"a page of {len(text):,} characters, too large to read")
    if _depth(text) > MAX_DEPTH:
        raise ParseError(url, f"elements nested more than {MAX_DEPTH} deep")
    return LexborHTMLParser(text.replace("\x00", ""))


def _depth(text: str) -> int:
    """How deep the text nests elements, at most; rough, never far too low."""
    deepest = depth = 0
    for match in _NESTING.finditer(text):
        depth = max(depth - 1, 0) if match[1] else depth + (not match[2])
        deepest = max(deepest, depth)
    return deepest


def select(
    root: LexborNode | LexborHTMLParser, selector: str, *, url: str
) -> list[LexborNode]:
    """Every element that ``selector`` matches, once, in document order.

    Lexbor gives an element twice for a list of selectors that both match it. Raises
    ParseError for a selector that is none.
    """
    if not selector:
        return []
    try:
        found = root.css(selector)
    except SelectolaxError as error:
        raise ParseError(url, f"not a CSS selector: {selector!r}") from error
    # Selector lists match one list after the other, not in document order.
    unique = {node.mem_id: node for node in found}
    if len(unique) < 2 or "," not in selector:
        return list(unique.values())
    top = root.root if isinstance(root, LexborHTMLParser) else root
    if top is None:
        return list(unique.values())
    return [unique[n.mem_id] for n in top.traverse() if n.mem_id in unique]


def first(
    root: LexborNode | LexborHTMLParser, selector: str, *, url: str
) -> LexborNode | None:
    """The first element that ``selector`` matches and that holds something."""
    found = select(root, selector, url=url)
    filled = (node for node in found if node_text(node) or node.css_first("img"))
    return next(filled, None)


def node_lines(node: LexborNode) -> list[str]:
    """The text of ``node`` as it is seen: a line for each block, none empty."""
    lines: list[str] = []
    run: list[str] = []
    for piece in _pieces(node):
        if piece is not None:
            run.append(piece)
        elif run:
            lines.append(one_line("".join(run)))
            run = []
    if run:
        lines.append(one_line("".join(run)))
    return [line for line in lines if line]


def spaced_text(node: LexborNode) -> str:
    """The text of ``node`` with a space between any two of its pieces.

    For dates, whose parts style sheets set apart ("05" + "Tháng 10" + "2026").
    """
    return one_line(" ".join(piece or " " for piece in _pieces(node)))


def node_text(node: LexborNode) -> str:
    """The text of ``node`` on one line."""
    return " ".join(node_lines(node))


def _pieces(node: LexborNode) -> Iterator[str | None]:
    """Text pieces in order; None where a line ends."""
    waiting: list[LexborNode | None] = [node]
    # A stack of our own: pages nest deeper than Python calls may.
    while waiting:
        each = waiting.pop()
        if each is None:
            yield None
        elif each.tag == "-text":
            yield each.text_content or ""
        elif each.tag not in _SILENT:
            block = each.tag in BREAKS
            if block:
                yield None
                waiting.append(None)
            waiting.extend(reversed(list(children(each))))


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The nodes directly inside ``node``: elements, texts, comments."""
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value, stripped; "" if missing."""
    value = node.attributes.get(name)
    return value.strip() if value else ""


def marks(node: LexborNode) -> str:
    """Id, classes and role in lower case, for telling what an element is for."""
    values = node.attributes
    if not values:
        return ""
    said = (values.get("id"), values.get("class"), values.get("role"))
    return " ".join([value for value in said if value]).strip().lower()


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around ``node``, inside out."""
    parent = node.parent
    while parent is not None and parent.tag not in {None, "-document"}:
        yield parent
        parent = parent.parent


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """The address that relative links of the page start from."""
    node = tree.css_first("base[href]")
    href = attribute(node, "href") if node is not None else ""
    return absolute(url, href) or url


_PICTURE = r"\.(?:gif|png|jpe?g|svg|ico|webp)$"
# A word that says it, or one that is an icon only if nothing follows ("dot.gif").
_ICON = re.compile(
    r"(?:^|[/_.-])(?:icons?|btn|buttons?|spacer|placeholder|favicon|transparent"
    r"|no-?_?(?:image|img|photo|pic|thumb))(?:[_-]?[a-z0-9]{0,8})?"
    rf"{_PICTURE}"
    r"|(?:^|[/_.-])(?:ico|ic|bullet|dot|arrow|blank|pixel|loading)\d{0,3}"
    rf"{_PICTURE}"
    r"|_?button\.(?:gif|png)$|/_layouts/(?:\d+/)?images/|/M_images/",
    re.IGNORECASE,
)
_LOGO = re.compile(rf"(?:^|[/_.-])logos?[_-]?[a-z0-9]{{0,8}}{_PICTURE}", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|odt)(?:[?#]|$)", re.IGNORECASE
)
_TINY = 40
"""Pixels of the side of an icon, at most."""


def is_file(address: str) -> bool:
    """Say whether an address is a document's to download, by its ending."""
    return _FILE.search(address) is not None


def is_icon(node: LexborNode) -> bool:
    """Say whether an ``<img>`` is a button, a bullet or a stand-in for a picture."""
    if _ICON.search(_path(_written_address(node))):
        return True
    sides = (attribute(node, "width"), attribute(node, "height"))
    if any(side.removesuffix("px").isdecimal() and _is_tiny(side) for side in sides):
        return True
    around = [each for each, _ in zip(ancestors(node), range(3), strict=False)]
    return any(each.tag == "a" and is_file(attribute(each, "href")) for each in around)


def _is_tiny(side: str) -> bool:
    return int(side.removesuffix("px")[:6]) <= _TINY


def is_icon_address(address: str) -> bool:
    """Say whether the name of a picture is that of an icon, a logo or a stand-in."""
    path = _path(address)
    return bool(_ICON.search(path) or _LOGO.search(path))


def _path(address: str) -> str:
    return address.partition("?")[0].partition("#")[0][-300:]


def image_address(node: LexborNode, base: str) -> str:
    """The address of an ``<img>``, also of one that is loaded late; "" if none."""
    value = _written_address(node)
    return absolute(base, value) if value else ""


def _written_address(node: LexborNode) -> str:
    for name in ("data-src", "data-original", "data-lazy-src", "src"):
        value = attribute(node, name)
        if value and not value.startswith("data:"):
            return value
    return ""


def halved(text: str) -> str:
    """Undo a title that stands twice on its line ("TIN MỚI TIN MỚI")."""
    words = text.split()
    middle, odd = divmod(len(words), 2)
    if middle and not odd and words[:middle] == words[middle:]:
        return " ".join(words[:middle])
    return text
