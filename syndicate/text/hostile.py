"""Markup that would cost a parser more than its length, made ordinary.

The rules of HTML let a short page ask for a long tree. Each new paragraph opens every
unclosed ``<b a=1><b a=2>…`` again: 50 KB become 124 MB. Each new block looks through
all blocks around it: 20,000 nested lists take seconds. And each attribute is compared
with all before it. No article has any of this.
"""

from __future__ import annotations

import re
from collections import Counter

DEEPEST = 500
"""Blocks inside one another; in what goes deeper, paragraphs stand for all of them."""
MOST_OPEN = 20
"""Formatting elements open at once; where there are more, none is kept."""
_MOST_KINDS = 60
"""Formatting tags that differ in their attributes; more, and all lose them."""
_FEW = 40
_MOST_ATTRIBUTES = 400
_LONG_TAG = 3_000

_FORMATS = re.compile(
    r"<(/?)(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])([^>]*)>?",
    re.IGNORECASE,
)
_BLOCKS = re.compile(
    r"<(/?)(address|article|aside|blockquote|center|details|dialog|dir|div|dl"
    r"|fieldset|figcaption|figure|footer|header|hgroup|main|menu|nav|ol|search|section"
    r"|summary|ul)(?=[\s/>])[^>]*>?",
    re.IGNORECASE,
)
_QUOTED = re.compile("\"[^\"]*\"|'[^']*'")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/=\"']+")
_TAG_NAME = re.compile("</?[a-zA-Z][a-zA-Z0-9-]*")


def tame(html: str) -> str:
    """``html``, or if it is such markup the same text in fewer elements."""
    html = _without_heaps(html)
    # Few tags cannot do harm, whatever they are.
    if html.count("<") <= _FEW:
        return html
    kinds = {found[3] for found in _FORMATS.finditer(html)}
    if len(kinds) > _MOST_KINDS:
        html = _FORMATS.sub(r"<\1\2>", html)
    if _peak(html, _FORMATS) > MOST_OPEN:
        html = _FORMATS.sub("", html)
    if is_deep(html):
        html = _BLOCKS.sub("<p>", html)
    return html


def is_deep(html: str) -> bool:
    """Whether blocks stand in blocks by the hundred, so that only text is wanted."""
    return html.count("<") > DEEPEST and _peak(html, _BLOCKS) > DEEPEST


def _peak(html: str, tags: re.Pattern[str]) -> int:
    """How many of ``tags`` are open at once, about; a tag is ended by its own name."""
    depths: Counter[str] = Counter()
    peak = depth = 0
    for found in tags.finditer(html):
        name = found[2].lower()
        if not found[1]:
            depths[name] += 1
            depth += 1
            peak = max(peak, depth)
        elif depths[name]:
            depths[name] -= 1
            depth -= 1
    return peak


def _without_heaps(html: str) -> str:
    """The tags that are heaps of attributes, without any."""
    if len(html) <= _LONG_TAG:
        return html
    parts = html.split(">")
    if len(max(parts, key=len)) <= _LONG_TAG:
        return html
    return ">".join(_bared(part) if len(part) > _LONG_TAG else part for part in parts)


def _bared(part: str) -> str:
    """Text up to the end of a tag, the tag's heap of attributes left out."""
    start = next((found for found in _TAG_NAME.finditer(part)), None)
    if start is None:
        return part
    # Long values are no heap: pictures are written into addresses.
    attributes = _QUOTED.sub("''", part[start.end() :])
    if len(_BETWEEN_ATTRIBUTES.findall(attributes)) <= _MOST_ATTRIBUTES:
        return part
    return part[: start.end()]
