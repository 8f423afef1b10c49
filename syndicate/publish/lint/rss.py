"""RSS 2.0, and what came before it (0.91, 0.92), with the profile of the RSS board."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from syndicate.publish.lint.dates import rfc822, rfc3339
from syndicate.publish.lint.findings import Report
from syndicate.publish.lint.items import ATOM_TEXT, CATEGORY, ITEM, TITLE, said_twice
from syndicate.publish.lint.links import ATOM_LINK, feed_links
from syndicate.publish.lint.media import podcast
from syndicate.publish.lint.modules import ON_FEEDS
from syndicate.publish.lint.parts import (
    ANYTHING,
    Holds,
    Part,
    children,
    find,
    many,
    name_of,
    text,
)
from syndicate.publish.lint.uris import full_uri, uri
from syndicate.publish.lint.values import (
    email_with_name,
    language,
    no_markup,
    nonblank,
    number,
    one_of,
)

_VERSIONS = ("0.91", "0.92", "2.0")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PICTURES = ("jpg", "jpeg", "gif", "png")


def version(root: etree._Element, report: Report) -> None:
    """Note which RSS it is, for the rules that differ."""
    report.version = root.get("version", "2.0")
    if report.version not in _VERSIONS:
        report.note(
            "InvalidRSSVersion",
            line=_line(root),
            element="rss@version",
            value=report.version,
        )


def _root(root: etree._Element, report: Report) -> None:
    if root.find("channel") is None:
        report.note("MissingElement", line=_line(root), element="channel")


def _channel(channel: etree._Element, report: Report) -> None:
    line = _line(channel)
    for name in ("description", "link", "title"):
        if channel.find(name) is None:
            report.note(f"Missing{name.title()}", line=line, element=f"channel/{name}")
    said_twice(channel, report, "DuplicateSemantics")
    feed_links(channel, report)
    items = channel.findall("item")
    _unlike(items, report)
    _order(channel, report)
    _counted(channel, items, report)
    podcast(channel, report)


def _unlike(items: Iterable[etree._Element], report: Report) -> None:
    known: set[str] = set()
    for item in items:
        for found in item.findall("guid")[:1]:
            said = (found.text or "").strip()
            if said and said in known:
                report.note(
                    "DuplicateValue", line=_line(found), element="guid", value=said
                )
            known.add(said)


def _order(channel: etree._Element, report: Report) -> None:
    """What describes the channel stands before its items."""
    begun: etree._Element | None = None
    for child in children(channel):
        name = name_of(child, "")
        if name == "item":
            begun = child
        elif begun is not None and (":" not in name or name == "atom:link"):
            report.note("MisplacedItem", line=_line(begun), element="item")
            return


def _counted(
    channel: etree._Element, items: Iterable[etree._Element], report: Report
) -> None:
    if channel.find("lastBuildDate") is not None:
        return
    for item in items:
        for comments in find(item, "slash:comments")[:1]:
            report.note("SlashDate", line=_line(comments), element="slash:comments")


def _image(image: etree._Element, report: Report) -> None:
    line = _line(image)
    for name, rule in (
        ("title", "MissingTitle"),
        ("url", "MissingElement"),
        ("link", "MissingLink"),
    ):
        if image.find(name) is None:
            report.note(rule, line=line, element=f"image/{name}")
    channel = image.getparent()
    for name, rule in (
        ("link", "ImageLinkDoesntMatch"),
        ("title", "ImageTitleDoesntMatch"),
    ):
        own = (image.findtext(name) or "").strip()
        outer = channel.findtext(name) if channel is not None else None
        if own and outer and outer.strip() != own:
            report.note(rule, line=line, element=f"image/{name}", value=own)
    ending = (image.findtext("url") or "").strip().rpartition(".")[2].lower()
    if ending.isalnum() and ending not in _PICTURES:
        report.note("ImageUrlFormat", line=line, element="image/url", value=ending)


def _hours(hours: etree._Element, report: Report) -> None:
    said = [(hour.text or "").strip() for hour in hours.findall("hour")]
    if len(said) > 24:
        report.note("NotEnoughHoursInTheDay", line=_line(hours), element="skipHours")
    if "24" in said:
        report.note("UseZeroForMidnight", line=_line(hours), element="hour")


def _days(days: etree._Element, report: Report) -> None:
    if len(days.findall("day")) > 7:
        report.note("EightDaysAWeek", line=_line(days), element="skipDays")


def _input(element: etree._Element, report: Report) -> None:
    report.note("AvoidTextInput", line=_line(element), element="textInput")


def _line(element: etree._Element) -> int:
    return element.sourceline or 0


_IMAGE = Part(
    holds=Holds.NOTHING,
    children={
        "title": TITLE,
        "link": text(full_uri),
        "url": text(full_uri),
        "width": text(number("InvalidWidth", least=1, most=144)),
        "height": text(number("InvalidHeight", least=1, most=400)),
        "description": text(no_markup),
    },
    once="DuplicateElement",
    whole=(_image,),
)
_CLOUD = Part(
    holds=Holds.NOTHING,
    attributes={
        "domain": (),
        "path": (),
        "registerProcedure": (),
        "protocol": (),
        "port": (number("InvalidIntegerAttribute", least=1),),
    },
    required=("domain", "path", "registerProcedure", "protocol", "port"),
    once="DuplicateElement",
)
CHANNEL = Part(
    holds=Holds.NOTHING,
    attributes={"indexing:index": ()},
    children=ON_FEEDS
    | {
        "category": CATEGORY,
        "cloud": _CLOUD,
        "copyright": text(no_markup),
        "description": text(no_markup),
        "docs": text(full_uri),
        "generator": text(),
        "image": _IMAGE,
        "item": ITEM,
        "language": text(language),
        "lastBuildDate": text(rfc822),
        "link": text(full_uri),
        "managingEditor": text(email_with_name),
        "pubDate": text(rfc822),
        "rating": many(),
        "skipDays": Part(
            holds=Holds.NOTHING,
            children={"day": many(one_of("InvalidDay", *_DAYS))},
            once="DuplicateElement",
            whole=(_days,),
        ),
        "skipHours": Part(
            holds=Holds.NOTHING,
            children={"hour": many(number("InvalidHour", least=0, most=24))},
            once="DuplicateElement",
            whole=(_hours,),
        ),
        "textInput": Part(
            holds=Holds.ANYTHING, whole=(_input,), once="DuplicateElement"
        ),
        "title": TITLE,
        "ttl": text(nonblank, number("InvalidPositiveInteger", least=1)),
        "webMaster": text(email_with_name),
        "atom:author": ANYTHING,
        "atom:category": ANYTHING,
        "atom:contributor": ANYTHING,
        "atom:generator": text(nonblank),
        "atom:icon": text(nonblank, uri),
        "atom:id": text(full_uri),
        "atom:link": ATOM_LINK,
        "atom:logo": text(nonblank, uri),
        "atom:rights": ATOM_TEXT,
        "atom:subtitle": ATOM_TEXT,
        "atom:title": ATOM_TEXT,
        "atom:updated": text(rfc3339),
    },
    once="DuplicateElement",
    whole=(_channel,),
)
RSS = Part(
    holds=Holds.NOTHING,
    attributes={"version": ()},
    required=("version",),
    children={"channel": CHANNEL, "access:restriction": ANYTHING},
    whole=(_root,),
)
