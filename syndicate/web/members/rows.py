"""A member's preferences, digest by digest, as the form shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from syndicate.model import Choice, Digest, Subscription, SubscriptionState
from syndicate.pipeline.membership.choosing import Held
from syndicate.web.members.choices import cadence_said
from syndicate.web.members.door import MembersDoor
from syndicate.web.members.going import SECOND_THOUGHTS

RECEIVING = (SubscriptionState.ACTIVE, SubscriptionState.PAUSED)
Option = tuple[str, str]
"""A value and its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One digest in the form."""

    key: str
    """Of the series."""
    title: str
    description: str
    language: str
    """Of the digest: its title and description are written in it."""
    on: bool
    held: Subscription | None
    choice: Choice
    until: str
    """The day until which it pauses, as a field for days has it; "" for none."""
    cadences: tuple[Option, ...]
    """How often it can come; the digest's own first. One: there is no choice."""
    categories: tuple[Option, ...]
    sources: tuple[Option, ...]
    asks: bool = False
    """Whoever wants it is asked by a mail to confirm that."""

    @property
    def narrowed(self) -> bool:
        """Only part of it is wanted."""
        return bool(self.choice.categories or self.choice.sources)


def rows_of(door: MembersDoor, whose: Held, language: str) -> list[Row]:
    """What a member gets, got, or could get."""
    held = {kept.digest: kept for kept in whose.subscriptions}
    return [
        _row(door, digest, held.get(key), whose, language)
        for key, digest in door.work.digests.items()
        if digest.signup or (key in held and _is_known(held[key]))
    ]


def asks(kept: Subscription | None, now: datetime) -> bool:
    """Say whether a digest is switched on by a mail that asks, and not at once.

    Who left just now takes it back by a button. Later the mailbox has to say so: the
    page may be open to whoever was passed an issue on.
    """
    if kept is None:
        return True
    if kept.state in RECEIVING:
        return False
    left = kept.changed_at
    return left is None or now >= left + SECOND_THOUGHTS


def _is_known(kept: Subscription) -> bool:
    """The member has had it: who only asked for it, or for whom somebody asked, not."""
    return kept.state in (*RECEIVING, SubscriptionState.UNSUBSCRIBED)


def _row(
    door: MembersDoor,
    digest: Digest,
    kept: Subscription | None,
    whose: Held,
    language: str,
) -> Row:
    shown = kept if kept and _is_known(kept) else None
    choice = shown.choice if shown else Choice()
    cadences = dict.fromkeys((digest.cadence, *digest.offers))
    categories, sources = door.work.categories, door.work.sources
    slugs = [slug for part in digest.sections for slug in part.categories]
    zone = whose.member.timezone or digest.timezone
    return Row(
        key=digest.series,
        title=digest.title,
        description=digest.description,
        language=digest.language,
        on=shown is not None and shown.state in RECEIVING,
        held=shown,
        choice=choice,
        until=_day(shown, zone),
        cadences=tuple((one.value, cadence_said(one, language)) for one in cadences),
        categories=tuple(
            (slug, categories[slug].title)
            for slug in dict.fromkeys(slugs or categories)
            if slug in categories
        ),
        sources=tuple((key, source.title) for key, source in sources.items()),
        asks=asks(shown, door.clock()),
    )


def _day(kept: Subscription | None, zone: str) -> str:
    if kept is None or kept.state is not SubscriptionState.PAUSED:
        return ""
    until: datetime | None = kept.paused_until
    return until.astimezone(ZoneInfo(zone)).date().isoformat() if until else ""
