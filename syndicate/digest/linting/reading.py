"""A message read for its rules: header lines as they stand, parts as they are read.

Whatever the bytes are, nothing here raises, and the time is linear in their number.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from quopri import decodestring

from syndicate.digest.returns import parts as taken

LONGEST = taken.LONGEST

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]*)\?([^?\s]*)\?([^?\s]*)\?=")
_BETWEEN = re.compile(r"(?<=\?=)[ \t]+(?==\?)")
LONGEST_WORD = 75
"""Characters of one encoded word (RFC 2047 §2)."""
_CHARSETS = frozenset(
    {"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
)


@dataclass(frozen=True, slots=True)
class Header:
    """One header field."""

    name: str
    raw: bytes
    """As it stands, with its folds and without the last line end."""
    value: str
    """Unfolded."""

    @property
    def lines(self) -> list[bytes]:
        """Its physical lines."""
        return re.split(rb"\r\n|\r|\n", self.raw)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds something."""

    kind: str
    charset: str
    body: bytes = field(repr=False)
    """As it is sent, with line feeds alone."""
    content: bytes = field(repr=False)
    """Without its transfer encoding."""

    @property
    def size(self) -> int:
        """Bytes as it is sent, with CRLF."""
        return len(self.body) + self.body.count(b"\n")

    def text(self) -> str | None:
        """Read as UTF-8; None if it is none."""
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class Read:
    """A message taken apart."""

    content: bytes = field(repr=False)
    headers: tuple[Header, ...]
    strays: tuple[bytes, ...]
    """Lines of the head that are no header lines."""
    kind: str
    leaves: tuple[Leaf, ...]

    def all(self, name: str) -> list[Header]:
        """Return the fields of a name, in their order."""
        return [one for one in self.headers if one.name.lower() == name.lower()]

    def value(self, name: str) -> str:
        """Return the first value of a name; "" if there is none."""
        found = self.all(name)
        return found[0].value if found else ""


def read(content: bytes) -> Read:
    """Take a message apart."""
    headers, strays = _head(content)
    parts = [one for one in taken.parts(content) if one.inside == 0]
    said = taken.values(parts[0].headers, "content-type") if parts else []
    kind = said[0].partition(";")[0].strip().lower() if said else "text/plain"
    leaves = tuple(_leaf(one) for one in parts if one.kind != "head")
    return Read(content, tuple(headers), tuple(strays), kind, leaves)


def _head(content: bytes) -> tuple[list[Header], list[bytes]]:
    fields: list[list[bytes]] = []
    strays: list[bytes] = []
    for match in _LINE.finditer(content[:LONGEST]):
        line = match.group().rstrip(b"\r\n")
        if not line:
            break
        if line[:1] in b" \t" and fields:
            fields[-1].append(match.group())
        elif _NAME.match(line):
            fields.append([match.group()])
        elif not (line.startswith(b"From ") and not fields):  # of an mbox
            strays.append(line)
    return [_field(b"".join(lines)) for lines in fields], strays


def _field(lines: bytes) -> Header:
    raw = lines.rstrip(b"\r\n")
    name, _colon, value = raw.partition(b":")
    unfolded = re.sub(rb"[\r\n]+", b"", value).strip(b" \t")
    return Header(
        name.strip().decode("ascii"), raw, unfolded.decode("utf-8", "replace")
    )


def _leaf(part: taken.Part) -> Leaf:
    said = taken.values(part.headers, "content-type")
    charset = (
        re.search(r';\s*charset\s*=\s*"?([^\s;"]+)', said[0], re.I) if said else None
    )
    named = charset[1].lower() if charset else ""
    return Leaf(part.kind, named, part.body, taken.data_of(part))


# ── Words ────────────────────────────────────────────────────────────────────


def decoded(value: str) -> tuple[str, bool]:
    """Read the encoded words of a header (RFC 2047); whether all of them are sound.

    A word is sound if it can be read alone: no character is split between two.
    """
    sound = True

    def word(match: re.Match[str]) -> str:
        nonlocal sound
        text = _word(match[1], match[2], match[3])
        if text is None or len(match[0]) > LONGEST_WORD:
            sound = False
        return match[0] if text is None else text

    return _WORD.sub(word, _BETWEEN.sub("", value)), sound


def _word(charset: str, how: str, said: str) -> str | None:
    named = charset.partition("*")[0].lower()
    try:
        if how in "bB" and how:
            raw = base64.b64decode(said, validate=True)
        elif how in "qQ" and how:
            raw = decodestring(said.replace("_", "=20").encode("ascii"), header=True)
        else:
            return None
        return (
            raw.decode(named) if named in _CHARSETS else raw.decode("ascii", "replace")
        )
    except (binascii.Error, ValueError):
        return None
