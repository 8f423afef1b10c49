"""An issue as it leaves: each member's copy, made of what all have in common.

:class:`Copies` draws an issue once, puts a variant together for each wish that comes
up, and stitches a member's own words into it. Nothing of it is a decision: what may be
sent, and to whom, the ledger says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

from syndicate.digest.choosing.editing import edited
from syndicate.digest.drawing.coding import CHOOSE, LEAVE
from syndicate.digest.drawing.parts import Links, Parts, parts
from syndicate.digest.drawing.render import Rendered
from syndicate.digest.drawing.variants import Content, Variant, content_key, variant
from syndicate.digest.drawing.wishes import Wish, everything
from syndicate.digest.linting.lint import Finding, errors, lint
from syndicate.digest.post.dkim import Signer
from syndicate.digest.writing.message import Copy, Mould, Post
from syndicate.errors import MailError, TemplateError
from syndicate.model import (
    Category,
    Delivery,
    DeliveryState,
    Digest,
    Issue,
    Member,
    Message,
    Site,
    Source,
)
from syndicate.pipeline.mailing.grouping import Group, groups
from syndicate.pipeline.mailing.lasting import lawful
from syndicate.pipeline.mailing.linting import expected
from syndicate.pipeline.mailing.owed import corrections
from syndicate.signing import token
from syndicate.store import Connection, Database
from syndicate.store.issues import StoredIssue
from syndicate.templating import Templates

STAND_IN = Member(address="reader@example.org")
"""Whose copies are looked at before the first member's leaves; they are never sent."""
_MOULDS = 1024
"""Variants that are kept ready; each takes some 20 KB."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What mailing works with."""

    database: Database
    site: Site
    sources: Mapping[str, Source]
    categories: Mapping[str, Category]
    templates: Callable[[Digest], Templates]
    sender: str
    bounce_domain: str
    secret: str
    postal_address: str = ""
    """Where the sender lives; at the foot of each mail."""
    signer: Signer | None = None
    """Signs every copy; None where there is no key."""
    stopping: Callable[[], bool] = _never
    """True once the desk is being shut down: no further copy is begun."""
    generation_file: Path | None = None
    """Beside the store; has seen more than it if a backup was restored."""


class Copies:
    """The copies of one issue; threads may share it.

    Raises :class:`~syndicate.errors.TemplateError` and
    :class:`~syndicate.errors.MailError` for templates, a sender or links with which
    no copy can be made, and if nothing of the issue is left.
    """

    def __init__(
        self, work: Mailing, digest: Digest, stored: StoredIssue | Issue
    ) -> None:
        """Draw an issue as its editor wants it, without what was withdrawn since."""
        self._work = work
        self.digest = digest
        self._asked = stored if isinstance(stored, Issue) else whole(stored)
        self.issue = lawful(work.database, self._asked)
        if self._asked.items and not self.issue.items:
            raise MailError(
                f"{digest.key} no. {self.issue.number}: nothing was sent, for all of"
                " its stories were withdrawn by their sources"
            )
        self.parts = drawn(work, digest, self.issue)
        self._post = _post(work, digest, self.issue, self.parts.links)
        self._moulds = lru_cache(maxsize=_MOULDS)(self._mould_of)
        self._same: WeakValueDictionary[Content | None, Mould] = WeakValueDictionary()
        self._lock = Lock()
        self._checked = False
        self._owed: dict[int, tuple[str, ...]] = {}
        self._corrections = corrections(self.issue, digest.key)

    @property
    def sha256(self) -> str:
        """Stand for everything that a copy can be made of.

        Of the issue as it was approved: what is withdrawn later changes nothing in it.
        """
        if self.issue == self._asked:
            return self.parts.sha256
        return drawn(self._work, self.digest, self._asked).sha256

    # ── One copy ─────────────────────────────────────────────────────────────

    def learn(self, connection: Connection, claimed: Sequence[Delivery]) -> None:
        """Find out which corrections are owed to whom; to be called before ``make``."""
        if self._corrections:
            members = [one.member.id for one in claimed]
            owed = self._corrections.owed(connection, members)
            found = {one.id: owed.get(one.member.id, ()) for one in claimed}
            self._owed |= {number: uids for number, uids in found.items() if uids}

    def wish(self, delivery: Delivery) -> Wish:
        """Say what a copy depends on; its key is the delivery's variant."""
        member, choice = delivery.member, delivery.choice
        return Wish(
            language=self.parts.language(member.language),
            categories=choice.categories,
            sources=choice.sources,
            text_only=member.text_only,
            corrections=self._owed.get(delivery.id, ()),
        )

    def make(self, delivery: Delivery) -> Message | None:
        """Make one member's copy; None if nothing is in it for them.

        Raises MailError, which names the member, for an address or a name that cannot
        stand in a header.
        """
        mould = self._mould(self.wish(delivery))
        return mould.message(self._copy(delivery)) if mould else None

    def _copy(self, delivery: Delivery) -> Copy:
        secret = self._work.secret
        return Copy(
            member=delivery.member,
            mark=token(secret, "copy", delivery.id),
            leave=token(secret, "leave", delivery.subscription),
            choose=token(secret, "choose", delivery.member.id),
            bounce=token(secret, "bounce", delivery.id),
        )

    def _mould(self, wish: Wish) -> Mould | None:
        with self._lock:  # else several threads would make the same one
            return self._moulds(wish)

    def _mould_of(self, wish: Wish) -> Mould | None:
        """Make what a wish comes to, unless another one comes to the same."""
        key = content_key(self.parts, wish)
        known = self._same.get(key)
        if key is None or known is not None:
            return known
        made = variant(self.parts, wish)
        stamp = self._work.signer.stamp if self._work.signer else None
        mould = Mould(made, self._post, stamp) if made else None
        if mould is not None:
            self._look_at(mould, wish)
            self._same[key] = mould
        return mould

    def _look_at(self, mould: Mould, wish: Wish) -> None:
        """Check what came up after the check: somebody has chosen anew since."""
        if not self._checked:
            return
        if wrong := errors(self._faults(mould)):
            raise TemplateError(f"{self._said(wish)} {said_of(wrong)}")

    # ── Before the first one ─────────────────────────────────────────────────

    def variant(self, wish: Wish | None = None) -> Variant | None:
        """Return what members of a wish get; of none, the whole issue."""
        mould = self._mould(wish or self.whole)
        return mould.variant if mould else None

    @property
    def whole(self) -> Wish:
        """The wish that leaves nothing out."""
        return everything(self.issue, self.digest.language)

    def sample(
        self, wish: Wish | None = None, reader: Member = STAND_IN
    ) -> Message | None:
        """Return what a member of that wish would get, byte by byte."""
        mould = self._mould(wish or self.whole)
        return mould.message(self._copy(_delivery(reader))) if mould else None

    def findings(self, wish: Wish) -> tuple[Finding, ...]:
        """Lint the final bytes of what members of a wish get."""
        mould = self._mould(wish)
        return self._faults(mould) if mould else ()

    def _faults(self, mould: Mould) -> tuple[Finding, ...]:
        made = mould.message(self._copy(_delivery(STAND_IN)))
        wanted = expected(
            self.parts,
            mould.variant,
            made,
            sender=self._work.sender,
            bounce_domain=self._work.bounce_domain,
            signer=self._work.signer,
        )
        return lint(made.content, expected=wanted)

    def groups(
        self, connection: Connection, now: datetime | None = None
    ) -> list[Group]:
        """Count who gets what, of those who are to get the issue; largest first.

        Those for whom nothing is in it are among them (:meth:`variant` is None).
        """
        moment, owed = now or self.issue.end, self._corrections
        return groups(connection, self.digest, self.parts, owed, moment)

    def check(self, *, begun: bool = False) -> None:
        """Raise MailError if copies of the issue must not be sent.

        Every variant that somebody gets is made, and its final bytes are looked at:
        what is wrong with the sender, the links or the templates is wrong with every
        copy. Said here it costs nothing, said by a thousand refusals a lot.

        All of it was checked when an issue had ``begun`` to be sent: then the whole is
        looked at here, and each other variant when its first copy is made.
        """
        wishes = [self.whole]
        if not begun:
            with self._work.database.read() as connection:
                wishes += [one.wish for one in self.groups(connection)]
        seen: set[Content | None] = {None}
        for wish in wishes:
            content = content_key(self.parts, wish)
            if content not in seen:
                seen.add(content)
                self._check(wish)

        self._checked = True

    def _check(self, wish: Wish) -> None:
        if wrong := errors(self.findings(wish)):
            raise MailError(f"{self._said(wish)} {said_of(wrong)}")

    def _said(self, wish: Wish) -> str:
        return (
            f"{self.digest.key} no. {self.issue.number}: nothing was sent, for copies"
            f" ({wish.key}) would be wrong:"
        )


