from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from syndicate.digest.post.smtp import SmtpTransport
from syndicate.model import Blame, DeliveryState, Message


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
    # It says nothing of the member: the copy waits until the desk has looked.
    assert (reply.state, reply.blame) == (DeliveryState.DEFERRED, Blame.CONTENT)
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
        SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=0.05)
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


# ── Pipelining (RFC 2920) ────────────────────────────────────────────────────


@dataclass
class Sink:
    """A relay that takes commands in groups, and answers as it is told to.

    ``says`` has the answer to a verb; what is not in it is fine.
    """

    says: dict[str, bytes] = field(default_factory=dict)
    offers: tuple[str, ...] = ("PIPELINING", "SIZE 1000000", "ENHANCEDSTATUSCODES")
    groups: list[list[str]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)

    def __call__(self, connection: socket.socket, _count: int) -> None:
        connection.sendall(b"220 here\r\n")
        buffer, data = b"", False
        while piece := connection.recv(65536):
            buffer += piece
            if data:
                end = buffer.find(b"\r\n.\r\n") if buffer[:3] != b".\r\n" else -2
                if end == -1:
                    continue
                self.messages.append(buffer[: end + 2])
                buffer, data = buffer[end + 5 :], False
                connection.sendall(self.says.get(".", b"250 2.0.0 taken\r\n"))
                continue
            *lines, buffer = buffer.split(b"\r\n")
            self.groups.append([line.decode() for line in lines])
            for line in lines:
                verb = line[:4].decode().upper()
                answer = self.says.get(verb, self._fine(verb))
                data = verb == "DATA" and answer.startswith(b"354")
                connection.sendall(answer)

    def _fine(self, verb: str) -> bytes:
        if verb in ("EHLO", "LHLO"):
            said = ["here", *self.offers]
            return b"".join(
                f"250{'-' if word != said[-1] else ' '}{word}\r\n".encode()
                for word in said
            )
        return b"354 go on\r\n" if verb == "DATA" else b"250 fine\r\n"


def smtp_to(relay: Rude, **more: Any) -> closing[SmtpTransport]:
    url = f"smtp://127.0.0.1:{relay.port}"
    return closing(SmtpTransport(url, **{"timeout": 5, **more}))


def test_commands_go_out_together_where_that_is_offered(
    rude: Callable[[Script], Rude],
) -> None:
    sink = Sink()
    with smtp_to(rude(sink)) as transport:
        for _ in range(3):
            assert transport.send(mail()).state is DeliveryState.ACCEPTED
    size = len(mail().content)
    together = [
        f"MAIL FROM:<b-1@ban-tin.example> SIZE={size}",
        "RCPT TO:<an@vd.example>",
        "DATA",
    ]
    assert sink.groups[1:4] == [together] * 3
    assert sink.messages == [mail().content] * 3


def test_commands_go_out_one_by_one_where_it_is_not(
    rude: Callable[[Script], Rude],
) -> None:
    sink = Sink(offers=())
    with smtp_to(rude(sink)) as transport:
        assert transport.send(mail()).state is DeliveryState.ACCEPTED
    assert [len(group) for group in sink.groups] == [1] * len(sink.groups)


