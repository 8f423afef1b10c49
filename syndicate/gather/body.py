"""Blocks of an article become its body: captions, bylines and furniture apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import groupby

from selectolax.lexbor import LexborHTMLParser

from syndicate.gather.blocks import Block, Kind, read_blocks
from syndicate.gather.byline import (
    authors_in,
    credit_of,
    is_office,
    is_signature,
    opens_with_author,
)
from syndicate.gather.dateline import is_date_line
from syndicate.gather.furniture import (
    ends_article,
    is_furniture,
    is_imprint,
    is_see_also,
)
from syndicate.gather.infoline import read_info
from syndicate.gather.page import image_address
from syndicate.gather.trim import (
    is_file_line,
    without_face,
    without_gallery_heads,
    without_last_heads,
)
from syndicate.text.clean import key_text
from syndicate.text.html import escape

_CAPTION_WORDS = 60
_PHOTO_CREDIT = re.compile(r"^\(?\s*(?:ảnh|photo|hình|nguồn ảnh|ảnh minh họa)\b", re.I)
_PHOTO_CREDIT_END = re.compile(
    r"(?:ảnh|photo)\s*:\s*[^.]{1,60}\.?\)?$|\(ảnh[^()]*\)$", re.I
)
_SENTENCE_END = (".", "!", "?", ":", ";", "”.", "…")
_CAPTIONED = ("<figcaption", "wp-caption-text", 'class="caption')
_HEAD = 5
"""How many first blocks may be dates, bylines and counters."""
_TAIL = 8
"""How many last blocks may be bylines, dates and the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An article's blocks, sorted out; ``date_lines`` stood at its ends."""

    blocks: tuple[Block, ...]
    captions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    credit: str = ""
    date_lines: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """Characters of text."""
        return sum(len(block.text) for block in self.blocks)


def sort_out(blocks: Sequence[Block], *, title: str, found: bool) -> Body:
    """Take apart what stands in an article block.

    ``found``: no selector named the body, so lists of links and lines that head
    other articles are expected in it.
    """
    kept = without_gallery_heads(_without_furniture(blocks, found))
    kept, face = without_face(kept)
    kept = _with_captions(kept)
    captions = _captions(kept)
    words = [block for block in kept if block.kind is not Kind.CAPTION]
    words = _without_repeats(_without_title(words, title))
    words, head_dates, named = _without_info(words)
    words, head_authors = _without_author(words)
    words, tail = _without_tail(words)
    if found:
        words = without_last_heads(words)
    return Body(
        blocks=tuple(words),
        captions=captions,
        authors=tail.authors or head_authors or named or face,
        credit=tail.credit,
        date_lines=(*head_dates, *tail.date_lines),
    )


def _without_furniture(blocks: Sequence[Block], found: bool) -> list[Block]:
    kept: list[Block] = []
    total = sum(len(block.text) for block in blocks)
    so_far = 0
    for block in blocks:
        # What heads other articles ends this one, unless most of it is to come.
        enough = 2 * so_far >= total or not found
        over = ends_article(block.text) or (found and is_imprint(block.text))
        if over and enough and kept:
            break
        linked = block.links > 0.7 * len(block.text)
        if found and linked and block.kind is not Kind.TABLE:
            continue
        if block.text and (_is_of_the_site(block) or (found and is_file_line(block))):
            continue
        kept.append(block)
        so_far += len(block.text)
    return kept


def _is_of_the_site(block: Block) -> bool:
    text = block.text
    if is_furniture(text) or ends_article(text) or is_see_also(text, block.links):
        return True
    return not any(letter.isalnum() for letter in text)


def _with_captions(blocks: list[Block]) -> list[Block]:
    """Mark as captions the paragraphs that are some picture's."""
    alts = {
        key_text(text)
        for block in blocks
        for picture in block.pictures
        for text in (picture.alt, picture.title)
        if len(text.split()) >= 3
    }
    known = {key_text(b.text) for b in blocks if b.kind is Kind.CAPTION} | alts
    marked: list[Block] = []
    for block in blocks:
        caption = block.kind in {Kind.TEXT, Kind.HEADING, Kind.QUOTE} and (
            key_text(block.text) in known or _is_under_picture(block, marked)
        )
        marked.append(replace(block, kind=Kind.CAPTION) if caption else block)
    return marked


def _is_under_picture(block: Block, before: list[Block]) -> bool:
    """Say whether an unmarked paragraph is the caption of the picture above it."""
    words = len(block.text.split())
    if not before or words > _CAPTION_WORDS or block.kind is Kind.HEADING:
        return False
    above = before[-1]
    if above.kind is Kind.CAPTION:
        # One caption a picture, and perhaps who took it.
        same = key_text(above.text) == key_text(block.text)
        return same or (words <= 8 and bool(_PHOTO_CREDIT.match(block.text)))
    return above.kind is Kind.IMAGE and _reads_as_caption(block)


def _reads_as_caption(block: Block) -> bool:
    text = block.text
    credited = _PHOTO_CREDIT.match(text) or _PHOTO_CREDIT_END.search(text)
    if credited or block.style & {"slanted", "centred"}:
        return True
    unfinished = not text.endswith(_SENTENCE_END) and len(text.split()) >= 5
    return unfinished and "bold" not in block.style


def _captions(blocks: Iterable[Block]) -> tuple[str, ...]:
    texts = [block.text for block in blocks if block.kind is Kind.CAPTION]
    unique = {key_text(text): text for text in reversed(texts)}
    return tuple(text for text in dict.fromkeys(texts) if text in unique.values())


