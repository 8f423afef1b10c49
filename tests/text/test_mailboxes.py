"""Which addresses are sound, and when two are one mailbox."""

from __future__ import annotations

import re
import string

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicate.digest.addresses import mailbox as envelope
from syndicate.text.mailboxes import _is_plain, checked, domain_of, mailbox

SAME = [
    ("An@VD.example", "an@vd.example"),
    (" an@vd.example\r\n", "an@vd.example"),
    ("an@bưu-điện.example", "AN@BƯU-ĐIỆN.EXAMPLE"),
    ("an@bu\u031bu-đie\u0323\u0302n.example", "an@bưu-điện.example"),
    ("an@bưu-điện.example", checked("an@bưu-điện.example")),
    ("an@faß.example", "an@xn--fa-hia.example"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_a_mailbox_are_one(one: str, other: str) -> None:
    assert mailbox(one) == mailbox(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("an@vd.example", "an+tin@vd.example"),
        ("an.binh@vd.example", "anbinh@vd.example"),
        ("an@vd.example", "an@mail.vd.example"),
        ("an@faß.example", "an@fass.example"),
    ],
)
def test_nothing_is_guessed_of_what_a_provider_does(one: str, other: str) -> None:
    assert mailbox(one) != mailbox(other)


@given(st.text())
def test_to_compare_never_fails_and_is_done_after_one_time(said: str) -> None:
    assert mailbox(mailbox(said)) == mailbox(said)


def test_the_domain_goes_to_the_envelope_in_ascii() -> None:
    sound = checked("An@Bưu-Điện.example")
    assert sound.startswith("An@xn--")
    assert sound.isascii()
    assert domain_of("An@Bưu-Điện.example").isascii()


@pytest.mark.parametrize(
    "address",
    [
        "an@vd.example\nBcc: ba@vd.example",
        "an@vd.example\x0bx",
        "an\u2028@vd.example",
        "an@vd.example an@vd.example",
        "an@@vd.example",
        "(an)an@vd.example",
        '"an"@vd.example',
        "an.@vd.example",
        ".an@vd.example",
        "a..n@vd.example",
        "an@vd_x.example",
        "an@vd.example.",
        "an@localhost",
        "an@x.local",
        "an@1.2.3.4",
        "an＠vd.example",
        "a" * 65 + "@vd.example",
        "a@" + ".".join(["b" * 61] * 4) + ".example",
        "<an@vd.example>",
        "mailto:an@vd.example",
        "an@vd.example?subject=x",
        "=?utf-8?q?an=0ABcc?=@vd.example",
    ],
)
def test_what_no_relay_takes_is_refused(address: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the words are the library's
        checked(address)


WORD = string.ascii_letters + string.digits + "._+-"
likely = st.builds(
    "{}@{}.{}".format,
    st.text(WORD, max_size=70),
    st.text(string.ascii_letters + string.digits + ".-", max_size=70),
    st.sampled_from(["vn", "example", "COM", "local", "test", "c0m", "x", "arpa"]),
)


@given(likely)
@settings(max_examples=500)
@example("a@a--b.vn")
@example("a@xn--a.vn")
def test_the_quick_look_lets_nothing_through_that_the_long_one_refuses(
    address: str,
) -> None:
    local, _at, domain = address.rpartition("@")
    if _is_plain(f"{local}@{domain.lower()}"):
        found = validate_email(
            address,
            allow_smtputf8=False,
            check_deliverability=False,
            strict=True,
        )
        assert found.ascii_email == checked(address)


@given(likely | st.text() | st.emails())
@settings(max_examples=500)
def test_a_sound_address_fits_the_envelope_and_a_header(address: str) -> None:
    try:
        sound = checked(address)
    except ValueError:
        return
    assert re.fullmatch(r"[\x21-\x7e]+@[a-z0-9.-]+", sound)
    assert len(sound) <= 254
    assert envelope(sound, "a member") == sound
    assert checked(sound) == sound


def test_the_library_and_we_agree_on_a_plain_address() -> None:
    with pytest.raises(EmailNotValidError):
        validate_email("an@vd", check_deliverability=False)
    assert checked("nguyen.van.an+tin@gmail.com") == "nguyen.van.an+tin@gmail.com"
