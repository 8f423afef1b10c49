"""One entry, made ready to be filed: all that can be said of it without the store.

Pure, so that worker processes do it: the process that writes only looks up and keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from syndicate.categorise.decide import label
from syndicate.categorise.rules import Rules
from syndicate.dedupe.gist import gist_of
from syndicate.dedupe.keys import Key, identity_keys, story_keys
from syndicate.dedupe.wording import body_of, wording
from syndicate.model import Entry, Label, RawEntry, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An entry with everything that filing asks of it; small enough to be sent."""

    entry: Entry
    told: str = ""
    """:func:`told` of what the source said; "" if that is not known."""
    keys: tuple[Key, ...] = ()
    """What it is found by within its source, the most trusted first."""
    story_keys: tuple[Key, ...] = ()
    """What means the same text whatever the source."""
    grams: int = 0
    """Distinct 3-grams of its text."""
    sample: tuple[int, ...] = ()
    """Those of them that the store keeps."""
    labels: tuple[Label, ...] = ()
    """What it says of itself; a story that it begins has these."""
    gist: str = ""
    """What it is about, packed; its moment is good only if the entry has a date."""

    def __reduce__(self) -> tuple[Callable[..., Prepared], tuple[Any, ...]]:
        """Be pickled with little ado: each entry that is read goes through this."""
        parts = tuple(map(_packed, _PARTS(self.entry)))
        return _unpacked, (parts, *_REST(self))


_NAMES = tuple(each.name for each in fields(Entry))
_PARTS = attrgetter(*_NAMES)
_BESIDE = tuple(each.name for each in fields(Prepared) if each.name != "entry")
_REST = attrgetter(*_BESIDE)
_LONG = 200
_NO_MOMENT = datetime(1970, 1, 2, tzinfo=UTC)
_AS_HELD = "utf-16-le"
"""Python holds such text in two bytes a letter: this is a third of UTF-8's work."""


def _packed(part: object) -> object:
    if isinstance(part, str) and len(part) > _LONG and not part.isascii():
        return part.encode(_AS_HELD, "surrogatepass")
    return part


def _unpacked(parts: tuple[Any, ...], *rest: Any) -> Prepared:
    """Undo what is done for pickling; no field of an entry is bytes."""
    whole: dict[str, Any] = {
        name: part.decode(_AS_HELD, "surrogatepass") if type(part) is bytes else part
        for name, part in zip(_NAMES, parts, strict=True)
    }
    entry = Entry(**whole)
    return Prepared(entry=entry, **dict(zip(_BESIDE, rest, strict=True)))


def told(raw: RawEntry) -> str:
    """32 hexadecimal digits for everything that the source said of an item."""
    claims = raw.dates if raw.updated is None else (*raw.dates, raw.updated)
    texts = [
        *(raw.url, raw.guid, raw.title, raw.html, raw.lead, raw.credit, raw.language),
        *raw.authors,
        *raw.captions,
        *raw.terms,
        *(part for claim in claims for part in (claim.raw, claim.origin)),
        *((raw.image.url, raw.image.caption) if raw.image else ()),
        *(part for one in raw.enclosures for part in (one.url, one.type)),
    ]
    shape = (
        *map(len, (raw.authors, raw.captions, raw.terms, raw.dates, claims)),
        raw.image is not None,
        *(one.length for one in raw.enclosures),
    )
    # With their lengths, no two lists of texts are told in the same way.
    texts.append(repr((shape, list(map(len, texts)))))
    said = "".join(texts).encode(_AS_HELD, "surrogatepass")
    return blake2b(said, digest_size=16).hexdigest()


def prepare(entry: Entry, source: Source, rules: Rules, told: str = "") -> Prepared:
    """Make ``entry`` of ``source`` ready to be filed; pure."""
    body = wording(body_of(entry))
    at = entry.published.value if entry.published else _NO_MOMENT
    return Prepared(
        entry=entry,
        told=told,
        keys=identity_keys(entry),
        story_keys=story_keys(entry),
        grams=len(body.distinct),
        sample=tuple(body.sample),
        labels=label(entry, rules, source),
        gist=gist_of(entry, at=at).packed(),
    )
