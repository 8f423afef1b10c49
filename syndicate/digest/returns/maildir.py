"""A Maildir that bounces are delivered to: the program that delivers needs no lock.

What was read is moved to ``cur`` with the flag S, after it was taken in and kept. Who
dies in between finds it again, and takes it in a second time without effect.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from syndicate.digest.returns.parts import LONGEST
from syndicate.errors import MailError
from syndicate.ports import Arrived

_SEEN = "S"


class Maildir:
    """Unread messages of a Maildir, the oldest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._passed_over: set[str] = set()

    def waiting(self, most: int) -> list[Arrived]:
        """Read up to ``most`` messages that nobody has read.

        One that cannot be read is left where it is, and passed over.

        :raises MailError: there is no Maildir there, or it cannot be read
        """
        found: list[Arrived] = []
        try:
            for path in self._unread():
                if len(found) >= most:
                    break
                name = f"{path.parent.name}/{path.name}"
                content = None if name in self._passed_over else _content(path)
                if content is None:
                    self._passed_over.add(name)
                else:
                    found.append(Arrived(name=name, content=content))
        except OSError as error:
            said = error.strerror or str(error)
            raise MailError(f"maildir {self._folder}: {said}") from error
        return found

    def done(self, names: Sequence[str]) -> None:
        """Mark messages as read: nobody gets them from :meth:`waiting` again."""
        for name in names:
            self._passed_over.add(name)
            # another program may have moved it: then it has been seen
            with suppress(OSError):
                _move(self._folder, name)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _unread(self) -> Iterator[Path]:
        """New ones, and those that a mail program has seen lying there, unread."""
        for folder in ("new", "cur"):
            place = self._folder / folder
            with os.scandir(place) as entries:
                names = sorted(one.name for one in entries)
            yield from (place / name for name in names if _is_unread(name, folder))


def _is_unread(name: str, folder: str) -> bool:
    return not name.startswith(".") and (folder == "new" or _SEEN not in _flags(name))


def _flags(name: str) -> str:
    return name.partition(":2,")[2]


def _content(path: Path) -> bytes | None:
    """The beginning of a message; None for what is no file, or not for us to read."""
    try:
        # a pipe that somebody laid there must not keep us waiting
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        return _read(number) if stat.S_ISREG(os.fstat(number).st_mode) else None
    except OSError:
        return None
    finally:
        os.close(number)


def _read(number: int) -> bytes:
    content = b""
    while len(content) < LONGEST and (piece := os.read(number, LONGEST)):
        content += piece
    return content[:LONGEST]


def _move(folder: Path, name: str) -> None:
    base = Path(name).name.partition(":2,")[0]
    flags = "".join(sorted({*_flags(name), _SEEN}))
    (folder / name).rename(folder / "cur" / f"{base}:2,{flags}")
