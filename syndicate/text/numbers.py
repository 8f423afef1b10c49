"""The numbers themselves: where in a text one stands, and what it comes to.

Party ``05-CT/TW``, state ``98/2014/NĐ-CP`` and ``101/QĐ-TTg``, National Assembly
``202/2025/QH15``, letters ``1473/BTP-CNTT``; ``citations.py`` reads the words around.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from syndicate.text.documents import (
    TYPE_PATTERN,
    canonical_issuer,
    canonical_type,
    is_party,
)
from syndicate.text.mentions import CAPITAL

_ISSUER = (
    rf"T\.[ƯW][{CAPITAL}&]{{0,20}}"
    rf"|[{CAPITAL}](?:[{CAPITAL}&]|h(?=U)|[rg](?![a-z])|tg(?![a-z])){{1,20}}"
    r"(?:(?<=QH)\d{1,2})?"
)
_UNIT = rf"(?: ?- ?[{CAPITAL}](?:[{CAPITAL}&]|r(?![a-z])){{1,20}}\d{{0,3}})"
_LEFT = r"(?:(?<![\w/.\-])|(?<=\b[Ss]ố))"
_RIGHT = r"(?![\w/])(?!\.\w+[/@])"

_TYPED = re.compile(
    rf"{_LEFT}(?P<n>\d{{1,5}})(?: ?(?P<s1>[-/]) ?| )"
    r"(?:(?P<y>(?:19|20)\d\d)(?: ?/ ?|(?=[A-ZĐ])))?"
    rf"(?P<t>{TYPE_PATTERN}) ?(?P<s2>[-/]) ?(?P<i>(?:{_ISSUER}){_UNIT}{{0,6}}){_RIGHT}"
)
_ASSEMBLY = re.compile(
    rf"{_LEFT}(?P<n>\d{{1,4}}) ?/ ?(?P<y>(?:19|20)\d\d) ?/ ?(?:NQ-|PL-)?"
    rf"(?P<i>(?:UBTV)?QH\d{{1,2}}){_RIGHT}"
)
_LETTER = re.compile(
    r"(?i:công văn|văn bản|\bcv)(?i:(?: [^\W\d_]+){0,6}?(?: số)? ?:? ?)(?<![/.\-])"
    rf"(?P<n>\d{{1,5}}) ?/ ?(?P<i>(?:{_ISSUER}){_UNIT}{{1,6}}){_RIGHT}"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a document is named."""

    start: int
    end: int
    number: str
    key: str
    kind: str
    issuer: str
    year: int | None = None


def padded(number: str) -> str:
    """At least two digits, as the Party writes its numbers."""
    return f"{int(number):02d}"


def _typed(found: re.Match[str]) -> Found | None:
    """A number with a type in it, of the Party or of the state."""
    kind = canonical_type(found["t"])
    issuer = "-".join(canonical_issuer(part.strip()) for part in found["i"].split("-"))
    number, year = padded(found["n"]), found["y"]
    marks = (found["s1"] or "-", found["s2"])
    if year:
        key = f"{number}/{year}/{kind}-{issuer}" if marks == ("/", "-") else ""
    elif marks == ("-", "/") or is_party(issuer.partition("-")[0]):
        key = f"{number}-{kind}/{issuer}"
    else:
        key = f"{number}/{kind}-{issuer}" if marks == ("/", "-") else ""
    # "84 QĐ/TWĐTN" is a slip that only the Party's issuers make plain.
    unmarked = found["s1"] is None and not is_party(issuer.partition("-")[0])
    if not key or unmarked or int(number) == 0:
        return None
    return Found(*found.span(), number, key, kind, issuer, int(year) if year else None)


def _assembly(found: re.Match[str]) -> Found:
    """A law, an ordinance or a resolution of the National Assembly."""
    number = padded(found["n"])
    key = f"{number}/{found['y']}/{found['i']}"
    return Found(*found.span(), number, key, "", found["i"], int(found["y"]))


def _letter(found: re.Match[str]) -> Found:
    """An official letter: no type in its number."""
    number, issuer = padded(found["n"]), re.sub(" ?- ?", "-", found["i"])
    return Found(
        found.start("n"), found.end(), number, f"{number}/{issuer}", "CV", issuer
    )


def numbers(text: str) -> list[Found]:
    """Every numbered document in the order of the text."""
    typed = [item for found in _TYPED.finditer(text) if (item := _typed(found))]
    others = [_assembly(found) for found in _ASSEMBLY.finditer(text)]
    others += [
        _letter(found)
        for found in _LETTER.finditer(text)
        if found.start("n") not in {one.start for one in typed}
    ]
    return sorted((*typed, *others), key=lambda item: item.start)
