from __future__ import annotations

from pathlib import Path

import pytest

from syndicate.digest.post.relays import read_relay
from syndicate.errors import MailError


def test_a_relay_is_read_with_its_usual_port() -> None:
    assert (read_relay("smtp://r.example").port, read_relay("smtps://r").port) == (
        25,
        465,
    )
    assert read_relay("smtps://r.example").secure
    assert read_relay("lmtp://r.example").lmtp
    assert read_relay("lmtp://r.example").port == 24
    assert read_relay("smtp://[::1]:2525").host == "::1"


@pytest.mark.parametrize("path", ["/run/dovecot/lmtp", "run/lmtp"])
def test_a_socket_is_read(path: str) -> None:
    relay = read_relay(f"lmtp:{path}")
    assert (relay.socket, relay.lmtp, relay.host) == (path, True, "")
    assert relay.is_local


def test_a_password_is_never_sent_in_clear_over_a_network() -> None:
    asked = read_relay("smtp://relay.example:587", user="u", password="p")
    assert asked.starttls, "STARTTLS is asked for without a word"
    with pytest.raises(MailError, match="in clear") as caught:
        read_relay("smtp://relay.example?starttls=0", user="u", password="geheim")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_on_this_machine_a_password_may_go_in_clear(host: str) -> None:
    assert not read_relay(f"smtp://{host}:25", user="u", password="p").starttls


def test_starttls_and_a_certificate_of_ones_own_are_asked_for(tmp_path: Path) -> None:
    assert read_relay("smtp://relay.example?starttls=1").starttls
    assert not read_relay("smtp://relay.example").starttls
    with pytest.raises(MailError, match=r"nowhere\.pem"):
        read_relay(f"smtps://relay.example?ca={tmp_path}/nowhere.pem")
    (tmp_path / "empty.pem").touch()
    with pytest.raises(MailError, match=r"empty\.pem"):
        read_relay(f"smtps://relay.example?ca={tmp_path}/empty.pem")


@pytest.mark.parametrize(
    "url", ["smtp://r?starttls=perhaps", "smtp://r?startls=1", "smtps://r?verify=0"]
)
def test_what_is_asked_for_in_vain_is_said(url: str) -> None:
    with pytest.raises(MailError, match=r"\?"):
        read_relay(url)


@pytest.mark.parametrize(
    "url", ["", "lmtp:", "smtp:", "smtp://", "smtp://r:x", "http://r"]
)
def test_what_is_no_relay_is_refused(url: str) -> None:
    with pytest.raises(MailError):
        read_relay(url)


def test_a_user_in_the_address_is_read_and_gives_way_to_one_apart() -> None:
    url = "smtps://a%40b:p%40q@relay.example"
    relay = read_relay(url)
    assert (relay.user, relay.password) == ("a@b", "p@q")
    assert read_relay(url, user="u").user == "u"
