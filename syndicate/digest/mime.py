"""Text as mail carries it: transfer encodings, encoded words, folded headers.

Written out here and not left to :mod:`email`, because the same words must give the
same bytes for ever: an approved preview is approval of what is sent.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass

WIDTH = 76
"""Columns of an encoded line (RFC 2045 §6.7); a header line may have 78."""

_PLAIN = re.compile(r"[\x20-\x7e]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_TOO_LONG = re.compile(rb"(?m)^([^\r\n]{74})(=20|=09)(?=\r?$)")
_WORD_BYTES = 42
"""Bytes in one encoded word: 42 become 56 of base64, 68 columns with the frame."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A body in the transfer encoding that makes it shortest; CRLF line ends."""

    encoding: str
    body: bytes


def encoded(text: str) -> Encoded:
    """Encode a text part in UTF-8, as quoted-printable or base64 (RFC 2045 §6)."""
    content = re.sub(r"\r\n|\r|\n", "\r\n", text).encode("utf-8")
    quoted = quoted_printable(content)
    packed = base64.b64encode(content)
    lines = -(-len(packed) // WIDTH)
    if len(quoted) <= len(packed) + 2 * lines:
        return Encoded("quoted-printable", quoted)
    parts = (packed[at : at + WIDTH] for at in range(0, len(packed), WIDTH))
    return Encoded("base64", b"\r\n".join(parts))


def quoted_printable(content: bytes) -> bytes:
    """Encode text with CRLF line ends, line by line, in at most 76 columns.

    :mod:`binascii` writes 77 where a blank that ends a line comes to stand last.
    """
    return _TOO_LONG.sub(rb"\1=\r\n\2", binascii.b2a_qp(content, istext=True))


def header(name: str, value: str) -> bytes:
    """Return one header line of free text, encoded and folded (RFC 2047, 5322)."""
    plain = _PLAIN.fullmatch(value) and "=?" not in value
    if plain and len(name) + 2 + len(value) <= 78:
        return f"{name}: {value}\r\n".encode("ascii")
    return f"{name}: {encoded_words(value, len(name) + 2)}\r\n".encode("ascii")


def structured(name: str, value: str) -> bytes:
    """Return one header line of tokens and addresses, folded at its spaces.

    A long address may begin on the second line; a Message-ID never does, for
    Exchange loses one that is not on the first.
    """
    lines = [f"{name}:"]
    for word in value.split(" "):
        first = lines[-1] == f"{name}:"
        fits = len(lines[-1]) + 1 + len(word) <= 78
        if not fits and not (first and (name == "Message-ID" or len(word) > 77)):
            lines.append("")
        lines[-1] += f" {word}"
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def encoded_words(text: str, used: int = 0) -> str:
    """Return ``text`` as encoded words, ``used`` columns being taken on the line.

    Every word is whole in itself: no character, and no letter with its marks, is
    split between two (RFC 2047 §5).
    """
    words: list[str] = []
    room = min(_WORD_BYTES, (78 - used - 12) // 4 * 3)
    current = b""
    for cluster in _clusters(text):
        piece = cluster.encode("utf-8")
        if current and len(current) + len(piece) > room:
            words.append(_word(current))
            current, room = b"", _WORD_BYTES
        current += piece
    words.append(_word(current))
    return "\r\n ".join(words)


def phrase(name: str) -> str:
    """Return a display name: bare, quoted or encoded (RFC 5322 §3.2.5)."""
    if not name or (_ATOMS.fullmatch(name) and "=?" not in name):
        return " ".join(name.split())
    if _PLAIN.fullmatch(name) and "=?" not in name and len(name) <= 60:
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return encoded_words(name, 20).replace("\r\n", "")


def _word(piece: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(piece).decode('ascii')}?="


def _clusters(text: str) -> list[str]:
    """Split into letters with their marks; a pile of marks is cut after a few."""
    clusters: list[str] = []
    for character in text:
        joins = unicodedata.combining(character) or character in "\u200d\ufe0f"
        if clusters and joins and len(clusters[-1]) < 6:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters
