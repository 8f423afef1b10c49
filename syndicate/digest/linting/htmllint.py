"""What is wrong with the HTML part of a message, as mail programs would see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree, html

from syndicate.digest.linting import elements, styles
from syndicate.digest.linting.expected import Expected
from syndicate.digest.linting.findings import Finding, note

_HERE = frozenset(
    {
        *("here", "click here", "read more", "more", "link", "this link", "continue"),
        *("tại đây", "ở đây", "đây", "xem thêm", "đọc tiếp", "bấm vào đây", "chi tiết"),
    }
)
_DOCUMENT = re.compile(r"(?<![\w/.-])\d{1,4}-[A-ZĐ]{2,4}/[A-ZĐ]{2,8}(?![\w/])")
_GHOST = re.compile(
    r"<!--\[if [^\]]*mso[^\]]*\]>(?:(?!<!\[endif\]).)*?width=\"600\"", re.S
)
_EMBEDDED = re.compile(r".{8,}https?(:|%3a)(//|%2f%2f)", re.IGNORECASE)
_PADDING = "\u034f\u200c\u200b\ufeff\xad\u2007\xa0 \n"
PREHEADER = (40, 130)
PADDED = 140


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: where it leads, and what it says."""

    href: str
    words: str
    is_title: bool


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML part, read."""

    root: html.HtmlElement
    anchors: tuple[Anchor, ...]
    words: str
    """All that is read, spaces made even."""

    @property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """(title, address) of what looks like a story: a link that is a heading."""
        return tuple((one.words, one.href) for one in self.anchors if one.is_title)


def even(text: str) -> str:
    """Return text with one blank wherever there is white space."""
    return " ".join(text.split())


def page(source: str) -> Page | None:
    """Read a page; None for what is none."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = html.document_fromstring(
            source.encode("utf-8", "replace"), parser, ensure_head_body=True
        )
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    anchors = tuple(
        _anchor(one) for one in root.iter("a") if one.get("href") is not None
    )
    body = root.find("body")
    words = body.text_content() if body is not None else ""
    return Page(root, anchors, even(words))


def _anchor(element: html.HtmlElement) -> Anchor:
    parent = element.getparent()
    heading = parent is not None and parent.tag in ("h2", "h3", "h4")
    words = even(element.text_content())
    if not words:
        words = even(" ".join(str(one.get("alt", "")) for one in element.iter("img")))
    return Anchor(str(element.get("href")).strip(), words, heading)


def faults(
    source: str,
    read: Page | None,
    expected: Expected | None = None,
    leave: str = "",
) -> Iterator[Finding]:
    """Yield what is wrong; ``leave`` is the address by which the reader leaves."""
    wanted = expected or Expected()
    if read is None or not read.words:
        yield note("html-read")
        return
    yield from _frame(source, read.root)
    yield from elements.faults(read.root)
    yield from _headings(read.root)
    yield from _preheader(read.root)
    yield from _documents(read.root)
    yield from styles.faults(read.root)
    yield from _anchors(read, wanted)
    yield from _stories(read, wanted)
    if leave and all(one.href != leave for one in read.anchors):
        yield note("foot-unsubscribe")
    hrefs = "\n".join(one.href for one in read.anchors)
    yield from foot(read.words, hrefs, wanted, "text/html")


def _frame(source: str, root: html.HtmlElement) -> Iterator[Finding]:
    if not source.lstrip("\ufeff \r\n\t").lower().startswith("<!doctype html"):
        yield note("html-doctype")
    if not root.get("lang"):
        yield note("html-lang")
    if not (root.findtext(".//title") or "").strip():
        yield note("html-title")
    metas = {str(meta.get("name", "")).lower() for meta in root.iter("meta")}
    for name in ("viewport", "color-scheme", "supported-color-schemes"):
        if name not in metas:
            yield note("html-meta", name)
    # What names the character set in the old way is as good.
    kinds = {str(meta.get("http-equiv", "")).lower() for meta in root.iter("meta")}
    is_told = any(meta.get("charset") for meta in root.iter("meta"))
    if not is_told and "content-type" not in kinds:
        yield note("html-meta", "charset")
    if not _GHOST.search(source):
        yield note("html-outlook")


