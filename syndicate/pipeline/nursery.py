"""The process that reading processes are made from, and what they do.

The nursery imports every parser once and then only forks: a reading process costs a
few milliseconds, shares the memory of what was imported, and may be killed without
loss. The nursery has one thread, so forking is safe in it, whatever threads the
process has that gathers.

It takes orders over a socket: ``F`` with a socket for the child → its number; ``K``
and a number → that child is killed, and how it ended is told. When the socket closes,
however its other end died, the nursery kills its children and ends.
"""

from __future__ import annotations

import gc
import math
import os
import pickle
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress

from syndicate.errors import ParseError
from syndicate.pipeline.jobs import Job, Setup

FRAME = struct.Struct("!QQ")
"""Lengths of the two parts of a message: a pickle, and bytes as they are."""
ANSWER = struct.Struct("!BQ")
"""How it went (the constants below), and the length of the pickle that follows."""
NUMBER = struct.Struct("!q")

DONE, REFUSED, TROUBLE, MEMORY = range(4)
"""A result; a ParseError; an error of ours; the memory limit was reached."""
TIRED = 16
"""Added to it by a child that has grown and wants to be replaced."""

GROWN = 100_000_000
"""Bytes more than at its start: such a child is replaced, for it gives none back."""
_UNIT = 1 if sys.platform == "darwin" else 1024
_PIECE = 1 << 20


def send(wire: socket.socket, head: object, body: bytes = b"") -> None:
    """Send a message of two parts; ``body`` is not copied."""
    packed = pickle.dumps(head, protocol=5)
    wire.sendall(FRAME.pack(len(packed), len(body)))
    wire.sendall(packed)
    if body:
        wire.sendall(body)


def receive(wire: socket.socket, length: int) -> bytes:
    """Receive just so many bytes; raises EOFError if the other end is gone."""
    first = wire.recv(min(length, _PIECE)) if length else b""
    if len(first) == length:
        return first  # nearly always
    whole = bytearray(length)
    view, at = memoryview(whole), len(first)
    view[:at] = first
    while at < length:
        got = wire.recv_into(view[at:]) if at else 0
        if not got:
            raise EOFError
        at += got
    return bytes(whole)


def main(descriptor: int) -> None:
    """Be the nursery, on a socket that was inherited."""
    # Who gathers is asked to end by the terminal or the system, and ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as control, suppress(EOFError, OSError):
        head, _ = FRAME.unpack(receive(control, FRAME.size))
        setup: Setup = pickle.loads(receive(control, head))  # noqa: S301 -- from our own parent, over a private socket
        _rear(control, setup)


def _rear(control: socket.socket, setup: Setup) -> None:
    """Fork and kill as told, until the other end is gone."""
    from syndicate.pipeline.parsing import Here  # noqa: PLC0415 -- costly; here only

    reader = Here(setup)
    gc.collect()
    gc.freeze()  # or the first collection in a child would copy every page
    children: set[int] = set()
    try:
        while True:
            order, descriptors = _order(control)
            if order == b"F":
                child = _fork(control, descriptors[0], reader, setup)
                children.add(child)
                control.sendall(NUMBER.pack(child))
            else:
                (child,) = NUMBER.unpack(receive(control, NUMBER.size))
                control.sendall(NUMBER.pack(_kill(child, children)))
    finally:
        for child in tuple(children):
            _kill(child, children)


def _order(control: socket.socket) -> tuple[bytes, list[int]]:
    order, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if not order:
        raise EOFError
    return order, descriptors


def _kill(child: int, children: set[int]) -> int:
    """End a child; give its wait status. Nobody else reaps: its number is its own."""
    if child not in children:
        return 0
    children.discard(child)
    found, status = os.waitpid(child, os.WNOHANG)
    if not found:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return status


def _fork(control: socket.socket, descriptor: int, reader: object, setup: Setup) -> int:
    child = os.fork()
    if child:
        os.close(descriptor)
        return child
    # Nothing may return from here: the child would go on as a second nursery.
    try:
        control.close()
        with socket.socket(fileno=descriptor) as wire, suppress(EOFError, OSError):
            _work(wire, reader.read, setup)  # type: ignore[attr-defined]  # a Reader
    finally:
        os._exit(0)


def _work(
    wire: socket.socket, read: Callable[[Job, bytes], object], setup: Setup
) -> None:
    """Read documents until the pipe closes."""
    gc.set_threshold(50_000, 20, 20)
    _limit_memory(setup.reading.memory)
    start = _peak()
    while True:
        lengths = FRAME.unpack(receive(wire, FRAME.size))
        _limit_time(setup.reading.seconds)
        try:
            outcome, told = _done(wire, lengths, read)
        except MemoryError:
            outcome, told = MEMORY | TIRED, None
        if _peak() - start > GROWN:
            outcome |= TIRED
        packed = pickle.dumps(told, protocol=5)
        wire.sendall(ANSWER.pack(outcome, len(packed)))
        wire.sendall(packed)
        del told, packed


def _done(
    wire: socket.socket,
    lengths: tuple[int, int],
    read: Callable[[Job, bytes], object],
) -> tuple[int, object]:
    job: Job = pickle.loads(receive(wire, lengths[0]))  # noqa: S301 -- as above
    body = receive(wire, lengths[1])
    try:
        return DONE, read(job, body)
    except ParseError as error:
        return REFUSED, (error.url, error.reason)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 -- told to who asked
        return TROUBLE, f"{job.source.key}: {type(error).__name__}: {error}"


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _limit_memory(more: int) -> None:
    """Let this process have ``more`` bytes than it has now; Linux only."""
    try:
        with open("/proc/self/statm", "rb") as facts:  # noqa: PTH123 -- one line, once
            size = int(facts.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return
    _lower(resource.RLIMIT_AS, size + more)


def _limit_time(seconds: float) -> None:
    """A last resort: who asked has a limit of its own, but may be gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds) + 5)


def _lower(what: int, soft: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (soft, hard))
