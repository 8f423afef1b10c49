from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from syndicate.digest.post.smtp import SmtpTransport
from syndicate.model import DeliveryState, Message


def mail(to: str = "an@vd.example", body: bytes = b"Tin\r\n") -> Message:
    return Message(
        sender="b-1@ban-tin.example",
        recipient=to,
        message_id="<tuan.12.8d1f@ban-tin.example>",
        content=b"Subject: x\r\n\r\n" + body,
    )


@dataclass
class Desk:
    """What a relay answers, and what it took."""

    recipients: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    data: str = "250 taken"
    taken: list[Envelope] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Any,
    ) -> str:
        if self.sender:
            return self.sender
        envelope.mail_from = address
        return "250 fine"

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Any,
    ) -> str:
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data.startswith("2"):
            self.taken.append(envelope)
        return self.data


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def relay(desk: Desk) -> Iterator[Controller]:
    controller = Controller(desk, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def transport(relay: Controller) -> Iterator[SmtpTransport]:
    made = SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=5)
    with closing(made):
        yield made


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def test_a_message_arrives_as_it_was_built(
    transport: SmtpTransport, desk: Desk
) -> None:
    body = b".leading dot\r\n..two\r\nTin\r\n.\r\nafter\r\n"
    reply = transport.send(mail(body=body))
    assert reply.state is DeliveryState.ACCEPTED
    assert "250 taken" in reply.detail
    (taken,) = desk.taken
    assert (taken.mail_from, taken.rcpt_tos) == (
        "b-1@ban-tin.example",
        ["an@vd.example"],
    )
    assert taken.content == mail(body=body).content


def test_the_connection_is_kept_from_message_to_message(
    transport: SmtpTransport, desk: Desk
) -> None:
    for number in range(5):
        reply = transport.send(mail(f"nguoi-{number}@vd.example"))
        assert reply.state is DeliveryState.ACCEPTED
    assert len(desk.taken) == 5
    assert desk.connections == 1


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("550 5.1.1 no such user", DeliveryState.REFUSED),
        ("553 bad name", DeliveryState.REFUSED),
        ("450 4.2.0 greylisted, try again", DeliveryState.DEFERRED),
        ("451 later", DeliveryState.DEFERRED),
        ("552 5.2.2 mailbox full", DeliveryState.DEFERRED),
        ("299 odd", DeliveryState.DEFERRED),
    ],
)
def test_a_reply_to_one_recipient_leaves_the_others_alone(
    transport: SmtpTransport, desk: Desk, said: str, state: DeliveryState
) -> None:
    desk.recipients["an@vd.example"] = said
    reply = transport.send(mail())
    assert reply.state is state
    assert said in reply.detail
    assert transport.send(mail("ba@vd.example")).state is DeliveryState.ACCEPTED
    assert [envelope.rcpt_tos for envelope in desk.taken] == [["ba@vd.example"]]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("554 5.7.1 spam", DeliveryState.REFUSED),
        ("451 later", DeliveryState.DEFERRED),
        ("552 too much", DeliveryState.DEFERRED),
        ("250 queued", DeliveryState.ACCEPTED),
    ],
)
def test_the_reply_after_the_final_dot_decides(
    transport: SmtpTransport, desk: Desk, said: str, state: DeliveryState
) -> None:
    desk.data = said
    reply = transport.send(mail())
    assert reply.state is state
    assert said in reply.detail


def test_a_sender_that_is_not_welcome_is_said(
    transport: SmtpTransport, desk: Desk
) -> None:
    desk.sender = "550 5.7.1 not you"
    reply = transport.send(mail())
    assert reply.state is DeliveryState.REFUSED
    assert reply.detail == "MAIL FROM: 550 5.7.1 not you"
    desk.sender = ""
    assert transport.send(mail()).state is DeliveryState.ACCEPTED


