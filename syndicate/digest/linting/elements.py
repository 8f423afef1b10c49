"""What of HTML has no place in mail, and what its elements lack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree, html

from syndicate.digest.linting.findings import Finding, note

WIDEST = 600
_FORBIDDEN = frozenset(
    {
        *("script", "form", "iframe", "object", "embed", "input", "link", "base"),
        *("applet", "frame", "frameset", "video", "audio", "canvas", "svg", "math"),
        *("button", "select", "textarea", "marquee"),
    }
)
_LOADS = re.compile(r"@import|url\(\s*['\"]?(https?:)?//", re.IGNORECASE)
_POSITION = re.compile(r"[;{\s]position\s*:\s*(?!static)", re.IGNORECASE)
_PIXELS = re.compile(r"(\d+(?:\.\d+)?)(?:px)?$")


@lru_cache(maxsize=4096)
def declarations(style: str) -> dict[str, str]:
    """Read a style attribute: properties and values in lower case, the last wins."""
    found: dict[str, str] = {}
    for line in style.split(";"):
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip().lower()] = (
                value.replace("!important", "").strip().lower()
            )
    return found


def style_of(element: html.HtmlElement) -> dict[str, str]:
    """Return the inline style of an element."""
    return declarations(str(element.get("style", "")))


def pixels(value: str) -> float | None:
    """Return a length in pixels; None for any other."""
    found = _PIXELS.fullmatch(value.strip())
    return float(found[1]) if found else None


def faults(root: html.HtmlElement) -> Iterator[Finding]:
    """Yield what is wrong with single elements."""
    for element in root.iter(etree.Element):
        yield from _element(str(element.tag), element)
    for sheet in root.iter("style"):
        if _LOADS.search(sheet.text or ""):
            yield note("html-css", "style")
        if _POSITION.search(sheet.text or ""):
            yield note("html-position", "style")
    if any(
        str(meta.get("http-equiv")).lower() == "refresh" for meta in root.iter("meta")
    ):
        yield note("html-element", "meta refresh")
    for table in root.iter("table"):
        if str(table.get("role", "")).lower() not in ("presentation", "none"):
            yield note("html-table")
    for image in root.iter("img"):
        yield from _image(image)


def _element(name: str, element: html.HtmlElement) -> Iterator[Finding]:
    style = style_of(element)
    if name in _FORBIDDEN:
        yield note("html-element", name)
    if style.get("position", "static") != "static":
        yield note("html-position", name)
    if any(str(key).lower().startswith("on") for key in element.attrib):
        yield note("html-handler", name)
    yield from _width(name, element, style)


def _width(
    name: str, element: html.HtmlElement, style: dict[str, str]
) -> Iterator[Finding]:
    said = [
        style.get("width", ""),
        style.get("min-width", ""),
        style.get("max-width", ""),
    ]
    if name in ("table", "td", "img"):
        said.append(str(element.get("width", "")))
    if any((pixels(one) or 0) > WIDEST for one in said):
        yield note("html-width", name)


def _image(image: html.HtmlElement) -> Iterator[Finding]:
    if image.get("alt") is None:
        yield note("html-image", "alt")
    for name in ("width", "height"):
        if not image.get(name):
            yield note("html-image", name)
    source = str(image.get("src", ""))
    if not source.lower().startswith("https://"):
        yield note("html-image-https", source or "–")
    style = style_of(image)
    sizes = [
        pixels(style.get(name, "")) or pixels(str(image.get(name, "")))
        for name in ("width", "height")
    ]
    # Larger than one pixel each: some call 2 × 2 something else.
    if all(size is not None and size <= 2 for size in sizes) or _hidden(style):
        yield note("html-pixel", source)


def _hidden(style: dict[str, str]) -> bool:
    return style.get("display") == "none" or style.get("visibility") == "hidden"
