"""An entry is made ready to be filed, in whatever process."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from syndicate.model import (
    DateClaim,
    Dated,
    DateOrigin,
    Enclosure,
    Entry,
    Image,
    Precision,
    RawEntry,
)
from syndicate.pipeline.preparing import Prepared, prepare, told

RAW = RawEntry(source="tin", url="https://tin.example/1", title="Tin", html="<p>a</p>")
CLAIM = DateClaim(raw="1/10/2026", origin=DateOrigin.FEED)
OTHER = {
    "url": "https://tin.example/2",
    "guid": "g",
    "title": "Tin khác",
    "html": "<p>b</p>",
    "lead": "l",
    "authors": ("A",),
    "credit": "c",
    "dates": (CLAIM,),
    "updated": CLAIM,
    "captions": ("Ảnh",),
    "image": Image(url="https://tin.example/1.jpg"),
    "enclosures": (Enclosure(url="https://tin.example/1.mp3", type="audio/mpeg"),),
    "terms": ("t",),
    "language": "vi",
}


def test_every_word_of_a_source_counts():
    assert {one.name for one in fields(RawEntry)} == {"source", *OTHER}
    marks = {told(replace(RAW, **{name: value})) for name, value in OTHER.items()}
    assert len(marks | {told(RAW)}) == len(OTHER) + 1


def test_what_moves_from_one_field_to_the_next_is_told_otherwise():
    one = replace(RAW, title="a", html="b")
    assert told(one) != told(replace(RAW, title="ab", html=""))


def test_the_same_words_are_the_same_in_another_process():
    code = (
        "from syndicate.model import RawEntry;"
        "from syndicate.pipeline.preparing import told;"
        "print(told(RawEntry(source='tin', url='https://tin.example/1', title='Tin',"
        " html='<p>a</p>')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == told(RAW)
    assert len(told(RAW)) == 32


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "a" * 1_000_000])
def test_odd_text_is_told_too(odd):
    assert len(told(replace(RAW, title=odd))) == 32


def test_what_is_ready_can_be_sent_to_another_process(desk, words):
    source = desk.add()
    title, text = words.article(0)
    entry = Entry(source="tin", url=RAW.url, title=title, text=text, guid="g")
    one = prepare(entry, source, desk.rules, "beef")
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert one.told == "beef"
    assert [label.category for label in one.labels] == ["cau-duong"]
    assert one.grams > len(one.sample) == len(set(one.sample)) > 10
    assert {kind for kind, _ in one.story_keys} <= {kind for kind, _ in one.keys}


@pytest.mark.parametrize(
    "text",
    ["", "ngắn", "a" * 300, "Đảng uỷ " * 200, "caf\xe9 " * 100, "\ud800😀" * 200],
    ids=["none", "short", "ASCII", "Vietnamese", "Latin", "surrogates"],
)
def test_an_entry_that_is_sent_arrives_as_it_was(text):
    """Between processes it goes in a form of its own."""
    published = Dated(
        value=datetime(2026, 10, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
        precision=Precision.DAY,
        origin=DateOrigin.FEED,
        raw="1/10/2026",
    )
    entry = Entry(
        source="tin", url="u", title="t", text=text, html=text, published=published
    )
    one = Prepared(
        entry=entry, told="x", grams=3, sample=(1, 2**46), keys=(("a", "b"),)
    )
    sent = pickle.dumps((one, one), protocol=5)
    assert pickle.loads(sent) == (one, one)  # noqa: S301 - our own
