"""What is wrong with the parts of a message, and with its text (RFC 2045, 2046)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from syndicate.digest.linting import htmllint
from syndicate.digest.linting.expected import Expected
from syndicate.digest.linting.findings import Finding, note
from syndicate.digest.linting.htmllint import Page, even
from syndicate.digest.linting.lists import leaving, offered
from syndicate.digest.linting.reading import Leaf, Read

LARGEST = 100_000
LARGE = 90_000
COLUMNS = 78
_LONG_TEXT = 2000
"""Characters from which on a text part has to have paragraphs."""
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ORDER = ["text/plain", "text/html"]


def faults(message: Read, expected: Expected) -> Iterator[Finding]:
    """Yield what is wrong with the parts and with what stands in them."""
    if not any(leaf.content.strip() for leaf in message.leaves):
        yield note("message-empty")
        return
    yield from _kinds(message)
    plain = _leaf(message, "text/plain")
    page = _leaf(message, "text/html")
    read = None
    for leaf in (plain, page):
        if leaf is not None:
            yield from _characters(leaf)
    if page is not None:
        if page.size > LARGEST:
            yield note("size", page.size)
        elif page.size > LARGE:
            yield note("size-large", page.size)
        read = htmllint.page(_words(page))
        yield from htmllint.faults(_words(page), read, expected, leaving(message))
    if plain is not None:
        yield from _text(_words(plain), message, read, expected)


def _kinds(message: Read) -> Iterator[Finding]:
    kinds = [leaf.kind for leaf in message.leaves]
    if message.kind == "text/plain" and len(kinds) == 1:
        yield note("mime-text-only")
    elif message.kind != "multipart/alternative":
        yield note("mime-alternative", message.kind)
    elif kinds != _ORDER:
        yield note("mime-order", ", ".join(kinds) or "–")


def _leaf(message: Read, kind: str) -> Leaf | None:
    return next((leaf for leaf in message.leaves if leaf.kind == kind), None)


def _words(leaf: Leaf) -> str:
    """Read a part, whatever its character set is: what is wrong there was said."""
    text = leaf.text()
    return leaf.content.decode("utf-8", "replace") if text is None else text


def _characters(leaf: Leaf) -> Iterator[Finding]:
    text = leaf.text()
    if leaf.charset != "utf-8" or text is None:
        yield note("charset", f"{leaf.kind}, {leaf.charset or '–'}")
    words = _words(leaf)
    if CONTROLS.search(words):
        yield note("characters", leaf.kind)
    # Run by run: a mark behind a tag is no letter with ">".
    if not words.isascii() and not unicodedata.is_normalized("NFC", words):
        runs = re.findall("[^<>]+", words)
        if any(not unicodedata.is_normalized("NFC", run) for run in runs):
            yield note("nfc", leaf.kind)


# ── The text part ────────────────────────────────────────────────────────────


def _text(
    text: str, message: Read, page: Page | None, expected: Expected
) -> Iterator[Finding]:
    lines = text.replace("\r\n", "\n").rstrip().split("\n")
    for line in lines:
        if len(line) > COLUMNS and _foldable(line):
            yield note("text-width", line)
    if len(text) > _LONG_TEXT and not any(not line.strip() for line in lines):
        yield note("text-paragraphs")
    last = lines[-1].strip()
    if offered(message) and not any(last.endswith(one) for one in offered(message)):
        yield note("text-unsubscribe")
    whole = even(text)
    told = [(one.title, one.url) for one in expected.stories]
    for title, url in told or (page.titles if page else ()):
        if even(title) not in whole:
            yield note("text-title", title)
        if url and url not in text:
            yield note("text-link", url)
    for link in expected.links:
        if link not in text:
            yield note("text-link", link)
    yield from htmllint.foot(whole, text, expected, "text/plain")


def _foldable(line: str) -> bool:
    """Tell whether a line has more than its bullet and one word."""
    return len(line.removeprefix("* ").split()) > 1
