"""DKIM signatures checked (RFC 6376 §6) by keys that are at hand; it asks nobody."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from syndicate.digest.post.dkim import canonical, header_fields, split
from syndicate.digest.post.publickeys import PublicKey, from_record, tags_of
from syndicate.errors import MailError

_FIELD = re.compile(
    rb"(?im)^DKIM-Signature[ \t]*:((?:[^\r\n]|\r\n(?=[ \t])|\r(?!\n))*)(\r\n|\Z)"
)
_WANTED = ("v", "a", "b", "bh", "d", "h", "s")
_B = re.compile(rb"([;:\s]b[ \t\r\n]*=)[^;]*")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*)(\.[a-z0-9_-]+)*", re.IGNORECASE)


RecordOf = Callable[[str, str], str | None]
"""Gives the text of the DNS record of a name, for a key that is ``rsa`` or ``ed25519``;
None if it is not at hand."""
_COUNT = re.compile(r"[0-9]{1,12}")


class Verdict(StrEnum):
    """What came of a check."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"
    """The key is not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A DKIM-Signature field, read."""

    raw: bytes = field(repr=False)
    tags: dict[str, str]
    fault: str = ""
    """Why it cannot be read; "" if it can."""

    @property
    def domain(self) -> str:
        """Who signs."""
        return self.tags.get("d", "").lower()

    @property
    def algorithm(self) -> str:
        """What stands in a=."""
        return self.tags.get("a", "").lower()

    @property
    def name(self) -> str:
        """Where its key is in the DNS."""
        return f"{self.tags.get('s', '')}._domainkey.{self.domain}"

    @property
    def canonical(self) -> str:
        """How header and body are made even; the body is "simple" unless it is said."""
        head, _slash, body = self.tags.get("c", "simple").lower().partition("/")
        return f"{head}/{body or 'simple'}"

    @property
    def has_length(self) -> bool:
        """Whether it covers the beginning of the body only."""
        return "l" in self.tags

    @property
    def headers(self) -> tuple[str, ...]:
        """What it covers, in lower case."""
        named = self.tags.get("h", "").split(":")
        return tuple(name.strip().lower() for name in named)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the check of one signature."""

    verdict: Verdict
    reason: str = ""
    bits: int = 0
    """Length of the RSA key; 0 for none."""


def signatures(content: bytes) -> list[Signature]:
    """Read all signatures of a message with CRLF line ends, first one first."""
    headers, _body = split(content)
    return [_read(match[0]) for match in _FIELD.finditer(headers)]


def _read(raw: bytes) -> Signature:
    value = raw.partition(b":")[2].decode("utf-8", "replace")
    tags = tags_of(re.sub(r"\r\n", "", value))
    fault = ""
    missing = [name for name in _WANTED if not tags.get(name)]
    if missing:
        fault = f"without {', '.join(f'{name}=' for name in missing)}"
    elif tags["v"] != "1":
        fault = f"v={tags['v'][:10]}"
    elif not _HOST.fullmatch(f"{tags['s']}.{tags['d']}"):
        fault = "d= or s= is no name"
    return Signature(raw=raw, tags=tags, fault=fault)


def verified(content: bytes, one: Signature, record_of: RecordOf) -> Checked:
    """Check a signature of a message by the key that ``record_of`` gives."""
    if one.fault:
        return Checked(Verdict.INVALID, one.fault)
    record = record_of(one.name, one.algorithm.partition("-")[0])
    if record is None:
        return Checked(Verdict.UNCHECKED)
    try:
        key = from_record(record)
    except MailError as error:
        return Checked(Verdict.INVALID, str(error))
    if one.algorithm != f"{key.kind}-sha256":
        return Checked(Verdict.INVALID, f"its key is for {key.kind}", key.bits)
    return Checked(*_checked(content, one, key), key.bits)


def _checked(content: bytes, one: Signature, key: PublicKey) -> tuple[Verdict, str]:
    headers, body = split(content)
    head_way, body_way = one.canonical.split("/")
    made = canonical(body) if body_way == "relaxed" else _simple(body)
    if one.has_length:
        made = made[: int(one.tags["l"])] if _COUNT.fullmatch(one.tags["l"]) else made
    if sha256(made).digest() != _unpacked(one.tags["bh"]):
        return Verdict.INVALID, "the body was changed"
    signed = _signed(headers, one, is_relaxed=head_way == "relaxed")
    if not key.holds(_unpacked(one.tags["b"]), signed):
        return Verdict.INVALID, "the headers were changed, or the key is another one"
    return Verdict.VALID, ""


def _unpacked(value: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s", "", value), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _simple(body: bytes) -> bytes:
    """Canonical form "simple" (RFC 6376 §3.4.3)."""
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n"


def _signed(headers: bytes, one: Signature, *, is_relaxed: bool) -> bytes:
    """What is signed: the fields of h=, from the last up, then the signature."""
    fields = _fields(headers, is_relaxed=is_relaxed)
    chosen = [fields[name].pop() + b"\r\n" for name in one.headers if fields.get(name)]
    own = _B.sub(rb"\1", one.raw.rstrip(b"\r\n"), count=1)
    if is_relaxed:
        own = header_fields(own + b"\r\n")[0][1]
    return b"".join((*chosen, own))


def _fields(headers: bytes, *, is_relaxed: bool) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    if is_relaxed:
        for name, line in header_fields(headers):
            found.setdefault(name, []).append(line)
        return found
    for line in re.split(rb"\r\n(?![ \t])", headers):
        key = line.partition(b":")[0].strip().lower().decode("ascii", "replace")
        found.setdefault(key, []).append(line)
    return found
