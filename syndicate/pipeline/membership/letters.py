"""Letters to members: what is owed to whom, and how it leaves.

A letter is owed in the transaction that gives the reason for it, and sent by the
schedule within seconds. Least mail is best: there is one to confirm, one for people
who sign up for what they get already, a probe, and a person's own data; nobody is
written to for having joined or left.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate import signing
from syndicate.digest.drawing.render import Rendered, inlined
from syndicate.digest.drawing.shown import plain
from syndicate.digest.writing.notice import Notice, faults, notice
from syndicate.errors import MailError, SyndicateError
from syndicate.model import (
    DeliveryState,
    Digest,
    Letter,
    LetterKind,
    Member,
    MemberState,
    Message,
    Reply,
    Site,
    Theme,
)
from syndicate.pipeline.membership.wording import About, Letterhead, worded
from syndicate.ports import Transport
from syndicate.store import (
    Connection,
    Database,
    letters,
    members,
    suppressions,
    used_tokens,
)
from syndicate.templating import Templates

DAY = timedelta(days=1)
COUNTED = (LetterKind.CONFIRM, LetterKind.ALREADY, LetterKind.DATA)
"""Letters that anybody can have sent to an address; so many a day and no more."""
ASKED_FOR = (LetterKind.CONFIRM, LetterKind.ALREADY)
"""Of these, those that take no more than to type the address into a form."""
TWICE = timedelta(seconds=4)
"""In which a form that is pressed twice is one wish."""
LASTING = 4
"""After so many times a day's letters in a month there is one a week: whoever does not
stop fills nobody's mailbox, and shuts nobody out for good either."""
MONTH, WEEK = timedelta(days=30), timedelta(days=7)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240))
"""Until the next try; the last one repeats."""
GIVEN_UP = DAY
"""After so long a letter is of no use any more."""
LEAST_KEPT = timedelta(days=30)
_SILENT = (MemberState.ERASED, MemberState.INVALID, MemberState.COMPLAINED)
log = logging.getLogger(__name__)


def _nobody_else(
    _connection: Connection, _letter: Letter, _reply: Reply, _now: datetime
) -> None:
    """Nobody else is to hear what became of a letter."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """What writing letters works with."""

    database: Database
    site: Site
    digests: Mapping[str, Digest]
    """By series."""
    templates: Callable[[str], Templates]
    """Of a language."""
    sender: str
    bounce_domain: str
    secret: str
    confirm_within: timedelta
    postal_address: str = ""
    privacy: str = ""
    told: Callable[[Connection, int], str] | None = None
    """What is kept of a member, in words, for a letter with a person's data."""
    on_reply: Callable[[Connection, Letter, Reply, datetime], None] = _nobody_else
    """Hears what the next hop said, in the transaction that keeps it."""
    stopping: Callable[[], bool] = _never


# ── What is owed ─────────────────────────────────────────────────────────────


def owe(
    connection: Connection,
    kind: LetterKind,
    member_id: int,
    digests: str | Sequence[str],
    now: datetime,
    *,
    most: int = 0,
) -> int | None:
    """Note that a letter is owed; gives its number, None if it would be too many.

    ``most`` is how many of those that anybody can ask for a member gets in 24 hours;
    0 for no limit. The same letter that has not left yet is not owed twice, nor one
    that was asked for just now.
    """
    about = (digests,) if isinstance(digests, str) else tuple(digests)
    since = now - TWICE if kind in ASKED_FOR else now
    waits = letters.waiting(connection, kind, member_id, about, since=since)
    if waits is not None:
        return waits
    if most and kind in COUNTED and _had_enough(connection, kind, member_id, most, now):
        return None
    return letters.add(connection, kind, member_id, about, now)


def _had_enough(
    connection: Connection, kind: LetterKind, member_id: int, most: int, now: datetime
) -> bool:
    """Whether a member had the letters of the day, or too many in the last weeks."""
    if letters.count_since(connection, member_id, COUNTED, now - DAY) >= most:
        return True
    if kind not in ASKED_FOR:
        return False
    lately = letters.count_since(connection, member_id, ASKED_FOR, now - MONTH)
    if lately < LASTING * most:
        return False
    return letters.count_since(connection, member_id, ASKED_FOR, now - WEEK) > 0


def spend(
    connection: Connection, secret: str, letter_id: int, now: datetime
) -> Letter | None:
    """Use the link of a letter to confirm; None if there is none, or it was used."""
    letter = letters.find(connection, letter_id)
    if letter is None or letter.kind is not LetterKind.CONFIRM:
        return None
    used = used_tokens.use(connection, _used(secret, letter_id), now)
    return letter if used else None


def is_spent(connection: Connection, secret: str, letter_id: int) -> bool:
    """Say whether the link of a letter was used."""
    return used_tokens.is_used(connection, _used(secret, letter_id))


def _used(secret: str, letter_id: int) -> str:
    return signing.mark(secret, "confirm", str(letter_id))


def forget(connection: Connection, confirm_within: timedelta, now: datetime) -> int:
    """Forget letters and used links of which nobody will ask; gives how many.

    A link counts as used for longer than it would work.
    """
    before = now - max(2 * confirm_within, LEAST_KEPT)
    return letters.prune(connection, before) + used_tokens.prune(connection, before)


# ── How it leaves ────────────────────────────────────────────────────────────


def send_letters(
    work: Lettering,
    transport: Callable[[], Transport],
    *,
    clock: Callable[[], datetime],
) -> Counter[DeliveryState]:
    """Send what is due; gives how many came to which state.

    A letter that a process died over is in doubt and not sent again; one that was
    put off is tried again for a day.
    """
    tally: Counter[DeliveryState] = Counter()
    with work.database.read() as connection:
        now = clock()
        if letters.abandoned(connection, now):
            _rescue(work, now)
        if not letters.due(connection, now):
            return tally
    way = transport()
    try:
        while not work.stopping():
            state = _send_next(work, way, clock)
            if state is None:
                break
            tally[state] += 1
    finally:
        way.close()
    return tally


