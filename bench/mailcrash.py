"""Killing those who send an issue, again and again, and counting what arrived.

``python -m bench.mailcrash [--kills N] [--promise at_most_once|at_least_once]
[--store ADDRESS] [--seed N]``: one or two processes at a time send issues to a relay
that greylists, refuses, hangs up and is slow, and are killed at random moments: while
they plan, between claim and hand-over, between hand-over and settling. The relay writes
down what it took. Of every issue then:

- the books balance: planned = accepted + refused + cancelled + uncertain
- lost: who is neither accepted, refused nor uncertain, or accepted and not arrived
- doubled: who got it twice (at_least_once: under two Message-IDs)
- and no more is uncertain than connections that died.

Exit code 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from bench.relay import Fault, Relay, arrived
from syndicate.digest.post.pool import Pool, Route
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.model import (
    Delivery,
    DeliveryState,
    Digest,
    Issue,
    IssueState,
    Message,
    Promise,
)
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.delivering import deliver
from syndicate.pipeline.mailing.planning import edition_of, moments
from syndicate.pipeline.mailing.restoring import Counter as Claims
from syndicate.pipeline.mailing.run import Task
from syndicate.store import Database, issues, ledger, planned
from syndicate.store.schema import members, subscriptions

START = datetime(2026, 11, 16, tzinfo=UTC)
CONNECTIONS = 4
_FAILED = 3
_MOST_TURNS = 400
_SEVERITY = ("lost", "doubled", "books that do not balance")


@dataclass(frozen=True, slots=True)
class World:
    """What the processes share."""

    url: str
    folder: Path
    port: int
    digest: Digest

    @property
    def log(self) -> Path:
        return self.folder / "arrived.txt"


FAULTS = {
    "grey": (2, Fault(rcpt="451 4.7.1 greylisted, come back later")),
    "full": (1, Fault(dot="552 5.2.2 mailbox full")),
    "gone": (99, Fault(rcpt="550 5.1.1 no such user")),
    "torn": (1, Fault(data="drop")),
    "mute": (1, Fault(dot="kept, drop")),
}
"""First word of an address → how many tries are in vain, and how."""


def faults(recipient: str, attempt: int) -> Fault:
    """A receiving side as they are: most take it, some want to be asked again."""
    times, fault = FAULTS.get(recipient.partition(".")[0], (0, Fault()))
    return fault if attempt <= times else Fault()


def address(number: int) -> str:
    """One in ten is a case of its own."""
    words = list(FAULTS)
    word = words[number // 10 % len(words)] if number % 10 == 0 else "well"
    return f"{word}.{number}@d{number % 7}.example"


def main() -> int:
    """Kill, count, and tell; the exit code says whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m bench.mailcrash")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--members", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="")
    parser.add_argument(
        "--promise", choices=[one.value for one in Promise], default="at_most_once"
    )
    given = parser.parse_args()
    with TemporaryDirectory(prefix="mailcrash-") as name:
        found = crash(
            Path(name),
            kills=given.kills,
            people=given.members,
            promise=Promise(given.promise),
            url=given.store,
            rng=Random(given.seed),
        )
    print(json.dumps(found))
    return int(any(found["wrong"].values()))  # type: ignore[attr-defined] -- counts by name


def crash(
    folder: Path, *, kills: int, people: int, promise: Promise, url: str, rng: Random
) -> dict[str, object]:
    """Send issues and kill their senders until so many have died."""
    began = time.monotonic()
    digest = Digest(key="tuan", title="Tuần", promise=promise, expires=timedelta(20))
    world = World(url or f"sqlite:///{folder}/desk.db", folder, 0, digest)
    _people(world, people)
    wrong, sums = Counter[str](), Counter[str]()
    died = number = 0
    while died < kills:
        number += 1
        issue_id = _issue(world, number)
        with _relay(world) as here:
            died += _until_closed(here, issue_id, number, rng, kills - died)
        wrong.update(_wrong(world, issue_id, people, sums))
        world.log.unlink(missing_ok=True)
    return {
        "promise": promise.value,
        "kills": died,
        "issues": number,
        "seconds": round(time.monotonic() - began, 1),
        **sums,
        "wrong": {
            what: int(wrong[what]) for what in dict.fromkeys((*_SEVERITY, *wrong))
        },
    }


# ── The world ────────────────────────────────────────────────────────────────


