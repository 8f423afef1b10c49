"""Connections to the relays, kept and shared: messages in, replies out.

Each connection is a thread: it makes its message (stitching, signing), hands it over
and brings back what became of it. Threads do, for signing, hashing and the network all
let go of Python's lock (docs/design.md has the figures).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread, current_thread
from time import monotonic

from syndicate.digest.post.routing import RelayLimits, Routing, is_relays_fault
from syndicate.errors import MailError
from syndicate.model import Blame, DeliveryState, Message, RelayRecord, Reply
from syndicate.ports import Transport

log = logging.getLogger(__name__)

_GROWTH = 100
"""Messages after which a relay that turned a connection away is asked for one more."""

Make = Callable[[], Message | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A relay: how a connection to it is opened, and how many there may be."""

    name: str
    open: Callable[[], Transport]
    connections: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What became of a job."""

    job: int
    reply: Reply
    message_id: str = ""
    """"" if there was no message."""


@dataclass(slots=True)
class _Job:
    number: int
    domain: str
    make: Make
    message: Message | None = None
    tried: set[str] = field(default_factory=set)


class _Connection:
    """A transport that is opened with the first message."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._transport: Transport | None = None

    def send(self, message: Message) -> Reply:
        """Hand a message over; nothing that happens raises."""
        try:
            if self._transport is None:
                self._transport = self._route.open()
        except MailError as error:
            said, state = str(error)[:500], DeliveryState.DEFERRED
            return Reply(state=state, detail=said, blame=Blame.LINE)
        try:
            return self._transport.send(message)
        except Exception as error:  # a transport must not raise
            # Nobody knows how far the copy got; as "sending" it would never close.
            log.exception("a transport must not raise")
            said = f"{type(error).__name__}: {error}"[:500]
            return Reply(state=DeliveryState.UNCERTAIN, detail=said, blame=Blame.LINE)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass(slots=True)
class _Relay:
    """A relay at work; ``busy`` counts the jobs that it was given."""

    route: Route
    jobs: SimpleQueue[_Job | None] = field(default_factory=SimpleQueue)
    threads: list[Thread] = field(default_factory=list)
    busy: int = 0
    most: int = 0
    """Connections that it bears: fewer than it may have, if it has turned one away."""
    taken: int = 0
    """Messages that it took since ``most`` was last changed."""

    def __post_init__(self) -> None:
        self.most = self.route.connections

    @property
    def free(self) -> int:
        return self.most - self.busy

    def bears_less(self) -> None:
        """One connection was turned away while others are there: do with those."""
        self.threads.remove(current_thread())
        self.most, self.taken = len(self.threads), 0

    def took(self) -> None:
        """A message was taken; after many, one more connection is tried."""
        self.taken += 1
        if self.taken >= _GROWTH and self.most < self.route.connections:
            self.most, self.taken = self.most + 1, 0


