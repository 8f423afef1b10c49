"""Numbers of official documents, found in running text.

Party ``05-CT/TW``, state ``98/2014/NĐ-CP`` and ``101/QĐ-TTg``, National Assembly
``202/2025/QH15``, letters ``1473/BTP-CNTT`` (those only after a word that says so).
Written in a dozen ways; one key each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from syndicate.model import Citation
from syndicate.text.clean import tone_old
from syndicate.text.documents import (
    ISSUER_WORDS,
    LAWS,
    TYPES,
    is_local,
    issuer_in,
    issuer_name,
    issuer_of,
    number_key,
)
from syndicate.text.mentions import promising_lines
from syndicate.text.numbers import Found, numbers, padded
from syndicate.text.places import province_name, scope_of

_DASH = re.compile("[\u2010-\u2015\u2212]")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


# ── What the words around say ────────────────────────────────────────────────

_DAY = (
    r"(?P<d>\d{1,2})(?: ?(?P<s>[/.-]) ?(?P<m>\d{1,2}) ?(?P=s) ?(?P<y>\d{4})"
    r"| tháng (?P<m2>\d{1,2})(?: năm|,)? (?P<y2>\d{4}))(?![\d/])"
)
# A place that is named between the issuer and the date.
_SOMEWHERE = (
    r"(?:(?: tỉnh| huyện| xã| phường| thành phố| TP\.?)?"
    r"(?: (?-i:[^\W\d_a-zà-ỹ])\w+){1,4})?"
)
_BY = rf"(?:của|do) (?P<who>{ISSUER_WORDS})"
_DATE_AFTER = re.compile(
    rf"(?:(?: của| do) (?:{ISSUER_WORDS}){_SOMEWHERE}(?:,? khóa [IVX]+)?)?"
    rf"(?:[ ,(;]{{0,3}}(?:(?:ban hành|ký|ra) )?ngày | ?\()(?:ngày )?{_DAY}",
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


def _issued(text: str, item: Found, since: int) -> date | None:
    """The day of issue: right after the number, or before it with a verb."""
    after = _DATE_AFTER.match(text, item.end)
    if after:
        return _to_date(after)
    window = text[max(since, item.start - 90) : item.start]
    before = _DATE_BEFORE.search(window)
    if before and _ISSUING.search(before["rest"]):
        return _to_date(before)
    return None


def _who(text: str, item: Found, since: int) -> str:
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
        word, at = found[1], found.end(1)
    return word


def _spelt(word: str, names: tuple[str, ...]) -> str:
    """The word as the table spells it: headlines shout."""
    return next((name for name in names if name.casefold() == word.casefold()), word)


def _type_word(text: str, item: Found, since: int) -> str:
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


def _scope(text: str, start: int, end: int, issuer: str, province: str) -> str:
    """The place that is named beside a number, where each counts for itself."""
    return scope_of(text, (start, end), issuer, province) if is_local(issuer) else ""


def _citation(text: str, item: Found, since: int, province: str) -> Citation:
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
        scope=_scope(text, item.start, item.end, item.issuer, province),
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
        return f"{padded(found['n'])}/{found['of']}/NĐ-CP" if dated else ""
    return "" if found["of"] else number_key(found["n"], kind, issuer)


def _inferred(text: str, province: str) -> Iterator[tuple[int, Citation]]:
    """Documents whose issuer is in words: "Chỉ thị số 01 của Đảng ủy Khối"."""
    for found in _SHORT.finditer(text):
        key, issuer = _short_key(found), issuer_of(found["who"])
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
                scope=_scope(
                    text, found.start(), found.start("who") - 4, issuer, province
                ),
                inferred=True,
                mentions=0,
            ),
        )


# ── Together ─────────────────────────────────────────────────────────────────


def _one(first: Citation, again: Citation) -> bool:
    """Whether two mentions of a number mean one document: nothing says otherwise.

    A number without its place or date means the one that was named before. A year
    alone is often that of the work ("thực hiện Chỉ thị 05-CT/TW năm 2023").
    """
    places = {first.scope, again.scope} - {""}
    days = {one.date.year for one in (first, again) if one.date}
    return first.key == again.key and len(places) < 2 and len(days) < 2


def _merged(first: Citation, again: Citation) -> Citation:
    """Two mentions of one document: the first one's facts, its gaps filled."""
    if again.inferred:
        return first
    return replace(
        first,
        type_word=first.type_word or again.type_word,
        issuer=first.issuer or again.issuer,
        date=first.date or again.date,
        year=again.year if again.date and not first.date else first.year or again.year,
        scope=first.scope or again.scope,
        inferred=False,
        mentions=first.mentions + again.mentions,
    )


_LISTED = re.compile(r"(?: ?[,;] ?(?:và )?| và | hoặc )(?:số ?)?")


def _full(text: str, province: str) -> Iterator[tuple[int, Citation]]:
    """Documents with their whole number, each with its place."""
    since, kind, word = 0, "", ""
    for item in numbers(text):
        found = _citation(text, item, since, province)
        # "Quy định số 22-QĐ/TW, 37-QĐ/TW": the word is said of all of them.
        if not found.type_word and item.kind == kind:
            listed = _LISTED.fullmatch(text, since, item.start)
            found = replace(found, type_word=word) if listed else found
        yield item.start, found
        since, kind, word = item.end, item.kind, found.type_word


def _placed(citation: Citation, province: str) -> Citation:
    """With the province of its source, where no place was named."""
    if citation.scope or not is_local(issuer_in(citation.key)):
        return citation
    return replace(citation, scope=province_name(province))


def cited(text: str, *, province: str = "") -> tuple[Citation, ...]:
    """The documents that ``text`` cites, in the order of first mention.

    ``province`` becomes the scope of numbers that each province counts for itself
    (TU, UBND …), unless a place is named beside the number. Short references ("Nghị
    quyết số 03") do not count as mentions; one that names its issuer in words stands
    as inferred, unless its full number stands elsewhere.
    """
    plain = promising_lines(text)
    if not plain:
        return ()
    plain = _DASH.sub("-", tone_old(plain))
    plain = _URL.sub(lambda found: " " * len(found.group()), plain)
    places = [*_full(plain, province), *_inferred(plain, province)]
    merged: list[Citation] = []
    full = {citation.key for _, citation in places if not citation.inferred}
    for _, citation in sorted(places, key=lambda place: place[0]):
        if citation.inferred and citation.key in full:
            continue
        same = [at for at, known in enumerate(merged) if _one(known, citation)]
        if same:
            merged[same[-1]] = _merged(merged[same[-1]], citation)
        else:
            merged.append(citation)
    return tuple(_placed(citation, province) for citation in merged)
