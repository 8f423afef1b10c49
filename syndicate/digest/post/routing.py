"""On which relay a message goes, and when: breakers, limits, warm-up. Pure decisions.

Nothing here reads a clock or opens a connection; ``now`` is always given. What must
outlive the process is given out as records and taken in again at the start.

- A *relay* that cannot be used (no connection, no TLS, wrong password, silence after
  the final dot) three times in succession is left alone for 30 s, then 1, 2, 4 … min;
  after that one message is tried, and the answer decides.
- A *domain* that says 421 waits as a whole, while the others go on. One that refuses
  three times what we send, or who we are (5.7.x), is paused longer: no member has done
  anything wrong, and more of the same makes it worse.
- A *limit* is the most messages in any minute, to a domain or through a relay.
- *Warm-up*: so many on the first day of a new sender, and twice as many each day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from syndicate.model import Blame, DeliveryState, RelayRecord, Reply

TRIES = 3
"""Failures in succession that open a breaker."""
RELAY_PAUSE = timedelta(seconds=30)
BUSY_PAUSE = timedelta(minutes=5)
POLICY_PAUSE = timedelta(minutes=15)
LONGEST = timedelta(hours=1)
"""No pause is longer; each one is twice the one before."""
_MINUTE = timedelta(minutes=1)
_PLENTY = 1 << 30
_MANY_DOMAINS = 3
"""So many domains in succession refuse what we send: it is the relay, or we."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayLimits:
    """A relay, and how much it is given to do."""

    name: str
    per_minute: int = 0
    """0: as many as it takes."""


