"""Items of RSS 2.0, and what they have in common with its channels."""

from __future__ import annotations

from lxml import etree

from syndicate.publish.lint.constructs import construct
from syndicate.publish.lint.dates import rfc822, rfc3339
from syndicate.publish.lint.findings import Report, Value
from syndicate.publish.lint.html import absolute_markup
from syndicate.publish.lint.links import ATOM_LINK
from syndicate.publish.lint.modules import ON_ITEMS
from syndicate.publish.lint.parts import ANYTHING, Holds, Part, children, name_of, text
from syndicate.publish.lint.uris import full_uri, guid, http_url
from syndicate.publish.lint.values import (
    email_with_name,
    media_type,
    no_markup,
    nonblank,
    number,
)

_TWICE_SAID = {
    "DuplicateSemantics": (
        ("managingEditor", "dc:creator"),
        ("webMaster", "dc:publisher"),
        ("category", "dc:subject"),
        ("pubDate", "dc:date"),
        ("language", "dc:language"),
        ("copyright", "dc:rights"),
        ("lastBuildDate", "dcterms:modified"),
        ("generator", "admin:generatorAgent"),
        ("creativeCommons:license", "cc:license"),
    ),
    "DuplicateItemSemantics": (
        ("author", "dc:creator"),
        ("category", "dc:subject"),
        ("pubDate", "dc:date"),
        ("pubDate", "atom:published"),
        ("guid", "atom:id"),
        ("source", "dc:source"),
        ("creativeCommons:license", "cc:license"),
    ),
}


def said_twice(element: etree._Element, report: Report, rule: str) -> None:
    """What two vocabularies say in one place may differ one day."""
    there = {name_of(child, ""): child for child in children(element)}
    for core, other in _TWICE_SAID[rule]:
        if core in there and other in there:
            report.note(rule, line=_line(there[other]), element=other, value=core)


def _item(item: etree._Element, report: Report) -> None:
    line = _line(item)
    if item.find("title") is None and item.find("description") is None:
        report.note("ItemMustContainTitleOrDescription", line=line, element="item")
    if item.find("guid") is None and report.version.startswith("2."):
        report.note("MissingGuid", line=line, element="guid")
    said_twice(item, report, "DuplicateItemSemantics")
    names = [name_of(child, "") for child in children(item)]
    if "content:encoded" in names:
        before = names[: names.index("content:encoded")]
        if "description" not in before:
            report.note(
                "NeedDescriptionBeforeContent", line=line, element="content:encoded"
            )


def _guid(element: etree._Element, report: Report) -> None:
    raw = element.text or ""
    said = raw.strip()
    value = Value(said, "guid", _line(element), raw)
    if element.get("isPermaLink", "true") == "true":
        guid(value, report)
    elif len(said) < 9 and said.isdigit():
        report.note(
            "NotSufficientlyUnique", line=value.line, element="guid", value=said
        )


def _length(value: Value, report: Report) -> None:
    if value.text == "-1":
        report.note("UseZeroForUnknown", line=value.line, element=value.name)
        return
    rule = "InvalidIntegerAttribute"
    if value.text.startswith("-") and value.text[1:].isdigit():
        rule = "InvalidNonNegativeInteger"
    number(rule, least=0)(value, report)


def _misspelt_guid(value: Value, report: Report) -> None:
    if value.text not in ("true", "false"):
        report.note(
            "InvalidBooleanAttribute",
            line=value.line,
            element=value.name,
            value=value.text,
        )


def _description(element: etree._Element, report: Report) -> None:
    """In RSS 0.91 it is text, later HTML."""
    raw = element.text or ""
    value = Value(raw.strip(), "description", _line(element), raw)
    check = no_markup if report.version == "0.91" else absolute_markup
    check(value, report)


def _line(element: etree._Element) -> int:
    return element.sourceline or 0


ATOM_TEXT = Part(
    holds=Holds.ANYTHING,
    attributes={"type": (), "src": ()},
    whole=(construct,),
    once="DuplicateElement",
)
CATEGORY = Part(checks=(nonblank, no_markup), attributes={"domain": ()})
TITLE = text(nonblank, no_markup)
ITEM = Part(
    holds=Holds.NOTHING,
    children=ON_ITEMS
    | {
        "author": text(email_with_name),
        "category": CATEGORY,
        "comments": text(full_uri),
        "content:encoded": text(absolute_markup),
        "description": Part(whole=(_description,), once="DuplicateElement"),
        "enclosure": Part(
            holds=Holds.NOTHING,
            attributes={
                "url": (http_url,),
                "length": (_length,),
                "type": (media_type("InvalidMIMEAttribute"),),
            },
            required=("url", "length", "type"),
            once="DuplicateEnclosure",
        ),
        "guid": Part(
            checks=(nonblank,),
            attributes={"isPermaLink": (_misspelt_guid,)},
            whole=(_guid,),
            once="DuplicateElement",
        ),
        "link": text(full_uri),
        "pubDate": text(rfc822),
        "source": Part(
            checks=(no_markup,),
            attributes={"url": (full_uri,)},
            required=("url",),
            once="DuplicateElement",
        ),
        "title": TITLE,
        "atom:link": ATOM_LINK,
        "atom:id": text(full_uri),
        "atom:author": ANYTHING,
        "atom:contributor": ANYTHING,
        "atom:content": ANYTHING,
        "atom:published": text(rfc3339),
        "atom:summary": ATOM_TEXT,
        "atom:title": ATOM_TEXT,
        "atom:updated": text(rfc3339),
        "xhtml:body": ANYTHING,
    },
    whole=(_item,),
)
