"""The week's mail in numbers, on every engine."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from syndicate.model import (
    Bounce,
    BounceKind,
    Consent,
    ConsentKind,
    DeliveryState,
    Issue,
    IssueState,
)
from syndicate.store import bounces, consents, issues, mailweek, reports
from syndicate.store.reports import ReportDetail
from syndicate.store.schema import deliveries

DAY = timedelta(days=1)
COPIES = (
    ("accepted", "", ""),
    ("accepted", "", ""),
    ("refused", "5.1.1", "no a@vd.example here"),
    ("refused", "5.1.1", "no b@vd.example here"),
    ("refused", "", "<c@vd.example> unknown"),
    ("cancelled", "", "unsubscribed"),
)


def keep(connection, now) -> int:
    issue = Issue(digest="tuan", number=1, start=now - 7 * DAY, end=now, sections=())
    number = issues.create(
        connection, issue, state=IssueState.APPROVED, sha256="", now=now
    )
    for at, (state, status, detail) in enumerate(COPIES):
        row = {
            "issue_id": number,
            "address": f"m{at}@vd.example",
            "mailbox": f"m{at}@vd.example",
            "name": "",
            "domain": "vd.example",
            "state": state,
            "attempts": 1,
            "detail": detail,
            "changed_at": now,
            "fence": 0,
            "variant": "",
            "message_id": "",
            "relay": "",
            "status": status,
        }
        connection.execute(insert(deliveries).values(row))
    return number


def test_copies_are_counted_by_state_and_reason_without_a_name(database, now):
    with database.write() as connection:
        keep(connection, now)
        found = mailweek.week(connection, now - DAY, now + DAY)
    (books,) = found.issues
    assert books.planned == len(COPIES)
    assert books.tally[DeliveryState.ACCEPTED] == 2
    assert books.reasons == (
        (DeliveryState.REFUSED, "5.1.1", 2),
        (DeliveryState.CANCELLED, "unsubscribed", 1),
        (DeliveryState.REFUSED, "", 1),
    )


def test_only_what_happened_in_the_week_counts(database, now):
    def consent(kind: ConsentKind, digest: str, at) -> Consent:
        return Consent(
            digest=digest, kind=kind, at=at, form="web", text="t", version="1"
        )

    confirmed, left = ConsentKind.CONFIRMED, ConsentKind.LEFT
    with database.write() as connection:
        keep(connection, now)
        for mark, one in (
            ("a", consent(confirmed, "tuan", now)),
            ("a", consent(confirmed, "tuan", now)),
            ("a", consent(confirmed, "ngay", now)),
            ("b", consent(confirmed, "tuan", now - 8 * DAY)),
            ("b", consent(left, "tuan", now)),
        ):
            consents.add(connection, mark, one)
        for name, at in (("1", now), ("2", now - 8 * DAY)):
            bounces.add(connection, Bounce(kind=BounceKind.DSN, at=at), name)
        found = mailweek.week(connection, now - DAY, now + DAY)
        later = mailweek.week(connection, now + DAY, now + 8 * DAY)
    assert (found.joined, found.left, found.active) == (2, 1, 0)
    assert found.returned == {BounceKind.DSN: 1}
    assert (later.issues, later.joined, later.returned) == ((), 0, {})


def test_reports_are_found_by_how_their_kind_begins(database, now):
    with database.write() as connection:
        for kind in ("alarm-a", "alarm_b", "sources"):
            detail = ReportDetail(findings=(kind,))
            reports.claim(connection, kind, now, detail, now=now)
        found = reports.begun(connection, "alarm-", now, now + DAY)
        none = reports.begun(connection, "alarm-", now + DAY, now + 2 * DAY)
    assert [one.kind for one in found] == ["alarm-a"]
    assert none == []
