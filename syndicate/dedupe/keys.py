"""What an entry can be found by again.

A guid repeats inside a feed, flips between http and https, or changes wholesale
with a new CMS; an address changes with a title. So an entry has several keys, and
whoever looks it up learns which one matched.
"""

from __future__ import annotations

from hashlib import sha256

from syndicate.model import Entry
from syndicate.text.clean import key_text, words
from syndicate.text.urls import schemeless

Key = tuple[str, str]
"""(kind, value); the kinds are ``guid``, ``url``, ``address``, ``title-date`` and
``content`` and ``text``."""

_TITLE_WORDS = 4
"""Shorter titles ("Giấy mời", "Thông báo") come back every week."""
_TEXT_LENGTH = 200
"""Characters; a shorter text may be a standing phrase ("Xem tệp đính kèm")."""


def identity_keys(entry: Entry) -> tuple[Key, ...]:
    """Every key of ``entry`` within its own source, the most trusted first.

    A key that the entry cannot have (no guid, no date, hardly any text) is left out;
    so is the address of a home page, which some feeds give for every item.
    """
    address = _address(entry)
    found = (
        ("guid", " ".join(entry.guid.split())),
        ("url", entry.url if address else ""),
        ("address", address),
        ("title-date", _title_and_day(entry)),
        ("content", _content(entry)),
        ("text", _text(entry)),
    )
    return tuple(key for key in found if key[1])


def story_keys(entry: Entry) -> tuple[Key, ...]:
    """The keys that mean the same text whatever the source: address and content."""
    found = (("address", _address(entry)), ("content", _content(entry)))
    return tuple(key for key in found if key[1])


def _address(entry: Entry) -> str:
    """The address without scheme; empty for a home page."""
    address = schemeless(entry.url) if entry.url else ""
    return address if "/" in address or "?" in address else ""


def _content(entry: Entry) -> str:
    """The fingerprint; empty where the text is too short to mean anything."""
    return entry.fingerprint if len(entry.text) >= _TEXT_LENGTH else ""


def _text(entry: Entry) -> str:
    """The text alone: a corrected title often brings a new address with it."""
    if len(entry.text) < _TEXT_LENGTH:
        return ""
    return sha256(key_text(entry.text).encode("utf-8", "replace")).hexdigest()


def _title_and_day(entry: Entry) -> str:
    """Title and local day; empty where either says too little."""
    if entry.published is None or len(words(entry.title)) < _TITLE_WORDS:
        return ""
    return f"{key_text(entry.title)}|{entry.published.value:%Y-%m-%d}"
