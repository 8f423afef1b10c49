"""After somebody was forgotten: their address must not stand in the file either.

SQLite overwrites what is removed if it is told to, but older copies of a row may lie
in the free room of a page, and in the write-ahead log. So the file is looked at, and
written anew if need be. PostgreSQL's files are its server's business: VACUUM.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from sqlite3 import Error
from typing import Any

from sqlalchemy import Engine

_BLOCK = 1 << 22
_PATIENCE = 3_000
"""Milliseconds to wait for others who read or write just now."""


def scrub(engine: Engine, words: Sequence[str], most: int | None = None) -> bool:
    """Make sure that ``words`` stand nowhere in an SQLite file; True if they do not.

    ``most`` is how many bytes of a file may be looked at, if it is to be quick. False
    also where another program reads just now, or the file could not be written anew;
    True on PostgreSQL, whose files are not looked at.
    """
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name:
        return True
    files = (Path(name), Path(f"{name}-wal"))
    if most is not None and sum(_size(one) for one in files) > most:
        return False
    wanted = [word.lower().encode("utf-8", "replace") for word in words if word]
    raw = engine.raw_connection()
    cursor: Any = raw.cursor()
    (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
    try:
        cursor.execute("PRAGMA query_only = OFF")
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if not any(_holds(one, wanted) for one in files):
            return True
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except Error:  # locked, or no room on the disk: it stays as it was
        return False
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        raw.close()
    return not any(_holds(one, wanted) for one in files)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _holds(path: Path, wanted: Sequence[bytes]) -> bool:
    """Whether a file holds one of some words, in capitals or small letters."""
    longest = max(map(len, wanted), default=0)
    try:
        with path.open("rb") as file:
            before = b""
            while block := file.read(_BLOCK):
                seen = before + block.lower()
                if any(word in seen for word in wanted):
                    return True
                before = seen[-longest:]
    except FileNotFoundError:
        return False
    return False