def _without_title(blocks: list[Block], title: str) -> list[Block]:
    key = key_text(title)
    first = next((at for at, block in enumerate(blocks) if block.text), None)
    if first is None or not key or key_text(blocks[first].text) != key:
        return blocks
    return [*blocks[:first], *blocks[first + 1 :]]


def _without_repeats(blocks: list[Block]) -> list[Block]:
    """A paragraph that equals its neighbour was printed twice."""
    kept: list[Block] = []
    for block in blocks:
        last = next((each for each in reversed(kept) if each.text), None)
        if last is None or not block.text or block.text != last.text:
            kept.append(block)
    return kept


def _without_info(
    blocks: list[Block],
) -> tuple[list[Block], list[str], tuple[str, ...]]:
    """Take away the first lines that say when, by whom, and how often read."""
    gone: set[int] = set()
    lines: list[str] = []
    authors: tuple[str, ...] = ()
    for block in [block for block in blocks if block.text][:_HEAD]:
        info = read_info(block.text)
        if info is not None:
            gone.add(id(block))
            lines += info.dates
            authors = authors or info.authors
    return [block for block in blocks if id(block) not in gone], lines, authors


def _without_author(blocks: list[Block]) -> tuple[list[Block], tuple[str, ...]]:
    """Take away a first line that names the author."""
    first = next((at for at, block in enumerate(blocks) if block.text), None)
    if first is None or not opens_with_author(blocks[first].text):
        return blocks, ()
    return [*blocks[:first], *blocks[first + 1 :]], authors_in(blocks[first].text)


@dataclass(slots=True)
class _Tail:
    authors: tuple[str, ...] = ()
    credit: str = ""
    date_lines: tuple[str, ...] = ()


def _without_tail(blocks: list[Block]) -> tuple[list[Block], _Tail]:
    """Take away the last lines that say who wrote it, from where, and when."""
    tail = _Tail()
    kept = list(blocks)
    for _ in range(_TAIL):
        at = next((i for i in reversed(range(len(kept))) if kept[i].text), None)
        # The last paragraph of all is text, whatever it looks like.
        if at is None or sum(1 for block in kept if block.text) < 2:
            break
        before = next((kept[i] for i in reversed(range(at)) if kept[i].text), None)
        if not _take(kept[at], before, tail):
            break
        del kept[at]
    return kept, tail


def _take(block: Block, before: Block | None, tail: _Tail) -> bool:
    """Note what a last line says in ``tail``; False if it is of the text."""
    line = block.text
    credit = credit_of(line)
    if credit and not tail.credit:
        tail.credit = credit
        return True
    if is_date_line(line):
        tail.date_lines = (line, *tail.date_lines)
        return True
    if block.kind in {Kind.ITEM, Kind.TABLE} or tail.authors:
        return False
    stressed = bool(block.style & {"bold", "right", "slanted"})
    above = before is not None and is_signature(before.text, stressed=stressed)
    # The person stands in the line above; the post is no second author.
    office = above and before is not None and is_office(line, before.text)
    signed = is_signature(line, stressed=stressed)
    if signed and not office:
        # "Người đăng: admin" names nobody, and is no text either.
        tail.authors = authors_in(line)
    return signed or office


def cut_signature(block: Block, pattern: re.Pattern[str]) -> Block:
    """Take the portal's signature ("BDK - ") off the start of a block."""
    matched = pattern.match(block.text)
    if not matched or not matched.end():
        return block
    return replace(
        block,
        text=block.text[matched.end() :].strip(),
        html=_cut_html(block.html, matched[0]),
    )


_TOKEN = re.compile(r"<[^<>]*>|&#?\w+;|.", re.DOTALL)


def _cut_html(html: str, prefix: str) -> str:
    """Drop the characters of ``prefix`` from the start of ``html``, not its tags."""
    left = sum(1 for character in prefix if not character.isspace())
    tags: list[str] = []
    for token in _TOKEN.finditer(html):
        shown = token[0]
        if shown.startswith("<") and len(shown) > 1:
            tags.append(shown)
        elif not left and not unescape(shown).isspace():
            return "".join(tags) + html[token.start() :]
        elif not unescape(shown).isspace():
            left -= 1
    return "".join(tags)


def without_captions(html: str, base: str) -> tuple[str, tuple[str, ...]]:
    """HTML of a feed entry without its captions, and these."""
    body = LexborHTMLParser(html).body
    if body is None or not any(mark in html.lower() for mark in _CAPTIONED):
        return html, ()
    blocks = _with_captions(read_blocks(body))
    words = [block for block in blocks if block.kind is not Kind.CAPTION]
    return write_html(words, base), _captions(blocks)


def write_html(blocks: Iterable[Block], base: str) -> str:
    """Blocks as plain, flat HTML; captions are left out."""
    written: list[str] = []
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        pieces = [_written(block, base) for block in group]
        joined = "\n".join(piece for piece in pieces if piece)
        if joined:
            written.append(f"<ul>\n{joined}\n</ul>" if kind is Kind.ITEM else joined)
    return "\n".join(written)


def _written(block: Block, base: str) -> str:
    match block.kind:
        case Kind.CAPTION:
            return ""
        case Kind.TABLE:
            return block.html
        case Kind.IMAGE:
            return "".join(
                f'<p><img src="{escape(address)}" alt="{escape(picture.alt)}"></p>'
                for picture in block.pictures
                if (address := image_address(picture.node, base))
            )
        case Kind.QUOTE:
            return f"<blockquote><p>{block.html}</p></blockquote>"
        case _:
            return f"<{block.kind}>{block.html}</{block.kind}>"
