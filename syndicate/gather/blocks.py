"""An element read as the blocks a reader sees: paragraphs, pictures, captions.

Markup of portals is wild (paragraphs in tables in spans in divs, or one ``<div>`` with
``<br>``); blocks are flat, in order, and each is one line of thought.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from selectolax.lexbor import LexborNode

from syndicate.gather.page import (
    BREAKS,
    attribute,
    children,
    is_icon,
    marks,
    node_text,
)
from syndicate.gather.sitewords import CHROME_TAGS
from syndicate.gather.styles import plain, style_of
from syndicate.text.clean import one_line
from syndicate.text.html import escape

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SKIPPED = (CHROME_TAGS - {"label", "map"}) | {"-comment", "head", "hr"}
_CAPTION_MARKS = (
    "caption",
    "chuthich",
    "chu-thich",
    "chu_thich",
    "imagedesc",
    "image-desc",
    "img-desc",
    "imgdesc",
    "photo-desc",
    "picdesc",
    "pic-desc",
    "desc-img",
    "desc_image",
    "ghichuanh",
    "anh-chu",
)
_MAX_DEPTH = 150
_LAYOUT_CELL = 300


class Kind(StrEnum):
    """What a block is."""

    TEXT = "p"
    HEADING = "h3"
    ITEM = "li"
    QUOTE = "blockquote"
    IMAGE = "image"
    CAPTION = "caption"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An ``<img>`` as it stands in the page."""

    node: LexborNode
    alt: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading, item, picture, caption or table.

    ``node`` is the innermost element that holds it; ``links`` is how many of its
    characters are link text; ``style`` says how all of it is set: ``bold``,
    ``slanted``, ``centred``, ``right``.
    """

    kind: Kind
    node: LexborNode
    html: str = ""
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    links: int = 0
    style: frozenset[str] = frozenset()
    start: int = 0
    """``mem_id`` of the first node in it, for telling what stands before what."""


@dataclass(slots=True)
class _Reading:
    """Where a walk stands."""

    left_out: frozenset[int]
    captions: frozenset[int]
    blocks: list[Block] = field(default_factory=list)
    run: list[LexborNode] = field(default_factory=list)


def read_blocks(
    node: LexborNode,
    *,
    left_out: frozenset[int] = frozenset(),
    captions: frozenset[int] = frozenset(),
) -> list[Block]:
    """Read ``node`` as blocks, in order.

    ``left_out`` and ``captions`` are ``mem_id``s of elements to leave out, and of
    those known to be captions.
    """
    reading = _Reading(left_out=left_out, captions=captions)
    if node.mem_id not in left_out:
        _walk(node, Kind.TEXT, reading, 0)
    return reading.blocks


def _walk(node: LexborNode, kind: Kind, reading: _Reading, depth: int) -> None:
    if node.mem_id in reading.captions or _is_caption(node):
        kind = Kind.CAPTION
    if depth > _MAX_DEPTH:
        reading.run.append(node)
        _flush(node, kind, reading)
        return
    for child in children(node):
        left_out = child.mem_id in reading.left_out or child.tag in _SKIPPED
        if left_out or _is_film_note(child):
            continue
        if child.tag == "br":
            _flush(node, kind, reading)
        elif _is_inline(child, reading):
            reading.run.append(child)
        else:
            _flush(node, kind, reading)
            _enter(child, kind, reading, depth)
    _flush(node, kind, reading)


def _enter(child: LexborNode, kind: Kind, reading: _Reading, depth: int) -> None:
    if child.tag == "table" and not _is_layout(child):
        _add_table(child, reading)
        return
    inner = Kind.CAPTION if _frames_picture(child) else _kind_of(child)
    if kind is Kind.CAPTION or (inner is Kind.TEXT and kind is not Kind.TEXT):
        inner = kind
    _walk(child, inner, reading, depth + 1)


def _frames_picture(node: LexborNode) -> bool:
    """A figure or a small table around a picture: its words are the caption."""
    if node.tag not in {"figure", "table"}:
        return False
    if all(is_icon(image) for image in node.css("img")):
        return False
    return len(node_text(node).split()) <= 60


def _kind_of(node: LexborNode) -> Kind:
    tag = node.tag or ""
    if tag in _HEADINGS:
        return Kind.HEADING
    if tag in {"figcaption", "caption"}:
        return Kind.CAPTION
    if tag in {"li", "dd", "dt"}:
        return Kind.ITEM
    return Kind.QUOTE if tag == "blockquote" else Kind.TEXT


def _is_caption(node: LexborNode) -> bool:
    """By its class; a box around picture *and* caption bears such a class too."""
    said = marks(node)
    if not any(mark in said for mark in _CAPTION_MARKS):
        return False
    return len(node_text(node).split()) <= 120


def _is_film_note(node: LexborNode) -> bool:
    """The line under a film, which does not come with us."""
    said = marks(node)
    return "video" in said and "caption" in said


def _is_inline(node: LexborNode, reading: _Reading) -> bool:
    if node.tag == "-text":
        return True
    if node.tag in BREAKS or node.mem_id in reading.captions or _is_caption(node):
        return False
    return not any(
        each.tag in BREAKS
        or each.mem_id in reading.left_out
        or each.mem_id in reading.captions
        for each in node.traverse()
        if each.mem_id != node.mem_id
    )


def _is_layout(table: LexborNode) -> bool:
    """A table that arranges things (a picture over its caption, a whole text)."""
    rows = table.css("tr")
    cells = [len(row.css("td, th")) for row in rows]
    # An element's own selection holds the element itself.
    if max(cells, default=0) <= 1 or len(table.css("table")) > 1:
        return True
    longest = max((len(node_text(cell)) for cell in table.css("td")), default=0)
    pictured = table.css_first("img") is not None
    return longest > _LAYOUT_CELL or (pictured and len(rows) <= 3)


def _add_table(table: LexborNode, reading: _Reading) -> None:
    rows = [[node_text(cell) for cell in row.css("td, th")] for row in table.css("tr")]
    lines = [" ".join(filter(None, row)) for row in rows]
    text = "\n".join(line for line in lines if line)
    if text:
        cells = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        html = f"<table>{cells}</table>"
        reading.blocks.append(
            Block(
                kind=Kind.TABLE,
                node=table,
                html=html,
                text=text,
                links=_link_length([table]),
                start=table.mem_id,
            )
        )


def _flush(holder: LexborNode, kind: Kind, reading: _Reading) -> None:
    """Make blocks of what was gathered: pictures first, then the line of text."""
    run, reading.run = reading.run, []
    if not run:
        return
    pictures = tuple(_pictures(run))
    if pictures:
        reading.blocks.append(
            Block(
                kind=Kind.IMAGE,
                node=holder,
                pictures=pictures,
                start=pictures[0].node.mem_id,
            )
        )
    words = [node for node in run if not _is_picture_only(node)]
    parts = list(zip(_spaces(words), words, strict=True))
    text = one_line("".join(space + plain(node) for space, node in parts))
    if not text:
        return
    reading.blocks.append(
        Block(
            kind=kind,
            node=holder,
            html="".join(space + (node.html or "") for space, node in parts).strip(),
            text=text,
            links=_link_length(words),
            style=style_of(holder, words),
            start=words[0].mem_id,
        )
    )


_TIGHT = frozenset({"sup", "sub", "-comment"})


def _spaces(run: list[LexborNode]) -> list[str]:
    """What to put before each node: a space where only a style sheet has one.

    "Cửa Sông" + "Sau hai năm", "Kinh tế" + "12/10/2026": a capital or a figure right
    after a word in small letters; or two elements with classes of their own. Other
    pieces may be halves of one word, as word processors leave them.
    """
    found: list[str] = []
    before, last = "", None
    for node in run:
        text = plain(node)
        opens = text[:1].isupper() or text[:1].isdigit()
        end = before[-2:]
        word = len(end) == 2 and (end.isdigit() or (end[1].islower() and end.isalpha()))
        is_text = node.tag == "-text" and (last is None or last.tag == "-text")
        apart = not is_text and node.tag not in _TIGHT
        # Two figures side by side are one number.
        one = end.isdigit() and text[:1].isdigit()
        found.append(
            " "
            if (opens and word and apart and not one) or _are_apart(last, node)
            else ""
        )
        before, last = text or before, node
    return found


def _are_apart(one: LexborNode | None, other: LexborNode) -> bool:
    """Two elements with two classes: what a style sheet sets side by side."""
    if one is None or one.tag == "-text" or other.tag == "-text":
        return False
    first, second = attribute(one, "class"), attribute(other, "class")
    return bool(first and second and first != second)


def _pictures(run: list[LexborNode]) -> Iterator[Picture]:
    for node in run:
        if node.tag == "-text":
            continue
        images = [node] if node.tag == "img" else node.css("img")
        for image in {each.mem_id: each for each in images}.values():
            if is_icon(image):
                continue
            yield Picture(
                node=image,
                alt=one_line(attribute(image, "alt")),
                title=one_line(attribute(image, "title")),
            )


def _is_picture_only(node: LexborNode) -> bool:
    if node.tag == "-text":
        return False
    pictured = node.tag == "img" or node.css_first("img") is not None
    return pictured and not one_line(plain(node))


def _link_length(nodes: list[LexborNode]) -> int:
    total = 0
    for node in nodes:
        if node.tag == "-text":
            continue
        anchors = [node] if node.tag == "a" else node.css("a[href]")
        total += sum(len(node_text(anchor)) for anchor in anchors)
    return total