class Routing:
    """What is known of the relays and domains, and the decisions made of it.

    It is not made for several threads: the pool asks it under a lock.
    """

    def __init__(
        self,
        relays: Sequence[RelayLimits],
        *,
        per_domain: Mapping[str, int] | None = None,
        warm_up: int = 0,
        zone: str = "UTC",
        held: Iterable[RelayRecord] = (),
    ) -> None:
        self._limits = {one.name: one.per_minute for one in relays}
        self._per_domain = {
            name.lower(): most for name, most in (per_domain or {}).items()
        }
        self._warm_up = warm_up
        self._zone = ZoneInfo(zone)
        self._records = {(one.relay, one.domain): one for one in held}
        self._kept = dict(self._records)
        self._left: dict[tuple[str, str], deque[datetime]] = {}
        self._trying: set[str] = set()
        self._refusing: dict[str, set[str]] = {}

    def relays(self, now: datetime, *, urgent: bool = False) -> tuple[str, ...]:
        """Names of the relays that may be given a message now.

        For an ``urgent`` one, which another relay has failed, that is also one whose
        trial is under way.
        """
        return tuple(
            name
            for name in self._limits
            if self._relay_wait(name, now, urgent=urgent) is None
        )

    def is_on_trial(self, relay: str, now: datetime) -> bool:
        """A relay that had failed gets one message, not as many as it has room for."""
        record = self._record(relay, "")
        return record.open_until is not None and not _is_open(record, now)

    def room(self, relay: str, now: datetime) -> int:
        """How many messages a relay may be given at once, by its limit and the day's.

        One that had failed is on trial: it gets one.
        """
        if self.is_on_trial(relay, now):
            return 1
        most = min(self._left_today(now), _PLENTY)
        if limit := self._limits[relay]:
            gone = self._left.get((relay, ""), ())
            most = min(most, limit - sum(one > now - _MINUTE for one in gone))
        return most

    def waits(self, domain: str, now: datetime, ahead: int = 0) -> datetime | None:
        """When a message to ``domain`` may go; None if it may go now.

        ``ahead`` others to that domain go before it. With "" for the domain: when
        any message at all may go.
        """
        found = [self._warm_up_wait(now), self._any_relay(now)]
        if domain:
            found.append(self._domain_wait(domain, now, ahead))
        return max((one for one in found if one is not None), default=None)

    def left(self, relay: str, domain: str, now: datetime) -> None:
        """Count a message that is given to ``relay``."""
        self._count((relay, ""), self._limits.get(relay, 0), now)
        self._count(("", domain), self._most_to(domain), now)
        if self.is_on_trial(relay, now):
            self._trying.add(relay)
        if self._warm_up:
            self._count_day(now)

    def unused(self, relay: str) -> None:
        """A relay was given a message that came to nothing before it was asked."""
        self._trying.discard(relay)

    def note(self, relay: str, domain: str, reply: Reply, now: datetime) -> None:
        """Learn from what became of a message."""
        self._trying.discard(relay)
        self._note_relay(relay, domain, reply, now)
        self._note_domain(domain, reply, now)

    def trouble(self, now: datetime) -> tuple[RelayRecord, ...]:
        """What is waited for now, relays first."""
        found = [
            one
            for one in self._records.values()
            if _is_open(one, now) and (not one.relay or one.relay in self._limits)
        ]
        return tuple(sorted(found, key=lambda one: (one.domain, one.relay)))

    def remember(self) -> tuple[RelayRecord, ...]:
        """Give what has changed since this was last asked."""
        changed = tuple(
            one for key, one in self._records.items() if one != self._held(key)
        )
        self._kept.update({(one.relay, one.domain): one for one in changed})
        return changed

    def _held(self, key: tuple[str, str]) -> RelayRecord:
        relay, domain = key
        return self._kept.get(key) or RelayRecord(relay=relay, domain=domain)

    # ── when ─────────────────────────────────────────────────────────────────

    def _any_relay(self, now: datetime) -> datetime | None:
        waits = [self._relay_wait(name, now) for name in self._limits]
        return None if None in waits else min(_moments(waits), default=None)

    def _relay_wait(
        self, name: str, now: datetime, *, urgent: bool = False
    ) -> datetime | None:
        record = self._record(name, "")
        if _is_open(record, now):
            return record.open_until
        if name in self._trying and not urgent:
            return now + timedelta(seconds=1)
        return self._limit_wait((name, ""), self._limits[name], now)

    def _domain_wait(
        self, domain: str, now: datetime, ahead: int = 0
    ) -> datetime | None:
        record = self._record("", domain)
        if _is_open(record, now):
            return record.open_until
        return self._limit_wait(("", domain), self._most_to(domain), now, ahead)

    def _limit_wait(
        self, key: tuple[str, str], most: int, now: datetime, ahead: int = 0
    ) -> datetime | None:
        """When the next but ``ahead`` may go: a minute after the ``most``-th before."""
        if not most:
            return None
        gone = self._left.get(key)
        if not gone:
            held = self._record(*key).next_at
            if held is not None and now < held <= now + _MINUTE:
                return held
        before = len(gone or ()) + ahead - most
        if before < 0:
            return None
        if gone and before < len(gone):
            then = gone[before] + _MINUTE
        else:
            waited = self._limit_wait(key, most, now, before - len(gone or ()))
            then = (waited or now) + _MINUTE
        return then if then > now else None

    def _warm_up_wait(self, now: datetime) -> datetime | None:
        if self._left_today(now) > 0:
            return None
        local = now.astimezone(self._zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(days=1)).astimezone(now.tzinfo)

    def _left_today(self, now: datetime) -> int:
        """How many more the warm-up allows today."""
        if not self._warm_up:
            return _PLENTY
        record = self._record("", "")
        today = now.astimezone(self._zone).date()
        first = (record.first_at or now).astimezone(self._zone).date()
        sent = record.sent if record.day == today.isoformat() else 0
        days = max((today - first).days, 0)
        return (self._warm_up << min(days, 40)) - sent

    # ── what is counted ──────────────────────────────────────────────────────

    def _most_to(self, domain: str) -> int:
        return self._per_domain.get(domain, self._per_domain.get("*", 0))

    def _count(self, key: tuple[str, str], most: int, now: datetime) -> None:
        if not most:
            return
        gone = self._left.setdefault(key, deque(maxlen=most))
        gone.append(now)
        full = gone[0] + _MINUTE if len(gone) == most else None
        self._set(replace(self._record(*key), next_at=full))

    def _count_day(self, now: datetime) -> None:
        record = self._record("", "")
        day = now.astimezone(self._zone).date().isoformat()
        sent = record.sent if record.day == day else 0
        first = record.first_at or now
        self._set(replace(record, day=day, sent=sent + 1, first_at=first))

    # ── what is learned ──────────────────────────────────────────────────────

    def _note_relay(self, relay: str, domain: str, reply: Reply, now: datetime) -> None:
        record = self._record(relay, "")
        if reply.state is DeliveryState.ACCEPTED:
            self._refusing.pop(relay, None)
        if is_relays_fault(reply) or self._all_refuse(relay, domain, reply):
            self._set(_failed(record, reply.detail, RELAY_PAUSE, now))
        elif record.failures and not _is_open(record, now):
            self._set(replace(record, failures=0, open_until=None, detail=""))

    def _all_refuse(self, relay: str, domain: str, reply: Reply) -> bool:
        """One domain after another will have nothing of it: it is not the domains."""
        if not is_policy(reply):
            return False
        refusing = self._refusing.setdefault(relay, set())
        refusing.add(domain)
        return len(refusing) >= _MANY_DOMAINS

    def _note_domain(self, domain: str, reply: Reply, now: datetime) -> None:
        record = self._record("", domain)
        if reply.blame is Blame.DOMAIN:
            sure = replace(record, failures=max(record.failures, TRIES - 1))
            self._set(_failed(sure, reply.detail, BUSY_PAUSE, now))
        elif is_policy(reply):
            self._set(_failed(record, reply.detail, POLICY_PAUSE, now))
        elif reply.state is DeliveryState.ACCEPTED and record.failures:
            self._set(_forgiven(record, now))

    def _record(self, relay: str, domain: str) -> RelayRecord:
        found = self._records.get((relay, domain))
        return found or RelayRecord(relay=relay, domain=domain)

    def _set(self, record: RelayRecord) -> None:
        self._records[record.relay, record.domain] = record


