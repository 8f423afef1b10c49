"""Which tags stand in simple HTML, and whether they stand where they may.

Simple is what every parser takes as it is written: tags that we know, each closed in
its turn, none where the rules of HTML (its "tree construction") would close, move or
add another. See :mod:`syndicate.text.simplehtml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

_DEEPEST = 60


class Group(Enum):
    """Where a tag may stand."""

    PHRASE = auto()
    """Anywhere in a text."""
    FORMAT = auto()
    """The same, but not in its own kind: parsers move such tags about."""
    BLOCK = auto()
    """Not in a paragraph, which it would end."""
    HEADING = auto()
    """A block that another heading would end."""
    PART = auto()
    """In the parents of its own only."""
    VOID = auto()
    """A phrase that has no end."""
    LINE = auto()
    """A block that has no end."""


_BY_GROUP = {
    Group.PHRASE: "span abbr cite q sub sup mark del ins time kbd samp var bdi",
    Group.FORMAT: "a b big code em font i s small strike strong tt u",
    Group.BLOCK: "p div ul ol dl blockquote figure figcaption table section article"
    " header footer main aside nav address center",
    Group.HEADING: "h1 h2 h3 h4 h5 h6",
    Group.PART: "li dt dd caption thead tbody tfoot tr td th",
    Group.VOID: "br img",
    Group.LINE: "hr",
}
_GROUPS = {name: group for group, names in _BY_GROUP.items() for name in names.split()}
_ENDLESS = frozenset({Group.VOID, Group.LINE})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BODIES = frozenset({"thead", "tbody", "tfoot"})
_PARENTS = {
    "li": frozenset({"ul", "ol"}),
    **dict.fromkeys(("dt", "dd"), frozenset({"dl"})),
    **dict.fromkeys(("caption", *_BODIES), frozenset({"table"})),
    "tr": _BODIES,
    **dict.fromkeys(("td", "th"), frozenset({"tr"})),
}
_NO_TEXT = frozenset({"table", "tr"}) | _BODIES
"""What stands in these and is no part of them, parsers put before the table."""
_UNWRAPPED = frozenset(
    """
    span font kbd samp var bdi big strike tt section article header footer main aside
    nav address center
    """.split()  # noqa: SIM905 - a table of words
)
"""Known, and not passed on: only what is in them."""
_KEPT = {
    "a": frozenset({"href", "title", "lang"}),
    "img": frozenset({"src", "alt", "width", "height", "title", "lang"}),
    "time": frozenset({"datetime", "title", "lang"}),
    **dict.fromkeys(("td", "th"), frozenset({"colspan", "rowspan", "title", "lang"})),
}
_KEPT_ANYWHERE = frozenset({"title", "lang"})
_ADDRESSED = frozenset({"a", "img"})
_BREAKS = {
    **dict.fromkeys(
        (name for name, group in _GROUPS.items() if group in {Group.BLOCK, Group.LINE}),
        "\f",
    ),
    **dict.fromkeys((*_HEADINGS, "caption"), "\f"),
    **dict.fromkeys(("br", "li", "tr", "dt", "dd"), "\v"),
    **dict.fromkeys(("td", "th"), " "),
}


class Tag(NamedTuple):
    """One tag, read."""

    name: str
    group: Group
    closes: bool
    attributes: Mapping[str, str]
    """As written, references not resolved."""
    kept: frozenset[str]
    """Names of attributes that are passed on."""
    fixed: str | None
    """What is passed on, where that is always the same; "" for nothing."""
    breaks: str
    """What it parts in a text: "\\f" a paragraph, "\\v" a line."""
    ends: bool = False
    """Something stands in it, and so it has an end."""


_COMMENT = Tag("", Group.VOID, False, {}, frozenset(), "", "")
_PIECES = re.compile("<([^<>]*)>")
_VALUE = r"[ \t\n]*=[ \t\n]*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=`]+)(?![^\s]))"
_NAME = r"[a-zA-Z_][a-zA-Z0-9_:.-]*"
_ATTRIBUTE = re.compile(rf"[ \t\n]+({_NAME})(?:{_VALUE})?")
_WRITTEN = re.compile(
    r"(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9]*)"
    rf"(?P<all>(?:[ \t\n]+{_NAME}(?:{_VALUE})?)*)[ \t\n]*(?P<empty>/)?"
)
_LONGEST = 10_000
_MOST_KNOWN = 2_000
_known: dict[str, Tag] = {}
"""Tags that were read before, addresses aside: there are few."""


def _comment(text: str) -> Tag | None:
    """A comment that every parser ends where it ends."""
    inner = text[3:-2]
    sound = text.startswith("!--") and text.endswith("--") and len(text) >= 5
    if not sound or "--" in inner or inner.startswith("-") or inner.endswith("-"):
        return None
    return _COMMENT


def _attributes(written: str) -> dict[str, str] | None:
    """The attributes of a tag; None if one is there twice."""
    found = [
        (each[1].lower(), each[2] or each[3] or each[4] or "")
        for each in _ATTRIBUTE.finditer(written)
    ]
    attributes = dict(found)
    return attributes if len(attributes) == len(found) else None


def _opening(name: str, group: Group, attributes: dict[str, str]) -> Tag:
    """A tag that begins something, or is all there is of it."""
    kept = _KEPT.get(name, _KEPT_ANYWHERE)
    fixed: str | None = f"<{name}>"
    if name in _UNWRAPPED:
        fixed = ""
    elif name in _ADDRESSED or not kept.isdisjoint(attributes):
        fixed = None
    ends = group not in _ENDLESS
    return Tag(name, group, False, attributes, kept, fixed, _BREAKS.get(name, ""), ends)


def _closing(name: str, group: Group) -> Tag:
    """A tag that ends something; that of a link depends on its beginning."""
    fixed = "" if name in _UNWRAPPED else None if name == "a" else f"</{name}>"
    return Tag(name, group, True, {}, frozenset(), fixed, _BREAKS.get(name, ""))


def _tag(text: str) -> Tag | None:
    """The tag between ``<`` and ``>``; None if it is not plain to see."""
    found = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return _comment(text)
    name = found["name"].lower()
    group = _GROUPS.get(name)
    if group is None:
        return None
    if found["end"]:
        bare = not found["all"] and not found["empty"] and group not in _ENDLESS
        return _closing(name, group) if bare else None
    attributes = _attributes(found["all"])
    if attributes is None or (found["empty"] and group not in _ENDLESS):
        return None
    return _opening(name, group, attributes)


def _read(text: str) -> Tag | None:
    """:func:`_tag`, remembered where it may come again."""
    tag = _tag(text)
    if tag and len(text) < 100 and (tag.name not in _ADDRESSED or not tag.attributes):
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[text] = tag
    return tag


def _fits(tag: Tag, stack: list[str]) -> bool:
    """Whether a parser would leave an opening tag where it is written."""
    group = tag.group
    inside = stack[-1] if stack else ""
    if group is Group.PART:
        return inside in _PARENTS[tag.name]
    if inside in _NO_TEXT:
        return False
    # By identity: the hash of an enumeration's member is costly, and this is hot.
    if group is Group.PHRASE or group is Group.VOID:
        return True
    if group is Group.FORMAT:
        return tag.name not in stack
    ended = group is Group.HEADING and not _HEADINGS.isdisjoint(stack)
    return "p" not in stack and not ended


def _step(tag: Tag, stack: list[str]) -> bool:
    """Go past one tag; False if it is not where it should be."""
    if tag.closes:
        return bool(stack) and stack.pop() == tag.name
    if not tag.name:
        return True
    if len(stack) > _DEEPEST or not _fits(tag, stack):
        return False
    if tag.ends:
        stack.append(tag.name)
    return True


def outline(html: str) -> tuple[list[str], list[Tag]] | None:
    """The pieces of text in ``html`` and the tags between them; None if not simple."""
    parts = _PIECES.split(html)
    texts, written = parts[::2], parts[1::2]
    if html.count("<") != len(written):
        return None
    tags = []
    stack: list[str] = []
    for text, following in zip(written, texts[1:], strict=True):
        tag = _known.get(text) or _read(text)
        if tag is None or not _step(tag, stack):
            return None
        if stack and stack[-1] in _NO_TEXT and following.strip(" \t\n"):
            return None
        tags.append(tag)
    return None if stack else (texts, tags)
