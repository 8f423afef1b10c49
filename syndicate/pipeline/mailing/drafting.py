"""A draft and its editors: what they change, decide, and what silence means.

::

    DRAFT ──approve──▶ APPROVED ──(sending)──▶ SENT
     │ ▲ └──skip────▶ SKIPPED ◀──skip──┐
     │ └──edit── APPROVED              │       (as long as nothing was planned)
     └──hold, silence──▶ HELD ─────────┘ ──approve──▶ APPROVED

Approval is of everything that any copy can be made of, by its sha256. Every decision
looks at the issue as it is in the transaction that writes it: two people, or a person
and the clock, never decide on two different states.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from syndicate.digest.choosing.editing import edited
from syndicate.errors import MailError, SyndicateError
from syndicate.model import Digest, Edits, IssueState, Silence
from syndicate.pipeline.mailing.copies import Copies, Mailing
from syndicate.store import Connection, drafts, issues
from syndicate.store.drafts import Decision
from syndicate.store.issues import StoredIssue

DEADLINE = "deadline"
"""Who decides when nobody else has."""
UNDECIDED = (IssueState.DRAFT, IssueState.HELD)
AT_WORK = timedelta(hours=1)
"""Who has just edited is not silent: a draft waits so long for another word."""
NOBODY_DECIDED = "nobody decided on it by its deadline"
NOT_TOLD = "the desk could not be told of the draft"
LONGEST_WHY = 500


def edit(
    work: Mailing, digest: Digest, stored: StoredIssue, edits: Edits, now: datetime
) -> StoredIssue:
    """Keep what an editor changed, in place of all that was changed before.

    A draft waits at least an hour for the next word then. An approved issue becomes a
    draft again, with the time for review, as long as nothing of it was planned. Raises
    MailError for what :func:`~syndicate.digest.choosing.editing.edited` refuses, and
    for an issue that is under way, sent or skipped.
    """
    edited(stored.issue, edits)
    with work.database.write() as connection:
        kept = _open(connection, stored)
        _unchanged(kept, stored)
        state = IssueState.HELD if kept.state is IssueState.HELD else IssueState.DRAFT
        until = now + min(AT_WORK, digest.review)
        if kept.state is IssueState.APPROVED:
            until = now + digest.review
        deadline_at = max(kept.deadline_at or until, until)
        drafts.keep_edits(
            connection, kept.id, edits, state=state, deadline_at=deadline_at
        )
        return _again(connection, kept)


def approve(
    work: Mailing,
    digest: Digest,
    stored: StoredIssue,
    *,
    by: str,
    now: datetime,
    seen: str = "",
) -> StoredIssue:
    """Approve an issue as it is drawn now; ``seen``: the sha256 that was looked at.

    Its beginning is enough. Raises MailError if it is approved as it is already, is
    under way, sent or skipped, has changed since it was seen, or must not be sent: an
    error in the final bytes of any group. An approved issue that is drawn differently
    now (templates, settings) can be approved again, even while it is under way.
    """
    with work.database.read() as connection:
        fresh = issues.get(connection, stored.id) or stored
    if fresh.state in (IssueState.SENT, IssueState.SKIPPED):
        raise MailError(_closed(fresh))
    _unchanged(fresh, stored)
    sha256 = _sealed(work, digest, fresh)
    if not sha256.startswith(seen):
        raise MailError(
            f"{name_of(fresh)}: it is not what you have seen ({seen[:12]}) any more, "
            f"but {sha256[:12]}; look at it again"
        )
    with work.database.write() as connection:
        kept = drafts.locked(connection, fresh.id) or fresh
        _unchanged(kept, fresh)
        if kept.state is IssueState.APPROVED and kept.sha256 == sha256:
            raise MailError(_approved_already(connection, kept))
        if kept.state not in (*UNDECIDED, IssueState.APPROVED):
            raise MailError(_closed(kept))
        told = Decision(state=IssueState.APPROVED, by=by, at=now, sha256=sha256)
        drafts.decide(connection, kept.id, told)
        shown = edited(kept.issue, kept.edits)
        issues.carry(connection, kept.id, [item.uid for item in shown.items])
        return _again(connection, kept)


def hold(
    work: Mailing, stored: StoredIssue, *, by: str, why: str, now: datetime
) -> StoredIssue:
    """Keep an issue back; it can still be edited, approved and skipped.

    Raises MailError if it is under way, sent or skipped.
    """
    told = Decision(state=IssueState.HELD, by=by, why=_why(why), at=now)
    return _decided(work, stored, told)


def skip(
    work: Mailing, stored: StoredIssue, *, by: str, why: str, now: datetime
) -> StoredIssue:
    """Drop an issue for good: nobody gets it, its stories are free for the next.

    Raises MailError if it is under way, sent or skipped.
    """
    told = Decision(state=IssueState.SKIPPED, by=by, why=_why(why), at=now)
    return _decided(work, stored, told)


def decide_silence(
    work: Mailing,
    digests: Sequence[Digest],
    now: datetime,
    *,
    asks: bool = False,
    in_vain: Callable[[StoredIssue], bool] = lambda _stored: False,
) -> list[StoredIssue]:
    """Decide on the drafts whose deadline is over, as their digests say.

    ``asks``: there is somebody whom the desk tells of drafts. Then nobody's silence
    lets an unseen draft go out, or go: it waits until they were told and, if that was
    ``in_vain``, is held. An issue that must not be sent is held, too. Gives those on
    which it was decided.
    """
    known = {digest.key: digest for digest in digests}
    with work.database.read() as connection:
        waiting = issues.in_state(connection, IssueState.DRAFT)
    decided: list[StoredIssue] = []
    for stored in waiting:
        digest = known.get(stored.issue.digest)
        if digest is None or stored.deadline_at is None or now < stored.deadline_at:
            continue
        unseen = asks and stored.told_at is None
        if unseen and digest.on_silence is not Silence.HOLD:
            if in_vain(stored):
                decided.append(_held(work, stored, NOT_TOLD, now))
            continue
        decided.append(_on_silence(work, digest, stored, now))
    return decided


def _on_silence(
    work: Mailing, digest: Digest, stored: StoredIssue, now: datetime
) -> StoredIssue:
    if digest.on_silence is Silence.HOLD:
        return _held(work, stored, NOBODY_DECIDED, now)
    if digest.on_silence is Silence.SKIP:
        return _silenced(work, stored, _silent(IssueState.SKIPPED, NOBODY_DECIDED, now))
    try:
        return approve(work, digest, stored, by=DEADLINE, now=now)
    except SyndicateError as error:
        # Somebody has decided meanwhile, or it must not be sent as it is.
        return _held(work, stored, str(error), now)


def _held(work: Mailing, stored: StoredIssue, why: str, now: datetime) -> StoredIssue:
    return _silenced(work, stored, _silent(IssueState.HELD, why, now))


def _silent(state: IssueState, why: str, now: datetime) -> Decision:
    return Decision(state=state, by=DEADLINE, why=why[:LONGEST_WHY], at=now)


def _silenced(work: Mailing, stored: StoredIssue, told: Decision) -> StoredIssue:
    """Decide for those who were silent, unless somebody has spoken meanwhile."""
    with work.database.write() as connection:
        kept = drafts.locked(connection, stored.id) or stored
        late = kept.deadline_at is None or told.at < kept.deadline_at
        if kept.state is IssueState.DRAFT and kept.edits == stored.edits and not late:
            drafts.decide(connection, kept.id, told)
        return _again(connection, kept)


def _decided(work: Mailing, stored: StoredIssue, told: Decision) -> StoredIssue:
    with work.database.write() as connection:
        kept = _open(connection, stored)
        drafts.decide(connection, kept.id, told)
        return _again(connection, kept)


# ── What may be decided on ───────────────────────────────────────────────────


def _open(connection: Connection, stored: StoredIssue) -> StoredIssue:
    """The issue as it is now, locked; raises MailError if it is too late for it."""
    kept = drafts.locked(connection, stored.id)
    if kept is None:
        raise MailError(f"{name_of(stored)}: there is no such issue any more")
    if kept.state in (IssueState.SENT, IssueState.SKIPPED):
        raise MailError(_closed(kept))
    if drafts.is_planned(connection, kept.id):
        raise MailError(_under_way(kept))
    return kept


def _unchanged(kept: StoredIssue, seen: StoredIssue) -> None:
    """Raise MailError if somebody was faster."""
    if kept.state is not seen.state:
        said = f"it was {kept.state.value} by {kept.decided_by or 'an edit'}"
    elif kept.edits != seen.edits:
        said = "it was edited"
    else:
        return
    raise MailError(f"{name_of(seen)}: {said} in the meantime; look at it again")


def _again(connection: Connection, kept: StoredIssue) -> StoredIssue:
    return issues.get(connection, kept.id) or kept


def _sealed(work: Mailing, digest: Digest, stored: StoredIssue) -> str:
    """The sha256 of what would be sent; raises MailError if it must not be."""
    copies = Copies(work, digest, stored)
    copies.check()
    return copies.sha256


def _why(why: str) -> str:
    if len(why) > LONGEST_WHY:
        raise MailError(f"a reason has at most {LONGEST_WHY} characters")
    return why


def name_of(stored: StoredIssue) -> str:
    """Name an issue in a message."""
    return f"{stored.issue.digest} no. {stored.issue.number}"


def _closed(stored: StoredIssue) -> str:
    if stored.state is IssueState.SENT:
        return f"{name_of(stored)}: it was sent; nothing of it can be changed"
    why = f" ({stored.held_why})" if stored.held_why else ""
    return (
        f"{name_of(stored)}: it was skipped{why}; its stories come up in the next one"
    )


def _under_way(stored: StoredIssue) -> str:
    return f"{name_of(stored)}: it is being sent; nothing of it can be changed any more"


def _approved_already(connection: Connection, stored: StoredIssue) -> str:
    if drafts.is_planned(connection, stored.id):
        return f"{name_of(stored)}: it is approved, and being sent already"
    when = stored.approved_at.isoformat(" ", "minutes") if stored.approved_at else "–"
    return f"{name_of(stored)}: it is approved already, by {stored.decided_by}, {when}"
