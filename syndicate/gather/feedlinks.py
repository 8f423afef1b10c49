"""Where a page's markup says that feeds are (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.page import ancestors, attribute, node_text
from syndicate.model import SourceKind
from syndicate.text.clean import fold, one_line
from syndicate.text.urls import absolute, host

MAX_ANCHORS = 5_000
_MAX_LINKS = 500
_LONGEST = 2_000
_LONG_ROW = 150
_ROWS = frozenset({"li", "tr", "p", "div", "dd", "section"})


class Way(StrEnum):
    """How an address was found; the members stand in the order of trust."""

    ASKED = "asked"
    """The person named it."""
    NAMED = "named"
    """The page names it in its head (``link rel=alternate``)."""
    LINKED = "linked"
    """The page links to it, with words or an address that say feed."""
    LISTED = "listed"
    """It stands on a page that lists feeds."""
    AROUND = "around"
    """The article or page that was asked lies in it."""
    ROBOTS = "robots"
    """robots.txt names it."""
    GUESSED = "guessed"
    """Many sites have it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be worth gathering from; not read yet."""

    url: str
    kind: SourceKind
    way: Way
    title: str = ""
    language: str = ""


_FEED_TYPES = re.compile(
    r"^(?:application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/x-rss\+xml"
    r"|text/rss(?:\+xml)?|application/rss)\b",
    re.IGNORECASE,
)
_PLAIN_TYPES = re.compile(r"^(?:text|application)/(?:xml|json)\b", re.IGNORECASE)
_NOT_FEEDS = re.compile(r"oembed|wp-json|\bosd\b|opensearch|manifest", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"\.(?:rss|atom|rdf)(?:$|\?)"
    r"|/(?:feed|rss|atom|rdf|index|news|tin)[\w.-]*\.(?:xml|json)(?:$|\?)"
    r"|/rss2?/[^?]+\.\w+$|/rss[\w-]*\.(?:aspx|ashx|php|jsp|do|html?)(?:$|\?)"
    r"|/feeds?/?$|/feeds?/(?:rss2?|atom|posts)|/rss2?/?$|/atom/?$"
    r"|[?&](?:feed|format|type|op|output|alt)=(?:rss2?|atom|feed)\b|/rss2?/[\w%-]+/?$"
    r"|[?&]feed=|p_p_cacheability=.*rss|/rss\?|[?&]rss(?:=|&|$)",
    re.IGNORECASE,
)
_SAYS_FEED = re.compile(
    r"(?<![a-z])(?:rss2?|atom|feeds?|rdf|kenh tin rss)(?![a-z])", re.IGNORECASE
)
_READERS = re.compile(
    r"^(?:www\.)?(?:feedly|inoreader|netvibes|newsblur|theoldreader|add\.my\.yahoo)\b",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"(?:feed/|[?&](?:url|add_feed|feed)=)(https?(?:%3A|:).+)$", re.I)
_COMMENTS = re.compile(r"comments?/feed|/comments/|binh-luan|replytocom", re.I)
_COMMENT_WORDS = re.compile(r"\bcomments?\b|bình luận|phản hồi", re.IGNORECASE)


def is_about_comments(candidate: Candidate) -> bool:
    """Say whether a feed holds readers' comments, not articles."""
    return bool(
        _COMMENTS.search(candidate.url) or _COMMENT_WORDS.search(candidate.title)
    )


def named(tree: LexborHTMLParser, base: str) -> Iterator[Candidate]:
    """What ``link rel=alternate`` names (RSS autodiscovery, RFC 4287 in spirit)."""
    for node in tree.css("link[href]")[:_MAX_LINKS]:
        rel = attribute(node, "rel").lower().split()
        href, kind = attribute(node, "href"), attribute(node, "type")
        said = f"{href} {attribute(node, 'title')}"
        if not {"alternate", "feed"} & set(rel) or _NOT_FEEDS.search(href):
            continue
        plain = _PLAIN_TYPES.match(kind) and _SAYS_FEED.search(fold(said))
        if not (_FEED_TYPES.match(kind) or plain or "feed" in rel):
            continue
        address = _feed_address(base, href)
        if address:
            yield Candidate(
                url=address,
                kind=SourceKind.FEED,
                way=Way.NAMED,
                title=one_line(attribute(node, "title")),
                language=attribute(node, "hreflang").lower(),
            )


def _feed_address(base: str, href: str) -> str:
    """An absolute address; ``feed:`` and links into feed readers are undone."""
    href = re.sub(r"^feed:(?=https?:)", "", href.strip(), flags=re.IGNORECASE)
    href = re.sub(r"^feed:/*", "http://", href, flags=re.IGNORECASE)
    address = absolute(base, href)
    if address and _READERS.match(host(address)):
        inside = _INSIDE.search(address)
        return absolute(base, unquote(inside[1])) if inside else ""
    return address


