"""The mailbox that a setting names."""

from __future__ import annotations

from pathlib import Path

from syndicate.digest.returns.imap import Imap
from syndicate.digest.returns.maildir import Maildir
from syndicate.ports import Box


def box(url: str, password: str = "") -> Box:
    """Open ``maildir:PATH``, ``imaps://USER@HOST/FOLDER`` or ``imap://…``.

    :raises MailError: it is none of these
    """
    scheme, _colon, path = url.partition(":")
    if scheme == "maildir":
        return Maildir(Path(path))
    return Imap(url, password)