@pytest.mark.parametrize("data", [b"354 go on\r\n", b"554 5.5.1 no recipients\r\n"])
@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [
        ("RCPT", b"550 5.1.1 no such user\r\n", DeliveryState.REFUSED),
        ("RCPT", b"450-4.2.0 grey\r\n450 4.2.0 listed\r\n", DeliveryState.DEFERRED),
        ("MAIL", b"451 4.3.0 later\r\n", DeliveryState.DEFERRED),
    ],
)
def test_a_refusal_in_a_group_leaves_the_line_in_order(
    rude: Callable[[Script], Rude],
    verb: str,
    answer: bytes,
    state: DeliveryState,
    data: bytes,
) -> None:
    sink = Sink(says={verb: answer, "DATA": data})
    relay = rude(sink)
    with smtp_to(relay) as transport:
        reply = transport.send(mail())
        assert reply.state is state
        assert reply.code == int(answer[:3])
        sink.says.clear()
        assert transport.send(mail("ba@vd.example")).state is DeliveryState.ACCEPTED
    # Who wanted the message all the same got an empty one, for nobody.
    assert sink.messages[-1] == mail().content
    assert set(sink.messages[:-1]) <= {b""}
    assert sum("EHLO" in group[0] for group in sink.groups) == 1, sink.groups


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_relay_that_hangs_up_within_a_group_is_called_again(
    rude: Callable[[Script], Rude], verb: str
) -> None:
    sink = Sink(says={verb: b"421 4.3.2 closing\r\n"})
    with smtp_to(rude(sink)) as transport:
        reply = transport.send(mail())
        assert reply.state is DeliveryState.DEFERRED
        assert reply.code == 421
        sink.says.clear()
        assert transport.send(mail()).state is DeliveryState.ACCEPTED
    assert sink.messages == [mail().content]


# ── What a relay can do ──────────────────────────────────────────────────────


def test_a_message_that_is_too_big_is_not_begun(
    rude: Callable[[Script], Rude],
) -> None:
    sink = Sink(offers=("SIZE 1000",))
    with smtp_to(rude(sink)) as transport:
        reply = transport.send(mail(body=b"Tin\r\n" * 500))
        assert (reply.state, reply.blame) == (DeliveryState.REFUSED, Blame.CONTENT)
        assert "1,000" in reply.detail
        assert transport.send(mail()).state is DeliveryState.ACCEPTED
    assert len(sink.messages) == 1


@pytest.mark.parametrize(
    "address", ["an@vd.example\r\nRCPT TO:<ba@vd.example>", "an", "<an@vd.example>"]
)
def test_a_hostile_address_is_never_said(
    rude: Callable[[Script], Rude], address: str
) -> None:
    sink = Sink()
    with smtp_to(rude(sink)) as transport:
        reply = transport.send(mail(address))
        assert (reply.state, reply.blame) == (DeliveryState.REFUSED, Blame.ADDRESS)
    assert sink.groups == []


def test_an_address_in_vietnamese_letters_goes_where_it_is_understood(
    rude: Callable[[Script], Rude],
) -> None:
    plain, able = Sink(), Sink(offers=("SMTPUTF8", "8BITMIME"))
    with smtp_to(rude(plain)) as transport:
        reply = transport.send(mail("hằng@tin.example"))
        assert (reply.state, reply.blame) == (DeliveryState.REFUSED, Blame.ADDRESS)
        assert transport.send(mail("an@tin-tức.example")).state.value == "accepted"
    assert plain.groups[-2][1] == "RCPT TO:<an@xn--tin-tc-fr8b.example>"
    with smtp_to(rude(able)) as transport:
        assert transport.send(mail("hằng@tin.example")).state.value == "accepted"
    assert able.groups[1] == ["MAIL FROM:<b-1@ban-tin.example> SMTPUTF8"]
    assert able.groups[2] == ["RCPT TO:<hằng@tin.example>"]


@pytest.mark.parametrize("lone", [b"a\n.\r\nMAIL FROM:<x@y>\r\n", b"a\rb\r\n", b"a\n"])
def test_a_message_in_which_another_could_hide_is_not_sent(
    rude: Callable[[Script], Rude], lone: bytes
) -> None:
    sink = Sink()
    with smtp_to(rude(sink)) as transport:
        reply = transport.send(mail(body=lone))
    assert (reply.state, reply.blame) == (DeliveryState.REFUSED, Blame.CONTENT)
    assert sink.groups == []


