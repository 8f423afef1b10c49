"""Which documents do stories cite now, and which of their pages must be made anew?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from syndicate.model import CitedDocument, CitedStories
from syndicate.store import Connection, documents
from syndicate.store.documents import Citing
from syndicate.text.boilerplate import LEAST, NEWEST, SHARE, is_nearly_all, said_alike

_READ = 10
"""Texts that are read to see whether a document is named in the same line."""


def cited_stories(
    connection: Connection, held: Collection[int] = ()
) -> list[CitedStories]:
    """Every document that somebody cites by its number, with its stories.

    Left out are the entries in ``held`` and citations that a site prints everywhere. A
    number that was only put together from words ("Chỉ thị 05 của Bộ Chính trị") counts
    for a document that somebody else has written out.
    """
    citings = documents.every_citing(connection)
    known = {one.id: one for one in documents.everything(connection)}
    counted = _without_furniture(connection, citings, known)
    found: defaultdict[int, list[Citing]] = defaultdict(list)
    for one in counted:
        if one.entry not in held:
            found[one.document].append(one)
    return [
        CitedStories(document=known[document], stories=_newest_first(some))
        for document, some in sorted(found.items())
        if any(one.mentions for one in some)
    ]


def _newest_first(citings: Iterable[Citing]) -> tuple[int, ...]:
    ordered = sorted(((one.place, one.story) for one in citings), reverse=True)
    return tuple(dict.fromkeys(story for _, story in ordered))


def _without_furniture(
    connection: Connection,
    citings: Sequence[Citing],
    known: dict[int, CitedDocument],
) -> list[Citing]:
    """Leave out what a source prints under nearly all of its articles.

    An article that names the document more often than that still counts.
    """
    often = Counter((one.document, one.source) for one in citings)
    likely = {pair for pair, times in often.items() if times >= SHARE * LEAST}
    if not likely:
        return list(citings)
    newest = {
        source: set(documents.newest_of(connection, source, NEWEST))
        for source in sorted({source for _, source in likely})
    }
    mentions: defaultdict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for one in citings:
        pair = (one.document, one.source)
        if pair in likely and one.entry in newest[one.source]:
            mentions[pair][one.entry] = one.mentions
    printed = {
        pair: Counter(some.values()).most_common(1)[0][0]
        for pair, some in mentions.items()
        if is_nearly_all(len(some), len(newest[pair[1]]))
        and _is_furniture(connection, sorted(some), known[pair[0]].number)
    }
    return [
        one
        for one in citings
        if one.mentions > printed.get((one.document, one.source), -1)
    ]


def _is_furniture(connection: Connection, entries: Sequence[int], number: str) -> bool:
    return said_alike(documents.texts(connection, entries[-_READ:]), number)
