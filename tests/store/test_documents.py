"""Cited documents and who cites them, the same on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from syndicate.errors import StoreError
from syndicate.model import (
    Citation,
    CitedDocument,
    Dated,
    DateOrigin,
    Label,
    Precision,
)
from syndicate.store import documents, entries, purging, stories


@pytest.fixture
def keep(database):
    """Keep documents by number, with their slugs as given or made of the number."""

    def make(*numbers, **more):
        with database.write() as connection:
            ids = documents.new_ids(connection, len(numbers))
            found = [
                CitedDocument(
                    id=one, number=number, **{"slug": f"{number}-{one}", **more}
                )
                for one, number in zip(ids, numbers, strict=True)
            ]
            documents.create_all(connection, found)
        return found

    return make


def dated(value):
    return Dated(value=value, precision=Precision.DAY, origin=DateOrigin.META, raw="x")


def cite(database, *rows):
    with database.write() as connection:
        documents.cite_all(connection, rows)


def ask(database, question, *more):
    with database.read() as connection:
        return question(connection, *more)


def test_a_document_is_kept_with_all_that_is_known(database, keep):
    (kept,) = keep(
        "02-ĐA/TU",
        slug="02-da-tu-ben-tre",
        type_word="Đề án",
        issuer="Tỉnh ủy",
        scope="Bến Tre",
        issued="2021-05-23",
    )
    assert ask(database, documents.everything) == [kept]
    assert ask(database, documents.by_slug, ["02-da-tu-ben-tre", "x"]) == [kept]


def test_what_is_learnt_later_is_kept_and_the_slug_stays(database, keep):
    (kept,) = keep("05-CT/TW")
    with database.write() as connection:
        better = replace(kept, issued="2016-05-15", type_word="Chỉ thị", slug="other")
        documents.learn_all(connection, [better])
    assert ask(database, documents.everything) == [replace(better, slug=kept.slug)]


def test_of_one_number_the_most_cited_comes_first(database, keep, tell, article):
    first, second = keep("05-CT/TW", "05-CT/TW")
    told = [tell(article("a", n)) for n in range(3)]
    cite(database, (first.id, told[0].id, 1), *((second.id, one.id, 1) for one in told))
    found = ask(database, documents.of_numbers, ["05-CT/TW", "06-CT/TW"])
    assert found == {"05-CT/TW": [second, first]}


def test_a_slug_that_is_taken_is_passed_over(database, keep):
    keep("05-CT/TW", slug="05-ct-tw")
    wanted = ["05-ct-tw", "05-ct-tw-2", "05-ct-tw-3"]
    assert ask(database, documents.free_slug, wanted, {"05-ct-tw-2"}) == "05-ct-tw-3"
    many = (f"05-ct-tw{'' if n == 1 else f'-{n}'}" for n in range(1, 100))
    taken = {f"05-ct-tw-{n}" for n in range(2, 40)}
    assert ask(database, documents.free_slug, many, taken) == "05-ct-tw-40"


def test_two_documents_cannot_have_one_slug(keep):
    keep("05-CT/TW", slug="05-ct-tw")
    with pytest.raises(StoreError):
        keep("05-CT/TW", slug="05-ct-tw")


def test_withdrawn_entries_cite_nothing(database, keep, tell, article, now):
    (kept,) = keep("05-CT/TW")
    shown, gone = tell(article("a", 1)), tell(article("b", 2))
    cite(database, (kept.id, shown.id, 2), (kept.id, gone.id, 1))
    with database.write() as connection:
        entries.withdraw(connection, gone.id, now)
    (citing,) = ask(database, documents.every_citing)
    assert (citing.document, citing.entry, citing.story) == (
        kept.id,
        shown.id,
        shown.story,
    )
    assert (citing.source, citing.mentions) == ("a", 2)


def test_an_entry_is_forgotten_and_cites_anew(database, keep, tell, article):
    first, second = keep("05-CT/TW", "06-CT/TW")
    told = tell(article())
    cite(database, (first.id, told.id, 1))
    with database.write() as connection:
        documents.forget(connection, [told.id])
        documents.cite_all(connection, [(second.id, told.id, 3)])
    found = ask(database, documents.every_citing)
    assert [(one.document, one.mentions) for one in found] == [(second.id, 3)]


def test_purging_an_entry_takes_its_citings_and_leaves_the_document(
    database, keep, tell, article
):
    (kept,) = keep("05-CT/TW")
    told = tell(article())
    cite(database, (kept.id, told.id, 1))
    with database.write() as connection:
        purging.remove(connection, [told.id])
    assert ask(database, documents.every_citing) == []
    assert ask(database, documents.everything) == [kept]


def test_backlog_stands_where_its_date_puts_it(database, keep, tell, article, now):
    (kept,) = keep("05-CT/TW")
    old = tell(
        article("a", 1, published=dated(now - timedelta(days=900))), backlog=True
    )
    new = tell(article("a", 2), now=now - timedelta(days=1))
    cite(database, (kept.id, old.id, 1), (kept.id, new.id, 1))
    placed = {one.entry: one.place for one in ask(database, documents.every_citing)}
    assert placed[old.id] < placed[new.id]


def test_a_storys_version_changes_with_whatever_its_page_shows(
    database, tell, article, now
):
    told = tell(article())

    def version():
        return ask(database, documents.versions, [told.story, 999])

    seen = [version()]
    with database.write() as connection:
        stories.set_labels(
            connection, told.story, [Label(category="x", reason="", confidence=1.0)]
        )
    seen.append(version())
    with database.write() as connection:
        entries.change(
            connection,
            told.id,
            article(text="mới"),
            keys=(),
            shingles=(),
            now=now + timedelta(hours=1),
        )
    seen.append(version())
    other = tell(article("b", 7), story=told.story)
    seen.append(version())
    with database.write() as connection:
        stories.set_lead(connection, told.story, other.id)
    seen.append(version())
    assert all(set(one) == {told.story} for one in seen)
    assert len({one[told.story] for one in seen}) == len(seen)
    with database.write() as connection:
        for one in (told, other):
            entries.withdraw(connection, one.id, now)
    assert version() == {}


def test_entries_of_an_older_version_are_found_by_what_they_cite(
    database, keep, tell, article
):
    (kept,) = keep("05-CT/TW")
    said = (Citation(key="05-CT/TW", scope=""),)
    cited = tell(article("a", 1, citations=said))
    older = [tell(article("a", n, citations=said)) for n in (2, 3)]
    tell(article("a", 4))
    cite(database, (kept.id, cited.id, 1))
    found = ask(database, documents.uncited, 2**62, 10)
    assert [number for number, _ in found] == [older[1].id, older[0].id]
    assert found[0][1].citations == said
    below = ask(database, documents.uncited, older[1].id, 10)
    assert [number for number, _ in below] == [older[0].id]


def test_the_newest_of_a_source_and_their_texts(database, tell, article, now):
    told = [
        tell(article("a", n, text=f"Bài {n}"), now=now + timedelta(hours=n))
        for n in range(4)
    ]
    tell(article("b", 9))
    newest = ask(database, documents.newest_of, "a", 2)
    assert newest == [told[3].id, told[2].id]
    assert ask(database, documents.texts, newest) == ["Bài 2", "Bài 3"]


def test_stories_since_a_moment(database, tell, article, now):
    tell(article("a", 1), now=now - timedelta(days=3))
    late = tell(article("a", 2))
    since = now - timedelta(days=1)
    assert ask(database, documents.stories_since, since) == {late.story}


def test_looking_up_a_number_uses_the_index(sqlite):
    with sqlite.read() as connection:
        plan = connection.execute(
            text("EXPLAIN QUERY PLAN SELECT id FROM documents WHERE number = 'x'")
        ).all()
    assert "ix_documents_number" in str(plan)
