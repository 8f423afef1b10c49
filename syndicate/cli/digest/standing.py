"""``syndicate digest status``, ``retry`` and ``who``: what became of each copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest.books import missed_line
from syndicate.cli.digest.desking import issue_argument, issue_of, kept_digest
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.errors import MailError
from syndicate.model import DeliveryState, Digest, IssueState
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.accounting import Missed, Standing
from syndicate.pipeline.mailing.sending import try_again, would_try_again
from syndicate.store import issues
from syndicate.store.issues import StoredIssue

_ABSENT, _RETURNED = "absent", "returned"
_STATES = (*(state.value for state in DeliveryState), _RETURNED, _ABSENT)


@click.command("status", help=_("How an issue stands: its books, relays, next tries."))
@issue_argument
@show.json_option
@click.pass_obj
def status(path: Path, key: str | None, number: int | None, as_json: bool) -> None:
    """Show the books; exit code 1 if they do not balance."""
    with opened(path) as desk:
        digest, stored = issue_of(desk, key, number, kept_digest(desk, key))
        books = accounting.standing(desk.database, stored, desk.clock())
    if as_json:
        show.as_json(_as_json(books))
    else:
        for line in _lines(digest, books):
            click.echo(line)
    if not books.balances:
        raise click.exceptions.Exit(1)


@click.command("retry", help=_("Try copies again at once that wait or went wrong."))
@issue_argument
@click.option(
    "--uncertain",
    is_flag=True,
    help=_("Those of which nobody knows, too: some people may get it twice."),
)
@click.option("--refused", is_flag=True, help=_("Those that were refused, too."))
@click.option("--domain", default="", help=_("Only those to this domain."))
@click.option("--dry-run", is_flag=True, help=_("Say how many; change nothing."))
@show.json_option
@click.pass_obj
def retry(
    path: Path,
    /,
    key: str | None,
    number: int | None,
    domain: str,
    as_json: bool,
    **which: bool,  # uncertain, refused, dry_run
) -> None:
    """Make them due; the clock, or ``syndicate digest send``, sends them."""
    dry_run = which["dry_run"]
    states = [DeliveryState.DEFERRED]
    states += [DeliveryState.UNCERTAIN] * which["uncertain"]
    states += [DeliveryState.REFUSED] * which["refused"]
    with opened(path) as desk:
        _digest, stored = _sent_issue(desk, desk.digest(key), number)
        work = desk.mailing()
        if dry_run:
            count = would_try_again(work, stored, states, domain=domain)
        else:
            now = desk.clock()
            count = try_again(work, stored, states, domain=domain, now=now)
    if as_json:
        show.as_json({"copies": count, "dry_run": dry_run})
        return
    said = ngettext("{n} copy is due now.", "{n} copies are due now.", count)
    if dry_run:
        said = ngettext("{n} copy would be due.", "{n} copies would be due.", count)
    click.echo(said.format(n=count))


@click.command("who", help=_("Who did not get an issue, and why."))
@issue_argument
@click.option(
    "--state",
    type=click.Choice(_STATES),
    multiple=True,
    help=_("Only these; may be given several times."),
)
@show.limit_option(_("At most so many of each kind."))
@show.json_option
@click.pass_obj
def who(
    path: Path,
    key: str | None,
    number: int | None,
    state: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """List copies that are not accepted, those that came back, and the absent."""
    with opened(path) as desk:
        digest, stored = _sent_issue(desk, kept_digest(desk, key), number)
        wanted = frozenset(state)
        found = list(_found(desk, digest, stored, wanted, limit))
    if as_json:
        show.as_json([_missed_json(one) for one in found])
        return
    for one in found:
        click.echo(missed_line(one, digest.timezone))
    if not found:
        click.echo(_("Nobody is missing."))


def _sent_issue(
    desk: Wiring, digest: Digest, number: int | None
) -> tuple[Digest, StoredIssue]:
    """The issue of that number, or the newest that was planned."""
    if number is not None:
        return issue_of(desk, digest.key, number, digest)
    with desk.database.read() as connection:
        latest = issues.latest(connection, digest.key)
    for stored in latest:
        if stored.planned_at is not None or stored.state is IssueState.SENT:
            return digest, stored
    said = _('no issue of digest "{key}" was sent yet')
    raise MailError(said.format(key=digest.key))


# ── status ───────────────────────────────────────────────────────────────────


def _lines(digest: Digest, books: Standing) -> Iterator[str]:
    issue, stored = books.issue.issue, books.issue
    yield f"{issue.digest} {issue.number}: {_(stored.state.value)}"
    yield _equation(books)
    counts = [f"{_(state.value)} {n:,}" for state, n in books.tally.items() if n]
    if counts:
        yield "  " + ", ".join(counts)
    for name, count in books.relays.items():
        said = ngettext("{n} copy", "{n} copies", count).format(n=f"{count:,}")
        yield f"  {name or '–'}: {said}"
    zone = digest.timezone
    for domain, count, due in books.waiting:
        said = _("{domain}: {count} wait, next try {when}")
        when = show.local(due, zone)
        yield "  " + said.format(domain=domain, count=f"{count:,}", when=when)
    if books.first_at and books.last_at:
        said = _("accepted from {first} to {last}, {rate} in the last minute")
        yield "  " + said.format(
            first=show.local(books.first_at, zone),
            last=show.local(books.last_at, zone),
            rate=f"{books.last_minute:,}",
        )
    if stored.closed_at:
        yield "  " + _("closed {when}").format(when=show.local(stored.closed_at, zone))


def _equation(books: Standing) -> str:
    """planned = accepted + refused + cancelled + uncertain (+ open)."""
    if books.planned is None:
        return "  " + _("not planned yet")
    settled = " + ".join(
        f"{_(state.value)} {books.tally[state]:,}" for state in accounting.CLOSED
    )
    rest = " + " + _("open") + f" {books.open:,}" if books.open else ""
    sign = "=" if books.balances else "≠"
    return "  " + _("planned") + f" {books.planned:,} {sign} {settled}{rest}"


def _as_json(books: Standing) -> dict[str, object]:
    stored = books.issue
    return {
        "digest": stored.issue.digest,
        "number": stored.issue.number,
        "state": stored.state.value,
        "planned": books.planned,
        "planned_at": stored.planned_at,
        "closed_at": stored.closed_at,
        "deliveries": {state.value: n for state, n in books.tally.items()},
        "open": books.open,
        "balances": books.balances,
        "relays": dict(books.relays),
        "waiting": [
            {"domain": domain, "copies": n, "next_due": due}
            for domain, n, due in books.waiting
        ],
        "next_due": books.next_due,
        "first_at": books.first_at,
        "last_at": books.last_at,
        "last_minute": books.last_minute,
    }


# ── who ──────────────────────────────────────────────────────────────────────


def _found(
    desk: Wiring, digest: Digest, stored: StoredIssue, wanted: frozenset[str], most: int
) -> Iterator[Missed]:
    states = [
        state
        for state in DeliveryState
        if state.value in wanted or (not wanted and state in accounting.MISSED)
    ]
    kinds: list[Iterable[Missed]] = [
        accounting.missing(desk.database, stored, states=[state], limit=most)
        for state in states
    ]
    if not wanted or _RETURNED in wanted:
        kinds.append(accounting.returned(desk.database, stored, limit=most))
    if not wanted or _ABSENT in wanted:
        now = desk.clock()
        kinds.append(accounting.absent(desk.database, digest, stored, now, limit=most))
    for kind in kinds:
        yield from islice(kind, most)


def _missed_json(one: Missed) -> dict[str, object]:
    return {
        "address": one.member.address,
        "name": one.member.name,
        "state": one.state,
        "why": one.why,
        "attempts": one.attempts,
        "next_try": one.next_try,
        "relay": one.relay,
    }
