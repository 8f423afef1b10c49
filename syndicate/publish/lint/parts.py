"""What a document is made of: parts with their attributes, children and checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from lxml import etree

from syndicate.publish.lint.findings import Kind, Report, Value
from syndicate.publish.lint.namespaces import NAMES, OPEN, XML, prefix, simple
from syndicate.publish.lint.values import Check, language

_DEBRIS = frozenset(map(chr, range(0x80, 0xA0))) | {"\ufffd"}


class Holds(StrEnum):
    """What stands between the tags of a part."""

    NOTHING = "nothing"
    TEXT = "text"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An element of a format, or what may stand in its place."""

    holds: Holds = Holds.TEXT
    checks: tuple[Check, ...] = ()
    """Of its text."""
    attributes: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    """Attributes that must be there."""
    children: Mapping[str, Part] = field(default_factory=dict)
    once: str = ""
    """The rule that is broken if its parent has two of it."""
    whole: tuple[Callable[[etree._Element, Report], None], ...] = ()
    """Checks of the element as a whole, after its children."""
    missing: str = "MissingAttribute"
    """The rule that is broken if a required attribute is not there."""


ANYTHING = Part(holds=Holds.ANYTHING)
EMPTY = Part(holds=Holds.NOTHING)


def text(*checks: Check, once: bool = True) -> Part:
    """A part with nothing but text."""
    return Part(checks=checks, once="DuplicateElement" if once else "")


def many(*checks: Check) -> Part:
    """A part with nothing but text, of which there may be several."""
    return text(*checks, once=False)


def name_of(element: etree._Element, default: str) -> str:
    """Name an element; one of the namespace ``default`` is named without prefix."""
    tag = str(element.tag)
    inside = f"{{{default}}}"
    if default and tag.startswith(inside):
        return tag.removeprefix(inside)
    return simple(tag)


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Give the elements right inside ``element``."""
    for child in element:
        if isinstance(child.tag, str):
            yield child


def inner_text(element: etree._Element) -> str:
    """Return what stands right inside an element, entities left out."""
    found = element.text or ""
    for child in element:
        if not isinstance(child.tag, str) and child.tail:
            found += child.tail  # behind a comment
    return found


def walk(element: etree._Element, part: Part, report: Report, default: str) -> None:
    """Check an element and all that is in it.

    ``default`` is the namespace whose names are written bare.
    """
    name = name_of(element, default)
    _attributes(element, part, report, name)
    stray = _stray_text(element)
    _debris(element, inner_text(element) + stray, report, name)
    if part.holds is Holds.ANYTHING:
        _foreign(element, report)
        for whole in part.whole:
            whole(element, report)
        return
    if part.holds is Holds.NOTHING:
        stray = inner_text(element) + stray
    if stray.strip():
        line = element.sourceline or 0
        report.note("UnexpectedText", line=line, element=name, value=stray.strip())
    _children(element, part, report, default)
    if part.holds is Holds.TEXT:
        raw = inner_text(element)
        value = Value(raw.strip(), name, element.sourceline or 0, raw)
        for check in part.checks:
            check(value, report)
    for whole in part.whole:
        whole(element, report)


def _stray_text(element: etree._Element) -> str:
    return "".join(child.tail or "" for child in children(element))


def _children(
    element: etree._Element, part: Part, report: Report, default: str
) -> None:
    counts: Counter[str] = Counter()
    for child in children(element):
        name = name_of(child, default)
        counts[name] += 1
        found = part.children.get(name)
        if found is None:
            _unknown(child, name, part, report, default)
            continue
        if found.once and counts[name] == 2:
            report.note(found.once, line=child.sourceline or 0, element=name)
        walk(child, found, report, default)


def _unknown(
    child: etree._Element, name: str, part: Part, report: Report, default: str
) -> None:
    known = name.partition(":")[0] if ":" in name and name[0] != "{" else ""
    line = child.sourceline or 0
    if name.startswith("{") or known in OPEN:
        if part.holds is Holds.TEXT:
            report.note("UndefinedElement", line=line, element=_short(name))
    elif known == "xhtml" and part.holds is not Holds.TEXT:
        report.note("MisplacedXHTMLContent", line=line, element=name)
    elif known == "atom" and report.kind is Kind.RSS and part.children:
        report.note("QuestionableUsage", line=line, element=name)
    elif report.kind is Kind.ATOM and not str(child.tag).startswith("{"):
        report.note("UndeterminableVocabulary", line=line, element=name)
    else:
        report.note("UndefinedElement", line=line, element=name)
    walk(child, ANYTHING, report, default)


def _short(name: str) -> str:
    return name.rpartition("}")[2]


def _attributes(element: etree._Element, part: Part, report: Report, name: str) -> None:
    line = element.sourceline or 0
    for tag, said in element.attrib.items():
        known = simple(str(tag))
        shown = f"{name}@{known}"
        value = Value(str(said).strip(), shown, line, str(said))
        if _DEBRIS.intersection(value.raw):
            report.note("BadCharacters", line=line, element=shown)
        if known == "xml:lang" and value.text:
            language(value, report)
        if known in part.attributes:
            for check in part.attributes[known]:
                check(value, report)
        elif part.holds is not Holds.ANYTHING and not str(tag).startswith(f"{{{XML}}}"):
            _unexpected(str(tag), shown, line, report)
    for asked in part.required:
        if asked not in {simple(str(tag)) for tag in element.attrib}:
            report.note(part.missing, line=line, element=f"{name}@{asked}")


def _unexpected(tag: str, shown: str, line: int, report: Report) -> None:
    uri = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    if uri and prefix(uri) is None:
        own = report.kind is Kind.RSS and ":" not in shown.partition("@")[0]
        if own:  # RSS 2.0 has no foreign attributes on what is its own
            rule = "UseOfExtensionAttr"
            report.note(rule, line=line, element=shown, value=_short(tag))
        return
    report.note("UnexpectedAttribute", line=line, element=shown)


def _debris(element: etree._Element, said: str, report: Report, name: str) -> None:
    if _DEBRIS.intersection(said) or _mangled(said):
        report.note("BadCharacters", line=element.sourceline or 0, element=name)


def _mangled(said: str) -> bool:
    """Say whether it is UTF-8 that was once read as Latin-1: "Ã©" for "é"."""
    if not any(0xC2 <= ord(letter) <= 0xC3 for letter in said):
        return False
    for first, second in pairwise(said):
        if first in "ÂÃ" and 0x80 <= ord(second) <= 0xBF:
            try:
                said.encode("iso-8859-1").decode("utf-8")
            except UnicodeError:
                return False
            return True
    return False


def _foreign(element: etree._Element, report: Report) -> None:
    """Look over what nobody defines: only its letters are checked."""
    for child in children(element):
        _debris(child, child.text or "", report, simple(str(child.tag)))
        _foreign(child, report)


def find(element: etree._Element, name: str, default: str = "") -> list[etree._Element]:
    """Give the children called ``name``, as the tables call them."""
    known, colon, local = name.partition(":")
    if colon:
        return element.findall(f"{{{NAMES[known]}}}{local}")
    return element.findall(f"{{{default}}}{name}" if default else name)
