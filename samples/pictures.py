"""Pictures drawn on the spot, so that the world holds nobody's photographs."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 160, 90
"""In pixels."""


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def picture(seed: str) -> bytes:
    """A PNG of two coloured bands; the same ``seed`` gives the same bytes."""
    colours = zlib.crc32(seed.encode()).to_bytes(4, "big") + zlib.adler32(
        seed.encode()
    ).to_bytes(4, "big")
    upper, lower = colours[:3], colours[4:7]
    rows = [upper] * (HEIGHT * 2 // 3) + [lower] * (HEIGHT - HEIGHT * 2 // 3)
    pixels = b"".join(b"\x00" + colour * WIDTH for colour in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(pixels))
        + _chunk(b"IEND", b"")
    )
