from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from types import SimpleNamespace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.digest.post.dkim import (
    SIGNED,
    Signer,
    canonical,
    canonical_piece,
    split,
)
from syndicate.digest.post.keys import new_ed25519, new_rsa
from syndicate.errors import MailError

RSA, ED25519 = new_rsa(), new_ed25519()
SIGNER = Signer("ban-tin.example", rsa=("r1", RSA), ed25519=("e1", ED25519))

HEADERS = (
    b"From: =?utf-8?B?QsOhbiB0aW4=?= <ban-tin@ban-tin.example>\r\n"
    b"To: An <an@vd.example>\r\n"
    b"Subject: =?utf-8?B?VGluIHR14bqnbg==?=\r\n =?utf-8?B?IG3hu5tp?=\r\n"
    b"Date: Mon, 05 Jan 2026 06:00:00 +0700\r\n"
    b"Message-ID: <tuan.12.8d1f@ban-tin.example>\r\n"
    b"Reply-To: <toa-soan@ban-tin.example>\r\n"
    b"List-Id: Tuan <tuan.ban-tin.example>\r\n"
    b"List-Unsubscribe: <https://ban-tin.example/unsubscribe/abc>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Feedback-ID: 12:tuan:mail:ban-tin.example\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Language: vi\r\n"
    b'Content-Type: multipart/alternative; boundary="=_x"\r\n'
)
BODY = b"\r\n--=_x\r\nTin  tu\xe1\xba\xa7n \t\r\n\r\n--=_x--\r\n\r\n\r\n"


class _VerifyKey:
    """What dkimpy asks of pynacl, done by cryptography, where there is no pynacl."""

    def __init__(self, key: bytes, encoder: object) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))

    def verify(self, content: bytes, signature: bytes) -> bytes:
        self._key.verify(signature, content)
        return content


@pytest.fixture(autouse=True, scope="module")
def ed25519_verifier() -> Iterator[None]:
    if hasattr(dkim, "nacl"):
        yield
        return
    dkim.nacl = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=_VerifyKey),
        encoding=SimpleNamespace(Base64Encoder=None),
        exceptions=SimpleNamespace(
            ValueError=ValueError, BadSignatureError=InvalidSignature
        ),
    )
    yield
    del dkim.nacl


def names(signer: Signer) -> Callable[..., bytes | None]:
    """A name server that knows the signer's records and nothing else."""
    known = {f"{name}.".encode(): text.encode() for name, text in signer.records}
    return lambda name, timeout=5: known.get(name)


def is_valid(content: bytes, signer: Signer = SIGNER) -> bool:
    """Ask dkimpy about every signature; there must be one for each key.

    What arrives over SMTP always has a line end at its end.
    """
    content = content if content.endswith(b"\r\n") else content + b"\r\n"
    count = len(re.findall(rb"(?mi)^DKIM-Signature:", content))
    return count == len(signer.records) and all(
        dkim.DKIM(content, minkey=2048).verify(idx=number, dnsfunc=names(signer))
        for number in range(count)
    )


def tags(content: bytes) -> list[dict[str, str]]:
    """The tags of each signature in front of a message."""
    found = re.findall(rb"DKIM-Signature: ((?:[^\r]|\r\n[ ])*)\r\n", content)
    return [
        dict(
            tag.strip().split("=", 1)
            for tag in re.sub(r"\s+", " ", one.decode()).split(";")
            if tag.strip()
        )
        for one in found
    ]


def test_both_signatures_hold_before_an_independent_verifier() -> None:
    assert is_valid(SIGNER.sign(HEADERS + b"\r\n" + BODY))


@pytest.mark.parametrize("one", ["rsa", "ed25519"])
def test_one_key_gives_one_signature(one: str) -> None:
    pair = {"rsa": ("r1", RSA), "ed25519": ("e1", ED25519)}[one]
    signer = (
        Signer("ban-tin.example", rsa=pair)
        if one == "rsa"
        else Signer("ban-tin.example", ed25519=pair)
    )
    signed = signer.sign(HEADERS + b"\r\n" + BODY)
    assert is_valid(signed, signer)
    assert [tag["a"] for tag in tags(signed)] == [f"{one}-sha256"]


