"""One thing that is wrong with a message, under the name of the rule that it breaks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from syndicate.digest.linting.rules import RULES

LONGEST = 160
"""Characters of what a finding names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken: E keeps the message from being sent, W is a warning."""

    rule: str
    value: str = ""
    """What it is broken by."""

    @property
    def level(self) -> str:
        """``E`` or ``W``."""
        return RULES[self.rule][0]

    @property
    def text(self) -> str:
        """What is wrong and what to do, in English."""
        return said(self.rule).format(value=self.value or "–")

    def told(self, translate: Callable[[str], str]) -> str:
        """Say it in another language; in English if its sentence there is broken."""
        with suppress(KeyError, IndexError, ValueError):
            return translate(said(self.rule)).format(value=self.value or "–")
        return self.text


def note(rule: str, value: object = "") -> Finding:
    """Return a finding that names ``value``, on one line and not too long."""
    words = " ".join(str(value).split())
    printable = "".join(one if one.isprintable() else "�" for one in words)
    cut = printable if len(printable) <= LONGEST else printable[: LONGEST - 1] + "…"
    return Finding(rule, cut)


def said(rule: str) -> str:
    """Return the sentence of a rule; ``{value}`` in it is what breaks the rule."""
    return RULES[rule][1]


def errors(findings: Collection[Finding]) -> tuple[Finding, ...]:
    """Return those findings that keep a message from being sent."""
    return tuple(finding for finding in findings if finding.level == "E")


def first_of(findings: Iterable[Finding], most: int = 10) -> Iterator[Finding]:
    """Yield each finding once, and of each rule the first few."""
    counts: dict[str, int] = {}
    for finding in dict.fromkeys(findings):
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
        if counts[finding.rule] <= most:
            yield finding