def is_relays_fault(reply: Reply) -> bool:
    """The relay could not be used, or swallowed a message, or will not have us."""
    if reply.blame is Blame.LINE:
        return reply.state in (DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
    refused_us = reply.blame is Blame.CONTENT and reply.code >= 500
    return refused_us and reply.state is DeliveryState.DEFERRED


def is_policy(reply: Reply) -> bool:
    """A domain refuses what we send, or who we are."""
    return reply.state is DeliveryState.REFUSED and reply.blame is Blame.CONTENT


def _failed(
    record: RelayRecord, detail: str, pause: timedelta, now: datetime
) -> RelayRecord:
    if _is_open(record, now):
        # One that was on its way when the breaker opened tells nothing new.
        return record
    failures = record.failures + 1
    until = None
    if failures >= TRIES:
        until = now + min(pause * 2 ** min(failures - TRIES, 12), LONGEST)
    return replace(record, failures=failures, open_until=until, detail=detail)


def _forgiven(record: RelayRecord, now: datetime) -> RelayRecord:
    if _is_open(record, now):
        return record
    failures = 0 if record.open_until is not None else record.failures - 1
    detail = record.detail if failures else ""
    return replace(record, failures=failures, open_until=None, detail=detail)


def _is_open(record: RelayRecord, now: datetime) -> bool:
    """Tell whether it is waited for; not if a clock that was wrong has set it."""
    until = record.open_until
    return until is not None and now < until <= now + LONGEST


def _moments(found: Iterable[datetime | None]) -> list[datetime]:
    return [one for one in found if one is not None]
