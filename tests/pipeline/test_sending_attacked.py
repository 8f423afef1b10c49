"""What another process does meanwhile costs nobody their copy, and gives nobody two."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.model import DeliveryState, IssueState, Promise, Reply
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.sending import (
    PATIENCE,
    Watch,
    is_due,
    send_issue,
)
from syndicate.store import issues

LATER = Reply(state=DeliveryState.DEFERRED, detail="451 4.7.1 later", code=451)


@pytest.fixture
def composed(desk, digest, clock, monday):
    desk.with_news(1, 2, 3)
    clock.now = monday
    return compose_issue(desk.mailing(), digest, monday)[0]


@pytest.fixture
def send(desk, digest, composed, pooled):
    def go(post, *, digest=digest, connections=1, **watch):
        stored = desk.ask(lambda c: issues.get(c, composed.id))
        pool = pooled(post, connections)
        watched = Watch(sleep=lambda _seconds: None, **watch)
        return send_issue(
            desk.mailing(), digest, stored, pool, clock=desk.clock, watch=watched
        )

    return go


def once(post, meanwhile):
    """Do something while the first copy is on its way."""

    def before(_message):
        post.before = lambda _message: None
        meanwhile()

    post.before = before


def test_who_comes_back_deferred_after_the_issue_was_closed_gets_it_all_the_same(
    desk, composed, send, post, clock
):
    """A process slept past its lease; another one found its copy, and closed."""
    slept, other = post(LATER), post()

    def sleep():
        clock.advance(minutes=3)
        assert send(other).issue.state is IssueState.SENT

    once(slept, sleep)
    sent = send(slept)
    assert other.recipients == ["b@vd.example", "c@vd.example"]
    assert sent.issue.state is IssueState.APPROVED
    assert sent.tally[DeliveryState.DEFERRED] == 1
    clock.advance(minutes=6)
    sent = send(last := post())
    assert last.recipients == ["a@vd.example"]
    assert sent.issue.state is IssueState.SENT
    books = accounting.standing(desk.database, composed, clock.now)
    assert (books.planned, books.tally[DeliveryState.ACCEPTED]) == (3, 3)


def test_a_claim_that_still_counts_is_left_to_its_holder(
    desk, digest, composed, send, post, clock
):
    """Who begins a run by hand looks ahead; what is held now is held."""
    sure = replace(digest, promise=Promise.AT_LEAST_ONCE)
    slow, seen = post(), []

    def hold():
        clock.advance(seconds=40)
        is_due(desk.mailing(), sure, composed, clock.now, PATIENCE)
        seen.append(desk.copies(composed)["a@vd.example"].state)

    once(slow, hold)
    send(slow, digest=sure)
    assert seen == [DeliveryState.SENDING]
    assert slow.recipients == ["a@vd.example", "b@vd.example", "c@vd.example"]


def test_who_looks_ahead_gives_up_nothing_before_its_time(
    desk, digest, composed, send, post, clock
):
    send(post(LATER), stopping=lambda: bool(desk.copies(composed)))
    begun = desk.copies(composed)["a@vd.example"].first_due_at
    clock.now = begun + digest.expires - PATIENCE / 2
    is_due(desk.mailing(), digest, composed, clock.now, PATIENCE)
    assert desk.copies(composed)["a@vd.example"].state is not DeliveryState.CANCELLED
