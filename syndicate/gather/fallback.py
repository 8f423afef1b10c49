"""An article's body by trafilatura, for pages that our own reader is not sure of.

The library's one door. It takes most of a second to import and some milliseconds a
page, so both happen only where :func:`is_certain` says no, in a worker process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.blocks import Kind, read_blocks
from syndicate.gather.body import Body, sort_out
from syndicate.gather.locate import weigh
from syndicate.gather.trouble import trouble
from syndicate.text.clean import key_text

_CERTAIN = 600
"""Characters of text after which nobody else is asked."""
_PARAGRAPHS = 3
_LINKED = 0.3
"""The part of a body that may be link text."""
_LONGEST = 1_000_000
_SHORTEST = 300
_LINE = 80
_GAIN = 1.6
"""How much longer the other reader's text must be."""
_SHARED = 0.5
"""The part of our paragraphs that it must have too: else it read something else."""


def surest(tree: LexborHTMLParser, ours: Body, *, title: str) -> Body:
    """Our reading; where that is not certain, the better one of two."""
    root = tree.body
    if (
        root is None
        or is_certain(ours, lambda: _weight_of(root, ours))
        or trouble(tree)
    ):
        return ours
    theirs = read_again(tree.html or "", title=title)
    if theirs is None or not is_better(theirs, ours):
        return ours
    return replace(
        theirs,
        authors=ours.authors or theirs.authors,
        credit=ours.credit or theirs.credit,
        captions=ours.captions or theirs.captions,
        date_lines=ours.date_lines,
    )


def _weight_of(root: LexborNode, ours: Body) -> int:
    """Characters to read on the page; where we read none, all that it has."""
    if ours.length >= _SHORTEST:
        return weigh(root)
    return sum(len(p.text(deep=True) or "") for p in root.css("p, td")[:200])


def is_certain(body: Body, weigh_page: Callable[[], int]) -> bool:
    """Say whether our own reading can be trusted.

    A body of three paragraphs and 600 characters that is hardly linked is an article;
    a shorter one is, where the page has not much more to read. ``weigh_page`` counts
    the characters of paragraphs of the whole page; asked only where it matters.
    """
    texts = [block for block in body.blocks if block.text]
    linked = sum(block.links for block in texts) > _LINKED * body.length
    if body.length >= _CERTAIN and len(texts) >= _PARAGRAPHS and not linked:
        return True
    weight = weigh_page()
    if body.length < _LINE:
        return weight < _SHORTEST
    return weight <= 2 * body.length + 200 and not linked


def read_again(html: str, *, title: str) -> Body | None:
    """The body as trafilatura finds it, sorted out as ours is; None if it has none."""
    if len(html) > _LONGEST:
        return None
    from trafilatura import extract  # noqa: PLC0415 -- 0.9 s, seldom needed

    found = extract(
        html,
        fast=True,
        include_comments=False,
        include_images=False,
        include_links=True,
        output_format="html",
    )
    tree = LexborHTMLParser(found or "")
    if tree.body is None:
        return None
    body = sort_out(read_blocks(tree.body), title=title, found=True)
    return body if body.length else None


def is_better(theirs: Body, ours: Body) -> bool:
    """Say whether the other reading is to be taken.

    It must be running text of 300 characters and two paragraphs, be 1.6 times as long
    as ours, begin where ours begins, and have half of our paragraphs; unless ours is
    no more than a line.
    """
    texts = [block for block in theirs.blocks if block.text]
    linked = sum(block.links for block in texts) > _LINKED * theirs.length
    if linked or len(texts) < 2 or theirs.length < max(_SHORTEST, _GAIN * ours.length):
        return False
    own, other = _paragraphs(ours), _paragraphs(theirs)
    if ours.length < _LINE or not own:
        return True
    # What stands before our first paragraph is a note of the editors, or another's.
    begins = own[0] in other[:2]
    return begins and len(set(own) & set(other)) >= _SHARED * len(own)


def _paragraphs(body: Body) -> list[str]:
    return [
        key_text(block.text)
        for block in body.blocks
        if block.text and block.kind is not Kind.CAPTION
    ]
