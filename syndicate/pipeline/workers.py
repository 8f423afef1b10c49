"""Reading processes, each with limits: a document that goes wrong harms nobody else.

Documents are read elsewhere because a parser can be made to loop, to eat memory, or
to crash, and a thread can be stopped in none of these. What goes wrong is an ordinary
ParseError of that document; the process is replaced.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock

import syndicate
from syndicate.errors import ParseError, SyndicateError
from syndicate.pipeline.jobs import (
    FeedRead,
    Job,
    LinksRead,
    NobodyReadsError,
    PageRead,
    Read,
    Setup,
)
from syndicate.pipeline.nursery import (
    ANSWER,
    DONE,
    MEMORY,
    NUMBER,
    REFUSED,
    TIRED,
    receive,
    send,
)

MOST = 4
"""Processes, where the settings do not say how many."""
_PATIENCE = 60.0
"""Seconds for the nursery to import the parsers and to answer."""
# Not "-m": that would put the folder that we happen to be in before our own.
_BEGIN = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from syndicate.pipeline.nursery import main; main(int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True, eq=False)
class Worker:
    """A reading process."""

    pid: int
    wire: socket.socket


class Workers:
    """A few reading processes, started when they are needed; threads may share them."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        reading = setup.reading
        self._limit = reading.seconds
        self.count = reading.workers or min(os.cpu_count() or 1, MOST)
        """How many documents are read at once."""
        self._places = BoundedSemaphore(self.count)
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._nursery: Nursery | None = None
        self._broken = False

    def read(self, job: Job, body: bytes) -> Read:
        """Have a document read; raises ParseError if that cannot be done.

        Raises NobodyReadsError where no document can be read.
        """
        with self._places:
            worker = self._take()
            try:
                outcome, told = self._ask(worker, job, body)
            except BaseException:
                self._end(worker)
                raise
            if outcome & TIRED:
                self._end(worker)
            else:
                self._give_back(worker)
        return _answer(job, outcome & ~TIRED, told, self._setup)

    def pids(self) -> list[int]:
        """Numbers of the processes that wait for work."""
        with self._lock:
            return [worker.pid for worker in self._idle]

    def close(self) -> None:
        """End every process. A later job starts new ones."""
        with self._lock:
            idle, self._idle = self._idle, []
            nursery, self._nursery = self._nursery, None
            self._broken = False
        for worker in idle:
            worker.wire.close()
        if nursery is not None:
            nursery.close()

    def _ask(self, worker: Worker, job: Job, body: bytes) -> tuple[int, object]:
        """Send and wait; raises ParseError if the worker is late or dies."""
        worker.wire.settimeout(self._limit)
        try:
            send(worker.wire, job, body)
            outcome, length = ANSWER.unpack(receive(worker.wire, ANSWER.size))
            return outcome, pickle.loads(receive(worker.wire, length))  # noqa: S301 -- from our own child
        except TimeoutError:
            reason = f"reading took longer than {self._limit:g} s"
            raise ParseError(job.url, f"{reason} ([gather] parse_timeout)") from None
        except (EOFError, OSError):
            reason = _last_words(self._end(worker), self._setup)
            raise ParseError(job.url, reason) from None

    def _take(self) -> Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            for _ in range(0 if self._broken else 2):
                nursery = self._nursery or Nursery(self._setup)
                self._nursery = nursery
                try:
                    return nursery.fork()
                except (EOFError, OSError):  # it was killed: begin another
                    nursery.close()
                    self._nursery = None
            self._broken = True  # to try for each document would only cost
        raise NobodyReadsError(
            "the processes that read documents cannot be started; is there memory"
            " left, and is syndicate installed whole?"
        )

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._idle.append(worker)

    def _end(self, worker: Worker) -> int:
        """End a worker; give its wait status, 0 if it is not known."""
        worker.wire.close()
        with self._lock:
            if self._nursery is None:
                return 0
            try:
                return self._nursery.kill(worker.pid)
            except (EOFError, OSError):
                self._nursery.close()
                self._nursery = None
        return 0


class Nursery:
    """The process that forks reading processes; see ``nursery``."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 -- this Python, our own code
                [
                    *(sys.executable, "-P", "-c", _BEGIN),
                    str(Path(syndicate.__file__).resolve().parents[1]),
                    str(theirs.fileno()),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._control = ours
        ours.settimeout(_PATIENCE)
        with suppress(OSError):  # it died at once: the first order tells
            send(ours, setup)

    def fork(self) -> Worker:
        """Make a worker; raises EOFError or OSError if the nursery is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"F"], [theirs.fileno()])
                (pid,) = NUMBER.unpack(receive(self._control, NUMBER.size))
            except BaseException:
                ours.close()
                raise
        return Worker(pid, ours)

    def kill(self, pid: int) -> int:
        """End a worker; give its wait status. Raises as ``fork`` does."""
        self._control.sendall(b"K" + NUMBER.pack(pid))
        (status,) = NUMBER.unpack(receive(self._control, NUMBER.size))
        return int(status)

    def close(self) -> None:
        """Let it end with all its children, and wait for that."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _answer(job: Job, outcome: int, told: object, setup: Setup) -> Read:
    if outcome == DONE and isinstance(told, FeedRead | LinksRead | PageRead):
        return told
    if outcome == REFUSED and isinstance(told, tuple):
        raise ParseError(*told)
    if outcome == MEMORY:
        raise ParseError(job.url, _too_much(setup))
    raise SyndicateError(str(told))


def _too_much(setup: Setup) -> str:
    allowed = setup.reading.memory / 1e6
    return f"reading needs more than {allowed:g} MB ([gather] parse_memory)"


def _last_words(status: int, setup: Setup) -> str:
    """Why a worker is gone; C libraries end the process where memory fails them."""
    if not os.WIFSIGNALED(status):
        return f"the process that read it ended; perhaps {_too_much(setup)}"
    name = signal.Signals(os.WTERMSIG(status)).name
    if os.WTERMSIG(status) == signal.SIGXCPU:
        return "reading took too long ([gather] parse_timeout)"
    return f"the process that read it was ended by {name}; perhaps {_too_much(setup)}"
