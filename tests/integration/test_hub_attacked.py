"""Our hub and followers who mean harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

import pytest

from tests import hubworld

HOSTS = 32
EACH = 9
STALL = 3.0


class Everywhere(hubworld.Subscribers):
    """Callbacks at many hosts: each address of the network 127/8 is one."""

    def __init__(self) -> None:
        super().__init__()
        self.server_close()
        ThreadingHTTPServer.__init__(self, ("0.0.0.0", 0), self.RequestHandlerClass)  # noqa: S104 -- loopback is all of 127/8

    def at(self, host: int, number: int) -> str:
        """A callback that takes its time, and is content."""
        path = f"/slow{host}-{number}"
        self.behaviours[path] = hubworld.Behaviour(stall=STALL)
        return f"http://127.0.1.{host}:{self.server_address[1]}{path}"


@contextmanager
def everywhere() -> Iterator[Everywhere]:
    with Everywhere() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def desk(tmp_path):
    with hubworld.desk(f"sqlite:///{tmp_path}/x.db", tmp_path / "feeds") as running:
        yield running


def follow(desk, callback):
    while (said := desk.subscribe(callback))[0] != 202:
        assert said[0] == 429
        time.sleep(0.3)  # the hub lets one client ask five times a second


def test_who_takes_the_news_slowly_keeps_nobody_waiting(desk):
    """Whoever has many names has many hosts: no bound for each of them helps."""
    with everywhere() as slow, hubworld.subscribers() as there:
        for host in range(1, HOSTS + 1):
            for number in range(EACH):
                follow(desk, slow.at(host, number))
        for number in range(10):
            follow(desk, there.callback(f"/good{number}"))
        count = HOSTS * EACH + 10
        assert hubworld.wait_for(
            lambda: sum(not one.intent for one in desk.followers()) == count, 60
        )
        waited = []
        for turn in (1, 2):
            at = desk.publish(body=b"<feed>%d</feed>" % turn)
            assert hubworld.wait_for(lambda n=10 * turn: len(there.deliveries) == n, 30)
            waited.append(there.deliveries[-1].at - at)
            wanted = HOSTS * EACH * turn
            assert hubworld.wait_for(lambda n=wanted: len(slow.deliveries) == n, 60)
            time.sleep(STALL)
    # Once who is slow is not known yet.
    assert waited[0] < STALL
    assert waited[1] < 2
