"""Provinces and lesser places, as texts name them beside a document's number.

The names are those before the mergers of 2025, which the 34 of today are among: a
number of "Tỉnh ủy Bến Tre" stays one of Bến Tre. What is not in the list is taken
for a place where capitals say so.
"""

from __future__ import annotations

import re
from functools import lru_cache

from syndicate.text.clean import normalise, slug, tone_old
from syndicate.text.documents import ISSUER_WORDS

PROVINCES = (
    "An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh",
    "Bến Tre", "Bình Dương", "Bình Định", "Bình Phước", "Bình Thuận", "Cà Mau",
    "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Đắk Nông", "Điện Biên", "Đồng Nai",
    "Đồng Tháp", "Gia Lai", "Hà Giang", "Hà Nam", "Hà Nội", "Hà Tĩnh", "Hải Dương",
    "Hải Phòng", "Hậu Giang", "Hòa Bình", "Hồ Chí Minh", "Huế", "Hưng Yên",
    "Khánh Hòa", "Kiên Giang", "Kon Tum", "Lai Châu", "Lạng Sơn", "Lào Cai",
    "Lâm Đồng", "Long An", "Nam Định", "Nghệ An", "Ninh Bình", "Ninh Thuận",
    "Phú Thọ", "Phú Yên", "Quảng Bình", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh",
    "Quảng Trị", "Sóc Trăng", "Sơn La", "Tây Ninh", "Thái Bình", "Thái Nguyên",
    "Thanh Hóa", "Tiền Giang", "Trà Vinh", "Tuyên Quang", "Vĩnh Long", "Vĩnh Phúc",
    "Yên Bái",
)  # fmt: skip
_OTHERWISE = {
    "thua-thien-hue": "Huế",
    "hcm": "Hồ Chí Minh",
    "tphcm": "Hồ Chí Minh",
    "dac-lac": "Đắk Lắk",
    "dac-nong": "Đắk Nông",
    "kontum": "Kon Tum",
    "ba-ria-vung-tau": "Bà Rịa - Vũng Tàu",
}
_OTHER_SPELLINGS = (
    "Thừa Thiên - Huế",
    "Thừa Thiên Huế",
    "HCM",
    "Đăk Lăk",
    "Đắc Lắc",
    "Đăk Nông",
)
_BY_SLUG = {slug(name): name for name in PROVINCES} | _OTHERWISE

_CITY = r"(?:tỉnh|thành phố|TP|T\.P)\b\.?"
_PROVINCIAL = re.compile(rf"{_CITY} ?", re.IGNORECASE)
_CAPITAL = "A-ZĂÂĐÊÔƠƯÀ-ÖØ-ÝẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈĨỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦŨỨỪỬỮỰỲỴỶỸ"
_WORD = rf"[{_CAPITAL}][^\W\d_]*"
_NAME = rf"{_WORD}(?: {_WORD}){{0,3}}"
_KNOWN = "|".join(sorted((*PROVINCES, *_OTHER_SPELLINGS), key=len, reverse=True))
_PLACE = rf"(?:(?i:{_KNOWN})(?![^\W_])|{_NAME})"
_FILLING = r"(?: (?:các|cơ quan|doanh nghiệp|và|-|–),?)*"
_LEVEL = r"huyện|quận|thị xã|thị trấn|xã|phường|đặc khu"
_DATE = r"(?:ngày [\d/.,-]+(?: tháng \d+ năm \d+)?|năm \d{4})\)?,?"
_AFTER = re.compile(
    rf"[ ,(]{{0,3}}(?i:(?:(?:ban hành|ký) )?(?:{_DATE} )?(?:(?:của|do) )?)"
    rf"(?:(?P<who>(?>(?i:{ISSUER_WORDS})))(?i:{_FILLING})"
    rf"(?: (?P<level>(?i:{_LEVEL})))?|(?i:{_CITY})) ?"
    rf"(?:(?i:{_CITY}) ?)?(?P<name>{_PLACE}|(?<=phường )\d{{1,2}}\b)"
    rf"(?:,? (?i:{_CITY}) ?(?P<of>{_PLACE}))?"
)
_BEFORE = re.compile(
    # "Bí thư Tỉnh ủy Trần Hùng" is a person.
    rf"(?<!thư )(?<!tịch )(?<!viên )(?P<who>(?>(?i:{ISSUER_WORDS})))(?i:{_FILLING})"
    rf"(?: (?P<level>(?i:{_LEVEL})))? (?:(?i:{_CITY}) ?)?(?P<name>{_PLACE})"
    rf"(?:,? (?i:{_CITY}) ?(?P<of>{_PLACE}))?"
    r"[^.;\n]{0,12}?(?: (?i:ban hành|ký|ra|có) [^.;\n]{0,40}?|(?:,? số:?)? ?)$"
)
_LESSER = {"huyện ủy": "huyện", "thị ủy": "thị xã", "quận ủy": "quận"}
_ENDING = re.compile(rf".*?(?P<level>{_LEVEL})$", re.IGNORECASE)


@lru_cache(maxsize=1024)
def province_name(told: str) -> str:
    """A province as we write it; what is none we know comes back without its rank.

    ``TP. Hồ Chí Minh`` → ``Hồ Chí Minh``, ``tỉnh Khánh Hoà`` → ``Khánh Hòa``,
    ``Thừa Thiên - Huế`` → ``Huế``.
    """
    plain = tone_old(normalise(told)).strip()
    bare = _PROVINCIAL.sub("", plain, count=1) if _PROVINCIAL.match(plain) else plain
    return _BY_SLUG.get(slug(bare), bare.strip()) if bare.strip() else ""


def scope_of(text: str, span: tuple[int, int], issuer: str, province: str) -> str:
    """The place that is named beside the number at ``span``; "" if none is.

    ``issuer`` is the number's abbreviation, ``province`` that of the source. A
    district or a commune stands before its province.
    """
    own = province_name(province)
    found = _AFTER.match(text, span[1])
    if found is None:
        found = _BEFORE.search(text[max(0, span[0] - 90) : span[0]])
    if found is None:
        return ""
    level = _level(found, issuer)
    name = _named(found["name"], own, most=3 if level else 2)
    if (found["who"] or "").lower().startswith("chủ tịch") and name not in PROVINCES:
        name = ""
    if not level:
        return name
    above = (_named(found["of"], own) if found["of"] else "") or own
    if not name or slug(name) == slug(above):
        return ""
    return ", ".join(filter(None, (f"{level} {name}", above)))


def _level(found: re.Match[str], issuer: str) -> str:
    """The rank below a province that the issuer has, as the words tell; "" for none."""
    if found["level"]:
        return found["level"].lower()
    who = (found["who"] or "").lower()
    ending = _ENDING.fullmatch(who)
    if ending:
        return ending["level"]
    if "thành ủy" in who and issuer.startswith("ThU"):
        return "thành phố"
    return next((rank for words, rank in _LESSER.items() if words in who), "")


def _named(told: str, own: str, most: int = 2) -> str:
    """The place of a run of capitals; "" for what may be a person's name.

    ``most``: syllables that a place has which we do not know.
    """
    known = _BY_SLUG.get(slug(told))
    if known:
        return known
    if own and f"{slug(told)}-".startswith(f"{slug(own)}-"):
        return own
    # One capital may begin a sentence ("Tỉnh ủy Hướng dẫn"), and headlines shout.
    fits = 1 <= told.count(" ") < most and not told.isupper()
    return told if fits or told.isdigit() else ""
