from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import new_ed25519
from syndicate.digest.post.pool import Route
from syndicate.digest.post.routing import RelayLimits, Routing
from syndicate.digest.post.single import RoutedTransport, SignedTransport
from syndicate.model import Blame, DeliveryState, Message, Reply

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
YES = Reply(state=DeliveryState.ACCEPTED, code=250)
NO_LINE = Reply(state=DeliveryState.DEFERRED, blame=Blame.LINE, detail="refused")
NOBODY = Reply(state=DeliveryState.REFUSED, blame=Blame.ADDRESS, code=550)


@dataclass
class Relay:
    """A relay that answers what it is told to, and keeps what it is given."""

    reply: Reply = YES
    taken: list[Message] = field(default_factory=list)
    is_open: bool = True

    def send(self, message: Message) -> Reply:
        self.taken.append(message)
        return self.reply

    def close(self) -> None:
        self.is_open = False


def mail() -> Message:
    return Message(
        sender="b@ban-tin.example",
        recipient="an@vd.example",
        message_id="<1@ban-tin.example>",
        content=b"From: a@ban-tin.example\r\nSubject: x\r\n\r\nTin\r\n",
    )


def routed(
    clock: list[datetime] | None = None, **relays: Relay
) -> tuple[RoutedTransport, Routing]:
    at = clock or [NOW]
    routing = Routing([RelayLimits(name=name) for name in relays])
    routes = [
        Route(name=name, open=lambda one=relay: one) for name, relay in relays.items()
    ]
    return RoutedTransport(routes, routing, clock=lambda: at[0]), routing


def test_a_single_mail_goes_to_the_first_relay_that_takes_it() -> None:
    down, up, spare = Relay(NO_LINE), Relay(), Relay()
    way, _routing = routed(down=down, up=up, spare=spare)
    reply = way.send(mail())
    assert (reply.state, reply.relay) == (DeliveryState.ACCEPTED, "up")
    assert (len(down.taken), len(up.taken), len(spare.taken)) == (1, 1, 0)
    way.close()
    assert not down.is_open
    assert not up.is_open


def test_a_refusal_is_an_answer_and_no_other_relay_is_asked() -> None:
    first, second = Relay(NOBODY), Relay()
    way, _routing = routed(first=first, second=second)
    assert way.send(mail()).state is DeliveryState.REFUSED
    assert second.taken == []


def test_a_relay_that_is_down_is_left_alone_after_three_mails() -> None:
    clock = [NOW]
    down, up = Relay(NO_LINE), Relay()
    way, _routing = routed(clock, down=down, up=up)
    for _ in range(10):
        assert way.send(mail()).relay == "up"
    assert len(down.taken) == 3
    clock[0] += timedelta(seconds=30)
    down.reply = YES
    assert way.send(mail()).state is DeliveryState.ACCEPTED


def test_when_all_are_down_it_is_said_when_to_try_again() -> None:
    down = Relay(NO_LINE)
    way, _routing = routed(down=down)
    replies = [way.send(mail()) for _ in range(4)]
    assert {reply.state for reply in replies} == {DeliveryState.DEFERRED}
    assert replies[-1].again_at == NOW + timedelta(seconds=30)
    assert len(down.taken) == 3


def test_every_single_mail_is_signed_once() -> None:
    relay = Relay()
    signer = Signer("ban-tin.example", ed25519=("e1", new_ed25519()))
    way = SignedTransport(SignedTransport(relay, signer), signer)
    way.send(mail())
    assert relay.taken[0].content == signer.sign(mail().content)
    assert relay.taken[0].content.count(b"DKIM-Signature:") == 1
    way.close()
    assert not relay.is_open


def test_what_is_signed_here_leaves_with_its_signature() -> None:
    relay = Relay()
    signer = Signer("ban-tin.example", ed25519=("e1", new_ed25519()))
    made = replace(mail(), wire=b"Subject: x\r\n\r\nunsigned\r\n.\r\n")
    SignedTransport(relay, signer).send(made)
    assert relay.taken[0].wire == b"", "it would leave as it was before"