def _headings(root: html.HtmlElement) -> Iterator[Finding]:
    levels = [
        int(str(element.tag)[1])
        for element in root.iter("h1", "h2", "h3", "h4", "h5", "h6")
    ]
    if levels.count(1) != 1 or levels[0] != 1:
        yield note("html-headings", "h1")
    for above, below in pairwise(levels):
        if below > above + 1:
            yield note("html-headings", f"h{above}, h{below}")


def _preheader(root: html.HtmlElement) -> Iterator[Finding]:
    hidden = next(
        (
            element
            for element in root.iter("div", "span", "p", "td")
            if styles.is_hidden(element)
        ),
        None,
    )
    if hidden is None or _words_before(root, hidden):
        yield note("html-preheader")
        return
    content = hidden.text_content()
    words = content.rstrip(_PADDING)
    least, most = PREHEADER
    if not least <= len(words) <= most:
        yield note("html-preheader-length", len(words))
    if len(content) < PADDED:
        yield note("html-preheader-padding")


def _words_before(root: html.HtmlElement, hidden: html.HtmlElement) -> bool:
    """Tell whether anything is read before what is hidden."""
    body = root.find("body")
    if body is None:
        return False
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element is hidden:
            return False
        words = element.text if event == "start" else element.tail
        if (
            isinstance(element.tag, str)
            and element.tag != "style"
            and (words or "").strip()
        ):
            return True
    return False


def _documents(root: html.HtmlElement) -> Iterator[Finding]:
    for element in root.iter("p", "h1", "h2", "h3", "td", "a", "span", "li", "b"):
        if "nowrap" in str(element.get("style", "")):
            continue
        loose = [element.text or "", *(child.tail or "" for child in element)]
        found = next(filter(None, map(_DOCUMENT.search, loose)), None)
        if found:
            yield note("html-document", found.group())


# ── Links ────────────────────────────────────────────────────────────────────


def _anchors(read: Page, expected: Expected) -> Iterator[Finding]:
    for anchor in read.anchors:
        if not anchor.href.lower().startswith(("https://", "http://")):
            yield note("html-href", anchor.href or "–")
            continue
        # What a story is called it may be called, here or anywhere.
        words = anchor.words.lower().strip(" .…»>→:!")
        if not anchor.words or (words in _HERE and not anchor.is_title):
            yield note("html-link-text", anchor.words or anchor.href)
        yield from _known(anchor.href, expected)


def _known(href: str, expected: Expected) -> Iterator[Finding]:
    own = expected.own and (href == expected.own or href.startswith(f"{expected.own}/"))
    if expected.known is None:
        if _EMBEDDED.match(href) and href not in expected.links:
            yield note("html-redirect", href)
    elif not own and href not in expected.known:
        yield note("html-link-unknown", href)


def _stories(read: Page, expected: Expected) -> Iterator[Finding]:
    hrefs = {one.href for one in read.anchors}
    for link in expected.links:
        if link not in hrefs:
            yield note("html-link", link)
    said = {(one.href, one.words) for one in read.anchors}
    for story in expected.stories:
        title = even(story.title)
        if story.url and (story.url, title) not in said:
            yield note("html-link", story.url)
        elif title not in read.words:
            yield note("html-link", title)
    yield from _spoken(read, expected)


def _spoken(read: Page, expected: Expected) -> Iterator[Finding]:
    """Look whether titles in another language say so."""
    spoken = {
        (one.url, even(one.title)): one.language
        for one in expected.stories
        if one.url and one.language
    }
    for element in read.root.iter("a") if spoken else ():
        key = (str(element.get("href", "")).strip(), even(element.text_content()))
        language = spoken.get(key, "")
        if language and _language(element) != language:
            yield note("html-item-lang", key[1])


def _language(element: html.HtmlElement) -> str:
    named = (one.get("lang") for one in (element, *element.iterancestors()))
    return str(next((one for one in named if one), ""))


# ── The foot ─────────────────────────────────────────────────────────────────


def foot(words: str, links: str, expected: Expected, part: str) -> Iterator[Finding]:
    """Yield what must be said at the foot of a part, and is not."""
    if expected.preferences and expected.preferences not in links:
        yield note("foot-preferences", part)
    if expected.view and expected.view not in links:
        yield note("foot-view", part)
    if any(even(one) not in words for one in expected.reason):
        yield note("foot-sender", part)
    if expected.postal and even(expected.postal) not in words:
        yield note("foot-postal", part)
    if expected.advertising and "[QC]" not in words:
        yield note("foot-advertising", part)
