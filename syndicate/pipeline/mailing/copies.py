"""An issue as it is drawn: on the web, and as each member's copy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape

from syndicate.digest.choosing.takedown import without_withdrawn
from syndicate.digest.drawing.render import PLACEHOLDER, Links, Rendered, render, stitch
from syndicate.digest.linting.lint import errors, lint
from syndicate.digest.writing.message import Copy, message
from syndicate.errors import MailError
from syndicate.members.tokens import unsubscribe_token
from syndicate.model import (
    Category,
    Digest,
    Issue,
    IssueItem,
    Member,
    Message,
    Site,
    Source,
    Story,
)
from syndicate.store import Connection, Database, entries, stories
from syndicate.templating import Templates

STAND_IN = Member(address="reader@example.org")
"""Whose copy is checked before the first member's leaves; it is never sent."""


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
    stopping: Callable[[], bool] = _never
    """True once the desk is being shut down: no further copy is begun."""


def messages(
    work: Mailing, digest: Digest, issue: Issue, readers: Iterable[Member]
) -> list[tuple[Rendered, Message]]:
    """Make what ``readers`` would get, without keeping or sending any of it."""
    issue = lawful(work.database, issue)
    drawn = rendered(work, digest, issue)
    return [
        (
            stitch(drawn, unsubscribe_url(work.site, digest, work.secret, reader)),
            copy_for(work, digest, issue, reader, drawn),
        )
        for reader in readers
    ]


def draw(work: Mailing, digest: Digest, issue: Issue) -> Rendered:
    """Render an issue for the web: no member, no link to leave."""
    lasting = lawful(work.database, issue)
    return rendered(work, digest, lasting, unsubscribe="")


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


def view_url(site: Site, digest: Digest, issue: Issue) -> str:
    """Address of an issue on the web."""
    return f"{site.base_url}/issues/{digest.key}/{issue.number}"


def unsubscribe_url(site: Site, digest: Digest, secret: str, member: Member) -> str:
    """Address that takes ``member`` off ``digest`` when it is posted to (RFC 8058)."""
    token = unsubscribe_token(secret, digest.key, member.address)
    return f"{site.base_url}/unsubscribe/{digest.key}/{token}"


def check(work: Mailing, digest: Digest, issue: Issue, drawn: Rendered) -> None:
    """Raise MailError if copies of an issue must not be sent.

    What is wrong with the sender, the links or the templates is wrong with every
    copy: said here it costs nothing, said by the first thousand refusals a lot.
    """
    copy = copy_for(work, digest, issue, STAND_IN, drawn)
    # stories that did not fit the mail are on the web only
    links = [
        item.url
        for item in issue.items
        if item.url in drawn.text or escape(item.url) in drawn.html
    ]
    wrong = errors(lint(copy.content, links=links))
    if wrong:
        said = "; ".join(f"{one.rule}: {one.text}" for one in wrong)
        raise MailError(
            f"{digest.key} no. {issue.number}: nothing was sent, for every copy would "
            f"be wrong: {said}"
        )


def rendered(
    work: Mailing, digest: Digest, issue: Issue, *, unsubscribe: str = PLACEHOLDER
) -> Rendered:
    """Render an issue once; ``unsubscribe`` is what each copy has its own of."""
    return render(
        issue,
        digest=digest,
        site=work.site,
        templates=work.templates(digest),
        links=Links(view=view_url(work.site, digest, issue), unsubscribe=unsubscribe),
    )


def sha256_of(drawn: Rendered) -> str:
    """Mark what was drawn, so that what is sent is what was approved."""
    whole = "\0".join((drawn.subject, drawn.html, drawn.text))
    return hashlib.sha256(whole.encode()).hexdigest()


def copy_for(
    work: Mailing, digest: Digest, issue: Issue, member: Member, drawn: Rendered
) -> Message:
    """Make one member's copy; raises MailError that names the member."""
    link = unsubscribe_url(work.site, digest, work.secret, member)
    copy = Copy(
        member=member,
        sender=work.sender,
        unsubscribe_url=link,
        bounce_domain=work.bounce_domain,
        date=issue.end,
    )
    own = stitch(drawn, link)
    return message(own, copy, issue=issue, digest=digest, site=work.site)
