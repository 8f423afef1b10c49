from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.digest.post.replies import (
    LONGEST_LINE,
    Answer,
    NonsenseError,
    Stage,
    take_answer,
    verdict,
)
from syndicate.model import Blame, DeliveryState

ACCEPTED, DEFERRED, REFUSED, UNCERTAIN = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
)


def taken(content: bytes) -> list[Answer]:
    buffer = bytearray(content)
    found = []
    while (answer := take_answer(buffer)) is not None:
        found.append(answer)
    return found


# ── Reading ──────────────────────────────────────────────────────────────────


def test_replies_of_one_line_and_of_many_are_read() -> None:
    said = b"250-mx.example\r\n250-SIZE 1000\r\n250 PIPELINING\r\n354 go\r\n221\r\n"
    assert taken(said) == [
        Answer(250, ("mx.example", "SIZE 1000", "PIPELINING")),
        Answer(354, ("go",)),
        Answer(221, ("",)),
    ]


def test_a_reply_that_is_not_whole_is_waited_for() -> None:
    buffer = bytearray()
    for byte in b"250-a\r\n250 b\r":
        buffer.append(byte)
        assert take_answer(buffer) is None
    buffer += b"\n"
    assert take_answer(buffer) == Answer(250, ("a", "b"))
    assert not buffer


@pytest.mark.parametrize(
    "nonsense",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\r\n",
        b"25\r\n",
        b"2500 x\r\n",
        b"250-a\r\n550 b\r\n",
        b"\x16\x03\x01\x02\x00\x01\n",
        b"25\xb2 x\r\n",
        b"x" * (LONGEST_LINE + 1),
        b"250 " + b"x" * LONGEST_LINE + b"\r\n",
        b"250-again\r\n" * 200,
    ],
)
def test_what_is_no_reply_is_nonsense(nonsense: bytes) -> None:
    with pytest.raises(NonsenseError):
        taken(nonsense)


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_reply_or_waited_for_or_nonsense(said: bytes) -> None:
    buffer = bytearray(said)
    try:
        answer = take_answer(buffer)
    except NonsenseError:
        answer = None
    assert answer is None or 0 <= answer.code <= 999


def test_what_is_shown_of_a_reply_is_short_and_on_one_line() -> None:
    reply = verdict(Stage.RECIPIENT, Answer(550, tuple("tin " * 200 for _ in "ab")))
    assert len(reply.detail) == 500
    assert "\n" not in reply.detail


@pytest.mark.parametrize(
    ("code", "line", "status"),
    [
        (550, "5.1.1 no such user", "5.1.1"),
        (550, "5.1.1", "5.1.1"),
        (550, " 5.7.26 unauthenticated", "5.7.26"),
        (250, "2.0.0 Ok: queued", "2.0.0"),
        (550, "no such user", ""),
        (550, "4.2.0 gainsays its code", ""),
        (550, "5.1.1.1 no status", ""),
        (550, "192.0.2.1 is listed", ""),
        (550, "5.01.001 zeros", "5.1.1"),
    ],
)
def test_the_enhanced_status_is_read(code: int, line: str, status: str) -> None:
    assert Answer(code, (line,)).status == status


# ── Meaning ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "state", "blame"),
    [
        # nobody of that name
        ("550 5.1.1 no such user", REFUSED, Blame.ADDRESS),
        ("550 no such user here", REFUSED, Blame.ADDRESS),
        ("551 user not local", REFUSED, Blame.ADDRESS),
        ("553 bad name", REFUSED, Blame.ADDRESS),
        ("501 5.1.3 bad syntax", REFUSED, Blame.ADDRESS),
        ("550 5.2.1 mailbox disabled", REFUSED, Blame.ADDRESS),
        ("550 5.5.0 mailbox unavailable", REFUSED, Blame.ADDRESS),
        # unable for now
        ("552 5.2.2 mailbox full", DEFERRED, Blame.MAILBOX),
        ("552 over quota", DEFERRED, Blame.MAILBOX),
        ("550 5.2.2 full", DEFERRED, Blame.MAILBOX),
        ("554 5.3.0 trouble", DEFERRED, Blame.MAILBOX),
        ("452 4.2.2 full", DEFERRED, Blame.MAILBOX),
        ("452 too much", DEFERRED, Blame.MAILBOX),
        ("450 4.3.2 shutting down", DEFERRED, Blame.MAILBOX),
        ("550 5.4.1 no answer from host", REFUSED, Blame.MAILBOX),
        # what we send, or who we are
        ("550 5.7.1 not you", REFUSED, Blame.CONTENT),
        ("550 5.7.26 no DMARC", REFUSED, Blame.CONTENT),
        ("554 5.6.0 odd", REFUSED, Blame.CONTENT),
        ("552 5.3.4 message too big", REFUSED, Blame.CONTENT),
        ("552-5.7.0 blocked for its content", REFUSED, Blame.CONTENT),
        ("554 rejected", REFUSED, Blame.CONTENT),
        ("550 blocked by zen.spamhaus.org", REFUSED, Blame.CONTENT),
        ("550 Relaying denied", REFUSED, Blame.CONTENT),
        ("553 5.1.8 sender's domain does not exist", REFUSED, Blame.CONTENT),
        # try again
        ("450 4.7.1 greylisted, try again", DEFERRED, Blame.CONTENT),
        ("450 4.2.0 greylisted", DEFERRED, Blame.NONE),
        ("451 later", DEFERRED, Blame.NONE),
        ("450 4.1.1 perhaps no such user", DEFERRED, Blame.NONE),
        ("421 4.7.0 too many", DEFERRED, Blame.DOMAIN),
        ("421 try again", DEFERRED, Blame.DOMAIN),
        # we do not understand each other
        ("503 bad sequence", DEFERRED, Blame.LINE),
        ("530 authentication required", DEFERRED, Blame.LINE),
        ("299 odd", DEFERRED, Blame.LINE),
        ("354 out of turn", DEFERRED, Blame.LINE),
        ("150 odd", DEFERRED, Blame.LINE),
        ("999 odd", DEFERRED, Blame.LINE),
    ],
)
def test_a_reply_to_the_recipient_is_understood(
    said: str, state: DeliveryState, blame: Blame
) -> None:
    (answer,) = taken(f"{said.replace('-', ' ', 1)}\r\n".encode())
    reply = verdict(Stage.RECIPIENT, answer)
    assert (reply.state, reply.blame) == (state, blame)
    assert reply.code == int(said[:3])
    assert reply.detail.startswith(f"RCPT TO: {said[:3]} ")


