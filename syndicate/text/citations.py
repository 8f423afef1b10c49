"""Numbers of official documents, found in running text.

Party ``05-CT/TW``, state ``98/2014/NĐ-CP`` and ``101/QĐ-TTg``, National Assembly
``202/2025/QH15``, letters ``1473/BTP-CNTT`` (those only after a word that says so).
Written in a dozen ways; one key each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from syndicate.model import Citation
from syndicate.text.clean import tone_old
from syndicate.text.documents import (
    ISSUER_WORDS,
    LAWS,
    TYPE_PATTERN,
    TYPES,
    canonical_issuer,
    canonical_type,
    is_local,
    is_party,
    issuer_name,
    issuer_of,
    number_key,
)
from syndicate.text.mentions import CAPITAL, promising_lines

_ISSUER = (
    rf"T\.Ư[{CAPITAL}&]*|[{CAPITAL}](?:[{CAPITAL}&]|h(?=U)|g(?![a-z])|tg(?![a-z]))+"
)
_UNIT = rf"(?: ?- ?[{CAPITAL}][{CAPITAL}&]+\d*)"
_LEFT = r"(?<![\w/.\-])"
_RIGHT = r"(?![\w/])(?!\.\w+[/@])"

_TYPED = re.compile(
    rf"{_LEFT}(?P<n>\d{{1,5}})(?: ?(?P<s1>[-/]) ?| )"
    r"(?:(?P<y>(?:19|20)\d\d)(?: ?/ ?|(?=[A-ZĐ])))?"
    rf"(?P<t>{TYPE_PATTERN}) ?(?P<s2>[-/]) ?(?P<i>(?:{_ISSUER}){_UNIT}*){_RIGHT}"
)
_ASSEMBLY = re.compile(
    rf"{_LEFT}(?P<n>\d{{1,4}}) ?/ ?(?P<y>(?:19|20)\d\d) ?/ ?(?:NQ-|PL-)?"
    rf"(?P<i>(?:UBTV)?QH\d{{1,2}}){_RIGHT}"
)
_LETTER = re.compile(
    r"(?i:công văn|văn bản|\bcv)(?i:(?: [^\W\d_]+){0,6}?(?: số)? ?:? ?)(?<![/.\-])"
    rf"(?P<n>\d{{1,5}}) ?/ ?(?P<i>(?:{_ISSUER}){_UNIT}+){_RIGHT}"
)
_DASH = re.compile("[\u2010-\u2015\u2212]")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    """One place where a document is named."""

    start: int
    end: int
    number: str
    key: str
    kind: str
    issuer: str
    year: int | None = None


# ── Numbers ──────────────────────────────────────────────────────────────────


def _padded(number: str) -> str:
    """At least two digits, as the Party writes its numbers."""
    return f"{int(number):02d}"


def _typed(found: re.Match[str]) -> _Found | None:
    """A number with a type in it, of the Party or of the state."""
    kind = canonical_type(found["t"])
    issuer = "-".join(canonical_issuer(part.strip()) for part in found["i"].split("-"))
    number, year = _padded(found["n"]), found["y"]
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
    return _Found(*found.span(), number, key, kind, issuer, int(year) if year else None)


def _assembly(found: re.Match[str]) -> _Found:
    """A law, an ordinance or a resolution of the National Assembly."""
    number = _padded(found["n"])
    key = f"{number}/{found['y']}/{found['i']}"
    return _Found(*found.span(), number, key, "", found["i"], int(found["y"]))


def _letter(found: re.Match[str]) -> _Found:
    """An official letter: no type in its number."""
    number, issuer = _padded(found["n"]), re.sub(" ?- ?", "-", found["i"])
    return _Found(
        found.start("n"), found.end(), number, f"{number}/{issuer}", "CV", issuer
    )


def _numbers(text: str) -> list[_Found]:
    """Every numbered document in the order of the text."""
    typed = [item for found in _TYPED.finditer(text) if (item := _typed(found))]
    others = [_assembly(found) for found in _ASSEMBLY.finditer(text)]
    others += [
        _letter(found)
        for found in _LETTER.finditer(text)
        if found.start("n") not in {one.start for one in typed}
    ]
    return sorted((*typed, *others), key=lambda item: item.start)


# ── What the words around say ────────────────────────────────────────────────

_DAY = (
    r"(?P<d>\d{1,2})(?: ?(?P<s>[/.-]) ?(?P<m>\d{1,2}) ?(?P=s) ?(?P<y>\d{4})"
    r"| tháng (?P<m2>\d{1,2})(?: năm|,)? (?P<y2>\d{4}))(?![\d/])"
)
_BY = rf"(?:của|do) (?P<who>{ISSUER_WORDS})"
_DATE_AFTER = re.compile(
    rf"(?:(?: của| do) (?:{ISSUER_WORDS})(?:,? khóa [IVX]+)?)?"
    rf"[ ,(;]{{0,3}}(?:(?:ban hành|ký|ra) )?ngày {_DAY}",
    re.IGNORECASE,
)
_YEAR_AFTER = re.compile(
    rf"(?: của (?:{ISSUER_WORDS}))?,? ?\(?năm (?P<y>(?:19|20)\d\d)\b", re.IGNORECASE
)
_DATE_BEFORE = re.compile(rf"ngày {_DAY}(?P<rest>[^.;\n]*)$", re.IGNORECASE)
_ISSUING = re.compile(r"\b(?:ban hành|ký|ra)\b", re.IGNORECASE)
_WHO_AFTER = re.compile(
    rf"[ ,(]{{0,3}}(?:(?:(?:ban hành|ký) )?ngày [\d/.,-]+(?: tháng \d+ năm \d+)?\)?,? ?"
    rf"|năm \d{{4}},? )?{_BY}",
    re.IGNORECASE,
)
_WHO_BEFORE = re.compile(
    rf"(?P<who>{ISSUER_WORDS})[^.;\n]{{0,12}}? (?:ban hành|ký|ra|có) [^.;\n]{{0,40}}$",
    re.IGNORECASE,
)
_WHO_BETWEEN = re.compile(rf"{_BY}(?:,? số:?| số)? ?:? ?$", re.IGNORECASE)


def _to_date(found: re.Match[str]) -> date | None:
    """The day that ``_DAY`` found; None if there is no such day."""
    year, month = found["y"] or found["y2"], found["m"] or found["m2"]
    try:
        return date(int(year), int(month), int(found["d"]))
    except ValueError:
        return None


def _issued(text: str, item: _Found, since: int) -> date | None:
    """The day of issue: right after the number, or before it with a verb."""
    after = _DATE_AFTER.match(text, item.end)
    if after:
        return _to_date(after)
    window = text[max(since, item.start - 90) : item.start]
    before = _DATE_BEFORE.search(window)
    if before and _ISSUING.search(before["rest"]):
        return _to_date(before)
    return None


def _who(text: str, item: _Found, since: int) -> str:
    """The issuer in words; from the abbreviation if the text has none."""
    found = _WHO_AFTER.match(text, item.end)
    if found is None:
        window = text[max(since, item.start - 90) : item.start]
        found = _WHO_BETWEEN.search(window) or _WHO_BEFORE.search(window)
    return found["who"] if found else issuer_name(item.issuer)


_BEFORE_LAW = re.compile(
    r"(?<!\w)(" + "|".join(LAWS) + r")\b[^.;\n]{0,80}$", re.IGNORECASE
)


@cache
def _just_before(kind: str) -> re.Pattern[str]:
    """The words for a kind of document, right before its number."""
    names = "|".join(sorted(TYPES[kind], key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)({names})\b(?:[^.;\n\d]{{0,60}})$",
        re.IGNORECASE,
    )


def _last(form: re.Pattern[str], window: str) -> str:
    """The last match: "Quyết định ban hành Quy định số" is about the Quy định."""
    word, at = "", 0
    while found := form.search(window, at):
        word, at = found[1], found.start() + 1
    return word


def _spelt(word: str, names: tuple[str, ...]) -> str:
    """The word as the table spells it: headlines shout."""
    return next((name for name in names if name.casefold() == word.casefold()), word)


def _type_word(text: str, item: _Found, since: int) -> str:
    """What kind of document, in the word before the number if there is one."""
    window = text[max(since, item.start - 90) : item.start]
    if not item.kind:
        return _spelt(_last(_BEFORE_LAW, window), LAWS)
    names = TYPES[item.kind]
    word = _last(_just_before(item.kind), window)
    if word:
        return _spelt(word, names)
    party = item.key.count("/") == 1 and "-" in item.key.partition("/")[0]
    if item.kind == "TT":
        return names[1] if party else names[0]
    # In Party numbers QĐ may be either of two things: then we do not know.
    return "" if item.kind == "QĐ" and party else names[0]


def _citation(text: str, item: _Found, since: int, province: str) -> Citation:
    """One mention with what the words around it say."""
    issued = _issued(text, item, since)
    year = issued.year if issued else item.year
    if year is None and (found := _YEAR_AFTER.match(text, item.end)):
        year = int(found["y"])
    return Citation(
        key=item.key,
        type_word=_type_word(text, item, since),
        issuer=_who(text, item, since),
        date=issued,
        year=year,
        scope=province if is_local(item.issuer) else "",
    )


# ── References without the abbreviations ─────────────────────────────────────

_KINDS = {name.casefold(): kind for kind, names in TYPES.items() for name in names} | {
    "chương trình hành động": "CTr",
    "quy định": "QĐ",
}
_SHORT = re.compile(
    r"(?<!\w)(?P<w>Nghị quyết|Chỉ thị|Kết luận|Quy định|Quyết định|Quy chế|Hướng dẫn"
    r"|Kế hoạch|Đề án|Thông báo|Thông tri|Chương trình(?: hành động)?|Nghị định)"
    rf"(?: số)? ?:? ?(?P<n>\d{{1,4}})(?:/(?P<of>(?:19|20)\d\d))?(?![\w/.-]*[\w/-])"
    rf"(?:,? ngày {_DAY},?|,? năm (?P<in>\d{{4}}))?"
    rf" của (?P<who>{ISSUER_WORDS})(?!\w)",
    re.IGNORECASE,
)


def _short_key(found: re.Match[str]) -> str:
    """The number that a reference in words comes to; "" if none."""
    kind, issuer = _KINDS[found["w"].casefold()], issuer_of(found["who"])
    if int(found["n"]) == 0 or not issuer:
        return ""
    if kind == "NĐ":
        dated = issuer == "CP" and found["of"]
        return f"{_padded(found['n'])}/{found['of']}/NĐ-CP" if dated else ""
    return "" if found["of"] else number_key(found["n"], kind, issuer)


def _inferred(text: str, province: str) -> Iterator[tuple[int, Citation]]:
    """Documents whose issuer is in words: "Chỉ thị số 01 của Đảng ủy Khối"."""
    for found in _SHORT.finditer(text):
        key = _short_key(found)
        if not key:
            continue
        day = _to_date(found) if found["d"] else None
        year = found["of"] or found["in"]
        yield (
            found.start(),
            Citation(
                key=key,
                type_word=_spelt(found["w"], TYPES[_KINDS[found["w"].casefold()]]),
                issuer=found["who"],
                date=day,
                year=day.year if day else int(year) if year else None,
                scope=province if is_local(issuer_of(found["who"])) else "",
                inferred=True,
                mentions=0,
            ),
        )


# ── Together ─────────────────────────────────────────────────────────────────


def _merged(first: Citation, again: Citation) -> Citation:
    """Two mentions of one document: the first one's facts, its gaps filled."""
    if again.inferred:
        return first
    return replace(
        first,
        type_word=first.type_word or again.type_word,
        issuer=first.issuer or again.issuer,
        date=first.date or again.date,
        year=first.year or again.year,
        inferred=False,
        mentions=first.mentions + again.mentions,
    )


def _full(text: str, province: str) -> Iterator[tuple[int, Citation]]:
    """Documents with their whole number, each with its place."""
    since = 0
    for item in _numbers(text):
        yield item.start, _citation(text, item, since, province)
        since = item.end


def cited(text: str, *, province: str = "") -> tuple[Citation, ...]:
    """The documents that ``text`` cites, in the order of first mention.

    ``province`` becomes the scope of numbers that each province counts for itself
    (TU, UBND …). Short references ("Nghị quyết số 03") do not count as mentions;
    one that names its issuer in words stands as inferred, unless its full number
    stands elsewhere.
    """
    plain = promising_lines(text)
    if not plain:
        return ()
    plain = _DASH.sub("-", tone_old(plain))
    plain = _URL.sub(lambda found: " " * len(found.group()), plain)
    places = [*_full(plain, province), *_inferred(plain, province)]
    merged: dict[str, Citation] = {}
    full = {citation.key for _, citation in places if not citation.inferred}
    for _, citation in sorted(places, key=lambda place: place[0]):
        if citation.inferred and citation.key in full:
            continue
        known = merged.get(citation.key)
        merged[citation.key] = _merged(known, citation) if known else citation
    return tuple(merged.values())
