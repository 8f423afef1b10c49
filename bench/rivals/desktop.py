"""newsboat and sfeed from Debian: how they are run, and how their entries are counted.

Each is asked for only where it is installed; a run without them says so.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from bench.measure import Ran, run


def has_newsboat() -> bool:
    """Whether newsboat can be run."""
    return shutil.which("newsboat") is not None


def has_sfeed() -> bool:
    """Whether sfeed can be run; it fetches with curl."""
    return all(map(shutil.which, ("sfeed_update", "sfeed", "curl")))


def newsboat(folder: Path) -> tuple[Ran, int]:
    """Reload all feeds of ``folder/urls``, 20 at once; what it cost and has."""
    settings, cache = folder / "newsboat.conf", folder / "newsboat.db"
    settings.write_text(
        "reload-threads 20\ndownload-timeout 60\nmax-items 0\nkeep-articles-days 0\n"
    )
    urls = f"--url-file={folder / 'urls'}"
    ran = run(
        ["newsboat", "-q", urls, f"-c{cache}", f"-C{settings}", "-x", "reload"],
        more={"HOME": str(folder)},
    )
    with closing(sqlite3.connect(cache)) as connection:
        count = connection.execute("SELECT count(*) FROM rss_item").fetchone()[0]
    return ran, count


def sfeed(folder: Path) -> tuple[Ran, int]:
    """Update all feeds of ``folder/urls``, 20 at once; what it cost and has."""
    kept = folder / "sfeed"
    kept.mkdir(exist_ok=True)
    named = "\n".join(
        f'feed "s{number}" "{url}"'
        for number, url in enumerate((folder / "urls").read_text("utf-8").split())
    )
    settings = folder / "sfeedrc"
    settings.write_text(f'sfeedpath="{kept}"\nmaxjobs=20\nfeeds() {{\n{named}\n}}\n')
    # 1: a feed could not be read; the count shows how much is missing
    ran = run(["sfeed_update", str(settings)], allowed=(0, 1))
    count = sum(one.read_bytes().count(b"\n") for one in kept.iterdir())
    return ran, count
