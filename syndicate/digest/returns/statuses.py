"""Enhanced status codes (RFC 3463): found in words, or made out of words.

Many programs give a code that says nothing (5.0.0, 5.5.0), or none, and say the truth
in a sentence; :mod:`~syndicate.digest.returns.phrases` has the sentences.
"""

from __future__ import annotations

import re

from syndicate.digest.returns.phrases import PHRASES
from syndicate.text.clean import fold

_LOOKED_AT = 8_000
"""Characters in which a reason is looked for."""
_CODE = re.compile(r"(?<![\d.])([45])\.([0-7])\.(\d{1,3})(?!\.?\d)")
_GIVEN = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_REPLY = re.compile(
    r"(?<![\d.])(421|4[3-5]\d|5[0-5]\d)(?=[ -]|$)(?![ -]*(?:bytes|[kmg]b|hours?))"
)
_VAGUE = frozenset({"", "5.0.0", "5.2.0", "5.2.1", "5.4.1", "5.5.0", "5.5.1", "5.5.4"})
"""Codes that leave open what is wrong: there the words decide."""

_PHRASES = tuple((re.compile("|".join(said)), code) for code, said in PHRASES)
_NOBODY = "5.1.1"
_BY_REPLY = {
    "552": "5.2.2",
    "452": "4.2.2",
    "421": "4.3.2",
    "450": "4.2.0",
    "451": "4.3.0",
    "554": "5.0.0",
}


def status_in(text: str) -> str:
    """The first enhanced status code of a failure in ``text``; "" if there is none."""
    found = _CODE.search(text[:_LOOKED_AT])
    return ".".join(found.groups()) if found else ""


def status_of(field: str) -> str:
    """The code at the beginning of a Status field, whatever follows it."""
    found = _GIVEN.match(field)
    return ".".join(found.groups()) if found else ""


def reply_in(text: str) -> str:
    """The first SMTP reply code that tells of trouble; "" if there is none."""
    found = _REPLY.search(text[:_LOOKED_AT])
    return found[1] if found else ""


def meant(text: str) -> str:
    """The code that the words of ``text`` amount to; "" if they say nothing known."""
    folded = fold(text[:_LOOKED_AT]).replace("’", "'")
    for pattern, code in _PHRASES:
        if pattern.search(folded):
            return code
    return ""


def is_vague(status: str) -> bool:
    """Say whether a code leaves open what is wrong."""
    return status in _VAGUE


def judged(status: str, text: str, *, reply: str = "") -> str:
    """The status that counts: the one given, or a better one out of the words.

    A code of 4.*.* is what it is: words make no lasting failure of it. A refusal for
    policy (5.7.*) stays none of the member's doing, but where its words deny that there
    is such a person, as some hosts do, it counts like any other trouble of a mailbox.
    """
    if status in _VAGUE:
        status = _better(status, status_in(text))
    if status in _VAGUE:
        return _by_words(status, text, reply or reply_in(text))
    if status.startswith("5.7.") and meant(text) == _NOBODY:
        return "5.2.0"
    return status


def _by_words(status: str, text: str, reply: str) -> str:
    said = meant(text)
    if not status and reply.startswith("4"):
        return _BY_REPLY.get(reply, "4.0.0")
    return said or status or _BY_REPLY.get(reply, "")


def _better(status: str, found: str) -> str:
    return found if found and found not in _VAGUE else status or found
