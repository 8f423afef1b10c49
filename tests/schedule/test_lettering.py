"""Letters leave within seconds, in a thread that nothing ends but the desk's end."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import MailError
from syndicate.model import DeliveryState, LetterKind, Member, Reply, Site
from syndicate.pipeline.membership.letters import Lettering, owe
from syndicate.schedule import lettering
from syndicate.schedule.lettering import Letters
from syndicate.store import Database, letters, members
from syndicate.templating import templates

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SECRET = "a secret of at least thirty-two letters"


class Post:
    """Takes what is sent, and says so."""

    def __init__(self):
        self.sent, self.came = [], threading.Event()

    def send(self, message):
        self.sent.append(message.recipient)
        self.came.set()
        return Reply(state=DeliveryState.ACCEPTED)

    def close(self):
        """Nothing is held."""


@pytest.fixture
def database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as opened:
        yield opened


@pytest.fixture
def work(database):
    return Lettering(
        database=database,
        site=Site(title="Bàn tin", base_url="https://ban.example"),
        digests={},
        templates=lambda language: templates(language=language),
        sender="Bàn <ban@ban.example>",
        bounce_domain="",
        secret=SECRET,
        confirm_within=timedelta(days=7),
    )


def owed(database, address="an@vd.example"):
    with database.write() as connection:
        member = members.add(
            connection, Member(address=address), mailbox=address, mark=address, now=NOW
        )
        return owe(connection, LetterKind.PROBE, member.id, (), NOW)


@pytest.fixture
def running(work):
    """Start a thread; it ends with the test."""
    threads = []

    def run(transport, **more):
        thread = Letters(work, transport, clock=lambda: NOW, **more)
        thread.start()
        threads.append(thread)
        return thread

    yield run
    for thread in threads:
        thread.stop()


def test_what_was_left_over_is_sent_at_once(database, running):
    owed(database)
    post = Post()
    running(lambda: post)
    assert post.came.wait(10)


def test_who_wakes_it_does_not_wait_for_the_next_look(database, running, monkeypatch):
    monkeypatch.setattr(lettering, "LOOK", 60.0)
    post = Post()
    thread = running(lambda: post)
    time.sleep(0.3)
    owed(database)
    assert not post.came.wait(0.3)
    thread.wake()
    assert post.came.wait(10)


def test_what_another_process_owes_is_found(database, running, monkeypatch):
    monkeypatch.setattr(lettering, "LOOK", 0.05)
    post = Post()
    running(lambda: post)
    time.sleep(0.2)
    owed(database)
    assert post.came.wait(10)


@pytest.mark.parametrize("error", [MailError("no relay"), ValueError("a fault")])
def test_after_a_failure_it_rests_and_goes_on(
    database, running, monkeypatch, caplog, error
):
    monkeypatch.setattr(lettering, "REST", 0.1)
    number, post, tries = owed(database), Post(), []

    def transport():
        tries.append(1)
        if len(tries) < 3:
            raise error
        return post

    running(transport)
    assert post.came.wait(10)
    assert str(error) in caplog.text
    with database.read() as connection:
        assert letters.find(connection, number).attempts == 1


def test_tables_are_tidied_once_an_hour(running, monkeypatch):
    monkeypatch.setattr(lettering, "LOOK", 0.01)
    tidied = []
    running(Post, tidy=tidied.append)
    time.sleep(0.3)
    assert tidied == [NOW]


def test_it_ends_at_once_when_it_is_told(running):
    thread = running(Post)
    began = time.monotonic()
    thread.stop()
    assert time.monotonic() - began < 2
