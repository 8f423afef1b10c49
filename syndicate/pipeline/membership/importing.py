"""A table of people is brought in: on the desk's statement, or by asking each.

What the store knows goes first. Who left, who is suppressed, whose mails come back and
who complained is told and left as it is; a bad row is told by its line and spoils no
other. To import a table twice is to import it once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from syndicate.errors import MemberError
from syndicate.members.sheets import Row, rows
from syndicate.members.states import AddressEvent, SubscriptionEvent
from syndicate.model import (
    Choice,
    ConsentKind,
    Fault,
    LetterKind,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
    Suppression,
    SuppressionReason,
)
from syndicate.pipeline.membership.choosing import (
    choice_checked,
    language_checked,
    timezone_checked,
)
from syndicate.pipeline.membership.desk import (
    Membership,
    address_checked,
    consented,
    digest_checked,
    name_checked,
    record,
)
from syndicate.pipeline.membership.enrolling import (
    JOINED,
    Fate,
    Ground,
    Newcomer,
    enrol,
    fates,
    newcomer,
)
from syndicate.pipeline.membership.letters import owe
from syndicate.pipeline.membership.moving import begin, move_address
from syndicate.pipeline.membership.tables import Entry, entry_of
from syndicate.store import Connection, members, subscriptions, suppressions

REPEATED = "the address stands above already"
NO_MARK = "it has no mark"
CHUNK = 2_000
"""Rows that are kept in one transaction."""
_DEAD = {
    MemberState.BOUNCED.value: AddressEvent.HARD,
    MemberState.COMPLAINED.value: AddressEvent.COMPLAINT,
    MemberState.INVALID.value: AddressEvent.REFUSED,
}
_LISTED = ("", SubscriptionState.ACTIVE.value, SubscriptionState.PAUSED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """On what ground people are brought in, and whence."""

    statement: str
    """The desk's statement that they agreed; "" to ask each by a letter."""
    form: str
    """The file, or the command."""
    origin: Origin = Origin.IMPORT
    digests: tuple[str, ...] = ()
    """For rows that name none."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A row that could not be taken."""

    line: int
    what: str
    """In English; ``fault`` and ``word`` say it in any language."""
    fault: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import came to; people are counted once for each digest."""

    fates: Counter[Fate] = field(default_factory=Counter)
    rows: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    """In the order of the file."""


def _nothing(_rows: int) -> None:
    """Nobody looks on."""


def bring(
    work: Membership,
    text: str,
    how: How,
    *,
    now: datetime,
    dry_run: bool = False,
    advance: Callable[[int], None] = _nothing,
) -> Imported:
    """Import a table; ``advance`` hears how many rows are done.

    :raises SheetError: the text is no table with a column for the address
    """
    done = Imported()
    seen: set[str] = set()
    for some in _chunks(rows(text)):
        entries = list(_understood(work, some, how, done, seen))
        if dry_run:
            _foresee(work, entries, how, done)
        else:
            _keep(work, entries, how, now, done)
        done = replace(done, rows=done.rows + len(some))
        advance(len(some))
    return done


def add(
    work: Membership,
    member: Member,
    choices: Mapping[str, Choice],
    how: How,
    now: datetime,
) -> Counter[Fate]:
    """Put one person on digests, as a table with one row would; raises MemberError."""
    sound = replace(
        member,
        address=address_checked(member.address),
        name=name_checked(member.name),
        language=language_checked(member.language),
        timezone=timezone_checked(member.timezone),
    )
    checked = {
        key: choice_checked(work, digest_checked(work, key), choice)
        for key, choice in choices.items()
    }
    if not checked:
        raise MemberError("say which digest", fault=Fault.DIGEST)
    person = newcomer(work.secret, sound)
    done = Imported()
    _keep(work, [Entry(line=0, person=person, choices=checked)], how, now, done)
    return done.fates


def _chunks(found: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(found, CHUNK)):
        yield some


def _understood(
    work: Membership, some: Sequence[Row], how: How, done: Imported, seen: set[str]
) -> Iterator[Entry]:
    for row in some:
        if row.trouble:
            done.troubles.append(Trouble(row.line, row.trouble))
            continue
        try:
            entry = entry_of(work, row, how.digests)
        except MemberError as error:
            told = Trouble(row.line, str(error), error.fault, error.word)
            done.troubles.append(told)
            continue
        fresh = {
            key: choice
            for key, choice in entry.choices.items()
            if f"{key} {entry.person.mark}" not in seen
        }
        seen.update(f"{key} {entry.person.mark}" for key in fresh)
        if fresh:
            yield replace(entry, choices=fresh)
        else:
            done.troubles.append(Trouble(row.line, REPEATED))


def _foresee(
    work: Membership, entries: Sequence[Entry], how: How, done: Imported
) -> None:
    """Count what would become of them."""
    with work.database.read() as connection:
        for digest, some in _by_digest(entries, done).items():
            found = fates(connection, digest, some, _event(how))
            done.fates.update(found.values())


def _keep(
    work: Membership, entries: Sequence[Entry], how: How, now: datetime, done: Imported
) -> None:
    with work.database.write() as connection:
        for entry in entries:
            _keep_away(connection, entry, how, now)
        joined: dict[str, list[str]] = {}
        for digest, some in _by_digest(entries, done).items():
            found = enrol(connection, digest, some, _ground(how, digest, now), now)
            done.fates.update(found.values())
            for mark, fate in found.items():
                if fate in JOINED:
                    joined.setdefault(mark, []).append(digest)
        if not how.statement:
            _owe(connection, joined, now)


def _event(how: How) -> SubscriptionEvent:
    return SubscriptionEvent.STATED if how.statement else SubscriptionEvent.ASKED


def _ground(how: How, digest: str, now: datetime) -> Ground:
    kind = ConsentKind.STATED if how.statement else ConsentKind.ASKED
    said = consented(digest, kind, now, form=how.form, text=how.statement)
    return Ground(event=_event(how), origin=how.origin, consent=said)


def _by_digest(entries: Sequence[Entry], done: Imported) -> dict[str, list[Newcomer]]:
    """Who is to be put on which digest; the others are counted."""
    found: dict[str, list[Newcomer]] = {}
    for entry in entries:
        fate = _said_fate(entry)
        if fate is not None:
            done.fates[fate] += len(entry.choices)
            continue
        for digest, choice in entry.choices.items():
            found.setdefault(digest, []).append(replace(entry.person, choice=choice))
    return found


def _said_fate(entry: Entry) -> Fate | None:
    """What the table itself says of somebody who is not to be put on anything."""
    if entry.state == SubscriptionState.UNSUBSCRIBED.value:
        return Fate.LEFT
    if entry.standing in _DEAD:
        return Fate.STOPPED
    return None if entry.state in _LISTED else Fate.PASSED


def _owe(
    connection: Connection, joined: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """Owe everybody one letter that asks to confirm."""
    for mark, digests in joined.items():
        member = members.marked(connection, mark)
        if member is not None:
            owe(connection, LetterKind.CONFIRM, member.id, tuple(digests), now)


def _keep_away(connection: Connection, entry: Entry, how: How, now: datetime) -> None:
    """Remember of a stranger that they left elsewhere, or that their mails come back.

    What is known here goes first: nobody leaves by a table who is active here.
    """
    dead, person = _DEAD.get(entry.standing), entry.person
    if dead is None and entry.state != "unsubscribed":
        return
    member = members.marked(connection, person.mark)
    if member is None:
        member = members.add(
            connection, person.member, mailbox=person.mailbox, mark=person.mark, now=now
        )
        if dead:
            move_address(connection, member, dead, now)
    if entry.standing == MemberState.COMPLAINED.value:
        reason = SuppressionReason.COMPLAINT
        gone = Suppression(mark=person.mark, reason=reason, at=now, note=how.form)
        suppressions.add(connection, gone)
    if entry.state != "unsubscribed":
        return
    for digest in entry.choices:
        if subscriptions.one(connection, member.id, digest) is None:
            left = SubscriptionEvent.LEFT
            kept = begin(connection, member.id, digest, left, now, origin=how.origin)
            if kept:
                choice = entry.choices[digest]
                subscriptions.set_choice(connection, kept.id, choice, now)
            said = consented(digest, ConsentKind.LEFT, now, form=how.form)
            record(connection, person.mark, said)


def bring_suppressed(
    work: Membership, text: str, now: datetime, *, dry_run: bool = False
) -> Imported:
    """Import marks of suppressed addresses, as ``export --suppressed`` wrote them."""
    done = Imported()
    with work.database.write() as connection:
        for row in rows(text):
            done = replace(done, rows=done.rows + 1)
            mark = row.cells.get("mark", "").lower()
            reason = row.cells.get("reason", SuppressionReason.DESK.value)
            if len(mark) != 40 or set(mark) - set("0123456789abcdef"):
                done.troubles.append(Trouble(row.line, row.trouble or NO_MARK))
            elif reason not in list(SuppressionReason):
                done.troubles.append(Trouble(row.line, f'"{reason}" is no reason'))
            else:
                gone = Suppression(
                    mark=mark,
                    reason=SuppressionReason(reason),
                    at=now,
                    note=row.cells.get("note", ""),
                )
                new = suppressions.get(connection, mark) is None
                if not dry_run:
                    new = suppressions.add(connection, gone)
                done.fates[Fate.ADDED if new else Fate.KNOWN] += 1
    return done
