"""Envelopes, and messages on the line: nothing in them can be a second command."""

from __future__ import annotations

import re

_LOCAL = re.compile(r"[^\x00-\x20\x7f<>()\[\]:;,\\@\"]+")
_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def path(address: str) -> str | None:
    """Return an address as MAIL and RCPT have it, the domain in ASCII; None if none.

    Local parts stay as they are (UTF-8 goes where SMTPUTF8 is offered); quoted ones,
    comments, line ends, spaces and brackets are refused (RFC 5321 §4.1.2, §4.5.3.1).
    """
    local, _at, domain = address.rpartition("@")
    # isprintable: no invisible letters, no lone surrogates.
    if not _LOCAL.fullmatch(local) or not local.isprintable() or local[0] == "-":
        return None
    if not domain.isascii():
        try:
            # What this makes of some letters is no letter: it is checked afterwards.
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if not _DOMAIN.fullmatch(domain):
        return None
    octets = len(local.encode("utf-8"))
    return f"{local}@{domain}" if octets <= 64 and octets + len(domain) < 254 else None


def has_whole_lines(content: bytes) -> bool:
    """Tell whether CR and LF are only there as CRLF; half the time of counting CRLF."""
    ends = content.count(b"\n")
    open_end = bool(content) and not content.endswith((b"\n", b"\r"))
    return ends == content.count(b"\r") == len(content.splitlines()) - open_end


def dotted(content: bytes) -> bytes:
    """Double the dots that begin lines and set the final dot (RFC 5321 §4.5.2)."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    return doubled(b"\r\n" + body)[2:] + FINAL


def doubled(piece: bytes) -> bytes:
    """Double the dots that begin lines of a piece, but for its very first."""
    return piece.replace(b"\r\n.", b"\r\n..")


FINAL = b".\r\n"
