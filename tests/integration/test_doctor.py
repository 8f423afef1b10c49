"""``doctor`` before a name server and relays on loopback."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from syndicate.digest.post.names import DnsNames, UnaskedError
from syndicate.digest.post.probing import probe

RECORDS = {
    ("ban.example.", "TXT"): ['"v=spf1 ip4:192.0.2.1 " "-all"', '"khác"'],
    ("ban.example.", "MX"): ["20 hai.ban.example.", "10 Mot.ban.example."],
    ("im.example.", "MX"): ["0 ."],
    ("mot.ban.example.", "A"): ["192.0.2.1"],
    ("mot.ban.example.", "AAAA"): ["2001:db8::1"],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["mot.ban.example."],
    ("r1._domainkey.ban.example.", "CNAME"): ["key.tin.example."],
    ("key.tin.example.", "TXT"): ['"v=DKIM1; p=AAAA"'],
}


class NameServer(threading.Thread):
    """Answers over UDP what stands in RECORDS; knows a name that fails, and silence."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.asked: list[str] = []

    def run(self) -> None:
        while True:
            packet, peer = self.socket.recvfrom(4096)
            if packet == b"end":
                return
            answer = self.answer(packet)
            if answer is not None:
                self.socket.sendto(answer, peer)

    def answer(self, packet: bytes) -> bytes | None:
        query = dns.message.from_wire(packet)
        (question,) = query.question
        name = question.name.to_text().lower()
        self.asked.append(name)
        if name.startswith("silent."):
            return None
        made = dns.message.make_response(query)
        made.flags |= dns.flags.RA
        if name.startswith("broken."):
            made.set_rcode(dns.rcode.SERVFAIL)
            return made.to_wire()
        self.fill(made, name, dns.rdatatype.to_text(question.rdtype))
        if not any(known == name for known, _kind in RECORDS):
            made.set_rcode(dns.rcode.NXDOMAIN)
        return made.to_wire()

    def fill(self, made: dns.message.Message, name: str, kind: str) -> None:
        if alias := RECORDS.get((name, "CNAME")):
            made.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", *alias))
            (name,) = alias
        if texts := RECORDS.get((name, kind)):
            made.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *texts))

    def end(self) -> None:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as last:
            last.sendto(b"end", ("127.0.0.1", self.port))
        self.join()
        self.socket.close()


@pytest.fixture
def server() -> Iterator[NameServer]:
    made = NameServer()
    made.start()
    yield made
    made.end()


@pytest.fixture
def names(server: NameServer) -> DnsNames:
    return DnsNames(["127.0.0.1"], server.port, seconds=0.5)


def test_the_strings_of_a_text_record_are_put_together(names: DnsNames) -> None:
    said = names.texts("ban.example")
    assert set(said) == {"v=spf1 ip4:192.0.2.1 -all", "khác"}


def test_an_alias_of_a_key_is_followed(names: DnsNames) -> None:
    assert names.texts("r1._domainkey.ban.example") == ("v=DKIM1; p=AAAA",)


def test_who_takes_mail_is_told_in_order_and_a_dot_is_nobody(names: DnsNames) -> None:
    assert names.exchangers("ban.example") == ("mot.ban.example", "hai.ban.example")
    assert names.exchangers("im.example") == ("",)


def test_a_host_has_addresses_and_an_address_a_name(names: DnsNames) -> None:
    assert names.addresses("mot.ban.example") == ("192.0.2.1", "2001:db8::1")
    assert names.hosts("192.0.2.1") == ("mot.ban.example",)


def test_a_name_that_is_not_there_and_one_without_such_records_say_nothing(
    names: DnsNames,
) -> None:
    assert names.texts("khong.example") == ()
    assert names.texts("mot.ban.example") == ()


@pytest.mark.parametrize("name", ["broken.example", "a..b", "x" * 64 + ".example"])
def test_what_cannot_be_asked_is_not_known(names: DnsNames, name: str) -> None:
    with pytest.raises(UnaskedError):
        names.texts(name)


def test_after_two_silences_nobody_is_asked_any_more(
    names: DnsNames, server: NameServer
) -> None:
    for _time in range(2):
        with pytest.raises(UnaskedError, match="in time"):
            names.texts("silent.example")
    before = len(server.asked)
    with pytest.raises(UnaskedError, match="no name server"):
        names.texts("ban.example")
    assert len(server.asked) == before


# ── Relays ──


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 of two days, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "relay.pem"
    wanted = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=relay"
    wanted += f" -addext subjectAltName=IP:127.0.0.1 -keyout {file} -out {file}.crt"
    subprocess.run([openssl, *wanted.split()], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@pytest.fixture
def relay(certificate: Path) -> Iterator[Controller]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    controller = Controller(
        Sink(), hostname="127.0.0.1", port=free_port(), tls_context=context
    )
    controller.start()
    yield controller
    controller.stop()


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def test_a_relay_is_seen_in_tls_with_the_end_of_its_certificate(
    relay: Controller, certificate: Path
) -> None:
    seen = probe(f"smtp://127.0.0.1:{relay.port}?starttls=1&ca={certificate}")
    assert (seen.failure, seen.peer, seen.is_secure) == ("", "127.0.0.1", True)
    assert seen.ends_at is not None
    left = seen.ends_at - datetime.now(UTC)
    assert timedelta(days=1) < left <= timedelta(days=2)


def test_a_relay_in_clear_says_whether_it_offers_more(relay: Controller) -> None:
    seen = probe(f"smtp://127.0.0.1:{relay.port}")
    assert (seen.failure, seen.is_secure, seen.ends_at) == ("", False, None)
    assert seen.offers_starttls


def test_a_certificate_that_nobody_trusts_is_a_failure(relay: Controller) -> None:
    seen = probe(f"smtp://127.0.0.1:{relay.port}?starttls=1")
    assert "certificate" in seen.failure.lower()


def test_a_relay_that_is_not_there_is_a_failure() -> None:
    assert "no connection" in probe(f"smtp://127.0.0.1:{free_port()}").failure


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "[127.0.0.1"])
def test_a_relay_whose_host_is_no_name_is_a_failure_at_once(host: str) -> None:
    started = time.monotonic()
    assert probe(f"smtp://{host}:25").failure
    assert time.monotonic() - started < 5


def test_a_password_that_is_refused_is_a_failure_and_is_not_repeated(
    relay: Controller, certificate: Path
) -> None:
    url = f"smtp://127.0.0.1:{relay.port}?starttls=1&ca={certificate}"
    seen = probe(url, user="ban", password="bí mật lắm")
    assert "AUTH" in seen.failure
    assert "bí mật" not in seen.failure


def _silent(_peer: socket.socket) -> None:
    time.sleep(1.5)


def _slow(peer: socket.socket) -> None:
    """Each answer comes within its own time; all of them together take too long."""
    peer.sendall(b"220 a\r\n")
    for _step in range(3):
        peer.recv(1000)
        time.sleep(0.4)
        peer.sendall(b"550 no\r\n")


@pytest.mark.parametrize("behaviour", [_silent, _slow])
def test_a_look_at_a_relay_ends_in_time(
    behaviour: Callable[[socket.socket], None],
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            peer, _address = listening.accept()
            with closing(peer):
                behaviour(peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        started = time.monotonic()
        seen = probe(f"smtp://127.0.0.1:{listening.getsockname()[1]}", seconds=0.5)
        assert time.monotonic() - started < 1
        assert seen.failure
        thread.join()
