"""A mail to one reader: no list, nothing to leave (RFC 5322, 3834).

The bytes are made as those of a digest are, and checked by the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from syndicate.digest import addresses
from syndicate.digest.drawing.render import Rendered
from syndicate.digest.linting.lint import Finding, errors, lint
from syndicate.digest.mime import header, structured
from syndicate.digest.writing.message import body_of
from syndicate.errors import MailError
from syndicate.model import Member, Message, Site

_OF_LISTS = ("unsubscribe-", "foot-", "text-unsubscribe", "list-id", "text-width")
"""Beginnings of rules for mail that people have signed up for; and a line that is to
be copied into a file is not folded, however long it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What such a mail is about, and for whom."""

    about: str
    """Kind of the report: letters and hyphens."""
    start: datetime
    """Of its period: the same report for the same reader has the same Message-ID."""
    date: datetime
    member: Member
    sender: str
    """As ``From`` has it."""
    language: str
    zone: str
    token: str = ""
    """Of its Message-ID, where it has one of its own; "" for one made of the rest."""
    bounces: str = ""
    """Envelope sender; "" for the sender's address."""


def notice(rendered: Rendered, about: Notice, site: Site) -> Message:
    """Build the mail.

    Raises :class:`~syndicate.errors.MailError` for an address that cannot stand in a
    header.
    """
    whose = f"{about.about} to {about.member.address!r}"
    sender_line, sender = addresses.writer(about.sender)
    recipient = addresses.mailbox(about.member.address, whose)
    token = about.token or _token(about, site, recipient)
    envelope = sender
    if about.bounces:
        envelope = addresses.mailbox(about.bounces, f"{whose}, bounces")
    message_id = f"<{about.about}.{token}@{addresses.domain_of(sender)}>"
    boundary = f"=_{token}"
    lines = [
        structured("From", sender_line),
        structured("To", addresses.person(about.member)),
        header("Subject", rendered.subject),
        structured(
            "Date", format_datetime(about.date.astimezone(ZoneInfo(about.zone)))
        ),
        structured("Message-ID", message_id),
        structured("Auto-Submitted", "auto-generated"),
        structured("X-Auto-Response-Suppress", "All"),
        structured("MIME-Version", "1.0"),
        structured("Content-Language", about.language),
        structured("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    return Message(
        sender=envelope,
        recipient=recipient,
        message_id=message_id,
        content=b"".join(lines) + body_of(rendered, boundary),
    )


def faults(message: Message) -> tuple[Finding, ...]:
    """Return what keeps the mail from being sent: the rules of digests but lists'."""
    found = errors(lint(message.content))
    return tuple(one for one in found if not one.rule.startswith(_OF_LISTS))


def check(message: Message) -> None:
    """Raise MailError if the mail must not be sent."""
    if wrong := faults(message):
        said = "; ".join(f"{one.rule}: {one.text}" for one in wrong)
        raise MailError(f"the report was not sent, it would be wrong: {said}")


def _token(about: Notice, site: Site, recipient: str) -> str:
    parts = (
        site.id_authority or site.base_url,
        about.about,
        about.start.isoformat(),
        recipient.lower(),
    )
    return sha256("\x00".join(parts).encode("utf-8")).hexdigest()[:24]
