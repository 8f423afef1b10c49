"""The vocabulary of document numbers: types, issuers, and whose numbers they are.

Data with a few look-ups; ``citations.py`` holds the grammar. Sources: Hướng dẫn
36-HD/VPTW (party), Nghị định 30/2020/NĐ-CP (state).
"""

from __future__ import annotations

import re

# Abbreviation → the words for it. Where there are several, only the word before the
# number can tell ("213-QĐ/TW" is a Quy định); the first is the state's usual one.
TYPES: dict[str, tuple[str, ...]] = {
    "NQ": ("Nghị quyết",),
    "QĐ": ("Quyết định", "Quy định"),
    "QĐNS": ("Quyết định",),
    "CT": ("Chỉ thị",),
    "KL": ("Kết luận",),
    "QC": ("Quy chế",),
    "HD": ("Hướng dẫn",),
    "KH": ("Kế hoạch",),
    "TB": ("Thông báo",),
    "BC": ("Báo cáo",),
    "ĐA": ("Đề án",),
    "CTr": ("Chương trình", "Chương trình hành động"),
    "CTHĐ": ("Chương trình hành động",),
    "TTr": ("Tờ trình",),
    "CV": ("Công văn",),
    "CĐ": ("Công điện",),
    "TT": ("Thông tư", "Thông tri"),
    "NĐ": ("Nghị định",),
    "TTLT": ("Thông tư liên tịch",),
    "NQLT": ("Nghị quyết liên tịch",),
    "VBHN": ("Văn bản hợp nhất",),
    "QyĐ": ("Quy định",),
    "ĐL": ("Điều lệ",),
    "PA": ("Phương án",),
    "DA": ("Dự án",),
    "QH": ("Quy hoạch",),
    "CL": ("Chiến lược",),
    "BB": ("Biên bản",),
    "GM": ("Giấy mời",),
    "TC": ("Thông cáo",),
    "LCT": ("Lệnh",),
    "L": ("Lệnh",),
    "SL": ("Sắc lệnh",),
    "PL": ("Pháp lệnh",),
    "CTPH": ("Chương trình phối hợp",),
    "KHPH": ("Kế hoạch phối hợp",),
    "QCPH": ("Quy chế phối hợp",),
    "HDLT": ("Hướng dẫn liên tịch",),
    "KHLT": ("Kế hoạch liên tịch",),
}
LAWS = ("Bộ luật", "Luật", "Pháp lệnh", "Nghị quyết")
"""What a number of the National Assembly may stand on."""

# Slips of the keyboard, and capitals in headlines.
_TYPE_SLIPS = {
    "CTR": "CTr", "Ctr": "CTr", "TTR": "TTr", "Ttr": "TTr", "QD": "QĐ", "ND": "NĐ",
    "CTHD": "CTHĐ", "QyD": "QyĐ", "QYĐ": "QyĐ", "ÐA": "ĐA",
}  # fmt: skip
_ISSUER_SLIPS = {"TTG": "TTg", "Ttg": "TTg", "THU": "ThU", "DUK": "ĐUK", "DU": "ĐU"}
_CENTRAL = re.compile(r"T\.?Ư|T\.W")

TYPE_PATTERN = "|".join(sorted({*TYPES, *_TYPE_SLIPS}, key=len, reverse=True))


def canonical_type(abbreviation: str) -> str:
    """``CTR`` → ``CTr``."""
    return _TYPE_SLIPS.get(abbreviation, abbreviation)


def canonical_issuer(abbreviation: str) -> str:
    """``T.Ư`` → ``TW``, ``TTG`` → ``TTg``."""
    bare = _CENTRAL.sub("TW", abbreviation)
    return _ISSUER_SLIPS.get(bare, bare)


_PARTY = re.compile(r"TW|[A-ZĐ]*(?:TU|HU|ThU|QU)|ĐU[A-ZĐ&]*|[A-ZĐ]*TW|TW[A-ZĐ]+")


def is_party(issuer: str) -> bool:
    """Whether only the Party numbers so: 31/QĐ-TW is then a slip for 31-QĐ/TW."""
    return _PARTY.fullmatch(issuer) is not None


