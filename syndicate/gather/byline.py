"""Who wrote it and where it comes from: the lines at an article's ends (pure).

Portals of the first sources print the author as a last short line, sometimes with the
post below it, sometimes as a first line with the unit in brackets. An ordinary last
sentence is never an author.
"""

from __future__ import annotations

import re

from syndicate.text.clean import key_text, one_line

_UPPER = "A-ZÀ-ỸĂÂĐÊÔƠƯ"
_INITIAL = rf"[{_UPPER}]{{1,3}}\."
_SHORTENED = rf"[{_UPPER}]\w{{0,2}}(?:\.[{_UPPER}]\w*)+"
_NAME_WORD = (
    rf"(?:{_SHORTENED}|[{_UPPER}][\w'’]*"
    rf"|{_INITIAL}(?:{_INITIAL})*(?:[{_UPPER}]\w*)?)"
)
_PARTICLE = r"(?:(?:van|von|de|der|den|del|bin|ibn)\s+)*"
_DEGREE = (
    r"(?:(?:[Kk]ỹ sư|[Bb]ác sĩ|[Bb]ác sỹ|[Tt]hạc sĩ|[Tt]hạc sỹ|[Tt]iến sĩ|[Ll]uật sư"
    r"|[Gg]iáo sư|[Dd]ược sĩ|[Nn]hà báo|[Nn]hà văn|[Nn]hà giáo|[Đđ]ại tá|[Tt]hượng tá"
    r"|[Tt]rung tá|[Tt]hiếu tá|[Đđ]ại úy|[Tt]hượng úy|[Tt]rung úy|[Đđ]ại đức)\s+)?"
)
_PERSON = re.compile(
    rf"{_DEGREE}{_NAME_WORD}(?:\s+{_PARTICLE}{_NAME_WORD}){{0,5}}", re.UNICODE
)
_SEPARATORS = re.compile(r"\s+[-–—/|&]\s+|\s*[,;]\s+|\s+và\s+|\s+and\s+")
_WITH_UNIT = re.compile(rf"(?P<name>{_PERSON.pattern})\s*\((?P<unit>[^()]+)\)\.?")
_ABBREVIATION = re.compile(rf"[{_UPPER}]{{2,10}}(?:[-– ][{_UPPER}]{{2,10}}){{0,3}}")
_LABEL = re.compile(
    r"^(?:tác giả(?: bài viết)?|người viết|người đăng|đăng bởi|viết bởi|bài viết"
    r"|bài|tin|tin bài|tin, bài|bài và ảnh|bài, ảnh"
    r"|tin, ảnh|tin và ảnh|tin - ảnh|tin ảnh|bài ảnh|bài - ảnh|ảnh và bài"
    r"|thực hiện|người thực hiện|nhóm phóng viên|phóng viên|pv|ctv|biên tập|by|author"
    r"|written by|story by|text|tổng hợp)\s*(?:[:：]\s*|(?<=by)\s+)(?P<rest>.+)$",
    re.IGNORECASE,
)
# After these words everything is an author.
_PLAIN = (
    "tác giả",
    "người viết",
    "người đăng",
    "đăng bởi",
    "viết bởi",
    "author",
    "written by",
)
# What somebody did, where others write their unit: "Mai Đông (tổng hợp)".
_DEED = re.compile(
    r"\s*\((?:tổng hợp|lược dịch|dịch|biên dịch|biên soạn|ghi|thực hiện|sưu tầm|t/h|th"
    r"|giới thiệu|tổng hợp và biên tập|bài và ảnh|bài, ảnh|ảnh|compiled|translated)\)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\(?\s*(?:(?:nguồn tin|nguồn bài viết|nguồn|nguon|source|via|trích|trích từ)"
    r"\s*[:：]\s*|theo\s*:?\s+|source\s+)(?P<rest>.+?)\s*\)?\.?$",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^\(?\s*(?:nguồn|source|via|trích)[^:：]{0,12}[:：]", re.IGNORECASE
)
_HOST = re.compile(r"^(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?$", re.IGNORECASE)
_SENTENCE_END = (".", "!", "?", ":", ";", "…", ",")

# First words of posts: such a line is no second author.
_POSTS = tuple(
    map(
        key_text,
        (
            "Trưởng",
            "Phó",
            "Bí thư",
            "Chủ tịch",
            "Phó Chủ tịch",
            "Giám đốc",
            "Chánh",
            "Ủy viên",
            "Chuyên viên",
            "Giảng viên",
            "Thường trực",
            "Chủ nhiệm",
            "Hiệu trưởng",
            "Cán bộ",
            "Tổng biên tập",
            "Tỉnh ủy viên",
            "Đảng ủy viên",
            "Nguyên",
            "Báo cáo viên",
            "Công chức",
            "Viên chức",
            "Nhân viên",
            "Phóng viên",
            "Biên tập viên",
            "Thư ký",
            "Kế toán",
            "Đại biểu",
            "Thạc sĩ",
            "Tiến sĩ",
            "Đoàn viên",
            "Head of",
            "Deputy",
            "Director",
            "Chairman",
            "Secretary",
            "Lecturer",
            "Editor",
        ),
    )
)
# First words of units that sign articles.
_UNITS = tuple(
    map(
        key_text,
        (
            "Ban",
            "Phòng",
            "Văn phòng",
            "Sở",
            "Khoa",
            "Trung tâm",
            "Hội",
            "Đoàn",
            "Đảng ủy",
            "Đảng bộ",
            "Chi bộ",
            "Chi cục",
            "Chi đoàn",
            "Cục",
            "Viện",
            "Công an",
            "Tòa án",
            "Bộ Chỉ huy",
            "Câu lạc bộ",
            "Huyện ủy",
            "Thành ủy",
            "Tỉnh ủy",
            "Tỉnh đoàn",
            "Công đoàn",
            "Liên đoàn",
            "Mặt trận",
            "Ủy ban",
            "Trường",
            "Tổ",
            "Nhóm",
            "Bộ phận",
            "Báo",
            "Đài",
            "Tạp chí",
            "Cổng thông tin",
            "Tòa soạn",
            "Phóng viên",
            "Cộng tác viên",
            "Thông tấn xã",
            "Trang thông tin",
            "UBND",
            "HĐND",
            "UBMTTQ",
            "MTTQ",
            "BCH",
            "BTV",
            "BTG",
            "LĐLĐ",
            "VKSND",
            "TAND",
            "CLB",
            "CTV",
            "PV",
            "Thường trực",
            "Ban Thường vụ",
            "Trạm",
            "Hạt",
            "Đội",
            "Xã đoàn",
            "Huyện đoàn",
            "Thành đoàn",
            "Công ty",
            "Tổng công ty",
            "Nhà văn hóa",
            "Nhà thiếu nhi",
            "Bảo tàng",
            "Bệnh viện",
            "Thư viện",
            "Quỹ",
            "Kho bạc",
            "Ngân hàng",
            "Bưu điện",
            "Đồn",
            "Hạt Kiểm lâm",
            "Ban Biên tập",
            "Department",
            "Office",
            "Committee",
        ),
    )
)
# Words that only a sentence or a heading has; a unit's name has none of them.
_VERBS = re.compile(
    r"\b(?:đã|sẽ|đang|được|bị|là|cần|phải|vừa|tiếp tục|tổ chức hội nghị|triển khai"
    r"|thực hiện|phát biểu|trao|tặng|tham dự|tham gia|khai mạc|is|are|was|has|will)\b"
)


def credit_of(line: str) -> str:
    """The whole line if it names another producer ("Nguồn: …", "(Theo …)"), else "".

    "Theo" also begins ordinary sentences: such a line must be short and must not end
    like a sentence, or stand in brackets.
    """
    line = one_line(line)
    matched = _CREDIT.match(line)
    if not matched or len(line.split()) > 14:
        return ""
    if _LABELLED.match(line) or (line.startswith("(") and line.endswith((")", ")."))):
        return line
    rest = matched["rest"].strip(" .")
    is_name = bool(_HOST.match(rest)) or rest[:1].isupper()
    short = len(rest.split()) <= 6 and not line.endswith(_SENTENCE_END[1:])
    ends = line.endswith(".") and not _HOST.match(rest)
    return line if is_name and short and not ends and not _has_verb(rest) else ""


def origin_of(line: str) -> str:
    """Who a credit line names: "Nguồn: so.example" → "so.example"."""
    line = one_line(line)
    matched = _CREDIT.match(line)
    rest = matched["rest"] if matched else line
    rest = rest.strip(" .;,()[]–-")
    if _HOST.match(rest):
        rest = re.sub(r"^https?://", "", rest, flags=re.IGNORECASE)
        return rest.partition("/")[0].lower()
    return rest


def is_post(line: str) -> bool:
    """Say whether a line is the post of the person named above it."""
    key = key_text(line)
    short = len(line.split()) <= 14 and not line.endswith(_SENTENCE_END)
    return short and key.startswith(_POSTS)


def is_office(line: str, above: str) -> bool:
    """Say whether ``line`` is the post or the unit of the person named ``above``."""
    if is_post(line):
        return True
    named = _are_people(one_line(above), 2) and not _is_unit(one_line(above))
    return named and _is_unit(one_line(line))


def is_signature(line: str, *, stressed: bool = False) -> bool:
    """Say whether a line at an article's end is who wrote it.

    ``stressed``: it is bold, slanted or set to the right, as signatures are.
    """
    line = one_line(line)
    words = line.split()
    if not 1 <= len(words) <= 12 or len(line) > 90 or line.startswith(("+", "-", "•")):
        return False
    labelled = _LABEL.match(line)
    if labelled:
        rest = labelled["rest"]
        return line.lower().startswith(_PLAIN) or is_signature(rest, stressed=True)
    ends = line.endswith(_SENTENCE_END) and not re.search(rf"{_INITIAL}$", line)
    if _WITH_UNIT.fullmatch(line) or ends or _has_verb(line):
        return bool(_WITH_UNIT.fullmatch(line))
    return _are_people(line, 1 if stressed else 2) or _is_unit(line)


def _has_verb(line: str) -> bool:
    return bool(_VERBS.search(line.lower()))


def _are_people(line: str, at_least: int) -> bool:
    """Names only: every part is two to six words that begin with a capital."""
    parts = [part for part in _SEPARATORS.split(line.strip(" ()")) if part]
    lengths = [len(part.split()) for part in parts]
    if not parts or len(parts) > 4 or re.search(r"\d", line):
        return False
    named = all(_PERSON.fullmatch(part) for part in parts)
    return named and min(lengths) >= at_least and max(lengths) <= 6


def _is_unit(line: str) -> bool:
    bare = line.strip(" ().")
    if _ABBREVIATION.fullmatch(bare):
        return True
    key = key_text(bare)
    begins = any(key == unit or key.startswith(f"{unit} ") for unit in _UNITS)
    return begins and bare[:1].isupper() and len(bare.split()) <= 10


def opens_with_author(line: str) -> bool:
    """Say whether an article's first line is its author: a name with its unit."""
    line = one_line(line)
    if len(line.split()) > 24 or line.endswith((":", ";", "…")) or " | " in line:
        return False
    labelled = _LABEL.match(line)
    if labelled and key_text(line).startswith(("tác giả", "người viết", "by ")):
        return True
    matched = _WITH_UNIT.fullmatch(line)
    return (
        bool(matched) and 2 <= len(matched["name"].split()) <= 6 if matched else False
    )


def authors_in(line: str) -> tuple[str, ...]:
    """The names in an author line; "Name (unit)" and units stay as written."""
    line = _DEED.sub("", one_line(line))
    line = one_line(line).strip(" .;,–-") if not line.endswith(")") else one_line(line)
    labelled = _LABEL.match(line)
    if labelled:
        line = labelled["rest"].strip()
    if not line or is_furniture_name(line):
        return ()
    parts = [part.strip() for part in _SEPARATORS.split(line) if part.strip()]
    # "N.Q" is what "Ng.V.A" is: a name that was shortened.
    several = len(parts) > 1 and "(" not in line and not _is_unit(line)
    if several and all(_PERSON.fullmatch(part) for part in parts):
        return tuple(dict.fromkeys(parts))
    return (line,)


def is_furniture_name(line: str) -> bool:
    """Say whether a "name" is a user name of the site's system, or no name at all."""
    return line.lower() in {
        "admin",
        "administrator",
        "quản trị",
        "quản trị viên",
        "quantri",
        "root",
        "editor",
        "super user",
        "superuser",
        "webmaster",
        "user",
        "wpadmin",
        "quantrihethong",
        "quản trị hệ thống",
        "n/a",
        "unknown",
    } or not re.search(r"\w", line)