def test_the_same_message_has_the_same_signature_and_the_time_of_its_date() -> None:
    message = HEADERS + b"\r\n" + BODY
    signed = SIGNER.sign(message)
    assert SIGNER.sign(message) == signed
    assert {tag["t"] for tag in tags(signed)} == {"1767567600"}


def test_a_date_that_is_none_gives_a_signature_without_a_time() -> None:
    message = HEADERS.replace(b"Mon, 05 Jan 2026 06:00:00 +0700", b"some day")
    signed = SIGNER.sign(message + b"\r\n" + BODY)
    assert is_valid(signed)
    assert all("t" not in tag for tag in tags(signed))


def test_the_signature_covers_what_gmail_and_rfc_8058_ask_for_and_no_length() -> None:
    for tag in tags(SIGNER.sign(HEADERS + b"\r\n" + BODY)):
        covered = tag["h"].replace(" ", "").split(":")
        assert tag["c"] == "relaxed/relaxed"
        assert "l" not in tag
        assert covered.count("from") == 2, "a second From would go unnoticed"
        assert set(covered) >= {
            *("from", "to", "subject", "date", "message-id", "mime-version"),
            *("content-type", "list-id", "list-unsubscribe", "feedback-id"),
            *("list-unsubscribe-post", "reply-to"),
        }


def test_headers_that_are_not_there_are_not_named() -> None:
    message = b"From: a@ban-tin.example\r\nTo: b@vd.example\r\n\r\nTin\r\n"
    signed = SIGNER.sign(message)
    assert is_valid(signed)
    assert {tag["h"].replace(" ", "") for tag in tags(signed)} == {"from:from:to"}


@pytest.mark.parametrize(
    "change",
    [
        (b"From: ", b"From: x@bad.example\r\nFrom: "),
        (b"One-Click", b"Two-Click"),
        (b"unsubscribe/abc", b"unsubscribe/abd"),
        (b"Tin  tu", b"Tin tu."),
        (b"--=_x--\r\n\r\n\r\n", b"--=_x--\r\n\r\n\r\nmore\r\n"),
        (b"An <an@", b"An <am@"),
    ],
)
def test_nothing_that_is_signed_can_be_changed(change: tuple[bytes, bytes]) -> None:
    signed = SIGNER.sign(HEADERS + b"\r\n" + BODY)
    front, _end, rest = signed.partition(b"From: ")
    altered = front + (b"From: " + rest).replace(*change, 1)
    assert altered != signed
    for number in (0, 1):
        try:
            valid = dkim.DKIM(altered).verify(idx=number, dnsfunc=names(SIGNER))
        except dkim.ValidationError:
            valid = False
        assert not valid


def test_what_relays_do_to_white_space_does_no_harm() -> None:
    signed = SIGNER.sign(HEADERS + b"\r\n" + BODY)
    softer = signed.replace(b"Subject: ", b"SUBJECT:\t  ", 1).replace(
        b"Tin  tu\xe1\xba\xa7n \t\r\n", b"Tin tu\xe1\xba\xa7n\r\n"
    )
    assert softer != signed
    assert is_valid(softer.rstrip(b"\r\n") + b"\r\n")


def test_no_line_of_a_signature_is_longer_than_78_columns() -> None:
    long = Signer(
        "mot-ten-mien-rat-dai.ban-tin-cua-chung-toi.example",
        rsa=("mot-khoa-co-ten-rat-dai-2026-11", RSA),
    )
    signed = long.sign(HEADERS + b"\r\n" + BODY)
    front = signed[: len(signed) - len(HEADERS + b"\r\n" + BODY)]
    assert max(len(line) for line in front.split(b"\r\n")) <= 78
    assert is_valid(signed, long)


# ── Canonical forms ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", b""),
        (b"\r\n", b""),
        (b"\r\n\r\n\r\n", b""),
        (b" \t \r\n \r\n", b""),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),  # RFC 6376 §3.4.5
        (b"no end", b"no end\r\n"),
        (b"no end \t", b"no end\r\n"),
        (b"a\r\n ", b"a\r\n"),
        (b"a\r\n \r\n\t\r\n", b"a\r\n"),
        (b"\t\ta\t\tb\r\n", b" a b\r\n"),
    ],
)
def test_a_body_has_its_canonical_form(body: bytes, wanted: bytes) -> None:
    assert canonical(body) == wanted


