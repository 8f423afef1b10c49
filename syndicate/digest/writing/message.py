"""One member's mail, byte by byte (RFC 5322, 2045, 2369, 2919, 8058).

The same issue for the same member is always the same bytes and has the same
Message-ID: a copy that is sent again is seen to be the same copy. What members of one
wish have in common is made once (:class:`Mould`); a copy takes microseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from syndicate.digest import addresses
from syndicate.digest.drawing.coding import LEAVE, WORDS, Piece, Row, row
from syndicate.digest.drawing.parts import Links
from syndicate.digest.drawing.render import Rendered
from syndicate.digest.drawing.variants import Side, Variant
from syndicate.digest.mime import encoded, header, phrase, structured
from syndicate.digest.post.dkim import canonical_piece
from syndicate.digest.post.envelope import FINAL, doubled, has_whole_lines
from syndicate.errors import MailError
from syndicate.model import Digest, Member, Message, Site
from syndicate.signing import LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What all copies of an issue have in common on their way."""

    digest: Digest
    site: Site
    number: int
    """Of the issue."""
    links: Links
    sender: str
    """As ``From`` has it: "Bàn tin Cửu Hà <ban-tin@ban-tin.example>"."""
    date: datetime
    """Of the issue, not of the try: a second try has the same bytes."""
    bounce_domain: str = ""
    """Where bounces come in; empty: to the sender's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Whose copy of an issue it is; all words are of a–z and 0–9."""

    member: Member
    mark: str
    """Of issue and member, in the Message-ID: nobody can tell the member from it."""
    leave: str
    """The token in the address that takes the member off the list."""
    choose: str
    """The token in the address of the member's preferences."""
    bounce: str = ""
    """The token in the envelope sender."""


class Hash(Protocol):
    """What :mod:`hashlib` makes."""

    def update(self, data: bytes, /) -> None:
        """Hash more."""

    def digest(self) -> bytes:
        """Return the hash of all so far."""

    def copy(self) -> Self:
        """Return one that goes on from here."""


Stamp = Callable[[bytes, bytes], bytes]
"""Header lines and the hash of the canonical body in, lines that sign them out."""


class Mould:
    """All that the copies of a variant have in common; making one costs little.

    Raises :class:`~syndicate.errors.MailError` for a sender, or links, that cannot
    stand in a header. It keeps nothing of what it makes: threads may share it.
    """

    def __init__(
        self, variant: Variant, post: Post, stamp: Stamp | None = None
    ) -> None:
        """Write what does not depend on the member; ``stamp`` signs each copy."""
        self._stamp = stamp
        self.variant = variant
        self._links = post.links
        sender_line, self._sender = addresses.writer(post.sender)
        self._domain = addresses.domain_of(self._sender)
        self._bounces = _bounces(post.bounce_domain)
        self._label = _label(post.digest.key)
        self._identity = f"{self._label}.{post.number}"
        addresses.unsubscribe_link(post.links.unsubscribe, "the mail's own links")
        self._from = structured("From", sender_line)
        self._middle = _middle(variant, post, self._sender)
        boundary = f"=_{_boundary(post, variant)}"
        self._list = _list_headers(post, self._domain)
        self._type, pieces = _content(variant, boundary)
        self._body = row(pieces)
        self._canonical = _canonical(self._body) if stamp else None
        self._wire = _on_the_line(self._body)
        language = variant.wish.language
        self._tail = b"".join(
            (
                _feedback(post, self._label, self._domain),
                structured("MIME-Version", "1.0"),
                structured("Content-Language", language),
                self._type,
            )
        )

    def message(self, copy: Copy) -> Message:
        """Build one member's copy.

        Raises :class:`~syndicate.errors.MailError`, which names the member, for an
        address or a name that cannot stand in a header.
        """
        whose = f"member {copy.member.address!r}"
        recipient = addresses.mailbox(copy.member.address, whose)
        message_id = f"<{self._identity}.{copy.mark}@{self._domain}>"
        headers = b"".join(
            (
                self._from,
                structured("To", addresses.person_at(copy.member, recipient, whose)),
                self._middle,
                structured("Message-ID", message_id),
                self._list,
                self._leaving(copy),
                self._tail,
            )
        )
        words = (copy.leave.encode("ascii"), copy.choose.encode("ascii"))
        stamped = b""
        if self._stamp and self._canonical:
            stamped = self._stamp(headers, self._canonical.hash(words))
        head = b"".join((stamped, headers, b"\r\n"))
        return Message(
            sender=self._envelope(copy),
            recipient=recipient,
            message_id=message_id,
            content=head + self._body.filled(words),
            wire=self._on_the_line(head, words),
        )

    def _on_the_line(self, head: bytes, words: Sequence[bytes]) -> bytes:
        """Return the message as SMTP carries it; no header line begins with a dot."""
        if self._wire is None or not has_whole_lines(head):
            return b""
        return head + self._wire.filled(words)

    def _leaving(self, copy: Copy) -> bytes:
        link = self._links.unsubscribe.replace(LEAVE, copy.leave)
        return structured("List-Unsubscribe", f"<{link}>") + structured(
            "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
        )

    def _envelope(self, copy: Copy) -> str:
        """Return the envelope sender: its own, so that a bounce names the copy."""
        if not (self._bounces and copy.bounce):
            return self._sender
        return f"b-{copy.bounce}@{self._bounces}"


