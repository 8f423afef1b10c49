from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
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
    Precision,
)
from syndicate.store.codecs import dumps, from_json, storable, to_json

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
