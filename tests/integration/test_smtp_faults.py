"""A relay that does the wrong thing at any moment: nobody is lost, nobody twice."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial

import pytest

from syndicate.digest.post.pool import Pool, Route
from syndicate.digest.post.routing import RelayLimits, Routing
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.model import DeliveryState, Message

ANSWERS = {
    "EHLO": b"250-here\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n",
    "MAIL": b"250 2.1.0 fine\r\n",
    "RCPT": b"250 2.1.5 fine\r\n",
    "DATA": b"354 go on\r\n",
    "RSET": b"250 fine\r\n",
    "QUIT": b"221 bye\r\n",
}
WRONG = (
    *(b"421 4.3.2 closing\r\n", b"450 4.2.0 later\r\n", b"550 5.1.1 nobody\r\n"),
    *(b"552 5.2.2 full\r\n", b"554 5.7.1 spam\r\n", b"250 fine\r\n", b"354 go\r\n"),
    *(b"what?\r\n", b"250-and\r\n", b"25", b"", b"\r\n", b"999 odd\r\n"),
    *(b"250 fine\r\n250 fine\r\n", b"220 here\r\n354 go on\r\n"),
)


class Wicked:
    """A relay that answers wrongly, in pieces, late, or hangs up; seeded.

    ``taken`` counts the messages to which it has said that they are taken.
    """

    def __init__(self, seed: int, faults: float) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same each time
        self._faults = faults
        self.heard: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = int(self._server.getsockname()[1])
        self._lock = threading.Lock()
        self._talking: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)
        for thread in self._talking:
            thread.join(5)

    def _listen(self) -> None:
        while True:
            try:
                connection, _peer = self._server.accept()
            except OSError:
                return
            talk = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._talking.append(talk)
            talk.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(0.5)
            self._say(connection, b"220 here\r\n")
            lines, data, recipient = connection.makefile("rb"), False, ""
            content: list[bytes] = []
            for line in lines:
                if data and line != b".\r\n":
                    content.append(line)
                    continue
                if data:
                    data = False
                    name = recipient if content else ""
                    content = []
                    self.heard[name] += 1
                    said = self._say(connection, b"250 2.0.0 taken\r\n")
                    self.taken[name] += said[:1] == b"2" and said[3:4] == b" "
                    continue
                verb = line[:4].decode("ascii", "replace").upper()
                if verb == "RCPT":
                    recipient = line.decode().partition("<")[2].partition(">")[0]
                said = self._say(connection, ANSWERS.get(verb, b"500 what?\r\n"))
                data = verb == "DATA" and said[:3] == b"354"

    def _say(self, connection: socket.socket, answer: bytes) -> bytes:
        """Answer rightly, or wrongly; gives what was said."""
        with self._lock:
            fate = self._random.random()
            wrong = self._random.choice(WRONG)
            cut = self._random.randrange(1, len(answer))
        if fate < self._faults / 4:
            raise ConnectionResetError
        if fate < self._faults / 2:
            connection.sendall(answer[:cut])
            raise ConnectionResetError
        if fate < self._faults:
            answer = wrong
        elif fate < 1.5 * self._faults:
            connection.sendall(answer[:cut])
            answer, said = answer[cut:], answer
            connection.sendall(answer)
            return said
        connection.sendall(answer)
        return answer


def mail(number: int) -> Message:
    return Message(
        sender=f"b-{number}@ban-tin.example",
        recipient=f"nguoi-{number}@{number % 40}.example",
        message_id=f"<{number}@ban-tin.example>",
        content=b"Subject: x\r\n\r\n.Tin\r\n",
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_relay_does_what_we_say_of_a_message_is_true(seed: int) -> None:
    wicked = Wicked(seed, faults=0.12)
    with (
        closing(wicked),
        closing(SmtpTransport(f"smtp://127.0.0.1:{wicked.port}", timeout=0.05)) as way,
    ):
        replies = {number: way.send(mail(number)) for number in range(100)}
    states = Counter(reply.state for reply in replies.values())
    assert len(states) >= 3, "the relay was wicked"
    for number, reply in replies.items():
        name = mail(number).recipient
        assert wicked.heard[name] <= 1, "no message goes out twice in one try"
        match reply.state:
            case DeliveryState.ACCEPTED:
                assert wicked.taken[name] == 1
            case DeliveryState.DEFERRED | DeliveryState.REFUSED:
                assert wicked.taken[name] == 0
            case _uncertain:
                assert reply.state is DeliveryState.UNCERTAIN


@pytest.mark.slow
def test_over_two_wicked_relays_nobody_is_given_to_both() -> None:
    relays = Wicked(11, faults=0.1), Wicked(12, faults=0.1)
    names = ("one", "other")
    routes = [
        Route(
            name=name,
            open=partial(SmtpTransport, f"smtp://127.0.0.1:{relay.port}", timeout=0.05),
            connections=3,
        )
        for name, relay in zip(names, relays, strict=True)
    ]
    ahead = [0.0]

    def clock() -> datetime:
        # Pauses are over before they have begun: what counts here is who got what.
        ahead[0] += 3600
        return datetime.fromtimestamp(ahead[0], UTC)

    routing = Routing([RelayLimits(name=name) for name in names])
    found = {}
    with closing(relays[0]), closing(relays[1]):
        pool = Pool(routes, routing, clock=clock)
        begun = 0
        while len(found) < 200:
            for _ in range(min(pool.slots, 200 - begun)):
                pool.put(begun, f"{begun % 40}.example", partial(mail, begun))
                begun += 1
            found.update((one.job, one.reply) for one in pool.got(5))
        pool.close()
    for number, reply in found.items():
        name = mail(number).recipient
        taken = sum(relay.taken[name] for relay in relays)
        assert sum(relay.heard[name] for relay in relays) <= 1
        assert taken == 1 or reply.state is not DeliveryState.ACCEPTED
        assert taken == 0 or reply.state in (
            DeliveryState.ACCEPTED,
            DeliveryState.UNCERTAIN,
        )


class Saying:
    """A relay that says the same of each message, before it and after its dot."""

    def __init__(self, before: bytes, after: bytes) -> None:
        self._before, self._after = before, after
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.close()
        self._thread.join(5)

    def _talk(self) -> None:
        talking, _address = self._server.accept()
        with talking, talking.makefile("rb") as lines, suppress(OSError):
            talking.sendall(b"220 here\r\n")
            for line in lines:
                verb = line.split()[0].upper().decode("ascii")
                if verb == "DATA":
                    talking.sendall(self._before)
                    while next(lines, b".\r\n") != b".\r\n":
                        pass
                    talking.sendall(self._after)
                else:
                    talking.sendall(ANSWERS.get(verb, b"250 fine\r\n"))


def told_by(before: bytes, after: bytes) -> DeliveryState:
    message = Message(
        sender="b@vd.example",
        recipient="an@vd.example",
        message_id="<1@vd.example>",
        content=b"Subject: x\r\n\r\nTin\r\n",
    )
    with closing(Saying(before, after)) as relay:
        transport = SmtpTransport(f"smtp://127.0.0.1:{relay.port}", timeout=2)
        with closing(transport):
            return transport.send(message).state


def test_a_relay_that_says_no_and_yes_to_one_message_leaves_it_in_doubt() -> None:
    """Sent again it would come twice, if the yes was meant."""
    said = b"554 5.7.1 no\r\n250 2.0.0 taken\r\n"
    assert told_by(b"354 go\r\n", said) is DeliveryState.UNCERTAIN


def test_what_a_relay_says_on_leaving_does_not_gainsay_its_answer() -> None:
    closing_down = b"421 4.4.2 bye\r\n"
    taken = told_by(b"354 go\r\n", b"250 2.0.0 taken\r\n" + closing_down)
    assert taken is DeliveryState.ACCEPTED
    refused = told_by(b"354 go\r\n", b"550 5.1.1 nobody\r\n" + closing_down)
    assert refused is DeliveryState.REFUSED


def test_a_yes_before_the_message_has_gone_is_no_yes() -> None:
    said = b"354 go\r\n250 2.0.0 taken\r\n"
    assert told_by(said, b"554 5.7.1 no\r\n") is DeliveryState.DEFERRED
