"""Content codings undone piece by piece, with a limit on what comes out.

A few kilobytes can unpack to gigabytes, so no piece is ever unpacked as a whole:
each step is told how much it may give at most.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it has no stubs

ACCEPTED = "gzip, deflate, br"
"""What we say in ``Accept-Encoding``."""
_PIECE = 65_536
_NONE = frozenset({"", "identity", "none", "utf-8", "binary", "8bit", "7bit"})
_GZIP = frozenset({"gzip", "x-gzip"})
_GZIP_MAGIC = b"\x1f\x8b"


class PackedWrongError(ValueError):
    """The bytes are not in the coding that they are said to be in."""


class UnpackedTooLargeError(ValueError):
    """What came out passed the limit."""


def unpack(body: bytes, coding: str, limit: int) -> bytes:
    """Undo ``Content-Encoding: coding`` (RFC 9110, section 8.4).

    A body that is said to be gzip and is not comes back as it is: servers that pack
    nothing and say so are common. Raises :class:`PackedWrongError` for a broken or
    unknown coding, :class:`UnpackedTooLargeError` for more than ``limit`` bytes.
    """
    names = [name.strip().lower() for name in coding.split(",")]
    for name in reversed(names[-3:]):
        if name not in _NONE and body:
            body = _undo(body, name, limit)
    if len(body) > limit:
        raise UnpackedTooLargeError
    return body


def _undo(body: bytes, name: str, limit: int) -> bytes:
    try:
        if name in _GZIP:
            return gunzip(body, limit) if body.startswith(_GZIP_MAGIC) else body
        if name == "deflate":
            return _inflate(body, limit)
        if name == "br":
            return _unbrotli(body, limit)
    except (zlib.error, brotli.error) as error:
        raise PackedWrongError(f"not valid {name}: {error}") from error
    raise PackedWrongError(f"packed as {name!r}, which we did not ask for")


def gunzip(body: bytes, limit: int) -> bytes:
    """Unpack gzip, of one or several members; what follows the last is ignored."""
    out = bytearray()
    try:
        while body.startswith(_GZIP_MAGIC):
            engine = zlib.decompressobj(wbits=31)
            out += _drain(engine, body, limit - len(out))
            body = engine.unused_data
    except zlib.error as error:
        raise PackedWrongError(f"not valid gzip: {error}") from error
    return bytes(out)


def _inflate(body: bytes, limit: int) -> bytes:
    """``deflate`` is zlib by the book, and bare deflate from some servers."""
    try:
        return _drain(zlib.decompressobj(), body, limit)
    except zlib.error:
        return _drain(zlib.decompressobj(wbits=-15), body, limit)


def _drain(engine: zlib._Decompress, body: bytes, limit: int) -> bytes:
    out = bytearray()
    left = body
    while left and not engine.eof:
        out += engine.decompress(left, _PIECE)
        left = engine.unconsumed_tail
        if len(out) > limit:
            raise UnpackedTooLargeError
    out += engine.flush(_PIECE)
    if not engine.eof:
        raise PackedWrongError("broken off before its end")
    return bytes(out)


def _unbrotli(body: bytes, limit: int) -> bytes:
    engine = brotli.Decompressor()
    step: Callable[..., bytes] = engine.process
    out = bytearray(step(body, output_buffer_limit=_PIECE))
    while not engine.is_finished():
        piece = step(b"", output_buffer_limit=_PIECE)
        if not piece:
            raise PackedWrongError("broken off before its end")
        out += piece
        if len(out) > limit:
            raise UnpackedTooLargeError
    return bytes(out)
