"""How a whole block is set: bold, slanted, centred, to the right."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from syndicate.gather.page import attribute, children
from syndicate.text.clean import one_line


def plain(node: LexborNode) -> str:
    """The text of a node as it is written, with its spaces."""
    if node.tag == "-text":
        return node.text_content or ""
    return node.text(deep=True, skip_empty=False) or ""


_TAG_STYLES = {
    "b": "bold",
    "strong": "bold",
    "em": "slanted",
    "i": "slanted",
    "center": "centred",
}


_CSS_STYLES = (
    ("center", "centred"),
    ("right", "right"),
    ("italic", "slanted"),
    ("bold", "bold"),
)


def style_of(holder: LexborNode, run: list[LexborNode]) -> frozenset[str]:
    """How a whole block is set: bold, slanted, centred, right."""
    found = _own_style(holder)
    filled = [node for node in run if one_line(plain(node))]
    while len(filled) == 1 and filled[0].tag != "-text":
        found |= _own_style(filled[0])
        inside = children(filled[0])
        filled = [child for child in inside if one_line(plain(child))]
    return frozenset(found)


def _own_style(node: LexborNode) -> set[str]:
    names = ("style", "align", "class")
    said = " ".join(attribute(node, name) for name in names).lower()
    found = {style for word, style in _CSS_STYLES if word in said}
    if node.tag in _TAG_STYLES:
        found.add(_TAG_STYLES[node.tag])
    return found
