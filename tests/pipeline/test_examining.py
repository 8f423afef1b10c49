from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import new_ed25519, new_rsa
from syndicate.digest.post.names import UnaskedError
from syndicate.digest.post.probing import Probe
from syndicate.pipeline.mailing.examining import (
    Desk,
    Finding,
    Level,
    Relay,
    examine,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEY = Signer("ban.example", rsa=("r1", new_rsa()), ed25519=("e1", new_ed25519()))
OTHER = Signer("ban.example", rsa=("r1", new_rsa()), ed25519=("e1", new_ed25519()))
AT = "93.184.216.34"
SEEN = Probe(peer=AT, is_secure=True, ends_at=NOW + timedelta(days=60))


@dataclass
class Zone:
    """A DNS of our own: what stands there, and nothing else."""

    txt: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mx: dict[str, tuple[str, ...]] = field(default_factory=dict)
    a: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ptr: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def texts(self, name: str) -> tuple[str, ...]:
        return self.txt.get(name, ())

    def exchangers(self, domain: str) -> tuple[str, ...]:
        return self.mx.get(domain, ())

    def addresses(self, host: str) -> tuple[str, ...]:
        return self.a.get(host, ())

    def hosts(self, address: str) -> tuple[str, ...]:
        return self.ptr.get(address, ())


class Silent(Zone):
    """A network without a name server."""

    def _no(self, _name: str) -> tuple[str, ...]:
        raise UnaskedError("no name server answers")

    texts = exchangers = addresses = hosts = _no


def desk(**more: Any) -> Desk:
    plain = Desk(
        has_secret=True,
        has_digests=True,
        has_report_readers=True,
        base_url="https://ban.example",
        sender="Bàn tin <tin@ban.example>",
        bounce_domain="b.ban.example",
        relays=(Relay(name="main", probe=lambda: SEEN),),
        records=KEY.records,
    )
    return replace(plain, **more)


def zone() -> Zone:
    return Zone(
        txt={
            "b.ban.example": ("other=1", "v=spf1 ip4:93.184.216.34 -all"),
            "_dmarc.ban.example": ("v=DMARC1; p=quarantine",),
            **{name: (text,) for name, text in KEY.records},
        },
        mx={"b.ban.example": ("mx.ban.example",)},
        a={"relay.ban.example": (AT,)},
        ptr={AT: ("relay.ban.example",)},
    )


def found(
    check: str, names: Zone | None = None, which: Desk | None = None
) -> list[tuple[str, Level]]:
    findings = examine(which or desk(), names or zone(), NOW)
    return [(one.code, one.level) for one in findings if one.check == check]


def test_a_desk_that_is_in_order_passes_every_check() -> None:
    findings = [*examine(desk(), zone(), NOW)]
    assert {one.level for one in findings} == {Level.OK}
    assert {one.check for one in findings} == {
        *("secret", "report", "base_url", "spf", "dmarc", "dkim", "mx"),
        *("relay", "tls", "ptr"),
    }


@pytest.mark.parametrize(
    ("more", "check", "expected"),
    [
        ({"has_secret": False}, "secret", ("secret-none", Level.FAIL)),
        (
            {"has_secret": False, "has_digests": False},
            "secret",
            ("secret-none", Level.WARN),
        ),
        ({"has_report_readers": False}, "report", ("report-none", Level.WARN)),
        ({"base_url": "http://ban.example"}, "base_url", ("url-clear", Level.WARN)),
        (
            {"base_url": "https://127.0.0.1:8000"},
            "base_url",
            ("url-loopback", Level.WARN),
        ),
        ({"sender": "nobody"}, "sender", ("sender-none", Level.FAIL)),
        ({"bounce_domain": "-"}, "sender", ("sender-none", Level.FAIL)),
        ({"bounce_domain": ""}, "bounces", ("bounces-unset", Level.WARN)),
        ({"records": ()}, "dkim", ("dkim-unsigned", Level.WARN)),
        ({"key_trouble": "no key"}, "dkim", ("dkim-broken", Level.FAIL)),
    ],
)
def test_what_the_settings_lack_is_named(
    more: dict[str, object], check: str, expected: tuple[str, Level]
) -> None:
    assert expected in found(check, which=desk(**more))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), ("spf-none", Level.FAIL)),
        (("v=spf10 -all", "spf2.0/pra"), ("spf-none", Level.FAIL)),
        (("v=spf1 -all", "V=SPF1 a -all"), ("spf-several", Level.FAIL)),
        (("v=spf1 mx +all",), ("spf-everybody", Level.WARN)),
        (("v=spf1 mx ~all",), ("spf-found", Level.OK)),
    ],
)
def test_the_spf_record_of_the_envelopes_domain_is_looked_at(
    texts: tuple[str, ...], expected: tuple[str, Level]
) -> None:
    names = zone()
    names.txt["b.ban.example"] = texts
    names.txt["ban.example"] = ("v=spf1 a -all",)
    assert found("spf", names) == [expected]


