"""Listing pages become links, each with what the listing says of its article.

Some portals print an article's date on the listing only: title, date, lead and
picture therefore travel with the link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.errors import ParseError
from syndicate.gather.dateline import is_date_line, without_counter
from syndicate.gather.furniture import is_more
from syndicate.gather.page import (
    BREAKS,
    ancestors,
    attribute,
    base_of,
    first,
    halved,
    image_address,
    is_icon,
    node_lines,
    node_text,
    parse_page,
    select,
    spaced_text,
)
from syndicate.gather.pager import next_links
from syndicate.gather.repeated import repeated_items
from syndicate.gather.trouble import trouble
from syndicate.model import DateClaim, DateOrigin, Source
from syndicate.text import dates, urls
from syndicate.text.clean import one_line

MAX_LINKS = 500
_TITLE_WORDS = 4
_SMALL = frozenset({"span", "small", "em", "i", "b", "p", "div", "td", "time", "font"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SCRIPTED = re.compile(
    r"^\s*(?:javascript|mailto|tel|data|about):|^\s*#", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLink:
    """A link to an article, and what stood beside it."""

    url: str
    title: str = ""
    date: DateClaim | None = None
    lead: str = ""
    image: str = ""
    """Address of the thumbnail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a listing page holds; ``next_page`` is "" on the last."""

    links: tuple[ListedLink, ...]
    next_page: str = ""


def parse_listing(
    body: bytes, *, url: str, source: Source, content_type: str = ""
) -> Listing:
    """Read a listing page, by the source's selectors or by what repeats on it.

    Only links of the same site (the page's host and ``source.hosts``) count, each
    once. Raises ParseError, naming the selector that matched nothing, when no link
    was found, unless ``source.may_be_empty``: the layout has probably changed.
    """
    tree = parse_page(body, url=url, content_type=content_type)
    base = base_of(tree, url)
    hosts = _hosts(url, source)
    wanted = source.selectors.item
    if wanted:
        items = select(tree, wanted, url=url)
    else:
        items = repeated_items(
            tree,
            address_of=lambda href: urls.canonical(
                _article_url(href, base, url, hosts)
            ),
        )
    read = partial(_read, source=source, page=url, base=base, hosts=hosts)
    read_links = map(read, items[: 2 * MAX_LINKS])
    links = _once([link for link in read_links if link is not None])
    if not links and (trouble(tree) or not source.may_be_empty):
        raise ParseError(url, _nothing(tree, source, len(items)))
    return Listing(
        links=tuple(links[:MAX_LINKS]), next_page=_next_page(tree, base, url, source)
    )


def _nothing(tree: LexborHTMLParser, source: Source, items: int) -> str:
    other = trouble(tree)
    if other:
        return f"not the listing but {other}"
    chosen = source.selectors
    if not chosen.item:
        return "no list of articles found: set selectors.item, or was it the page?"
    if not items:
        return f"layout changed? the selector item = {chosen.item!r} matched nothing"
    link = f"link = {chosen.link!r}" if chosen.link else "link (the first <a>)"
    return (
        f"layout changed? item = {chosen.item!r} matched {items} times, but the"
        f" selector {link} gave no link to an article of this site"
    )


def _hosts(url: str, source: Source) -> frozenset[str]:
    addresses = (url, source.url, source.home)
    known = {urls.host(each) for each in addresses if each}
    known |= {host.lower().removeprefix("www.") for host in source.hosts}
    return frozenset(known - {""})


def _article_url(href: str, base: str, page: str, hosts: frozenset[str]) -> str:
    """The absolute address of a link that may be an article; "" if it is not."""
    if not href or _SCRIPTED.match(href):
        return ""
    address = urls.absolute(base, href)
    if not address or urls.host(address) not in hosts:
        return ""
    same = urls.canonical(address) == urls.canonical(page)
    return "" if same or address.rstrip("/").count("/") < 3 else address


def _read(
    item: LexborNode,
    *,
    source: Source,
    page: str,
    base: str,
    hosts: frozenset[str],
) -> ListedLink | None:
    chosen = source.selectors
    links = select(item, chosen.link, url=page) if chosen.link else []
    if not chosen.link:
        links = [item] if item.tag == "a" else item.css("a[href]")
    ours = [
        (address, node)
        for node in links
        if (address := _article_url(_href(node), base, page, hosts))
    ]
    if not ours:
        return None
    # A picture's link and the title's link lead to the same page.
    address, anchor = max(ours, key=lambda pair: _title_likeness(pair[1], item))
    if chosen.link:
        address, anchor = ours[0]
    picture = first(item, chosen.item_image, url=page) if chosen.item_image else item
    return ListedLink(
        url=address,
        title=_title(item, anchor, chosen.item_title, page),
        date=_date(item, source, page),
        lead=_text(item, chosen.item_lead, page),
        image=_picture(picture, base),
    )


def _title_likeness(anchor: LexborNode, item: LexborNode) -> tuple[bool, bool, int]:
    """The title's link stands in a heading, says not "Đọc thêm …", or is longest."""
    text = node_text(anchor)
    around = []
    for each in ancestors(anchor):
        if each.mem_id == item.mem_id:
            break
        around.append(each.tag)
    headed = bool(_HEADINGS & set(around)) or any(
        child.tag in _HEADINGS for child in anchor.traverse()
    )
    return headed and bool(text), not is_more(text), len(text)


def _href(node: LexborNode) -> str:
    if node.tag == "a" or attribute(node, "href"):
        return attribute(node, "href")
    inner = node.css_first("a[href]")
    return attribute(inner, "href") if inner is not None else ""


def _text(item: LexborNode, selector: str, page: str) -> str:
    node = first(item, selector, url=page) if selector else None
    return node_text(node) if node is not None else ""


def _title(item: LexborNode, anchor: LexborNode, selector: str, page: str) -> str:
    shown = _text(item, selector, page)
    if not shown:
        heading = anchor.css_first("h1, h2, h3, h4, h5, h6, strong, b")
        shown = node_text(heading) if heading is not None else _title_line(anchor)
    if is_more(shown):
        heading = item.css_first("h1, h2, h3, h4, h5, h6, strong, b")
        shown = node_text(heading) if heading is not None else shown
    full = one_line(attribute(anchor, "title"))
    cut = shown.rstrip(".… ")
    # A title cut with dots on the page stands whole in the attribute.
    if full and (not shown or (cut != shown and full.startswith(cut))):
        shown = full
    if not shown:
        image = item.css_first("img[alt]")
        shown = one_line(attribute(image, "alt")) if image is not None else ""
    return halved(shown)


def _title_line(anchor: LexborNode) -> str:
    """Of a whole card that is one link, the line that is its title."""
    lines = node_lines(anchor)
    if len(lines) < 2:
        return " ".join(lines)
    said = [each for each in lines if not is_date_line(each) and not is_more(each)]
    for at, line in enumerate(said[:4]):
        after = said[at + 1] if at + 1 < len(said) else ""
        long_enough = len(line.split()) >= _TITLE_WORDS
        if long_enough or after.endswith((".", "…", "...")):
            return line
    return " ".join(said) or " ".join(lines)


def _date(item: LexborNode, source: Source, page: str) -> DateClaim | None:
    selector = source.selectors.item_date
    nodes = select(item, selector, url=page) if selector else []
    raws = [attribute(each, "datetime") or node_text(each) for each in nodes]
    for raw in raws or ([] if selector else _dates_beside(item)):
        if dates.read(
            raw,
            origin=DateOrigin.LISTING,
            zone=source.timezone,
            order=source.date_order,
        ):
            return DateClaim(raw=raw, origin=DateOrigin.LISTING)
    return None


def _dates_beside(item: LexborNode) -> list[str]:
    """What may be an item's date: never a date in its title or in its lead."""
    found = [attribute(each, "datetime") for each in item.css("time[datetime]")]
    found += [attribute(each, "title") for each in item.css("abbr[title]")]
    elements = [each for each in item.traverse() if each.tag in _SMALL]
    texts = [text for each in elements if len(text := node_text(each)) <= 110]
    titles = [node_text(each) for each in item.css("a[href]")]
    for line in (*node_lines(item), spaced_text(item)):
        rest = line
        for title in filter(None, titles):
            rest = rest.replace(title, " ")
        texts.append(rest)
    texts += [text for each in elements if len(text := spaced_text(each)) <= 110]
    texts += _before_and_after(item)
    return found + [without_counter(text) for text in texts if is_date_line(text)]


def _before_and_after(item: LexborNode) -> list[str]:
    """Where an item is no more than a link or a ``<dd>``: what stands next to it."""
    if item.tag == "dd":
        before = item.prev
        while before is not None and before.tag == "-text":
            before = before.prev
        return [node_text(before)] if before is not None and before.tag == "dt" else []
    if item.tag != "a":
        return []
    said: list[str] = []
    after = item.next
    while after is not None and after.tag not in {"a", *BREAKS}:
        said.append(after.text(deep=True) or "")
        after = after.next
    # Without a line end after it, a date may be that of the next link.
    ended = after is None or after.tag != "a"
    return [one_line(" ".join(said))] if ended else []


def _picture(node: LexborNode | None, base: str) -> str:
    if node is None:
        return ""
    images = [node] if node.tag == "img" else node.css("img")
    # Beside a title stands an icon.
    shown = (
        image
        for image in images
        if not is_icon(image)
        and not any(
            each.tag in _HEADINGS and node_text(each) for each in ancestors(image)
        )
    )
    return next(filter(None, (image_address(each, base) for each in shown)), "")


def _once(links: list[ListedLink]) -> list[ListedLink]:
    """Each address once; a later copy fills in what the first did not say."""
    kept: dict[str, ListedLink] = {}
    for link in links:
        key = urls.canonical(link.url)
        before = kept.setdefault(key, link)
        kept[key] = replace(
            before,
            title=before.title or link.title,
            date=before.date or link.date,
            lead=before.lead or link.lead,
            image=before.image or link.image,
        )
    return [link for link in kept.values() if link.title or link.date]


def _next_page(tree: LexborHTMLParser, base: str, page: str, source: Source) -> str:
    selector = source.selectors.next_page
    chosen = select(tree, selector, url=page) if selector else next_links(tree)
    hosts = _hosts(page, source)
    for node in chosen:
        address = _article_url(_href(node), base, page, hosts)
        if address:
            return address
    return ""
