"""Whatever people and the desk do, in whatever order: who gets mail wanted it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from syndicate.members.marks import address_mark
from syndicate.members.states import AddressEvent
from syndicate.model import Member, Suppression, SuppressionReason
from syndicate.pipeline.membership.audience import bring_in
from syndicate.pipeline.membership.choosing import pause, resume
from syndicate.pipeline.membership.erasing import erase_address
from syndicate.pipeline.membership.importing import How, bring
from syndicate.pipeline.membership.joining import confirm
from syndicate.pipeline.membership.leaving import come_back, leave
from syndicate.pipeline.membership.moving import move_address
from syndicate.pipeline.membership.suppressing import lift, suppress
from syndicate.pipeline.membership.tidying import tidy
from syndicate.store import suppressions

PEOPLE = ("an@vd.example", "ba@vd.example")
DIGESTS = ("weekly", "monthly")
STATED = How(statement="said so", form="import")


@dataclass
class World:
    """A desk, and what a careful clerk would remember of it."""

    desk: Any
    chance: random.Random
    left: set[tuple[str, str]] = field(default_factory=set)
    """Who said of which digest that they want no more of it, and nothing since."""
    never: set[str] = field(default_factory=set)
    """Who may not be written to."""
    asked: set[tuple[str, str]] = field(default_factory=set)
    """Who asked, and has not left since."""
    grounds: set[tuple[str, str]] = field(default_factory=set)
    """For whom there was a confirmation or a statement, ever."""

    def one(self) -> tuple[str, str]:
        return self.chance.choice(PEOPLE), self.chance.choice(DIGESTS)

    def ask(self) -> None:
        who, _what = self.one()
        digests = self.chance.sample(DIGESTS, self.chance.randint(1, 2))
        self.desk.ask(who, *digests)
        self.asked.update((who, what) for what in digests)

    def confirm(self) -> None:
        letters = [row for row in self.desk.letters() if row.kind == "confirm"]
        if not letters:
            return
        letter = self.chance.choice(letters)
        who = next(
            (
                one
                for one in PEOPLE
                if (found := self.desk.find(one)) and found.id == letter.member_id
            ),
            None,
        )
        before = {what: self.desk.state(who, what) if who else "" for what in DIGESTS}
        for what in confirm(self.desk.work, letter.id, self.desk.now) or ():
            if before[what] not in ("active", "paused"):
                assert (who, what) in self.asked, "a letter from before they left"
                self.left.discard((str(who), what))
            self.grounds.add((str(who), what))

    def leave(self) -> None:
        who, what = self.one()
        held = self.desk.held(who, what)
        if held:
            leave(self.desk.work, held.id, self.desk.now)
            self.left.add((who, what))
            self.asked.discard((who, what))

    def come_back(self) -> None:
        who, what = self.one()
        held = self.desk.held(who, what)
        was = held and held.state.value
        if held and come_back(self.desk.work, held.id, self.desk.now):
            assert was in ("unsubscribed", "active", "paused")
            self.left.discard((who, what))
            self.grounds.add((who, what))

    def bring(self) -> None:
        who, what = self.one()
        text = f"address,digests\n{who},{what}\n"
        bring(self.desk.work, text, STATED, now=self.desk.now)
        self.grounds.add((who, what))

    def settings(self) -> None:
        """Let config.toml name some of them."""
        what = self.chance.choice(DIGESTS)
        named = self.chance.sample(PEOPLE, self.chance.randint(0, len(PEOPLE)))
        audience = tuple(Member(address=one) for one in named)
        digest = replace(self.desk.work.digests[what], audience=audience)
        with self.desk.database.write() as connection:
            bring_in(
                connection, digest, secret=self.desk.work.secret, now=self.desk.now
            )
        self.grounds.update((one, what) for one in named)

    def pause(self) -> None:
        held = self.desk.held(*self.one())
        if held:
            until = self.desk.now + timedelta(days=self.chance.randint(1, 9))
            pause(self.desk.work, held.id, until, self.desk.now)

    def resume(self) -> None:
        held = self.desk.held(*self.one())
        if held:
            resume(self.desk.work, held.id, self.desk.now)

    def happen(self) -> None:
        """Let mail to somebody fare in some way."""
        who, _what = self.one()
        found = self.desk.find(who)
        event = self.chance.choice(
            [AddressEvent.SOFT, AddressEvent.HARD, AddressEvent.CLEAN]
        )
        if found:
            with self.desk.database.write() as connection:
                move_address(connection, found, event, self.desk.now)

    def complain(self) -> None:
        who, _what = self.one()
        found = self.desk.find(who)
        if not found:
            return
        mark = address_mark(self.desk.work.secret, who)
        reason = SuppressionReason.COMPLAINT
        gone = Suppression(mark=mark, reason=reason, at=self.desk.now)
        with self.desk.database.write() as connection:
            move_address(connection, found, AddressEvent.COMPLAINT, self.desk.now)
            suppressions.add(connection, gone)
        self.never.add(who)

    def suppress(self) -> None:
        who, _what = self.one()
        suppress(self.desk.work, who, "", self.desk.now)
        self.never.add(who)

    def lift(self) -> None:
        who, _what = self.one()
        lift(self.desk.work, who, "they wrote", self.desk.now)
        self.never.discard(who)

    def erase(self) -> None:
        who, _what = self.one()
        known = [what for what in DIGESTS if self.desk.held(who, what)]
        erase_address(self.desk.work, who, self.desk.now)
        self.never.add(who)
        self.left.update((who, what) for what in known)
        self.asked.difference_update((who, what) for what in DIGESTS)

    def wait(self) -> None:
        self.desk.later(days=self.chance.choice([0.5, 3, 8, 40]))
        tidy(self.desk.work, self.desk.now)


DEEDS: tuple[tuple[Callable[[World], None], int], ...] = (
    *((World.ask, 6), (World.confirm, 6), (World.leave, 4), (World.come_back, 2)),
    *((World.bring, 3), (World.settings, 3), (World.pause, 2), (World.resume, 1)),
    *((World.happen, 3), (World.complain, 1), (World.suppress, 1), (World.lift, 2)),
    *((World.erase, 1), (World.wait, 4)),
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_who_gets_mail_wanted_it_and_has_not_said_otherwise(
    sqlite_desk: Any, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 -- a sequence to be told again
    world = World(sqlite_desk, chance)
    deeds, weights = zip(*DEEDS, strict=True)
    told = []
    for deed in chance.choices(deeds, weights, k=60):
        deed(world)
        sqlite_desk.later(minutes=1)
        told.append(deed.__name__)
        for digest in DIGESTS:
            for who in sqlite_desk.audience(digest):
                assert (who, digest) not in world.left, (who, digest, told)
                assert who not in world.never, (who, told)
                assert (who, digest) in world.grounds, (who, digest, told)
