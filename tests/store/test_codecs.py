from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import StoreError
from syndicate.model import (
    Citation,
    Dated,
    DateOrigin,
    Enclosure,
    Entry,
    Image,
    Issue,
    IssueItem,
    IssueSection,
    Move,
    Precision,
    Reason,
    ReasonCode,
    Rhythm,
    SourceMemory,
)
from syndicate.store.codecs import dumps, from_json, sparse_json, storable, to_json

ZONES = [UTC, timezone(timedelta(hours=7)), ZoneInfo("Asia/Ho_Chi_Minh")]
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20
)
# Not in the hour that a clock repeats (Hà Nội, 1945): there Python calls two equal
# moments of different zones unequal (PEP 495).
moments = st.datetimes(
    min_value=datetime(1980, 1, 1),  # noqa: DTZ001 -- Hypothesis adds the zone
    timezones=st.sampled_from(ZONES),
)
dated = st.builds(
    Dated,
    value=moments,
    precision=st.sampled_from(Precision),
    origin=st.sampled_from(DateOrigin),
    raw=texts,
)
images = st.builds(Image, url=texts, caption=texts)
citations = st.builds(
    Citation,
    key=texts,
    date=st.none() | st.dates(),
    year=st.none() | st.integers(1900, 2100),
    inferred=st.booleans(),
    mentions=st.integers(1, 99),
)
entries = st.builds(
    Entry,
    source=texts,
    url=texts,
    title=texts,
    authors=st.lists(texts, max_size=3).map(tuple),
    published=st.none() | dated,
    dates=st.lists(dated, max_size=3).map(tuple),
    updated=st.none() | moments,
    image=st.none() | images,
    enclosures=st.lists(
        st.builds(Enclosure, url=texts, type=texts, length=st.integers(0, 2**62)),
        max_size=2,
    ).map(tuple),
    citations=st.lists(citations, max_size=3).map(tuple),
)
items = st.builds(
    IssueItem,
    story=st.integers(1),
    uid=texts,
    title=texts,
    url=texts,
    summary=texts,
    source=texts,
    language=texts,
    published=st.none() | dated,
    also=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    image=st.none() | images,
)
sections = st.builds(
    IssueSection, title=texts, items=st.lists(items, max_size=2).map(tuple)
)
issues = st.builds(
    Issue,
    digest=texts,
    number=st.integers(1, 999),
    start=moments,
    end=moments,
    sections=st.lists(sections, max_size=2).map(tuple),
    documents=st.lists(st.tuples(texts, st.integers(1, 9)), max_size=2).map(tuple),
)


@given(entries)
def test_an_entry_comes_back_as_it_was(entry: Entry) -> None:
    assert from_json(Entry, json.loads(dumps(to_json(entry)))) == entry


@given(issues)
def test_an_issue_comes_back_as_it_was(issue: Issue) -> None:
    assert from_json(Issue, json.loads(dumps(to_json(issue)))) == issue


@given(moments, st.sampled_from(Precision))
def test_a_local_midnight_is_still_local_and_midnight(
    value: datetime, precision: Precision
) -> None:
    midnight = value.replace(hour=0, minute=0, second=0, microsecond=0)
    before = Dated(
        value=midnight, precision=precision, origin=DateOrigin.META, raw="18/3/2022"
    )
    after = from_json(Dated, to_json(before))
    assert (after.value.hour, after.value.minute) == (0, 0)
    assert after.value.utcoffset() == midnight.utcoffset()


# ── Against the plain way to do it ───────────────────────────────────────────


def plainly_written(value: Any) -> Any:
    """What ``to_json`` says, worked out anew for every value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date, timedelta)):
        seconds = isinstance(value, timedelta)
        return value.total_seconds() if seconds else value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plainly_written(one) for one in value]
    if is_dataclass(value):
        return {
            one.name: plainly_written(getattr(value, one.name)) for one in fields(value)
        }
    return value


def plainly_read(kind: Any, data: Any) -> Any:
    """What ``from_json`` says, worked out anew for every value."""
    origin, members = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        some = next(one for one in members if one is not types.NoneType)
        return None if data is None else plainly_read(some, data)
    if origin is tuple:
        each = [members[0]] * len(data) if members[1:] == (...,) else members
        return tuple(map(plainly_read, each, data))
    if kind in (datetime, date, timedelta):
        days = kind is not timedelta
        return kind.fromisoformat(data) if days else timedelta(seconds=data)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        read = {name: plainly_read(hints[name], one) for name, one in data.items()}
        return kind(**read)
    return kind(data) if isinstance(kind, type) and issubclass(kind, Enum) else data


memories = st.builds(
    SourceMemory,
    full_at=st.none() | moments,
    hint=st.none() | st.timedeltas(timedelta(0), timedelta(days=9)),
    skip_hours=st.lists(st.integers(0, 23), max_size=3).map(tuple),
    move=st.none() | st.builds(Move, to=texts, since=moments, adopted=st.booleans()),
    reason=st.builds(Reason, code=st.sampled_from(ReasonCode), detail=texts),
    rhythm=st.builds(
        Rhythm,
        hours=st.lists(st.floats(0, 9), max_size=24).map(tuple),
        gap=st.floats(0, 1e9),
        last=st.none() | moments,
    ),
    hub=texts,
)


@given(st.one_of(entries, issues, memories))
def test_values_are_written_and_read_as_the_plain_way_does(value: Any) -> None:
    written = json.loads(dumps(to_json(value)))
    assert written == json.loads(dumps(plainly_written(value)))
    read = from_json(type(value), written)
    assert read == plainly_read(type(value), written) == value


@given(memories)
def test_what_has_its_default_need_not_be_written(memory: SourceMemory) -> None:
    written = json.loads(dumps(sparse_json(memory)))
    assert from_json(SourceMemory, written) == memory
    assert sparse_json(SourceMemory()) == {}


def test_vietnamese_is_legible_in_the_database() -> None:
    assert dumps(["Uỷ ban nhân dân"]) == '["Uỷ ban nhân dân"]'


@given(st.text(max_size=12) | st.text("\\\x00u0a\ud800", max_size=12))
def test_json_text_holds_nothing_that_a_database_refuses(text: str) -> None:
    written = dumps([text])
    assert storable(written) == written
    assert "\\u0000" not in written.replace("\\\\", "")
    assert json.loads(written) == [storable(text)]


def test_fields_may_come_and_go() -> None:
    old = {"key": "05-CT/TW", "date": "2016-05-15", "colour": "red"}
    assert from_json(Citation, old) == Citation(key="05-CT/TW", date=date(2016, 5, 15))


@pytest.mark.parametrize("data", [{}, {"value": "yesterday"}, [], 7, None])
def test_what_does_not_fit_is_an_error_that_names_the_type(data: object) -> None:
    with pytest.raises(StoreError, match="a stored Dated cannot be read"):
        from_json(Dated, data)
