"""What a feed says of itself, read from the text around its entries (pure).

By expressions, not by a parser: so broken feeds say it too, and both ways of reading
entries hear the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

from syndicate.gather.feedfacts import FeedFacts
from syndicate.text.clean import one_line
from syndicate.text.urls import absolute

_REACH = 32_768
"""Bytes at either end of a document in which a feed speaks of itself."""
_MOST_DELETED = 2_000
_LONGEST = 2_000
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_ELEMENT = re.compile(
    r"<(?P<name>(?:[\w.-]+:)?[\w-]+)(?P<attributes>(?:\s[^<>]*)?)(?<!/)>"
    r"\s*(?:<!\[CDATA\[(?P<cdata>[^<]{0,2000}|.{0,2000}?)\]\]>|(?P<text>[^<]*))"
    r"|<(?P<empty>(?:[\w.-]+:)?[\w-]+)(?P<its>(?:\s[^<>]*)?)/>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TOMBSTONE = re.compile(rb"<(?:[\w.-]+:)?deleted-entry\s([^<>]*)>")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LONGEST_HINT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Part:
    """An element beside the entries; ``name`` without prefix, in lower case."""

    prefix: str
    name: str
    attributes: dict[str, str]
    text: str


def read_facts(around: str, *, url: str, home: str) -> FeedFacts:
    """What an XML feed says of itself; ``home`` is its page, made absolute.

    ``around`` is what stands around its entries, as :func:`around_entries` gives it.

    WebSub: ``rel="hub"`` and ``rel="self"``. RFC 5005: ``rel="next"`` or
    ``rel="prev-archive"``, and ``fh:complete``.
    """
    parts = list(_parts(around))

    def link(*relations: str) -> str:
        for part in parts:
            href = part.attributes.get("href", "")
            if part.name == "link" and href:
                said = part.attributes.get("rel", "").lower().split()
                if any(relation in said for relation in relations):
                    return absolute(url, href)
        return ""

    return FeedFacts(
        title=_title(parts),
        home=home,
        topic=link("self"),
        hub=link("hub"),
        next_page=link("next", "prev-archive"),
        complete=_is_complete(around, parts),
        hint=_hint(parts),
        skip_hours=_numbers(parts, "hour", _hour),
        skip_days=_numbers(parts, "day", _day),
        generator=_generator(parts),
    )


def read_deleted(document: bytes) -> tuple[str, ...]:
    """Guids of the entries that a feed says are gone (RFC 6721, section 3)."""
    if b"deleted-entry" not in document:
        return ()
    refs: list[str] = []
    for found in _TOMBSTONE.finditer(document):
        ref = _attributes(found[1].decode("utf-8", "replace")).get("ref", "").strip()
        if ref and len(ref) <= _LONGEST:
            refs.append(ref)
        if len(refs) >= _MOST_DELETED:
            break
    return tuple(dict.fromkeys(refs))


def around_entries(document: bytes) -> str:
    """What stands before the first entry of a UTF-8 document and after the last."""
    first = _ITEM.search(document)
    if first is None:
        around = document[:_REACH]
    else:
        tail = document[max(first.start(), len(document) - _REACH) :]
        last = max(tail.rfind(b"</item>"), tail.rfind(b"</entry>"))
        after = tail[last:] if last >= 0 else b""
        around = document[: min(first.start(), _REACH)] + after
    return _COMMENT.sub("", around.decode("utf-8", "replace"))


def _parts(around: str) -> Iterator[_Part]:
    lowered = around.lower()
    for aside in ("image", "textinput"):
        start = lowered.find(f"<{aside}")
        end = lowered.find(f"</{aside}", start)
        if 0 <= start < end and lowered[start + len(aside) + 1] in " >\t\r\n":
            # It has a title and a link of its own.
            around = around[:start] + around[end:]
            lowered = lowered[:start] + lowered[end:]
    for found in _ELEMENT.finditer(around):
        name = found["name"] or found["empty"]
        cdata = found["cdata"]
        text = cdata if cdata is not None else unescape(found["text"] or "")
        prefix, _, local = name.lower().rpartition(":")
        attributes = _attributes(found["attributes"] or found["its"] or "")
        yield _Part(prefix, local, attributes, text.strip()[:_LONGEST])


def _attributes(raw: str) -> dict[str, str]:
    return {
        found[1].lower(): unescape(found[2] or found[3] or "")
        for found in _ATTRIBUTE.finditer(raw[: 4 * _LONGEST])
    }


def _title(parts: list[_Part]) -> str:
    titles = (
        part.text
        for part in parts
        if part.name == "title" and part.prefix in {"", "atom", "rss", "dc"}
    )
    return one_line(next(filter(None, titles), ""))


def _generator(parts: list[_Part]) -> str:
    for part in parts:
        if part.name == "generator":
            return one_line(part.text or part.attributes.get("uri", ""))
        if part.name == "generatoragent":
            return part.attributes.get("rdf:resource", "")
    return ""


def _is_complete(text: str, parts: list[_Part]) -> bool:
    spoken = "purl.org/syndication/history/1.0" in text
    return spoken and any(part.name == "complete" and part.prefix for part in parts)


def _hint(parts: list[_Part]) -> timedelta | None:
    """How long an answer is good: ``ttl`` in minutes, or the syndication module's."""
    texts = {part.name: part.text for part in reversed(parts)}
    minutes = _whole(texts.get("ttl", ""))
    if minutes:
        return min(timedelta(minutes=minutes), _LONGEST_HINT)
    period = _PERIODS.get(texts.get("updateperiod", "").lower())
    if period is None:
        return None
    often = _whole(texts.get("updatefrequency", "")) or 1
    return min(period / often, _LONGEST_HINT)


def _whole(text: str) -> int:
    """A number of at most six digits, 0 if it is none."""
    sound = text.isascii() and text.isdigit() and len(text) <= 6
    return int(text) if sound else 0


def _numbers(
    parts: list[_Part], name: str, read: Callable[[str], int | None]
) -> tuple[int, ...]:
    found = {read(part.text) for part in parts if part.name == name}
    return tuple(sorted(each for each in found if each is not None))


def _hour(text: str) -> int | None:
    """0 to 23; the hour 24 of the older standard is 0."""
    sound = text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= 24
    return int(text) % 24 if sound else None


def _day(text: str) -> int | None:
    day = text[:3].lower()
    return _DAYS.index(day) if day in _DAYS else None
