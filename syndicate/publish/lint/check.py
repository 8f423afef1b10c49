"""Check a document: find out what it is, and hold it against its rules."""

from __future__ import annotations

import codecs
import re
from datetime import datetime

from lxml import etree

from syndicate.publish.lint import atom, opml, rdf, rss
from syndicate.publish.lint.findings import Finding, Kind, Report
from syndicate.publish.lint.jsonfeed import check_json
from syndicate.publish.lint.media import podcast
from syndicate.publish.lint.namespaces import (
    ATOM,
    ATOM_03,
    MEDIA_MISSPELT,
    NAMES,
    PREFIXES,
    prefix,
)
from syndicate.publish.lint.parts import walk
from syndicate.publish.lint.words import words

LARGEST = 50_000_000
"""Bytes; what is larger is not checked."""
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']([^"']*)["'](?:\s+encoding\s*=\s*["']([^"']*)["'])?"""
)
_CODED = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF16_LE: "utf-16",
}
_COMMON = words(
    """
    utf-8 utf-16 us-ascii ascii iso-8859-1 iso-8859-2 iso-8859-7 iso-8859-15 euc-jp
    koi8-r shift_jis gb18030 windows-1250 windows-1251 windows-1252 windows-1254
    windows-1255 windows-1256 windows-1258
    """
)
_XML_TYPES = frozenset(("text/xml", "application/xml"))
_TYPES = {
    Kind.RSS: frozenset(("application/rss+xml",)),
    Kind.RDF: frozenset(("application/rss+xml", "application/rdf+xml")),
    Kind.ATOM: frozenset(("application/atom+xml",)),
    Kind.OPML: frozenset(("text/x-opml", "application/opml+xml")),
    Kind.JSON: frozenset(("application/feed+json", "application/json")),
}
_ENTITY = re.compile(r"Entity '(\w+)' not defined")
_WORDPRESS = re.compile(rb"<generator[^<]*wordpress", re.I)
_PREFIX = re.compile(r"Namespace prefix ([^ ]+)")


def lint(
    document: bytes,
    *,
    url: str = "",
    content_type: str = "",
    now: datetime | None = None,
) -> tuple[Finding, ...]:
    """Check an RSS, Atom, JSON Feed or OPML document; no finding: it is valid.

    ``url`` is where it is read, ``content_type`` what the server said it is, ``now``
    what dates may not be later than; what is not given is not checked. Never raises.
    """
    report = Report(url=url, now=now)
    if len(document) > LARGEST:
        report.note("ValidatorLimit", value=f"> {LARGEST}")
    elif _looks_like_json(document, content_type):
        report.kind = Kind.JSON
        _check_json(document, report)
    else:
        _check_xml(document, content_type, report)
    _check_type(document, content_type, report)
    return tuple(sorted(report.findings, key=lambda found: found.line))


def _looks_like_json(document: bytes, content_type: str) -> bool:
    head = document[:200].removeprefix(codecs.BOM_UTF8).lstrip()
    said = "json" in content_type.lower() and not head.startswith(b"<")
    return head[:1] in (b"{", b"[") or said


def _check_json(document: bytes, report: Report) -> None:
    try:
        check_json(document.decode("utf-8"), report)
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        report.note("UnicodeError", line=line, value=error.reason)


def _check_xml(document: bytes, content_type: str, report: Report) -> None:
    _encoding(document, content_type, report)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        _unreadable(document, error, report)
        return
    _root(root, report)
    _namespaces(root, report)


def _root(root: etree._Element, report: Report) -> None:
    tag = str(root.tag)
    bare = tag.rpartition("}")[2]
    if tag == "rss":
        report.kind = Kind.RSS
        rss.version(root, report)
        walk(root, rss.RSS, report, "")
    elif tag == f"{{{ATOM}}}feed":
        report.kind = Kind.ATOM
        walk(root, atom.FEED, report, ATOM)
        podcast(root, report)
    elif tag == f"{{{ATOM}}}entry":
        report.kind = Kind.ATOM
        atom.lone_entry(root, report)
    elif tag == "opml":
        report.kind = Kind.OPML
        walk(root, opml.OPML, report, "")
    elif tag == f"{{{NAMES['rdf']}}}RDF":
        _rdf(root, report)
    elif tag == f"{{{ATOM_03}}}feed":
        report.kind = Kind.ATOM
        report.note("ObsoleteNamespace", line=root.sourceline or 0, element="feed")
    else:
        _other(root, bare, report)


