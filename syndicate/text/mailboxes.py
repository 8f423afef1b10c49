"""Addresses of mailboxes: which of them are sound, and when two are the same.

Nothing is known here of plus-addresses, of dots that a provider passes over, or of
domains that are one house: what two providers do differently is not ours to guess.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 254
"""Characters of an address: what fits the envelope (RFC 5321 §4.5.3.1.3)."""

# Addresses that no rule has anything to say against; the others are looked at closely.
_PLAIN = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24})"
)
_SPECIAL = re.compile(r"(?:^|\.)(?:arpa|invalid|local|localhost|onion|test)$")
_LONGEST_LOCAL = 64
_LONGEST_LABEL = 63


def mailbox(address: str) -> str:
    """What is compared of an address: NFC, lower case, the domain as DNS has it.

    It never fails: of what is no address, the lower case is compared.
    """
    plain = unicodedata.normalize("NFC", address).strip().lower()
    local, at, domain = plain.rpartition("@")
    if not at or domain.isascii():
        return plain
    return f"{local}@{_dns_name(domain) or domain}"


def checked(address: str) -> str:
    """``address`` as an envelope takes it: its domain in ASCII, as DNS has it.

    :raises ValueError: it is no address that every relay takes; says why, in English.
        That is so of a quoted or non-ASCII name before the @, of a second address, and
        of whatever could end a header line.
    """
    plain = unicodedata.normalize("NFC", address).strip(" \t\r\n\u00a0\u200b\ufeff")
    local, _at, domain = plain.rpartition("@")
    plain = f"{local}@{domain.lower()}"
    if _is_plain(plain):
        return plain
    return _looked_at(plain)


def domain_of(address: str) -> str:
    """What stands after the @, in lower case."""
    return mailbox(address).rpartition("@")[2]


def _is_plain(address: str) -> bool:
    found = _PLAIN.fullmatch(address)
    if not found or len(address) > LONGEST or "--" in found[1]:
        return False
    labels = found[1].split(".")
    return (
        address.index("@") <= _LONGEST_LOCAL
        and max(map(len, labels)) <= _LONGEST_LABEL
        and not _SPECIAL.search(found[1])
    )


def _looked_at(address: str) -> str:
    # Only for the few that are not plain: it takes as long to import as to check.
    from email_validator import (  # noqa: PLC0415 - see above
        EmailNotValidError,
        validate_email,
    )

    if len(address) > 4 * LONGEST:
        raise ValueError("The address is too long.")
    try:
        sound = validate_email(
            address,
            allow_smtputf8=False,
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    ascii_form = sound.ascii_email or ""
    local = ascii_form.rpartition("@")[0]
    if "=?" in local:  # what mail programs would take for an encoded word (RFC 2047)
        raise ValueError('There is "=?" before the @-sign.')
    if not 0 < len(local) <= _LONGEST_LOCAL or len(ascii_form) > LONGEST:
        raise ValueError("The address is too long.")
    return ascii_form


@lru_cache(maxsize=256)
def _dns_name(domain: str) -> str:
    """A domain as DNS has it (IDNA 2008); "" if it has no such name."""
    try:
        return _looked_at(f"x@{domain}").rpartition("@")[2]
    except ValueError:
        return ""
