"""What of a frozen issue may still be shown: what is withdrawn, is withdrawn."""

from __future__ import annotations

from dataclasses import replace

from syndicate.digest.choosing.takedown import without_withdrawn
from syndicate.model import Issue, IssueItem, Story
from syndicate.store import Connection, Database, entries, stories


def lawful(database: Database, issue: Issue) -> Issue:
    """Return a frozen issue without what was withdrawn since (Decree 147/2024)."""
    told: dict[str, Story] = {}
    with database.read() as connection:
        for item in issue.items:
            story = stories.by_uid(connection, item.uid, include_withdrawn=True)
            if story is not None:
                told[item.uid] = _with_moved(connection, story, item)
    return without_withdrawn(issue, told)


def _with_moved(connection: Connection, story: Story, item: IssueItem) -> Story:
    """The story with what it printed and an editor has put elsewhere since."""
    here = {one.entry.url for one in story.entries}
    printed = [item.url, *(url for _, url in item.also)]
    found = (entries.by_url(connection, url) for url in printed if url not in here)
    moved = tuple(one for one in found if one is not None)
    return replace(story, entries=(*story.entries, *moved)) if moved else story
