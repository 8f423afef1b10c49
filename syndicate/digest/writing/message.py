"""One member's mail, byte by byte (RFC 5322, 2045, 2369, 2919, 8058).

The same issue for the same member is always the same bytes and has the same
Message-ID: a copy that is sent again is seen to be the same copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from syndicate.digest import addresses
from syndicate.digest.drawing.render import Rendered, stitch
from syndicate.digest.mime import encoded, header, phrase, structured
from syndicate.errors import MailError
from syndicate.model import Digest, Issue, Member, Message, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Whose copy of an issue it is, and how it travels."""

    member: Member
    sender: str
    """As ``From`` has it: "Bàn tin Cửu Hà <ban-tin@ban-tin.example>"."""
    unsubscribe_url: str
    date: datetime
    """Of the issue, not of the try: a second try has the same bytes."""
    bounce_domain: str = ""
    """Where bounces come in; empty: to the sender's address."""


def message(
    rendered: Rendered, copy: Copy, *, issue: Issue, digest: Digest, site: Site
) -> Message:
    """Build one member's copy of a rendered issue.

    Raises :class:`~syndicate.errors.MailError`, which names the member, for an
    address, a name or a link that cannot stand in a header.
    """
    whose = f"member {copy.member.address!r}"
    if copy.date.tzinfo is None:
        raise MailError(f"{whose}: the date of the mail has no zone")
    sender_line, sender = addresses.writer(copy.sender)
    recipient = addresses.mailbox(copy.member.address, whose)
    link = addresses.unsubscribe_link(copy.unsubscribe_url, whose)
    token = _token(site, issue, recipient)
    domain = addresses.domain_of(sender)
    message_id = f"<{_label(digest.key)}.{issue.number}.{token}@{domain}>"
    boundary = f"=_{token}"
    own = stitch(rendered, link)
    local = copy.date.astimezone(ZoneInfo(digest.timezone))
    lines = [
        structured("From", sender_line),
        structured("To", addresses.person(copy.member)),
        header("Subject", own.subject),
        structured("Date", format_datetime(local)),
        structured("Message-ID", message_id),
        *_reply_to(site, sender),
        *_list_headers(digest, site, domain, link),
        structured("Feedback-ID", f"{issue.number}:{_label(digest.key)}:mail:{domain}"),
        structured("MIME-Version", "1.0"),
        structured("Content-Language", digest.language),
        structured("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    return Message(
        sender=_envelope(copy, sender, token, whose),
        recipient=recipient,
        message_id=message_id,
        content=b"".join(lines) + body_of(own, boundary),
    )


def _list_headers(digest: Digest, site: Site, domain: str, link: str) -> list[bytes]:
    """Say that it is a list, whose, and how to leave it with one click."""
    list_id = f"<{_label(digest.key)}.{domain}>"
    named = f"{phrase(digest.title)} {list_id}"
    return [
        structured("List-Id", named),
        structured("List-Unsubscribe", f"<{link}>"),
        structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        *_archive(site),
        structured("List-Post", "NO"),
        structured("Precedence", "list"),
        structured("Auto-Submitted", "auto-generated"),
        structured("X-Auto-Response-Suppress", "All"),
    ]


def _archive(site: Site) -> list[bytes]:
    base = site.base_url
    if not base.isascii() or not base.isprintable() or set(base) & set(" <>"):
        return []
    return [structured("List-Archive", f"<{base}/>")] if len(base) < 200 else []


def _reply_to(site: Site, sender: str) -> list[bytes]:
    if not site.contact or site.contact == sender:
        return []
    try:
        contact = addresses.mailbox(site.contact, "the site's contact")
    except MailError:
        # Answers then go to the sender, which is no reason to send nothing.
        return []
    return [structured("Reply-To", f"<{contact}>")]


def _envelope(copy: Copy, sender: str, token: str, whose: str) -> str:
    """Return the envelope sender: one of its own, so that a bounce names the copy."""
    if not copy.bounce_domain:
        return sender
    return addresses.mailbox(f"b-{token}@{copy.bounce_domain}", f"{whose}, bounces")


def _token(site: Site, issue: Issue, recipient: str) -> str:
    """Return the mark of one copy: the same for ever, and no address in it."""
    parts = (
        site.id_authority or site.base_url,
        issue.digest,
        issue.start.isoformat(),
        str(issue.number),
        recipient.lower(),
    )
    return sha256("\x00".join(parts).encode("utf-8")).hexdigest()[:24]


def _label(key: str) -> str:
    """Return a digest's key as it may stand in an identifier."""
    kept = "".join(
        character if character.isascii() and character.isalnum() else "-"
        for character in key
    )
    return kept.strip("-") or "digest"


def body_of(rendered: Rendered, boundary: str) -> bytes:
    """Put the text first and the HTML last: the last that can be shown is shown.

    The boundary holds "=_", which neither transfer encoding can produce.
    """
    chunks: list[bytes] = []
    for subtype, content in (("plain", rendered.text), ("html", rendered.html)):
        part = encoded(content)
        chunks += [
            f"\r\n--{boundary}\r\n".encode("ascii"),
            structured("Content-Type", f"text/{subtype}; charset=utf-8"),
            structured("Content-Transfer-Encoding", part.encoding),
            b"\r\n",
            part.body,
        ]
    return b"".join(chunks) + f"\r\n--{boundary}--\r\n".encode("ascii")