def _rdf(root: etree._Element, report: Report) -> None:
    report.kind = Kind.RDF
    first = next((child for child in root if isinstance(child.tag, str)), None)
    inside = str(first.tag)[1:].partition("}")[0] if first is not None else ""
    if prefix(inside) not in ("rss1", "rss090"):
        report.note("NotAFeed", line=root.sourceline or 0, value="rdf:RDF")
        return
    if prefix(inside) == "rss090":
        report.note("ObsoleteVersion", line=root.sourceline or 0, element="rdf:RDF")
        return
    walk(root, rdf.RDF, report, inside)


def _other(root: etree._Element, bare: str, report: Report) -> None:
    line = root.sourceline or 0
    if bare in ("feed", "rss", "opml"):
        said = str(root.tag)[1:].rpartition("}")[0]
        report.note("UndefinedElement", line=line, element=bare, value=said)
    else:
        report.note("NotAFeed", line=line, element=bare, value=f"<{bare}>")


def _unreadable(document: bytes, error: Exception, report: Report) -> None:
    said = str(error)
    line = getattr(error, "lineno", 0) or 0
    entity = _ENTITY.search(said)
    undeclared = _PREFIX.search(said)
    if entity:
        report.note("UndefinedNamedEntity", line=line, value=entity[1])
    elif undeclared:
        report.note("MissingNamespace", line=line, element=undeclared[1])
    elif re.match(rb"\s+<\?xml", document) and re.search(_WORDPRESS, document):
        report.note("WPBlankLine", line=1)
    elif not {"UnicodeError", "UnknownEncoding"} & {
        found.rule for found in report.findings
    }:
        report.note("SAXError", line=line, value=said)


# ── Bytes, names, media types ────────────────────────────────────────────────


def _encoding(document: bytes, content_type: str, report: Report) -> None:
    coded = next(
        (name for mark, name in _CODED.items() if document.startswith(mark)), ""
    )
    found = _DECLARATION.search(document[:400].removeprefix(codecs.BOM_UTF8))
    version, name = (found[1], found[2] or b"") if found else (b"1.0", b"")
    if version != b"1.0":
        said = version.decode("ascii", "replace")
        report.note("BadXmlVersion", line=1, value=said)
    declared = name.decode("ascii", "replace").lower()
    if declared and _codec(declared) == "":
        report.note("UnknownEncoding", line=1, value=declared)
        return
    if declared and declared not in _COMMON:
        report.note("ObscureEncoding", line=1, value=declared)
    _promised(content_type, declared or coded, report)
    try:
        document.decode(declared or coded or "utf-8")
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        report.note("UnicodeError", line=line, value=error.reason)
    except UnicodeError as error:
        report.note("UnicodeError", line=1, value=str(error))


def _promised(content_type: str, declared: str, report: Report) -> None:
    found = re.search(r"charset\s*=\s*[\"']?([^\s;\"']+)", content_type, re.I)
    if not found or not declared:
        return
    if _codec(found[1].lower()) != _codec(declared):
        report.note("EncodingMismatch", value=f"{found[1]}, {declared}")


def _codec(name: str) -> str:
    try:
        "".encode(name)  # of the codecs, only those of text
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""


def _namespaces(root: etree._Element, report: Report) -> None:
    """Look at each declaration where it stands."""
    for element in root.iter(etree.Element):
        parent = element.getparent()
        known = parent.nsmap if parent is not None else {}
        for short, uri in element.nsmap.items():
            if known.get(short) != uri:
                _declared(short or "", uri, element.sourceline or 0, report)


def _declared(short: str, uri: str, line: int, report: Report) -> None:
    usual = PREFIXES.get(uri)
    if uri == MEDIA_MISSPELT:
        report.note("MediaRssNamespace", line=line, element=short, value=uri)
    elif short and short in NAMES and usual != short:
        report.note("ReservedPrefix", line=line, element=short, value=uri)
    elif short and usual in ("atom", "xhtml") and report.kind is Kind.ATOM:
        report.note("AvoidNamespacePrefix", line=line, element=short)
    elif usual is None and uri and uri != ATOM_03 and prefix(uri) is None:
        report.note("UnknownNamespace", line=line, element=short, value=uri)


def _check_type(document: bytes, content_type: str, report: Report) -> None:
    said = content_type.partition(";")[0].strip().lower()
    if not said or report.kind is Kind.UNKNOWN:
        return
    fitting = _TYPES[report.kind]
    if report.kind is Kind.JSON and said not in fitting:
        report.note("UnexpectedContentType", value=said)
    elif said in _XML_TYPES or said in fitting or report.kind is Kind.JSON:
        marked = re.search(rb"<(\w+:)?(rss|feed|opml|RDF)", document[:512])
        if said in _XML_TYPES and not marked:
            report.note("NonSpecificMediaType", value=said)
    else:
        report.note("UnexpectedContentType", value=said)
