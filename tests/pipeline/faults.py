"""Faults that stand in for those of parsers: a loop, hunger, a crash, a surprise.

Imported by the reading processes of test_workers only.
"""

from __future__ import annotations

import os
import signal
import time

from syndicate.pipeline import parsing

_read = parsing.Here.read


def _faulty(self, job, body):
    match body:
        case b"loops":
            while True:
                time.sleep(0)
        case b"eats":
            return [bytearray(1_000_000) for _ in range(10_000)]
        case b"dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"breaks":
            raise ZeroDivisionError("lạ")
    if body.startswith(b"grows"):
        body = body.removeprefix(b"grows")
        bytearray(200_000_000)
    return _read(self, job, body)


parsing.Here.read = _faulty
