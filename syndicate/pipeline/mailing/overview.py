"""A draft as its editors are shown it: the stories, who gets what, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.digest.drawing.wishes import Wish
from syndicate.digest.linting.lint import Finding
from syndicate.errors import MailError
from syndicate.model import Digest, Issue
from syndicate.pipeline.mailing.copies import Copies, Mailing
from syndicate.pipeline.membership.audience import bring_in
from syndicate.store.issues import StoredIssue

LOOKED_AT = 200
"""Groups whose final bytes are looked at for an overview, the largest first; before
the first copy leaves, it is done for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSeen:
    """Members with one wish, and what they would get."""

    wish: Wish
    members: int
    stories: int = 0
    """0: nothing is in it for them, and they get no mail."""
    size: int = 0
    """Bytes of the whole message."""
    findings: tuple[Finding, ...] = ()
    is_checked: bool = True
    """False for those of so many groups that were not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What an editor decides on."""

    stored: StoredIssue
    digest: Digest
    issue: Issue
    """As it was edited, and without what was withdrawn since."""
    subject: str
    """Of those who get everything."""
    sha256: str
    numbers: dict[str, int]
    """uid → the number that a story is named by: of its place when it was composed,
    shown ones first, so that it is the same for every editor at any time."""
    groups: tuple[GroupSeen, ...]
    """Largest first; the whole issue alone, with no members, if nobody is to get it."""

    @property
    def members(self) -> int:
        """How many get a mail."""
        return sum(group.members for group in self.groups if group.stories)

    @property
    def findings(self) -> tuple[tuple[Finding, int], ...]:
        """Everything that is wrong, errors first, and in how many groups."""
        counts: dict[Finding, int] = {}
        for group in self.groups:
            for finding in dict.fromkeys(group.findings):
                counts[finding] = counts.get(finding, 0) + 1
        ranked = sorted(counts.items(), key=lambda one: (one[0].level, -one[1]))
        return tuple(ranked)

    @property
    def has_errors(self) -> bool:
        """Whether it must not be sent as it is."""
        return any(finding.level == "E" for finding, _count in self.findings)


def overview(
    work: Mailing, digest: Digest, stored: StoredIssue, now: datetime
) -> Overview:
    """Look at a draft as it would be sent now, to whom it would be sent now.

    Those whom config.toml names are brought in first. Raises SyndicateError if it
    cannot be drawn at all.
    """
    copies = Copies(work, digest, stored)
    whole = copies.variant()
    if whole is None:
        raise MailError(f"{digest.key} no. {stored.issue.number}: it has no stories")
    if digest.audience:
        with work.database.write() as connection:
            bring_in(connection, digest, secret=work.secret, now=now)
    with work.database.read() as connection:
        found = copies.groups(connection, now)
    groups = [
        _seen(copies, one.wish, one.members, at < LOOKED_AT)
        for at, one in enumerate(found)
    ]
    return Overview(
        stored=stored,
        digest=digest,
        issue=copies.issue,
        subject=whole.subject,
        sha256=copies.sha256,
        numbers=numbers(stored.issue),
        groups=tuple(groups) or (_seen(copies, copies.whole, 0, True),),
    )


def numbers(issue: Issue) -> dict[str, int]:
    """Number the stories of an issue as it was composed: shown ones, then spare ones.

    Edits change nothing in the numbers.
    """
    known = dict.fromkeys(item.uid for item in (*issue.items, *issue.spare))
    return {uid: number for number, uid in enumerate(known, 1)}


def named(issue: Issue, words: Sequence[str]) -> tuple[str, ...]:
    """Return the uids of stories that a person names by number or by uid.

    Raises MailError that names those that the issue does not have.
    """
    by_number = {str(number): uid for uid, number in numbers(issue).items()}
    known = set(by_number.values())
    uids = [word if word in known else by_number.get(word, "") for word in words]
    unknown = [word for word, uid in zip(words, uids, strict=True) if not uid]
    if unknown:
        raise MailError(
            f"{issue.digest} no. {issue.number} has no such story: {', '.join(unknown)}"
        )
    return tuple(uids)


def _seen(copies: Copies, wish: Wish, members: int, look: bool) -> GroupSeen:
    if not look:
        return GroupSeen(wish=wish, members=members, stories=1, is_checked=False)
    sample, variant = copies.sample(wish), copies.variant(wish)
    if sample is None or variant is None:
        return GroupSeen(wish=wish, members=members)
    return GroupSeen(
        wish=wish,
        members=members,
        stories=len(variant.issue.items),
        size=len(sample.content),
        findings=copies.findings(wish),
    )
