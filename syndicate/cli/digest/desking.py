"""What the commands for editors share: which issue is meant, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring
from syndicate.cli.words import LANGUAGE, _, ngettext
from syndicate.digest.drawing.shown import plain
from syndicate.digest.drawing.wishes import heading
from syndicate.errors import ConfigError, MailError
from syndicate.model import Digest, IssueItem, IssueState
from syndicate.pipeline.mailing.draftwords import (
    Titles,
    asked,
    decided,
    faults,
    size,
    verdict,
    who,
)
from syndicate.pipeline.mailing.orphans import stand_in
from syndicate.pipeline.mailing.overview import Overview
from syndicate.store import issues
from syndicate.store.issues import StoredIssue

OPEN = (IssueState.DRAFT, IssueState.HELD, IssueState.APPROVED)
Command = Callable[..., Any]
_GROUPS = 20


def issue_argument(command: Command) -> Command:
    """Which issue: KEY [NUMBER], by default the newest that is still open."""
    with_number = click.argument("number", required=False, type=click.IntRange(min=1))
    return click.argument("key", required=False)(with_number(command))


def kept_digest(desk: Wiring, key: str | None) -> Digest:
    """Find the digest that a person names, though only its issues may be left of it.

    Its books can still be read; nothing else can be done with it.
    """
    try:
        return desk.digest(key)
    except ConfigError:
        with desk.database.read() as connection:
            if not key or not issues.latest(connection, key, 1):
                raise
        return stand_in(key)


def issue_of(
    desk: Wiring, key: str | None, number: int | None, digest: Digest | None = None
) -> tuple[Digest, StoredIssue]:
    """Find the issue that a person names; raises SyndicateError if there is none."""
    digest = digest or desk.digest(key)
    with desk.database.read() as connection:
        if number is not None:
            stored = issues.numbered(connection, digest.key, number)
        else:
            latest = issues.latest(connection, digest.key)
            open_ones = [one for one in latest if one.state in OPEN]
            stored = next(iter(open_ones or latest), None)
    if stored is None:
        said = _('digest "{key}" has no issue yet')
        if number is not None:
            said = _('digest "{key}" has no issue {number}')
        raise MailError(said.format(key=digest.key, number=number))
    return digest, stored


def titles(desk: Wiring) -> Titles:
    """Names of categories and sources for readers."""
    return Titles(
        categories={one.slug: one.title for one in desk.settings.categories},
        sources={one.key: one.title for one in desk.settings.sources},
    )


# ── For people ───────────────────────────────────────────────────────────────


def print_overview(seen: Overview, desk: Wiring) -> None:
    """Print all that an editor decides on."""
    zone = seen.digest.timezone
    for line in _head(seen, desk, zone):
        click.echo(line)
    rows = list(_rows(seen))
    columns = (_("no."), _("section"), _("story"), _("source"), _("remarks"), "uid")
    show.table(columns, rows, right=(0,))
    for line in faults(seen, LANGUAGE):
        click.echo(line)
    for group in seen.groups[:_GROUPS]:
        told = f"{who(group.wish, titles(desk), LANGUAGE)}: {size(group, LANGUAGE)}"
        click.echo(f"  {told}")
    if (more := len(seen.groups) - _GROUPS) > 0:
        said = ngettext("and {n} smaller group", "and {n} smaller groups", more)
        click.echo(f"  {said.format(n=more)}")
    if seen.stored.state in (IssueState.DRAFT, IssueState.HELD):
        this = f"{seen.issue.digest} {seen.issue.number}"
        typed = f"syndicate digest approve {this} --seen {seen.sha256[:12]}"
        click.echo(_("To approve it: `{typed}`").format(typed=typed))


def _head(seen: Overview, desk: Wiring, zone: str) -> Iterator[str]:
    issue, stored = seen.issue, seen.stored
    stories = ngettext("{n} story", "{n} stories", len(issue.items))
    people = ngettext("{n} member", "{n} members", seen.members)
    told = f"{stories.format(n=len(issue.items))}, {people.format(n=seen.members)}"
    yield f"{issue.digest} {issue.number}: {_(stored.state.value)}, {told}"
    yield _("Subject:") + f" {seen.subject}"
    if issue.note:
        yield _("Editor’s note:") + f" {issue.note}"
    until = asked(seen, desk.clock(), language=LANGUAGE, zone=zone)
    for line in (until, decided(seen, language=LANGUAGE, zone=zone)):
        if line:
            yield line
    yield verdict(seen, LANGUAGE)


def _rows(seen: Overview) -> Iterator[tuple[object, ...]]:
    for section in seen.issue.sections:
        for item in section.items:
            yield _row(seen, item, plain(heading(section, LANGUAGE)))
    for item in seen.issue.spare:
        yield _row(seen, item, _("(spare)"))
    for item in seen.issue.hidden:
        yield _row(seen, item, _("(hidden)"))


def _row(seen: Overview, item: IssueItem, section: str) -> tuple[object, ...]:
    number = seen.numbers.get(item.uid, "")
    told = ", ".join(_remarks(seen, item))
    return number, section, plain(item.title), plain(item.source), told, item.uid


def _remarks(seen: Overview, item: IssueItem) -> Iterator[str]:
    edits, lead = seen.stored.edits, seen.issue.lead
    if lead is not None and lead.uid == item.uid:
        yield _("leads")
    if item.uid in edits.pinned:
        yield _("pinned")
    if item.brief:
        yield _("in brief")
    if item.corrected:
        yield _("correction")
    if item.uid in dict(edits.summaries):
        yield _("own summary")
    if item.note:
        yield _("note")


# ── For programs ─────────────────────────────────────────────────────────────


def as_data(seen: Overview) -> dict[str, Any]:
    """All that an editor decides on, for a program."""
    stored, issue = seen.stored, seen.issue
    return {
        "digest": issue.digest,
        "number": issue.number,
        "start": issue.start,
        "end": issue.end,
        "state": stored.state.value,
        "deadline_at": stored.deadline_at,
        "on_silence": seen.digest.on_silence.value,
        "told_at": stored.told_at,
        "approved_at": stored.approved_at,
        "decided_by": stored.decided_by,
        "why": stored.held_why,
        "subject": seen.subject,
        "note": issue.note,
        "sha256": seen.sha256,
        "sections": [
            {
                "title": section.title,
                "items": [_story(seen, item) for item in section.items],
            }
            for section in issue.sections
        ],
        "spare": [_story(seen, item) for item in issue.spare],
        "hidden": [_story(seen, item) for item in issue.hidden],
        "left_out": issue.left_out,
        "members": seen.members,
        "groups": [
            {
                "wish": group.wish.key,
                "language": group.wish.language,
                "categories": group.wish.categories,
                "sources": group.wish.sources,
                "text_only": group.wish.text_only,
                "corrections": group.wish.corrections,
                "members": group.members,
                "stories": group.stories,
                "bytes": group.size,
                "checked": group.is_checked,
            }
            for group in seen.groups
        ],
        "lint": [
            {
                "level": finding.level,
                "rule": finding.rule,
                "text": finding.text,
                "groups": count,
            }
            for finding, count in seen.findings
        ],
    }


def _story(seen: Overview, item: IssueItem) -> dict[str, Any]:
    lead = seen.issue.lead
    return {
        "no": seen.numbers.get(item.uid),
        "uid": item.uid,
        "title": item.title,
        "url": item.url,
        "summary": item.summary,
        "source": item.source,
        "categories": item.categories,
        "rank": item.rank,
        "lead": lead is not None and lead.uid == item.uid,
        "pinned": item.uid in seen.stored.edits.pinned,
        "brief": item.brief,
        "corrected": item.corrected,
        "note": item.note,
    }
