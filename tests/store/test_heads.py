"""Who tells a story, without the long texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import event

from syndicate.model import Dated, DateOrigin, Entry, Label, Precision, StoredEntry
from syndicate.store import Database, entries, heads, stories

Make = Callable[..., Entry]
Tell = Callable[..., StoredEntry]
HOUR = timedelta(hours=1)


def dated(value: datetime) -> Dated:
    return Dated(
        value=value, precision=Precision.MINUTE, origin=DateOrigin.META, raw="x"
    )


def told(database: Database, *ids: int) -> dict[int, heads.Headed]:
    with database.read() as connection:
        return heads.load(connection, ids)


def test_a_head_shows_what_the_whole_story_shows(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    late = tell(article("a", published=dated(now), text="Chữ Việt", credit="Báo X"))
    early = tell(article("b", published=dated(now - HOUR)), story=late.story)
    undated = tell(article("c"), story=late.story, now=now + HOUR)
    labels = [
        Label(category="kinh-te", reason="tiêu đề", confidence=0.5, primary=False),
        Label(category="y-te", reason="tiêu đề", confidence=0.9, primary=True),
    ]
    with database.write() as connection:
        heads.lead_all(connection, [(late.story, late.id)])
        stories.relabel_all(connection, {late.story: labels})
    with database.read() as connection:
        whole = stories.get(connection, late.story)
    assert whole is not None
    head = told(database, late.story)[late.story]
    assert [one.id for one in whole.entries] == [late.id, early.id, undated.id]
    assert [one.id for one in head.tellers] == [late.id, early.id, undated.id]
    assert head.labels == whole.labels == (labels[1], labels[0])
    first = head.tellers[0]
    assert (first.source, first.credit, first.length) == ("a", "Báo X", 8)
    assert (first.published, first.seen_at) == (late.entry.published, late.seen_at)


def test_of_equals_source_and_address_speak_and_not_who_was_asked_first(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    """The same everywhere: the order, who leads, and what a change of it moves."""
    at = dated(now - HOUR)
    second = tell(article("Đ", published=at))
    story = second.story
    first = tell(article("b", 2, published=at), story=story)
    zeroth = tell(article("b", 1, published=at), story=story)
    wanted = [zeroth.id, first.id, second.id]
    assert [one.id for one in told(database, story)[story].tellers] == wanted
    with database.write() as connection:
        whole = stories.get(connection, story)
        assert whole is not None
        assert [one.id for one in whole.entries] == wanted
        before = whole.changed_at
        for one, moves in ((second, False), (zeroth, True)):
            entry = article(one.entry.source, url=one.entry.url, published=at, lead="!")
            more = {"keys": (), "shingles": (), "now": now + HOUR}
            entries.change(connection, one.id, entry, **more)
            changed = stories.get(connection, story)
            assert changed is not None
            assert (changed.changed_at > before) == moves


def test_a_story_that_was_taken_back_has_no_head(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    gone, stays = tell(article("a")), tell(article("b"))
    lost = tell(article("c"), story=stays.story)
    with database.write() as connection:
        entries.withdraw(connection, gone.id, now)
        entries.withdraw(connection, lost.id, now)
    found = told(database, gone.story, stays.story, 999)
    assert list(found) == [stays.story]
    assert [one.id for one in found[stays.story].tellers] == [stays.id]


def test_heads_are_two_queries_however_many(
    database: Database, article: Make, tell: Tell
) -> None:
    made = [tell(article("a", number)).story for number in range(30)]
    statements: list[str] = []
    with database.read() as connection:
        event.listen(
            connection,
            "before_cursor_execute",
            lambda *given: statements.append(given[2]),
        )
        assert len(heads.load(connection, made)) == 30
        assert heads.load(connection, []) == {}
    assert len(statements) == 2
