"""Every date that an article page claims, with where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.dateline import is_date_line, without_counter
from syndicate.gather.furniture import is_about_others
from syndicate.gather.metadata import Metadata
from syndicate.gather.page import ancestors, attribute, node_lines, node_text
from syndicate.model import DateClaim, DateOrigin, Source
from syndicate.text import dates

_MAX_PAGE = 5
_MAX_BOX = 200
_YEAR = re.compile(r"(?:19|20)\d\d")
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})
# The second is hAtom's, as blogs write it.
_MOMENTS = (
    "time[datetime], abbr.published[title],"
    " [property~='dc:date'][content], [property~='dc:created'][content],"
    " [property~='dcterms:created'][content],"
    " [property~='schema:datePublished'][content]"
)
_CHANGED = frozenset({"updated", "modified", "dt-updated", "dt-modified"})
_LINE_TAGS = frozenset(
    """
    div p span td li time b strong i em font small
    """.split()  # noqa: SIM905 - words read better in lines
)

Places = tuple[LexborNode | None, LexborNode | None, list[LexborNode], tuple[str, ...]]


def date_claims(
    tree: LexborHTMLParser,
    *,
    url: str,
    source: Source,
    meta: Metadata,
    listed: DateClaim | None,
    places: Places,
) -> tuple[DateClaim, ...]:
    """Collect the claims in the order of trust.

    ``places``: the article's element, its title's, the elements of the date
    selector, and the date lines that stood at the ends of its text.
    """
    root, title, chosen, lines = places
    claims = [_claim(raw, DateOrigin.META) for raw in meta.published]
    claims += [_claim(raw, DateOrigin.META) for raw in _times(root)]
    claims += [listed] if listed else []
    own = [attribute(node, "datetime") or node_text(node) for node in chosen]
    readable = partial(_is_readable, source=source)
    named = [raw for raw in own if readable(raw)]
    near = _near_title(root, title)
    found = named or [*lines, *near]
    claims += [_claim(raw, DateOrigin.ARTICLE) for raw in found if readable(raw)]
    in_url = dates.from_url(url, zone=source.timezone)
    if in_url:
        claims.append(_claim(in_url.raw, DateOrigin.URL))
    loose = [raw for raw in _loose(tree, root, title, near) if readable(raw)]
    claims += [_claim(raw, DateOrigin.PAGE) for raw in loose[:_MAX_PAGE]]
    return tuple(dict.fromkeys(claims))


def _claim(raw: str, origin: DateOrigin) -> DateClaim:
    return DateClaim(raw=raw, origin=origin)


def _is_readable(raw: str, *, source: Source) -> bool:
    read = dates.read(
        raw, origin=DateOrigin.PAGE, zone=source.timezone, order=source.date_order
    )
    return read is not None


def _times(root: LexborNode | None) -> Iterator[str]:
    """``<time datetime>`` of the article, not of the lists of others in it."""
    for node in root.css(_MOMENTS) if root is not None else ():
        around = _between(node, root)
        changed = _CHANGED & set(attribute(node, "class").lower().split())
        first = "published" in attribute(node, "class")
        if changed and not first:
            continue
        if not any(is_about_others(each) for each in around):
            said = (attribute(node, name) for name in ("datetime", "content", "title"))
            yield next(filter(None, said), "")


def _between(node: LexborNode, root: LexborNode | None) -> Iterator[LexborNode]:
    for each in ancestors(node):
        if root is not None and each.mem_id == root.mem_id:
            return
        yield each


def _near_title(root: LexborNode | None, title: LexborNode | None) -> list[str]:
    """Date lines of the article's element after its title, none out of lists."""
    if root is None or root.tag == "body":
        return []
    return [text for text, after in _date_lines(root, title) if after]


def _loose(
    tree: LexborHTMLParser,
    root: LexborNode | None,
    title: LexborNode | None,
    near: list[str],
) -> list[str]:
    """Date lines anywhere else: before the title, or outside of the article."""
    body = tree.body
    if body is None:
        return []
    inside = root is not None and root.tag != "body"
    known = set(near) if inside else set()
    return [text for text, _ in _date_lines(body, title) if text not in known]


def _date_lines(
    top: LexborNode, title: LexborNode | None
) -> Iterable[tuple[str, bool]]:
    """(line, does it follow the title) of small elements that are a date."""
    after = title is None
    covered: set[int] = set()
    path = {each.mem_id for each in ancestors(title)} if title is not None else set()
    for node in top.traverse():
        if title is not None and node.mem_id == title.mem_id:
            after = True
        parent = node.parent
        if parent is not None and parent.mem_id in covered:
            covered.add(node.mem_id)
            continue
        text = node.text(deep=True) or ""
        # No date can be read without its year: nothing inside needs a look.
        if node.tag in _SILENT or not _YEAR.search(text):
            covered.add(node.mem_id)
            continue
        # A box around the title, or around paragraphs, is looked into.
        around_title = node.mem_id in path
        if node.tag not in _LINE_TAGS or around_title or len(text) > _MAX_BOX:
            continue
        lines = [without_counter(ln) for ln in node_lines(node) if is_date_line(ln)]
        if lines and not _is_of_another(node, top):
            covered.add(node.mem_id)
            yield from ((line, after) for line in lines)


def _is_of_another(node: LexborNode, top: LexborNode) -> bool:
    """Say whether a date belongs to a link beside it: a list of other articles."""
    if node.css_first("a[href]") is not None:
        return True
    for around in _between(node, top):
        if around.tag in {"a", "li", "nav", "footer", "aside"}:
            return True
        if len(around.text(deep=True) or "") <= 300 and around.css_first("a[href]"):
            return True
    return False
