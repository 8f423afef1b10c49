"""What a page changes in dark mode: the media query in its style sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html

from syndicate.digest.linting.elements import declarations

_QUERY = re.compile(r"@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*(?:(?!\*/).)*\*/", re.DOTALL)
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?((?:\.[a-z0-9_-]+)*)", re.IGNORECASE)

Styles = dict[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations for elements of a name, with all of some classes."""

    name: str
    classes: frozenset[str]
    styles: Styles


@dataclass(frozen=True, slots=True)
class Dark:
    """The rules of dark mode, in rising weight."""

    rules: tuple[Rule, ...]
    known: dict[tuple[str, str], Styles] = field(default_factory=dict)

    def of(self, name: str, classes: str) -> Styles:
        """Return what dark mode changes in an element."""
        key = (name, classes)
        if key not in self.known:
            have = set(classes.split())
            found: Styles = {}
            for rule in self.rules:
                if rule.name in ("", name) and rule.classes <= have:
                    found |= rule.styles
            self.known[key] = found
        return self.known[key]


def dark_of(root: html.HtmlElement) -> Dark:
    """Read the rules of dark mode that win over the style of an element."""
    rules = [
        rule
        for sheet in root.iter("style")
        for block in _blocks(_COMMENT.sub("", (sheet.text or "")[:200_000]))
        for rule in _rules(block)
    ]
    # More classes weigh more than a name (CSS Selectors 3 §9); the sort is stable.
    ranked = sorted(rules, key=lambda rule: (len(rule.classes), bool(rule.name)))
    return Dark(tuple(ranked))


def _blocks(sheet: str) -> Iterator[str]:
    """Yield what stands in each query for dark mode."""
    for match in _QUERY.finditer(sheet):
        depth, at = 1, match.end()
        for brace in re.finditer(r"[{}]", sheet[match.end() :]):
            depth += 1 if brace.group() == "{" else -1
            if depth == 0:
                at = match.end() + brace.start()
                break
        yield sheet[match.end() : at]


def _rules(block: str) -> Iterator[Rule]:
    for selectors, said in _RULE.findall(block):
        lines = (line for line in said.split(";") if "!important" in line)
        styles = declarations(";".join(lines))
        if "background" in styles:
            styles = {"background-color": styles["background"], **styles}
        for selector in selectors.split(","):
            # Rules for elements inside others are left alone: they are not ours.
            found = _SELECTOR.fullmatch(selector.strip())
            if found and found[0]:
                classes = frozenset(filter(None, found[2].split(".")))
                yield Rule((found[1] or "").lower(), classes, styles)
