"""``sources show`` and the words for why a source is asked when it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import click
import pytest
from click.shell_completion import ShellComplete

from syndicate.cli import main, offers
from syndicate.cli.knowing import HUB_STATES
from syndicate.cli.reasons import reason_words, rhythm_words, span
from syndicate.gather import trouble
from syndicate.gather.feedlinks import Way
from syndicate.gather.nature import Nature
from syndicate.gather.verdict import Point
from syndicate.model import (
    DateOrigin,
    Move,
    Precision,
    PushState,
    Reason,
    ReasonCode,
    Rhythm,
    SourceKind,
    SourceMemory,
    SourceState,
    Visit,
)
from syndicate.pipeline.asking import Miss
from syndicate.store import Database, sources

NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
MORE = """
[[source]]
key = "bao"
title = "Báo"
kind = "feed"
url = "https://bao.example/rss"
"""


@pytest.fixture
def known(desk):
    """A desk that knows much of the source "bao"."""
    desk.write(more=MORE)
    memory = SourceMemory(
        reason=Reason(
            code=ReasonCode.RHYTHM, pause=timedelta(minutes=45), detail="12.5"
        ),
        rhythm=Rhythm(
            hours=(0.1,) * 8 + (5.0, 4.0) + (0.1,) * 14,
            weekdays=(3.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1),
            gap=7_200,
            seen=40,
            last=NOW,
        ),
        move=Move(
            to="https://moi.example/rss", since=NOW, of="https://bao.example/rss"
        ),
        hub="https://hub.example/",
        news_at=NOW,
        hint=timedelta(hours=1),
        robots_changed_at=NOW,
        certificate_until=NOW + timedelta(days=90),
    )
    database = Database.open(f"sqlite:///{desk.folder}/var/syndicate.db")
    with database.write() as connection:
        state = SourceState(
            source="bao",
            visited_at=NOW,
            succeeded_at=NOW,
            due_at=NOW + timedelta(minutes=45),
            memory=memory,
        )
        sources.save(connection, state)
        for minute in range(3):
            visit = Visit(source="bao", at=NOW + timedelta(minutes=minute), status=304)
            sources.record(connection, visit)
    database.close()
    return desk


def test_everything_known_of_a_source_is_shown(known):
    said = known.run("sources", "show", "bao").output
    for each in (
        "https://bao.example/rss",
        "After 45 minutes, by its rhythm: about 12.5 entries a day.",
        "one entry in 2 hours",
        "mostly at 8:00, 9:00",
        "Monday",
        "to https://moi.example/rss since",
        "https://hub.example/, not subscribed",
        "good for 60 minutes",
        "obeyed; changed",
        "304",
        "17/01/2027",
    ):
        assert each in said, each


def test_the_same_is_told_to_machines(known):
    said = json.loads(known.run("sources", "show", "bao", "--json").stdout)
    assert said["reason"]["code"] == "rhythm"
    assert said["redirect"]["to"] == "https://moi.example/rss"
    assert (len(said["visits"]), said["visits"][0]["status"]) == (3, 304)
    assert said["status"] == "active"
    assert said["hub"]["address"] == "https://hub.example/"


def test_a_source_that_was_never_visited_is_shown_too(desk):
    said = desk.run("sources", "show", "luu").output
    assert "It was never visited." in said
    assert desk.json("sources", "show", "luu")["visits"] == []


def test_a_key_that_is_none_is_3_with_those_that_are(desk):
    assert "luu" in desk.run("sources", "show", "x", code=3).stderr


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("detail", ["", "3", "archived", "{x}"])
def test_every_reason_has_its_sentence(code, detail):
    said = reason_words(Reason(code=code, pause=timedelta(hours=3), detail=detail))
    assert said.endswith(".")
    assert "{pause}" not in said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=15), "15 minutes"),
        (timedelta(hours=2.5), "2.5 hours"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_spans_are_as_exact_as_anybody_wants(length, said):
    assert span(length) == said


def test_a_rhythm_without_peaks_names_none():
    assert rhythm_words(Rhythm()) == ""
    flat = Rhythm(hours=(1.0,) * 24, weekdays=(1.0,) * 7, gap=3_600, seen=9)
    assert rhythm_words(flat) == "one entry in 60 minutes (learnt from 9 entries)"


def test_every_code_has_its_words():
    assert set(offers.POINTS) == set(Point)
    assert set(offers.WAYS) == set(Way)
    assert set(offers.ORIGINS) == set(DateOrigin)
    assert set(offers.PRECISIONS) == set(Precision)
    assert set(offers.MISSES) == set(Miss)
    assert set(HUB_STATES) == set(PushState)
    assert set(offers.KINDS) == {kind.value for kind in SourceKind}
    spoken = {Nature.FEED, Nature.SITEMAP, Nature.PAGE}
    assert set(offers.NATURES) == set(Nature) - spoken


def test_every_trouble_of_a_page_has_its_words():
    said = {name for name in vars(trouble).values() if isinstance(name, str)}
    named = {name for name in said if name.startswith("a ")}
    assert named == set(offers.TROUBLES)


def test_keys_of_sources_are_completed(known):
    def completed(words: list[str], begun: str) -> list[str]:
        shell = ShellComplete(main, {}, "syndicate", "_SYNDICATE_COMPLETE")
        found = shell.get_completions(["-c", str(known.config), *words], begun)
        return [item.value for item in found]

    assert completed(["sources", "show"], "") == ["luu", "bao"]
    assert completed(["sources", "test"], "b") == ["bao"]
    known.write(text="[broken")
    assert completed(["sources", "show"], "") == []


def test_the_group_lists_what_it_has():
    group = main.get_command(click.Context(main), "sources")
    assert isinstance(group, click.Group)
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        assert found is not None
        assert found.name == name
    assert group.get_command(click.Context(group), "none") is None
