"""Writing so that what is there is whole, and lasts, whatever dies meanwhile.

A file is filled under a temporary name in the same folder, renamed into its place, and
the folder is settled: a reader sees the old file or the new one, never a part.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex


def beside(file: Path) -> Path:
    """A hidden name in the folder of ``file`` that nobody has, for what replaces it."""
    return file.with_name(f".{file.name}.{token_hex(4)}.tmp")


def fill(file: Path, content: bytes) -> None:
    """Write a new file whose bytes are on the disk when this returns.

    :raises FileExistsError: there is one of that name
    """
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def settle(folder: Path) -> None:
    """Make the names in ``folder`` last through a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems cannot; the files are safe
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle_all(folder: Path) -> bool:
    """Bring all that the file system of ``folder`` holds to the disk; False: cannot.

    For many files: each alone would wait for the disk on its own. Unlike ``sync`` it
    concerns one file system, and tells of errors.
    """
    sync = getattr(ctypes.CDLL(None), "syncfs", None)
    if sync is None:  # not Linux
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        return int(sync(descriptor)) == 0
    finally:
        os.close(descriptor)


@contextmanager
def alone(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Keep other writers of ``folder`` out; the lock dies with the process.

    Gives False, and keeps nobody out, if somebody else is in it and we do not ``wait``.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield _locked(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    finally:
        os.close(descriptor)


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        return False
    except OSError:
        return True  # some network file systems have no locks
    return True