_LOCAL = re.compile(
    r".*(?:TU|HU|ThU|QU)|ĐU.*|.*ĐUK|UB(?:ND.*)?|HĐND.*|S[A-ZĐ&]{1,8}|(?:BQL|BCH|BTV|CTĐ)"
    r"(?!.*TW).*|(?:BCĐ|BTC|BTG|BDV)(?:T|H|X|ĐH)|LĐLĐ.*|MTTQ.*"
)


def is_local(issuer: str) -> bool:
    """Whether each province has numbers of its own for this issuer."""
    first = issuer.partition("-")[0]
    return "TW" not in first and _LOCAL.fullmatch(first) is not None


_YEAR = re.compile(r"/(?:19|20)\d\d/")


def issuer_in(number: str) -> str:
    """The abbreviation of the issuer in a canonical number: ``98/2014/NĐ-CP`` → CP."""
    if is_party_number(number):
        return number.partition("/")[2]
    tail = number.rpartition("/")[2]
    head, _dash, rest = tail.partition("-")
    return rest if rest and head in TYPES else tail


def is_party_number(number: str) -> bool:
    """``05-CT/TW``: counted from 01 in every five-year term."""
    return "-" in number.partition("/")[0]


def has_year(number: str) -> bool:
    """``98/2014/NĐ-CP``: there is only one, where it is not counted by each place."""
    return _YEAR.search(number) is not None


# What an abbreviation means, where it means one thing; the organ behind TW stands
# in words or nowhere.
ISSUERS: dict[str, str] = {
    "TU": "Tỉnh ủy",
    "HU": "Huyện ủy",
    "ThU": "Thành ủy",
    "ĐUK": "Đảng ủy Khối",
    "ĐU": "Đảng ủy",
    "BDVTU": "Ban Dân vận Tỉnh ủy",
    "BTGTU": "Ban Tuyên giáo Tỉnh ủy",
    "BTCTU": "Ban Tổ chức Tỉnh ủy",
    "BNCTU": "Ban Nội chính Tỉnh ủy",
    "BTGDVTU": "Ban Tuyên giáo và Dân vận Tỉnh ủy",
    "UBKTTU": "Ủy ban Kiểm tra Tỉnh ủy",
    "VPTU": "Văn phòng Tỉnh ủy",
    "VPTW": "Văn phòng Trung ương",
    "BTGTW": "Ban Tuyên giáo Trung ương",
    "BTCTW": "Ban Tổ chức Trung ương",
    "BDVTW": "Ban Dân vận Trung ương",
    "UBKTTW": "Ủy ban Kiểm tra Trung ương",
    "BCĐTW": "Ban Chỉ đạo Trung ương",
    "TWĐTN": "Trung ương Đoàn Thanh niên",
    "CP": "Chính phủ",
    "TTg": "Thủ tướng Chính phủ",
    "VPCP": "Văn phòng Chính phủ",
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "QH": "Quốc hội",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "CTN": "Chủ tịch nước",
    "BTTTT": "Bộ Thông tin và Truyền thông",
    "BNV": "Bộ Nội vụ",
    "BTC": "Bộ Tài chính",
    "BTP": "Bộ Tư pháp",
    "BGDĐT": "Bộ Giáo dục và Đào tạo",
    "BKHĐT": "Bộ Kế hoạch và Đầu tư",
    "BCA": "Bộ Công an",
    "BQP": "Bộ Quốc phòng",
    "BYT": "Bộ Y tế",
    "BCT": "Bộ Công Thương",
    "BXD": "Bộ Xây dựng",
    "BGTVT": "Bộ Giao thông vận tải",
    "BTNMT": "Bộ Tài nguyên và Môi trường",
    "BLĐTBXH": "Bộ Lao động - Thương binh và Xã hội",
    "BKHCN": "Bộ Khoa học và Công nghệ",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn",
    "BNNMT": "Bộ Nông nghiệp và Môi trường",
}


def issuer_name(issuer: str) -> str:
    """The issuer in words as its abbreviation tells; "" if it does not."""
    first = issuer.partition("-")[0].replace("&", "").rstrip("0123456789")
    return ISSUERS.get(first, "")


