from __future__ import annotations

import json

import pytest

from bench import dedupe, publish
from bench.probe import ask, fill, probes
from bench.stock import LABELS, fill_store
from bench.turns import dump, told_by
from syndicate.cli.wire import opened
from syndicate.pipeline.publishing import publish as publish_stock
from syndicate.store import Database, entries

SMALL = publish.Size(stories=12, categories=4, limit=10, rounds=1)


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(publish.settings(SMALL), "utf-8")
    return file


def test_the_stories_of_a_stock_are_spread_over_the_categories(config):
    with opened(config) as desk:
        fill_store(desk, range(SMALL.stories))
        work = desk.publishing()
        publish_stock(work, desk.clock())
        told = {feed.key: some for feed, some in told_by(work, desk.clock())}
    assert len(told["dai"]) == SMALL.limit
    each = SMALL.stories * LABELS // SMALL.categories
    assert [len(told[f"category/c{number}"]) for number in range(4)] == [each] * 4


def test_a_new_story_of_a_stock_stands_first_and_in_five_categories(config):
    with opened(config) as desk:
        fill_store(desk, range(SMALL.stories))
        fill_store(desk, [SMALL.stories], labels=3)
        work = desk.publishing()
        publish_stock(work, desk.clock())
        told = {feed.key: some for feed, some in told_by(work, desk.clock())}
    newest = f"story{SMALL.stories}"
    assert told["all"][0].uid == newest
    carrying = [key for key, some in told.items() if some and some[0].uid == newest]
    assert len([key for key in carrying if key.startswith("category/")]) == 3


def test_a_stock_is_the_same_each_time(config, tmp_path):
    dumps = []
    for turn in range(2):
        dumped = tmp_path / f"dump{turn}.json"
        with opened(config) as desk:
            fill_store(desk, range(6))
            publish_stock(desk.publishing(), desk.clock())
            dump(desk.publishing(), dumped, desk.clock())
        dumps.append(json.loads(dumped.read_text("utf-8")))
        (tmp_path / "desk.db").unlink()
    assert dumps[0] == dumps[1]
    assert len(dumps[0]["items"]) == 6


def test_every_copy_is_found_in_a_small_store_and_nothing_else(tmp_path):
    with Database.open(f"sqlite:///{tmp_path / 'desk.db'}") as database:
        fill(database, range(30))
        with database.read() as connection:
            assert entries.count(connection) == 30
        told = ask(database, list(probes(10, 30)))
    assert (told["found"], told["missed"], told["wrong"]) == (2, 0, 0)
    assert told["ms"] == pytest.approx(told["looking"] + told["deciding"])


def test_a_store_in_which_nothing_is_found_is_no_achievement():
    size = dedupe.Size(small=1, large=2, probes=10, rounds=1)
    cheap = {"ms": 0.1, "looking": 0.1, "deciding": 0.0}
    blind = cheap | {"found": 0, "missed": 2, "wrong": 0}
    fine = cheap | {"found": 2, "missed": 0, "wrong": 0}
    assert dedupe.report(size, {"small": fine, "large": fine}).short is False
    assert dedupe.report(size, {"small": fine, "large": blind}).short is True
