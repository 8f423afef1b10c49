"""What may stand in feeds, in entries and inside them: Dublin Core, places."""

from __future__ import annotations

from lxml import etree

from syndicate.publish.lint.dates import rfc822, w3cdtf
from syndicate.publish.lint.findings import Report
from syndicate.publish.lint.html import markup
from syndicate.publish.lint.parts import ANYTHING, Holds, Part, many, text
from syndicate.publish.lint.uris import full_uri
from syndicate.publish.lint.values import email, language, no_markup, pattern, within

_POSITION = r"[-+]?\d+\.?\d*[ ,][-+]?\d+\.?\d*"


def _position(element: etree._Element, report: Report) -> None:
    if "," in (element.text or ""):
        name = str(element.tag).rpartition("}")[2]
        report.note("CoordComma", line=element.sourceline or 0, element=name)


_DC = {
    f"dc:{name}": text()
    for name in ("title", "description", "type", "format", "source")
} | {
    f"dc:{name}": many()
    for name in (
        *("publisher", "contributor", "identifier", "relation", "coverage"),
        *("creator", "subject"),
    )
}
_TERMS = {
    f"dcterms:{name}": Part(holds=Holds.ANYTHING)
    for name in (
        *("abstract", "accessRights", "accrualMethod", "accrualPeriodicity"),
        *("accrualPolicy", "alternative", "audience", "available", "title", "creator"),
        *("bibliographicCitation", "conformsTo", "contributor", "coverage", "date"),
        *("dateAccepted", "dateCopyrighted", "dateSubmitted", "description"),
        *("educationLevel", "extent", "format", "hasFormat", "hasPart", "hasVersion"),
        *("identifier", "instructionalMethod", "isFormatOf", "isPartOf", "language"),
        *("isReferencedBy", "isReplacedBy", "isRequiredBy", "isVersionOf", "license"),
        *("mediator", "medium", "provenance", "publisher", "references", "relation"),
        *("replaces", "requires", "rights", "rightsHolder", "source", "spatial"),
        *("subject", "tableOfContents", "temporal", "type", "valid"),
    )
} | {f"dcterms:{name}": text(w3cdtf) for name in ("created", "issued", "modified")}
EVERYWHERE: dict[str, Part] = (
    _DC
    | _TERMS
    | {
        "dc:language": text(language),
        "dc:rights": text(no_markup),
        "dc:date": text(w3cdtf),
        "geo:Point": ANYTHING,
        "geo:lat": many(within("InvalidLatitude", 90)),
        "geo:long": many(within("InvalidLongitude", 180)),
        "geo:alt": many(),
        "georss:point": Part(
            checks=(pattern("InvalidCoord", _POSITION),), whole=(_position,)
        ),
        "icbm:latitude": many(within("InvalidLatitude", 90)),
        "icbm:longitude": many(within("InvalidLongitude", 180)),
        "opml:dateCreated": text(rfc822),
        "opml:dateModified": text(rfc822),
        "opml:ownerName": text(markup),
        "opml:ownerEmail": text(email),
        "opml:ownerId": text(full_uri),
    }
    | {
        f"georss:{name}": ANYTHING
        for name in (
            *("where", "line", "polygon", "box", "featureTypeTag", "featureName"),
            *("relationshipTag", "elev", "floor", "radius"),
        )
    }
)
"""What may stand in a channel as in an item, and in what is in them."""
