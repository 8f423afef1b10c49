"""Tell followers and hubs: calls side by side, none waiting for another.

One that hangs costs its own time alone: calls are bounded in all and to each host, a
host is asked more at once only after it has answered, and whoever failed the last time
comes after those that did not.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from syndicate.errors import FetchError, PublishError, SyndicateError
from syndicate.gather.destinations import one_line
from syndicate.model import Follower, FollowerState, Ping
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.pipeline.websub.hubturns import (
    CLAIM,
    GONE,
    Done,
    Room,
    Turn,
    release,
    take_turns,
    tidy,
)
from syndicate.ports import Answered, Call, Caller
from syndicate.publish.media_types import media_type
from syndicate.publish.websub.following import Step
from syndicate.publish.websub.hub import (
    confirms,
    delivery_headers,
    denying_url,
    ping_form,
    verifying_url,
)

log = logging.getLogger(__name__)

AT_ONCE = 256
"""Calls under way; sockets are not endless."""
DOUBTFUL = 128
"""Of them, to those who are yet to confirm what was asked, or who failed before."""
LONG = 2.0
"""Seconds after which a call has lasted long: then it holds nobody else up."""
LONG_AT_ONCE = 256
"""Calls that have lasted long, beside the others."""
SLOW = 64
"""Calls under way to hosts whose last one lasted long: they share these."""
FIRST_AT_HOST = 16
MOST_AT_HOST = 128
BRIEF = 5.0
"""Seconds that somebody has to confirm what was asked."""
LOOK = 1.0
"""Seconds between two looks at the store: another process may have published."""
LONGEST_REST = 60.0
"""Seconds, while the store cannot be reached."""
TIDY = 300.0
GRACE = 3.0
"""Seconds that calls under way have when we are to end."""
_BODIES = 32_000_000
"""Bytes of documents that are kept for the next follower."""
_HOSTS = 2_000
"""Hosts of which we remember how many calls they bear."""
_ANSWER = 200
"""Bytes of an answer that are read: a challenge is shorter."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class _Body:
    stamp: tuple[int, int]
    content: bytes


