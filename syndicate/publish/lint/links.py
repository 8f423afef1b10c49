"""Links of Atom, wherever they stand: in Atom, in RSS, in tombstones."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from syndicate.publish.lint.dates import rfc3339
from syndicate.publish.lint.findings import Kind, Report, Value
from syndicate.publish.lint.parts import Holds, Part, find
from syndicate.publish.lint.uris import canonical, full_uri, iri
from syndicate.publish.lint.values import (
    is_media_type,
    language,
    media_type,
    nonblank,
    number,
    plain,
)
from syndicate.publish.lint.words import words

RELATIONS = words(
    """
    about alternate amphtml appendix archives author blocked-by bookmark canonical
    chapter cite-as collection contents copyright create-form current describedby
    describes disclosure dns-prefetch duplicate edit edit-form edit-media enclosure
    external first glossary help hosts hub icon index intervalafter item last
    latest-version license linkset lrdd me memento monitor monitor-group next
    next-archive nofollow noopener noreferrer original payment preconnect
    predecessor-version prefetch preload prerender prev prev-archive preview previous
    privacy-policy profile related replies restconf search section self service
    service-desc service-doc start status stylesheet subsection successor-version tag
    terms-of-service timegate timemap type up version-history via webmention
    working-copy working-copy-of
    """
)
"""Registered at IANA."""
_HISTORY = words("current first last next next-archive prev-archive previous")
_IANA = "http://www.iana.org/assignments/relation/"
_FEED_TYPES = ("application/atom+xml", "application/rss+xml", "application/rdf+xml")


def relation(link: etree._Element) -> str:
    """Return what a link is; without rel it is an alternate."""
    return link.get("rel", "alternate").removeprefix(_IANA)


def _one(link: etree._Element, report: Report) -> None:
    rel = relation(link)
    line = link.sourceline or 0
    if not link.get("href"):
        report.note("MissingHref", line=line, element="link")
    if rel and rel not in RELATIONS and ":" not in rel:
        report.note("UnregisteredAtomLinkRel", line=line, element="link", value=rel)
    said = "".join(link.itertext()).strip()
    if said:
        report.note("AtomLinkNotEmpty", line=line, element="link", value=said)
    parent = link.getparent()
    inside = str(parent.tag).rpartition("}")[2] if parent is not None else ""
    if rel in _HISTORY and inside in ("entry", "item"):
        report.note("FeedHistoryRelInEntry", line=line, element="link", value=rel)
    kind = link.get("type", "").partition(";")[0].strip().lower()
    if rel == "self" and is_media_type(kind) and kind not in _FEED_TYPES:
        report.note("SelfNotAtom", line=line, element="link", value=kind)


ATOM_LINK = Part(
    holds=Holds.ANYTHING,
    attributes={
        "href": (iri,),
        "rel": (nonblank,),
        "type": (media_type("InvalidMIMEType"),),
        "title": (nonblank, plain("ContainsHTML")),
        "hreflang": (language,),
        "length": (number("InvalidNonNegativeInteger", least=0),),
        "thr:count": (number("InvalidNonNegativeInteger", least=0),),
        "thr:updated": (rfc3339,),
    },
    whole=(_one,),
)
"""A link; what is in it is nobody's business, its text is noted."""


def feed_links(feed: etree._Element, report: Report) -> None:
    """Check the links of a feed or channel among each other."""
    links = find(feed, "atom:link")
    line = feed.sourceline or 0
    own = [link for link in links if relation(link) == "self"]
    hubs = [link for link in links if relation(link) == "hub"]
    if hubs and not own:
        report.note("HubWithoutSelf", line=line, element="atom:link")
    elif not own and (report.kind is Kind.ATOM or report.version == "2.0"):
        missing = "MissingSelf" if report.kind is Kind.ATOM else "MissingAtomSelfLink"
        report.note(missing, line=line, element="atom:link")
    for hub in hubs:
        full_uri(_href(hub), report)
    for again in own[1:]:
        report.note(
            "DuplicateSelf", line=again.sourceline or 0, value=again.get("href", "")
        )
    for link in own:
        _where(link, report)
    alternates(links, report)
    _history(feed, links, own, report)


def alternates(links: Sequence[etree._Element], report: Report) -> None:
    """Of one type and language there is one alternate (RFC 4287 §4.1.1)."""
    known: set[tuple[str, str]] = set()
    for link in links:
        key = (link.get("type", ""), link.get("hreflang", ""))
        if relation(link) == "alternate":
            if key in known:
                report.note("DuplicateAtomLink", line=link.sourceline or 0)
            known.add(key)


def _where(link: etree._Element, report: Report) -> None:
    """Is the document where it says it is?"""
    said = link.get("href", "")
    line = link.sourceline or 0
    if said and "//" not in (link.base or said) + said:
        report.note("RelativeSelf", line=line, element="link@href", value=said)
    elif report.url and said and canonical(said) != canonical(report.url):
        report.note("SelfDoesntMatchLocation", line=line, value=said)


def _history(
    feed: etree._Element,
    links: Sequence[etree._Element],
    own: Sequence[etree._Element],
    report: Report,
) -> None:
    """RFC 5005: complete feeds, paged ones, archives."""
    here = {link.get("href", "") for link in own} | {report.url}
    history = {relation(link): link for link in links if relation(link) in _HISTORY}
    complete = bool(find(feed, "fh:complete"))
    if complete:
        _complete(history, here, report)
    elif find(feed, "fh:archive"):
        line = feed.sourceline or 0
        if not {"prev-archive", "next-archive"} & set(history):
            report.note("ArchiveIncomplete", line=line)
        if "current" not in history:
            report.note("MissingCurrentInArchive", line=line)
    for end, beyond in (("first", "previous"), ("last", "next")):
        at_end = end in history and history[end].get("href", "") in here
        if at_end and beyond in history:
            report.note("LinkPastEnd", line=history[beyond].sourceline or 0, value=end)
    for name in ("prev-archive", "next-archive"):
        if name in history and history[name].get("href", "") in here - {""}:
            found = history[name]
            report.note(
                "ArchiveNotOlder",
                line=found.sourceline or 0,
                value=found.get("href", ""),
            )


def _complete(
    history: dict[str, etree._Element], here: set[str], report: Report
) -> None:
    for name, link in history.items():
        line = link.sourceline or 0
        if name != "current":
            report.note("FeedRelInCompleteFeed", line=line, value=name)
        elif link.get("href", "") not in here:
            said = link.get("href", "")
            report.note("CurrentNotSelfInCompleteFeed", line=line, value=said)


def _href(link: etree._Element) -> Value:
    said = link.get("href", "")
    return Value(said, "link@href", link.sourceline or 0, said)