def test_a_relay_that_is_not_there_defers_and_is_found_when_it_comes_back(
    desk: Desk,
) -> None:
    port = free_port()
    with closing(SmtpTransport(f"smtp://127.0.0.1:{port}", timeout=5)) as transport:
        reply = transport.send(mail())
        assert reply.state is DeliveryState.DEFERRED
        assert "refused" in reply.detail
        controller = Controller(desk, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            assert transport.send(mail()).state is DeliveryState.ACCEPTED
        finally:
            controller.stop()


def test_a_relay_without_starttls_is_not_spoken_to_when_it_is_wanted(
    relay: Controller, desk: Desk
) -> None:
    url = f"smtp://127.0.0.1:{relay.port}?starttls=1"
    with closing(SmtpTransport(url, timeout=5)) as transport:
        reply = transport.send(mail())
    assert reply.state is DeliveryState.DEFERRED
    assert "STARTTLS" in reply.detail
    assert desk.taken == []


def test_a_wrong_password_punishes_no_member(desk: Desk) -> None:
    def check(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    controller = Controller(
        desk,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=check,
        auth_require_tls=False,
    )
    controller.start()
    url = f"smtp://127.0.0.1:{controller.port}"
    try:
        with closing(
            SmtpTransport(url, user="u", password="p", timeout=5)
        ) as transport:
            reply = transport.send(mail())
    finally:
        controller.stop()
    assert reply.state is DeliveryState.DEFERRED
    assert "535" in reply.detail


# ── Lines that break ─────────────────────────────────────────────────────────

Script = Callable[[socket.socket, int], None]


@dataclass
class Rude:
    """A relay on a real socket that follows a script, one call a connection."""

    script: Script
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        count = 0
        while True:
            try:
                connection, _peer = self._server.accept()
            except OSError:
                return
            count += 1
            with connection, suppress(OSError):
                connection.settimeout(5)
                self.script(connection, count)

    def close(self) -> None:
        # Shutting down wakes the thread that waits in accept; closing alone does not.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


def talk(connection: socket.socket, stop_before: str, last: bytes = b"") -> bool:
    """Answer as a relay does; leave, after saying ``last``, at one command.

    Tells whether that command came.
    """
    connection.sendall(b"220 here\r\n")
    with connection.makefile("rb") as lines:
        data = False
        for raw in lines:
            line = raw.decode("ascii", "replace").strip()
            if data and line != ".":
                continue
            verb = "." if data else line[:4].upper()
            if verb == stop_before:
                connection.sendall(last)
                return True
            data = verb == "DATA"
            connection.sendall(b"354 go on\r\n" if data else b"250 fine\r\n")
    return False


@pytest.fixture
def rude() -> Iterator[Callable[[Script], Rude]]:
    made: list[Rude] = []

    def make(script: Script) -> Rude:
        made.append(Rude(script))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_line_that_breaks_after_the_final_dot_is_uncertain(
    rude: Callable[[Script], Rude],
) -> None:
    def script(connection: socket.socket, _count: int) -> None:
        talk(connection, ".")

    relay = rude(script)
    with closing(
        SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=5)
    ) as transport:
        reply = transport.send(mail())
    assert reply.state is DeliveryState.UNCERTAIN


def test_silence_after_the_final_dot_is_uncertain(
    rude: Callable[[Script], Rude],
) -> None:
    finished = threading.Event()

    def script(connection: socket.socket, _count: int) -> None:
        talk(connection, ".")
        finished.wait(5)

    relay = rude(script)
    with closing(
        SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=0.3)
    ) as transport:
        reply = transport.send(mail())
    finished.set()
    assert reply.state is DeliveryState.UNCERTAIN


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_line_that_breaks_before_the_message_defers(
    rude: Callable[[Script], Rude], verb: str
) -> None:
    def script(connection: socket.socket, _count: int) -> None:
        talk(connection, verb)

    relay = rude(script)
    with closing(
        SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=5)
    ) as transport:
        assert transport.send(mail()).state is DeliveryState.DEFERRED


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
def test_a_relay_that_closes_down_defers_and_is_called_again(
    rude: Callable[[Script], Rude], verb: str
) -> None:
    def script(connection: socket.socket, count: int) -> None:
        talk(connection, verb if count == 1 else "QUIT", b"421 closing\r\n")

    relay = rude(script)
    with closing(
        SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=5)
    ) as transport:
        assert transport.send(mail()).state is DeliveryState.DEFERRED
        assert transport.send(mail()).state is DeliveryState.ACCEPTED


def test_a_kept_connection_that_died_of_age_costs_no_message(
    rude: Callable[[Script], Rude],
) -> None:
    def script(connection: socket.socket, count: int) -> None:
        # The first connection takes one message and goes when the next begins.
        if count > 1:
            talk(connection, "QUIT")
            return
        connection.sendall(b"220 here\r\n")
        with connection.makefile("rb") as lines:
            data = False
            for raw in lines:
                line = raw.strip()
                if line == b"." and data:
                    connection.sendall(b"250 taken\r\n")
                    return
                if not data:
                    data = line == b"DATA"
                    connection.sendall(b"354 go on\r\n" if data else b"250 fine\r\n")

    relay = rude(script)
    with closing(
        SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=5)
    ) as transport:
        assert transport.send(mail()).state is DeliveryState.ACCEPTED
        assert transport.send(mail()).state is DeliveryState.ACCEPTED


def test_what_speaks_no_smtp_defers(rude: Callable[[Script], Rude]) -> None:
    def script(connection: socket.socket, _count: int) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    relay = rude(script)
    for scheme in ("smtp", "smtps"):
        url = f"{scheme}://127.0.0.1:{relay.port}"
        with closing(SmtpTransport(url, timeout=5)) as transport:
            assert transport.send(mail()).state is DeliveryState.DEFERRED


# ── TLS ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that it signs itself, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    file = tmp_path / "relay.pem"
    wanted = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=relay"
    wanted += f" -addext subjectAltName=IP:127.0.0.1 -keyout {file} -out {file}.crt"
    subprocess.run([openssl, *wanted.split()], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@pytest.fixture(params=["smtps://127.0.0.1:{}", "smtp://127.0.0.1:{}?starttls=1"])
def secure_url(
    request: pytest.FixtureRequest, certificate: Path, desk: Desk
) -> Iterator[str]:
    """A relay that speaks TLS, from the beginning or after STARTTLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    early = str(request.param).startswith("smtps")
    controller = Controller(
        desk,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=context if early else None,
        tls_context=None if early else context,
    )
    controller.start()
    yield str(request.param).format(controller.port)
    controller.stop()


def test_a_certificate_that_nobody_signed_is_not_trusted(
    secure_url: str, desk: Desk
) -> None:
    with closing(SmtpTransport(secure_url, timeout=5)) as transport:
        reply = transport.send(mail())
    assert reply.state is DeliveryState.DEFERRED
    assert "certificate" in reply.detail.lower()
    assert desk.taken == []


def test_a_trusted_relay_takes_messages_over_tls(
    secure_url: str, desk: Desk, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with closing(SmtpTransport(secure_url, timeout=5)) as transport:
        replies = [transport.send(mail()).state for _ in range(2)]
    assert replies == [DeliveryState.ACCEPTED] * 2
    assert len(desk.taken) == 2