_COMMITTEE = (
    r"(?:Tỉnh ủy|Thành ủy|Huyện ủy|Thị ủy|Quận ủy|Đảng ủy(?: Khối(?: Các cơ quan"
    r"| Cơ quan| Doanh nghiệp)?)?|Đảng bộ (?:Khối|tỉnh|thành phố|huyện))"
)
_ORGAN = (
    r"(?:Ban Thường vụ|Ban Chấp hành|Thường trực|BTV|BCH|Ban Dân vận|Ban Tổ chức"
    r"|Ban Nội chính|Ban Tuyên giáo(?: và Dân vận)?|Ban Kinh tế|Ban Chỉ đạo"
    r"|Ủy ban Kiểm tra|Văn phòng)"
)
ISSUER_WORDS = (
    rf"(?:{_ORGAN} (?:{_COMMITTEE}|Trung ương(?: Đảng)?|Tỉnh\b)|Bộ Chính trị|Ban Bí thư"
    r"|BCT|BBT|Trung ương Đảng"
    r"|Thủ tướng Chính phủ|Thủ tướng|Chính phủ|Văn phòng Chính phủ|Chủ tịch nước"
    r"|Ủy ban Thường vụ Quốc hội|Quốc hội"
    r"|(?:Chủ tịch )?(?:Ủy ban nhân dân|Hội đồng nhân dân|UBND|HĐND)"
    r"(?: (?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường))?"
    r"|Ban Chỉ đạo(?: Trung ương| tỉnh)?"
    rf"|{_COMMITTEE}"
    r"|Trung ương Đoàn|Tỉnh đoàn|Bộ (?:Nội vụ|Tài chính|Tư pháp|Công an|Quốc phòng"
    r"|Y tế|Công Thương|Xây dựng|Giáo dục và Đào tạo|Thông tin và Truyền thông"
    r"|Khoa học và Công nghệ|Kế hoạch và Đầu tư|Giao thông vận tải"
    r"|Tài nguyên và Môi trường|Nông nghiệp và (?:Phát triển nông thôn|Môi trường)"
    r"|Lao động - Thương binh và Xã hội|Văn hóa, Thể thao và Du lịch))"
)
"""A pattern for issuers in words (old tone style)."""

_BY_WORDS = (
    (re.compile(r"Bộ Chính trị|Ban Bí thư|BCT|BBT", re.I), "TW"),
    (re.compile(r"(?:(?:Ban Chấp hành|BCH) )?Trung ương(?: Đảng)?", re.I), "TW"),
    (re.compile(r".*(?:Đảng ủy|Đảng bộ) Khối.*", re.I), "ĐUK"),
    (re.compile(r"Ban Dân vận Tỉnh ủy", re.I), "BDVTU"),
    (re.compile(r"Ban Tuyên giáo Tỉnh ủy", re.I), "BTGTU"),
    (re.compile(r"Ban Tổ chức Tỉnh ủy", re.I), "BTCTU"),
    (re.compile(r"Ủy ban Kiểm tra Tỉnh ủy", re.I), "UBKTTU"),
    (re.compile(r"(?:(?:Ban Thường vụ|Thường trực|Ban Chấp hành|BTV|BCH) )?"
                r"(?:Tỉnh ủy|Thành ủy|Đảng bộ tỉnh|Tỉnh)", re.I), "TU"),
    (re.compile(r"(?:(?:Ban Thường vụ|Thường trực|Ban Chấp hành|BTV|BCH) )?"
                r"(?:Huyện ủy|Đảng bộ huyện)", re.I), "HU"),
    (re.compile(r"Thủ tướng(?: Chính phủ)?", re.I), "TTg"),
    (re.compile(r"Chính phủ", re.I), "CP"),
)  # fmt: skip


def issuer_of(words: str) -> str:
    """The abbreviation for an issuer in words; "" if the words do not tell.

    ``Bộ Chính trị`` → ``TW``, ``Ban Thường vụ Tỉnh ủy`` → ``TU``.
    """
    for form, abbreviation in _BY_WORDS:
        if form.fullmatch(words):
            return abbreviation
    return ""


def number_key(number: str, kind: str, issuer: str) -> str:
    """The canonical number, or "" if that issuer does not number so.

    Party ``05-CT/TW``; Prime Minister and Government ``20/CT-TTg``, ``01/NQ-CP``,
    but no decree without its year.
    """
    padded = f"{int(number):02d}"
    if issuer == "CP":
        return f"{padded}/{kind}-CP" if kind == "NQ" else ""
    if issuer == "TTg":
        return f"{padded}/{kind}-TTg" if kind in {"QĐ", "CT", "CĐ"} else ""
    return f"{padded}-{kind}/{issuer}"
