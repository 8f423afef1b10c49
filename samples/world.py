"""Five portals of the province of Cửu Hà, served on loopback at a chosen moment.

``python -m samples.world --clock 2026-10-19T06:00+07:00`` serves until Ctrl-C.
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Self

from samples.exchange import Answer, Request
from samples.portals.route import answer
from samples.server import AddressTakenError, Server, Site
from samples.showing import last_change, showing
from samples.texts import PORTALS, Telling, TextError, load_tellings
from samples.words import LOCAL

__all__ = ["AddressTakenError", "TextError", "World", "load_tellings", "main"]

ARTICLES = Path(__file__).with_name("articles")

Clock = Callable[[], datetime]


def free_port(hosts: Iterable[str]) -> int:
    """A port that is free at every one of ``hosts`` just now."""
    for _ in range(20):
        taken: list[socket.socket] = []
        try:
            port = 0
            for host in hosts:
                taken.append(socket.create_server((host, port)))
                port = taken[-1].getsockname()[1]
        except OSError:
            continue
        else:
            return port
        finally:
            for one in taken:
                one.close()
    raise AddressTakenError("no port is free at all of the addresses")


class World:
    """The five portals; a context manager that serves them from a thread.

    ``clock`` says what time it is in the world (aware): only what is out by then can
    be seen. The portals answer at ``<network>.1`` to ``<network>.5``; port 0 means any
    that is free. Raises AddressTakenError if an address cannot be had.
    """

    def __init__(
        self,
        tellings: Sequence[Telling],
        clock: Clock,
        network: str = "127.0.1",
        port: int = 8081,
    ) -> None:
        self._tellings = tuple(tellings)
        self._clock = clock
        self._visits: Counter[str] = Counter()
        self._server: Server | None = None
        self._network = network
        self._port = port

    @property
    def hosts(self) -> dict[str, str]:
        """Portal -> IP address."""
        return {
            portal: f"{self._network}.{place}"
            for place, portal in enumerate(PORTALS, start=1)
        }

    @property
    def addresses(self) -> dict[str, str]:
        """Portal -> ``http://127.0.1.1:8081``; the port is known once it serves."""
        return {
            portal: f"http://{host}:{self._port}" for portal, host in self.hosts.items()
        }

    def visit(self, portal: str, path: str, query: str = "") -> Answer:
        """What ``portal`` answers to one visit, without any network.

        ``path`` is percent-decoded, ``query`` is as it would stand in the address.
        """
        self._visits[portal] += 1
        now = self._clock()
        request = Request(
            path=path,
            query=query,
            base=self.addresses[portal],
            now=now,
            visits=self._visits[portal],
            changed_at=last_change(self._tellings, portal, now),
        )
        return answer(portal, request, showing(self._tellings, portal, now))

    def _site(self, portal: str) -> Site:
        return lambda path, query: self.visit(portal, path, query)

    def __enter__(self) -> Self:
        """Serve; raises AddressTakenError."""
        if self._port == 0:
            self._port = free_port(self.hosts.values())
        sites = {
            (host, self._port): self._site(portal)
            for portal, host in self.hosts.items()
        }
        self._server = Server(sites, self._clock).__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.__exit__(kind, error, trace)
            self._server = None


# ── The command ──────────────────────────────────────────────────────────────


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def _network(text: str) -> str:
    """The first three numbers of loopback addresses; anything else is refused."""
    if not IPv4Address(f"{text}.1").is_loopback:
        raise ValueError(text)
    return text


def running_from(start: datetime) -> Clock:
    """A clock that shows ``start`` now and goes on from there."""
    begun = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - begun)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samples.world", description=__doc__)
    parser.add_argument(
        "--clock",
        type=_moment,
        default=datetime.now(LOCAL),
        help="the moment at which the world begins to run; default: now",
    )
    parser.add_argument(
        "--network",
        type=_network,
        default="127.0.1",
        help="the first three numbers of the addresses",
    )
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Serve the world until Ctrl-C; 1 if it cannot be served."""
    wanted = _arguments(words)
    try:
        tellings = load_tellings(wanted.articles)
        clock = running_from(wanted.clock)
        with World(tellings, clock, wanted.network, wanted.port) as world:
            for portal, address in world.addresses.items():
                print(f"{portal:8} {address}", flush=True)
            print(f"{len(tellings)} tellings; Ctrl-C ends the world", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    except (TextError, OSError, OverflowError) as error:
        print(f"samples.world: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # A shell that starts us in the background ignores Ctrl-C for us; kill still ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(main())