def linked(anchors: list[LexborNode], base: str, url: str) -> Iterator[Candidate]:
    """Links whose words, picture or address say that they lead to a feed."""
    for node in anchors:
        href = attribute(node, "href")
        said = _said(node)
        if not _DOCUMENT.search(_path_of(href)) and not _SAYS_FEED.search(fold(said)):
            continue
        address = _feed_address(base, href)
        if not address or not _is_near(address, url):
            continue
        # A long title is an article's that speaks of feeds.
        if len(said.split()) > 12 and not is_document(address):
            continue
        yield Candidate(
            url=address,
            kind=SourceKind.FEED,
            way=Way.LINKED,
            title=_feed_title(node),
        )


def _said(node: LexborNode) -> str:
    names = ("title", "aria-label", "class", "id")
    picture = node.css_first("img[alt], img[src], i[class], svg[class]")
    more = [attribute(node, name) for name in names]
    if picture is not None:
        more += [attribute(picture, name) for name in ("alt", "class", "src")]
    return " ".join([node_text(node), *more])


def _path_of(href: str) -> str:
    return href[:_LONGEST].partition("#")[0].strip()


def is_document(address: str) -> bool:
    """Say whether an address looks like that of a feed itself."""
    return bool(_DOCUMENT.search(_path_of(address)))


def _is_near(address: str, url: str) -> bool:
    """Of the same site, or of a host that keeps feeds for others."""
    ours, theirs = host(url), host(address)
    same = ours == theirs or ".".join(ours.split(".")[-3:]) == ".".join(
        theirs.split(".")[-3:]
    )
    related = ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")
    return same or related or "feed" in theirs.split(":")[0]


def _feed_title(node: LexborNode) -> str:
    """What a link's feed is called: the link's own words, if they say more than RSS."""
    for text in (attribute(node, "title"), node_text(node)):
        if text and not _only_feed(text):
            return one_line(text)[:150]
    return ""


def _only_feed(text: str) -> bool:
    bare = _SAYS_FEED.sub(" ", fold(text))
    bare = re.sub(
        r"\b(?:xml|kenh|tin|subscribe|dang ky|icon|2\.0|1\.0|\d)\b", " ", bare
    )
    return not re.search(r"[a-z]{2}", bare) or text.lower().startswith("http")


def listed(tree: LexborHTMLParser, base: str, url: str) -> Iterator[Candidate]:
    """The feeds on a page that lists them, each with the title of its row."""
    rows: dict[int, str] = {}
    for node in tree.css("a[href]")[:MAX_ANCHORS]:
        href = attribute(node, "href")
        says = _SAYS_FEED.search(fold(node_text(node))) is not None
        if not (is_document(href) or (says and not _is_chrome_link(href))):
            continue
        address = _feed_address(base, href)
        if address and _is_near(address, url):
            yield _listed_as(address, _feed_title(node) or _row_title(node, rows))
    for node in tree.css("input[value], textarea"):
        value = attribute(node, "value") or node_text(node)
        if value.startswith("http") and is_document(value):
            yield _listed_as(absolute(base, value), _row_title(node, rows))


def _listed_as(address: str, title: str) -> Candidate:
    return Candidate(url=address, kind=SourceKind.FEED, way=Way.LISTED, title=title)


def _is_chrome_link(href: str) -> bool:
    return href.startswith(("#", "javascript:", "mailto:"))


def _row_title(node: LexborNode, rows: dict[int, str]) -> str:
    """The words of the row in which a nameless "RSS" link stands.

    ``rows`` keeps what was read, since a row may hold thousands of links.
    """
    for around in ancestors(node):
        if around.tag not in _ROWS:
            continue
        words = rows.get(around.mem_id)
        if words is None:
            words = rows[around.mem_id] = _row_words(node_text(around))
        if words:
            return words if len(words) <= _LONG_ROW else ""
    return ""


def _row_words(text: str) -> str:
    """The text of a row without addresses and "RSS"; "" if nothing is left."""
    if len(text) > _LONG_ROW:
        return text
    words = re.sub(r"https?://\S+", " ", text)
    words = re.sub(r"(?i)(?<![^\W_])(?:rss2?|xml|atom|feeds?)(?![^\W_])", " ", words)
    bare = one_line(words).strip(" -–|:·")
    return bare if re.search(r"[^\W\d_]{2}", bare) else ""
