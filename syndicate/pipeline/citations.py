"""What commands ask of cited documents: which there are, and who cites one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.model import CitedDocument, CitedStories, Source, Story
from syndicate.pipeline.shelving import cited_stories
from syndicate.store import Database, documents, stories
from syndicate.text.citations import cited
from syndicate.text.clean import key_text, slug
from syndicate.text.places import province_name

_LEADING = "văn bản số "
"""An official letter's number is one only after a word that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which documents a list is to have; empty: any."""

    since: datetime | None = None
    """Cited by a story that we have had since then; only such stories count."""
    place: str = ""
    """A province, or a district before its province."""
    kind: str = ""
    """``Chỉ thị``, in any case and tone style, or ``CT``."""
    limit: int = 50
    """0: all."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Documents, the most cited first, and how many there are without the limit."""

    documents: tuple[CitedStories, ...]
    count: int


def list_documents(database: Database, wanted: Wanted) -> Listed:
    """Name the documents that stories cite, the most cited first."""
    with database.read() as connection:
        found = cited_stories(connection)
        if wanted.since is not None:
            recent = documents.stories_since(connection, wanted.since)
            found = [_among(one, recent) for one in found]
    fitting = [one for one in found if one.stories and _fits(one.document, wanted)]
    fitting.sort(key=lambda one: (-len(one.stories), one.document.slug))
    return Listed(tuple(fitting[: wanted.limit or None]), len(fitting))


def named(database: Database, asked: str) -> tuple[CitedDocument, ...]:
    """The documents that a person may mean by a number, a slug, or a number and place.

    ``05-CT/TW``, ``5 - ct/tw``, ``02-ĐA/TU Bến Tre``, ``02-da-tu-ben-tre``.
    """
    with database.read() as connection:
        known = documents.everything(connection)
    typed = [one for one in known if one.slug == asked.strip()]
    if typed:
        return tuple(typed)
    keys = {slug(asked)}
    for way in (asked, asked.upper(), _LEADING + asked, _LEADING + asked.upper()):
        keys |= {slug(one.key) for one in cited(way)}
    numbered = [one for one in known if slug(one.number) in keys]
    fuller = [one for one in known if keys & _fuller(one)]
    return tuple(fuller or numbered)


def _fuller(document: CitedDocument) -> set[str]:
    """A number with what tells it from the others of that number."""
    told = (document.scope, document.issued[:4], document.issued, document.type_word)
    return {slug(f"{document.number} {more}") for more in told if more}


def stories_of(database: Database, document: CitedDocument) -> tuple[Story, ...]:
    """Every story that cites a document, the newest first."""
    with database.read() as connection:
        found = cited_stories(connection)
        ids = next((one.stories for one in found if one.document == document), ())
        read = stories.get_many(connection, ids)
    return tuple(read[one] for one in ids if one in read)


def by_province(
    told: Sequence[Story], sources: Mapping[str, Source]
) -> dict[str, list[Story]]:
    """Stories by the province of the source that leads, the busiest first."""
    found: dict[str, list[Story]] = {}
    for story in told:
        source = sources.get(story.lead.entry.source)
        found.setdefault(source.province if source else "", []).append(story)
    return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))


def _among(cited: CitedStories, stories: set[int]) -> CitedStories:
    return replace(cited, stories=tuple(one for one in cited.stories if one in stories))


def _fits(document: CitedDocument, wanted: Wanted) -> bool:
    place, kind = slug(province_name(wanted.place)), key_text(wanted.kind)
    scope = f"-{slug(document.scope)}"
    if wanted.place and not (document.scope and scope.endswith(f"-{place}")):
        return False
    abbreviation = wanted.kind.strip().upper()
    kinds = document.number.upper().replace("/", "-").split("-")
    return not kind or kind == key_text(document.type_word) or abbreviation in kinds
