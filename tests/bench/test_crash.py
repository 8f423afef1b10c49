from __future__ import annotations

import gzip
import json
import subprocess
import sys

import pytest

from bench.crash import torn

KILLS = 12


@pytest.fixture
def folder(tmp_path):
    documents = {
        "all.rss": b"<rss/>",
        "all.json": b"{}",
        "index.html": b"<html></html>",
        "style.css": b"p {}",
    }
    for name, content in documents.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
    return tmp_path


def test_a_folder_that_is_whole_is_found_so(folder):
    (folder / "all.rss.gz").unlink()
    (folder / ".syndicate-7-1").write_bytes(b"half of")
    assert not any(torn(folder).values())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("all.rss", b"<rss><channel>"),
        ("all.rss", b""),
        ("all.json", b'{"a": '),
        ("index.html", b"<html>"),
        ("all.rss.gz", gzip.compress(b"<rss/>")[:-3]),
        ("all.rss.gz", gzip.compress(b"<rss>of before</rss>")),
        ("style.css", b""),
    ],
)
def test_what_is_torn_is_found(folder, name, content):
    """Or killing would prove nothing."""
    (folder / name).write_bytes(content)
    assert any(torn(folder).values())


@pytest.mark.slow
def test_publishers_that_are_killed_leave_nothing_torn_and_nothing_out():
    command = [sys.executable, "-m", "bench.crash", f"--kills={KILLS}", "--seed=5"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(ran.stdout)
    assert told["kills"] == KILLS
    assert not any(told["wrong"].values())
    assert ran.returncode == 0
