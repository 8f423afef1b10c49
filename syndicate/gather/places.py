"""The elements of a page that make the article: named by selectors, or found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.headline import find_title
from syndicate.gather.listing import ListedLink
from syndicate.gather.locate import find_article
from syndicate.gather.metadata import Metadata
from syndicate.gather.page import ancestors, first, node_text, select
from syndicate.model import Source

_LEAD_SELECTORS = (
    ".sapo, .hometext, .detail-desc, .article-sapo, .article__sapo, .news-sapo,"
    " .chapeau, .detail-sapo, .sapo_detail, #divArticleDescription, .article-desc,"
    " .news-desc, .lead, .field-name-field-summary"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The elements of a page that make the article."""

    root: LexborNode | None
    """Around everything that belongs to it."""
    title: LexborNode | None
    bodies: list[LexborNode]
    found: bool
    """The body was found, not named by a selector."""
    lead: LexborNode | None
    authors: list[LexborNode]
    credits: list[LexborNode]
    dates: list[LexborNode]
    captions: frozenset[int]
    dropped: frozenset[int]


def find_places(
    tree: LexborHTMLParser,
    url: str,
    source: Source,
    meta: Metadata,
    listed: ListedLink | None,
) -> Places:
    """Find them by the source's selectors, and by what pages are like."""
    chosen = source.selectors
    dropped = {
        node.mem_id for each in chosen.drop for node in select(tree, each, url=url)
    }
    hints = (listed.title if listed else "", meta.title)
    title = first(tree, chosen.title, url=url) or find_title(tree, hints, url=url)
    bodies = _outermost(
        node for node in select(tree, chosen.body, url=url) if node_text(node)
    )
    root = first(tree, chosen.article, url=url) or find_article(tree, title)
    inside: LexborNode | LexborHTMLParser = root if root is not None else tree

    def within(selector: str) -> list[LexborNode]:
        return select(inside, selector, url=url) or select(tree, selector, url=url)

    lead = first(inside, chosen.lead, url=url) or first(tree, chosen.lead, url=url)
    if lead is None and bodies and root is not None:
        lead = first(root, _LEAD_SELECTORS, url=url)
    captions = select(tree, chosen.caption, url=url)
    return Places(
        root=root,
        title=title,
        bodies=bodies or ([root] if root is not None else []),
        found=not bodies,
        lead=lead,
        authors=within(chosen.author),
        credits=within(chosen.credit),
        dates=within(chosen.date),
        captions=frozenset(node.mem_id for node in captions),
        dropped=frozenset(dropped),
    )


def _outermost(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """Without those that stand inside another one."""
    listed = list(nodes)
    known = {node.mem_id for node in listed}
    return [
        node
        for node in listed
        if not any(around.mem_id in known for around in ancestors(node))
    ]
