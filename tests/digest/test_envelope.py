from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.digest.post.envelope import path


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("an@vd.example", "an@vd.example"),
        ("an+tin.tuc@vd.example", "an+tin.tuc@vd.example"),
        ("o'neil@vd.example", "o'neil@vd.example"),
        ("an@tin-tức.example", "an@xn--tin-tc-fr8b.example"),
        ("hằng@vd.example", "hằng@vd.example"),
        ("a" * 64 + "@vd.example", "a" * 64 + "@vd.example"),
        ("b-" + "a" * 32 + "@bounce.example", "b-" + "a" * 32 + "@bounce.example"),
    ],
)
def test_an_address_goes_into_the_envelope(address: str, wanted: str) -> None:
    assert path(address) == wanted


@pytest.mark.parametrize(
    "address",
    [
        "",
        "an",
        "@vd.example",
        "an@",
        "an@vd.example\r\nRCPT TO:<ba@vd.example>",
        "an@vd.example\n",
        "an@vd.example>\x00",
        "an@vd.example> SIZE=1",
        "<an@vd.example>",
        "an@vd.example,ba@vd.example",
        "an ba@vd.example",
        '"an ba"@vd.example',
        "an(comment)@vd.example x",
        "@a,@b:an@vd.example",
        "an@ba@vd.example",
        "an\\@vd.example",
        "-oQ/tmp@vd.example",
        "a" * 65 + "@vd.example",
        "hằng" * 12 + "@vd.example",
        "an@" + "a" * 64 + ".example",
        "an@" + "a." * 130 + "example",
        "an@" + "ă" * 70 + ".example",
        "an\ud800@vd.example",
        "an@vd\u2028.example x",
        "an\u0085@vd.example",
        "an\u202e@vd.example",
    ],
)
def test_what_could_be_a_second_command_or_nobody_is_refused(address: str) -> None:
    assert path(address) is None


@given(st.text(max_size=80))
def test_whatever_is_said_ends_no_line_and_no_path(text: str) -> None:
    for address in (text, f"{text}@vd.example", f"an@{text}"):
        found = path(address)
        if found is not None:
            assert not set(found) & set('\r\n\0<>" \\\t')
            assert found.count("@") == 1
            assert len(found.encode()) <= 254
