"""Atom 1.0 (RFC 4287), with tombstones (RFC 6721)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree

from syndicate.publish.lint.constructs import construct, content
from syndicate.publish.lint.dates import moment, rfc3339
from syndicate.publish.lint.findings import Report
from syndicate.publish.lint.links import ATOM_LINK, alternates, feed_links, relation
from syndicate.publish.lint.modules import ON_FEEDS, ON_ITEMS
from syndicate.publish.lint.namespaces import ATOM
from syndicate.publish.lint.parts import (
    ANYTHING,
    Holds,
    Part,
    children,
    find,
    text,
    walk,
)
from syndicate.publish.lint.uris import canonical_iri, full_iri, iri
from syndicate.publish.lint.values import (
    bare,
    email,
    no_email,
    nonblank,
    plain,
)

Whole = Callable[[etree._Element, Report], None]
_MANY_ALIKE = 9
"""Entries with one id that are more than a slip."""


# ── Feeds, entries, sources ──────────────────────────────────────────────────


def _line(element: etree._Element) -> int:
    return element.sourceline or 0


def _missing(
    element: etree._Element, report: Report, rule: str = "MissingElement"
) -> None:
    for name in ("id", "title", "updated"):
        if not find(element, name, ATOM):
            report.note(rule, line=_line(element), element=name)


def _feed(feed: etree._Element, report: Report) -> None:
    _missing(feed, report)
    feed_links(feed, report)
    _order(feed, report)
    entries = find(feed, "entry", ATOM)
    _unlike(entries, report)
    signed = bool(find(feed, "author", ATOM))
    for entry in entries:
        _author(entry, report, signed=signed)
    _buried(feed, entries, report)


def _order(feed: etree._Element, report: Report) -> None:
    """What describes the feed stands before its entries."""
    begun = False
    for child in children(feed):
        tag = str(child.tag)
        if tag == f"{{{ATOM}}}entry":
            begun = True
        elif begun and tag.startswith(f"{{{ATOM}}}"):
            name = tag.rpartition("}")[2]
            report.note("MisplacedMetadata", line=_line(child), element=name)


def _unlike(entries: list[etree._Element], report: Report) -> None:
    ids = list(_texts(entries, "id"))
    counts = Counter(said for _, said in ids)
    if len(entries) > _MANY_ALIKE and len(counts) == 1 and len(ids) == len(entries):
        report.note("DuplicateIds", line=_line(entries[0]), element="id")
    else:
        _repeats(ids, report, "DuplicateEntries", "id")
    _repeats(list(_texts(entries, "updated")), report, "DuplicateUpdated", "updated")


def _texts(
    entries: list[etree._Element], name: str
) -> Iterator[tuple[etree._Element, str]]:
    for entry in entries:
        for found in find(entry, name, ATOM)[:1]:
            yield found, (found.text or "").strip()


def _repeats(
    found: list[tuple[etree._Element, str]], report: Report, rule: str, name: str
) -> None:
    known: set[str] = set()
    for element, said in found:
        if said and said in known:
            report.note(rule, line=_line(element), element=name, value=said)
        known.add(said)


def _entry(entry: etree._Element, report: Report) -> None:
    _missing(entry, report)
    links = find(entry, "link", ATOM)
    alternates(links, report)
    content = next(iter(find(entry, "content", ATOM)), None)
    summary = bool(find(entry, "summary", ATOM))
    line = _line(entry)
    if content is None:
        if not summary:
            report.note("MissingTextualContent", line=line, element="entry")
        if "alternate" not in {relation(link) for link in links}:
            report.note("MissingContentOrAlternate", line=line, element="entry")
    elif not summary and (content.get("src") is not None or _is_encoded(content)):
        report.note("MissingSummary", line=_line(content), element="content")


def _is_encoded(content: etree._Element) -> bool:
    kind = content.get("type", "text")
    as_words = kind.startswith("text/") or kind.endswith("xml")
    return "/" in kind and not as_words


def _author(entry: etree._Element, report: Report, *, signed: bool) -> None:
    """An entry has an author, its source's, or the feed's (§4.1.2)."""
    inside = f"{{{ATOM}}}"
    own = entry.find(f"{inside}author") is not None
    given = entry.find(f"{inside}source/{inside}author") is not None
    if not own and not given and not signed:
        report.note("MissingElement", line=_line(entry), element="author")


def lone_entry(entry: etree._Element, report: Report) -> None:
    """Check a document that is one entry."""
    walk(entry, ENTRY, report, ATOM)
    _author(entry, report, signed=False)


def _source(source: etree._Element, report: Report) -> None:
    _missing(source, report, "MissingSourceElement")
    alternates(find(source, "link", ATOM), report)


def _person(person: etree._Element, report: Report) -> None:
    if not find(person, "name", ATOM):
        report.note("MissingElement", line=_line(person), element="name")


# ── Tombstones ───────────────────────────────────────────────────────────────


def _buried(
    feed: etree._Element, entries: list[etree._Element], report: Report
) -> None:
    known: set[str] = set()
    there = {
        said: (entry.findtext(f"{{{ATOM}}}updated") or "").strip()
        for entry in entries
        if (said := (entry.findtext(f"{{{ATOM}}}id") or "").strip())
    }
    for tomb in find(feed, "at:deleted-entry"):
        ref = tomb.get("ref", "")
        if ref in known:
            report.note("DuplicateTombstone", line=_line(tomb), value=ref)
        known.add(ref)
        if ref in there and not _came_back(there[ref], tomb.get("when", "")):
            report.note("DeletedAndPresent", line=_line(tomb), value=ref)


def _came_back(updated: str, when: str) -> bool:
    """An entry that was changed after its deletion is there again (RFC 6721 §3)."""
    changed, gone = moment(updated), moment(when)
    return changed is not None and gone is not None and changed > gone


_NAME = text(nonblank, no_email, plain("ContainsHTML"))
PERSON = Part(
    holds=Holds.NOTHING,
    children={
        "name": _NAME,
        "email": text(email),
        "uri": text(nonblank, iri, bare),
        **dict.fromkeys(("openid:delegate",), ANYTHING),
    },
    whole=(_person,),
)


# ── What stands where ────────────────────────────────────────────────────────


def _once(*checks: Whole, attributes: tuple[str, ...] = ()) -> Part:
    """A part that is there once, and checked as a whole."""
    return Part(
        holds=Holds.ANYTHING,
        attributes=dict.fromkeys(attributes, ()),
        whole=checks,
        once="DuplicateElement",
    )


_TEXT = _once(construct, attributes=("type",))
_CATEGORY = Part(
    holds=Holds.ANYTHING,
    attributes={
        "term": (),
        "scheme": (full_iri,),
        "label": (plain("ContainsHTML"),),
    },
    required=("term",),
)
_ABOUT_FEED: dict[str, Part] = ON_FEEDS | {
    "author": PERSON,
    "contributor": PERSON,
    "category": _CATEGORY,
    "generator": Part(
        checks=(nonblank,),
        attributes={"uri": (nonblank, iri), "version": (nonblank,)},
        once="DuplicateElement",
    ),
    "icon": text(nonblank, iri, bare),
    "logo": text(nonblank, iri, bare),
    "id": text(nonblank, canonical_iri, bare),
    "link": ATOM_LINK,
    "rights": _TEXT,
    "subtitle": _TEXT,
    "title": _TEXT,
    "updated": text(rfc3339, bare),
}
SOURCE = Part(
    holds=Holds.NOTHING,
    children=_ABOUT_FEED,
    once="DuplicateElement",
    whole=(_source,),
)
ENTRY = Part(
    holds=Holds.NOTHING,
    children=ON_ITEMS
    | {
        "author": PERSON,
        "contributor": PERSON,
        "category": _CATEGORY,
        "content": _once(content, attributes=("type", "src")),
        "id": text(nonblank, canonical_iri, bare),
        "link": ATOM_LINK,
        "published": text(rfc3339, bare),
        "rights": _TEXT,
        "source": SOURCE,
        "summary": _TEXT,
        "title": _TEXT,
        "updated": text(rfc3339, bare),
        "app:control": ANYTHING,
        "app:edited": text(rfc3339),
    },
    whole=(_entry,),
)
DELETED = Part(
    holds=Holds.NOTHING,
    attributes={"ref": (nonblank, full_iri), "when": (rfc3339,)},
    required=("ref", "when"),
    children={
        "at:by": PERSON,
        "at:comment": _once(construct, attributes=("type",)),
        "link": ATOM_LINK,
        "source": SOURCE,
    },
)
FEED = Part(
    holds=Holds.NOTHING,
    attributes={"indexing:index": ()},
    children=_ABOUT_FEED | {"entry": ENTRY, "at:deleted-entry": DELETED},
    whole=(_feed,),
)
