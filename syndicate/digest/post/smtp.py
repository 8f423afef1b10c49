"""Messages over a kept connection: SMTP and LMTP (RFC 5321, 2033), with pipelining.

What matters is how far a message got. Until the final dot has gone out, a broken line
means that nothing was handed over; after it, nobody can know (RFC 5321 §4.2.5, §4.5.3).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from syndicate.digest.post.envelope import dotted, has_whole_lines, path
from syndicate.digest.post.line import BROKEN, Line
from syndicate.digest.post.relays import read_relay, trust
from syndicate.digest.post.replies import Answer, NonsenseError, Stage, verdict
from syndicate.digest.post.session import Session, StoppedError, begin, need, reason
from syndicate.model import Blame, DeliveryState, Message, Reply

MOST_MESSAGES = 100
"""Over one connection; many servers take no more."""
IDLE = 60.0
"""Seconds after which a connection is not worth trying: a new one is made."""
_YES = 2
"""First digit of a reply that takes what was offered."""
CLOSING, WAITING = 421, 354
"""Reply codes: the relay hangs up; it wants the message."""
_LAST_WORDS = 2.0


class SmtpTransport:
    """Hands messages to a relay: ``smtp://host:port?starttls=1``, ``lmtp:PATH``, ….

    The connection is kept from one message to the next and made anew when it is gone.
    Raises :class:`~syndicate.errors.MailError` for an address that is no relay.
    """

    def __init__(
        self, url: str, *, user: str = "", password: str = "", timeout: float = 60.0
    ) -> None:
        self._relay = read_relay(url, user=user, password=password, timeout=timeout)
        in_tls = self._relay.secure or self._relay.starttls
        # Once for all connections: it takes 10 ms to read.
        self._trusted = trust(self._relay.ca) if in_tls else None
        self._session: Session | None = None
        self._count = 0
        self._used = 0.0

    def send(self, message: Message) -> Reply:
        """Hand one message over; never raises for what the other side says or does."""
        try:
            envelope = _checked(message)
            session = self._begun(envelope)
        except StoppedError as stopped:
            return stopped.reply
        except BROKEN as error:
            self._drop()
            return _broken(
                DeliveryState.DEFERRED, "the line broke before the end", error
            )
        else:
            self._count += 1
            return self._handed(session, message.wire or dotted(message.content))
        finally:
            self._used = monotonic()

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        session, self._session = self._session, None
        if session is not None:
            session.leave()

    def _begun(self, envelope: _Envelope) -> Session:
        """Return a session in which the relay waits for the message.

        A kept connection may have died of old age; that is no message's fault, so
        one new connection is tried before the message is put off.
        """
        idle = monotonic() - self._used
        if self._session is not None and (self._count >= MOST_MESSAGES or idle > IDLE):
            self.close()
        if self._session is not None and not self._session.line.is_in_turn:
            self._drop()
        if self._session is not None:
            try:
                self._announce(self._session, envelope, kept=True)
            except _StaleError:
                self._drop()
            else:
                return self._session
        self._session, self._count = begin(self._relay, self._trusted), 0
        self._announce(self._session, envelope, kept=False)
        return self._session

    def _announce(self, session: Session, envelope: _Envelope, *, kept: bool) -> None:
        """Say MAIL, RCPT and DATA: at once where that is offered (RFC 2920)."""
        line, steps = session.line, envelope.steps(session)
        at_once = "PIPELINING" in session.offers
        for number, (stage, command, good) in enumerate(steps):
            try:
                if at_once and not number:
                    line.say(*(said for _stage, said, _good in steps))
                elif not at_once:
                    line.say(command)
                answer = line.hear()
            except BROKEN as error:
                if kept and not number:
                    raise _StaleError from error
                raise
            if answer.code in good:
                continue
            if kept and not number and answer.code == CLOSING:
                raise _StaleError
            reply = verdict(stage, answer)
            if reply.blame is Blame.LINE and not 400 <= answer.code < 500:
                # We do not understand each other: who knows what its next words mean.
                self._drop()
            else:
                due = len(steps) - 1 - number if at_once else 0
                self._clear(session, answer, due)
            raise StoppedError(reply)

    def _clear(self, session: Session, refusal: Answer, due: int) -> None:
        """After a refusal, hear the ``due`` answers and forget the message.

        Who refuses the only recipient and wants the message all the same gets an
        empty one (RFC 2920 §3.1), which then is for nobody.
        """
        line, last = session.line, refusal
        try:
            if refusal.code == CLOSING:
                raise NonsenseError("the relay closes")
            for _number in range(due):
                last = line.hear()
            if last.code == WAITING:
                if self._relay.lmtp:
                    raise NonsenseError("a message for nobody")
                line.say(".")
                line.hear()
            need(Stage.SENDER, line.ask("RSET"), 250)
        except (StoppedError, *BROKEN):
            self._drop()

    def _handed(self, session: Session, wire: bytes) -> Reply:
        """Send the message itself, and hear what becomes of it."""
        line, patience = session.line, self._relay.timeout
        if not line.is_in_turn:
            # What is said before the message has gone is no answer to it.
            self._drop()
            return _in_doubt(
                DeliveryState.DEFERRED, "the relay spoke before it had the message"
            )
        try:
            line.send(wire, 3 * patience)
        except BROKEN as error:
            reply = _last_words(line, error)
            self._drop()
            return reply
        try:
            answer = line.hear(10 * patience)
        except BROKEN as error:
            self._drop()
            what = "the line broke after the message"
            return _broken(DeliveryState.UNCERTAIN, what, error)
        reply = verdict(Stage.MESSAGE, answer)
        after = line.unasked()
        if after and answer.code >= 400 and after.code // 100 == _YES:
            self._drop()
            said = f"the relay said {answer.code} and {after.code} to one message"
            return _in_doubt(DeliveryState.UNCERTAIN, said)
        if answer.code == CLOSING or reply.blame is Blame.LINE:
            self._drop()
        return reply

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.line.close()


class _StaleError(Exception):
    """A kept connection is gone, and nothing was said on it."""


@dataclass(frozen=True, slots=True)
class _Envelope:
    """From whom, to whom, and what a relay must be able to do."""

    sender: str
    recipient: str
    size: int
    eight_bit: bool

    def steps(self, session: Session) -> tuple[tuple[Stage, str, tuple[int, ...]], ...]:
        """Return what is said, and what must be answered.

        Raises StoppedError for what the relay cannot take.
        """
        return (
            (Stage.SENDER, self._mail(session), (250,)),
            (Stage.RECIPIENT, f"RCPT TO:<{self.recipient}>", (250, 251)),
            (Stage.DATA, "DATA", (WAITING,)),
        )

    def _mail(self, session: Session) -> str:
        offers, said = session.offers, f"MAIL FROM:<{self.sender}>"
        if 0 < session.largest < self.size:
            most = f"{session.largest:,}"
            raise refused(
                Blame.CONTENT, f"the relay takes {most} bytes, not {self.size:,}"
            )
        if "SIZE" in offers:
            said += f" SIZE={self.size}"
        if self.eight_bit and "8BITMIME" not in offers:
            raise refused(Blame.CONTENT, "the relay takes no 8-bit message")
        if self.eight_bit:
            said += " BODY=8BITMIME"
        if self.sender.isascii() and self.recipient.isascii():
            return said
        if "SMTPUTF8" not in offers:
            no = f"the relay takes no address such as {self.recipient}"
            raise refused(Blame.ADDRESS, no)
        return f"{said} SMTPUTF8"


def _checked(message: Message) -> _Envelope:
    """Read the envelope; raises StoppedError before anything is said."""
    recipient = path(message.recipient)
    if recipient is None:
        shown = repr(message.recipient[:100])
        raise refused(Blame.ADDRESS, f"{shown} is not an address to send to")
    sender = path(message.sender) if message.sender else ""
    if sender is None:
        shown = repr(message.sender[:100])
        raise refused(Blame.CONTENT, f"{shown} is not an address to send from")
    content = message.content
    if not message.wire and not has_whole_lines(content):
        # A lone line feed is a line end to some and none to others: what follows a
        # dot after it could be taken for a second message.
        raise refused(Blame.CONTENT, "the message has a lone CR or LF")
    return _Envelope(sender, recipient, len(content), not content.isascii())


def refused(blame: Blame, said: str) -> StoppedError:
    """Return the error of a message that no trying again helps."""
    return StoppedError(
        Reply(state=DeliveryState.REFUSED, detail=said[:500], blame=blame)
    )


def _last_words(line: Line, error: Exception) -> Reply:
    """The line broke within the message: perhaps the relay said why before it left."""
    with suppress(*BROKEN):
        answer = line.hear(_LAST_WORDS)
        if answer.code >= 400:
            return verdict(Stage.MESSAGE, answer)
    return _broken(DeliveryState.DEFERRED, "the line broke before the end", error)


def _broken(state: DeliveryState, what: str, error: Exception) -> Reply:
    return _in_doubt(state, f"{what}: {reason(error)}"[:500])


def _in_doubt(state: DeliveryState, said: str) -> Reply:
    return Reply(state=state, detail=said, blame=Blame.LINE)
