"""What an entry can be found by again.

A guid repeats inside a feed, flips between http and https, or changes wholesale
with a new CMS; an address changes with a title. So an entry has several keys, and
whoever looks it up learns which one matched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b

from syndicate.dedupe.wording import wording
from syndicate.model import Entry
from syndicate.text.clean import key_text, words
from syndicate.text.urls import schemeless

Key = tuple[str, str]
"""(kind, value); the kinds are ``guid``, ``address``, ``title-date``, ``content`` and
``text``. The value of a key that means nothing outside of its source (guid, title-date,
text) begins with the source, so that ``news_12`` of one is not that of another."""

WEAK = frozenset({"title-date", "content", "text"})
"""Kinds that tell an entry whose guid and address are both new."""

_TITLE_WORDS = 4
"""Shorter titles ("Giấy mời", "Thông báo") come back every week."""
_TEXT_LENGTH = 200
"""Characters; a shorter text may be a standing phrase ("Xem tệp đính kèm")."""


def identity_keys(entry: Entry) -> tuple[Key, ...]:
    """Every key of ``entry`` within its own source, the most trusted first.

    A key that the entry cannot have (no guid, no date, hardly any text) is left out;
    so is the address of a home page, which some feeds give for every item.
    """
    source = entry.source
    found = (
        ("guid", _of(source, " ".join(entry.guid.split()))),
        ("address", _address(entry.url)),
        ("title-date", _of(source, _title_and_day(entry))),
        ("content", _content(entry)),
        ("text", _of(source, _text(entry))),
    )
    return tuple(key for key in found if key[1])


def story_keys(entry: Entry) -> tuple[Key, ...]:
    """The keys that mean the same text whatever the source: address and content."""
    found = (("address", _address(entry.url)), ("content", _content(entry)))
    return tuple(key for key in found if key[1])


def place_keys(source: str, names: Iterable[str]) -> Iterator[Key]:
    """The keys of whatever has one of ``names`` for its guid or its address."""
    for name in names:
        found = (("guid", _of(source, name)), ("address", _address(name)))
        yield from (key for key in found if key[1])


@lru_cache(maxsize=16)
def _address(url: str) -> str:
    """An address without its scheme; empty for a home page."""
    found = schemeless(url) if url else ""
    return found if "/" in found or "?" in found else ""


def _of(source: str, value: str) -> str:
    return f"{source} {value}" if value else ""


def _content(entry: Entry) -> str:
    """The fingerprint; empty where the text is too short to mean anything."""
    return entry.fingerprint if len(entry.text) >= _TEXT_LENGTH else ""


def _text(entry: Entry) -> str:
    """The words of the text: a corrected title often brings a new address with it."""
    if len(entry.text) < _TEXT_LENGTH:
        return ""
    return blake2b(wording(entry.text).marks, digest_size=16).hexdigest()


def _title_and_day(entry: Entry) -> str:
    """Title and local day; empty where either says too little."""
    if entry.published is None or len(words(entry.title)) < _TITLE_WORDS:
        return ""
    return f"{key_text(entry.title)}|{entry.published.value:%Y-%m-%d}"
