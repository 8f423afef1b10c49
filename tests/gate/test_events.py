"""Floors for events: labelled news, streamed through the store, one setting for all.

The stream knows what came before and nothing else: how rare a word is is learnt on the
way, and no decision is taken back. The Vietnamese articles have times; the English
ones (ECB+) have none and come in the order of their file, as of one moment.
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from syndicate.categorise.rules import Rules
from syndicate.model import Dated, DateOrigin, Entry, Precision, Scoring, Source
from syndicate.model import SourceKind as Kind
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.preparing import prepare
from syndicate.store import Database, entries

ROOT = Path(__file__).resolve().parents[2]
STORIES = ROOT.parent / "shared" / "data" / "stories"
PAIRS = ROOT / "tests" / "data" / "dedupe"
CORPUS = {
    "vietnamese": "515cfed91fb4c4833356a40e43dce5dd06d6fccc95566573653932f68b7bb566",
    "english": "c10009187948e20f3aed378791851726dff92dd56821f18f7a037e73fc5e0f99",
}
NOW = datetime(2026, 10, 19, tzinfo=UTC)
SLOT = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")
WITHIN = timedelta(days=4)

pytestmark = pytest.mark.slow


def rows_of(language: str) -> list[dict[str, Any]]:
    path = STORIES / f"{language}.jsonl.gz"
    if not path.is_file():
        pytest.skip("no ../shared/data/stories")
    told = gzip.decompress(path.read_bytes())
    assert sha256(told).hexdigest() == CORPUS[language], "the floors are of other texts"
    rows = [json.loads(line) for line in told.decode().splitlines()]
    return sorted(rows, key=lambda row: row.get("published", ""))


def entry_of(row: Mapping[str, Any], at: int, *, source: str = "") -> Entry:
    when = datetime.fromisoformat(row["published"]) if "published" in row else NOW
    title, lead, text = row["title"], row.get("summary", ""), row["text"]
    return Entry(
        source=source or f"portal-{at}",
        url=f"https://portal-{at}.example/{at}",
        guid=str(at),
        title=title,
        lead=lead,
        text=text,
        published=Dated(
            value=when, precision=Precision.MINUTE, origin=DateOrigin.FEED, raw=""
        ),
        fingerprint=sha256(f"{title}\n{lead}\n{text}".encode()).hexdigest(),
    )


def streamed(told: Sequence[Entry], folder: Path) -> list[int]:
    """File entries one after another, each as a document; gives their stories."""
    rules = Rules((), Scoring())
    desk = Filing(
        sources={},
        rules=rules,
        backlog_after=timedelta(days=100_000),
        events_within=WITHIN,
    )
    ids: list[int] = []
    with Database.open(f"sqlite:///{folder}/desk.db") as database:
        for one in told:
            key = one.source
            source = Source(key=key, title=key, kind=Kind.FEED, url=f"https://{key}/")
            now = one.published.value if one.published else NOW
            with database.write() as connection:
                ready = [prepare(one, source, rules)]
                (filed,) = file_entries(connection, ready, desk, now=now)
            ids.append(filed.entry_id)
        with database.read() as connection:
            kept = entries.get_many(connection, ids)
    return [kept[one].story for one in ids]


def b_cubed(found: Sequence[int], true: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F of groups (Bagga and Baldwin, 1998)."""
    ours: defaultdict[int, set[int]] = defaultdict(set)
    theirs: defaultdict[str, set[int]] = defaultdict(set)
    for at, (one, other) in enumerate(zip(found, true, strict=True)):
        ours[one].add(at)
        theirs[other].add(at)
    both = [
        (len(ours[one] & theirs[other]), len(ours[one]), len(theirs[other]))
        for one, other in zip(found, true, strict=True)
    ]
    precision = sum(same / mine for same, mine, _ in both) / len(both)
    recall = sum(same / yours for same, _, yours in both) / len(both)
    return precision, recall, 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize(
    ("language", "floor", "right"),
    [("vietnamese", 0.96, 0.97), ("english", 0.90, 0.93)],
)
def test_different_texts_of_one_event_are_one_story(
    language, floor, right, table, tmp_path
):
    rows = rows_of(language)
    found = streamed([entry_of(row, at) for at, row in enumerate(rows)], tmp_path)
    precision, recall, both = b_cubed(found, [row["story"] for row in rows])
    table(f"events, {language}: B-cubed F", both, floor)
    table(f"events, {language}: B-cubed precision", precision, right)
    table(f"events, {language}: B-cubed recall", recall, 0.85)


def test_both_languages_in_one_stream_are_told_apart(table, tmp_path):
    rows = []
    for language in CORPUS:
        told = rows_of(language)
        rows += [(at / len(told), row) for at, row in enumerate(told)]
    rows.sort(key=lambda one: one[0])
    found = streamed([entry_of(row, at) for at, (_, row) in enumerate(rows)], tmp_path)
    *_, both = b_cubed(found, [row["story"] for _, row in rows])
    table("events, both in one stream: B-cubed F", both, 0.9)


def test_titles_and_leads_alone_are_enough_for_most(table, tmp_path):
    rows = rows_of("vietnamese")
    told = [entry_of(row | {"text": ""}, at) for at, row in enumerate(rows)]
    found = streamed(told, tmp_path)
    *_, both = b_cubed(found, [row["story"] for row in rows])
    table("events, vietnamese: titles and leads alone, B-cubed F", both, 0.8)


def pairs_of(name: str) -> list[dict[str, Any]]:
    told = tomllib.loads((PAIRS / f"{name}.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = told["pair"]
    return found


def side(text: str, which: int) -> str:
    """Of "[this|that]" the one or the other."""
    return SLOT.sub(lambda slot: slot[1 + which], text)


def told_twice(pairs: Sequence[Mapping[str, Any]], source: str = "") -> list[Entry]:
    """Each of the pairs, in time order: a day for each, two hours between the two."""
    found = []
    for at, pair in enumerate(pairs):
        for which in (0, 1):
            when = NOW + timedelta(days=at // 8, hours=2 * which)
            row = {
                "title": side(pair["title"], which),
                "text": side(pair["text"], which).strip(),
                "published": when.isoformat(),
            }
            found.append(entry_of(row, 2 * at + which, source=source))
    return found


@pytest.mark.parametrize("one_source", [False, True])
def test_texts_on_one_form_are_never_one_story(one_source, table, tmp_path):
    pairs = pairs_of("formula_pairs")
    told = told_twice(pairs, "cong" if one_source else "")
    found = streamed(told, tmp_path)
    merged = [
        pair["name"]
        for pair, one, other in zip(pairs, found[::2], found[1::2], strict=True)
        if one == other
    ]
    where = "of one source" if one_source else "of two sources"
    table(f"formula pairs {where}, merged", len(merged), 0, higher_is_better=False)


def test_two_portals_that_tell_one_event_tell_one_story(table, tmp_path):
    told = []
    for at, pair in enumerate(pairs_of("event_pairs")):
        for which, name in enumerate(("one", "other")):
            when = NOW + timedelta(days=at // 8, hours=2 * which)
            row = {"title": pair[f"{name}_title"], "text": pair[name]}
            row["published"] = when.isoformat()
            told.append(entry_of(row, 2 * at + which))
    found = streamed(told, tmp_path)
    joined = [one == other for one, other in zip(found[::2], found[1::2], strict=True)]
    table("event pairs, joined", sum(joined) / len(joined), 0.8)
