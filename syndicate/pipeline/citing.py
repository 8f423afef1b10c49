"""Which documents do entries cite? Resolved and kept when they are filed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from syndicate.model import Citation, CitedDocument, Entry, Source
from syndicate.store import Connection, Database, documents
from syndicate.text.meaning import (
    better_known,
    counts_by_place,
    first_met,
    meant,
    slugs_for,
)

Told = tuple[int, Entry]
"""An entry under its number."""


@dataclass(slots=True)
class _Known:
    """Documents by number, those of the store and those met just now."""

    by_number: dict[str, list[CitedDocument]]
    learnt: dict[int, CitedDocument] = field(default_factory=dict)
    met: dict[int, CitedDocument] = field(default_factory=dict)
    """Under the negative numbers that they have until they are kept."""

    def number_of(self, citation: Citation, said_on: date | None) -> int:
        """The number of the document that a citation means; a new one if none fits."""
        some = self.by_number.setdefault(citation.key, [])
        known = meant(citation, some, said_on)
        if known is None:
            new = replace(first_met(citation, said_on), id=-len(self.met) - 1)
            some.append(new)
            self.met[new.id] = new
            return new.id
        better = better_known(known, citation, said_on)
        if better != known:
            some[some.index(known)] = better
            (self.met if known.id < 0 else self.learnt)[known.id] = better
        return known.id


def cite(
    connection: Connection, filed: Iterable[Told], sources: Mapping[str, Source]
) -> None:
    """Note what new entries cite; call inside a transaction that writes.

    A number that each place counts for itself, of a source whose place is not known,
    is that of no other source.
    """
    told = [one for one in filed if one[1].citations]
    if not told:
        return
    numbers = {said.key for _, entry in told for said in entry.citations}
    known = _Known(documents.of_numbers(connection, numbers))
    citings: Counter[tuple[int, int]] = Counter()
    for entry_id, entry in told:
        said_on = entry.published.value.date() if entry.published else None
        for citation in entry.citations:
            placed = _placed(citation, sources.get(entry.source), entry.source)
            citings[known.number_of(placed, said_on), entry_id] += citation.mentions
    given = _keep_met(connection, list(known.met.values()))
    documents.learn_all(connection, known.learnt.values())
    documents.cite_all(
        connection,
        [
            (given.get(document, document), entry_id, mentions)
            for (document, entry_id), mentions in citings.items()
        ],
    )


def cite_again(
    connection: Connection, changed: Told, sources: Mapping[str, Source]
) -> None:
    """Note what an entry cites now that its content has changed."""
    documents.forget(connection, [changed[0]])
    cite(connection, [changed], sources)


def cite_older(database: Database, sources: Mapping[str, Source], most: int) -> int:
    """Note what entries of an older version cite, newest first; returns how many."""
    below, done = 2**62, 0
    while done < most:
        with database.write() as connection:
            some = documents.uncited(connection, below, min(most - done, 1_000))
            cite(connection, reversed(some), sources)
        if not some:
            break
        done += len(some)
        below = some[-1][0]
    return done


def _placed(citation: Citation, source: Source | None, key: str) -> Citation:
    if citation.scope or not counts_by_place(citation.key):
        return citation
    place = (source.province or source.title) if source else ""
    return replace(citation, scope=place or key)


def _keep_met(connection: Connection, met: Sequence[CitedDocument]) -> dict[int, int]:
    """Keep documents that nobody cited before: their numbers of now, of then."""
    if not met:
        return {}
    numbers = documents.new_ids(connection, len(met))
    taken: set[str] = set()
    kept: list[CitedDocument] = []
    for one, number in zip(met, numbers, strict=True):
        slug = documents.free_slug(connection, slugs_for(one), taken)
        taken.add(slug)
        kept.append(replace(one, id=number, slug=slug))
    documents.create_all(connection, kept)
    return {old.id: new.id for old, new in zip(met, kept, strict=True)}
