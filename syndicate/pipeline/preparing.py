"""One entry, made ready to be filed: all that can be said of it without the store.

Pure, so that worker processes do it: the process that writes only looks up and keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from syndicate.categorise.decide import label
from syndicate.categorise.rules import Rules
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


def told(raw: RawEntry) -> str:
    """32 hexadecimal digits for everything that the source said of an item."""
    texts = (
        raw.url,
        raw.guid,
        raw.title,
        raw.html,
        raw.lead,
        raw.credit,
        raw.language,
    )
    rest = (
        list(map(len, texts)),
        raw.authors,
        raw.dates,
        raw.updated,
        raw.captions,
        raw.image,
        raw.enclosures,
        raw.terms,
    )
    said = "".join((*texts, repr(rest))).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=16).hexdigest()


def prepare(entry: Entry, source: Source, rules: Rules, told: str = "") -> Prepared:
    """Make ``entry`` of ``source`` ready to be filed; pure."""
    body = wording(body_of(entry))
    return Prepared(
        entry=entry,
        told=told,
        keys=identity_keys(entry),
        story_keys=story_keys(entry),
        grams=len(body.distinct),
        sample=tuple(body.sample),
        labels=label(entry, rules, source),
    )
