"""What every use case of members works with."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from syndicate.errors import MemberError
from syndicate.model import Category, Consent, ConsentKind, Digest, Fault, Site, Source
from syndicate.store import Connection, Database, consents
from syndicate.text.clean import one_line
from syndicate.text.mailboxes import checked

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST_NAME = 100
"""Characters of a person's name; the header of a mail has no more of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The members of a desk, and what they may choose of."""

    database: Database
    site: Site
    digests: Mapping[str, Digest]
    """By series: what members subscribe to."""
    categories: Mapping[str, Category]
    sources: Mapping[str, Source]
    secret: str
    confirm_within: timedelta
    mails_per_address: int
    signups_per_network: int
    consent: str
    """What people agree to when they sign up; "" for our own sentence."""
    privacy: str
    """Address of the notice on privacy; "" for none."""
    clock: Callable[[], datetime]
    beside: Path | None = None
    """The file that remembers who left, whatever backup is restored; None for none."""


def address_checked(address: str) -> str:
    """Return an address as an envelope takes it; raises MemberError."""
    try:
        return checked(address)
    except ValueError as error:
        shown = one_line(address)[:LONGEST_NAME]
        said = f'"{shown}" is not a mail address: {error}'
        raise MemberError(said, fault=Fault.ADDRESS, word=shown) from None


def name_checked(name: str) -> str:
    """Return a person's name on one line, without what turns a line around."""
    return one_line(_TURNING.sub("", name))[:LONGEST_NAME].strip()


def digest_checked(work: Membership, key: str) -> Digest:
    """Return the digest of that series; raises MemberError."""
    if key not in work.digests:
        known = ", ".join(work.digests) or "–"
        raise MemberError(
            f'there is no digest "{key}"; known: {known}', fault=Fault.DIGEST, word=key
        )
    return work.digests[key]


def consented(
    digest: str, kind: ConsentKind, now: datetime, *, form: str, text: str = ""
) -> Consent:
    """Make a record of consent; its version is the SHA-256 of its text."""
    version = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Consent(
        digest=digest,
        kind=kind,
        at=now,
        form=form,
        text=text,
        version=version if text else "",
    )


def record(connection: Connection, mark: str, consent: Consent) -> None:
    """Keep a record of consent."""
    consents.add(connection, mark, consent)
