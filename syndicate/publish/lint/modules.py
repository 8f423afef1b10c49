"""What other vocabularies put into channels, feeds, items and entries."""

from __future__ import annotations

from lxml import etree

from syndicate.publish.lint.dates import w3cdtf
from syndicate.publish.lint.everywhere import EVERYWHERE
from syndicate.publish.lint.findings import Report
from syndicate.publish.lint.media import EPISODE, MEDIA, SHOW
from syndicate.publish.lint.parts import ANYTHING, EMPTY, Holds, Part, many, text
from syndicate.publish.lint.uris import full_uri, iri, uri
from syndicate.publish.lint.values import (
    no_markup,
    nonblank,
    number,
    one_of,
    pattern,
)

_WHOLE = number("InvalidNonNegativeInteger", least=0)
_POSITIVE = number("InvalidPositiveInteger", least=1)


def _old_spelling(element: etree._Element, report: Report) -> None:
    report.note("CommentRSS", line=element.sourceline or 0, element="wfw:commentRSS")


_REPLY = Part(
    holds=Holds.NOTHING,
    attributes={"href": (iri,), "ref": (), "source": (iri,), "type": ()},
)
ON_ITEMS: dict[str, Part] = (
    EVERYWHERE
    | MEDIA
    | EPISODE
    | {
        "creativeCommons:license": many(full_uri),
        "feedburner:awareness": text(full_uri),
        "feedburner:origLink": text(full_uri),
        "feedburner:origEnclosureLink": text(full_uri),
        "slash:comments": text(_WHOLE),
        "slash:department": many(),
        "slash:section": many(),
        "slash:hit_parade": text(
            pattern("InvalidCommaSeparatedIntegers", r"\d+(,\s*\d+)*")
        ),
        "thr:total": text(_WHOLE),
        "thr:in-reply-to": _REPLY,
        "wfw:comment": text(full_uri),
        "wfw:commentRss": text(full_uri),
        "wfw:commentRSS": Part(checks=(full_uri,), whole=(_old_spelling,)),
    }
)
"""What may stand in an item or entry."""
ON_FEEDS: dict[str, Part] = (
    EVERYWHERE
    | MEDIA
    | SHOW
    | {
        "creativeCommons:license": many(full_uri),
        "feedburner:awareness": text(full_uri),
        "feedburner:browserFriendly": text(no_markup),
        "feedburner:emailServiceId": text(),
        "feedburner:feedburnerHostname": text(full_uri),
        "feedburner:feedFlare": Part(
            attributes={"href": (uri,), "src": (uri,)}, required=("href", "src")
        ),
        "feedburner:info": Part(holds=Holds.NOTHING, attributes={"uri": (iri,)}),
        "fh:archive": EMPTY,
        "fh:complete": EMPTY,
        "sy:updatePeriod": text(
            one_of(
                "InvalidUpdatePeriod",
                *("hourly", "daily", "weekly", "monthly", "yearly"),
            )
        ),
        "sy:updateFrequency": text(nonblank, _POSITIVE),
        "sy:updateBase": text(w3cdtf),
        "thr:in-reply-to": _REPLY,
        "xhtml:div": ANYTHING,
        "xhtml:meta": Part(holds=Holds.NOTHING, attributes={"name": (), "content": ()}),
    }
)
"""What may stand in a channel or feed."""
