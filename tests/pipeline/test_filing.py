"""An entry finds its place in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.dedupe.decide import new_uid
from syndicate.model import (
    Dated,
    DateOrigin,
    Entry,
    Outcome,
    Precision,
    Relation,
)
from syndicate.pipeline.filing import LIKENESS_WINDOW, file_entry
from syndicate.store import entries, stories


@pytest.fixture
def entry(words):
    def make(n=1, source="tin", **given) -> Entry:
        title, text = words.article(n)
        published = Dated(
            value=words.start - timedelta(hours=2),
            precision=Precision.MINUTE,
            origin=DateOrigin.FEED,
            raw="",
        )
        values = {
            "source": source,
            "url": f"https://{source}.example/{n}",
            "guid": f"{source}-{n}",
            "title": title,
            "text": text,
            "published": published,
            "fingerprint": f"{title}{text}",
        }
        return Entry(**values | given)

    return make


@pytest.fixture
def file(desk):
    desk.add()
    desk.add("bao", rank=10)

    def file_at(entry, *, first_import=False):
        with desk.database.write() as connection:
            return file_entry(
                connection,
                entry,
                desk.work().desk,
                now=desk.clock.now,
                first_import=first_import,
            )

    return file_at


def test_a_new_entry_begins_a_story_with_labels(desk, entry, file):
    assert file(entry(0)).outcome is Outcome.NEW
    (story,) = desk.stories()
    assert story.lead.bond.relation is Relation.FIRST
    assert [label.category for label in story.labels] == ["cau-duong"]


def test_a_repeat_joins_with_evidence_and_the_better_rank_leads(desk, entry, file):
    first = file(entry(1))
    repeat = file(entry(1, source="bao"))
    assert repeat.outcome is Outcome.REPEAT
    (story,) = desk.stories()
    assert [one.id for one in story.entries] == [repeat.entry_id, first.entry_id]
    joined = story.entries[0].bond
    assert joined.relation is Relation.REPEAT
    assert joined.evidence


def test_the_same_entry_again_is_unchanged(entry, file):
    first = file(entry(1))
    again = file(entry(1))
    assert (again.outcome, again.entry_id) == (Outcome.UNCHANGED, first.entry_id)


def test_an_entry_that_moved_is_known_by_its_new_guid_the_next_time(desk, entry, file):
    first = file(entry(1))
    moved = entry(1, guid="moi", url="https://tin.example/moi/1")
    assert file(moved).entry_id == first.entry_id
    text = "Bài viết lại từ đầu, không còn câu nào của bản cũ nữa cả."
    rewritten = replace(moved, text=text, fingerprint=text)
    filed = file(rewritten)
    assert (filed.outcome, filed.entry_id) == (Outcome.CHANGED, first.entry_id)


def test_a_changed_entry_gets_the_labels_of_its_new_text(desk, entry, file):
    file(entry(4))
    assert desk.stories()[0].labels == ()
    title, text = entry(4).title, "Xã mở lớp dạy nghề và trao học bổng cho các em."
    file(entry(4, text=text, lead=text, fingerprint=title + text))
    assert [one.category for one in desk.stories()[0].labels] == ["giao-duc"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_withdrawn_entry_that_comes_again_is_restored(desk, entry, file, changed):
    first = file(entry(1))
    with desk.database.write() as connection:
        entries.withdraw(connection, first.entry_id, desk.clock.now)
    assert desk.stories() == []
    text = entry(1).text + " Bổ sung một câu."
    file(entry(1, text=text, fingerprint=text) if changed else entry(1))
    assert [story.lead.id for story in desk.stories()] == [first.entry_id]


@pytest.mark.parametrize(
    ("later", "outcome"),
    [(timedelta(days=3), Outcome.REPEAT), (timedelta(days=61), Outcome.NEW)],
)
def test_a_copy_that_was_framed_joins_within_the_window_and_not_after_it(
    desk, entry, file, later, outcome
):
    text = " ".join(entry(n).text for n in range(6))
    file(entry(2, text=text, fingerprint=text))
    desk.clock.now += later
    framed = f"Ghi nhanh của cộng tác viên. {text}"
    published = replace(entry(2).published, value=desk.clock.now)
    title = "Ghi chép ở một xã ven sông những ngày đầu mùa nước nổi"
    again = entry(9, source="bao", title=title, text=framed, published=published)
    assert file(again).outcome is outcome
    assert timedelta(days=3) < LIKENESS_WINDOW < timedelta(days=61)


def test_a_uid_that_is_taken_gets_a_number(desk, entry, file):
    """A story whose entries were purged keeps its uid: ids in feeds are for ever."""
    uid = new_uid(entry(1))
    with desk.database.write() as connection:
        stories.create(connection, uid, desk.clock.now)
        stories.create(connection, f"{uid}-2", desk.clock.now)
    file(entry(1))
    assert [story.uid for story in desk.stories()] == [f"{uid}-3"]


def test_an_entry_of_a_source_that_is_no_more_does_not_stop_the_others(
    desk, entry, file
):
    file(entry(1))
    del desk.sources["tin"]
    assert file(entry(1, source="bao")).outcome is Outcome.REPEAT
    (story,) = desk.stories()
    assert len(story.entries) == 2
