"""The week's mail in words, for the report to the desk: who did not get it, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from syndicate.digest.drawing.shown import clipped, plain
from syndicate.model import BounceKind, DeliveryState, IssueState
from syndicate.store.mailweek import IssueBooks, MailWeek

_WAITING = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.DEFERRED)


def _(text: str) -> str:
    """Mark words for the catalogue; they are translated where they are said."""
    return text


COUNTED = {
    DeliveryState.ACCEPTED: _("{n} accepted"),
    DeliveryState.REFUSED: _("{n} refused"),
    DeliveryState.CANCELLED: _("{n} cancelled"),
    DeliveryState.UNCERTAIN: _("{n} uncertain"),
}
"""The right side of the equation of a ledger."""
RETURNED = {
    BounceKind.SMTP: _("addresses refused: {n}"),
    BounceKind.DSN: _("copies that came back: {n}"),
    BounceKind.ARF: _("complaints: {n}"),
    BounceKind.UNKNOWN: _("not understood: {n}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFacts:
    """What the week's mail is told from."""

    week: MailWeek
    titles: Mapping[str, str]
    """Key of a digest or edition → its name for readers."""
    alarms: Sequence[str] = ()
    """Titles of the alarms that were raised in the week."""


@dataclass(frozen=True, slots=True)
class ToldIssue:
    """An issue of the week in words."""

    title: str
    books: str
    why: str
    """Why some have not got it, in numbers; empty if all have."""
    command: str
    """What names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMail:
    """The week's mail in words."""

    issues: tuple[ToldIssue, ...]
    people: str
    returned: str
    alarms: tuple[str, ...]


def mail_week(
    facts: MailFacts, catalogue: NullTranslations, language: str
) -> ToldMail | None:
    """Put the week's mail into words; None for a desk that mails nothing."""
    if not facts.titles:
        return None
    words = _Words(catalogue, language)
    return ToldMail(
        issues=tuple(words.issue(one, facts.titles) for one in facts.week.issues),
        people=words.people(facts.week),
        returned=words.returned(facts.week),
        alarms=tuple(clipped(plain(one), 200) for one in facts.alarms),
    )


class _Words:
    """Says numbers in one language."""

    def __init__(self, catalogue: NullTranslations, language: str) -> None:
        self._ = catalogue.gettext
        self.ngettext = catalogue.ngettext
        self.point = "." if language.partition("-")[0] == "vi" else ","

    def figure(self, number: int) -> str:
        """Write a number as the language does: 1,204 or 1.204."""
        return f"{number:,}".replace(",", self.point)

    def issue(self, books: IssueBooks, titles: Mapping[str, str]) -> ToldIssue:
        """Tell of one issue."""
        issue = books.stored.issue
        name = clipped(plain(titles.get(issue.digest, issue.digest)), 60)
        said = self._("{digest} no. {number}")
        missed = any(
            books.tally[state]
            for state in DeliveryState
            if state is not DeliveryState.ACCEPTED
        )
        return ToldIssue(
            title=said.format(digest=name, number=issue.number),
            books=self._books(books),
            why=", ".join(self._reasons(books)),
            command=f"syndicate digest who {issue.digest} {issue.number}"
            if missed
            else "",
        )

    def _books(self, books: IssueBooks) -> str:
        stored = books.stored
        why = self._(stored.held_why) if stored.held_why else "–"
        if stored.state is IssueState.SKIPPED:
            return self._("not sent: {why}").format(why=plain(why))
        if stored.state is IssueState.HELD:
            return self._("kept back: {why}").format(why=plain(why))
        if stored.state is IssueState.DRAFT:
            return self._("a draft: it waits for an editor")
        if not books.planned:
            return self._("not begun yet")
        parts = [
            self._(said).format(n=self.figure(books.tally[state]))
            for state, said in COUNTED.items()
        ]
        if waiting := sum(books.tally[state] for state in _WAITING):
            parts.append(self._("{n} still to send").format(n=self.figure(waiting)))
        head = self._("{n} planned").format(n=self.figure(books.planned))
        return f"{head} = {' + '.join(parts)}"

    def _reasons(self, books: IssueBooks) -> Iterator[str]:
        for state, why, number in books.reasons:
            said = self._(why) if why else self._("no reason given")
            told = clipped(plain(said), 60)
            yield f"{self._(state.value)}: {told} ×{self.figure(number)}"

    def people(self, week: MailWeek) -> str:
        """Say how many joined and left."""
        said = self._("Subscriptions: {joined} new, {left} left, {active} active.")
        return said.format(
            joined=self.figure(week.joined),
            left=self.figure(week.left),
            active=self.figure(week.active),
        )

    def returned(self, week: MailWeek) -> str:
        """Say what came back; empty if nothing did."""
        parts = [
            self._(said).format(n=self.figure(week.returned[kind]))
            for kind, said in RETURNED.items()
            if week.returned.get(kind)
        ]
        return ", ".join(parts)
