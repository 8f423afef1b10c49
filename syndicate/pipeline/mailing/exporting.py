"""An issue as files: for a browser, a reader of mail, and to paste into chat groups."""

from __future__ import annotations

from syndicate.digest.writing.chat import TELEGRAM, ZALO, chat, split
from syndicate.model import Digest, Issue, Site
from syndicate.pipeline.mailing.copies import Copies, Mailing, view_url
from syndicate.pipeline.mailing.showing import cleaned
from syndicate.store.issues import StoredIssue


def exported(
    work: Mailing, digest: Digest, stored: StoredIssue | Issue
) -> dict[str, bytes]:
    """Return files by name: issue.html, issue.txt, issue.eml, chat.txt and its parts.

    They are what a member gets who leaves nothing out; the links that would be a
    member's own open no door.
    """
    copies = Copies(work, digest, stored)
    made, mail = copies.variant(), copies.sample()
    files = chats(work.site, digest, copies.issue)
    if made is None or mail is None:
        return files
    return {
        "issue.html": made.html.encode(),
        "issue.txt": made.text.encode(),
        "issue.eml": mail.content,
        **files,
    }


def chats(site: Site, digest: Digest, issue: Issue) -> dict[str, bytes]:
    """Return chat.txt and, if it is longer than a message, its parts for each limit."""
    told = chat(cleaned(issue, digest), digest, view_url(site, digest, issue))
    (whole,) = split(told)
    files = {"chat.txt": f"{whole}\n".encode()}
    for limit in (TELEGRAM, ZALO):
        parts = split(told, limit)
        if len(parts) > 1:
            files |= {
                f"chat-{limit}-{at}.txt": f"{part}\n".encode()
                for at, part in enumerate(parts, 1)
            }
    return files