@pytest.mark.parametrize(
    "body",
    [b"", b".", b".\r\n", b"..\r\n.\r\n", b"a\r\n.\r\n.b\r\n", b"no line end"],
)
def test_dots_and_ends_arrive_as_they_were(
    transport: SmtpTransport, desk: Desk, body: bytes
) -> None:
    assert transport.send(mail(body=body)).state is DeliveryState.ACCEPTED
    wanted = mail(body=body).content
    assert desk.taken[0].content == wanted + b"\r\n" * (not wanted.endswith(b"\r\n"))


def test_after_a_hundred_messages_a_new_connection_is_made(
    transport: SmtpTransport, desk: Desk
) -> None:
    for _ in range(101):
        assert transport.send(mail()).state is DeliveryState.ACCEPTED
    assert desk.connections == 2


# ── Relays that stall, babble, and will not end ──────────────────────────────


def test_a_relay_that_sends_a_letter_now_and_then_is_not_waited_for(
    rude: Callable[[Script], Rude],
) -> None:
    stop = threading.Event()

    def script(connection: socket.socket, _count: int) -> None:
        for byte in b"220 " + b"x" * 1000:
            connection.sendall(bytes([byte]))
            if stop.wait(0.1):
                return

    begun = time.monotonic()
    with smtp_to(rude(script), timeout=0.5) as transport:
        reply = transport.send(mail())
    stop.set()
    assert (reply.state, reply.blame) == (DeliveryState.DEFERRED, Blame.LINE)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "babble", [b"220-on and on\r\n" * 50_000, b"x" * 1_000_000, b"\0" * 5000]
)
def test_a_reply_without_an_end_is_cut(
    rude: Callable[[Script], Rude], babble: bytes
) -> None:
    def script(connection: socket.socket, _count: int) -> None:
        connection.sendall(babble)

    with smtp_to(rude(script)) as transport:
        reply = transport.send(mail())
    assert (reply.state, reply.blame) == (DeliveryState.DEFERRED, Blame.LINE)
    assert len(reply.detail) <= 500


def test_nonsense_after_the_final_dot_is_uncertain(
    rude: Callable[[Script], Rude],
) -> None:
    sink = Sink(says={".": b"quite so\r\n"})
    relay = rude(sink)
    with smtp_to(relay) as transport:
        assert transport.send(mail()).state is DeliveryState.UNCERTAIN
        sink.says.clear()
        assert transport.send(mail()).state is DeliveryState.ACCEPTED


def test_a_relay_that_reads_nothing_more_defers(
    rude: Callable[[Script], Rude],
) -> None:
    done = threading.Event()

    def script(connection: socket.socket, _count: int) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"220 a\r\n")
        connection.recv(4096)
        connection.sendall(b"250-a\r\n250 PIPELINING\r\n")
        connection.recv(4096)
        connection.sendall(b"250 a\r\n250 b\r\n354 c\r\n")
        done.wait(5)

    with smtp_to(rude(script), timeout=0.2) as transport:
        reply = transport.send(mail(body=b"Tin tuc\r\n" * 2_000_000))
    done.set()
    assert (reply.state, reply.blame) == (DeliveryState.DEFERRED, Blame.LINE)


