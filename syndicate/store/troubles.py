"""What went wrong in a database, in words for a person.

The engines say it in codes; the codes are looked at first because their texts change
with version and locale.
"""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeout,
)

from syndicate.errors import StoreError

# https://www.sqlite.org/rescode.html: the longest name that fits counts.
_SQLITE = {
    "SQLITE_BUSY": "another program holds it, and did not let go in time",
    "SQLITE_LOCKED": "another program holds it, and did not let go in time",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "it cannot be written (permission, or opened to be read only)",
    "SQLITE_PERM": "permission is missing",
    "SQLITE_AUTH": "permission is missing",
    "SQLITE_CANTOPEN": "the file cannot be opened (folder or permission missing?)",
    "SQLITE_NOTADB": "the file is not an SQLite database",
    "SQLITE_CORRUPT": "the file is damaged; restore a backup",
    "SQLITE_IOERR": "the disk cannot be read or written",
    "SQLITE_TOOBIG": "a value is larger than SQLite can keep",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "08": "the server cannot be reached",
    "28": "the server does not accept user and password",
    "3D000": "there is no such database on the server",
    "42501": "permission is missing",
    "53100": "the server's disk is full",
    "53200": "the server is out of memory",
    "53300": "the server has too many connections",
    "55P03": "another program holds it, and did not let go in time",
    "57P": "the server is shutting down or starting up",
    "25006": "it cannot be written (a standby server, or opened to be read only)",
}


def store_error(url: URL, error: SQLAlchemyError) -> StoreError:
    """``error`` as a :class:`StoreError` that names the database and the reason."""
    return StoreError(f"{shown(url)}: {_reason(error)}")


def shown(url: URL) -> str:
    """``url`` without any password, also when it stands in the query."""
    secrets = [name for name in url.query if "pass" in name.lower()]
    return url.difference_update_query(secrets).render_as_string(hide_password=True)


def _reason(error: SQLAlchemyError) -> str:
    if isinstance(error, PoolTimeout):
        return "too many connections are in use at once"
    original = error.orig if isinstance(error, StatementError) else None
    known = _known(original)
    if known:
        return known
    words = _first_line(original or error)
    lost = isinstance(error, (OperationalError, InterfaceError))
    if lost and not getattr(original, "sqlite_errorname", ""):
        return f"the server cannot be reached, or the line broke ({words})"
    if isinstance(error, DBAPIError):
        return f"the database refused a statement ({words})"
    return words


def _known(original: BaseException | None) -> str:
    for attribute, table in (("sqlite_errorname", _SQLITE), ("sqlstate", _POSTGRES)):
        code = getattr(original, attribute, None) or ""
        for start, words in table.items():
            if code.startswith(start):
                return words
    return ""


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
