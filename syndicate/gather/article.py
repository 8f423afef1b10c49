"""One article page becomes a raw entry, by selectors or by what pages are like.

Selectors of the source come first, each of them optional; what none of them names is
found: schema.org and OpenGraph, the headline, the block of text after it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.errors import ParseError
from syndicate.gather.attached import documents_in
from syndicate.gather.blocks import Block, Kind, read_blocks
from syndicate.gather.body import Body, cut_signature, sort_out, write_html
from syndicate.gather.byline import authors_in, credit_of, is_post
from syndicate.gather.cover import cover_of, is_about
from syndicate.gather.fallback import surest
from syndicate.gather.furniture import (
    cards_in,
    is_about_others,
    is_chrome,
    is_side_column,
)
from syndicate.gather.infoline import names_author
from syndicate.gather.listing import ListedLink
from syndicate.gather.locate import is_running
from syndicate.gather.metadata import Metadata, read_metadata
from syndicate.gather.page import (
    ancestors,
    base_of,
    halved,
    node_lines,
    node_text,
    parse_page,
)
from syndicate.gather.pagedates import date_claims
from syndicate.gather.places import Places, find_places
from syndicate.gather.sitewords import CHROME_TAGS
from syndicate.gather.trim import without_boxes_after
from syndicate.gather.trouble import trouble
from syndicate.model import DateClaim, DateOrigin, RawEntry, Source
from syndicate.text.clean import key_text, one_line

_SHORTEST = 40
_LONG = 600
"""Characters of text with which a page is no challenge and no error."""
_MOST = 0.7
"""The part of a body that cannot all be there for the site."""
_AUTHOR_SELECTORS = (
    "[rel~=author], [itemprop~=author], .author .fn, .byline, .article-author,"
    " .article__author, .author-name, .post-author, .entry-author, .detail-author,"
    " .news-author, .author, .tacgia, .tac-gia, .nguoidang, .nguoi-dang"
)
_SITE_SUFFIX = re.compile(r"\s+[|»·]\s+|\s+[-–—]\s+|\s*::\s*")


def parse_article(
    body: bytes,
    *,
    url: str,
    source: Source,
    listed: ListedLink | None,
    content_type: str = "",
) -> RawEntry:
    """Read the article that stands at ``url``; ``listed`` is its link's company.

    Raises ParseError for a page that holds none: empty, a challenge, a login, or with
    neither a title nor text. Of an article without any text the title is kept.
    """
    tree = parse_page(body, url=url, content_type=content_type)
    base = base_of(tree, url)
    meta = read_metadata(tree, base)
    places = find_places(tree, url, source, meta, listed)
    title = _title(tree, places, meta, listed)
    sorted_out = _body(places, source, url, title)
    if places.found:
        sorted_out = surest(tree, sorted_out, title=title)
    _check(tree, url, title, sorted_out)
    lead = _lead(places, source, url)
    listed_image = listed.image if listed else ""
    blocks = _with_lead(sorted_out.blocks, lead)
    return RawEntry(
        source=source.key,
        url=url,
        title=title,
        html=write_html(blocks, base),
        lead=lead.text if lead else (listed.lead if listed else ""),
        authors=_authors(places, sorted_out, meta),
        credit=_credit(places, sorted_out),
        dates=date_claims(
            tree,
            url=url,
            source=source,
            meta=meta,
            listed=listed.date if listed else None,
            places=(places.root, places.title, places.dates, sorted_out.date_lines),
        ),
        updated=_updated(meta),
        captions=_captions(places, sorted_out),
        image=cover_of(
            blocks,
            sorted_out.captions,
            said=(meta.image if is_about(meta.title, title) else "", listed_image),
            base=base,
        ),
        enclosures=documents_in(places.root, base),
        language=meta.language,
    )


def _title(
    tree: LexborHTMLParser,
    places: Places,
    meta: Metadata,
    listed: ListedLink | None,
) -> str:
    shown = halved(node_text(places.title)) if places.title is not None else ""
    if shown:
        return shown
    said = listed.title if listed else ""
    if said and not said.endswith(("…", "...")):
        return said
    head = tree.css_first("title")
    whole = meta.title or (node_text(head) if head is not None else "")
    return _without_site(one_line(whole), meta.site) or said


def _without_site(title: str, site: str) -> str:
    """Take the site's name off the end of a title ("… | Báo Cửu Hà")."""
    parts = list(_SITE_SUFFIX.finditer(title))
    if not parts:
        return title
    last = parts[-1]
    rest = title[last.end() :]
    named = key_text(rest) == key_text(site) if site else last[0].strip() in "|»·::"
    return title[: last.start()].strip() if named else title


