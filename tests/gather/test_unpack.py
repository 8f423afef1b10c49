"""Content codings, undone piece by piece."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from syndicate.gather.unpack import (
    PackedWrongError,
    UnpackedTooLargeError,
    Unpacker,
    gunzip,
    unpack,
)

BODY = "Đảng bộ tỉnh họp phiên thường kỳ. ".encode() * 3_000
PACKED = {
    "gzip": gzip.compress(BODY),
    "x-gzip": gzip.compress(BODY[:99]) + gzip.compress(BODY[99:]),
    "deflate": zlib.compress(BODY),
    "DEFLATE": zlib.compress(BODY)[2:-4],
    "br": brotli.compress(BODY, quality=5),
    "br, gzip": gzip.compress(brotli.compress(BODY, quality=5)),
    "identity": BODY,
    "utf-8": BODY,
    "": BODY,
}


@pytest.mark.parametrize("size", [1, 2, 7, 1_000, 1_000_000])
@pytest.mark.parametrize("coding", PACKED)
def test_it_does_not_matter_in_what_pieces_a_body_comes(coding, size):
    packed = PACKED[coding]
    unpacker = Unpacker(coding, len(BODY))
    out = [
        part
        for start in range(0, len(packed), size)
        for part in unpacker.feed(packed[start : start + size])
    ]
    unpacker.finish()
    assert b"".join(out) == BODY
    assert max(map(len, out)) <= max(4 * 65_536, size)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_only_says_that_it_is_gzip_comes_out_as_it_is(size):
    for plain in (b"<rss/>", b"\x1f", b"\x1fx", b""):
        unpacker = Unpacker("gzip", 100)
        pieces = [plain[n : n + size] for n in range(0, len(plain), size)]
        out = b"".join(part for piece in pieces for part in unpacker.feed(piece))
        unpacker.finish()
        assert out in (plain, plain.removesuffix(b"\x1f"))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "DEFLATE", "br", "br, gzip"])
def test_a_body_that_breaks_off_is_told_apart(coding):
    with pytest.raises(PackedWrongError, match="broken off"):
        unpack(PACKED[coding][:-20], coding, 10**7)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_a_bomb_is_stopped_at_the_limit_and_never_stands_whole(coding):
    bomb = bytes(30_000_000)
    for name in coding.split(", "):
        pack = {"gzip": gzip.compress, "deflate": zlib.compress}.get(name)
        bomb = pack(bomb) if pack else brotli.compress(bomb, quality=5)
    parts = Unpacker(coding, 1_000_000).feed(bomb)
    seen: list[int] = []
    with pytest.raises(UnpackedTooLargeError):
        seen.extend(len(part) for part in parts)
    assert sum(seen) <= 1_000_000


@pytest.mark.parametrize("coding", ["zstd", "compress", "x", "gzip," * 30 + "gzip"])
def test_codings_that_we_did_not_ask_for_are_refused(coding):
    with pytest.raises(PackedWrongError):
        unpack(b"x", coding, 100)


def test_an_empty_body_is_empty_whatever_its_coding():
    for coding in ("gzip", "deflate", "br"):
        assert unpack(b"", coding, 100) == b""


def test_what_follows_the_last_gzip_member_is_ignored():
    assert gunzip(gzip.compress(b"a") + b"rubbish", 10) == b"a"
