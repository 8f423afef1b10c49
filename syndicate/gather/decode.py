"""Bytes of a page or feed become text, whatever their labels say.

Labels lie more often than bytes do: text that is valid UTF-8 and not plain ASCII is
UTF-8, whatever a prolog, a ``<meta>`` or a header may claim.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PROLOG = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096
_NEVER_MEANT = (
    *("utf-16", "utf-32", "utf-7", "idna", "punycode"),
    # Python's own notations, which would read backslashes as letters.
    *("unicode", "raw", "undefined", "mbcs", "oem"),
)
# What the label says is seldom what was meant (WHATWG Encoding, section 4.2).
_MEANT = {
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
# Vietnamese in windows-1258 is a vowel, then its tone as a mark of its own.
_TONES_1258 = "\u0300\u0301\u0303\u0309\u0323"
_VOWEL_AND_TONE = re.compile(f"[aăâeêioôơuưyAĂÂEÊIOÔƠUƯY][{_TONES_1258}]")


def decode(body: bytes, content_type: str = "") -> str:
    """Read ``body`` as text; never fails, at worst some characters are U+FFFD.

    In order: byte order mark; UTF-8 if it is; UTF-16 by its NULs; what the prolog,
    the ``<meta>`` and the HTTP header say; UTF-8 with a few broken places;
    windows-1258 if it reads as Vietnamese; windows-1252.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    wide = _without_bom(body)
    if wide:
        return body.decode(wide, "replace")
    text = _strictly(body, "utf-8")
    if text is not None and not _is_stateful(body):
        return text
    for name in _labels(body, content_type):
        text = _strictly(body, name)
        if text is not None:
            return text
    return _guess(body)


def _without_bom(body: bytes) -> str:
    """UTF-16 without a mark shows by the NUL beside its first "<"."""
    if body.startswith(b"<\x00") and body[3:4] == b"\x00":
        return "utf-16-le"
    return "utf-16-be" if body.startswith(b"\x00<\x00") else ""


def _is_stateful(body: bytes) -> bool:
    """ISO-2022 encodings look like ASCII, and hide behind escapes."""
    return b"\x1b$" in body[:_HEAD] or b"\x1b(" in body[:_HEAD]


def _labels(body: bytes, content_type: str) -> list[str]:
    head = body[:_HEAD]
    said = [
        match.group(1).decode("ascii", "replace")
        for match in (_PROLOG.search(head), _META.search(head))
        if match
    ]
    header = _HEADER.search(content_type)
    if header:
        said.append(header.group(1))
    return [name for name in map(_codec, said) if name]


def _codec(label: str) -> str:
    """Name the text codec that a label means; "" if there is none."""
    try:
        name = codecs.lookup(label).name
        b"".decode(name)
    except (LookupError, ValueError):
        return ""
    # A document whose label could be read as ASCII is in no such encoding.
    if name.startswith(_NEVER_MEANT):
        return ""
    return _MEANT.get(name, name)


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _guess(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    if whole >= 4 * broken:
        return text
    vietnamese = body.decode("cp1258", "replace")
    tones = sum(vietnamese.count(tone) for tone in _TONES_1258)
    if tones and len(_VOWEL_AND_TONE.findall(vietnamese)) >= 0.8 * tones:
        return vietnamese
    return body.decode("cp1252", "replace")
