"""How a command is told to end: SIGTERM, of a service manager, is as good as Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sigterm_is_ctrl_c() -> Iterator[None]:
    """Let SIGTERM raise KeyboardInterrupt, so that work under way is settled."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
