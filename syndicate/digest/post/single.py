"""Single mails: signed, and on whichever relay can be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.pool import Route
from syndicate.digest.post.routing import Routing, is_relays_fault
from syndicate.model import Blame, DeliveryState, Message, Reply
from syndicate.ports import Transport

_SIGNATURE = b"DKIM-Signature:"


class SignedTransport:
    """Signs what it is given, unless it is signed."""

    def __init__(self, inner: Transport, signer: Signer) -> None:
        self._inner = inner
        self._signer = signer

    def send(self, message: Message) -> Reply:
        """Hand one message over, signed."""
        if not message.content.startswith(_SIGNATURE):
            content = self._signer.sign(message.content)
            message = replace(message, content=content, wire=b"")
        return self._inner.send(message)

    def close(self) -> None:
        """Let go of the connections."""
        self._inner.close()


class RoutedTransport:
    """Tries the relays one after another, the one that worked last first.

    It is for a few mails at a time, which wait for no limit: an answer to somebody who
    signs up, a report to the desk. They count, all the same.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        routing: Routing,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._routes = {route.name: route for route in routes}
        self._routing = routing
        self._clock = clock
        self._open: dict[str, Transport] = {}

    def send(self, message: Message) -> Reply:
        """Hand one message over; the next relay is tried if one cannot be used."""
        domain = message.recipient.rpartition("@")[2].lower()
        reply = Reply(
            state=DeliveryState.DEFERRED,
            detail="no relay can be used for now",
            blame=Blame.LINE,
            again_at=self._routing.waits("", self._clock()),
        )
        for name in self._usable():
            self._routing.left(name, domain, self._clock())
            reply = replace(self._transport(name).send(message), relay=name)
            self._routing.note(name, domain, reply, self._clock())
            passed_on = reply.state is DeliveryState.DEFERRED and is_relays_fault(reply)
            if not passed_on:
                return reply
        return reply

    def close(self) -> None:
        """Let go of the connections."""
        for transport in self._open.values():
            transport.close()
        self._open.clear()

    def _usable(self) -> list[str]:
        """Relays that are not left alone for now, those with a connection first."""
        broken = {one.relay for one in self._routing.trouble(self._clock())}
        usable = [name for name in self._routes if name not in broken]
        return sorted(usable, key=lambda name: name not in self._open)

    def _transport(self, name: str) -> Transport:
        if name not in self._open:
            self._open[name] = self._routes[name].open()
        return self._open[name]