class Pool:
    """The connections to all relays.

    Nothing that a relay says or does raises; the replies tell. One thread puts and
    gets; it never waits for a relay but in :meth:`got` and :meth:`close`.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        routing: Routing | None = None,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._relays = {route.name: _Relay(route) for route in routes}
        limits = [RelayLimits(name=one.name) for one in routes]
        self._routing = routing or Routing(limits)
        self._clock = clock
        self._lock = Lock()
        self._done: SimpleQueue[Handed] = SimpleQueue()
        self._out = 0
        self._closing = False

    @property
    def busy(self) -> int:
        """Jobs that have not come back."""
        return self._out

    @property
    def slots(self) -> int:
        """How many jobs would be begun at once if they were put now."""
        now = self._clock()
        with self._lock:
            if self._routing.waits("", now) is not None:
                return 0
            return sum(self._room(name, now) for name in self._routing.relays(now))

    def waits(self, domain: str, now: datetime, ahead: int = 0) -> datetime | None:
        """When a message to ``domain`` may go; None if now; "" for any message.

        ``ahead`` others to that domain, not yet put, go before it.
        """
        with self._lock:
            return self._routing.waits(domain, now, ahead)

    def trouble(self, now: datetime) -> tuple[RelayRecord, ...]:
        """The relays and domains that are waited for, with what they said."""
        with self._lock:
            return self._routing.trouble(now)

    def remember(self) -> tuple[RelayRecord, ...]:
        """Give what must outlive this process, as far as it is new."""
        with self._lock:
            return self._routing.remember()

    def put(self, job: int, domain: str, make: Make) -> None:
        """Have a message made and handed over; what becomes of it comes by `got`."""
        self._out += 1
        self._give(_Job(job, domain, make))

    def got(self, timeout: float, linger: float = 0.0) -> list[Handed]:
        """Return the jobs that have come back; waits so many seconds for the first.

        Until half of all are back it waits for others, too, for ``linger`` seconds.
        """
        found: list[Handed] = []
        wait, until = timeout, 0.0
        try:
            while self._out > len(found):
                found.append(self._done.get(timeout=wait))
                if len(found) == 1:
                    until = monotonic() + linger
                half = 2 * len(found) >= self._out
                wait = 0.0 if half else max(until - monotonic(), 0.0)
        except Empty:
            pass
        self._out -= len(found)
        return found

    def close(self, patience: float = 15.0) -> None:
        """Wait for what is on its way, and say goodbye.

        Whoever has not come back after so many seconds is left to itself: the relay
        does not answer, and what it was given stays in doubt.
        """
        with self._lock:
            self._closing = True
        threads: list[Thread] = []
        for relay in self._relays.values():
            for thread in relay.threads:
                relay.jobs.put(None)
                threads.append(thread)
            relay.threads = []
        until = monotonic() + patience
        for thread in threads:
            thread.join(max(until - monotonic(), 0.0))

    def _room(self, name: str, now: datetime) -> int:
        relay = self._relays[name]
        if self._routing.is_on_trial(name, now):
            return max(1 - relay.busy, 0)
        return max(min(relay.free, self._routing.room(name, now)), 0)

    def _give(self, job: _Job, failed: Reply | None = None) -> None:
        """Give a job to the relay with most room; back, if there is none."""
        now = self._clock()
        with self._lock:
            relay = None if self._closing else self._chosen(job, now)
            if relay is not None:
                relay.busy += 1
                job.tried.add(relay.route.name)
                self._routing.left(relay.route.name, job.domain, now)
                self._hire(relay)
                relay.jobs.put(job)
                return
            again = self._routing.waits(job.domain, now)
        reply = failed or Reply(
            state=DeliveryState.DEFERRED,
            detail="no relay can be used for now",
            blame=Blame.LINE,
        )
        self._back(job, replace(reply, again_at=again))

    def _chosen(self, job: _Job, now: datetime) -> _Relay | None:
        usable = [
            self._relays[name]
            for name in self._routing.relays(now, urgent=bool(job.tried))
            if name not in job.tried
        ]
        return max(usable, key=lambda one: one.free, default=None)

    def _hire(self, relay: _Relay) -> None:
        if len(relay.threads) < min(relay.busy, relay.most):
            thread = Thread(
                target=self._serve, args=(relay,), name=f"mail-{relay.route.name}"
            )
            thread.daemon = True
            relay.threads.append(thread)
            thread.start()

    def _serve(self, relay: _Relay) -> None:
        """Be one connection: until there is nothing more to do."""
        line = _Connection(relay.route)
        try:
            while (job := relay.jobs.get()) is not None:
                if not self._hand_over(relay, line, job):
                    return
        finally:
            line.close()

    def _hand_over(self, relay: _Relay, line: _Connection, job: _Job) -> bool:
        """Do a job; False if the relay bears one connection less, and another has it.

        Many relays take three or ten connections from a sender. What they say to one
        too many is no failure, as long as the others work.
        """
        name, reply = relay.route.name, _made(job)
        if reply is None and job.message is not None:
            reply = replace(line.send(job.message), relay=name)
        reply = reply or _NOTHING
        now = self._clock()
        with self._lock:
            turned_away = reply.blame is Blame.LINE and 400 <= reply.code < 500
            if turned_away and len(relay.threads) > 1 and not self._closing:
                relay.bears_less()
                relay.jobs.put(job)
                return False
            relay.busy -= 1
            if reply.state is DeliveryState.ACCEPTED:
                relay.took()
            if reply.relay:
                self._routing.note(name, job.domain, reply, now)
            else:
                self._routing.unused(name)
        if reply.state is not DeliveryState.DEFERRED or not reply.relay:
            self._back(job, reply)
        elif is_relays_fault(reply):
            self._give(job, reply)
        else:
            self._back(job, replace(reply, again_at=self.waits(job.domain, now)))
        return True

    def _back(self, job: _Job, reply: Reply) -> None:
        message_id = job.message.message_id if job.message else ""
        self._done.put(Handed(job=job.number, reply=reply, message_id=message_id))


_NOTHING = Reply(state=DeliveryState.CANCELLED, detail="nothing in it for them")


def _made(job: _Job) -> Reply | None:
    """Make the message of a job; a reply tells why there is none."""
    if job.message is not None:
        return None
    try:
        job.message = job.make()
    except MailError as error:
        return Reply(
            state=DeliveryState.REFUSED, detail=str(error)[:500], blame=Blame.CONTENT
        )
    except Exception as error:  # a fault of ours in one copy
        # No thread may die of it, and no job be lost.
        log.exception("a message could not be made")
        said = f"it could not be made: {type(error).__name__}: {error}"
        return Reply(state=DeliveryState.DEFERRED, detail=said[:500])
    return None
