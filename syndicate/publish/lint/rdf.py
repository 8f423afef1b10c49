"""RSS 1.0, as far as feeds still use it; of RDF nothing is checked."""

from __future__ import annotations

from lxml import etree

from syndicate.publish.lint.findings import Report
from syndicate.publish.lint.html import absolute_markup
from syndicate.publish.lint.items import TITLE
from syndicate.publish.lint.links import ATOM_LINK
from syndicate.publish.lint.modules import ON_FEEDS, ON_ITEMS
from syndicate.publish.lint.parts import (
    ANYTHING,
    Holds,
    Part,
    children,
    many,
    name_of,
    text,
)
from syndicate.publish.lint.uris import full_uri, uri
from syndicate.publish.lint.values import no_markup


def _rdf_item(item: etree._Element, report: Report) -> None:
    for name, rule in (("title", "MissingTitle"), ("link", "MissingLink")):
        if not [
            child for child in children(item) if name_of(child, _rdf(item)) == name
        ]:
            report.note(rule, line=item.sourceline or 0, element=f"item/{name}")


def _rdf(element: etree._Element) -> str:
    return str(element.tag)[1:].partition("}")[0]


_ABOUT = {"rdf:about": (uri,), "rdf:resource": (uri,)}
RDF_ITEM = Part(
    holds=Holds.NOTHING,
    attributes=_ABOUT,
    required=("rdf:about",),
    children=ON_ITEMS
    | {
        "title": TITLE,
        "link": text(full_uri),
        "description": text(absolute_markup),
        "content:encoded": text(absolute_markup),
        "dc:date": many(),
    },
    whole=(_rdf_item,),
)
RDF = Part(
    holds=Holds.NOTHING,
    children={
        "channel": Part(
            holds=Holds.NOTHING,
            attributes=_ABOUT,
            required=("rdf:about",),
            children=ON_FEEDS
            | {
                "title": TITLE,
                "link": text(full_uri),
                "description": text(no_markup),
                "image": ANYTHING,
                "items": ANYTHING,
                "textinput": ANYTHING,
                "atom:link": ATOM_LINK,
            },
        ),
        "image": ANYTHING,
        "textinput": ANYTHING,
        "item": RDF_ITEM,
    },
)