@pytest.mark.parametrize(
    ("name", "texts", "expected"),
    [
        ("_dmarc.tin.ban.example", ("v=DMARC1; p=none",), ("dmarc-found", Level.OK)),
        ("_dmarc.ban.example", ("v=DMARC1;p=reject",), ("dmarc-found", Level.OK)),
        ("_dmarc.example", ("v=DMARC1; p=reject",), ("dmarc-none", Level.FAIL)),
        ("_dmarc.ban.example", ("hello",), ("dmarc-none", Level.FAIL)),
        ("_dmarc.ban.example", ("v=DMARC1; p=soon",), ("dmarc-broken", Level.FAIL)),
        (
            "_dmarc.ban.example",
            ("v=DMARC1; p=none", "v=DMARC1; p=reject"),
            ("dmarc-several", Level.FAIL),
        ),
    ],
)
def test_the_dmarc_record_is_the_domains_own_or_one_above_it(
    name: str, texts: tuple[str, ...], expected: tuple[str, Level]
) -> None:
    names = zone()
    del names.txt["_dmarc.ban.example"]
    names.txt[name] = texts
    assert found("dmarc", names, desk(sender="tin@tin.ban.example")) == [expected]


def record(text: str, **changes: str) -> str:
    """Change tags of a record; a new one stands at its beginning."""
    kept = [part.strip() for part in text.split(";")]
    kept = [part for part in kept if part.partition("=")[0] not in changes]
    return "; ".join([*(f"{tag}={said}" for tag, said in changes.items()), *kept])


RSA = dict(KEY.records)["r1._domainkey.ban.example"]
HALVES = RSA[:60] + " " + RSA[60:]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), ("dkim-none", Level.FAIL)),
        ((RSA, RSA), ("dkim-several", Level.FAIL)),
        ((dict(OTHER.records)["r1._domainkey.ban.example"],), ("dkim-other", "fail")),
        (("v=spf1 -all",), ("dkim-other", Level.FAIL)),
        ((record(RSA, p=""),), ("dkim-revoked", Level.FAIL)),
        ((record(RSA, k="ed25519"),), ("dkim-other", Level.FAIL)),
        ((record(RSA, s="tlsrpt"),), ("dkim-forbids", Level.FAIL)),
        ((record(RSA, h="sha1"),), ("dkim-forbids", Level.FAIL)),
        ((record(RSA, v="DKIM2"),), ("dkim-forbids", Level.FAIL)),
        ((record(RSA, t="y:s"),), ("dkim-testing", Level.WARN)),
        ((record(RSA, t="s", s="email:*", h="sha1:sha256"),), ("dkim-same", "ok")),
        ((HALVES,), ("dkim-same", Level.OK)),
        ((RSA.replace("v=DKIM1; k=rsa; ", ""),), ("dkim-same", Level.OK)),
    ],
)
def test_the_published_key_must_be_the_one_that_we_sign_with(
    texts: tuple[str, ...], expected: tuple[str, str]
) -> None:
    names = zone()
    names.txt["r1._domainkey.ban.example"] = texts
    assert found("dkim", names) == [("dkim-same", "ok"), expected]


