"""A mailbox at an IMAP server that bounces come to. The only door of imaplib.

Messages are fetched without being marked, and marked as read once they are kept: who
dies in between finds them again. Nothing is deleted; a desk empties its own mailbox.
"""

from __future__ import annotations

import imaplib
import ssl
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from syndicate.digest.returns.parts import LONGEST
from syndicate.errors import MailError
from syndicate.ports import Arrived

PATIENCE = 30.0
"""Seconds for each answer of the server."""
WINDOW = 2_000
"""Messages among which one search looks: its answer is a single line."""
_LOCAL = ("localhost", "127.0.0.1", "::1")
_PORTS = {"imaps": 993, "imap": 143}
# TLS and time-outs are OSErrors; a password that is not ASCII is a ValueError
_TROUBLES = (imaplib.IMAP4.error, OSError, ValueError)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a mailbox is, and who opens it."""

    host: str
    port: int
    user: str
    folder: str
    encrypted: bool
    """TLS from the first byte; else STARTTLS, but on this very machine."""

    @property
    def name(self) -> str:
        """For messages; without a password, there is none in it."""
        return f"{self.user}@{self.host}/{self.folder}"


def account(url: str) -> Account:
    """Read ``imaps://USER@HOST[:PORT]/FOLDER``; ``imap`` begins in clear.

    :raises MailError: it is not such an address
    """
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    sound = port and parts.hostname and parts.username and unquote(url).isprintable()
    if not (sound and parts.hostname and parts.username):
        raise MailError(f'"{url}" is no mailbox; write imaps://USER@HOST/FOLDER')
    return Account(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        encrypted=parts.scheme == "imaps",
    )


class Imap:
    """Unread messages of one folder, the oldest first.

    The connection is made when it is first needed; when it breaks, it is made once
    more. The server's certificate has to be good.
    """

    def __init__(
        self,
        url: str,
        password: str,
        *,
        context: ssl.SSLContext | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._account = account(url)
        self._password = password
        self._context = context or ssl.create_default_context()
        self._patience = patience
        self._line: imaplib.IMAP4 | None = None
        self._taken: set[str] = set()
        """UIDs that were given out on this connection or an earlier one."""
        self._validity: list[Any] | None = None

    def waiting(self, most: int) -> list[Arrived]:
        """Fetch up to ``most`` unread messages that were not given out before.

        :raises MailError: the server cannot be asked
        """
        return self._asked(lambda line: self._fetch(line, most))

    def done(self, names: Sequence[str]) -> None:
        """Mark messages as read.

        :raises MailError: the server cannot be asked; they will come once more
        """
        if names:
            self._asked(lambda line: _mark(line, names))

    def close(self) -> None:
        """Log out, if there is anybody to tell."""
        line, self._line = self._line, None
        if line is not None:
            try:
                line.logout()
            except _TROUBLES:
                _drop(line)

    def _asked(self, ask: Callable[[imaplib.IMAP4], Answer]) -> Answer:
        """Ask the server; once more on a new connection, if the old one is broken."""
        fresh = self._line is None
        try:
            return ask(self._open())
        except imaplib.IMAP4.abort as error:
            self._forget()
            if fresh:
                raise self._said(error) from error
        except _TROUBLES as error:
            self._forget()
            if fresh or not isinstance(error, OSError):
                raise self._said(error) from error
        try:
            return ask(self._open())
        except _TROUBLES as error:
            self._forget()
            raise self._said(error) from error

    def _open(self) -> imaplib.IMAP4:
        if self._line is None:
            line = self._connect()
            try:
                line.login(self._account.user, self._password)
                self._select(line)
            except _TROUBLES:
                _drop(line)
                raise
            self._line = line
        return self._line

    def _connect(self) -> imaplib.IMAP4:
        where, patience = self._account, self._patience
        if where.encrypted:
            return imaplib.IMAP4_SSL(
                where.host, where.port, ssl_context=self._context, timeout=patience
            )
        line = imaplib.IMAP4(where.host, where.port, timeout=patience)
        if where.host not in _LOCAL:  # a password never goes out in clear
            try:
                line.starttls(ssl_context=self._context)
            except _TROUBLES:
                _drop(line)
                raise
        return line

    def _fetch(self, line: imaplib.IMAP4, most: int) -> list[Arrived]:
        found: list[Arrived] = []
        last = self._select(line)
        for first in range(1, last + 1, WINDOW):
            window = f"{first}:{min(last, first + WINDOW - 1)}"
            said = _need(line.uid("SEARCH", window, "UNSEEN"))
            for uid in (said[0] or b"").decode("ascii", "replace").split():
                if len(found) >= most:
                    return found
                if uid not in self._taken:
                    content = _content(line, uid)
                    self._taken.add(uid)
                    if content is not None:
                        found.append(Arrived(name=uid, content=content))
        return found

    def _select(self, line: imaplib.IMAP4) -> int:
        """Open the folder; gives how many messages are in it.

        One that was made anew has other messages under the same numbers.
        """
        exists = _need(line.select(_quoted(self._account.folder)))
        _name, validity = line.response("UIDVALIDITY")
        if self._validity not in (None, validity):
            raise imaplib.IMAP4.error("the folder was made anew meanwhile")
        self._validity = validity
        return int(exists[0] or b"0")

    def _forget(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            _drop(line)

    def _said(self, error: Exception) -> MailError:
        said = str(error).removeprefix("b'").removesuffix("'") or type(error).__name__
        return MailError(f"imap {self._account.name}: {said}")


def _content(line: imaplib.IMAP4, uid: str) -> bytes | None:
    """The beginning of a message, left unread; None if it is gone."""
    answer = _need(line.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LONGEST}>)"))
    for piece in answer:
        if isinstance(piece, tuple) and len(piece) > 1:
            content: bytes = piece[1]
            return content
    return None


def _mark(line: imaplib.IMAP4, uids: Sequence[str]) -> None:
    _need(line.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Seen)"))


def _need(answer: tuple[str, list[Any]]) -> list[Any]:
    """What the server says after OK; anything else is an error."""
    status, said = answer
    if status != "OK":
        raise imaplib.IMAP4.error(_words(said))
    return said


def _words(said: list[Any]) -> str:
    first = said[0] if said else b""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def _quoted(folder: str) -> str:
    escaped = _utf7(folder).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf7(folder: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, 5.1.3): "Thư" → "Th&AbA-"."""
    written = ""
    for is_plain, run in groupby(folder, lambda one: " " <= one <= "~"):
        said = "".join(run)
        if is_plain:
            written += said.replace("&", "&-")
        else:
            coded = b64encode(said.encode("utf-16-be", "replace")).decode("ascii")
            written += f"&{coded.rstrip('=').replace('/', ',')}-"
    return written


def _drop(line: imaplib.IMAP4) -> None:
    with suppress(*_TROUBLES):
        line.shutdown()
