"""Messages are taken apart whatever they are, in little time and memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.digest.returns.parts import (
    DEEPEST,
    LONGEST,
    MOST_PARTS,
    headers_of,
    parts,
    text_of,
    value,
    words,
)
from syndicate.digest.returns.reading import read
from syndicate.model import BounceKind

HEAD = b"Content-Type: multipart/mixed; boundary=a\n\n"


def kinds(raw: bytes) -> list[str]:
    return [part.kind for part in parts(raw)]


def test_the_head_comes_first_and_then_the_leaves() -> None:
    raw = HEAD + b"--a\nContent-Type: text/plain\n\none\n--a\n\ntwo\n--a--\nafter"
    assert kinds(raw) == ["head", "text/plain", "text/plain"]
    assert [part.body for part in parts(raw)[1:]] == [b"one", b"two"]


def test_a_message_inside_is_read_as_one() -> None:
    raw = HEAD + b"--a\nContent-Type: message/rfc822\n\nSubject: x\n\nbody\n--a--\n"
    outer, inner, leaf = parts(raw)
    assert (outer.inside, inner.inside, leaf.inside) == (0, 1, 1)
    assert value(inner.headers, "subject") == "x"


def test_a_boundary_that_begins_another_does_not_end_it() -> None:
    raw = (
        HEAD
        + b"--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\nx\n--ab--\n--a--"
    )
    assert kinds(raw) == ["head", "text/plain"]
    assert parts(raw)[1].body == b"x"


def test_a_boundary_that_never_comes_leaves_a_text() -> None:
    assert kinds(HEAD + b"nothing of the kind") == ["head", "text/plain"]


def test_an_end_that_is_missing_is_the_end_of_the_message() -> None:
    assert parts(HEAD + b"--a\n\nhalf a")[1].body == b"half a"


def test_carriage_returns_of_any_kind_end_lines() -> None:
    for end in (b"\n", b"\r\n", b"\r"):
        raw = (HEAD + b"--a\n\none\n--a--\n").replace(b"\n", end)
        assert parts(raw)[1].body == b"one"


def test_a_line_that_is_no_header_begins_the_body() -> None:
    raw = b"Subject: x\nthis is no header\nmore"
    head, leaf = parts(raw)
    assert value(head.headers, "subject") == "x"
    assert leaf.body == b"this is no header\nmore"


def test_folded_lines_are_one() -> None:
    assert headers_of(b"A: one\n two\n\tthree\nB: x") == (
        ("a", "one two three"),
        ("b", "x"),
    )


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("=?utf-8?B?VHLhuqMgbOG7nWk=?=", "Trả lời"),
        ("=?UTF-8?Q?Tr=E1=BA=A3_l=E1=BB=9Di?= x", "Trả lời x"),
        ("=?windows-1258?Q?abc?=", "abc"),
        ("=?nonsense?Q?abc?=", "abc"),
        ("=?utf-8?B?!!!?=", ""),
        ("=?punycode?Q?abc?=", "abc"),
    ],
)
def test_encoded_words_are_read_as_far_as_they_can_be(said: str, read_as: str) -> None:
    assert words(said) == read_as


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"", "Thư".encode(), "Thư"),
        (b"Content-Type: text/plain; charset=utf-8", "Thư".encode(), "Thư"),
        (b"Content-Type: text/plain; charset=utf-16", "Thư".encode("utf-16"), "Thư"),
        (b"Content-Type: text/plain; charset=nonsense", "Thư".encode(), "Thư"),
        (b"Content-Transfer-Encoding: base64", b"VGjGsA==", "Thư"),
        (b"Content-Transfer-Encoding: base64", b"VGj\nGs A=", "Thư"),
        (b"Content-Transfer-Encoding: quoted-printable", b"Th=C6=B0", "Thư"),
        (b"Content-Transfer-Encoding: quoted-printable", b"Th=C6=B", "ThÆ=B"),
        (b"Content-Type: text/html", "<p>Thư<script>x</script>".encode(), "Thư"),
        (b"", b"Th\xc6", "ThÆ"),
    ],
)
def test_text_is_read_in_whatever_it_is_wrapped(
    head: bytes, body: bytes, text: str
) -> None:
    raw = HEAD + b"--a\n" + head + b"\n\n" + body + b"\n--a--"
    raw = raw.replace(b"\n\n\n", b"\n\n")
    assert text_of(parts(raw)[1]).strip() == text


def bomb(name: str) -> bytes:
    """Messages that cost a careless reader minutes, or its stack."""
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(20_000)
    )
    return {
        "multiparts in multiparts": nested,
        "messages in messages": b"Content-Type: message/rfc822\n\n" * 30_000,
        "parts": HEAD + b"--a\n\n" * 200_000,
        "header lines": b"X: y\n" * 200_000,
        "one header line": b"X: " + b"y" * 1_000_000,
        "folded lines": b"X: y\n" + b" z\n" * 300_000,
        "parameters": b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\n\nx",
        "quotes": b'Content-Type: multipart/mixed; boundary="' + b"\\" * 500_000,
        "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 70_000 + b"\n\n",
        "no line at all": b"x" * 5_000_000,
        "addresses": b"From: mailer-daemon@x\n\nundeliverable mail "
        + b"a@b " * 250_000,
        "angles": b"From: mailer-daemon@x\n\nundeliverable mail " + b"<" * 900_000,
        "numbers": b"From: mailer-daemon@x\n\nundeliverable mail " + b"5.1." * 200_000,
        "recipients": HEAD.replace(b"mixed", b"report")
        + b"--a\nContent-Type: message/delivery-status\n\n"
        + b"Final-Recipient: rfc822; a@b\nAction: failed\nStatus: 5.1.1\n\n" * 15_000,
        "one word of the phrases": b"From: mailer-daemon@x\n\nundeliverable mail "
        + b"user account mailbox address " * 30_000,
        "markup": b"Content-Type: text/html\nFrom: mailer-daemon@x\n\n"
        + b"<div>" * 200_000,
        "NULs": b"\0" * 1_000_000,
    }[name]


BOMBS = (
    *("multiparts in multiparts", "messages in messages", "parts", "header lines"),
    *("one header line", "folded lines", "parameters", "quotes", "encoded words"),
    *("no line at all", "addresses", "angles", "numbers", "recipients", "markup"),
    *("one word of the phrases", "NULs"),
)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_in_little_time_and_memory(name: str) -> None:
    raw = bomb(name)
    read(raw)  # what is imported or compiled on the way is not the message's cost
    began = time.process_time()
    read(raw)
    spent = time.process_time() - began
    tracemalloc.start()
    read(raw)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 1.0
    assert peak < 60 * LONGEST


def test_depth_and_number_of_parts_are_bounded() -> None:
    assert len(parts(bomb("parts"))) == MOST_PARTS
    deepest = max(part.inside for part in parts(bomb("messages in messages")))
    assert deepest <= DEEPEST


pieces = st.lists(
    st.sampled_from(
        [
            b"Content-Type: multipart/report; boundary=a\n",
            b"Content-Type: message/delivery-status\n",
            b"Content-Type: message/feedback-report\n",
            b"Content-Type: message/rfc822\n",
            b"Content-Type: text/html; charset=utf-16\n",
            b"Content-Transfer-Encoding: base64\n",
            b"Content-Transfer-Encoding: quoted-printable\n",
            b"--a\n",
            b"--a--\n",
            b"\n",
            b"\r",
            b"Final-Recipient: rfc822; <a@b>\n",
            b"Original-Recipient: utf-8; a\\x{110000}\\x{d800}@b\n",
            b"Action: failed\n",
            b"Status: 5.1.1\n",
            b"Status: 9999999999999999999.1.1\n",
            b"Diagnostic-Code: smtp; 550\n",
            b"Feedback-Type: abuse\n",
            b"From: MAILER-DAEMON@x\n",
            b"Subject: =?utf-8?b?\xff?= failure notice\n",
            b"Hi. This is the qmail-send program\n",
            b"From x\n",
            b"\xff\xfe\x00",
            "Thư không gửi được\n".encode(),
        ]
    ),
    max_size=30,
)


@settings(max_examples=400)
@given(pieces)
def test_no_heap_of_pieces_is_too_broken_to_be_read(heap: list[bytes]) -> None:
    returned = read(b"".join(heap))
    assert returned.kind in BounceKind


@settings(max_examples=200)
@given(st.binary(max_size=2_000), st.text(max_size=80))
def test_no_bytes_are_too_broken_to_be_read(raw: bytes, recipient: str) -> None:
    assert read(raw, recipient).kind in BounceKind
