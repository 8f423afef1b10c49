from __future__ import annotations

import base64
import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.digest.drawing.coding import (
    CHOOSE,
    LEAVE,
    Coding,
    Slot,
    coded,
    crlf,
    length,
    shortest,
    slotted,
    stitched,
)

TEXT = st.lists(
    st.one_of(
        st.sampled_from(
            ["\n", ".\n", "From me\n", " ", "\t\n", "=", "đường ", "x" * 73, "\r\n\r"]
        ),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))),
    ),
    max_size=12,
).map("".join)
TOKEN = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=32, max_size=32)
BOTH = pytest.mark.parametrize("coding", list(Coding))


def read(body: bytes, coding: Coding) -> bytes:
    """Decode as the standard library does."""
    return (
        base64.b64decode(body) if coding is Coding.BASE64 else quopri.decodestring(body)
    )


@BOTH
@given(texts=st.lists(TEXT, max_size=6))
def test_blocks_in_a_row_are_the_encoded_part(coding: Coding, texts: list[str]) -> None:
    blocks = [crlf(text) for text in texts]
    row = b"".join(coded(block, coding) for block in blocks)
    whole = read(row, coding)
    if coding is Coding.QUOTED:
        assert whole == b"".join(blocks)
        assert row == coded(b"".join(blocks), coding)
    else:
        parts = (block[:-2] + b" " * (-len(block) % 3) + block[-2:] for block in blocks)
        assert whole == b"".join(parts)


@BOTH
@given(text=TEXT)
def test_no_line_is_longer_than_76_columns(coding: Coding, text: str) -> None:
    body = coded(crlf(text), coding)
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert body.isascii()
    assert body == b"" or body.endswith(b"\r\n")
    assert len(body) == length(crlf(text), coding)


@BOTH
@given(texts=st.tuples(TEXT, TEXT, TEXT), leave=TOKEN, choose=TOKEN)
def test_stitching_is_the_same_as_writing(
    coding: Coding, texts: tuple[str, str, str], leave: str, choose: str
) -> None:
    first, second, third = texts
    pattern = f"{first}/{LEAVE}{second}/{CHOOSE}{third}/{LEAVE}"
    written = pattern.replace(LEAVE, leave).replace(CHOOSE, choose)
    pieces = slotted(crlf(pattern), coding)
    words = (leave.encode(), choose.encode())
    assert stitched(pieces, words) == coded(crlf(written), coding)
    assert 1 <= sum(isinstance(piece, Slot) for piece in pieces) <= 3


@BOTH
@pytest.mark.parametrize("before", range(160))
def test_a_word_may_stand_anywhere_in_a_line(coding: Coding, before: int) -> None:
    for blanks in ("", " ", "\t\n"):
        text = "x" * before + LEAVE + blanks + CHOOSE + "y" * (before // 2)
        words = (b"a7" * 16, b"q" * 32)
        written = text.replace(LEAVE, "a7" * 16).replace(CHOOSE, "q" * 32)
        assert stitched(slotted(crlf(text), coding), words) == coded(
            crlf(written), coding
        )


def test_a_blank_at_the_edge_of_a_line_does_not_make_it_longer() -> None:
    """CPython's own encoder writes 77 columns here."""
    line = crlf("x" * 74 + " \n")
    assert max(map(len, binascii.b2a_qp(line, istext=True).split(b"\r\n"))) == 77
    assert max(map(len, coded(line, Coding.QUOTED).split(b"\r\n"))) <= 76
    assert read(coded(line, Coding.QUOTED), Coding.QUOTED) == line


def test_the_shorter_encoding_is_chosen() -> None:
    assert shortest([crlf("plain words\n" * 9)]) is Coding.QUOTED
    assert shortest([crlf("Tiếng Việt đủ dấu\n" * 9)]) is Coding.BASE64