def test_pieces_put_together_are_the_whole() -> None:
    pieces = [b"Tin  t\t", b"u\xe1\xba\xa7n \r\n\r\n", b"https://x/abc", b"\r\nhet\r\n"]
    whole = b"".join(
        canonical_piece(one) for one in (pieces[0] + pieces[1], *pieces[2:])
    )
    assert whole == canonical(b"".join(pieces))


def test_a_stamp_is_what_signing_puts_in_front() -> None:
    body_hash = sha256(canonical(BODY)).digest()
    stamp = SIGNER.stamp(HEADERS, body_hash)
    assert stamp + HEADERS + b"\r\n" + BODY == SIGNER.sign(HEADERS + b"\r\n" + BODY)


_BLANKS = st.text(" \t", max_size=4)
_WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(" \t."),
    max_size=30,
)
_LINES = st.lists(
    st.tuples(_BLANKS, _WORDS, _BLANKS).map("".join) | st.just("") | _BLANKS, max_size=8
)
_VALUES = st.lists(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20
    ),
    min_size=1,
    max_size=5,
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Messages with every kind of white space, folds, and no end, or many."""
    lines = [b"From: a@ban-tin.example"]
    for name in draw(st.lists(st.sampled_from([*SIGNED[1:], "x-other"]), max_size=8)):
        fold = draw(st.sampled_from([" ", "\t", "  ", "\r\n ", "\r\n\t", " \r\n  "]))
        before = draw(st.sampled_from(["", " ", "\t "]))
        shown = draw(st.sampled_from([name, name.upper(), name.title()]))
        value = fold.join(draw(_VALUES))
        lines.append(f"{shown}:{before}{value}{draw(_BLANKS)}".encode())
    body = "\r\n".join(draw(_LINES)).encode()
    end = draw(st.sampled_from([b"", b"\r\n", b"\r\n\r\n\r\n", b" \t\r\n"]))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body + end


@given(messages())
@settings(max_examples=200, deadline=None)
def test_every_message_that_is_signed_is_valid(message: bytes) -> None:
    signer = Signer("ban-tin.example", ed25519=("e1", ED25519))
    assert is_valid(signer.sign(message), signer)


@given(messages())
@settings(max_examples=25, deadline=None)
def test_every_message_that_is_signed_by_rsa_is_valid(message: bytes) -> None:
    assert is_valid(SIGNER.sign(message))


def test_a_message_without_a_body_is_signed() -> None:
    for message in (HEADERS, HEADERS + b"\r\n", HEADERS.rstrip()):
        assert split(message) == (HEADERS, b"")
        assert is_valid(SIGNER.sign(message))


# ── Whose signature ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("sender", ["ban-tin.example", "tin.BAN-TIN.example"])
def test_a_signature_of_the_senders_domain_or_above_is_in_order(sender: str) -> None:
    SIGNER.check(sender)


@pytest.mark.parametrize("sender", ["other.example", "notban-tin.example", "example"])
def test_a_signature_for_another_domain_is_refused(sender: str) -> None:
    with pytest.raises(MailError, match="dkim_domain"):
        SIGNER.check(sender)


def test_a_top_level_domain_signs_for_nobody() -> None:
    signer = Signer("example", ed25519=("e1", ED25519))
    with pytest.raises(MailError, match="dkim_domain"):
        signer.check("ban-tin.example")


def test_a_vietnamese_domain_signs_in_ascii() -> None:
    signer = Signer("bản-tin.example", ed25519=("e1", ED25519))
    assert signer.domain == "xn--bn-tin-bd8b.example"
    signer.check("bản-tin.example")
    assert signer.records[0][0] == f"e1._domainkey.{signer.domain}"


def test_a_signer_without_a_key_is_none() -> None:
    with pytest.raises(MailError, match="RSA key"):
        Signer("ban-tin.example")
