"""What a row of a table says of a person, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.errors import MemberError
from syndicate.members.sheets import Row
from syndicate.model import Choice, Fault, Member, SubscriptionState
from syndicate.pipeline.membership.choosing import (
    choice_checked,
    language_checked,
    timezone_checked,
)
from syndicate.pipeline.membership.desk import (
    Membership,
    address_checked,
    digest_checked,
    name_checked,
)
from syndicate.pipeline.membership.enrolling import Newcomer, newcomer

_YES = frozenset(("1", "yes", "true", "x", "có", "co", "y"))
_YEARS = range(1970, 2200)
"""Others cannot be told in every time zone, or were never meant."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row that was understood: a person, and what it says of them."""

    line: int
    person: Newcomer
    choices: Mapping[str, Choice]
    """By series."""
    state: str = ""
    """That the table gives the subscription; "" for active."""
    standing: str = ""
    """That it gives the address."""


def entry_of(work: Membership, row: Row, digests: Sequence[str]) -> Entry:
    """Understand a row; ``digests`` are for one that names none.

    :raises MemberError: something in it cannot be
    """
    cells = row.cells
    member = Member(
        address=address_checked(_bare(cells.get("address", ""))),
        name=name_checked(cells.get("name", "")),
        language=language_checked(cells.get("language", "").lower()),
        timezone=timezone_checked(cells.get("timezone", "")),
        text_only=cells.get("text_only", "").lower() in _YES,
    )
    choice = Choice(
        cadence=cells.get("cadence", "").lower(),
        weekday=_weekday(cells.get("weekday", "")),
        hour=_number(cells.get("hour", ""), Fault.HOUR),
        categories=_words(cells.get("categories", "")),
        sources=_words(cells.get("sources", "")),
    )
    keys = _words(cells.get("digests", "")) or tuple(digests)
    if not keys:
        raise MemberError("it names no digest", fault=Fault.DIGEST)
    state = cells.get("state", "").lower()
    if state and state not in list(SubscriptionState):
        raise MemberError(f'"{state}" is no state of a subscription')
    until = _moment(cells.get("paused_until", ""))
    if state == SubscriptionState.PAUSED.value and until is None:
        # Until when, nobody knows: to send at once is not what the person wants.
        raise MemberError("it is paused, and the table says not until when")
    person = newcomer(work.secret, member)
    return Entry(
        line=row.line,
        person=replace(person, paused_until=until if state == "paused" else None),
        choices={
            key: choice_checked(work, digest_checked(work, key), choice)
            for key in dict.fromkeys(keys)
        },
        state=state,
        standing=cells.get("standing", "").lower(),
    )


def _bare(address: str) -> str:
    """An address without what programs put around it: mailto:, angle brackets."""
    bare = address.strip().removeprefix("mailto:")
    if bare.endswith(">") and bare.count("<") == 1:
        bare = bare[bare.index("<") + 1 : -1]
    return bare


def _words(cell: str) -> tuple[str, ...]:
    """The words of a cell; commas, semicolons and bars part them as spaces do."""
    return tuple(cell.translate({ord(one): " " for one in ",;|"}).split())


def _number(cell: str, fault: Fault) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) < 4):
        raise MemberError(f'"{cell}" is no {fault.value}', fault=fault, word=cell)
    return int(cell)


def _weekday(cell: str) -> int | None:
    """A day as a number with Monday 0, or as its first three English letters."""
    if cell.lower()[:3] in _DAYS:
        return _DAYS.index(cell.lower()[:3])
    return _number(cell, Fault.WEEKDAY)


def _moment(cell: str) -> datetime | None:
    if not cell:
        return None
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS:
        said = f'"{cell}" is no moment; write 2026-12-31T00:00:00+07:00'
        raise MemberError(said, fault=Fault.UNTIL, word=cell)
    return moment
