"""What members of one wish get: blocks put together, and a frame around them.

The frame is rendered for each variant, for it counts what is in it; the blocks are
those of :mod:`syndicate.digest.drawing.parts`, the same objects for every variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from syndicate.digest.drawing.coding import (
    WORDS,
    Coding,
    Piece,
    crlf,
    length,
    slotted,
)
from syndicate.digest.drawing.parts import (
    Drawn,
    Parts,
    Tongue,
    arranged,
    cut,
    frame_of,
)
from syndicate.digest.drawing.render import LARGEST
from syndicate.digest.drawing.wishes import Wish, least_first, led, wished, without
from syndicate.errors import MailError
from syndicate.model import Issue

Content = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One part of a message: blocks in a row, whose row is the encoded part."""

    coding: Coding
    head: bytes
    """Not encoded, as ``foot`` and ``blocks``."""
    blocks: tuple[bytes, ...]
    foot: bytes
    pieces: tuple[Piece, ...]
    """The same, encoded, with slots for a member's own words."""

    def content(self, words: Sequence[str] = WORDS) -> str:
        """Return the part as it is read."""
        whole = b"".join((self.head, *self.blocks, self.foot)).decode("utf-8")
        for placeholder, word in zip(WORDS, words, strict=True):
            whole = whole.replace(placeholder, word)
        return whole.replace("\r\n", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """An issue as the members of one wish get it."""

    wish: Wish
    content_key: Content
    """Two variants with the same one are the same, whatever was wished for."""
    issue: Issue
    """What is left of it for them, and fits."""
    subject: str
    text_side: Side
    html_side: Side | None
    """None for those who chose text only."""

    @property
    def html(self) -> str:
        """The HTML part, with stand-ins for a member's own words; may be empty."""
        return self.html_side.content() if self.html_side else ""

    @property
    def text(self) -> str:
        """The text part, with stand-ins for a member's own words."""
        return self.text_side.content()


def content_key(parts: Parts, wish: Wish) -> Content | None:
    """Say what is in it for members of a wish; None if nothing is."""
    issue = wished(parts.issue, wish)
    if not issue.items and parts.issue.items:
        return None
    return (
        parts.language(wish.language),
        wish.text_only,
        tuple(item.uid for item in issue.items),
        issue.left_out,
        issue.documents,
    )


def variant(parts: Parts, wish: Wish, largest: int = LARGEST) -> Variant | None:
    """Put together what members of a wish get; None if nothing is in it for them.

    If the HTML part would be larger than ``largest`` bytes as it is sent, the stories
    that rank lowest go, and are counted among those on the web. Raises
    :class:`~syndicate.errors.MailError` if not even one story fits.
    """
    key = content_key(parts, wish)
    if key is None:
        return None
    wish = replace(wish, language=parts.language(wish.language))
    issue = wished(parts.issue, wish)
    tongue = parts.tongues[wish.language]
    made = _made(parts, tongue, wish, issue, key)
    if wish.text_only or _size(made, tongue) <= largest:
        return made
    dropping = least_first(issue)
    dropped = 1
    while dropped < len(dropping):
        shorter = without(issue, frozenset(dropping[:dropped]))
        made = _made(parts, tongue, wish, shorter, key)
        over = _size(made, tongue) - largest
        if over <= 0:
            return made
        room = largest - _frame(made, tongue)
        dropped = _enough(tongue, wish, issue, dropping, dropped, room)
    raise MailError(
        f"{parts.digest.key} {issue.number}: even one story makes more than"
        f" {largest} bytes of HTML"
    )


def _size(made: Variant, tongue: Tongue) -> int:
    side = made.html_side
    return _frame(made, tongue) + _row(
        tongue.blocks[block.key].html_coded
        for block in (arranged(made.issue, made.wish.language) if side else ())
    )


def _frame(made: Variant, tongue: Tongue) -> int:
    """Count the bytes of what stands around the stories, as it is sent."""
    side = made.html_side
    around = (side.head, side.foot) if side else ()
    return sum(length(chunk, tongue.html_coding) for chunk in around)


def _row(blocks: Iterable[bytes]) -> int:
    return sum(map(len, blocks))


def _enough(
    tongue: Tongue,
    wish: Wish,
    issue: Issue,
    dropping: list[str],
    dropped: int,
    room: int,
) -> int:
    """Say how many stories must go so that the others fit; at least one more."""
    while (dropped := dropped + 1) < len(dropping):
        shorter = led(without(issue, frozenset(dropping[:dropped])), wish.language)
        blocks = arranged(shorter, wish.language)
        if _row(tongue.blocks[block.key].html_coded for block in blocks) <= room:
            break
    return dropped


def _made(
    parts: Parts, tongue: Tongue, wish: Wish, issue: Issue, key: Content
) -> Variant:
    issue = led(issue, wish.language)
    told, page, text = frame_of(parts).pages(issue, tongue.templates, ())
    blocks = [tongue.blocks[one.key] for one in arranged(issue, wish.language)]
    html_side = None
    if not wish.text_only:
        head, foot = cut(page, is_html=True, blocks=0)
        html_side = _side(
            tongue.html_coding, head, foot, _html(blocks), _html_coded(blocks)
        )
    head, foot = cut(text, is_html=False, blocks=0)
    return Variant(
        wish=wish,
        content_key=key,
        issue=issue,
        subject=told,
        html_side=html_side,
        text_side=_side(
            tongue.text_coding, head, foot, _text(blocks), _text_coded(blocks)
        ),
    )


def _side(
    coding: Coding,
    head: str,
    foot: str,
    blocks: Iterator[bytes],
    encoded: Iterator[bytes],
) -> Side:
    above, below = crlf(head), crlf(foot.rstrip())
    return Side(
        coding=coding,
        head=above,
        blocks=tuple(blocks),
        foot=below,
        pieces=(*slotted(above, coding), *encoded, *slotted(below, coding)),
    )


def _html(blocks: list[Drawn]) -> Iterator[bytes]:
    return (block.html for block in blocks)


def _html_coded(blocks: list[Drawn]) -> Iterator[bytes]:
    return (block.html_coded for block in blocks)


def _text(blocks: list[Drawn]) -> Iterator[bytes]:
    return (block.text for block in blocks)


def _text_coded(blocks: list[Drawn]) -> Iterator[bytes]:
    return (block.text_coded for block in blocks)
