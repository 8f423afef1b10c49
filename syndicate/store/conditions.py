"""Which entries may be found, whatever their words: conditions of a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """Which entries may be found, whatever their words; an empty part lets all."""

    categories: tuple[str, ...] = ()
    no_categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    no_sources: tuple[str, ...] = ()
    documents: tuple[int, ...] = ()
    no_documents: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    """Primary subtags, lower case: ``vi``."""
    no_languages: tuple[str, ...] = ()
    spoken_by: tuple[str, ...] = ()
    """Sources whose entries are in one of ``languages`` unless they say otherwise."""
    no_spoken_by: tuple[str, ...] = ()
    """The same for ``no_languages``."""
    since: int | None = None
    """Seconds since 1970."""
    until: int | None = None
    """Seconds since 1970, the first moment after."""


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions of a statement, and their values."""

    said: str
    values: tuple[Any, ...] = ()

    def also(self, said: str, value: Any) -> Where:
        """One more, before these."""
        return Where(f"{said} AND {self.said}", (value, *self.values))


_OF = {
    "categories": "EXISTS (SELECT 1 FROM labels l WHERE l.story_id = e.story_id"
    " AND l.category IN ({}))",
    "documents": "EXISTS (SELECT 1 FROM citings c WHERE c.entry_id = e.id"
    " AND c.document_id IN ({}))",
    "sources": "e.source IN ({})",
}


def where_of(narrow: Narrowing) -> Where:
    """What ``narrow`` says of ``searchable s`` and ``entries e``."""
    said = ["e.withdrawn_at IS NULL"]
    values: list[Any] = []
    for name, form in _OF.items():
        for wanted, negation in ((name, ""), (f"no_{name}", "NOT ")):
            some: tuple[Any, ...] = getattr(narrow, wanted)
            if some:
                said.append(negation + form.format(marks(some)))
                values += some
    for languages, speakers, negation in (
        (narrow.languages, narrow.spoken_by, ""),
        (narrow.no_languages, narrow.no_spoken_by, "NOT "),
    ):
        if languages:
            where = _spoken(languages, speakers)
            said.append(f"{negation}({where.said})")
            values += where.values
    for limit, sign in ((narrow.since, ">="), (narrow.until, "<")):
        if limit is not None:
            said.append(f"s.at {sign} ?")
            values.append(limit)
    return Where(" AND ".join(said), tuple(values))


def _spoken(languages: Sequence[str], sources: Sequence[str]) -> Where:
    """Entries in one of ``languages``, or without one and of one of ``sources``."""
    said, values = [], []
    for one in languages:
        said += ["lower(e.language) = ?", "lower(e.language) LIKE ?"]
        values += [one, f"{one}-%"]
    if sources:
        said.append(f"e.language = '' AND e.source IN ({marks(sources)})")
        values += sources
    return Where(" OR ".join(said), tuple(values))


def marks(some: Sequence[Any]) -> str:
    """A ``?`` for each value, for ``IN (…)``."""
    return ", ".join("?" * len(some))
