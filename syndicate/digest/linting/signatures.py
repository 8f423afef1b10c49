"""What is wrong with the signatures of a message (RFC 6376, 8058 §4, 8301, 8463)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicate.digest.linting.expected import Expected
from syndicate.digest.linting.findings import Finding, note
from syndicate.digest.linting.heads import domain_of, within
from syndicate.digest.linting.reading import Read
from syndicate.digest.post.keys import LEAST_BITS
from syndicate.digest.post.verifying import Signature, Verdict, signatures, verified

COVERED = (
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id"),
)
"""What a signature must cover, as far as it is there."""
_ALGORITHMS = ("rsa-sha256", "ed25519-sha256")
MOST = 8
"""Signatures that are looked at."""


def faults(message: Read, expected: Expected) -> Iterator[Finding]:
    """Yield what is wrong with the signatures in front of a message."""
    found = signatures(message.content)[:MOST]
    if not found:
        yield note("dkim-missing" if expected.is_signed else "dkim-off")
        return
    readable = [one for one in found if not one.fault]
    for one in found:
        if one.fault:
            yield note("dkim-syntax", one.fault)
    domain = domain_of(message)
    aligned = [one for one in readable if domain and within(domain, one.domain)]
    if readable and not aligned:
        yield note("dkim-aligned", ", ".join(dict.fromkeys(o.domain for o in readable)))
    # What others have signed on the way is theirs to answer for.
    for one in aligned:
        yield from _quality(one, message)
        yield from _holds(one, message, expected)


def _quality(one: Signature, message: Read) -> Iterator[Finding]:
    if one.algorithm not in _ALGORITHMS:
        yield note("dkim-algorithm", one.algorithm)
    if one.canonical != "relaxed/relaxed":
        yield note("dkim-canonical", one.canonical)
    if one.has_length:
        yield note("dkim-length")
    left_out = [
        name for name in COVERED if message.all(name) and name not in one.headers
    ]
    if left_out:
        yield note("dkim-covers", ", ".join(left_out))
    if one.headers.count("from") <= len(message.all("From")):
        yield note("dkim-oversign")


def _holds(one: Signature, message: Read, expected: Expected) -> Iterator[Finding]:
    result = verified(message.content, one, expected.record_of or _nobody_knows)
    named = f"{one.name} ({one.algorithm})"
    if result.verdict is Verdict.INVALID:
        yield note("dkim-invalid", f"{named}: {result.reason}")
    elif result.verdict is Verdict.UNCHECKED:
        yield note("dkim-unchecked", named)
    if 0 < result.bits < LEAST_BITS:
        yield note("dkim-key", result.bits)


def _nobody_knows(_name: str, _kind: str) -> None:
    return None
