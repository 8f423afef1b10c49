"""Messages given to a program that is called as sendmail is: ``sendmail:PATH``.

It answers with an exit code (sysexits.h). It is never called through a shell, and what
it is told is a list of words in which an address can be nothing but an address.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from syndicate.digest.post.envelope import path
from syndicate.model import Blame, DeliveryState, Message, Reply

_NOBODY = (DeliveryState.REFUSED, Blame.ADDRESS)
_UNWANTED = (DeliveryState.REFUSED, Blame.CONTENT)
_LATER = (DeliveryState.DEFERRED, Blame.NONE)
_UNUSABLE = (DeliveryState.DEFERRED, Blame.LINE)

EXITS = {
    0: (DeliveryState.ACCEPTED, Blame.NONE),
    65: _UNWANTED,  # EX_DATAERR
    67: _NOBODY,  # EX_NOUSER
    68: _NOBODY,  # EX_NOHOST
    75: _LATER,  # EX_TEMPFAIL
}
"""Of all others the program, or how it is set up, is to blame: it is tried again."""


class SendmailTransport:
    """Calls ``PATH -i -f SENDER -- RECIPIENT`` for each message."""

    def __init__(self, program: Path, *, timeout: float = 60.0) -> None:
        self.program = program
        self._timeout = timeout

    def send(self, message: Message) -> Reply:
        """Hand one message over; never raises for what the program does.

        One that does not end is ended, and nobody knows what it has done.
        """
        sender, recipient = path(message.sender), path(message.recipient)
        if recipient is None:
            shown = f"{message.recipient[:100]!r} is not an address to send to"
            return Reply(state=DeliveryState.REFUSED, detail=shown, blame=Blame.ADDRESS)
        command = [str(self.program), "-i", "-f", sender or "<>", "--", recipient]
        # Such programs take lines as this machine has them, and make them CRLF again.
        content = message.content.replace(b"\r\n", b"\n")
        try:
            return self._told(command, content)
        except OSError as error:
            return _reply(_UNUSABLE, f"{self.program}: {error.strerror or error}")

    def close(self) -> None:
        """Nothing is held."""

    def _told(self, command: list[str], content: bytes) -> Reply:
        running = subprocess.Popen(  # noqa: S603 -- a list, no shell; PATH is a setting
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        with running:
            try:
                _out, words = running.communicate(content, self._timeout)
            except subprocess.TimeoutExpired:
                _end(running)
                said = f"{self.program}: it did not end within {self._timeout:g} s"
                return _reply((DeliveryState.UNCERTAIN, Blame.LINE), said)
            return self._verdict(running.returncode, words)

    def _verdict(self, code: int, words: bytes) -> Reply:
        if code < 0:
            said = f"{self.program}: ended by signal {-code}"
            return _reply((DeliveryState.UNCERTAIN, Blame.LINE), said)
        said = " ".join(words.decode("utf-8", "replace").split())
        said = f"{self.program}: exit code {code} {said}".rstrip()
        return _reply(EXITS.get(code, _UNUSABLE), said)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a program and those that it has called."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        running.communicate(timeout=5)


def _reply(meaning: tuple[DeliveryState, Blame], said: str) -> Reply:
    state, blame = meaning
    return Reply(state=state, detail=said[:500], blame=blame)
