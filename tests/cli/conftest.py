"""A desk with one folder of saved news: all commands work without a network."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from syndicate.cli import main

CONFIG = """\
[site]
title = "Bàn tin"
base_url = "https://ban.example"
contact = "ban@ban.example"

[[source]]
key = "luu"
title = "Tin đã lưu"
kind = "folder"
url = "saved"
{more}

[category.cau-duong]
title = "Cầu đường"
strong = ["khánh thành cầu"]

[[digest]]
key = "tuan"
title = "Bản tin tuần"
audience = ["An <an@vd.example>", "ba@vd.example"]
"""
ITEM = """<item><title>Xã Tân Lộc khánh thành cầu mới số {n}</title>
<link>https://tin.example/{n}.html</link><guid>{n}</guid><pubDate>{at}</pubDate>
<description>Cầu số {n} dài {n}2 m [bắc qua rạch], do bà con góp công.</description>
</item>"""
TIMES = (
    ("entries", "joined_at"),
    *(
        (table, at)
        for table in ("entries", "stories")
        for at in ("seen_at", "changed_at")
    ),
)
"""What moves when news is moved into the past."""
SECRET = "a secret of at least thirty-two letters"


class Desk:
    """A folder with config.toml, and the commands that are run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        (folder / "saved").mkdir()
        self.write()

    def write(self, more: str = "", text: str = CONFIG) -> None:
        self.config.write_text(text.format(more=more), encoding="utf-8")

    def news(self, *numbers: int, days: float = 8.0) -> None:
        """Save a feed; ``days`` is how old its items are."""
        at = format_datetime(datetime.now(UTC) - timedelta(days=days))
        items = "".join(ITEM.format(n=n, at=at) for n in numbers)
        (self.folder / "saved" / "tin.rss").write_text(
            '<rss version="2.0"><channel><title>T</title>'
            f"<link>https://tin.example/</link>{items}</channel></rss>",
            encoding="utf-8",
        )

    def run(self, *words: str, code: int | None = 0, secret: str = SECRET) -> Result:
        done = CliRunner(env={"SYNDICATE_SECRET": secret}).invoke(
            main, ["-c", str(self.config), *words]
        )
        assert "Traceback" not in done.output
        if code is not None:
            assert done.exit_code == code, (words, done.exit_code, done.output)
        return done

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code).stdout)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def gathered(desk: Desk) -> Desk:
    """The desk after a first visit to three saved articles."""
    desk.news(1, 2, 3)
    desk.run("gather", "--all")
    return desk


@pytest.fixture
def grown_old(gathered: Desk) -> Desk:
    """The desk whose three articles were first seen a hundred days ago."""
    _move_back(gathered.folder / "var" / "syndicate.db", timedelta(days=100))
    return gathered


@pytest.fixture
def due(gathered: Desk) -> str:
    """A moment, as ``--as-of`` takes it, whose last window holds what was gathered.

    It is now: what was gathered is moved a week back.
    """
    _move_back(gathered.folder / "var" / "syndicate.db", timedelta(days=7))
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%Y-%m-%dT%H:%M")


def _move_back(path: Path, by: timedelta) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, column in TIMES:
            query = f"SELECT id, {column} FROM {table}"  # noqa: S608 -- our names
            for row, value in connection.execute(query).fetchall():
                moved = datetime.fromisoformat(value) - by
                told = moved.isoformat(sep=" ", timespec="microseconds")
                change = f"UPDATE {table} SET {column} = ? WHERE id = ?"  # noqa: S608 -- our names
                connection.execute(change, (told, row))
