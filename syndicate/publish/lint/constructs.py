"""Text and content of Atom (RFC 4287 §3.1 and §4.1.3): text, HTML, XHTML, files."""

from __future__ import annotations

import base64
import binascii

from lxml import etree

from syndicate.publish.lint.findings import Report, Value, note
from syndicate.publish.lint.html import ATTRIBUTES, TAGS, markup, unsafe_style
from syndicate.publish.lint.namespaces import XHTML
from syndicate.publish.lint.parts import children, inner_text
from syndicate.publish.lint.uris import iri
from syndicate.publish.lint.values import HTML_TAGS, is_media_type, plain

_WORDS = ("text", "html", "xhtml")
_NO_HTML = plain("ContainsUndeclaredHTML")


def construct(element: etree._Element, report: Report) -> None:
    """Check a text construct (§3.1)."""
    kind = element.get("type", "text")
    name = str(element.tag).rpartition("}")[2]
    if "/" in kind:
        report.note("InvalidTextType", line=_line(element), element=name, value=kind)
    _typed(element, report, kind)


def content(element: etree._Element, report: Report) -> None:
    """Check content (§4.1.3)."""
    if element.get("src") is not None:
        said = element.get("src", "")
        iri(Value(said, "content@src", _line(element), said), report)
        if element.get("type") is None:
            report.note("MissingTypeAttr", line=_line(element), element="content@type")
        return
    _typed(element, report, element.get("type", "text"))


def _typed(element: etree._Element, report: Report, kind: str) -> None:
    name = str(element.tag).rpartition("}")[2]
    raw = element.text or ""
    value = Value(raw.strip(), name, _line(element), raw)
    if not kind:
        report.note("AttrNotBlank", line=value.line, element=f"{name}@type")
    elif kind not in _WORDS and not is_media_type(kind):
        report.note("InvalidMIMEType", line=value.line, element=name, value=kind)
    if kind == "xhtml":
        _xhtml(element, report)
        return
    nested = list(children(element))
    xml = kind.endswith(("+xml", "/xml"))
    if nested and not xml:
        first = str(nested[0].tag).rpartition("}")[2]
        report.note("UndefinedElement", line=_line(nested[0]), element=first)
    if not value.text and not nested:
        note(report, "NotBlank", value)
    _words(value, report, kind)


def _words(value: Value, report: Report, kind: str) -> None:
    if kind in ("html", "text/html"):
        markup(value, report)
        if "/" in kind and "<html" not in value.text.lower():
            note(report, "HtmlFragment", value, kind)
    elif "/" in kind and not kind.startswith("text/") and not kind.endswith("xml"):
        try:
            base64.b64decode("".join(value.text.split()), validate=True)
        except (binascii.Error, ValueError):
            note(report, "NotBase64", value)
    elif not kind.endswith("xml"):
        _NO_HTML(value, report)


def _xhtml(element: etree._Element, report: Report) -> None:
    """One div of XHTML, and nothing else (§3.1.1.3)."""
    name = str(element.tag).rpartition("}")[2]
    nested = list(children(element))
    divs = [child for child in nested if child.tag == f"{{{XHTML}}}div"]
    stray = inner_text(element) + "".join(child.tail or "" for child in nested)
    if len(nested) != 1 or not divs or stray.strip():
        report.note("MissingXhtmlDiv", line=_line(element), element=name)
    for div in divs:
        for inner in div.iter(etree.Element):
            _xhtml_tag(inner, name, report)
        said = "".join(div.itertext())
        value = Value(said.strip(), name, _line(div), said)
        if not len(div):
            plain("NotInline")(value, report)


def _xhtml_tag(inner: etree._Element, name: str, report: Report) -> None:
    uri, _, tag = str(inner.tag)[1:].rpartition("}")
    line = _line(inner)
    if not str(inner.tag).startswith("{"):
        report.note("MissingNamespace", line=line, element=str(inner.tag))
    if uri != XHTML:
        return
    if tag not in HTML_TAGS:
        report.note("NotHtml", line=line, element=name, value=f"<{tag}>")
    elif tag not in TAGS:
        report.note("SecurityRisk", line=line, element=name, value=f"<{tag}>")
    for said, value in inner.attrib.items():
        attribute = str(said)
        if attribute == "style":
            for evil in unsafe_style(str(value)):
                report.note("DangerousStyleAttr", line=line, element=name, value=evil)
        elif attribute.startswith("on") and attribute not in ATTRIBUTES:
            report.note("SecurityRiskAttr", line=line, element=name, value=attribute)


def _line(element: etree._Element) -> int:
    return element.sourceline or 0
