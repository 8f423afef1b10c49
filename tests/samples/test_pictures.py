from __future__ import annotations

import zlib

from samples.pictures import HEIGHT, WIDTH, picture


def test_a_picture_is_a_whole_png_of_the_stated_size() -> None:
    png = picture("a")
    assert png.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    assert png[16:24] == WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big")
    start = png.index(b"IDAT")
    length = int.from_bytes(png[start - 4 : start], "big")
    pixels = zlib.decompress(png[start + 4 : start + 4 + length])
    assert len(pixels) == HEIGHT * (1 + 3 * WIDTH)
    assert png.endswith(b"IEND\xaeB`\x82")


def test_a_seed_gives_its_own_picture_each_time() -> None:
    assert picture("a") == picture("a") != picture("b")
