from __future__ import annotations

import pytest

from syndicate.digest.addresses import (
    is_loopback,
    mailbox,
    person,
    unsubscribe_link,
    writer,
)
from syndicate.errors import MailError
from syndicate.model import Member


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("an@vd.example", "an@vd.example"),
        ("An.Ba+tin@VD.example", "An.Ba+tin@vd.example"),
        ("an@bücher.example", "an@xn--bcher-kva.example"),
        ("an@localhost", "an@localhost"),
    ],
)
def test_an_address_is_made_fit_for_the_envelope(address: str, kept: str) -> None:
    assert mailbox(address, "x") == kept


@pytest.mark.parametrize(
    "address",
    [
        "",
        "an",
        "@vd.example",
        "an@",
        "an@vd..example",
        "an@-vd.example",
        "an ba@vd.example",
        "an@vd.example, ba@vd.example",
        "an@vd.example\r\nBcc: ba@vd.example",
        "an\n@vd.example",
        "an@vd.example>",
        "<an@vd.example>",
        "ân@vd.example",
        ".an@vd.example",
        '"an"@vd.example',
        "a" * 65 + "@vd.example",
        "an@" + "a" * 64 + ".example",
        "an@" + ".".join(["abcdefgh"] * 32),
        "an@vd.example\x00",
        "an@vd\u2028.example",
    ],
)
def test_anything_else_is_refused_by_name(address: str) -> None:
    with pytest.raises(MailError, match=r"^member 7: "):
        mailbox(address, "member 7")


def test_a_member_is_named_beside_the_address() -> None:
    assert person(Member(address="an@vd.example")) == "<an@vd.example>"
    assert (
        person(Member(address="an@vd.example", name="An Vo")) == "An Vo <an@vd.example>"
    )


@pytest.mark.parametrize("name", ["An\r\nBcc: x@y.example", "An\nVo", "An\rVo", "\x00"])
def test_a_name_with_a_line_end_is_refused(name: str) -> None:
    with pytest.raises(MailError, match=r"an@vd\.example"):
        person(Member(address="an@vd.example", name=name))


def test_the_sender_is_read_from_the_settings() -> None:
    line, address = writer("Tin Cuu Ha <ban-tin@ban-tin.example>")
    assert (line, address) == (
        "Tin Cuu Ha <ban-tin@ban-tin.example>",
        "ban-tin@ban-tin.example",
    )
    for wrong in ("", "Bàn tin", "a@b.example\r\nX: y", "Tin <tin@>"):
        with pytest.raises(MailError, match=r"^sender: "):
            writer(wrong)


@pytest.mark.parametrize(
    "url",
    [
        "https://ban-tin.example/huy/a8c1",
        "http://127.0.0.1:8000/huy/a8c1",
        "http://[::1]:8000/huy/a8c1",
        "http://localhost/huy/a8c1",
    ],
)
def test_a_link_to_leave_is_https_or_on_this_machine(url: str) -> None:
    assert unsubscribe_link(url, "x") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:x@y.example",
        "http://ban-tin.example/huy",
        "https:///huy",
        "https://ban-tin.example/a b",
        "https://ban-tin.example/a>,<b",
        "https://ban-tin.example/\r\nX: y",
        "https://ban-tin.example/hủy",
        "https://ban-tin.example/" + "a" * 200,
        "https://[::1/",
        "javascript://127.0.0.1/",
    ],
)
def test_any_other_link_to_leave_is_refused(url: str) -> None:
    with pytest.raises(MailError, match=r"^member 7: "):
        unsubscribe_link(url, "member 7")


def test_this_machine_is_known_by_name_and_number() -> None:
    assert is_loopback("127.3.2.1")
    assert is_loopback("localhost")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("localhost.example")
