"""How large the words of a page are, and on what they stand: by inline styles.

Mail programs differ in which style sheets they read, but all read the style of an
element. What a dark mode changes, the page says in a style sheet of its own, in a media
query; rules there win by ``!important``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import html

from syndicate.digest.drawing.contrast import LEAST, contrast
from syndicate.digest.linting.colours import colour_in
from syndicate.digest.linting.darkness import Dark, dark_of
from syndicate.digest.linting.elements import style_of
from syndicate.digest.linting.findings import Finding, note

SMALLEST = 14
LEAST_LEADING = 1.5
_SILENT = frozenset({"style", "script", "title", "head", "noscript"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LENGTH = re.compile(r"(\d*\.?\d+)(px|pt|em|rem|%|)")
_FONT = re.compile(r"(\d*\.?\d+(?:px|pt|em|rem|%))(?:\s*/\s*(\d*\.?\d+(?:px|em|%|)))?")
_IN_PIXELS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
_NO_WORDS = "\u034f\u200b\u200c\ufeff\xad\xa0"
MOST = 20
"""Findings of each rule."""


@dataclass(frozen=True, slots=True)
class Look:
    """What holds for the words in an element."""

    size: float | None = None
    """Pixels; None while nothing says it."""
    leading: float | None = None
    """Line height as a multiple of the size."""
    ink: str | None = "#000000"
    sheet: str | None = "#ffffff"
    dark_ink: str | None = None
    dark_sheet: str | None = None
    """None: the reader's own, which nobody knows."""
    is_heading: bool = False


def is_hidden(element: html.HtmlElement) -> bool:
    """Tell whether an element is not shown at all."""
    return style_of(element).get("display") == "none"


def faults(root: html.HtmlElement) -> Iterator[Finding]:
    """Yield what is wrong with how words look."""
    body = root.find("body")
    if body is None:
        return
    dark = dark_of(root)
    counts: dict[str, int] = {}
    seen = 0
    stack = [(body, Look())]
    while stack:
        element, above = stack.pop()
        if element.tag in _SILENT or is_hidden(element):
            continue
        look = _look(element, above, dark)
        words = _own_words(element)
        seen += len(words)
        for finding in _said(element, words, look) if words else ():
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
            if counts[finding.rule] <= MOST:
                yield finding
        stack.extend((child, look) for child in element if isinstance(child.tag, str))
    if not seen:
        yield note("html-images-off")


def _own_words(element: html.HtmlElement) -> str:
    own = [element.text or "", *(child.tail or "" for child in element)]
    return "".join(own).translate(_NOTHING).strip()


_NOTHING = str.maketrans("", "", _NO_WORDS)


def _said(element: html.HtmlElement, words: str, look: Look) -> Iterator[Finding]:
    some = f"{element.tag!s}, “{words[:40]}”"
    if look.size is None:
        yield note("html-inline", some)
    elif look.size < SMALLEST - 0.01:
        yield note("html-size", f"{look.size:g} px, {some}")
    if not look.is_heading and (look.leading or 1.2) < LEAST_LEADING - 0.01:
        yield note("html-leading", f"{look.leading or 1.2:.2g}, {some}")
    for rule, ink, sheet in (
        ("html-contrast", look.ink, look.sheet),
        ("html-contrast-dark", look.dark_ink, look.dark_sheet),
    ):
        if ink and sheet and (found := contrast(ink, sheet)) < LEAST:
            yield note(rule, f"{found:.1f}:1, {ink} on {sheet}, {some}")


def _look(element: html.HtmlElement, above: Look, dark: Dark) -> Look:
    style = style_of(element)
    size = _size(style, above.size)
    ink = colour_in(style.get("color", "")) or above.ink
    sheet = _sheet(element, style)
    darker = dark.of(str(element.tag), str(element.get("class", "")))
    dark_sheet = colour_in(darker.get("background-color", "")) or sheet
    inked = colour_in(style.get("color", ""))
    return replace(
        above,
        size=size,
        leading=_leading(style, above, size),
        ink=ink,
        sheet=sheet or above.sheet,
        dark_ink=colour_in(darker.get("color", "")) or inked or above.dark_ink,
        dark_sheet=dark_sheet or above.dark_sheet,
        is_heading=above.is_heading or element.tag in _HEADINGS,
    )


def _sheet(element: html.HtmlElement, style: dict[str, str]) -> str | None:
    said = style.get("background-color") or style.get("background", "")
    return colour_in(said) or colour_in(str(element.get("bgcolor", "")))


def _size(style: dict[str, str], above: float | None) -> float | None:
    said = style.get("font-size", "")
    if not said and (font := _FONT.search(style.get("font", ""))):
        said = font[1]
    found = _LENGTH.fullmatch(said)
    if not found:
        return above
    number, unit = float(found[1]), found[2]
    if unit in _IN_PIXELS:
        return number * _IN_PIXELS[unit]
    share = number / 100 if unit == "%" else number
    return (above or 16.0) * share


def _leading(style: dict[str, str], above: Look, size: float | None) -> float | None:
    said = style.get("line-height", "")
    if not said and (font := _FONT.search(style.get("font", ""))):
        said = font[2] or ""
    found = _LENGTH.fullmatch(said)
    if not found:
        return above.leading
    number, unit = float(found[1]), found[2]
    if unit in _IN_PIXELS:
        return number * _IN_PIXELS[unit] / (size or 16.0)
    return number / 100 if unit == "%" else number