def test_what_a_relay_says_before_it_hangs_up_within_a_message_is_heard(
    rude: Callable[[Script], Rude],
) -> None:
    def script(connection: socket.socket, _count: int) -> None:
        connection.sendall(b"220 a\r\n")
        connection.recv(4096)
        connection.sendall(b"250-a\r\n250 PIPELINING\r\n")
        connection.recv(4096)
        connection.sendall(b"250 a\r\n250 b\r\n354 c\r\n")
        connection.recv(4096)
        connection.sendall(b"552 5.3.4 too big\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    with smtp_to(rude(script)) as transport:
        reply = transport.send(mail(body=b"Tin tuc\r\n" * 100_000))
    assert (reply.state, reply.blame) == (DeliveryState.REFUSED, Blame.CONTENT)
    assert reply.status == "5.3.4"


def test_a_relay_from_before_1995_is_greeted_in_the_old_way(
    rude: Callable[[Script], Rude],
) -> None:
    sink = Sink(says={"EHLO": b"500 what?\r\n"})
    with smtp_to(rude(sink)) as transport:
        assert transport.send(mail()).state is DeliveryState.ACCEPTED
    assert sink.groups[1][0].startswith("HELO ")
    assert sink.groups[2] == ["MAIL FROM:<b-1@ban-tin.example>"]


# ── AUTH ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("excluded", [["LOGIN"], ["PLAIN"]])
def test_a_user_with_a_vietnamese_password_is_let_in(
    desk: Desk, excluded: list[str]
) -> None:
    known: list[tuple[bytes, bytes]] = []

    def check(
        _server: object, _session: object, _envelope: object, _how: str, data: Any
    ) -> AuthResult:
        known.append((data.login, data.password))
        return AuthResult(success=True)

    controller = Controller(
        desk,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=check,
        auth_require_tls=False,
        auth_exclude_mechanism=excluded,
    )
    controller.start()
    url = f"smtp://127.0.0.1:{controller.port}"
    try:
        with closing(
            SmtpTransport(url, user="bản-tin", password="mật khẩu", timeout=5)
        ) as transport:
            assert transport.send(mail()).state is DeliveryState.ACCEPTED
    finally:
        controller.stop()
    assert known == [("bản-tin".encode(), "mật khẩu".encode())]


def test_a_relay_without_a_way_to_log_in_gets_no_message(
    transport: SmtpTransport, relay: Controller, desk: Desk
) -> None:
    url = f"smtp://127.0.0.1:{relay.port}"
    with closing(SmtpTransport(url, user="u", password="geheim", timeout=5)) as way:
        reply = way.send(mail())
    assert (reply.state, reply.blame) == (DeliveryState.DEFERRED, Blame.LINE)
    assert "geheim" not in reply.detail
    assert desk.taken == []


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


def test_a_certificate_of_ones_own_is_trusted_where_it_is_named(
    secure_url: str, desk: Desk, certificate: Path
) -> None:
    mark = "&" if "?" in secure_url else "?"
    url = f"{secure_url}{mark}ca={certificate}"
    with closing(SmtpTransport(url, timeout=5)) as transport:
        assert transport.send(mail()).state is DeliveryState.ACCEPTED
    assert len(desk.taken) == 1


def test_what_is_said_before_tls_cannot_be_slipped_in(
    rude: Callable[[Script], Rude],
) -> None:
    def script(connection: socket.socket, _count: int) -> None:
        connection.sendall(b"220 a\r\n")
        connection.recv(4096)
        connection.sendall(b"250-a\r\n250 STARTTLS\r\n")
        connection.recv(4096)
        connection.sendall(b"220 go\r\n250 AUTH PLAIN\r\n")
        connection.recv(4096)

    url = f"smtp://127.0.0.1:{rude(script).port}?starttls=1"
    with closing(SmtpTransport(url, timeout=5)) as transport:
        reply = transport.send(mail())
    assert reply.state is DeliveryState.DEFERRED
    assert "before TLS" in reply.detail


def test_a_user_is_let_in_after_starttls_and_only_then(
    desk: Desk, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def check(
        _server: object, _session: object, _envelope: object, _how: str, data: Any
    ) -> AuthResult:
        known = (data.login, data.password) == (b"ban-tin", b"mk")
        return AuthResult(success=known, handled=False)

    controller = Controller(
        desk,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=check,
    )
    controller.start()
    url = f"smtp://127.0.0.1:{controller.port}?starttls=1&ca={certificate}"
    try:
        with closing(
            SmtpTransport(url, user="ban-tin", password="mk", timeout=5)
        ) as transport:
            known = transport.send(mail())
        with closing(SmtpTransport(url, timeout=5)) as transport:
            nobody = transport.send(mail())
    finally:
        controller.stop()
    assert known.state is DeliveryState.ACCEPTED
    assert (nobody.state, nobody.blame) == (DeliveryState.DEFERRED, Blame.CONTENT)
    assert len(desk.taken) == 1
