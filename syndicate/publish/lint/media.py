"""Media RSS, and podcasts as iTunes wants them."""

from __future__ import annotations

import re

from lxml import etree

from syndicate.publish.lint.dates import rfc822
from syndicate.publish.lint.everywhere import EVERYWHERE
from syndicate.publish.lint.findings import Report, Value
from syndicate.publish.lint.html import markup
from syndicate.publish.lint.namespaces import NAMES
from syndicate.publish.lint.parts import Holds, Part, find, text
from syndicate.publish.lint.uris import full_uri, http_url
from syndicate.publish.lint.values import (
    Check,
    at_most,
    email,
    language,
    media_type,
    no_markup,
    number,
    one_of,
    pattern,
    plain,
)
from syndicate.publish.lint.words import words

_POSITIVE = number("InvalidPositiveInteger", least=1)
_WHOLE = number("InvalidNonNegativeInteger", least=0)
_DECIMAL = pattern("InvalidFloat", r"\d+\.?\d*.*")
_TIME = pattern("InvalidNPTTime", r"now|\d+(\.\d+)?|\d+:\d\d:\d\d(\.\d+)?")
_TRUE_FALSE = one_of("InvalidTrueFalse", "true", "false", fold=True)
_PLAIN_TYPE = one_of("InvalidMediaTextType", "plain", "html")


def _scheme(value: Value, report: Report) -> None:
    """An address, or one of the short names that Media RSS itself uses."""
    if not re.fullmatch(r"urn:[\w-]+", value.text):
        full_uri(value, report)


def _words(element: etree._Element, report: Report) -> None:
    """media:title and its like are text unless they say that they are HTML."""
    raw = element.text or ""
    value = Value(
        raw.strip(), f"media:{str(element.tag).rpartition('}')[2]}", _line(element), raw
    )
    check: Check = plain("ContainsUndeclaredHTML")
    (markup if element.get("type") == "html" else check)(value, report)


def _hash(element: etree._Element, report: Report) -> None:
    said = (element.text or "").strip()
    wanted = {"md5": 32, "sha-1": 40}.get(element.get("algo", "md5"), 0)
    if len(said) != wanted or not said.isalnum():
        report.note(
            "InvalidMediaHash", line=_line(element), element="media:hash", value=said
        )


def _restriction(element: etree._Element, report: Report) -> None:
    said = (element.text or "").strip()
    if not element.get("type") and said not in ("", "all", "none"):
        report.note(
            "InvalidMediaRestriction",
            line=_line(element),
            element="media:restriction",
            value=said,
        )


def _several(element: etree._Element, report: Report) -> None:
    if len(find(element, "media:content")) < 2:
        report.note("MediaGroupWithoutAlternatives", line=_line(element))


def _out_of_use(element: etree._Element, report: Report) -> None:
    report.note("DeprecatedMediaAdult", line=_line(element), element="media:adult")


def _line(element: etree._Element) -> int:
    return element.sourceline or 0


_TYPED = Part(
    attributes={"type": (_PLAIN_TYPE,)}, whole=(_words,), once="DuplicateElement"
)
ABOUT_MEDIA: dict[str, Part] = {
    "media:adult": Part(checks=(_TRUE_FALSE,), whole=(_out_of_use,)),
    "media:category": Part(
        attributes={"label": (plain("ContainsHTML"),), "scheme": (_scheme,)}
    ),
    "media:copyright": Part(attributes={"url": (full_uri,)}),
    "media:credit": Part(attributes={"role": (), "scheme": (_scheme,)}),
    "media:description": _TYPED,
    "media:hash": Part(attributes={"algo": ()}, whole=(_hash,)),
    "media:keywords": text(once=False),
    "media:player": Part(
        holds=Holds.NOTHING,
        attributes={"url": (full_uri,), "height": (_POSITIVE,), "width": (_POSITIVE,)},
        required=("url",),
    ),
    "media:rating": Part(attributes={"scheme": (_scheme,)}),
    "media:restriction": Part(
        attributes={
            "relationship": (one_of("InvalidMediaRestrictionRel", "allow", "deny"),),
            "type": (),
        },
        required=("relationship",),
        whole=(_restriction,),
    ),
    "media:text": Part(
        attributes={
            "type": (_PLAIN_TYPE,),
            "lang": (language,),
            "start": (_TIME,),
            "end": (_TIME,),
        },
        whole=(_words,),
    ),
    "media:thumbnail": Part(
        holds=Holds.NOTHING,
        attributes={
            "url": (full_uri,),
            "height": (_POSITIVE,),
            "width": (_POSITIVE,),
            "time": (_TIME,),
        },
        required=("url",),
    ),
    "media:title": _TYPED,
}
_COMMUNITY = {
    name: Part(holds=Holds.ANYTHING)
    for name in (
        "media:community",
        "media:comments",
        "media:embed",
        "media:responses",
        "media:backLinks",
        "media:status",
        "media:price",
        "media:license",
        "media:subTitle",
        "media:peerLink",
        "media:location",
        "media:rights",
        "media:scenes",
    )
}
"""Of Media RSS 1.5.1, which the W3C service does not know."""
_FILE = Part(
    holds=Holds.NOTHING,
    attributes={
        "url": (full_uri,),
        "type": (media_type("InvalidMIMEAttribute"),),
        "medium": (
            one_of(
                "InvalidMediaMedium",
                *("image", "audio", "video", "document", "executable"),
            ),
        ),
        "expression": (one_of("InvalidMediaExpression", "sample", "full", "nonstop"),),
        "fileSize": (_POSITIVE,),
        "height": (_POSITIVE,),
        "width": (_POSITIVE,),
        "channels": (_WHOLE,),
        "bitrate": (_DECIMAL,),
        "duration": (_DECIMAL,),
        "framerate": (_DECIMAL,),
        "samplingrate": (_DECIMAL,),
        "isDefault": (_TRUE_FALSE,),
        "lang": (language,),
    },
    children=EVERYWHERE | ABOUT_MEDIA | _COMMUNITY,
)
MEDIA: dict[str, Part] = (
    ABOUT_MEDIA
    | _COMMUNITY
    | {
        "media:content": _FILE,
        "media:group": Part(
            holds=Holds.NOTHING,
            children=ABOUT_MEDIA | _COMMUNITY | {"media:content": _FILE},
            whole=(_several,),
        ),
    }
)
"""What Media RSS puts into channels and items."""

