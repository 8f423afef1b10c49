"""A desk with a full issue and many members, and the process that sends it.

``python -m bench.mailshot CONFIG fill MEMBERS`` stocks the desk of a config.toml,
composes its issue. ``… send`` sends it as ``syndicate digest send`` does,
and says how long that took; with ``--kill N`` it is killed when so many copies have
been accepted. ``… dump FILE N`` writes down what others need to send N copies of the
same issue.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

from sqlalchemy import insert, select

from bench.stock import entry
from bench.texts import article
from syndicate.cli.wire import Wiring, opened
from syndicate.digest.drawing.parts import arranged, frame_of
from syndicate.model import Bond, Label, Member, Message, Relation, Reply
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.copies import Copies
from syndicate.pipeline.mailing.sending import Sent, Watch, send_issue
from syndicate.ports import Transport
from syndicate.store import Connection, entries, issues, stories
from syndicate.store.issues import StoredIssue
from syndicate.store.schema import members, subscriptions

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
"""Two hours after the window ended: Monday at six in Hà Nội."""
STORIES, CATEGORIES = 40, 8
SLUGS = tuple(f"muc-{number}" for number in range(CATEGORIES))
SECRET = "a secret of this bench that has more than 32 letters"
LEAD = 120
"""Characters of a story: messages have 60 to 90 KB with it."""
ALL = 0.6
"""Share of the members who want every category; the others leave out one to three."""
ENGLISH = 0.1
DOMAINS = 50
_AT_A_TIME = 5_000


def main() -> None:
    """Read the arguments, do it, and print what came of it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.mailshot")
    parser.add_argument("config", type=Path)
    todo = parser.add_subparsers(required=True)
    filling = todo.add_parser("fill")
    filling.add_argument("members", type=int)
    filling.set_defaults(do=fill)
    sending = todo.add_parser("send")
    sending.add_argument("--kill", type=int, default=0)
    sending.add_argument("--later", type=int, default=0, help="minutes")
    sending.add_argument("--began", type=float, default=0.0, help="monotonic seconds")
    sending.set_defaults(do=send)
    dumping = todo.add_parser("dump")
    dumping.add_argument("file", type=Path)
    dumping.add_argument("count", type=int)
    dumping.set_defaults(do=dump)
    given = parser.parse_args()
    later = timedelta(minutes=getattr(given, "later", 0))
    with opened(given.config, clock=_clock(later), secret=SECRET) as desk:
        print(json.dumps(given.do(desk, given)), flush=True)


def _clock(later: timedelta) -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: NOW + later + timedelta(seconds=time.monotonic() - began)


# ── The desk ─────────────────────────────────────────────────────────────────


def fill(desk: Wiring, given: argparse.Namespace) -> dict[str, int]:
    """Keep stories and members; compose the issue."""
    digest, work = desk.digest(None), desk.mailing()
    with desk.database.write() as connection:
        _tell_stories(connection, [source.key for source in desk.settings.sources])
        for start in range(0, given.members, _AT_A_TIME):
            _add_members(connection, start, min(start + _AT_A_TIME, given.members))
    stored, _made = compose_issue(work, digest, NOW)
    return {"stories": len(stored.issue.items)}


def _tell_stories(connection: Connection, sources: list[str]) -> None:
    for number in range(STORIES):
        rng = Random(number)
        at = NOW - timedelta(hours=3 + 4 * number)
        text = article(rng, size=2_000)
        story = stories.create(connection, f"story{number:03}", at)
        source = sources[number % len(sources)]
        entries.add(
            connection,
            replace(entry(text, number, source, at), lead=text.paragraphs[0][:LEAD]),
            story=story,
            bond=Bond(relation=Relation.FIRST),
            keys=(),
            shingles=(),
            now=at,
            backlog=False,
        )
        slug = SLUGS[number % CATEGORIES]
        label = Label(category=slug, reason="bench", confidence=0.9, primary=True)
        stories.set_labels(connection, story, (label,))


def _wishes() -> list[tuple[str, ...]]:
    """Every choice of categories that leaves out one, two or three of them."""
    return [
        some
        for count in range(CATEGORIES - 3, CATEGORIES)
        for some in combinations(SLUGS, count)
    ]


