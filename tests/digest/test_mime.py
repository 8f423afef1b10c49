from __future__ import annotations

import base64
import binascii
import re
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.digest.mime import (
    encoded,
    encoded_words,
    header,
    phrase,
    structured,
)

TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"))
    | st.sampled_from("ếợữẶđ \u0301👩‍🌾"),
    max_size=300,
)


def read(value: str) -> str:
    return str(make_header(decode_header(value)))


@given(TEXTS)
def test_a_header_reads_back_and_is_folded(text: str) -> None:
    line = header("Subject", text)
    parsed = message_from_bytes(line + b"\r\n")
    if text.strip():
        assert read(parsed["Subject"]) == (
            text if "=?" in str(parsed["Subject"]) else text.lstrip()
        )
    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert line.endswith(b"\r\n")
    assert all(rest.startswith(b" ") for rest in line[:-2].split(b"\r\n")[1:])


@given(TEXTS.filter(bool))
def test_every_encoded_word_is_whole_characters(text: str) -> None:
    words = encoded_words(text, 9).split("\r\n ")
    assert all(len(word) <= 75 for word in words)
    pieces = [base64.b64decode(word[10:-2]).decode("utf-8") for word in words]
    assert "".join(pieces) == text


def test_a_letter_stays_with_its_marks() -> None:
    words = encoded_words("e\u0302\u0301" * 40).split("\r\n ")
    assert len(words) > 1
    for word in words:
        assert not base64.b64decode(word[10:-2]).decode("utf-8").startswith("\u0301")


def test_short_plain_words_stay_plain() -> None:
    assert header("Subject", "Weekly news") == b"Subject: Weekly news\r\n"


def test_what_looks_like_an_encoded_word_is_encoded() -> None:
    line = header("Subject", "=?utf-8?Q?trap?=")
    assert read(message_from_bytes(line + b"\r\n")["Subject"]) == "=?utf-8?Q?trap?="


def test_tokens_are_folded_at_spaces_only() -> None:
    value = " ".join(["<https://ban-tin.example/abcdefgh>,"] * 6)
    lines = structured("List-Help", value).split(b"\r\n")
    assert len(lines) > 3
    assert max(map(len, lines)) <= 78
    assert b"".join(lines).decode() == f"List-Help: {value}"


def test_a_word_longer_than_a_line_is_not_cut() -> None:
    assert structured("X", "a" * 100) == b"X: " + b"a" * 100 + b"\r\n"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", ""),
        ("An Vo", "An Vo"),
        ("Vo, An", '"Vo, An"'),
        ('An "Ba" \\ Vo', '"An \\"Ba\\" \\\\ Vo"'),
        ("a@b", '"a@b"'),
    ],
)
def test_a_display_name_is_bare_or_quoted(name: str, written: str) -> None:
    assert phrase(name) == written


def test_a_vietnamese_name_is_encoded() -> None:
    assert read(phrase("Nguyễn Thị Ánh Nguyệt")) == "Nguyễn Thị Ánh Nguyệt"
    assert phrase("Nguyễn").isascii()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_a_body_reads_back_and_its_lines_are_short(text: str) -> None:
    part = encoded(text)
    decode = (
        binascii.a2b_qp if part.encoding == "quoted-printable" else base64.b64decode
    )
    assert decode(part.body).decode("utf-8") == re.sub(r"\r\n|\r|\n", "\r\n", text)
    assert max(map(len, part.body.split(b"\r\n"))) <= 76
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", part.body)
    assert part.body.isascii()


def test_the_shorter_encoding_is_chosen() -> None:
    assert encoded("plain words\n" * 50).encoding == "quoted-printable"
    assert encoded("chữ tiếng Việt ở mọi nơi ợ ữ ế\n" * 50).encoding == "base64"


def test_a_long_address_begins_on_the_second_line_but_never_a_message_id() -> None:
    address = "<https://ban-tin.example/unsubscribe/tuan/" + "a" * 30 + ">"
    assert structured("List-Unsubscribe", address) == (
        f"List-Unsubscribe:\r\n {address}\r\n".encode()
    )
    read_back = message_from_bytes(structured("List-Unsubscribe", address) + b"\r\n")
    assert read_back["List-Unsubscribe"].split() == [address]
    assert structured("Message-ID", address) == f"Message-ID: {address}\r\n".encode()
