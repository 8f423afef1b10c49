"""Is this an entry that we have? Asked of one source's entries only.

A guid is unique per source at best: an entry of one source never overwrites that of
another, so whoever calls passes stored entries of the same source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher

from syndicate.dedupe.likeness import likeness
from syndicate.dedupe.slots import Slots, compare_slots
from syndicate.dedupe.wording import body_of, containment, shingles
from syndicate.model import Entry, Outcome, StoredEntry
from syndicate.text.clean import key_text, words
from syndicate.text.urls import schemeless

_NEAR_EQUAL = 0.8
"""Containment from which a text is the same one, edited."""
_UNRELATED = 0.3
"""Containment below which a text is another one."""
_TRUNCATED = 0.4
"""A text shorter than this part of what we had was not read whole."""
_DAYS_APART = timedelta(days=2)
"""A repaired guid or address keeps its date; a notice that comes back has a new one."""
_TITLE_ALIKE = 0.75
"""The part of the words that a corrected title keeps."""
_TITLE_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a gathered entry is to its source.

    ``outcome`` is NEW, CHANGED or UNCHANGED; ``match`` is the entry that we have
    (None if new) and ``key`` the kind of key that found it ("" if new).
    """

    outcome: Outcome
    match: StoredEntry | None = None
    key: str = ""


def recognise(entry: Entry, known: Sequence[tuple[str, StoredEntry]]) -> Recognition:
    """Decide whether ``entry`` is one of ``known``, and whether it changed.

    ``known`` holds (kind of key, stored entry) for the stored entries of the same
    source that share a key of :func:`~syndicate.dedupe.keys.identity_keys`, in the
    order of the keys. A key alone does not convince: two items of one feed may
    carry one guid, and a feed may give one address for all of its items.
    """
    for kind, stored in known:
        agrees = _AGREES.get(kind)
        same_source = stored.entry.source == entry.source
        if same_source and agrees is not None and agrees(entry, stored.entry):
            changed = _changed(entry, stored.entry)
            outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
            return Recognition(outcome=outcome, match=stored, key=kind)
    return Recognition(outcome=Outcome.NEW)


def has_moved(new: Entry, old: Entry) -> bool:
    """Whether ``old`` is at another place now, as far as title and day can tell.

    They have to be the same; of two undated entries the content.
    """
    if new.published is None and old.published is None:
        return bool(new.fingerprint) and new.fingerprint == old.fingerprint
    if new.published is None or old.published is None or not _same_title(new, old):
        return False
    zone = old.published.value.tzinfo
    day = new.published.value.astimezone(zone).date()
    return day == old.published.value.date()


def _guid_agrees(new: Entry, old: Entry) -> bool:
    """A guid needs the address, a telling title or the text beside it."""
    if _same_address(new, old):
        return _address_agrees(new, old)
    if _same_title(new, old) and len(words(new.title)) >= _TITLE_WORDS:
        return True
    return _near_equal(new, old)


def _address_agrees(new: Entry, old: Entry) -> bool:
    """False for one address that carries many items, at once or one after another."""
    other_guid = bool(new.guid and old.guid) and new.guid != old.guid
    if other_guid and nothing_alike(new, old):
        return False
    return not _next_issue(new, old)


def _next_issue(new: Entry, old: Entry) -> bool:
    """A standing address was given its next issue ("Lịch công tác tuần 42").

    Its title counts on, its date moves by days, and so does what it says.
    """
    if not _far_apart(new, old) or _same_title(new, old):
        return False
    found = likeness(new, old)
    titles = _titles(new, old)
    counted_on = titles.swapped > 0 and _titles_alike(new, old)
    other = found.slots.tell_another or found.score < _UNRELATED
    return other and (counted_on or found.score < _UNRELATED)


def _text_agrees(new: Entry, old: Entry) -> bool:
    """The same text under another address needs nearly the same title and date."""
    if _far_apart(new, old) or _titles(new, old).swapped:
        return False
    return _titles_alike(new, old)


def _title_agrees(new: Entry, old: Entry) -> bool:
    """A title of the same day needs the text, for another address."""
    return not _far_apart(new, old) and _near_equal(new, old)


def _content_agrees(new: Entry, old: Entry) -> bool:
    """The same content is the same entry, unless it came again much later."""
    return not _far_apart(new, old)


_AGREES: Mapping[str, Callable[[Entry, Entry], bool]] = {
    "guid": _guid_agrees,
    "url": _address_agrees,
    "address": _address_agrees,
    "title-date": _title_agrees,
    "content": _content_agrees,
    "text": _text_agrees,
}


def _changed(new: Entry, old: Entry) -> bool:
    """A reader would see a difference, and it is not our failure to read."""
    if new.fingerprint and old.fingerprint:
        differs = new.fingerprint != old.fingerprint
    else:
        differs = _content(new) != _content(old)
    return differs and not _truncated(new, old)


def _truncated(new: Entry, old: Entry) -> bool:
    """The page was not read whole: failure must not become content.

    Told by the same title over less than 40 % of the text, all of which we had. An
    article that its editors really cut down so far keeps its longer text with us.
    """
    if len(new.text) >= _TRUNCATED * len(old.text) or not _same_title(new, old):
        return False
    had = shingles(body_of(old)) | shingles(old.text)
    grams = shingles(new.text)
    return not grams or len(grams & had) >= 0.9 * len(grams)


def _content(entry: Entry) -> tuple[str, ...]:
    """What a fingerprint is made of, for entries that have none."""
    return tuple(key_text(part) for part in (entry.title, entry.lead, entry.text))


def _same_title(a: Entry, b: Entry) -> bool:
    """The same words, however spelt."""
    return key_text(a.title) == key_text(b.title)


def _titles_alike(a: Entry, b: Entry) -> bool:
    """Three quarters of the words are the same, in their order."""
    ours, theirs = words(a.title), words(b.title)
    return SequenceMatcher(None, ours, theirs).ratio() >= _TITLE_ALIKE


def _titles(a: Entry, b: Entry) -> Slots:
    return compare_slots(words(a.title), words(b.title), ())


def _same_address(a: Entry, b: Entry) -> bool:
    """One address but for its scheme and ``www.``; two empty ones are none."""
    if a.url == b.url:
        return bool(a.url)
    return bool(a.url and b.url) and schemeless(a.url) == schemeless(b.url)


def _near_equal(a: Entry, b: Entry) -> bool:
    """One text, edited; two entries without any text go by their titles."""
    if not body_of(a) and not body_of(b):
        return _same_title(a, b)
    found = likeness(a, b)
    # Two notices on one form are nearly equal, but for what they are about.
    return found.score >= _NEAR_EQUAL and not found.slots.tell_another


def nothing_alike(a: Entry, b: Entry) -> bool:
    """Neither the title nor the text is that of the other."""
    if _same_title(a, b):
        return False
    return containment(shingles(body_of(a)), shingles(body_of(b))) < _UNRELATED


def _far_apart(a: Entry, b: Entry) -> bool:
    """Both are dated, and days lie between them."""
    if a.published is None or b.published is None:
        return False
    return abs(a.published.value - b.published.value) > _DAYS_APART