def _add_members(connection: Connection, start: int, end: int) -> None:
    choices = _wishes()
    people, wanted = [], []
    for number in range(start, end):
        rng = Random(number)
        address = f"nguoi.nhan.{number}@vd{rng.randrange(DOMAINS)}.example"
        people.append(
            {
                "mark": f"{number:040x}",
                "address": address,
                "mailbox": address,
                "name": "" if number % 3 else "Nguyễn Thị Bạch Tuyết",
                "state": "ok",
                "language": "en" if rng.random() < ENGLISH else "",
                "timezone": "",
                "text_only": False,
                "score": 0,
                "soft_days": [],
                "created_at": NOW,
                "changed_at": NOW,
            }
        )
        all_of_it = rng.random() < ALL
        wanted.append([] if all_of_it else list(rng.choice(choices)))
    connection.execute(insert(members), people)
    query = select(members.c.id).order_by(members.c.id).where(members.c.id > start)
    rows = [
        {
            "member_id": member,
            "digest": "tuan",
            "state": "active",
            "origin": "signup",
            "cadence": "",
            "categories": categories,
            "sources": [],
            "changed_at": NOW,
        }
        for member, categories in zip(connection.scalars(query), wanted, strict=True)
    ]
    connection.execute(insert(subscriptions), rows)


# ── Sending ──────────────────────────────────────────────────────────────────


class _Noted:
    """A transport that notes when the first message was handed over."""

    def __init__(self, inner: Transport, notes: dict[str, float]) -> None:
        self._inner, self._notes = inner, notes

    def send(self, message: Message) -> Reply:
        self._notes.setdefault("first", time.monotonic())
        return self._inner.send(message)

    def close(self) -> None:
        self._inner.close()


def send(desk: Wiring, given: argparse.Namespace) -> dict[str, object]:
    """Send the issue, or as much of it as is sent until we are killed."""
    digest, work = desk.digest(None), desk.mailing()
    stored = _issue(desk)
    notes: dict[str, float] = {}
    accepted = 0
    began = time.monotonic()

    def count(_copy: object, _reply: Reply) -> None:
        nonlocal accepted
        accepted += 1
        if accepted == given.kill:
            seconds = time.monotonic() - began
            told = {"accepted": accepted, "seconds": seconds}
            print(json.dumps(told | {"first": notes["first"] - began}), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    with closing(desk.pool()) as pool:
        for relay in pool._relays.values():  # to look over its shoulder
            opening = relay.route.open
            relay.route = replace(
                relay.route, open=lambda opening=opening: _Noted(opening(), notes)
            )
        sent: Sent = send_issue(
            work, digest, stored, pool, clock=desk.clock, watch=Watch(on_delivery=count)
        )
    return {
        "accepted": accepted,
        "seconds": time.monotonic() - began,
        "first": notes["first"] - (given.began or began),
        "tally": {state.value: number for state, number in sent.tally.items()},
        "state": sent.issue.state.value,
    }


def _issue(desk: Wiring) -> StoredIssue:
    with desk.database.read() as connection:
        found = issues.get(connection, 1)
    if found is None:
        raise SystemExit("there is no issue")
    return found


# ── For others ───────────────────────────────────────────────────────────────


def dump(desk: Wiring, given: argparse.Namespace) -> dict[str, float]:
    """Write the issue as a page with its style sheet, and to whom it goes."""
    work, digest, stored = desk.mailing(), desk.digest(None), _issue(desk)
    copies = Copies(work, digest, stored)
    made = copies.variant()
    if made is None:
        raise SystemExit("there is nothing in the issue")
    tongue = copies.parts.tongues[digest.language]
    frame = frame_of(copies.parts)
    blocks = tuple(arranged(made.issue, digest.language))
    subject, page, text = frame.styled(made.issue, tongue.templates, blocks, ("", ""))
    people = list(_people(given.count))
    told = {
        "subject": subject,
        "html": page,
        "text": text,
        "sender": work.sender,
        "people": people,
    }
    given.file.write_text(json.dumps(told), "utf-8")
    return {"bytes": len(_whole(copies).content)} | _sizes(copies, desk)


def _people(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        address = f"nguoi.nhan.{number}@vd{number % DOMAINS}.example"
        yield {"name": "Nguyễn Thị Bạch Tuyết", "address": address}


def _whole(copies: Copies) -> Message:
    made = copies.sample(reader=Member(address="a@vd.example"))
    if made is None:
        raise SystemExit("there is nothing in the issue")
    return made


def _sizes(copies: Copies, desk: Wiring) -> dict[str, float]:
    """Groups, and the bytes of their messages: least, mean by members, most."""
    with desk.database.read() as connection:
        groups = copies.groups(connection)
    sizes = []
    for group in groups:
        made = copies.sample(group.wish)
        sizes.append((len(made.content) if made else 0, group.members))
    people = sum(count for _size, count in sizes)
    return {
        "groups": len(groups),
        "least": min(size for size, _count in sizes),
        "mean": sum(size * count for size, count in sizes) / people,
        "most": max(size for size, _count in sizes),
    }


if __name__ == "__main__":
    main()
