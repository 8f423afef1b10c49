"""What a check finds, and what it may know of the document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syndicate.publish.lint.errors_said import ERRORS
from syndicate.publish.lint.warnings_said import WARNINGS

MOST = 100
"""Findings of one rule that are kept: a broken document must not fill the memory."""


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """The document does not keep to its format; some reader will stumble."""
    WARNING = "warning"
    """It is legal, and readers are known to have trouble with it."""


class Kind(StrEnum):
    """What a document is."""

    UNKNOWN = "unknown"
    RSS = "RSS 2.0"
    RDF = "RSS 1.0"
    ATOM = "Atom 1.0"
    JSON = "JSON Feed 1.1"
    OPML = "OPML 2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    rule: str
    """The name of the rule; that of the W3C Feed Validation Service if it has one."""
    level: Level
    message: str
    """In English, one sentence; ``said(rule)`` is what it was made of."""
    line: int = 0
    """Counted from 1; 0 if it is about the document as a whole."""
    element: str = ""
    """What it is about: ``pubDate``, ``link@href``, ``items[3].url``."""
    value: str = ""
    """What was found there, shortened."""


def said(rule: str) -> str:
    """Return the sentence of a rule: "{element} … {value}"."""
    return ERRORS.get(rule) or WARNINGS[rule]


def level(rule: str) -> Level:
    """Return how bad it is to break a rule."""
    return Level.ERROR if rule in ERRORS else Level.WARNING


@dataclass(slots=True, kw_only=True)
class Report:
    """Findings as they gather, and what checks may know of the document."""

    url: str = ""
    """Where it is read."""
    now: datetime | None = None
    """Dates after it are implausible."""
    kind: Kind = Kind.UNKNOWN
    version: str = ""
    """Of RSS or OPML, as the document says it."""
    findings: list[Finding] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def note(
        self, rule: str, *, line: int = 0, element: str = "", value: str = ""
    ) -> None:
        """Keep a finding."""
        self._counts[rule] += 1
        if self._counts[rule] > MOST:
            return
        shown = value if len(value) <= 80 else value[:79] + "…"
        self.findings.append(
            Finding(
                rule=rule,
                level=level(rule),
                message=said(rule).format(element=element, value=shown),
                line=line,
                element=element,
                value=shown,
            )
        )


@dataclass(frozen=True, slots=True)
class Value:
    """Text that is checked: that of an element or of an attribute."""

    text: str
    name: str
    line: int = 0
    raw: str = ""
    """As it stands, with the white space around it."""


def note(report: Report, rule: str, value: Value, found: str | None = None) -> None:
    """Keep a finding about ``value``; ``found`` is the part of it that is wrong."""
    report.note(
        rule,
        line=value.line,
        element=value.name,
        value=value.text if found is None else found,
    )