@pytest.mark.parametrize(
    ("mx", "a", "expected"),
    [
        ((), (), ("mx-none", Level.FAIL)),
        ((), (AT,), ("mx-implicit", Level.WARN)),
        (("",), (AT,), ("mx-refuses", Level.FAIL)),
    ],
)
def test_somebody_must_take_bounces(
    mx: tuple[str, ...], a: tuple[str, ...], expected: tuple[str, Level]
) -> None:
    names = zone()
    names.mx["b.ban.example"] = mx
    names.a["b.ban.example"] = a
    assert found("mx", names) == [expected]


@pytest.mark.parametrize(
    ("seen", "check", "expected"),
    [
        (Probe(failure="no connection"), "relay", ("relay-fails", Level.FAIL)),
        (replace(SEEN, ends_at=NOW), "tls", ("tls-ends", Level.WARN)),
        (Probe(peer=AT), "tls", ("tls-none", Level.WARN)),
        (Probe(peer=AT, offers_starttls=True), "tls", ("tls-offered", Level.WARN)),
        (Probe(peer="127.0.0.1", is_local=True), "tls", ("tls-local", Level.OK)),
        (Probe(peer="10.0.0.7"), "ptr", ("ptr-private", Level.SKIPPED)),
        (Probe(is_local=True), "ptr", ("ptr-private", Level.SKIPPED)),
        (replace(SEEN, peer="8.8.4.4"), "ptr", ("ptr-none", Level.WARN)),
    ],
)
def test_a_relay_answers_in_tls_and_its_address_has_a_name(
    seen: Probe, check: str, expected: tuple[str, Level]
) -> None:
    which = desk(relays=(Relay(name="main", probe=lambda: seen),))
    assert found(check, which=which) == [expected]


def test_a_name_that_does_not_lead_back_to_the_address_is_told() -> None:
    names = zone()
    names.a["relay.ban.example"] = ("192.0.2.1",)
    assert found("ptr", names) == [("ptr-oneway", Level.WARN)]


def test_a_folder_is_no_relay_to_look_at() -> None:
    which = desk(relays=(Relay(name="main", probe=None),))
    assert found("relay", which=which) == [("relay-none", Level.SKIPPED)]


def test_where_nobody_can_be_asked_that_is_a_warning_and_no_verdict() -> None:
    findings = [*examine(desk(), Silent(), NOW)]
    asked = [one for one in findings if one.code == "unasked"]
    assert [one.check for one in asked] == ["spf", "dmarc", "dkim", "dkim", "mx", "ptr"]
    assert {one.level for one in findings} == {Level.OK, Level.WARN}


def test_without_a_network_nobody_is_asked() -> None:
    def never() -> Probe:
        raise AssertionError("a relay was asked")

    which = desk(relays=(Relay(name="main", probe=never),))
    findings = [*examine(which, None, NOW)]
    skipped = [one.check for one in findings if one.level is Level.SKIPPED]
    assert skipped == ["spf", "dmarc", "dkim", "dkim", "mx", "relay"]


def test_what_a_stranger_wrote_is_shown_on_one_short_line() -> None:
    names = zone()
    names.txt["b.ban.example"] = ("v=spf1 \x1b[2J\r\n" + "a" * 5000 + " -all",)
    (spf,) = (one for one in examine(desk(), names, NOW) if one.check == "spf")
    assert isinstance(spf, Finding)
    assert len(spf.value) == 200
    assert spf.value.isprintable()


def test_a_domain_in_vietnamese_letters_is_asked_in_ascii() -> None:
    names = zone()
    which = desk(bounce_domain="bảntin.example", records=())
    names.txt["bảntin.example".encode("idna").decode()] = ("v=spf1 -all",)
    assert found("spf", names, which) == [("spf-found", Level.OK)]
