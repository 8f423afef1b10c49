"""``syndicate digest send --dry-run``: who would get an issue, and what."""

from __future__ import annotations

from datetime import datetime

import click

from syndicate.cli import show
from syndicate.cli.digest.books import told
from syndicate.cli.digest.desking import titles
from syndicate.cli.wire import Wiring
from syndicate.cli.words import LANGUAGE, _, ngettext
from syndicate.digest.choosing.windows import window
from syndicate.model import Digest
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.composing import preview
from syndicate.pipeline.mailing.copies import Copies
from syndicate.pipeline.mailing.draftwords import who
from syndicate.pipeline.mailing.grouping import Group
from syndicate.pipeline.mailing.planning import WouldGet, would_get
from syndicate.store import issues
from syndicate.store.deliveries import WAITING
from syndicate.store.issues import StoredIssue

FIRST = 20
"""Lines of a list; the others are counted."""


def show_plan(desk: Wiring, digest: Digest, when: datetime, *, as_json: bool) -> None:
    """Say who would get the issue of the last whole window; keep and send nothing."""
    work = desk.mailing()
    start, _end = window(digest, when)
    with desk.database.read() as connection:
        stored = issues.find(connection, digest.key, start)
    if stored is not None and stored.planned_at is not None:
        _show_rest(desk, digest, stored, as_json=as_json)
        return
    shown = stored or preview(work, digest, when)
    issue = stored.issue if stored else preview(work, digest, when)
    copies = Copies(work, digest, shown) if issue.items else None
    found = would_get(work, digest, copies, desk.clock(), FIRST)
    if as_json:
        show.as_json(_as_json(found, len(issue.items)))
        return
    _print(desk, digest, found, len(issue.items))


def _as_json(found: WouldGet, stories: int) -> dict[str, object]:
    return {
        "stories": stories,
        "count": found.count,
        "planned": [{"recipient": address} for address in found.first],
        "groups": [
            {
                "key": group.wish.key,
                "language": group.wish.language,
                "categories": list(group.wish.categories),
                "sources": list(group.wish.sources),
                "text_only": group.wish.text_only,
                "members": group.members,
            }
            for group in found.groups
        ],
        "domains": [{"domain": name, "members": n} for name, n in found.domains],
        "due": [{"at": at, "members": n} for at, n in found.due],
    }


def _print(desk: Wiring, digest: Digest, found: WouldGet, stories: int) -> None:
    for group in found.groups[:FIRST]:
        click.echo(_group_line(desk, group))
    for name, count in found.domains:
        click.echo(f"  {name}: {_people(count)}")
    for at, count in found.due[:FIRST]:
        click.echo(f"  {show.local(at, digest.timezone)}: {_people(count)}")
    for address in found.first:
        click.echo(f"  {address}")
    if found.count > len(found.first):
        more = found.count - len(found.first)
        said = ngettext("  and {n} more", "  and {n} more", more)
        click.echo(said.format(n=more))
    said = _("{stories} stories for {count} members; nothing was sent.")
    click.echo(said.format(stories=stories, count=found.count))


def _group_line(desk: Wiring, group: Group) -> str:
    return f"  {who(group.wish, titles(desk), LANGUAGE)}: {_people(group.members)}"


def _people(count: int) -> str:
    return ngettext("{n} member", "{n} members", count).format(n=count)


def _show_rest(
    desk: Wiring, digest: Digest, stored: StoredIssue, *, as_json: bool
) -> None:
    """An issue that is under way: what is left to send of it."""
    books = accounting.standing(desk.database, stored, desk.clock())
    tally = {state.value: n for state, n in books.tally.items() if n}
    rest = list(accounting.missing(desk.database, stored, states=WAITING, limit=FIRST))
    if as_json:
        show.as_json(
            {
                "stories": len(stored.issue.items),
                "count": sum(books.tally[state] for state in WAITING),
                "deliveries": tally,
                "next_due": books.next_due,
                "planned": [
                    {"recipient": one.member.address, "due_at": one.next_try}
                    for one in rest
                ],
                "domains": [
                    {"domain": name, "copies": n, "next_due": due}
                    for name, n, due in books.waiting
                ],
            }
        )
        return
    click.echo(told(stored, tally))
    for one in rest:
        when = show.local(one.next_try, digest.timezone)
        click.echo(f"  {one.member.address}  {when}")
    click.echo(_("Nothing was sent."))
