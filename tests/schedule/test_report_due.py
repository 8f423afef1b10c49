"""The clock sends the weekly report, and its trouble stops nothing else."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.errors import MailError
from syndicate.model import (
    DeliveryState,
    Member,
    Reply,
    Site,
    Source,
    SourceKind,
    SourceState,
    Visit,
)
from syndicate.pipeline.reporting import Reporting
from syndicate.schedule import tick
from syndicate.store import Database, sources
from syndicate.templating import templates

MONDAY = datetime(2026, 10, 19, 0, 0, tzinfo=UTC)
ZONE = "Asia/Ho_Chi_Minh"


class Relay:
    """Says what it is told to say, and keeps who was written to."""

    def __init__(self) -> None:
        self.state = DeliveryState.ACCEPTED
        self.sent: list[str] = []
        self.closed = 0

    def send(self, message):
        self.sent.append(message.recipient)
        return Reply(state=self.state, detail="busy")

    def close(self):
        self.closed += 1


@pytest.fixture(scope="session")
def blank(tmp_path_factory) -> Path:
    """An empty store, made once: its schema costs more than most tests."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def database(tmp_path, blank):
    shutil.copy(blank, tmp_path / "desk.db")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as opened:
        yield opened


@pytest.fixture
def relay() -> Relay:
    return Relay()


@pytest.fixture
def make_desk(database, relay):
    at = MONDAY - timedelta(days=2)
    with database.write() as connection:
        sources.save(connection, SourceState(source="tin", visited_at=at))
        sources.record(connection, Visit(source="tin", at=at))

    def make(**given):
        source = Source(
            key="tin", title="Tin", kind=SourceKind.FEED, url="https://tin.example/rss"
        )
        reporting = Reporting(
            database=database,
            site=Site(title="B", base_url="https://b.example", id_authority="b,2026"),
            sources=[source],
            readers=(Member(address="an@vd.example"),),
            sender="ban@b.example",
            weekday=0,
            hour=7,
            minute=0,
            language="vi",
            zone=ZONE,
            templates=lambda: templates(language="vi", zone=ZONE),
        )
        nothing = dict.fromkeys(
            ("fetcher", "gathering", "publishing", "mailing", "pool")
        )
        values = {
            **nothing,
            "database": database,
            "sources": (),
            "digests": (),
            "transport": lambda: relay,
            "clock": lambda: MONDAY,
            "stopping": lambda: False,
            "reporting": reporting,
        }
        return tick.Desk(**values | given)

    return make


def test_the_clock_sends_the_report_once(make_desk, relay, caplog):
    caplog.set_level(logging.INFO)
    for _ in range(3):
        tick.report_due(make_desk())
    assert relay.sent == ["an@vd.example"]
    assert relay.closed == 1
    assert "report: an@vd.example accepted" in caplog.text


def test_a_report_that_is_deferred_is_logged_and_waits(make_desk, relay, caplog):
    relay.state = DeliveryState.DEFERRED
    for _ in range(3):
        tick.report_due(make_desk())
    assert relay.sent == ["an@vd.example"]
    assert "report: an@vd.example deferred: busy" in caplog.text


def test_where_nobody_is_to_get_a_report_nothing_is_done(make_desk, relay):
    tick.report_due(make_desk(reporting=None))
    assert relay.sent == []


def test_a_relay_that_is_missing_is_logged_by_the_tick(make_desk, relay, caplog):
    def missing():
        raise MailError("no relay")

    ran = tick.tick(make_desk(transport=missing), tick.Published())
    assert ran is None
    assert "report_due: no relay" in caplog.text
