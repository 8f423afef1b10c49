"""A store that was restored from a backup sends nothing until somebody says so."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.errors import MailError
from syndicate.model import (
    Choice,
    DeliveryState,
    IssueState,
    Member,
    Promise,
    Reply,
)
from syndicate.pipeline.mailing import restoring
from syndicate.pipeline.mailing.accounting import standing
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.sending import Watch, send_issue, try_again
from syndicate.pipeline.membership.audience import bring_in
from syndicate.store import (
    Database,
    generations,
    issues,
    ledger,
    members,
    subscriptions,
)
from syndicate.store.generations import Generation, file_beside
from syndicate.store.leaping import FAR

ACCEPTED, DEFERRED, UNCERTAIN, PLANNED = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.UNCERTAIN,
    DeliveryState.PLANNED,
)


class Backup:
    """A desk with a file beside its store, of which copies can be brought back."""

    def __init__(self, desk, digest, pooled):
        self.desk, self.digest, self.pooled = desk, digest, pooled
        self.file = desk.folder / "desk.db.claims"
        self.copy = desk.folder / "backup.db"
        self.database = desk.database

    @property
    def work(self):
        return self.desk.mailing(database=self.database, generation_file=self.file)

    def make(self):
        """As ``VACUUM INTO`` or the command of SQLite does: a moment, whole."""
        self.copy.unlink(missing_ok=True)
        source = sqlite3.connect(self.desk.folder / "desk.db")
        target = sqlite3.connect(self.copy)
        with closing(source), closing(target):
            source.backup(target)

    def restore(self):
        """What was written after the backup is forgotten; the file beside is not."""
        self.database = Database.open(f"sqlite:///{self.copy}")
        return self

    def issue(self):
        with self.database.read() as connection:
            return issues.latest(connection, self.digest.key, 1)[0]

    def send(self, post, digest=None, **given):
        return send_issue(
            self.work,
            digest or self.digest,
            self.issue(),
            self.pooled(post),
            clock=self.desk.clock,
            watch=Watch(**given),
        )

    def resume(self):
        return restoring.resume(self.work, self.desk.clock.now, [self.digest])

    def states(self):
        with self.database.read() as connection:
            rows = list(ledger.listed(connection, self.issue().id))
        return Counter(row.state for row in rows)


@pytest.fixture
def backup(desk, digest, clock, monday, pooled):
    desk.with_news(1, 2, 3)
    clock.now = monday
    made = Backup(desk, digest, pooled)
    yield made
    if made.database is not desk.database:
        made.database.close()


def composed(backup):
    compose_issue(backup.work, backup.digest, backup.desk.clock.now)
    return backup


def test_every_claim_is_counted_in_the_store_and_in_the_file_beside_it(backup, post):
    composed(backup).send(post())
    with backup.database.read() as connection:
        kept = generations.get(connection, generations.SENDING)
    assert kept.number == 3  # three copies, one after another
    assert restoring.beside(backup.file) == kept
    assert restoring.lost(backup.work) is None


def test_a_backup_of_before_the_issue_was_sent_sends_nothing(backup, post):
    composed(backup).make()
    backup.send(post())
    backup.restore()
    with pytest.raises(MailError, match="restored from a backup") as caught:
        backup.send(again := post())
    assert "--restored" in str(caught.value)
    assert "3 claims" in str(caught.value)
    assert again.sent == []
    assert backup.states() == {}


def test_a_backup_that_was_made_in_the_middle_of_a_run_is_noticed_too(
    backup, post, digest
):
    composed(backup)
    post_ = post()
    post_.before = lambda _message: len(post_.sent) == 1 and backup.make()
    backup.send(post_)
    assert backup.restore().states()[PLANNED] == 1
    with pytest.raises(MailError, match="1 claims"):
        backup.send(post())


def test_what_may_have_left_is_uncertain_once_somebody_has_said_so(backup, post):
    composed(backup)
    backup.send(post(), stopping=lambda: True)
    backup.make()
    backup.send(first := post(ACCEPTED, ACCEPTED))
    backup.restore()
    resumed = backup.resume()
    assert (resumed.issues, resumed.copies) == (1, 3)
    backup.send(second := post())
    assert (len(first.sent), len(second.sent)) == (3, 0)
    assert backup.states() == {UNCERTAIN: 3}
    books = standing(backup.database, backup.issue(), backup.desk.clock.now)
    assert books.balances
    assert books.issue.state is IssueState.SENT
    assert backup.resume() is None


def test_no_link_of_before_opens_what_is_another_persons_now(backup, post):
    composed(backup)
    backup.make()
    backup.send(post())
    backup.restore()
    backup.resume()
    with backup.database.write() as connection:
        new = members.add(
            connection,
            Member(address="moi@vd.example"),
            mailbox="moi@vd.example",
            mark="moi",
            now=backup.desk.clock.now,
        )
    assert new.id > FAR


def sends_something_else(backup):
    """Another issue, say: what matters is that a claim was counted."""
    with backup.database.write() as connection:
        raised = restoring.raised(connection, backup.desk.clock.now)
    with restoring.Counter(backup.file) as counter:
        counter.write(raised)


def test_what_was_not_due_by_then_is_sent_after_all(backup, digest, post):
    """B wants it on Tuesdays, and it is Monday."""
    now = backup.desk.clock.now
    with backup.database.write() as connection:
        bring_in(connection, digest, secret=backup.work.secret, now=now)
        choice = Choice(weekday=1, hour=9)
        subscriptions.set_choice(connection, 2, choice, now)
    composed(backup).send(post())
    backup.make()
    backup.desk.clock.advance(minutes=1)
    sends_something_else(backup)
    backup.restore()
    assert backup.resume().copies == 0
    backup.desk.clock.advance(days=2)
    backup.send(again := post())
    assert again.recipients == ["b@vd.example"]


def test_what_was_put_off_may_have_been_tried_again_by_hand(backup, post):
    greylisted = Reply(state=DEFERRED, code=451, detail="451", relay="main")
    composed(backup).send(post(greylisted))
    backup.make()
    now = backup.desk.clock.advance(minutes=1)
    try_again(backup.work, backup.issue(), [DEFERRED], now=now)
    backup.send(by_hand := post())
    assert len(by_hand.sent) == 1
    backup.restore()
    assert backup.resume().copies == 1
    backup.desk.clock.advance(minutes=10)
    backup.send(again := post())
    assert again.sent == []


def test_an_issue_that_is_made_again_is_not_sent_again(backup, post):
    """The backup is older than the issue itself."""
    backup.make()
    composed(backup).send(post())
    backup.restore()
    backup.desk.clock.advance(minutes=10)
    backup.resume()
    composed(backup).send(again := post())
    assert again.sent == []
    assert backup.states() == {UNCERTAIN: 3}
    with backup.database.read() as connection:
        rows = list(ledger.listed(connection, backup.issue().id))
    assert {row.detail for row in rows} == {restoring.FORGOTTEN}


def test_who_knows_better_can_have_it_sent(backup, post):
    backup.make()
    composed(backup).send(post())
    backup.restore().resume()
    composed(backup).send(post())
    now = backup.desk.clock.now
    assert try_again(backup.work, backup.issue(), [UNCERTAIN], now=now) == 3
    backup.send(by_hand := post())
    assert len(by_hand.sent) == 3


def test_the_next_issue_is_sent_as_ever(backup, post, web, words):
    backup.make()
    composed(backup).send(post())
    backup.restore().resume()
    composed(backup).send(post())
    backup.desk.database = backup.database
    backup.desk.clock.advance(days=2)
    web.pages["https://tin.example/rss"] = words.rss(
        words.item(5, at=backup.desk.clock.now)
    )
    backup.desk.visit()
    backup.desk.clock.advance(days=5)
    composed(backup).send(after := post())
    assert len(after.sent) == 3


def test_at_least_once_sends_what_the_store_still_knows_of_again(backup, post):
    sure = replace(backup.digest, promise=Promise.AT_LEAST_ONCE)
    composed(backup).send(post(), digest=sure, stopping=lambda: True)
    backup.make()
    backup.send(first := post(), digest=sure)
    backup.restore()
    resumed = restoring.resume(backup.work, backup.desk.clock.now, [sure])
    assert resumed.copies == 0
    backup.send(second := post(), digest=sure)
    ids = [{one.message_id for one in each.sent} for each in (first, second)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 3


def test_a_lost_file_is_no_alarm(backup, post):
    composed(backup).send(post(), stopping=lambda: True)
    backup.file.unlink(missing_ok=True)
    assert backup.send(post()).tally[ACCEPTED] == 3
    assert restoring.beside(backup.file).number == 3


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 60, b"12", b"x 2026-11-22T00:00:00+00:00", b"7 2026-11-22"]
)
def test_a_file_that_says_nothing_is_no_alarm(backup, post, content):
    backup.file.write_bytes(content)
    assert composed(backup).send(post()).tally[ACCEPTED] == 3


def test_a_file_that_is_behind_is_no_alarm(backup, post):
    """A power cut: the store waited for the disk, the file did not."""
    composed(backup).send(post())
    behind = Generation(number=1, at=backup.desk.clock.now - timedelta(hours=1))
    backup.file.write_bytes(restoring.told(behind))
    assert restoring.lost(backup.work) is None


def test_a_folder_that_cannot_be_written_does_not_keep_mail_back(backup, post, caplog):
    backup.file.mkdir()
    assert composed(backup).send(post()).tally[ACCEPTED] == 3
    assert "desk.db.claims" in caplog.text


def test_a_new_store_in_the_place_of_an_old_one_is_held_back_too(backup, post):
    """It knows of nothing: it would send this week's issue again."""
    counted = Generation(number=9, at=backup.desk.clock.now)
    backup.file.write_bytes(restoring.told(counted))
    with pytest.raises(MailError, match="or is another one"):
        composed(backup).send(post())


def test_the_file_lies_beside_the_store(tmp_path):
    lite = file_beside(f"sqlite:///{tmp_path}/var/desk.db", tmp_path)
    assert lite == tmp_path / "var" / "desk.db.claims"
    one = file_beside("postgresql://user:secret@host/one", tmp_path)
    two = file_beside("postgresql://user:other@host/two", tmp_path)
    assert one.parent == tmp_path
    assert one != two
    assert one == file_beside("postgresql://user:changed@host/one", tmp_path)
    assert "secret" not in one.name


def test_members_are_not_lost_by_any_of_this(backup, post):
    wider = replace(
        backup.digest,
        audience=(*backup.digest.audience, Member(address="d@vd.example")),
    )
    composed(backup).make()
    backup.send(post(), digest=wider)
    backup.restore().resume()
    backup.send(post(), digest=wider)
    assert sum(backup.states().values()) == 4
