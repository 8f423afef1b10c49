"""What is wrong with the HTML part of a message, as mail programs would see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

from lxml import etree, html

Fault = tuple[str, str, str]
"""Level, rule and words."""

_FORBIDDEN = ("script", "form", "iframe", "object", "embed", "input", "link", "base")
_HERE = frozenset(
    {"here", "click here", "read more", "link", "tại đây", "đây", "xem thêm"}
)
_DOCUMENT = re.compile(r"(?<![\w/.-])\d{1,4}-[A-ZĐ]{2,4}/[A-ZĐ]{2,8}(?![\w/])")


def faults(page: str, links: Collection[str] = ()) -> Iterator[Fault]:
    """Yield what is wrong; every address in ``links`` must be linked to."""
    try:
        root = html.document_fromstring(page.encode("utf-8"), _parser())
    except (etree.ParserError, etree.XMLSyntaxError):
        yield "E", "html", "the HTML part is empty or cannot be read"
        return
    yield from _frame(page, root)
    for check in _CHECKS:
        yield from check(root)
    hrefs = {str(anchor.get("href")) for anchor in root.iter("a")}
    for link in links:
        if link not in hrefs:
            yield "E", "html-link", f"the HTML lacks {link[:200]}"


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", huge_tree=True)


def _frame(page: str, root: html.HtmlElement) -> Iterator[Fault]:
    if not page.lstrip().lower().startswith("<!doctype html>"):
        yield "E", "html-doctype", "there is no doctype"
    if not root.get("lang"):
        yield "E", "html-lang", "html has no lang"
    if not (root.findtext(".//title") or "").strip():
        yield "E", "html-title", "there is no title"
    metas = {str(meta.get("name", "")).lower() for meta in root.iter("meta")}
    for name in ("viewport", "color-scheme", "supported-color-schemes"):
        if name not in metas:
            yield "E", "html-meta", f"there is no meta {name}"
    if not any(meta.get("charset") for meta in root.iter("meta")):
        yield "E", "html-meta", "there is no meta charset"
    if "<!--[if mso]><table" not in page:
        yield "E", "html-outlook", "there is no ghost table for Outlook"


def _elements(root: html.HtmlElement) -> Iterator[Fault]:
    for name in _FORBIDDEN:
        if root.find(f".//{name}") is not None:
            yield "E", "html-element", f"{name} has no place in mail"
    for table in root.iter("table"):
        if table.get("role") != "presentation":
            yield "E", "html-table", "a table is not role=presentation"
    for element in root.iter(etree.Element):
        style = str(element.get("style", "")).replace(" ", "").lower()
        if re.search(r"(^|;)position:", style):
            yield "E", "html-position", f"{element.tag!s} is positioned"
        if any(str(name).lower().startswith("on") for name in element.attrib):
            yield "E", "html-handler", f"{element.tag!s} has an event handler"


def _images(root: html.HtmlElement) -> Iterator[Fault]:
    for image in root.iter("img"):
        for name in ("alt", "width", "height"):
            if not image.get(name):
                yield "E", "html-image", f"an image has no {name}"
        if not str(image.get("src", "")).startswith("https://"):
            yield "E", "html-image", "an image does not come over https"


def _anchors(root: html.HtmlElement) -> Iterator[Fault]:
    for anchor in root.iter("a"):
        href = str(anchor.get("href", ""))
        if not href.startswith(("https://", "http://")):
            yield "E", "html-href", f"a link is not absolute: {href[:80]!r}"
        words = " ".join(anchor.text_content().split()).lower()
        parent = anchor.getparent()
        is_title = parent is not None and parent.tag == "h3"
        if not words or (words in _HERE and not is_title):
            yield "E", "html-link-text", f"a link says {words!r}, not where it leads"


def _headings(root: html.HtmlElement) -> Iterator[Fault]:
    levels = [
        int(str(element.tag)[1])
        for element in root.iter("h1", "h2", "h3", "h4", "h5", "h6")
    ]
    if levels.count(1) != 1 or levels[0] != 1:
        yield "E", "html-headings", "there is not one h1, first of all headings"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield "E", "html-headings", f"h{below} follows h{above}"


def _preheader(root: html.HtmlElement) -> Iterator[Fault]:
    hidden = [
        element
        for element in root.iter("div", "span")
        if "display:none" in str(element.get("style", "")).replace(" ", "")
    ]
    if len(hidden) != 1:
        yield "E", "html-preheader", "there is not one hidden preheader"
        return
    content = hidden[0].text_content()
    words = content.rstrip("\u034f\u200c\xa0 ")
    if not 40 <= len(words) <= 130:
        yield "E", "html-preheader", f"the preheader has {len(words)} characters"
    if len(content) < 140:
        yield "E", "html-preheader", "the preheader is not padded"


def _type(root: html.HtmlElement) -> Iterator[Fault]:
    for element in root.iter("p", "h1", "h2", "h3", "td", "a", "span", "img"):
        style = str(element.get("style", ""))
        size = re.search(r"font-size:\s*(\d+)px", style)
        if size and int(size.group(1)) < 14:
            yield "E", "html-size", f"{element.tag!s} is set in {size.group(1)} px"
        height = re.search(r"line-height:\s*([\d.]+)(?![\d.]*px)", style)
        if element.tag == "p" and height and float(height.group(1)) < 1.5:
            yield "E", "html-leading", f"a paragraph has line height {height.group(1)}"


def _documents(root: html.HtmlElement) -> Iterator[Fault]:
    for element in root.iter("p", "h3", "a", "span"):
        if "nowrap" in str(element.get("style", "")):
            continue
        loose = [element.text or "", *(child.tail or "" for child in element)]
        found = next(filter(None, map(_DOCUMENT.search, loose)), None)
        if found:
            yield "E", "html-document", f"{found.group()} may break across lines"


_CHECKS: tuple[Callable[[html.HtmlElement], Iterator[Fault]], ...] = (
    _elements,
    _images,
    _anchors,
    _headings,
    _preheader,
    _type,
    _documents,
)
