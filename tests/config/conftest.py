"""A config.toml that is right, to be made wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

RIGHT = """\
[site]
title = "Bàn tin"
base_url = "https://tin.example/"
contact = "ban@tin.example"

[[source]]
key = "bao"
title = "Báo"
kind = "feed"
url = "https://bao.example/rss"

[category.dan-van]
title = "Dân vận"
strong = ["dân vận khéo"]

[[feed]]
key = "rieng"
title = "Riêng"
categories = ["dan-van"]

[[digest]]
key = "tuan"
title = "Tuần"
schedule = "fri 17:30"
audience = ["An <an@vd.example>", "AN@vd.example", "b@vd.example"]
"""


@pytest.fixture
def right() -> str:
    """Text of a right config.toml."""
    return RIGHT


@pytest.fixture
def write(tmp_path: Path):
    """Write a config.toml and return its path."""

    def write_text(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_text