def _bounces(domain: str) -> str:
    """Return the domain where bounces come in, as an address may have it."""
    if not domain:
        return ""
    token = "b" * LENGTH
    return addresses.domain_of(addresses.mailbox(f"b-{token}@{domain}", "bounces"))


def _middle(variant: Variant, post: Post, sender: str) -> bytes:
    if post.date.tzinfo is None:
        raise MailError(f"{post.digest.key}: the date of the mail has no zone")
    local = post.date.astimezone(ZoneInfo(post.digest.timezone))
    lines = (
        header("Subject", variant.subject),
        structured("Date", format_datetime(local)),
        *_reply_to(post.site, sender),
    )
    return b"".join(lines)


def _feedback(post: Post, label: str, domain: str) -> bytes:
    return structured("Feedback-ID", f"{post.number}:{label}:mail:{domain}")


def _list_headers(post: Post, domain: str) -> bytes:
    """Say that it is a list, and whose; the Id is the same for all cadences."""
    digest = post.digest
    named = f"{phrase(digest.title)} <{_label(digest.series)}.{domain}>"
    lines = (
        structured("List-Id", named),
        *_help(post.links.archive),
        structured("List-Post", "NO"),
        structured("Precedence", "list"),
        structured("Auto-Submitted", "auto-generated"),
        structured("X-Auto-Response-Suppress", "All"),
    )
    return b"".join(lines)


def _help(archive: str) -> list[bytes]:
    """Lead to the page with all issues, which says how to join, change and leave."""
    legal = archive.isascii() and archive.isprintable() and len(archive) <= 200
    if not archive or not legal or set(archive) & set(" <>"):
        return []
    return [
        structured("List-Archive", f"<{archive}>"),
        structured("List-Help", f"<{archive}#help>"),
    ]


def _reply_to(site: Site, sender: str) -> list[bytes]:
    if not site.contact or site.contact == sender:
        return []
    try:
        contact = addresses.mailbox(site.contact, "the site's contact")
    except MailError:
        # Answers then go to the sender, which is no reason to send nothing.
        return []
    return [structured("Reply-To", f"<{contact}>")]


def _boundary(post: Post, variant: Variant) -> str:
    """Return what parts the parts: the same for all copies of a variant."""
    said = (post.digest.key, post.number, variant.content_key, variant.subject)
    return sha256(repr(said).encode("utf-8")).hexdigest()[:24]


def _label(key: str) -> str:
    """Return a digest's key as it may stand in an identifier."""
    kept = "".join(
        character if character.isascii() and character.isalnum() else "-"
        for character in key
    )
    return kept.strip("-") or "digest"


# ── Bodies ───────────────────────────────────────────────────────────────────


def _content(variant: Variant, boundary: str) -> tuple[bytes, tuple[Piece, ...]]:
    """Return the Content-Type of a message, with what follows it."""
    text, page = variant.text_side, variant.html_side
    if page is None:
        return _entity("plain", text), text.pieces
    pieces: list[Piece] = []
    start = b""
    for subtype, side in (("plain", text), ("html", page)):
        opening = start + f"--{boundary}\r\n".encode("ascii")
        pieces += [opening + _entity(subtype, side) + b"\r\n", *side.pieces]
        start = b"\r\n"
    pieces.append(f"\r\n--{boundary}--\r\n".encode("ascii"))
    return _alternative(boundary), tuple(pieces)


@dataclass(frozen=True, slots=True)
class _Canonical:
    """A body as DKIM reads it (relaxed): hashed once up to a member's first word."""

    begun: Hash
    rest: Row

    def hash(self, words: Sequence[bytes]) -> bytes:
        """Return the SHA-256 of the body with a member's words in it."""
        whole = self.begun.copy()
        whole.update(self.rest.filled(words))
        return whole.digest()


def _canonical(body: Row) -> _Canonical:
    first, *others = (tuple(map(canonical_piece, run)) for run in body.runs)
    return _Canonical(sha256(b"".join(first)), Row(((), *others), body.slots))


def _on_the_line(body: Row) -> Row | None:
    """Double the dots of a body and set the last one; None if it has half line ends.

    To look through all of a message takes longer than to put it together. A member's
    words neither begin nor end a line with anything that counts here.
    """
    whole = body.filled([word.encode("ascii") for word in WORDS])
    if not (has_whole_lines(whole) and whole.endswith(b"\r\n")):
        return None
    first, *others = map(b"".join, body.runs)
    runs = [doubled(b"\r\n" + first)[2:], *map(doubled, others)]
    runs[-1] += FINAL
    return Row(tuple((run,) for run in runs), body.slots)


def _entity(subtype: str, side: Side) -> bytes:
    return structured("Content-Type", f"text/{subtype}; charset=utf-8") + structured(
        "Content-Transfer-Encoding", side.coding.value
    )


def _alternative(boundary: str) -> bytes:
    return structured("Content-Type", f'multipart/alternative; boundary="{boundary}"')


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
