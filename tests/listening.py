"""An application that is served on loopback as ``serve`` serves the desk."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from syndicate.web import server
from syndicate.web.documents import Documents


@contextmanager
def listening_at(application: Any, documents: Documents) -> Iterator[tuple[str, int]]:
    """Serve until the end of the block; gives host and port."""
    config = server.config(application, documents)
    config.lifespan = "off"
    made = uvicorn.Server(config)
    made.install_signal_handlers = lambda: None
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(512)
        thread = threading.Thread(target=made.run, args=([listening],))
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            made.should_exit = True
            thread.join()