@pytest.mark.parametrize(
    ("said", "state", "blame"),
    [
        ("250 2.0.0 queued", ACCEPTED, Blame.NONE),
        ("299 taken, oddly", ACCEPTED, Blame.NONE),
        ("554 5.7.1 spam", REFUSED, Blame.CONTENT),
        ("550 no", REFUSED, Blame.CONTENT),
        ("550 5.1.1 no such user after all", REFUSED, Blame.ADDRESS),
        ("552 5.2.2 full", DEFERRED, Blame.MAILBOX),
        ("552 too much", DEFERRED, Blame.MAILBOX),
        ("552 5.2.3 too big for this mailbox", REFUSED, Blame.CONTENT),
        ("451 later", DEFERRED, Blame.NONE),
        ("421 closing", DEFERRED, Blame.DOMAIN),
        ("354 go on", UNCERTAIN, Blame.LINE),
        ("199 odd", UNCERTAIN, Blame.LINE),
        ("600 odd", UNCERTAIN, Blame.LINE),
    ],
)
def test_the_last_word_on_a_message_is_understood(
    said: str, state: DeliveryState, blame: Blame
) -> None:
    (answer,) = taken(f"{said}\r\n".encode())
    reply = verdict(Stage.MESSAGE, answer)
    assert (reply.state, reply.blame) == (state, blame)


@pytest.mark.parametrize(
    ("stage", "said", "state", "blame"),
    [
        (Stage.GREETING, "554 no service", DEFERRED, Blame.LINE),
        (Stage.GREETING, "421 too many connections", DEFERRED, Blame.LINE),
        (Stage.LOGIN, "535 5.7.8 wrong password", DEFERRED, Blame.LINE),
        (Stage.TLS, "454 4.7.0 not now", DEFERRED, Blame.LINE),
        (Stage.SENDER, "421 closing", DEFERRED, Blame.LINE),
        (Stage.SENDER, "451 later", DEFERRED, Blame.LINE),
        (Stage.SENDER, "550 5.7.1 not you", DEFERRED, Blame.CONTENT),
        (Stage.SENDER, "552 5.3.4 too big", REFUSED, Blame.CONTENT),
        (Stage.DATA, "554 5.5.1 no valid recipients", REFUSED, Blame.CONTENT),
        (Stage.DATA, "451 later", DEFERRED, Blame.NONE),
    ],
)
def test_what_is_said_before_concerns_no_member(
    stage: Stage, said: str, state: DeliveryState, blame: Blame
) -> None:
    (answer,) = taken(f"{said}\r\n".encode())
    reply = verdict(stage, answer)
    assert (reply.state, reply.blame) == (state, blame)


@given(
    st.sampled_from(list(Stage)),
    st.integers(0, 999),
    st.text(max_size=40) | st.from_regex(r"[245]\.\d{1,3}\.\d{1,3} .*", fullmatch=True),
)
def test_every_answer_has_a_meaning_that_loses_and_doubles_nobody(
    stage: Stage, code: int, words: str
) -> None:
    reply = verdict(stage, Answer(code, (words,)))
    after = stage is Stage.MESSAGE
    assert (reply.state is ACCEPTED) == (after and 200 <= code < 300)
    assert reply.state is not UNCERTAIN or after
    if reply.state is REFUSED:
        assert 500 <= code < 600
    if reply.blame is Blame.ADDRESS:
        assert reply.state is REFUSED
