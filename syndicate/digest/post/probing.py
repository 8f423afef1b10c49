"""A look at a relay: does it answer, in TLS, and how long its certificate is good."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread

from syndicate.digest.post.line import BROKEN
from syndicate.digest.post.relays import RelayAddress, read_relay, trust
from syndicate.digest.post.session import Session, StoppedError, begin
from syndicate.errors import MailError

SECONDS = 10.0
"""How long the whole look may take, the question for its address included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was seen of a relay."""

    failure: str = ""
    """Why it cannot be used; "" if it can."""
    peer: str = ""
    """Its address; "" where it is a socket of this machine, or was not reached."""
    is_local: bool = False
    """What is said to it stays on this machine."""
    is_secure: bool = False
    """We spoke in TLS, and its certificate is one that we trust."""
    offers_starttls: bool = False
    ends_at: datetime | None = None
    """When its certificate ends."""


def probe(
    url: str, *, user: str = "", password: str = "", seconds: float = SECONDS
) -> Probe:
    """Connect as mails do, log in, and hang up; nothing is sent.

    Never raises for what the other side does, and never takes longer than ``seconds``.
    """
    try:
        relay = read_relay(url, user=user, password=password, timeout=seconds)
    except MailError as error:
        return Probe(failure=str(error))
    seen: list[Probe] = []
    # In a thread: each step has a limit of its own, and looking up a name has none.
    looking = Thread(target=lambda: seen.append(_look(relay)), daemon=True)
    looking.start()
    looking.join(seconds)
    if seen:
        return seen[0]
    return Probe(
        failure=f"{relay} was not done within {seconds:g} seconds",
        is_local=relay.is_local,
    )


def _look(relay: RelayAddress) -> Probe:
    in_tls = relay.secure or relay.starttls
    try:
        session = begin(relay, trust(relay.ca) if in_tls else None)
    except (StoppedError, MailError, UnicodeError) as error:
        # UnicodeError: a host that is no name, such as a..b
        return Probe(failure=str(error), is_local=relay.is_local)
    try:
        return _seen(relay, session)
    finally:
        with suppress(*BROKEN):
            session.line.say("QUIT")  # nobody waits for what is said to it
        session.line.close()


def _seen(relay: RelayAddress, session: Session) -> Probe:
    ends = session.line.certificate_ends
    return Probe(
        peer=session.line.peer,
        is_local=relay.is_local,
        is_secure=ends is not None,
        offers_starttls="STARTTLS" in session.offers,
        ends_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
    )
