"""Members choose what they get, when, and how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from syndicate.errors import MemberError
from syndicate.members.states import SubscriptionEvent, subscription_after
from syndicate.model import (
    Choice,
    ConsentKind,
    Digest,
    Fault,
    Member,
    MemberState,
    Subscription,
    SubscriptionState,
)
from syndicate.pipeline.membership.desk import (
    Membership,
    consented,
    digest_checked,
    name_checked,
    record,
)
from syndicate.pipeline.membership.moving import STANDING, move
from syndicate.store import Connection, members, subscriptions

LONGEST_PAUSE = timedelta(days=366)
SPOKEN = ("vi", "en")
"""Languages that the frame of our mails has."""
FORM = "preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A member, and its subscriptions by digest, in whatever state."""

    member: Member
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a member wants changed; None leaves it as it was, "" is the digest's."""

    name: str | None = None
    language: str | None = None
    timezone: str | None = None
    text_only: bool | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict)
    """By series; digests that are not named stay as they were."""


def held(work: Membership, member_id: int) -> Held | None:
    """The member of that number and what it holds; None for one who was erased."""
    with work.database.read() as connection:
        return _held(connection, member_id)


def one(work: Membership, subscription_id: int) -> tuple[Member, Subscription] | None:
    """A subscription and whose it is; None if there is none, or of an erased one."""
    with work.database.read() as connection:
        found = subscriptions.get(connection, subscription_id)
        whose = _held(connection, found.member) if found else None
    return (whose.member, found) if whose and found else None


def choose(
    work: Membership, member_id: int, wanted: Wanted, now: datetime
) -> Held | None:
    """Let a member choose: all of ``wanted``, or nothing if any of it cannot be.

    What changed of a digest is kept as a record: it tells later why a person got what
    they got. Choosing starts no subscription and ends none. None if there is no such
    member; raises MemberError that says what cannot be.
    """
    _check_person(wanted)
    choices = {
        key: choice_checked(work, digest_checked(work, key), choice)
        for key, choice in wanted.choices.items()
    }
    with work.database.write() as connection:
        whose = _held(connection, member_id)
        if whose is None:
            return None
        _choose_person(connection, whose.member, wanted, now)
        for kept in whose.subscriptions:
            if kept.digest in choices and choices[kept.digest] != kept.choice:
                _choose(connection, kept, choices[kept.digest], now)
        return _held(connection, member_id)


def pause(
    work: Membership, subscription_id: int, until: datetime, now: datetime
) -> bool:
    """Send nothing of a digest until then; False if it is not active or paused.

    It resumes by itself. Raises MemberError for a moment that is over, or more than a
    year away.
    """
    if not now < until <= now + LONGEST_PAUSE:
        said = "a pause ends after it begins, and within a year"
        raise MemberError(said, fault=Fault.UNTIL, word=until.isoformat())
    with work.database.write() as connection:
        kept = subscriptions.get(connection, subscription_id)
        state = kept and subscription_after(kept.state, SubscriptionEvent.PAUSED)
        if not kept or state is not SubscriptionState.PAUSED:
            return False
        if kept.paused_until == until:
            return True
        subscriptions.set_state(connection, kept.id, state, now, paused_until=until)
        _note(connection, kept, {"paused_until": until.isoformat()}, now)
    return True


def resume(work: Membership, subscription_id: int, now: datetime) -> bool:
    """End a pause now; False if the subscription neither is active nor was paused."""
    with work.database.write() as connection:
        kept = subscriptions.get(connection, subscription_id)
        if kept is None:
            return False
        if move(connection, kept, SubscriptionEvent.RESUMED, now):
            _note(connection, kept, {"paused_until": ""}, now)
            return True
    return kept.state is SubscriptionState.ACTIVE


def choice_checked(work: Membership, digest: Digest, choice: Choice) -> Choice:
    """Return a choice as it is kept, each thing once; raises MemberError.

    The digest's own cadence is kept as "": it stays the digest's if that changes.
    """
    for words, known, fault in (
        (choice.categories, work.categories, Fault.CATEGORY),
        (choice.sources, work.sources, Fault.SOURCE),
    ):
        for word in words:
            if word not in known:
                said = f'there is no {fault.value} "{word}"; known: {", ".join(known)}'
                raise MemberError(said, fault=fault, word=word)
    offered = [one.value for one in (digest.cadence, *digest.offers)]
    if choice.cadence not in ("", *offered):
        said = f'"{digest.key}" does not come {choice.cadence!r}: {", ".join(offered)}'
        raise MemberError(said, fault=Fault.CADENCE, word=choice.cadence)
    _check_number(choice.weekday, 6, Fault.WEEKDAY)
    _check_number(choice.hour, 23, Fault.HOUR)
    own = choice.cadence == digest.cadence.value
    return replace(
        choice,
        cadence="" if own else choice.cadence,
        categories=tuple(sorted(set(choice.categories))),
        sources=tuple(sorted(set(choice.sources))),
    )


def language_checked(language: str) -> str:
    """Return a language of our mails, "" for the digest's; raises MemberError."""
    if language and language not in SPOKEN:
        said = f'"{language}" is none of the languages of our mails: vi, en'
        raise MemberError(said, fault=Fault.LANGUAGE, word=language)
    return language


def timezone_checked(zone: str) -> str:
    """Return the name of a time zone, "" for the digest's; raises MemberError."""
    try:
        if zone:
            ZoneInfo(zone)
    except (KeyError, OSError, ValueError):  # not found is a KeyError
        said = f'"{zone}" is not a time zone; write one like "Asia/Ho_Chi_Minh"'
        raise MemberError(said, fault=Fault.TIMEZONE, word=zone) from None
    return zone


def _check_number(number: int | None, most: int, fault: Fault) -> None:
    if number is not None and not 0 <= number <= most:
        said = f"the {fault.value} is 0 to {most}, not {number}"
        raise MemberError(said, fault=fault, word=str(number))


def _check_person(wanted: Wanted) -> None:
    if wanted.language is not None:
        language_checked(wanted.language)
    if wanted.timezone is not None:
        timezone_checked(wanted.timezone)


def _held(connection: Connection, member_id: int) -> Held | None:
    member = members.get(connection, member_id)
    if member is None or member.state is MemberState.ERASED:
        return None
    kept = subscriptions.of_member(connection, member_id)
    return Held(member=member, subscriptions=tuple(kept))


def _choose_person(
    connection: Connection, member: Member, wanted: Wanted, now: datetime
) -> None:
    new = replace(
        member,
        name=member.name if wanted.name is None else name_checked(wanted.name),
        language=member.language if wanted.language is None else wanted.language,
        timezone=member.timezone if wanted.timezone is None else wanted.timezone,
        text_only=member.text_only if wanted.text_only is None else wanted.text_only,
    )
    if new != member:
        members.change(connection, new, now)


def _choose(
    connection: Connection, kept: Subscription, choice: Choice, now: datetime
) -> None:
    # Of who has left it is told by this moment when that was: it stays.
    left = None if kept.state in STANDING else kept.changed_at
    subscriptions.set_choice(connection, kept.id, choice, left or now)
    _note(connection, kept, subscriptions.columns_of(choice), now)


def _note(
    connection: Connection,
    kept: Subscription,
    said: Mapping[str, object],
    now: datetime,
) -> None:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    mark = members.mark_of(connection, kept.member)
    changed = consented(kept.digest, ConsentKind.CHANGED, now, form=FORM, text=text)
    record(connection, mark, changed)
