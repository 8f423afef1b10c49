"""A line to a relay: commands out, answers in, and no wait without an end.

A time limit counts for a whole step, not for each byte of it: one that sends a letter
every ten seconds is as silent as one that sends nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ssl import (
    SSLContext,
    SSLSocket,
    SSLWantReadError,
    SSLWantWriteError,
    cert_time_to_seconds,
)
from time import monotonic

from syndicate.digest.post.relays import RelayAddress
from syndicate.digest.post.replies import Answer, NonsenseError, take_answer

BROKEN = (OSError, NonsenseError)
"""What a line that cannot be used raises; ssl.SSLError is an OSError."""


class Line:
    """A connection to a relay; the steps raise what is in :data:`BROKEN`."""

    def __init__(self, relay: RelayAddress, trusted: SSLContext | None) -> None:
        self._relay = relay
        self._trusted = trusted
        self._buffer = bytearray()
        self._socket = _connected(relay)
        if relay.secure:
            self._wrap()

    def say(self, *commands: str) -> None:
        """Send command lines, all at once."""
        lines = "".join(f"{command}\r\n" for command in commands)
        self.send(lines.encode("utf-8"), self._relay.timeout)

    def send(self, content: bytes, seconds: float) -> None:
        """Send bytes; sendall counts the seconds for all of them."""
        self._socket.settimeout(seconds)
        self._socket.sendall(content)

    def hear(self, seconds: float = 0.0) -> Answer:
        """Return the next answer."""
        until = monotonic() + (seconds or self._relay.timeout)
        while (answer := take_answer(self._buffer)) is None:
            self._socket.settimeout(_left(until))
            piece = self._socket.recv(8192)
            if not piece:
                raise ConnectionResetError("the relay hung up")
            self._buffer += piece
        return answer

    def ask(self, command: str) -> Answer:
        """Send a command, and return what is answered."""
        self.say(command)
        return self.hear()

    def secure(self) -> None:
        """Go on in TLS; what was said before it in clear must be nothing."""
        if self._buffer:
            # Else somebody between us could put words into the relay's mouth.
            raise NonsenseError("the relay spoke before TLS had begun")
        self._wrap()

    @property
    def is_in_turn(self) -> bool:
        """Nothing was said that nobody has asked for, and nobody has hung up."""
        return not self._buffer and not self._overhears()

    @property
    def peer(self) -> str:
        """Address of the other side; "" where it is a socket of this machine."""
        name = self._socket.getpeername()
        return str(name[0]).partition("%")[0] if isinstance(name, tuple) else ""

    @property
    def certificate_ends(self) -> float | None:
        """When the other side's certificate ends (Unix time); None without TLS."""
        if not isinstance(self._socket, SSLSocket):
            return None
        ends = (self._socket.getpeercert() or {}).get("notAfter")
        return cert_time_to_seconds(ends) if isinstance(ends, str) else None

    def unasked(self) -> Answer | None:
        """Return an answer that is there already; None if there is none, or half."""
        try:
            return take_answer(self._buffer)
        except NonsenseError:
            return None

    def _overhears(self) -> bool:
        """Look, without waiting, whether anything has come in."""
        self._socket.settimeout(0)
        try:
            self._buffer += self._socket.recv(8192)
        except (BlockingIOError, SSLWantReadError, SSLWantWriteError):
            return False  # nothing, or words that are TLS's own
        except OSError:
            pass
        return True

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _wrap(self) -> None:
        if self._trusted is None:
            raise NonsenseError("nothing is known to trust a certificate by")
        plain = self._socket
        plain.settimeout(self._relay.timeout)
        try:
            self._socket = self._trusted.wrap_socket(
                plain, server_hostname=self._relay.host
            )
        except BaseException:
            plain.close()
            raise


def _connected(relay: RelayAddress) -> socket.socket:
    if not relay.socket:
        made = socket.create_connection((relay.host, relay.port), relay.timeout)
        # Commands are small and wait for an answer.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(relay.timeout)
    try:
        made.connect(relay.socket)
    except BaseException:
        made.close()
        raise
    return made


def _left(until: float, clock: Callable[[], float] = monotonic) -> float:
    left = until - clock()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
