"""The books of an issue: planned = accepted + refused + cancelled + uncertain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from syndicate.errors import MailError
from syndicate.members.receiving import objection
from syndicate.model import Delivery, DeliveryState, Digest, IssueState, Member
from syndicate.pipeline.mailing.planning import edition_of
from syndicate.store import Connection, Database, bounces, issues, ledger, planned
from syndicate.store.deliveries import OPEN, WAITING
from syndicate.store.issues import StoredIssue
from syndicate.store.ledger import Absent

CLOSED = (
    DeliveryState.ACCEPTED,
    DeliveryState.REFUSED,
    DeliveryState.CANCELLED,
    DeliveryState.UNCERTAIN,
)
"""What a copy can have become when its issue is closed."""
MISSED = tuple(state for state in DeliveryState if state is not DeliveryState.ACCEPTED)
_MINUTE = timedelta(minutes=1)
_DOMAINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an issue stands."""

    issue: StoredIssue
    tally: Mapping[DeliveryState, int]
    planned: int | None
    """As it was counted when it was planned; None before that."""
    relays: Mapping[str, int]
    """Name of a relay → copies that it took."""
    waiting: tuple[tuple[str, int, datetime | None], ...]
    """(domain, copies that wait, when the next is due), most copies first."""
    next_due: datetime | None
    first_at: datetime | None
    last_at: datetime | None
    """When the first and the last copy was accepted."""
    last_minute: int
    """Copies that were accepted in the last minute."""

    @property
    def open(self) -> int:
        """Copies of which something is still to be heard."""
        return sum(self.tally[state] for state in OPEN)

    @property
    def balances(self) -> bool:
        """Whether every copy that was planned is accounted for, open ones too."""
        return self.planned is None or sum(self.tally.values()) == self.planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Somebody who has no copy, and why."""

    member: Member
    state: str
    """The state of the copy; "returned" if it came back, "absent" if there is none."""
    why: str
    """In the words of the other side, or a word of ours that can be translated."""
    attempts: int = 0
    next_try: datetime | None = None
    relay: str = ""


def standing(database: Database, stored: StoredIssue, now: datetime) -> Standing:
    """Look at the books of an issue, in one moment."""
    with database.read() as connection:
        fresh = issues.get(connection, stored.id) or stored
        first, last = ledger.first_and_last(connection, stored.id)
        return Standing(
            issue=fresh,
            tally=ledger.tally(connection, stored.id),
            planned=planned.planned(connection, stored.id),
            relays=ledger.by_relay(connection, stored.id),
            waiting=tuple(ledger.by_domain(connection, stored.id, WAITING, _DOMAINS)),
            next_due=ledger.next_due(connection, stored.id),
            first_at=first,
            last_at=last,
            last_minute=ledger.accepted_since(connection, stored.id, now - _MINUTE),
        )


def close(connection: Connection, issue_id: int, now: datetime) -> bool:
    """Close an issue of which nothing is open; gives whether it is closed.

    :raises MailError: a copy that was planned is not there, or one too many is
    """
    count = planned.planned(connection, issue_id)
    if count is None or ledger.is_open(connection, issue_id):
        return False
    tally = ledger.tally(connection, issue_id)
    settled = sum(tally[state] for state in CLOSED)
    if settled != count:
        raise MailError(
            f"the books of issue {issue_id} do not balance: {count} copies were "
            f"planned, {settled} are accounted for; it stays open"
        )
    issues.set_state(connection, issue_id, IssueState.SENT, now=now)
    return True


def missing(
    database: Database,
    stored: StoredIssue,
    *,
    states: Collection[DeliveryState] = MISSED,
    limit: int | None = None,
) -> Iterator[Missed]:
    """Tell whose copy of an issue is in these states, and why.

    Read a page at a time; ``limit`` ends it.
    """
    with database.read() as connection:
        returned = bounces.returned(connection, stored.id)
        for copy in ledger.listed(connection, stored.id, states, limit=limit):
            yield _missed(copy, returned.get(copy.id, ""))


def returned(
    database: Database, stored: StoredIssue, *, limit: int | None = None
) -> Iterator[Missed]:
    """Tell whose copy was accepted, and came back later."""
    with database.read() as connection:
        came_back = bounces.returned(connection, stored.id)
        copies = ledger.some(connection, stored.id, came_back)
        accepted = (one for one in copies if one.state is DeliveryState.ACCEPTED)
        for copy in islice(accepted, limit):
            yield Missed(
                member=copy.member,
                state="returned",
                why=came_back[copy.id],
                attempts=copy.attempts,
                relay=copy.relay,
            )


def absent(
    database: Database,
    digest: Digest,
    stored: StoredIssue,
    now: datetime,
    *,
    limit: int | None = None,
) -> Iterator[Missed]:
    """Tell which subscribers of the series have no copy of an issue, and why."""
    with database.read() as connection:
        series = digest.series
        for one in ledger.absent(connection, stored.id, series, limit=limit):
            yield Missed(
                member=one.candidate.delivery.member,
                state="absent",
                why=why_absent(one, digest, stored, now),
            )


def why_absent(one: Absent, digest: Digest, stored: StoredIssue, now: datetime) -> str:
    """Say in a word why a subscriber has no copy of an issue."""
    said = objection(one.candidate, edition_of(digest).cadences, now)
    if said:
        return said
    if stored.planned_at is None:
        return "not planned yet"
    if one.since is not None and one.since > stored.planned_at:
        return "joined later"
    return "could not be written to when it was planned"


def _missed(copy: Delivery, came_back: str) -> Missed:
    why = copy.detail
    if came_back:
        why = f"{why}; returned: {came_back}" if why else f"returned: {came_back}"
    return Missed(
        member=copy.member,
        state=copy.state.value,
        why=why,
        attempts=copy.attempts,
        next_try=copy.due_at,
        relay=copy.relay,
    )
