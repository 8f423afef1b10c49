"""Which transport an address of the settings means."""

from __future__ import annotations

from pathlib import Path

from syndicate.digest.post.outbox import FolderTransport
from syndicate.digest.post.sendmail import SendmailTransport
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.errors import MailError
from syndicate.ports import Transport

_RELAYS = ("smtp", "smtps", "lmtp")


def transport(
    url: str, *, user: str = "", password: str = "", timeout: float = 60.0
) -> Transport:
    """Return the transport of an address: a relay, a program, a folder.

    ``smtp://``, ``smtps://``, ``lmtp://`` with HOST:PORT, ``lmtp:PATH`` of a socket,
    ``sendmail:PATH`` of a program, ``folder:PATH``. ``timeout`` is in seconds, for
    each step. Nothing is opened yet. Raises :class:`~syndicate.errors.MailError` for
    any other address; the address may hold a password and is never repeated.
    """
    scheme, colon, rest = url.partition(":")
    if scheme == "folder" and rest:
        return FolderTransport(Path(rest))
    if scheme == "sendmail" and rest:
        return SendmailTransport(Path(rest), timeout=timeout)
    if scheme in _RELAYS and colon:
        return SmtpTransport(url, user=user, password=password, timeout=timeout)
    raise MailError(
        "mail goes to smtp://HOST:PORT, smtps://HOST:PORT, lmtp://HOST:PORT, lmtp:PATH,"
        f" sendmail:PATH or folder:PATH, not to {scheme!r}"
    )
