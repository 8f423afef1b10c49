"""What a relay says: read within limits, and what it means for a message (pure).

Reply lines are RFC 5321 §4.2, enhanced status codes RFC 2034 and 3463. Whatever comes
in place of them is nonsense, and no answer is longer than a person can read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from syndicate.model import Blame, DeliveryState, Reply

LONGEST_LINE = 4096
"""Octets; RFC 5321 §4.5.3.1.5 has 512."""
MOST_LINES = 100
_WORDS = 500

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_POLICY = re.compile(
    r"\b(spam\w*|block(ed|ing)?|(block|black|deny)[ -]?list(ed)?|dnsbl|rbl|spf|dkim|"
    r"dmarc|reputation|polic(y|ies)|relay(ing)?|denied|banned|not authori[sz]ed)\b",
    re.IGNORECASE,
)
_OUT_OF_TURN = frozenset({500, 502, 503, 504, 530, 534, 535, 538})
"""The relay and we do not understand each other: no word about the member."""

Meaning = tuple[DeliveryState, Blame]
_LINE: Meaning = (DeliveryState.DEFERRED, Blame.LINE)
_UNABLE: Meaning = (DeliveryState.DEFERRED, Blame.MAILBOX)
_NOT_NOW: Meaning = (DeliveryState.REFUSED, Blame.MAILBOX)
_NOBODY: Meaning = (DeliveryState.REFUSED, Blame.ADDRESS)
_UNWANTED: Meaning = (DeliveryState.REFUSED, Blame.CONTENT)


class Stage(StrEnum):
    """What a relay answers to."""

    GREETING = "greeting"
    HELLO = "EHLO"
    TLS = "STARTTLS"
    LOGIN = "AUTH"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    DATA = "DATA"
    MESSAGE = "message"
    """The final dot has gone out."""


class NonsenseError(Exception):
    """What came is no SMTP reply."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: its code, and its lines as they came without the code."""

    code: int
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        """What was said, for a person."""
        return " ".join(" ".join(self.lines).split())[:_WORDS]

    @property
    def status(self) -> str:
        """The enhanced status code; "" without one, or if it gainsays the code."""
        found = _STATUS.match(self.lines[0].lstrip()) if self.lines else None
        if found is None or int(found[1]) != self.code // 100:
            return ""
        return f"{found[1]}.{int(found[2])}.{int(found[3])}"


def take_answer(buffer: bytearray) -> Answer | None:
    """Take the first reply out of what has come in; None if it is not whole yet.

    Raises NonsenseError for what is no reply, or has no end.
    """
    lines: list[str] = []
    code, start = 0, 0
    while (end := buffer.find(b"\n", start)) >= 0:
        line = bytes(buffer[start:end]).rstrip(b"\r")
        start = end + 1
        if len(line) > LONGEST_LINE or len(lines) >= MOST_LINES:
            raise NonsenseError("a reply without an end")
        last, said = _line(line, code)
        code = said
        lines.append(line[4:].decode("utf-8", "replace"))
        if last:
            del buffer[:start]
            return Answer(code, tuple(lines))
    if len(buffer) - start > LONGEST_LINE:
        raise NonsenseError("a line without an end")
    return None


def _line(line: bytes, code: int) -> tuple[bool, int]:
    """Return whether a line ends its reply, and the code."""
    digits, mark = line[:3], line[3:4]
    good = len(digits) == 3 and digits.isdigit() and mark in (b"", b" ", b"-")
    if not good or (code and int(digits) != code):
        shown = line[:60].decode("ascii", "replace")
        raise NonsenseError(f"this is no reply: {shown!r}")
    return mark != b"-", int(digits)


def verdict(stage: Stage, answer: Answer) -> Reply:
    """Say what an answer means for the message, and whom it concerns."""
    state, blame = _meaning(stage, answer)
    return Reply(
        state=state,
        detail=f"{stage.value}: {answer.code} {answer.words}"[:_WORDS],
        blame=blame,
        code=answer.code,
        status=answer.status,
    )


def _meaning(stage: Stage, answer: Answer) -> Meaning:
    code = answer.code
    if not 200 <= code < 600 or 300 <= code < 400:
        after = stage is Stage.MESSAGE
        return (DeliveryState.UNCERTAIN, Blame.LINE) if after else _LINE
    if code < 300:
        # A yes out of turn: the message was not handed over, so it is tried again.
        yes = stage is Stage.MESSAGE
        return (DeliveryState.ACCEPTED, Blame.NONE) if yes else _LINE
    if stage not in (Stage.RECIPIENT, Stage.DATA, Stage.MESSAGE):
        return _of_ourselves(stage, answer)
    if code < 500:
        return DeliveryState.DEFERRED, _for_now(answer)
    return _for_good(stage, answer)


def _of_ourselves(stage: Stage, answer: Answer) -> Meaning:
    """Before the recipient is named, nothing that is said concerns them."""
    if stage is not Stage.SENDER or answer.code < 500:
        return _LINE
    if _too_big(answer):
        return _UNWANTED
    return DeliveryState.DEFERRED, Blame.CONTENT


def _for_now(answer: Answer) -> Blame:
    if answer.code == 421:
        return Blame.DOMAIN
    subject, detail = _parts(answer)
    full = answer.code == 452 and subject in (0, 2, 3)
    if full or subject == 3 or (subject, detail) == (2, 2):
        return Blame.MAILBOX
    return Blame.CONTENT if subject in (6, 7) else Blame.NONE


def _for_good(stage: Stage, answer: Answer) -> Meaning:
    subject, detail = _parts(answer)
    if _too_big(answer) or subject in (6, 7) or (subject, detail) in ((1, 7), (1, 8)):
        return _UNWANTED
    if answer.code == 552 or subject == 3 or (subject, detail) == (2, 2):
        # A full mailbox is emptied some day (RFC 5321 §4.5.3.1.10).
        return _UNABLE
    if subject == 1 or (subject, detail) == (2, 1):
        return _NOBODY
    if subject in (2, 4):
        return _NOT_NOW
    return _unsaid(stage, answer)


def _unsaid(stage: Stage, answer: Answer) -> Meaning:
    """A refusal without a status that helps: the code and the words must do."""
    if answer.code in _OUT_OF_TURN:
        return _LINE
    policy = answer.code == 554 or _POLICY.search(answer.words)
    if stage is Stage.RECIPIENT and not policy:
        return _NOBODY
    return _UNWANTED


def _too_big(answer: Answer) -> bool:
    return _parts(answer) in ((2, 3), (3, 4))


def _parts(answer: Answer) -> tuple[int, int]:
    """Return subject and detail of the status; (0, 0) without one."""
    if not answer.status:
        return 0, 0
    _class, subject, detail = answer.status.split(".")
    return int(subject), int(detail)
