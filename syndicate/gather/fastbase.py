"""What the fast reader of feeds goes by: a document, its names and its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from syndicate.gather.fastnames import (
    CANONICAL,
    ELEMENTS,
    HARMLESS,
    NAMESPACES,
    PREFIXES,
    TAGS,
    UNFOLLOWED,
)
from syndicate.gather.prolog import LONGEST_NAME

Item = dict[str, Any]
Attributes = Mapping[str, str]
Parsed = Mapping[str, Any]
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
PERSON_PARTS = frozenset({"name", "uri", "email", "itunes:name", "itunes:email"})
_DECLARED = re.compile(rb"xmlns(?::([^\s=]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_DEFAULT = "default"
"""Stands for a prefix where a namespace has none."""
_TAG = re.compile(r"[a-z][a-z0-9_-]*")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")


class UncertainError(Exception):
    """Here feedparser knows better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What this reader asks its caller."""

    is_markup: Callable[[str], bool]
    """feedparser's guess whether a text is HTML."""
    is_readable: Callable[[str], bool]
    """Whether a date is read without feedparser's help."""


@dataclass(slots=True)
class Document:
    """A feed while it is read."""

    judgement: Judgement
    atom: bool
    language: str | None
    twice: bool
    """Some text may be encoded twice."""
    prefixes: dict[str, str]
    """By namespace, in lower case: the prefix, where the namespace is no known one."""
    feed: Item = field(default_factory=dict)
    items: list[etree._Element] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)


def prefixes_of(raw: bytes) -> dict[str, str]:
    """The prefix of every foreign namespace; gives up where prefixes are ambiguous.

    feedparser goes by prefixes, wherever they are declared: so each may have one
    meaning only, and none that it does not expect.
    """
    by_prefix: dict[str, str] = {}
    foreign: dict[str, str] = {}
    declared = set(_DECLARED.findall(raw)) if b"xmlns" in raw else set()
    for parts in declared:
        prefix, *uris = (part.decode("utf-8", "replace") for part in parts)
        uri = uris[0] or uris[1]
        if not prefix:
            # In a text, more often than not; in an element it is looked at there.
            continue
        if UNFOLLOWED.search(uri):
            raise UncertainError
        if by_prefix.setdefault(prefix, uri) != uri or "&" in uri:
            raise UncertainError
        known = NAMESPACES.get(uri.lower())
        meant = PREFIXES if known is None else CANONICAL
        taken = prefix.lower() in meant and prefix != known
        if taken or (known is None and not _PREFIX.fullmatch(prefix)):
            raise UncertainError
        if known is None and foreign.setdefault(uri, prefix.lower()) != prefix.lower():
            raise UncertainError
    return foreign


def key_of(document: Document, element: etree._Element) -> str:
    """What feedparser calls an element: ``pubdate``, ``dc:creator``."""
    tag = str(element.tag)
    key = document.keys.get(tag)
    if key is None:
        key = document.keys[tag] = _named(document, tag)
    return key


def _named(document: Document, tag: str) -> str:
    uri, _, local = tag.rpartition("}")
    local = local.lower()
    if not uri:
        return local
    uri = uri[1:]
    prefix = NAMESPACES.get(uri.lower())
    if prefix is None:
        if UNFOLLOWED.search(uri):
            raise UncertainError
        prefix = document.prefixes.get(uri, _DEFAULT)
    return f"{prefix}:{local}" if prefix else local


def is_harmless(key: str) -> bool:
    """Whether feedparser keeps an element under a name that nobody asks for."""
    prefix, _, local = key.rpartition(":")
    if not _TAG.fullmatch(local):
        return False
    if not prefix or prefix == _DEFAULT:
        # "media_content" would be taken for "media:content".
        first = local.partition("_")[0]
        return local not in TAGS and not (
            first != local and (first in CANONICAL or first in PREFIXES)
        )
    return key not in ELEMENTS or key in HARMLESS


def expect_leaf(element: etree._Element) -> None:
    """Give up unless an element holds text alone."""
    if len(element):
        raise UncertainError


def attributes_of(element: etree._Element, allowed: frozenset[str]) -> dict[str, str]:
    """Attributes by name in lower case; ``rel`` and ``type`` in lower case too."""
    found: dict[str, str] = {}
    for name, value in element.items():
        key = name.lower()
        if name == LANGUAGE:
            # It holds for this text alone.
            continue
        if key not in allowed or key in found:
            raise UncertainError
        found[key] = value.lower() if key in {"rel", "type"} else value
    return found


def value_of(document: Document, element: etree._Element) -> str:
    """The text of an element that holds nothing else."""
    if len(element):
        raise UncertainError
    text = (element.text or "").strip()
    return _twice_decoded(text) if document.twice else text


def short_of(document: Document, element: etree._Element) -> str:
    """The text of an element that is not longer than feedparser may see it."""
    value = value_of(document, element)
    if len(value) > LONGEST_NAME:
        raise UncertainError
    return value


def plain_of(document: Document, element: etree._Element) -> str:
    """The short text of an element without attributes."""
    if element.keys():
        raise UncertainError
    return short_of(document, element)


def _twice_decoded(text: str) -> str:
    """UTF-8 that was taken for Latin-1 and encoded again is put right."""
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def resolved(address: str) -> str:
    """An address as feedparser resolves it, there being no base."""
    return _SLASHES.sub(r"\1\3", address) if "///" in address else address


def expect_parts(
    document: Document, element: etree._Element, allowed: frozenset[str]
) -> None:
    """Give up unless an element holds some of these and nothing else."""
    for part in element:
        expect_leaf(part)
        if key_of(document, part) not in allowed:
            raise UncertainError