def _body(places: Places, source: Source, url: str, title: str) -> Body:
    apart = [places.title, places.lead, *places.authors, *places.credits]
    apart += places.dates
    holders = {
        around.mem_id for body in places.bodies for around in (body, *ancestors(body))
    }
    left_out = {node.mem_id for node in apart if node is not None} - holders
    for body in places.bodies:
        left_out |= _chrome_in(body, places)
    blocks: list[Block] = []
    for body in places.bodies:
        blocks += read_blocks(
            body,
            left_out=frozenset(left_out | places.dropped),
            captions=places.captions,
        )
    if places.found and places.title is not None:
        blocks = _after(blocks, places.title, places.root)
    if places.found:
        blocks = without_boxes_after(blocks)
    sorted_out = sort_out(blocks, title=title, found=places.found)
    pattern = _signature(source, url)
    cut = list(sorted_out.blocks)
    # A lead in the body may stand before the paragraph that is signed.
    for at in [i for i, block in enumerate(cut) if block.text][:2]:
        cut[at] = cut_signature(cut[at], pattern)
    return replace(sorted_out, blocks=tuple(cut))


_SIGNED = re.compile(
    r"\(\s*(?:[A-ZĐ]{2,8}|[A-Za-zĐđ]+(?:\.[A-Za-z]+)*\.[a-z]{2,8})\s*\)\s*[-–—:]\s*"
    r"|(?!(?:UBND|HĐND|UBMTTQ|MTTQ|HTX|CLB|THPT|THCS|GDP|ODA|FDI|XII?I?|XIV|XV) )"
    r"[A-ZĐ]{2,7} [-–—] (?=[A-ZÀ-ỸĂÂĐÊÔƠƯ“\"])"
)
"""What portals put before the first sentence: "(BCH) - ", "BCH - "."""


def _signature(source: Source, url: str) -> re.Pattern[str]:
    expression = source.selectors.signature
    try:
        return re.compile(expression) if expression else _SIGNED
    except re.error as error:
        raise ParseError(
            url, f"selectors.signature is no regular expression: {error}"
        ) from error


def _chrome_in(body: LexborNode, places: Places) -> set[int]:
    """What stands inside the body for the site; never most of the body itself."""
    whole = len(node_text(body))
    kept = set(places.captions)
    if places.title is not None:
        kept |= {places.title.mem_id, *(n.mem_id for n in ancestors(places.title))}
    found: set[int] = set()
    gone = 0
    cards = cards_in(body) if places.found else set()
    for node in body.traverse():
        if node.mem_id == body.mem_id or node.mem_id in kept:
            continue
        aside = places.found and (is_side_column(node) or node.mem_id in cards)
        if not (is_chrome(node) or aside):
            continue
        size = len(node.text(deep=True) or "")
        if size <= 0.5 * whole or whole < 200:
            gone += (
                0 if node.parent is not None and node.parent.mem_id in found else size
            )
            found.add(node.mem_id)
    # Page builders keep each paragraph in a "widget": what is nearly all is the text.
    return found if gone <= _MOST * whole or whole < 200 else _without_text(body, found)


def _without_text(body: LexborNode, chrome: set[int]) -> set[int]:
    """Of ``chrome`` what does not hold running text."""
    return {
        node.mem_id
        for node in body.traverse()
        if node.mem_id in chrome and (node.tag in CHROME_TAGS or not is_running(node))
    }