def _rescue(work: Lettering, now: datetime) -> None:
    with work.database.write() as connection:
        letters.rescue(connection, now)


def _send_next(
    work: Lettering, way: Transport, clock: Callable[[], datetime]
) -> DeliveryState | None:
    with work.database.write() as connection:
        letter = letters.claim(connection, clock())
        if letter is None:
            return None
        member = _reachable(connection, letter)
        told = _told(work, connection, letter)
    reply = _handed_over(work, way, letter, member, told)
    now = clock()
    state, due_at = _standing(letter, reply, now)
    with work.database.write() as connection:
        ours = letters.settle(
            connection, letter, state, reply.detail, due_at=due_at, now=now
        )
        if ours:
            work.on_reply(connection, letter, reply, now)
    _log(letter, state, reply)
    return state


def _reachable(connection: Connection, letter: Letter) -> Member | None:
    """Return whom a letter is for, if anything may be sent there now."""
    member = members.get(connection, letter.member)
    if member is None or not member.address or member.state in _SILENT:
        return None
    kept = suppressions.get(connection, members.mark_of(connection, member.id))
    return member if kept is None else None


def _told(work: Lettering, connection: Connection, letter: Letter) -> str:
    if letter.kind is not LetterKind.DATA or work.told is None:
        return ""
    return work.told(connection, letter.member)


def _handed_over(
    work: Lettering, way: Transport, letter: Letter, member: Member | None, told: str
) -> Reply:
    if member is None:
        return Reply(state=DeliveryState.CANCELLED, detail="nobody to write to")
    try:
        message = letter_for(work, letter, member, told=told)
    except SyndicateError as error:
        return Reply(state=DeliveryState.DEFERRED, detail=str(error))
    try:
        return way.send(message)
    except Exception as error:  # noqa: BLE001 -- a transport must not raise
        said = f"{type(error).__name__}: {error}"
        return Reply(state=DeliveryState.UNCERTAIN, detail=said)


def _standing(
    letter: Letter, reply: Reply, now: datetime
) -> tuple[DeliveryState, datetime | None]:
    """Say where a letter stands after a reply, and when it is tried again."""
    if reply.state is not DeliveryState.DEFERRED:
        return reply.state, None
    again = now + PAUSES[min(letter.attempts, len(PAUSES)) - 1]
    if reply.again_at is not None:
        again = max(again, reply.again_at)
    if again > letter.asked_at + GIVEN_UP:
        return DeliveryState.REFUSED, None
    return DeliveryState.DEFERRED, again


def _log(letter: Letter, state: DeliveryState, reply: Reply) -> None:
    """Tell the log, which never learns to whom; a reply may name the address."""
    level = logging.INFO if state is DeliveryState.ACCEPTED else logging.WARNING
    why = f" ({reply.code or reply.blame or 'no reply'})" * (level > logging.INFO)
    log.log(level, "letter %d, %s: %s%s", letter.id, letter.kind, state.value, why)


# ── What it says ─────────────────────────────────────────────────────────────


def letter_for(
    work: Lettering, letter: Letter, member: Member, *, told: str = ""
) -> Message:
    """Make a letter; the same letter is always the same bytes.

    :raises MailError: it would be wrong, or the address cannot stand in a header
    """
    named = [work.digests[key] for key in letter.digests if key in work.digests]
    first = named[0] if named else None
    language = member.language or (first.language if first else work.site.language)
    zone = member.timezone or work.site.timezone
    said = worded(_about(work, letter, member, named, zone, told), language)
    drawn = draw(work, said, language, first.theme if first else Theme())
    word = signing.token(work.secret, "letter", letter.id)
    box = f"l-{word}@{work.bounce_domain}" if work.bounce_domain else ""
    about = Notice(
        about="letter",
        start=letter.asked_at,
        date=letter.asked_at,
        # the name is the wish of whoever filled in the form: it is not repeated
        member=Member(address=member.address),
        sender=work.sender,
        language=language,
        zone=zone,
        token=word,
        bounces=box,
    )
    made = notice(drawn, about, work.site)
    if wrong := faults(made):
        said_of = "; ".join(f"{one.rule}: {one.text}" for one in wrong)
        raise MailError(f"letter {letter.id} would be wrong: {said_of}")
    return made


def _about(
    work: Lettering,
    letter: Letter,
    member: Member,
    named: Sequence[Digest],
    zone: str,
    told: str,
) -> About:
    base = work.site.base_url.rstrip("/")
    until = letter.asked_at + work.confirm_within
    confirm = signing.token(work.secret, "confirm", letter.id, expires=until)
    choose = signing.token(work.secret, "choose", member.id)
    return About(
        kind=letter.kind,
        site=work.site.title,
        titles=tuple(digest.title for digest in named),
        confirm=f"{base}/confirm/{confirm}",
        choose=f"{base}/preferences/{choose}",
        until=until,
        zone=zone,
        told=told,
    )


def draw(work: Lettering, said: Letterhead, language: str, theme: Theme) -> Rendered:
    """Draw what is said, in the look of the digest that it is about."""
    templates = work.templates(language)
    values = {
        "letter": said,
        "theme": theme,
        "site": replace(work.site, title=plain(work.site.title)),
        "postal_address": plain(work.postal_address),
        "privacy": work.privacy,
        "subject": said.subject,
        "preheader": said.preheader,
    }
    html = inlined(templates.render("mail/letter.html", **values))
    text = templates.render("mail/letter.txt", **values)
    return Rendered(said.subject, html, text)
