"""Why a teller leads: each preference can be what decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.dedupe.lead import LeadReason, lead_of, why_leads_of
from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Precision,
    Relation,
    Source,
    SourceKind,
    StoredEntry,
)

NOW = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(key: str, rank: int = 100) -> Source:
    return Source(
        key=key,
        title=f"Báo {key} Cửu Hà",
        kind=SourceKind.FEED,
        url=f"https://{key}.example/rss",
        rank=rank,
    )


SOURCES = {"a": source("a"), "b": source("b"), "first": source("first", rank=1)}


def teller(
    key: str,
    number: int,
    *,
    published: datetime | None = NOW,
    seen_at: datetime = NOW,
    withdrawn_at: datetime | None = None,
    **given: str,
) -> StoredEntry:
    dated = published and Dated(
        value=published,
        precision=Precision.MINUTE,
        origin=DateOrigin.FEED,
        raw="x",
    )
    url = f"https://{key}.example/{number}"
    entry = Entry(source=key, url=url, title="t", published=dated, **given)
    return StoredEntry(
        id=number,
        story=1,
        entry=entry,
        bond=Bond(relation=Relation.FIRST),
        seen_at=seen_at,
        changed_at=seen_at,
        withdrawn_at=withdrawn_at,
    )


@pytest.mark.parametrize(
    ("tellers", "lead", "reason"),
    [
        ([teller("a", 1)], 1, LeadReason.ALONE),
        ([teller("a", 1, withdrawn_at=NOW), teller("b", 2)], 2, LeadReason.STANDS),
        (
            [teller("a", 1, credit="Nguồn: b.example"), teller("b", 2)],
            2,
            LeadReason.CREDITED,
        ),
        (
            [teller("a", 1, credit="Theo Báo Xa"), teller("b", 2)],
            2,
            LeadReason.OWN,
        ),
        ([teller("a", 1), teller("first", 2)], 2, LeadReason.RANK),
        (
            [teller("a", 1), teller("b", 2, published=NOW - HOUR)],
            2,
            LeadReason.EARLIEST,
        ),
        (
            [
                teller("a", 1, published=None),
                teller("b", 2, published=None, seen_at=NOW - HOUR),
            ],
            2,
            LeadReason.SEEN_FIRST,
        ),
        ([teller("a", 1), teller("b", 2, text="dài hơn")], 2, LeadReason.LONGEST),
        ([teller("b", 1), teller("a", 2)], 2, LeadReason.BY_NAME),
    ],
)
def test_the_preference_that_decided_is_the_reason(tellers, lead, reason):
    assert lead_of(tellers, SOURCES).id == lead
    assert why_leads_of(tellers, SOURCES) is reason
    assert why_leads_of(tellers[::-1], SOURCES) is reason