# ── What they are made of ────────────────────────────────────────────────────


def said_of(findings: Sequence[Finding]) -> str:
    """Put findings into a line."""
    return "; ".join(f"{one.rule}: {one.text}" for one in findings)


def whole(stored: StoredIssue) -> Issue:
    """Return a kept issue as its editor wants it: what is drawn wherever it is."""
    return edited(stored.issue, stored.edits)


def drawn(work: Mailing, digest: Digest, issue: Issue) -> Parts:
    """Draw every block of an issue, in every language."""
    return parts(
        issue,
        digest=digest,
        site=work.site,
        templates=lambda language: work.templates(replace(digest, language=language)),
        links=links_of(work.site, digest, issue),
        postal=work.postal_address,
    )


def sealed(work: Mailing, digest: Digest, issue: Issue) -> str:
    """Stand for everything that copies of an issue can be made of: its sha256."""
    return drawn(work, digest, issue).sha256


def links_of(site: Site, digest: Digest, issue: Issue) -> Links:
    """Say where the mails of an issue lead."""
    return Links(
        view=view_url(site, digest, issue),
        archive=f"{site.base_url}/issues/{digest.series}",
        preferences=f"{site.base_url}/preferences/{CHOOSE}",
        unsubscribe=f"{site.base_url}/unsubscribe/{LEAVE}",
    )


def view_url(site: Site, digest: Digest, issue: Issue) -> str:
    """Address of an issue on the web."""
    return f"{site.base_url}/issues/{digest.key}/{issue.number}"


def messages(
    work: Mailing, digest: Digest, issue: Issue, readers: Iterable[Member]
) -> list[tuple[Rendered, Message]]:
    """Make what ``readers`` would get, without keeping or sending any of it."""
    return list(_messages(Copies(work, digest, issue), readers))


def _messages(
    copies: Copies, readers: Iterable[Member]
) -> Iterator[tuple[Rendered, Message]]:
    for reader in readers:
        language = copies.parts.language(reader.language)
        wish = replace(copies.whole, language=language, text_only=reader.text_only)
        made, mail = copies.variant(wish), copies.sample(wish, reader)
        if made and mail:
            yield Rendered(made.subject, made.html, made.text), mail


def _delivery(reader: Member) -> Delivery:
    return Delivery(id=0, issue=0, member=reader, state=DeliveryState.PLANNED)


def _post(work: Mailing, digest: Digest, issue: Issue, links: Links) -> Post:
    return Post(
        digest=digest,
        site=work.site,
        number=issue.number,
        links=links,
        sender=work.sender,
        date=issue.end,
        bounce_domain=work.bounce_domain,
    )