@contextmanager
def _relay(world: World) -> Iterator[World]:
    """Have a relay in a process of its own; gives the world with its port."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            asyncio.run(_serve(Relay(world.log, faults, delay=0.002), writing))
        os._exit(_FAILED)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield replace(world, port=int(told.readline()))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


async def _serve(relay: Relay, writing: int) -> None:
    server = await relay.begin()
    os.write(writing, f"{relay.port}\n".encode())
    await server.serve_forever()


def _people(world: World, count: int) -> None:
    person = {
        "name": "",
        "state": "ok",
        "language": "",
        "timezone": "",
        "text_only": False,
        "score": 0,
        "soft_days": [],
        "created_at": START,
        "changed_at": START,
    }
    wish = {
        "digest": "tuan",
        "state": "active",
        "origin": "signup",
        "cadence": "",
        "categories": [],
        "sources": [],
        "changed_at": START,
    }
    with Database.open(world.url) as database, database.write() as connection:
        rows = [
            person | {"mark": f"m{n}", "address": address(n), "mailbox": address(n)}
            for n in range(count)
        ]
        connection.execute(insert(members), rows)
        ids = connection.scalars(members.select().with_only_columns(members.c.id))
        connection.execute(
            insert(subscriptions), [wish | {"member_id": one} for one in ids]
        )


def _issue(world: World, number: int) -> int:
    start = START + timedelta(weeks=number)
    issue = Issue(
        digest="tuan",
        number=number,
        start=start,
        end=start + timedelta(weeks=1),
        sections=(),
    )
    with Database.open(world.url) as database, database.write() as connection:
        made = issues.create(
            connection, issue, state=IssueState.APPROVED, sha256="", now=issue.end
        )
    assert made is not None
    return made


# ── Sending and dying ────────────────────────────────────────────────────────


def _until_closed(
    world: World, issue_id: int, number: int, rng: Random, most: int
) -> int:
    """Send an issue until it is closed, killing senders; gives how many died.

    Each turn is some minutes later: the leases of the dead have run out, and what was
    put off is due.
    """
    now = START + timedelta(weeks=number + 1)
    died = 0
    for _turn in range(_MOST_TURNS):
        now += timedelta(minutes=rng.choice((1, 5, 90)))
        children = [
            _sender(world, issue_id, now) for _each in range(rng.choice((1, 1, 1, 2)))
        ]
        for child in children:
            if died < most:
                died += _killed(child, rng.uniform(0, 0.3))
            else:
                os.waitpid(child, 0)
        if _is_closed(world, issue_id):
            return died
    return died


def _sender(world: World, issue_id: int, now: datetime) -> int:
    """Have a process plan and send; forked, so that it begins at once."""
    child = os.fork()
    if child == 0:
        code = _FAILED
        with suppress(BaseException):
            _send(world, issue_id, now)
            code = 0
        os._exit(code)
    return child


def _killed(child: int, after: float) -> bool:
    """Kill it; False if it had come to its end before."""
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _child, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def _send(world: World, issue_id: int, began: datetime) -> None:
    at = time.monotonic()

    def clock() -> datetime:
        return began + timedelta(seconds=time.monotonic() - at)

    url = f"smtp://127.0.0.1:{world.port}"
    route = Route(name="main", open=lambda: SmtpTransport(url), connections=CONNECTIONS)
    with (
        Database.open(world.url) as database,
        closing(Pool([route], clock=clock)) as pool,
        Claims(world.folder / "desk.db.claims") as claims,
    ):
        plan(database, world.digest, issue_id, clock())
        deliver(
            Task(
                database=database,
                digest=world.digest,
                issue_id=issue_id,
                pool=pool,
                make=message,
                clock=clock,
                counter=claims,
            )
        )
        with database.write() as connection:
            accounting.close(connection, issue_id, clock())


def plan(
    database: Database, digest: Digest, issue_id: int, now: datetime
) -> int | None:
    """Plan as the pipeline does, without drawing anything."""
    with database.write() as connection:
        if planned.planned(connection, issue_id) is None:
            edition = edition_of(digest)
            due = moments(digest, planned.sizes(connection, edition, now), now)
            planned.plan(connection, issue_id, edition, due, now)
            planned.close_plan(connection, issue_id, now)
        return planned.planned(connection, issue_id)


def message(delivery: Delivery) -> Message:
    """A small mail, the same bytes whenever it is made."""
    message_id = f"<{delivery.issue}.{delivery.id}@ban.example>"
    head = f"From: <ban@ban.example>\r\nTo: <{delivery.member.address}>\r\n"
    content = f"{head}Message-ID: {message_id}\r\nSubject: Tin\r\n\r\nTin\r\n"
    return Message(
        sender="ban@ban.example",
        recipient=delivery.member.address,
        message_id=message_id,
        content=content.encode(),
    )


# ── What came of it ──────────────────────────────────────────────────────────


def _is_closed(world: World, issue_id: int) -> bool:
    with Database.open(world.url) as database, database.read() as connection:
        return ledger.state_of(connection, issue_id) is IssueState.SENT


def _wrong(
    world: World, issue_id: int, people: int, sums: Counter[str]
) -> Counter[str]:
    """Compare the books with what the relay took."""
    with Database.open(world.url) as database, database.read() as connection:
        state = ledger.state_of(connection, issue_id)
        copies = list(ledger.listed(connection, issue_id))
        expected = planned.planned(connection, issue_id)
    tally = Counter(copy.state for copy in copies)
    got = arrived(world.log)
    times = Counter(recipient for recipient, _id in got)
    ids = Counter(recipient for recipient, _id in set(got))
    sums.update({f"copies {name.value}": n for name, n in tally.items()})
    sums["arrived"] += len(got)
    sums["arrived twice"] += sum(n > 1 for n in times.values())
    wrong = Counter[str]()
    settled = sum(tally[one] for one in accounting.CLOSED)
    wrong["issues left open"] = state is not IssueState.SENT
    wrong["books that do not balance"] = not expected == people == settled
    sure = world.digest.promise is Promise.AT_LEAST_ONCE
    for copy in copies:
        arrivals = times[copy.member.address]
        is_in = copy.state is DeliveryState.ACCEPTED
        wrong["lost"] += _is_lost(copy, arrivals, sure=sure)
        wrong["doubled"] += arrivals > 1 and not sure
        wrong["under two Message-IDs"] += ids[copy.member.address] > 1
        wrong["accepted and not there"] += is_in and not arrivals
        wrong["refused and there"] += copy.state is DeliveryState.REFUSED and arrivals
    wrong["for nobody we planned"] = len(set(times)) > len(copies)
    return wrong


def _is_lost(copy: Delivery, arrivals: int, *, sure: bool) -> bool:
    """Nobody was to be left out but who refused it; in doubt only at most once."""
    if copy.state in (DeliveryState.ACCEPTED, DeliveryState.REFUSED):
        return False
    return sure or copy.state is not DeliveryState.UNCERTAIN or arrivals > 1


if __name__ == "__main__":
    sys.exit(main())
