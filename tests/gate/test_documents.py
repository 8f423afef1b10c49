"""The documents of the seeds, each with the page that is meant."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from syndicate.model import Bond, Entry, Relation, Source, SourceKind
from syndicate.pipeline.citing import cite
from syndicate.pipeline.shelving import cited_stories
from syndicate.store import Database, documents, entries, stories
from syndicate.text.citations import cited

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
PROVINCES = ("Bến Tre", "Tuyên Quang", "Bến Tre", "Bến Tre", "Bến Tre")
"""Of the seeds' sites, as a desk's settings would say."""
LOCAL = ("TU", "ĐUK")


@pytest.fixture(scope="module")
def seeds() -> list[Any]:
    path = DATA / "seeds_truth.json"
    if not path.is_file():
        pytest.skip(f"the shared data is not here: {path.name}")
    found: list[Any] = json.loads(path.read_text(encoding="utf-8"))["seeds"]
    return found


def _body(seed: Any) -> str:
    path = DATA / "seeds" / Path(seed["file"]).name
    if not path.is_file():
        pytest.skip(f"the seed is not here: {path.name}")
    lines = path.read_text(encoding="utf-8").split("\n")
    return "\n".join(
        line
        for first, last in seed["body"]["line_ranges"]
        for line in lines[first - 1 : last]
    )


@pytest.fixture
def pages(seeds: list[Any], tmp_path: Path) -> dict[tuple[str, str], set[int]]:
    """(number, place) → the seeds on the page of that document."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    found: dict[tuple[str, str], set[int]] = {}
    with Database.open(f"sqlite:///{tmp_path}/seeds.db") as database:
        for number, seed in enumerate(seeds):
            _file(database, number, _body(seed), now)
        with database.read() as connection:
            shelf = cited_stories(connection)
            assert len(shelf) <= len(documents.everything(connection))
            for one in shelf:
                told = stories.get_many(connection, one.stories).values()
                key = (one.document.number, one.document.scope)
                found[key] = {int(story.uid) for story in told}
    return found


def _file(database: Database, number: int, text: str, now: datetime) -> None:
    province = PROVINCES[number]
    source = Source(
        key=f"s{number}",
        title=f"S{number}",
        kind=SourceKind.LISTING,
        url=f"https://s{number}.example/",
        province=province,
    )
    entry = Entry(
        source=source.key,
        url=f"https://s{number}.example/1",
        title=f"Bài {number}",
        text=text,
        citations=cited(text, province=province),
    )
    with database.write() as connection:
        story = stories.create(connection, str(number), now)
        kept = entries.add(
            connection,
            entry,
            story=story,
            bond=Bond(relation=Relation.FIRST),
            keys=(),
            shingles=(),
            now=now,
            backlog=False,
        )
        cite(connection, [(kept.id, entry)], {source.key: source})


def test_every_document_of_the_seeds_has_its_page_and_place(
    seeds: list[Any], pages: dict[tuple[str, str], set[int]], table: Any
) -> None:
    wanted: dict[tuple[str, str], set[int]] = {}
    for number, seed in enumerate(seeds):
        for said in seed["documents_cited"]:
            if said["mentions_in_body"]:
                local = said["key"].endswith(LOCAL)
                place = PROVINCES[number] if local else ""
                wanted.setdefault((said["key"], place), set()).add(number)
    right = sum(pages.get(key) == some for key, some in wanted.items())
    table("documents of the seeds, right identity", right / len(wanted), 1.0)
    assert pages == wanted


def test_the_same_number_of_two_provinces_is_two_documents(
    pages: dict[tuple[str, str], set[int]],
) -> None:
    assert pages["02-ĐA/TU", "Tuyên Quang"] == {1}
    assert ("02-ĐA/TU", "Bến Tre") not in pages
    assert {place for number, place in pages if number.endswith("/TW")} == {""}
