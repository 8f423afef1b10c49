"""Which transport an address of the settings means."""

from __future__ import annotations

from pathlib import Path

from syndicate.digest.post.outbox import FolderTransport
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.errors import MailError
from syndicate.ports import Transport


def transport(
    url: str, *, user: str = "", password: str = "", timeout: float = 30.0
) -> Transport:
    """Return the transport of ``folder:PATH``, ``smtp://…`` or ``smtps://…``.

    ``timeout`` is in seconds. Raises :class:`~syndicate.errors.MailError` for any
    other address; the address may hold a password and is never repeated.
    """
    scheme, colon, rest = url.partition(":")
    if scheme == "folder" and rest:
        return FolderTransport(Path(rest))
    if scheme in ("smtp", "smtps") and colon:
        return SmtpTransport(url, user=user, password=password, timeout=timeout)
    raise MailError(
        "mail goes to folder:PATH, smtp://HOST:PORT or smtps://HOST:PORT,"
        f" not to {scheme!r}"
    )
