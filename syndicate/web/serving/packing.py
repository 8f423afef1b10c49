"""Content codings: packing a document, and asking what a packed one holds."""

from __future__ import annotations

import gzip
import zlib

import brotli  # type: ignore[import-untyped]  # it has no stubs
import zstandard

from syndicate.gather.unpack import (
    PackedWrongError,
    UnpackedTooLargeError,
    unpack,
)

ENDINGS = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
"""Codings and the endings of twins; the smallest outcome first."""
_LARGE = 4_000_000
"""Bytes from which packing well takes too long for somebody who waits."""


def pack(content: bytes, coding: str) -> bytes:
    """Pack ``content``: about 30 ms for a megabyte, in whichever coding."""
    large = len(content) > _LARGE
    if coding == "gzip":
        return gzip.compress(content, 3 if large else 6, mtime=0)
    if coding == "br":
        packed: bytes = brotli.compress(content, quality=3 if large else 5)
        return packed
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=3 if large else 9).compress(content)
    return content


def unpacks_to(packed: bytes, coding: str, content: bytes) -> bool:
    """Say whether ``packed`` holds ``content`` and nothing else, at little cost."""
    if coding == "zstd":
        return _is_zstd_of(packed, content)
    if coding == "gzip":
        return _is_gzip_of(packed, content)
    try:
        return unpack(packed, coding, len(content)) == content
    except (PackedWrongError, UnpackedTooLargeError):
        return False


def _is_gzip_of(packed: bytes, content: bytes) -> bool:
    """One member, whole, and nothing behind it (RFC 1952)."""
    length = (len(content) & 0xFFFFFFFF).to_bytes(4, "little")
    if packed[-4:] != length:  # most that are of another version end here
        return False
    engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        unpacked = engine.decompress(packed, len(content) + 1)
    except zlib.error:
        return False
    # An empty document leaves its end unread when one byte is the limit.
    return unpacked == content and engine.eof and not engine.unused_data


def _is_zstd_of(packed: bytes, content: bytes) -> bool:
    try:
        # A window larger than browsers take is refused (RFC 9659).
        engine = zstandard.ZstdDecompressor(max_window_size=8 << 20)
        with engine.stream_reader(packed) as stream:
            return stream.read(len(content) + 1) == content and not stream.read(1)
    except zstandard.ZstdError:
        return False
