"""A message taken apart, whatever it is made of: bounded in size, depth and number.

Not by the standard library's parser: what stands at our bounce address is written by
strangers, and of a megabyte of nested boundaries that parser makes a minute of work or
a RecursionError. Here every byte is looked at a few times at most, nothing raises, and
what is broken is read as far as it goes.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header
from quopri import decodestring

from syndicate.text.clean import normalise
from syndicate.text.html import to_text

LONGEST = 1_000_000
"""Bytes of a message that are read."""
DEEPEST = 6
"""Multiparts and messages inside one another."""
MOST_PARTS = 60
MOST_LINES = 300
"""Header lines of one part."""
LONGEST_VALUE = 2_000
"""Characters of one header line."""
LONGEST_TEXT = 64_000
"""Characters of one part's text."""

_CHARSETS = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859-\d+(-[ei])?|latin-?\d|windows-\d+|cp\d+|koi8-\w"
    r"|gb2312|gbk|gb18030|big5(-hkscs)?|euc-\w+|shift_?jis|iso-2022-(jp|kr)|utf-?16(le|be)?"
)
"""Those that are read in linear time; Python has others (punycode) that are not."""
_NAME = re.compile(r"[!-9;-~]+")
_MESSAGES = ("message/rfc822", "message/global", "message/news")
_HEADS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")

Headers = tuple[tuple[str, str], ...]
"""Names in lower case and their values, unfolded, as they stand in the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A leaf of a message, or the head of a message inside it."""

    kind: str
    """Content type in lower case; "head" for the header lines of a message."""
    headers: Headers
    body: bytes = field(repr=False, default=b"")
    inside: int = 0
    """In how many messages it is enclosed; 0 for the message itself."""


def parts(raw: bytes) -> tuple[Part, ...]:
    """Take a message apart: its head, then its leaves in order, those inside too."""
    whole = raw[:LONGEST].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found: list[Part] = []
    for part in _message(whole.lstrip(b"\n"), inside=0, depth=0):
        found.append(part)
        if len(found) >= MOST_PARTS:
            break
    return tuple(found)


def headers_of(block: bytes) -> Headers:
    """Read header lines; what is none is passed over."""
    found: list[tuple[str, str]] = []
    text = _decoded(block[:LONGEST_TEXT], "")
    for line in re.sub(r"\n[ \t]+", " ", text).split("\n")[:MOST_LINES]:
        name, colon, value = line.partition(":")
        if colon and _NAME.fullmatch(name.rstrip()):
            found.append((name.rstrip().lower(), value.strip()[:LONGEST_VALUE]))
    return tuple(found)


def values(headers: Headers, *names: str) -> list[str]:
    """All values of those names, in the order of the message."""
    return [value for name, value in headers if name in names]


def value(headers: Headers, name: str) -> str:
    """The first value of that name, encoded words read; "" if there is none."""
    found = values(headers, name)
    return words(found[0]) if found else ""


def words(said: str) -> str:
    """Read the encoded words of RFC 2047, as far as they can be read."""
    if "=?" not in said:
        return normalise(said)
    try:
        pieces = decode_header(said)
    except (MessageError, ValueError):
        return normalise(said)
    read = (
        piece if isinstance(piece, str) else _decoded(piece, charset or "")
        for piece, charset in pieces
    )
    return normalise("".join(read))


def text_of(part: Part) -> str:
    """The text of a leaf: transfer encoding, character set and HTML taken off."""
    content = values(part.headers, "content-type")
    read = _decoded(_unpacked(part), _parameter(content, "charset"))[:LONGEST_TEXT]
    return normalise(to_text(read) if part.kind == "text/html" else read)


def data_of(part: Part) -> bytes:
    """The bytes of a leaf, with line feeds alone between lines."""
    return _unpacked(part).replace(b"\r\n", b"\n")


# ── The walk ─────────────────────────────────────────────────────────────────


def _message(raw: bytes, *, inside: int, depth: int) -> Iterator[Part]:
    head, body = _split(raw)
    headers = headers_of(head)
    yield Part(kind="head", headers=headers, inside=inside)
    yield from _part(headers, body, inside=inside, depth=depth)


def _part(headers: Headers, body: bytes, *, inside: int, depth: int) -> Iterator[Part]:
    content = values(headers, "content-type")
    kind = content[0].partition(";")[0].strip().lower() if content else "text/plain"
    leaf = Part(kind=kind or "text/plain", headers=headers, body=body, inside=inside)
    boundary = _parameter(content, "boundary")
    if depth >= DEEPEST:
        yield leaf
    elif kind.startswith("multipart/") and boundary:
        for piece in _pieces(body, boundary):
            head, rest = _split(piece)
            yield from _part(headers_of(head), rest, inside=inside, depth=depth + 1)
    elif kind in _MESSAGES:
        inner = data_of(leaf).lstrip(b"\n")
        yield from _message(inner, inside=inside + 1, depth=depth + 1)
    elif kind in _HEADS:
        quoted = headers_of(data_of(leaf).lstrip(b"\n"))
        yield Part(kind="head", headers=quoted, inside=inside + 1)
    else:
        yield leaf


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Part header lines from what follows; a line that is none ends them, too."""
    if raw.startswith(b"\n"):
        return b"", raw[1:]
    if raw.startswith((b"From ", b">From ")):  # of an mbox
        raw = raw.partition(b"\n")[2]
    head, _blank, body = raw.partition(b"\n\n")
    broken = re.search(rb"^(?![ \t]|[!-9;-~]+[ \t]*:)", head, re.MULTILINE)
    if broken is None:
        return head, body
    return raw[: broken.start()], raw[broken.start() :]


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    """What stands between boundaries; the last may have no end."""
    said = re.escape(boundary.encode("utf-8", "replace"))
    line = re.compile(rb"^--" + said + rb"(--)?[ \t]*$\n?", re.MULTILINE)
    start: int | None = None
    for found in line.finditer(body):
        if start is not None:  # the line end before a boundary is the boundary's
            yield body[start : found.start()].removesuffix(b"\n")
        start = found.end()
        if found[1]:
            return
    if start is None:
        yield b"\n" + body  # the boundary never comes: it is a text
    else:
        yield body[start:]


def _parameter(content: list[str], name: str) -> str:
    """A parameter of Content-Type, by a pattern that takes linear time."""
    if not content:
        return ""
    value = r'(?:"((?:[^"\\]|\\.)*)"?|([^\s;]+))'
    found = re.search(rf";\s*{name}\s*=\s*{value}", content[0], re.IGNORECASE)
    if found is None:
        return ""
    quoted, bare = found[1], found[2]
    return bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


# ── Encodings ────────────────────────────────────────────────────────────────


def _unpacked(part: Part) -> bytes:
    said = values(part.headers, "content-transfer-encoding")
    match said[0].strip().lower() if said else "":
        case "base64":
            return _from_base64(part.body)
        case "quoted-printable":
            return decodestring(part.body)
        case _plain:
            return part.body


def _from_base64(body: bytes) -> bytes:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    odd = len(letters) % 4
    whole = letters[:-1] if odd == 1 else letters + b"=" * (-odd % 4)
    try:
        return base64.b64decode(whole)
    except (binascii.Error, ValueError):
        return b""


def _decoded(raw: bytes, charset: str) -> str:
    """Text in the character set that was named, or that it seems to have."""
    named = charset.strip().lower()
    if _CHARSETS.fullmatch(named):
        try:
            return raw.decode(named, "replace")
        except LookupError:
            pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
