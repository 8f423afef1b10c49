from __future__ import annotations

from dataclasses import replace

import pytest

from bench.corpus import KINDS, Told, corpus, documents, main, read
from bench.growth import grow, told
from bench.judged import judge
from bench.stories import Placed, report
from bench.telling import desk_for, in_store, on_shelf
from syndicate.store import Database, entries, stories

FEEDS = 12


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        found = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
        patch.setattr("sys.argv", ["bench.corpus", str(found), str(FEEDS)])
        main()
    return found


def one(number: int, group: int, kind: str = "own") -> Told:
    return Told(
        feed=0,
        number=number,
        group=group,
        kind=kind,
        title="",
        paragraphs=("",),
        at="2026-09-01T00:00:00+00:00",
    )


def test_a_corpus_is_the_same_each_time_and_read_as_it_was_written(path):
    assert list(read(path)) == list(corpus(FEEDS))
    assert [len({one.feed for one in some}) for some in documents(path)] == [1] * FEEDS


def test_a_copy_is_of_another_entry_that_came_before(path):
    known = {told.number: told for told in read(path)}
    copies = [told for told in known.values() if told.kind in KINDS]
    assert {told.kind for told in copies} == set(KINDS)
    assert all(told.group < told.number for told in copies)
    assert all(known[told.group].feed != told.feed for told in copies)
    others = [told for told in known.values() if told.kind not in KINDS]
    assert all(told.group == told.number for told in others)
    assert {told.kind for told in others} == {"own", "column", "form"}


def test_pairs_are_judged_and_copies_by_their_kind():
    true = [one(1, 1), one(2, 1, "cut"), one(3, 1, "quoted"), one(4, 4), one(5, 5)]
    judged = judge(true, {1: 1, 2: 1, 3: 3, 4: 4, 5: 4})
    assert judged.precision == pytest.approx(1 / 2)
    assert judged.recall == pytest.approx(1 / 3)
    assert judged.f1 == pytest.approx(2 / 5)
    assert judged.by_kind == {"cut": 1.0, "quoted": 0.0}


def test_who_finds_nothing_is_right_in_nothing():
    judged = judge([one(1, 1), one(2, 1)], {1: 1, 2: 2})
    assert (judged.precision, judged.recall, judged.f1) == (0, 0, 0)


@pytest.mark.parametrize("events", [False, True])
def test_the_store_finds_what_the_bare_engine_finds(path, tmp_path, events):
    true = list(read(path))
    bare = judge(true, on_shelf(path, events=events)["groups"])
    stored = judge(true, in_store(path, tmp_path, events=events)["groups"])
    assert stored.recall == pytest.approx(bare.recall, abs=0.02)
    assert bare.recall > 0.9


def test_a_store_grows_by_entries_a_tenth_of_which_are_copies(tmp_path):
    desk = desk_for(50, events=False)
    with Database.open(f"sqlite:///{tmp_path}/grown.db") as database:
        turns = list(grow(database, desk, range(350)))
        with database.read() as connection:
            # A copy by the same source is the same entry.
            assert 340 < entries.count(connection) <= 350
            begun = len(stories.latest(connection))
    assert [turn[0] for turn in turns] == [300, 50]
    assert 290 < begun < 345
    assert told(7) == told(7)


def test_a_report_says_what_is_short():
    judged = judge([one(1, 1), one(2, 1, "cut")], {1: 1, 2: 1})
    good = Placed(name="x", judged=judged, each=0.1, memory=50.0, more={})
    names = [
        f"{kind}, {what}"
        for kind in ("shelf", "store")
        for what in ("copies", "events")
    ]
    ours = dict.fromkeys(names, good)
    size = {"size": 10, "preparing": 0.2, "filing": 0.3, "waiting": 1.0, "copies": 1.0}
    size |= {"events": 1.0, "bytes": 9.0, "memory": 50.0}
    rivals = {"rensa": good, "datasketch": good}
    told = [one(1, 1), one(2, 1, "cut")]
    assert not report(told, ours, rivals, [size]).short
    slow = dict(ours) | {"shelf, copies": replace(good, each=0.3)}
    assert report(told, slow, rivals, [size]).short
    assert report(told, ours, rivals, [size | {"filing": 5.0}]).short