class Teller:
    """Sees to all that is due at the hub, until it is told to stop."""

    def __init__(self, work: Hubbing, caller: Caller) -> None:
        self._work = work
        self._caller = caller
        self._flying: dict[asyncio.Task[None], Turn] = {}
        self._claimed: dict[asyncio.Task[None], float] = {}
        """When their rows were claimed last."""
        self._done: list[Done] = []
        self._begun: dict[asyncio.Task[None], float] = {}
        self._allowed: OrderedDict[str, int] = OrderedDict()
        self._slow: OrderedDict[str, None] = OrderedDict()
        """Hosts whose last call lasted long."""
        self._bodies: dict[str, _Body] = {}
        self._stir = asyncio.Event()
        self.calls = 0
        """Made so far."""
        self.failed = 0
        """Of them, those that came to nothing."""

    def wake(self) -> None:
        """Look at the store at once. From other threads: by call_soon_threadsafe."""
        self._stir.set()

    async def run(self, stopping: Callable[[], bool]) -> None:
        """See to what is due until ``stopping``."""
        clock, tidied, rest = asyncio.get_running_loop().time, float("-inf"), LOOK
        while not stopping():
            self._stir.clear()
            try:
                if clock() - tidied > TIDY:
                    await asyncio.to_thread(tidy, self._work)
                    tidied = clock()
                await self._round()
                rest = LOOK
            except SyndicateError as error:
                log.error("hub: %s", error)
                rest = min(2 * rest, LONGEST_REST)
            except Exception:  # a fault of ours must not end the hub
                log.exception("hub")
                rest = min(2 * rest, LONGEST_REST)
            await self._pause(rest)
        await self._end()

    async def drain(self) -> None:
        """See to all that is due now, and end."""
        await asyncio.to_thread(tidy, self._work)
        while True:
            self._stir.clear()
            begun = await self._round()
            if not begun and not self._flying and not self._done:
                return
            if self._flying:
                await self._stir.wait()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stir.wait(), seconds)
        except TimeoutError:
            return

    async def _round(self) -> int:
        """Note what finished, begin what is due; how many calls were begun."""
        done, self._done = self._done, []
        clock = asyncio.get_running_loop().time
        flying = Counter(turn.host for turn in self._flying.values())
        long = sum(clock() - at > LONG for at in self._begun.values())
        room = Room(
            left=AT_ONCE - len(self._flying) + min(long, LONG_AT_ONCE),
            flying={turn.key for turn in self._flying.values()},
            at=flying,
            allowed=self._allowed,
            first=FIRST_AT_HOST,
            doubtful=DOUBTFUL - sum(t.doubtful for t in self._flying.values()),
            slow=frozenset(self._slow),
            slowly=SLOW - sum(flying[host] for host in flying if host in self._slow),
        )
        lasting = self._lasting(clock())
        try:
            turns = await asyncio.to_thread(take_turns, self._work, done, room, lasting)
        except BaseException:  # nothing that was done is lost; it goes on up
            self._done = [*done, *self._done]
            raise
        for turn in turns:
            task = asyncio.create_task(self._see_to(turn))
            self._flying[task] = turn
            self._claimed[task] = self._begun[task] = clock()
            task.add_done_callback(self._landed)
        self.calls += len(turns)
        return len(turns)

    def _lasting(self, now: float) -> list[Turn]:
        """The calls whose claims are half over."""
        half = CLAIM.total_seconds() / 2
        tasks = [task for task, at in self._claimed.items() if now - at > half]
        self._claimed.update(dict.fromkeys(tasks, now))
        return [self._flying[task] for task in tasks]

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.pop(task, None)
        self._claimed.pop(task, None)
        self._begun.pop(task, None)
        if not self._flying:
            self._bodies.clear()
        self._stir.set()

    async def _see_to(self, turn: Turn) -> None:
        clock = asyncio.get_running_loop().time
        begun = clock()
        try:
            done = await self._called(turn)
        except FetchError as error:
            # without the address: whoever knows a callback could write to it
            detail = one_line(error.reason)[:300]
            done = Done(turn=turn, good=False, detail=detail)
        except (OSError, PublishError) as error:
            log.error("hub: %s: %s", turn.held.topic, error)
            done = Done(turn=turn, good=False, ours=True)
        except Exception:  # a fault of ours: noted, so that it is not tried at once
            log.exception("hub: %s", turn.held.topic)
            done = Done(turn=turn, good=False, detail="a fault of the desk")
        self._done.append(done)
        self.failed += not done.good
        if not done.ours:
            self._learn(turn.host, good=done.status > 0, seconds=clock() - begun)
            _tell(done)

    async def _called(self, turn: Turn) -> Done:
        answer = await self._caller.call(self._call(turn))
        if turn.step is Step.VERIFY:
            good = confirms(answer.status, answer.body, turn.challenge)
        else:
            good = 200 <= answer.status < 300
        detail = "" if good else _said(turn, answer)
        wait = timedelta(seconds=answer.retry_after or 0)
        return Done(
            turn=turn, good=good, status=answer.status, detail=detail, wait=wait
        )

    def _call(self, turn: Turn) -> Call:
        held = turn.held
        if isinstance(held, Ping):
            form = urlencode(ping_form(held.topic)).encode()
            headers = {"Content-Type": _FORM}
            return Call(method="POST", url=held.hub, headers=headers, body=form)
        if turn.step is Step.VERIFY:
            url = verifying_url(held, turn.challenge)
            return Call(url=url, most=_ANSWER, seconds=BRIEF)
        if turn.step is Step.DENY:
            url = denying_url(held, "there is no such feed here")
            return Call(url=url, seconds=BRIEF)
        return self._delivery(held)

    def _delivery(self, held: Follower) -> Call:
        body = self._read(held.topic)
        kind = media_type(held.topic) or "application/octet-stream"
        headers = delivery_headers(held, body, content_type=kind, hub=self._work.ours)
        return Call(method="POST", url=held.callback, headers=headers, body=body)

    def _read(self, topic: str) -> bytes:
        """Read a document, once for all its followers."""
        file = self._work.document(topic)
        if file is None:
            raise FileNotFoundError(f"{topic}: no such document")
        status = file.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._bodies.get(topic)
        if kept is None or kept.stamp != stamp:
            if sum(len(one.content) for one in self._bodies.values()) > _BODIES:
                self._bodies.clear()
            kept = self._bodies[topic] = _Body(stamp, file.read_bytes())
        return kept.content

    def _learn(self, host: str, *, good: bool, seconds: float) -> None:
        """Let a host that answers be called more at once, and less if it hangs.

        Who answers well but late is slow all the same: one that has many names could
        else hold all calls without ever failing.
        """
        now = self._allowed.pop(host, FIRST_AT_HOST)
        self._allowed[host] = min(now + 1, MOST_AT_HOST) if good else max(now // 2, 2)
        self._slow.pop(host, None)
        if seconds > LONG:
            self._slow[host] = None
        for known in (self._allowed, self._slow):
            while len(known) > _HOSTS:
                known.popitem(last=False)

    async def _end(self) -> None:
        """Let calls end that are under way; what does not is due again."""
        if self._flying:
            await asyncio.wait(tuple(self._flying), timeout=GRACE)
        left = list(self._flying.values())
        for task in tuple(self._flying):
            task.cancel()
        try:
            room = Room(left=0)
            await asyncio.to_thread(take_turns, self._work, self._done, room)
            await asyncio.to_thread(release, self._work, left)
        except SyndicateError as error:
            log.error("hub: %s", error)


def _said(turn: Turn, answer: Answered) -> str:
    if turn.step is Step.VERIFY and 200 <= answer.status < 300:
        return "its answer was not our challenge"
    if 300 <= answer.status < 400:
        return f"HTTP {answer.status}: a callback must not redirect"
    return f"HTTP {answer.status}"


def _tell(done: Done) -> None:
    """Log hosts and topics: callbacks and secrets are nobody else's business."""
    held, turn = done.turn.held, done.turn
    if isinstance(held, Ping):
        level = logging.DEBUG if done.good else logging.WARNING
        log.log(level, "hub %s: %s: %s", turn.host, held.topic, done.detail or "told")
        return
    if turn.step is Step.DELIVER:
        left = done.status == GONE
        level = logging.DEBUG if done.good else logging.INFO
        word = "delivered" if done.good else done.detail
        log.log(level, "follower %d at %s: %s", held.id, turn.host, word)
        if left:
            log.info("follower %d at %s wants no more", held.id, turn.host)
        return
    said = {
        Step.DENY: "was told that its topic does not exist",
        Step.VERIFY: f"{held.intent.value}: {'verified' if done.good else done.detail}",
    }[turn.step]
    new = held.state is not FollowerState.VERIFIED
    level = logging.INFO if done.good or new else logging.WARNING
    log.log(level, "follower %d at %s: %s", held.id, turn.host, said)
