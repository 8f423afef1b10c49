from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.cli import posting
from syndicate.config.settings import DkimSettings, MailSettings, RelaySettings
from syndicate.digest.post.keys import new_ed25519, new_rsa
from syndicate.errors import MailError

RSA, ED25519 = new_rsa(), new_ed25519()
NO_KEYS = DkimSettings(
    domain="", selector="", key="", ed25519_selector="", ed25519_key=""
)
MAIL = MailSettings(
    relays=(RelaySettings(name="main", url="folder:var/outbox"),),
    sender="Bàn tin <tin@ban.example>",
    bounce_domain="",
    dkim=NO_KEYS,
    per_domain=(),
    warm_up=0,
    postal_address="",
    bounces="",
    imap_password="",
)


def with_keys(**keys: str) -> MailSettings:
    return replace(MAIL, dkim=replace(NO_KEYS, **keys))


def test_without_keys_mails_are_not_signed() -> None:
    assert posting.signer(MAIL) is None


def test_with_both_keys_mails_are_signed_for_the_senders_domain() -> None:
    made = posting.signer(
        with_keys(selector="r1", key=RSA, ed25519_selector="e1", ed25519_key=ED25519)
    )
    assert made is not None
    assert sorted(name for name, _text in made.records) == [
        "e1._domainkey.ban.example",
        "r1._domainkey.ban.example",
    ]


def test_a_domain_above_the_senders_may_sign_and_another_may_not() -> None:
    keys = {"selector": "r1", "key": RSA}
    under = replace(
        with_keys(**keys, domain="ban.example"), sender="tin@thu.ban.example"
    )
    made = posting.signer(under)
    assert made is not None
    assert made.domain == "ban.example"
    with pytest.raises(MailError, match="dkim_domain"):
        posting.signer(with_keys(**keys, domain="khac.example"))


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"selector": "r1"}, "SYNDICATE_DKIM_RSA is not"),
        ({"ed25519_selector": "e1"}, "SYNDICATE_DKIM_ED25519 is not"),
        ({"key": RSA}, "dkim_selector"),
        ({"ed25519_key": ED25519}, "dkim_ed25519_selector"),
        ({"selector": "r1", "key": "file:nowhere"}, "SYNDICATE_DKIM_RSA holds no"),
    ],
)
def test_half_a_key_is_a_mistake_and_no_unsigned_mail(
    keys: dict[str, str], named: str
) -> None:
    with pytest.raises(MailError, match=named):
        posting.signer(with_keys(**keys))


# ── syndicate digest dkim ────────────────────────────────────────────────────


def test_a_key_is_made_and_signs_once_it_is_set(desk, monkeypatch) -> None:
    file = desk.folder / "keys" / "dkim.pem"
    told = desk.json("digest", "dkim", "--selector", "r1", "--out", str(file))
    assert told["name"] == "r1._domainkey.ban.example"
    assert told["text"].startswith("v=DKIM1; k=rsa; p=")
    assert "key" not in told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    desk.config.write_text(
        desk.config.read_text() + '\n[mail]\ndkim_selector = "r1"\n', encoding="utf-8"
    )
    monkeypatch.setenv("SYNDICATE_DKIM_RSA", "file:keys/dkim.pem")
    (shown,) = desk.json("digest", "dkim", "--show")
    assert shown == {"name": told["name"], "text": told["text"]}


def test_a_key_that_is_there_is_never_overwritten(desk, tmp_path: Path) -> None:
    file = tmp_path / "dkim.pem"
    desk.run("digest", "dkim", "--out", str(file))
    before = file.read_bytes()
    done = desk.run("digest", "dkim", "--out", str(file), code=4)
    assert "never overwritten" in done.output
    assert file.read_bytes() == before


def test_a_key_that_is_printed_comes_with_all_that_is_to_be_done(desk) -> None:
    said = desk.run("digest", "dkim", "--ed25519", "--selector", "e1").stdout
    assert 'e1._domainkey.ban.example. IN TXT ( "v=DKIM1; k=ed25519; p=' in said
    assert 'dkim_ed25519_selector = "e1"' in said
    assert "SYNDICATE_DKIM_ED25519='-----BEGIN PRIVATE KEY-----" in said


def test_a_long_record_is_told_in_strings_that_dns_takes(desk) -> None:
    said = desk.run("digest", "dkim").stdout
    (line,) = (one for one in said.splitlines() if "IN TXT" in one)
    strings = line.partition("( ")[2].removesuffix(" )").split(" ")
    assert [one for one in line.split('"')[1::2] if len(one) > 255] == []
    assert len(strings) > 1


def test_without_keys_it_is_said_that_nothing_is_signed(desk) -> None:
    assert desk.json("digest", "dkim", "--show") == []
    assert "not signed" in desk.run("digest", "dkim", "--show").stdout