# ── Podcasts ─────────────────────────────────────────────────────────────────

_FORMATS = ("m4a", "mp3", "mov", "mp4", "m4v", "pdf", "epub")
_CATEGORIES = words(
    """
    Arts Business Comedy Education Fiction Government History Leisure Music News
    Science Sports Technology
    """
) | {
    "Health & Fitness",
    "Kids & Family",
    "Religion & Spirituality",
    "Society & Culture",
    "True Crime",
    "TV & Film",
}
_FORMERLY = words(
    """
    Family Food Health International Politics Transportation Travel
    """
) | {
    "Arts & Entertainment",
    "Audio Blogs",
    "Games & Hobbies",
    "Government & Organizations",
    "Movies & Television",
    "News & Politics",
    "Public Radio",
    "Science & Medicine",
    "Sports & Recreation",
    "Talk Radio",
}
_COMMAS = pattern("InvalidKeywords", r"\S*|.*,.*", flags=16)
_PODCAST: dict[str, Part] = {
    "itunes:author": text(at_most(255), no_markup),
    "itunes:block": text(one_of("InvalidYesNoClean", "yes", "no", "clean", fold=True)),
    "itunes:explicit": text(_TRUE_FALSE),
    "itunes:keywords": text(at_most(255), _COMMAS),
    "itunes:subtitle": text(at_most(255), no_markup),
    "itunes:summary": text(at_most(4000), no_markup),
    "itunes:title": text(),
    "itunes:image": Part(
        holds=Holds.NOTHING,
        attributes={"href": (http_url,)},
        required=("href",),
        once="DuplicateElement",
    ),
}
EPISODE: dict[str, Part] = _PODCAST | {
    "itunes:duration": text(pattern("InvalidDuration", r"\d+(:[0-5]\d(:[0-5]\d)?)?")),
    "itunes:episode": text(_POSITIVE),
    "itunes:season": text(_POSITIVE),
    "itunes:order": text(_WHOLE),
    "itunes:isClosedCaptioned": text(),
    "itunes:episodeType": text(one_of("InvalidValue", "full", "trailer", "bonus")),
    "itunes:category": Part(holds=Holds.ANYTHING),
}


def _category(element: etree._Element, report: Report) -> None:
    said = element.get("text", "")
    if said and said not in _CATEGORIES:
        old = said in _FORMERLY
        rule = "ObsoleteItunesCategory" if old else "InvalidItunesCategory"
        report.note(rule, line=_line(element), element="itunes:category", value=said)


def _owner(element: etree._Element, report: Report) -> None:
    if not find(element, "itunes:email"):
        report.note("MissingElement", line=_line(element), element="itunes:email")


SHOW: dict[str, Part] = _PODCAST | {
    "itunes:category": Part(
        holds=Holds.NOTHING,
        attributes={"text": ()},
        required=("text",),
        children={
            "itunes:category": Part(holds=Holds.NOTHING, attributes={"text": ()})
        },
        whole=(_category,),
    ),
    "itunes:owner": Part(
        holds=Holds.NOTHING,
        children={
            "itunes:email": text(email),
            "itunes:name": text(at_most(255), no_markup),
        },
        whole=(_owner,),
        once="DuplicateElement",
    ),
    "itunes:new-feed-url": text(full_uri),
    "itunes:pubDate": text(rfc822),
    "itunes:type": text(one_of("InvalidValue", "episodic", "serial")),
    "itunes:complete": text(),
}


def podcast(channel: etree._Element, report: Report) -> None:
    """Check what a channel with anything of iTunes should have."""
    inside = f"{{{NAMES['itunes']}}}"
    marked = channel.iter(f"{inside}*")
    if next(marked, None) is None:
        return
    line = _line(channel)
    if channel.find("language") is None and not channel.get(f"{{{NAMES['xml']}}}lang"):
        report.note("MissingItunesElement", line=line, element="language")
    for name in ("category", "explicit"):
        if channel.find(f"{inside}{name}") is None:
            report.note("MissingItunesElement", line=line, element=f"itunes:{name}")
    if channel.find(f"{inside}owner") is None:
        report.note("MissingItunesEmail", line=line, element="itunes:owner")
    for enclosure in channel.iter("enclosure"):
        ending = enclosure.get("url", "").rpartition(".")[2]
        if ending not in _FORMATS:
            report.note(
                "UnsupportedItunesFormat",
                line=_line(enclosure),
                element="enclosure",
                value=ending,
            )
