"""The one door of smtplib: messages over a kept connection, replies in our words.

What matters is how far a message got. Until the final dot has gone out, a broken line
means that nothing was handed over; after it, nobody can know (RFC 5321 §4.2.5, §4.5.3).
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from syndicate.errors import MailError
from syndicate.model import DeliveryState, Message, Reply

_BROKEN = (smtplib.SMTPException, OSError)
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class _Relay:
    """Where and how to connect."""

    secure: bool
    host: str
    port: int
    starttls: bool
    user: str
    password: str
    timeout: float


class _StoppedError(Exception):
    """The other side said no; ``reply`` is what that means."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.detail)
        self.reply = reply


class SmtpTransport:
    """Hands messages to a relay: ``smtp://host:port?starttls=1``, ``smtps://host``.

    The connection is kept from one message to the next and made anew when it is gone.
    A user or password in the address is used if none is given apart.
    Raises :class:`~syndicate.errors.MailError` for an address that is no relay.
    """

    def __init__(
        self, url: str, *, user: str = "", password: str = "", timeout: float = 30.0
    ) -> None:
        self._relay = _relay(url, user, password, timeout)
        self._connection: smtplib.SMTP | None = None

    def send(self, message: Message) -> Reply:
        """Hand one message over; never raises for what the other side says or does."""
        try:
            connection = self._begun(message.sender)
            _say(connection, "RCPT TO", connection.rcpt(message.recipient), (250, 251))
            _say(connection, "DATA", connection.docmd("DATA"), (354,))
            connection.send(_stuffed(message.content))
        except _StoppedError as stopped:
            self._reset()
            return stopped.reply
        except _BROKEN as error:
            self._drop()
            return _reply(
                DeliveryState.DEFERRED, "the line broke before the end", error
            )
        return self._answer(connection)

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except _BROKEN:
            connection.close()

    def _begun(self, sender: str) -> smtplib.SMTP:
        """Return a connection on which MAIL FROM has been accepted.

        A kept connection may have died of old age; that is no message's fault, so
        one new connection is tried before the message is put off.
        """
        if self._connection is not None:
            try:
                said = self._connection.mail(sender)
            except _BROKEN:
                self._drop()
            else:
                if said[0] != 421:
                    _say(self._connection, "MAIL FROM", said, (250,))
                    return self._connection
                self._drop()
        self._connection = _connected(self._relay)
        said = self._connection.mail(sender)
        _say(self._connection, "MAIL FROM", said, (250,))
        return self._connection

    def _answer(self, connection: smtplib.SMTP) -> Reply:
        """Read what becomes of a message whose final dot has gone out."""
        try:
            code, words = connection.getreply()
        except _BROKEN as error:
            self._drop()
            return _reply(
                DeliveryState.UNCERTAIN, "the line broke after the message", error
            )
        if code == 421:
            self._drop()
        return Reply(state=_meaning(code), detail=_words("message", code, words))

    def _reset(self) -> None:
        """Forget a message that went wrong, or the whole connection if that fails."""
        try:
            if self._connection is not None and self._connection.rset()[0] != 250:
                self._drop()
        except _BROKEN:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _relay(url: str, user: str, password: str, timeout: float) -> _Relay:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise MailError(f"the address of the relay: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise MailError("a relay is smtp://host:port or smtps://host:port")
    wants = parse_qs(parts.query).get("starttls", ["0"])[-1].lower()
    return _Relay(
        secure=parts.scheme == "smtps",
        host=parts.hostname,
        port=port,
        starttls=wants in ("1", "true", "yes"),
        user=user or unquote(parts.username or ""),
        password=password or unquote(parts.password or ""),
        timeout=timeout,
    )


def _connected(relay: _Relay) -> smtplib.SMTP:
    """Connect, greet, and prove who we are; an error leaves nothing open."""
    connection: smtplib.SMTP
    if relay.secure:
        connection = smtplib.SMTP_SSL(
            relay.host,
            relay.port,
            timeout=relay.timeout,
            context=ssl.create_default_context(),
        )
    else:
        connection = smtplib.SMTP(relay.host, relay.port, timeout=relay.timeout)
    try:
        connection.ehlo_or_helo_if_needed()
        if relay.starttls:
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
        if relay.user:
            connection.login(relay.user, relay.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _say(
    connection: smtplib.SMTP,
    stage: str,
    said: tuple[int, bytes],
    good: tuple[int, ...],
) -> None:
    """Stop unless the other side said one of the ``good`` codes."""
    code, words = said
    if code in good:
        return
    if code in (-1, 421):
        connection.close()
    state = _meaning(code)
    if state is DeliveryState.ACCEPTED:
        # A yes out of turn: the message was not handed over, so it is tried again.
        state = DeliveryState.DEFERRED
    raise _StoppedError(Reply(state=state, detail=_words(stage, code, words)))


def _meaning(code: int) -> DeliveryState:
    """Read a reply code; 552 is a full mailbox and passes (RFC 5321 §4.5.3.1.10)."""
    if 200 <= code < 300:
        return DeliveryState.ACCEPTED
    if 500 <= code < 600 and code != 552:
        return DeliveryState.REFUSED
    return DeliveryState.DEFERRED


def _words(stage: str, code: int, words: bytes) -> str:
    said = " ".join(words.decode("utf-8", "replace").split())
    return f"{stage}: {code} {said}"[:500]


def _reply(state: DeliveryState, what: str, error: Exception) -> Reply:
    cause = str(error) or type(error).__name__
    return Reply(state=state, detail=f"{what}: {cause}"[:500])


def _stuffed(content: bytes) -> bytes:
    """Double the dots that begin lines and set the final dot (RFC 5321 §4.5.2)."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"
