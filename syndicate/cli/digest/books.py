"""What the commands about sending share: how an issue, and a missing copy, is told."""

from __future__ import annotations

from collections.abc import Mapping

from syndicate.cli import show
from syndicate.cli.words import _
from syndicate.model import IssueState
from syndicate.pipeline.mailing.accounting import Missed
from syndicate.pipeline.mailing.copies import whole
from syndicate.store.issues import StoredIssue


def told(stored: StoredIssue, tally: Mapping[str, int]) -> str:
    """Say in a line how an issue stands."""
    issue = stored.issue
    head = f"{issue.digest} {issue.number}: {len(whole(stored).items)} " + _("stories")
    match stored.state:
        case IssueState.DRAFT:
            rest = _("waits for an editor: `syndicate digest send --approve`")
        case IssueState.HELD:
            rest = _("held: {why}").format(why=stored.held_why)
        case IssueState.SKIPPED:
            rest = _("skipped, too few stories")
            if stored.held_why:
                rest = _("skipped") + f": {stored.held_why}"
        case _other:
            counts = (f"{_(state)} {count}" for state, count in tally.items())
            rest = ", ".join(counts) or _("nobody to send it to")
    return f"{head}, {rest}"


def missed_line(one: Missed, zone: str) -> str:
    """Say who has no copy, why, and when it is tried again."""
    again = ""
    if one.next_try:
        said = _("next try {when}")
        again = f", {said.format(when=show.local(one.next_try, zone))}"
    return (
        f"{one.member.address}: {_(one.state)}{again}: {_(one.why) if one.why else ''}"
    )
