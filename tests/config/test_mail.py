"""What would make every mail of a digest wrong is said before there is one."""

from __future__ import annotations

import pytest

from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.errors import ConfigError


def mistakes_of(path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path, Environment())
    return list(caught.value.mistakes)


def test_a_base_url_without_https_is_refused_where_there_is_a_digest(write, right):
    text = right.replace("https://tin.example/", "http://tin.example/")
    (said,) = mistakes_of(write(text))
    assert said.startswith("config.toml:3: site.base_url: must begin with https://")
    without = text[: text.index("[[digest]]")]
    assert load(write(without), Environment()).site.base_url == "http://tin.example"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"]
)
def test_loopback_may_do_without_https(write, right, address):
    text = right.replace("https://tin.example/", address)
    assert load(write(text), Environment()).site.base_url == address


@pytest.mark.parametrize(
    "address", ["https://tin.example/" + "x" * 200, "https://tỉnh.example"]
)
def test_a_base_url_of_which_no_link_to_leave_can_be_made_is_refused(
    write, right, address
):
    (said,) = mistakes_of(write(right.replace("https://tin.example/", address)))
    assert "site.base_url: cannot begin the links in a digest" in said


@pytest.mark.parametrize(
    "sender", ["a@vd.example, b@vd.example", "An", "đức@vd.example"]
)
def test_a_sender_of_no_use_is_refused(write, right, sender):
    (said,) = mistakes_of(write(f'{right}[mail]\nsender = "{sender}"\n'))
    assert said.startswith("config.toml:27: mail.sender: ")


def test_a_contact_that_cannot_be_the_sender_is_refused_at_its_own_line(write, right):
    text = right.replace('"ban@tin.example"', '"Bàn\\u0000 <ban@tin.example>"')
    (said,) = mistakes_of(write(text))
    assert said.startswith("config.toml:4: site.contact: cannot be the sender")


def test_a_domain_for_bounces_that_is_none_is_refused(write, right):
    (said,) = mistakes_of(write(f'{right}[mail]\nbounce_domain = "not a domain"\n'))
    assert "mail.bounce_domain" in said
    assert "is not a domain" in said


def test_a_member_whom_no_relay_takes_is_refused(write, right, tmp_path):
    (tmp_path / "m.csv").write_text("address,name\nđức@vd.example,Đức\n", "utf-8")
    (said,) = mistakes_of(write(right + 'audience_file = "m.csv"\n'))
    assert 'm.csv:2: address "đức@vd.example"' in said


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", 'has no column "address"'),
        (b"mail;name\na@vd.example;A\n", 'has no column "address"'),
        ("địa chỉ,tên\n".encode(), 'has no column "address"'),
        ("address\nđ@vd.example".encode("utf-16"), "is not UTF-8"),
        (b'address,name\n"' + b"x" * 200_000, "is not CSV"),
    ],
)
def test_a_file_of_members_that_cannot_be_read_is_explained(
    write, right, tmp_path, content, expected
):
    (tmp_path / "m.csv").write_bytes(content)
    said = mistakes_of(write(right + 'audience_file = "m.csv"\n'))
    assert expected in said[0]


def test_a_file_of_members_that_is_not_there_is_named(write, right):
    assert "none.csv" in mistakes_of(write(right + 'audience_file = "none.csv"\n'))[0]


def test_a_password_over_an_unencrypted_relay_is_refused(write, right):
    path = write(right + '[mail]\nurl = "smtp://relay.example:587"\n')
    with pytest.raises(ConfigError, match=r"unencrypted; add \?starttls=1"):
        load(path, Environment(mail_user="an", mail_password="p"))


@pytest.mark.parametrize(
    "url", ["smtp://relay.example:587?starttls=1", "smtps://r.example", "smtp://[::1]"]
)
def test_a_password_over_an_encrypted_or_local_relay_is_allowed(write, right, url):
    path = write(right + f'[mail]\nurl = "{url}"\n')
    assert (
        load(path, Environment(mail_user="an", mail_password="p")).mail.relays[0].url
        == url
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("lmtp:/run/dovecot/lmtp", "lmtp:/run/dovecot/lmtp"),
        ("lmtp://127.0.0.1:24", "lmtp://127.0.0.1:24"),
        ("sendmail:bin/sendmail", "sendmail:{folder}/bin/sendmail"),
        ("smtps://relay.example?ca=ca.pem", "smtps://relay.example?ca=ca.pem"),
    ],
)
def test_paths_begin_at_the_settings_and_hosts_do_not(
    write, right, tmp_path, written, read
):
    found = load(write(f'{right}[mail]\nurl = "{written}"\n'), Environment())
    assert found.mail.relays[0].url == read.format(folder=tmp_path)
