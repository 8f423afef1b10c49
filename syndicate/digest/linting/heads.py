"""What is wrong with the header lines of a message (RFC 5322, 2047)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from email.utils import getaddresses, parsedate_to_datetime

from syndicate.digest.linting.expected import Expected
from syndicate.digest.linting.findings import Finding, note
from syndicate.digest.linting.reading import Header, Read, decoded

ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
REFUSED = frozenset({"cc", "bcc", "resent-to", "resent-cc", "resent-bcc"})
LONGEST_SUBJECT = 150
SHOWN_SUBJECT = 70
_TRACES = frozenset(
    {
        *("received", "x-received", "received-spf", "return-path", "delivered-to"),
        *("x-original-to", "authentication-results", "dkim-signature", "arc-seal"),
        *("arc-message-signature", "arc-authentication-results", "x-spam-status"),
    }
)
"""Put in front by those that hand a message on, and by those that sign."""
_RESIDUE = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}|(?:^|[\]·] ?)None$")
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ZONE = re.compile(r"\s[+-]\d{4}(\s*\([^()]*\))?$")
_VERP = re.compile(r"[bl]-[a-z2-7]{32}@(.+)")


def faults(message: Read, expected: Expected) -> Iterator[Finding]:
    """Yield what is wrong with the head of a message."""
    for line in message.strays:
        yield note("header-syntax", line.decode("utf-8", "replace"))
    for header in message.headers:
        yield from _line(header)
    yield from _numbers(message)
    yield from _date(message)
    yield from _people(message, expected)
    yield from _subject(message)


def _line(header: Header) -> Iterator[Finding]:
    if not header.raw.isascii():
        yield note("header-ascii", header.name)
    if _CONTROLS.search(header.value):
        yield note("header-characters", header.name)
    if not decoded(header.value)[1]:
        yield note("encoded-word", header.name)
    if header.name.lower() in _TRACES - {"dkim-signature"}:
        return
    # One word that is longer than a line can be folded nowhere, and an identifier must
    # stand on the first line: Exchange loses it else.
    long = header.name.lower() != "message-id"
    if long and any(len(line) > 78 and b" " in line.strip() for line in header.lines):
        yield note("header-fold", header.name)


def _numbers(message: Read) -> Iterator[Finding]:
    counts = Counter(one.name.lower() for one in message.headers)
    for name in ONCE:
        if not counts[name.lower()]:
            yield note("header-missing", name)
    names = {one.name.lower(): one.name for one in message.headers}
    for name, shown in names.items():
        if counts[name] > 1 and name not in _TRACES:
            yield note("header-twice", shown)
        if name in REFUSED:
            yield note("header-refused", shown)


def _date(message: Read) -> Iterator[Finding]:
    said = message.value("Date")
    try:
        moment = parsedate_to_datetime(said)
    # OverflowError: a year or a zone that no clock has.
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None or not _ZONE.search(said):
        yield note("date", said)


# ── Whose it is ──────────────────────────────────────────────────────────────


def mailboxes(value: str) -> list[str]:
    """Return the addresses of a header field, in lower case."""
    return [address.lower() for _name, address in getaddresses([value[:2000]])]


def domain_of(message: Read) -> str:
    """Return the domain of From; "" if it has none."""
    found = mailboxes(message.value("From"))
    return found[0].rpartition("@")[2] if found else ""


def is_one(value: str) -> bool:
    """Tell whether a header field names exactly one mailbox."""
    found = mailboxes(value)
    return len(found) == 1 and re.fullmatch(r"[^@\s]+@[^@\s]+", found[0]) is not None


def within(one: str, other: str) -> bool:
    """Tell whether one domain is the other, or below it."""
    return bool(other) and (one == other or one.endswith(f".{other}"))


def _people(message: Read, expected: Expected) -> Iterator[Finding]:
    sender, recipient = message.value("From"), message.value("To")
    domain = domain_of(message)
    if not is_one(sender):
        yield note("from", sender)
    elif expected.domain and domain != expected.domain.lower():
        yield note("from-domain", sender)
    if not is_one(recipient):
        yield note("to", recipient)
    identity = message.value("Message-ID")
    found = re.fullmatch(r"<[^\s<>@]+@([^\s<>@]+)>", identity)
    own = found[1].lower() if found else ""
    if not (own and domain and (within(own, domain) or within(domain, own))):
        yield note("message-id", identity)
    if expected.bounce_domain:
        verp = _VERP.fullmatch(expected.envelope)
        if not verp or verp[1].lower() != expected.bounce_domain.lower():
            yield note("envelope", expected.envelope)


def _subject(message: Read) -> Iterator[Finding]:
    if not message.all("Subject"):
        return
    subject = decoded(message.value("Subject"))[0]
    if not subject.strip():
        yield note("subject-empty")
    elif len(subject) > LONGEST_SUBJECT:
        yield note("subject-length", len(subject))
    elif len(subject) > SHOWN_SUBJECT:
        yield note("subject-long", len(subject))
    if _CONTROLS.search(subject) or "\t" in subject:
        yield note("subject-characters")
    if not unicodedata.is_normalized("NFC", subject):
        yield note("subject-nfc")
    if _RESIDUE.search(subject):
        yield note("subject-residue", subject)