def _after(
    blocks: list[Block], title: LexborNode, root: LexborNode | None
) -> list[Block]:
    """The blocks that follow the title in the document."""
    if root is None:
        return blocks
    order = {
        node.mem_id: at for at, node in enumerate(root.traverse(include_text=True))
    }
    start = order.get(title.mem_id, -1)
    return [block for block in blocks if order.get(block.start, start) >= start]


def _check(tree: LexborHTMLParser, url: str, title: str, body: Body) -> None:
    if body.length >= _LONG:
        return
    other = trouble(tree)
    if other:
        raise ParseError(url, f"not an article but {other}")
    if body.length < _SHORTEST and not title:
        raise ParseError(url, "no article on this page: neither a title nor text")


def _lead(places: Places, source: Source, url: str) -> Block | None:
    if places.lead is None:
        return None
    blocks = [
        block
        for block in read_blocks(places.lead, left_out=places.dropped)
        if block.text and block.kind is not Kind.CAPTION
    ]
    if not blocks:
        return None
    opening = cut_signature(blocks[0], _signature(source, url))
    texts = [opening.text, *(block.text for block in blocks[1:])]
    htmls = [opening.html, *(block.html for block in blocks[1:])]
    return replace(opening, kind=Kind.TEXT, text=" ".join(texts), html=" ".join(htmls))


def _with_lead(blocks: tuple[Block, ...], lead: Block | None) -> tuple[Block, ...]:
    """The lead opens the text, unless the text opens with it already."""
    if lead is None:
        return blocks
    opening = next((block.text for block in blocks if block.text), "")
    if key_text(opening).startswith(key_text(lead.text)[:200]):
        return blocks
    return (lead, *blocks)


def _authors(places: Places, body: Body, meta: Metadata) -> tuple[str, ...]:
    lines = [line for node in places.authors for line in node_lines(node)]
    named = [
        name
        for at, line in enumerate(lines)
        if not (at and is_post(line))
        for name in authors_in(line)
    ]
    if named:
        return tuple(dict.fromkeys(named))
    marked = body.authors or _marked_authors(places)
    if marked:
        return marked
    return tuple(
        name
        for said in meta.authors
        if key_text(said) != key_text(meta.site)
        for name in authors_in(said)
    )


def _captions(places: Places, body: Body) -> tuple[str, ...]:
    """Those of the text, and those that the selector finds outside of it."""
    inside = {
        node.mem_id
        for each in places.bodies
        for node in each.traverse()
        if node.mem_id in places.captions
    }
    around = places.root.traverse() if places.root is not None else ()
    others = [
        node_text(node)
        for node in around
        if node.mem_id in places.captions - inside - places.dropped
    ]
    return tuple(dict.fromkeys(filter(None, (*others, *body.captions))))


def _marked_authors(places: Places) -> tuple[str, ...]:
    """Names that the page marks as the author's, outside of boxes about others."""
    if places.root is None or places.root.tag == "body":
        return ()
    for node in places.root.css(_AUTHOR_SELECTORS):
        around = [node, *ancestors(node)]
        inner = [each for each in around if each.mem_id != places.root.mem_id]
        depth = len(inner) - len(list(ancestors(places.root)))
        if any(is_about_others(each) for each in inner[:depth]):
            continue
        names = names_author(node_text(node))
        if names:
            return names
    return ()


def _credit(places: Places, body: Body) -> str:
    chosen = next((text for n in places.credits if (text := node_text(n))), "")
    if chosen or body.credit:
        return chosen or body.credit
    if places.root is None or places.found:
        return ""
    # "Nguồn tin:" often stands below the body's element.
    lines = (line for line in node_lines(places.root) if ":" in line[:20])
    return next((line for line in lines if credit_of(line)), "")


def _updated(meta: Metadata) -> DateClaim | None:
    if not meta.updated:
        return None
    return DateClaim(raw=meta.updated, origin=DateOrigin.META)
