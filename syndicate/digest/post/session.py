"""What is said before the first message: greeting, EHLO or LHLO, STARTTLS, AUTH."""

from __future__ import annotations

import re
import socket
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ssl import SSLContext

from syndicate.digest.post.line import BROKEN, Line
from syndicate.digest.post.relays import RelayAddress
from syndicate.digest.post.replies import Answer, Stage, verdict
from syndicate.model import Blame, DeliveryState, Reply

_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

_GOODBYE = 2.0
"""Seconds."""


class StoppedError(Exception):
    """The other side said no; ``reply`` is what that means."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.detail)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Session:
    """A relay that is ready to take messages, and what it offers."""

    line: Line
    offers: Mapping[str, str]
    """Extension in upper case -> its parameters (RFC 5321 §4.1.1.1)."""

    @property
    def largest(self) -> int:
        """Octets of the largest message that it takes; 0 if it does not say."""
        size = self.offers.get("SIZE", "")
        return int(size) if size.isascii() and size.isdigit() else 0

    def leave(self) -> None:
        """Say goodbye, and give the other side a moment to say so, too."""
        with suppress(*BROKEN):
            self.line.say("QUIT")
            self.line.hear(_GOODBYE)
        self.line.close()


def begin(relay: RelayAddress, trusted: SSLContext | None = None) -> Session:
    """Connect, greet, and prove who we are; an error leaves nothing open.

    A relay's certificate is checked against ``trusted``. Raises StoppedError for all
    that can go wrong: nothing has been said of a message yet.
    """
    try:
        line = Line(relay, trusted)
    except BROKEN as error:
        raise stop(f"no connection to {relay}: {reason(error)}") from error
    try:
        return Session(line, _begun(line, relay))
    except BROKEN as error:
        line.close()
        raise stop(f"no session with {relay}: {reason(error)}") from error
    except BaseException:
        line.close()
        raise


def _begun(line: Line, relay: RelayAddress) -> dict[str, str]:
    need(Stage.GREETING, line.hear(), 220)
    offers = _hello(line, relay)
    if relay.starttls:
        offers = _tls(line, relay, offers)
    if relay.user:
        _login(line, relay, offers)
    return offers


def reason(error: Exception) -> str:
    """Say in words why a line cannot be used."""
    told = error.strerror if isinstance(error, OSError) else ""
    return told or str(error) or type(error).__name__


def need(stage: Stage, answer: Answer, *good: int) -> None:
    """Stop unless the answer has one of the ``good`` codes."""
    if answer.code not in good:
        raise StoppedError(verdict(stage, answer))


def stop(said: str) -> StoppedError:
    """Return the error of a relay that cannot be used as it is set up."""
    return StoppedError(
        Reply(state=DeliveryState.DEFERRED, detail=said, blame=Blame.LINE)
    )


def _hello(line: Line, relay: RelayAddress) -> dict[str, str]:
    verb = "LHLO" if relay.lmtp else "EHLO"
    answer = line.ask(f"{verb} {_own_name()}")
    if answer.code in (500, 502, 504, 550) and not relay.lmtp:
        # A relay from before 1995.
        need(Stage.HELLO, line.ask(f"HELO {_own_name()}"), 250)
        return {}
    need(Stage.HELLO, answer, 250)
    said = (extension.split(None, 1) for extension in answer.lines[1:])
    return {words[0].upper(): "".join(words[1:]).strip() for words in said if words}


def _tls(line: Line, relay: RelayAddress, offers: Mapping[str, str]) -> dict[str, str]:
    if "STARTTLS" not in offers:
        raise stop("STARTTLS is wanted, and the relay does not offer it")
    need(Stage.TLS, line.ask("STARTTLS"), 220)
    line.secure()
    return _hello(line, relay)


def _login(line: Line, relay: RelayAddress, offers: Mapping[str, str]) -> None:
    """Prove who we are (RFC 4954), in TLS or on this machine."""
    if not (relay.secure or relay.starttls or relay.is_local):
        raise stop("a password is not sent in clear")
    offered = offers.get("AUTH", "").upper().split()
    user, password = relay.user.encode("utf-8"), relay.password.encode("utf-8")
    if "PLAIN" in offered:
        both = _packed(b"\0" + user + b"\0" + password)
        answer = line.ask(f"AUTH PLAIN {both}")
    elif "LOGIN" in offered:
        need(Stage.LOGIN, line.ask("AUTH LOGIN"), 334)
        need(Stage.LOGIN, line.ask(_packed(user)), 334)
        answer = line.ask(_packed(password))
    else:
        raise stop("AUTH: the relay offers neither PLAIN nor LOGIN")
    need(Stage.LOGIN, answer, 235)


def _packed(content: bytes) -> str:
    return b64encode(content).decode("ascii")


def _own_name() -> str:
    """Return our name as it stands in EHLO: a host name, or our address."""
    name = socket.gethostname()
    return name if _HOST.fullmatch(name) else "[127.0.0.1]"
