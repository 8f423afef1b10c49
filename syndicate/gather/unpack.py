"""Content codings undone piece by piece, with a limit on what comes out.

A few kilobytes can unpack to gigabytes, so no piece is ever unpacked as a whole:
each step is told how much it may give at most.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # it has no stubs

ACCEPTED = "gzip, deflate, br"
"""What we say in ``Accept-Encoding``."""
_PIECE = 65_536
_NONE = frozenset({"", "identity", "none", "utf-8", "binary", "8bit", "7bit"})
_GZIP = frozenset({"gzip", "x-gzip"})
_GZIP_MAGIC = b"\x1f\x8b"
_HEADER = 2
_MOST = 3
"""Codings of one answer, one over the other."""
_CUT_OFF = "broken off before its end"


class PackedWrongError(ValueError):
    """The bytes are not in the coding that they are said to be in."""


class UnpackedTooLargeError(ValueError):
    """What came out passed the limit."""


def unpack(body: bytes, coding: str, limit: int) -> bytes:
    """Undo ``Content-Encoding: coding`` of a whole body; see :class:`Unpacker`."""
    unpacker = Unpacker(coding, limit)
    pieces = [*unpacker.feed(body)]
    unpacker.finish()
    return b"".join(pieces)


def gunzip(body: bytes, limit: int) -> bytes:
    """Unpack gzip, of one or several members; what follows the last is ignored."""
    return unpack(body, "gzip", limit)


class _Stage(Protocol):
    """One coding undone."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Unpack a piece, in pieces of a moderate size."""
        ...

    def finish(self) -> None:
        """Say that all has been fed; raises if something is missing."""
        ...


class Unpacker:
    """Undoes ``Content-Encoding: coding`` (RFC 9110, section 8.4) as pieces come.

    A body that is said to be gzip and is not comes out as it is: servers that pack
    nothing and say so are common. Raises :class:`PackedWrongError` for a broken or
    unknown coding, :class:`UnpackedTooLargeError` once more than ``limit`` bytes have
    come out.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._left = limit
        names = [name.strip().lower() for name in coding.split(",")]
        names = [name for name in names if name not in _NONE]
        if len(names) > _MOST:
            raise PackedWrongError(f"packed {len(names)} times over")
        self._stages = [_stage(name) for name in reversed(names)]

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Unpack one more piece of the body; give what comes out, in pieces."""
        for out in self._through(piece, 0):
            self._left -= len(out)
            if self._left < 0:
                raise UnpackedTooLargeError
            yield out

    def finish(self) -> None:
        """Say that the body has ended; raises PackedWrongError if it is cut off."""
        for stage in self._stages:
            stage.finish()

    def _through(self, piece: bytes, at: int) -> Iterator[bytes]:
        if at == len(self._stages):
            yield piece
            return
        for out in self._stages[at].feed(piece):
            yield from self._through(out, at + 1)


def _stage(name: str) -> _Stage:
    if name in _GZIP:
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    if name == "br":
        return _Brotli()
    raise PackedWrongError(f"packed as {name[:40]!r}, which we did not ask for")


class _Gzip:
    """gzip, member after member; or what only says that it is gzip."""

    def __init__(self) -> None:
        self._start = b""
        self._engine: zlib._Decompress | None = None
        self._plain = False
        self._members = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        piece, self._start = self._start + piece, b""
        while piece:
            if self._plain:
                yield piece
                return
            if self._engine is None and not self._begin(piece):
                return
            if self._engine is not None:
                yield from _inflated(self._engine, piece, "gzip")
                piece = self._rest()

    def _begin(self, piece: bytes) -> bool:
        """Begin a member; False if ``piece`` is to be left alone for now."""
        if piece.startswith(_GZIP_MAGIC):
            self._engine = zlib.decompressobj(wbits=31)
            self._members += 1
            return True
        if _GZIP_MAGIC.startswith(piece):
            self._start = piece
            return False
        self._plain = not self._members
        return self._plain  # what follows the last member is ignored

    def _rest(self) -> bytes:
        if self._engine is None or not self._engine.eof:
            return b""
        rest = self._engine.unused_data
        self._engine = None
        return rest

    def finish(self) -> None:
        if self._engine is not None:
            raise PackedWrongError(_CUT_OFF)


class _Deflate:
    """``deflate`` is zlib by the book, and bare deflate from some servers."""

    def __init__(self) -> None:
        self._start = b""
        self._engine: zlib._Decompress | None = None
        self._fed = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(piece)
        if self._engine is None:
            piece = self._start + piece
            if len(piece) < _HEADER:
                self._start = piece
                return
            self._engine = zlib.decompressobj(15 if _is_zlib(piece) else -15)
        yield from _inflated(self._engine, piece, "deflate")

    def finish(self) -> None:
        if self._fed and (self._engine is None or not self._engine.eof):
            raise PackedWrongError(_CUT_OFF)


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()
        self._fed = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(piece)
        try:
            while not self._engine.is_finished():
                out = self._engine.process(piece, output_buffer_limit=_PIECE)
                piece = b""
                if out:
                    yield out
                elif self._engine.can_accept_more_data():
                    return
        except brotli.error as error:
            raise PackedWrongError(f"not valid br: {error}") from error

    def finish(self) -> None:
        if self._fed and not self._engine.is_finished():
            raise PackedWrongError(_CUT_OFF)


def _is_zlib(start: bytes) -> bool:
    """RFC 1950 §2.2: method 8, and a header that 31 divides."""
    return start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0


def _inflated(engine: zlib._Decompress, piece: bytes, name: str) -> Iterator[bytes]:
    full = False
    try:
        while (piece or full) and not engine.eof:
            out = engine.decompress(piece, _PIECE)
            piece, full = engine.unconsumed_tail, len(out) == _PIECE
            if out:
                yield out
    except zlib.error as error:
        raise PackedWrongError(f"not valid {name}: {error}") from error
