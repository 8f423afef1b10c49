"""OPML 2.0: lists of feeds."""

from __future__ import annotations

from lxml import etree

from syndicate.publish.lint.dates import rfc822
from syndicate.publish.lint.everywhere import EVERYWHERE
from syndicate.publish.lint.findings import Report
from syndicate.publish.lint.html import markup
from syndicate.publish.lint.parts import Holds, Part, text
from syndicate.publish.lint.uris import full_uri, http_url
from syndicate.publish.lint.values import (
    email,
    language,
    nonblank,
    number,
    one_of,
    pattern,
)

_VERSIONS = ("1.0", "1.1", "2.0")
_FEEDS = ("RSS", "RSS1", "RSS2", "scriptingNews")
_SAYS_MORE = frozenset(
    ("description", "htmlUrl", "language", "title", "version", "xmlUrl")
)
_TRUE_FALSE = one_of("InvalidTrueFalse", "true", "false", fold=True)
_PLACE = (nonblank, number("InvalidPositiveInteger", least=1))


def _root(root: etree._Element, report: Report) -> None:
    report.version = root.get("version", "")
    line = root.sourceline or 0
    if report.version and report.version not in _VERSIONS:
        report.note("InvalidOPMLVersion", line=line, value=report.version)
    for name in ("head", "body"):
        if root.find(name) is None:
            report.note("MissingElement", line=line, element=name)
    body = root.find("body")
    if body is not None and body.find("outline") is None:
        report.note("MissingElement", line=body.sourceline or 0, element="outline")


def _outline(outline: etree._Element, report: Report) -> None:
    kind = outline.get("type", "").lower()
    if not kind and _SAYS_MORE.intersection(map(str, outline.attrib)):
        _note(outline, report, "MissingOutlineType")
    if kind == "rss":
        for name, rule in (("xmlUrl", "MissingXmlURL"), ("title", "MissingTitleAttr")):
            if outline.get(name) is None:
                _note(outline, report, rule)
    elif kind == "link" and outline.get("url") is None:
        _note(outline, report, "MissingUrlAttr")
    root = outline.getroottree().getroot()
    known = kind in ("", "rss", "link", "include")
    if not known and root.get("version", "").startswith("1."):
        _note(outline, report, "InvalidOutlineType", kind)


def _note(outline: etree._Element, report: Report, rule: str, value: str = "") -> None:
    line = outline.sourceline or 0
    report.note(rule, line=line, element="outline", value=value)


_OUTLINES: dict[str, Part] = dict(EVERYWHERE)
OUTLINE = Part(
    holds=Holds.NOTHING,
    attributes={
        "text": (markup,),
        "title": (markup,),
        "type": (),
        "category": (),
        "created": (rfc822,),
        "description": (markup,),
        "htmlUrl": (full_uri,),
        "xmlUrl": (full_uri,),
        "url": (full_uri,),
        "isBreakpoint": (_TRUE_FALSE,),
        "isComment": (_TRUE_FALSE,),
        "language": (language,),
        "version": (one_of("InvalidOutlineVersion", *_FEEDS),),
    },
    required=("text",),
    children=_OUTLINES,
    whole=(_outline,),
)
_OUTLINES["outline"] = OUTLINE
_HEAD = Part(
    holds=Holds.NOTHING,
    children=EVERYWHERE
    | {
        "title": text(markup),
        "dateCreated": text(rfc822),
        "dateModified": text(rfc822),
        "ownerName": text(markup),
        "ownerEmail": text(email),
        "ownerId": text(http_url),
        "docs": text(full_uri),
        "expansionState": text(pattern("InvalidExpansionState", r"(\d+(,\s*\d+)*)?")),
        "vertScrollState": text(*_PLACE),
        "windowTop": text(*_PLACE),
        "windowLeft": text(*_PLACE),
        "windowBottom": text(*_PLACE),
        "windowRight": text(*_PLACE),
    },
    once="DuplicateElement",
)
OPML = Part(
    holds=Holds.NOTHING,
    attributes={"version": ()},
    required=("version",),
    children={
        "head": _HEAD,
        "body": Part(holds=Holds.NOTHING, children=_OUTLINES, once="DuplicateElement"),
    },
    whole=(_root,),
)
