"""What is cut off the blocks of an article that was found, not named by a selector."""

from __future__ import annotations

import re

from syndicate.gather.blocks import Block, Kind
from syndicate.gather.byline import authors_in, is_signature
from syndicate.gather.page import attribute, is_file, marks

_FIRST = 5
"""How many first blocks may hold the writer's portrait."""


def without_boxes_after(blocks: list[Block]) -> list[Block]:
    """Without a box that has a heading of its own and follows the element of the text.

    Most of the text must stand in that one element, and the heading outside of it.
    """
    weights: dict[int, int] = {}
    for block in blocks:
        around = _holder(block)
        weights[around] = weights.get(around, 0) + len(block.text)
    main = max(weights, key=lambda each: weights[each], default=0)
    whole = sum(weights.values())
    if not whole or weights[main] < 0.6 * whole:
        return blocks
    last = max(at for at, block in enumerate(blocks) if _holder(block) == main)
    for at in range(last + 1, len(blocks)):
        if blocks[at].kind is Kind.HEADING:
            return blocks[:at]
    return blocks


def _holder(block: Block) -> int:
    """What a paragraph stands in; of text without paragraphs its own element."""
    around = block.node.parent if block.node.tag in _PARAGRAPHS else block.node
    return around.mem_id if around is not None else 0


_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "figure"})


def is_file_line(block: Block) -> bool:
    """A line that is a link to a file, with its size at most."""
    if block.links < 0.4 * len(block.text) or len(block.text) > 300:
        return False
    links = block.node.css("a[href]")
    own = [block.node] if block.node.tag == "a" else links
    return bool(own) and all(is_file(attribute(a, "href")) for a in own)


_FACE = re.compile(r"avatar|author|profile|rounded-full|circle|gravatar|tac-?gia")


def without_face(blocks: list[Block]) -> tuple[list[Block], tuple[str, ...]]:
    """Take away a small portrait above the text and the name beside it."""
    for at, block in enumerate(blocks[:_FIRST]):
        if block.kind is not Kind.IMAGE:
            continue
        beside = blocks[at + 1] if at + 1 < len(blocks) else None
        node = block.pictures[0].node
        said = marks(node) + " " + (marks(node.parent) if node.parent else "")
        if not _FACE.search(said):
            continue
        named = beside is not None and is_signature(beside.text)
        if beside is not None and named:
            return [*blocks[:at], *blocks[at + 2 :]], authors_in(beside.text)
        return [*blocks[:at], *blocks[at + 1 :]], ()
    return blocks, ()


_GALLERY = re.compile(
    r"(?:một số|những|các|chùm|some|more)?\s*(?:hình ảnh|ảnh|photos?|pictures?)\b"
    r"[^.]{0,60}:?",
    re.IGNORECASE,
)


def without_gallery_heads(blocks: list[Block]) -> list[Block]:
    """A line like "Một số hình ảnh:" between the text and its pictures says nothing."""
    return [
        block
        for at, block in enumerate(blocks)
        if not (
            len(block.text.split()) <= 8
            and at + 1 < len(blocks)
            and blocks[at + 1].kind is Kind.IMAGE
            and _GALLERY.fullmatch(block.text)
        )
    ]


def without_last_heads(blocks: list[Block]) -> list[Block]:
    """A heading with nothing below it heads what is not of the article."""
    end = len(blocks)
    while end > 1 and blocks[end - 1].kind is Kind.HEADING:
        end -= 1
    return blocks[:end]
