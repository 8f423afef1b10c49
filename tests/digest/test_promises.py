"""What a reply means for a copy: whom it concerns, and when it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.digest.post.promises import RETRY, verdict
from syndicate.model import (
    Blame,
    Delivery,
    DeliveryState,
    Digest,
    Member,
    Promise,
    Reply,
)

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ONCE = Digest(key="tuan", title="Tuần")
SURE = Digest(key="tuan", title="Tuần", promise=Promise.AT_LEAST_ONCE)
ACCEPTED, DEFERRED, REFUSED, UNCERTAIN, CANCELLED = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.CANCELLED,
)


def copy(attempts=1, first=NOW, detail=""):
    return Delivery(
        id=1,
        issue=1,
        member=Member(address="an@vd.example"),
        state=DeliveryState.SENDING,
        attempts=attempts,
        first_due_at=first,
        detail=detail,
    )


def judged(reply, digest=ONCE, *, waits=None, **about):
    return verdict(digest, copy(**about), reply, waits=waits, now=NOW)


def said(state, code=0, blame=Blame.NONE, relay="main", **more):
    return Reply(
        state=state, code=code, blame=blame, relay=relay, detail="words", **more
    )


def test_what_is_accepted_or_cancelled_is_so():
    for state in (ACCEPTED, CANCELLED):
        found = judged(said(state))
        assert (found.state, found.detail, found.due_at) == (state, "words", None)


@pytest.mark.parametrize("attempts", range(1, 12))
def test_the_pauses_grow_and_the_last_one_repeats(attempts):
    due = judged(said(DEFERRED, 451), attempts=attempts).due_at
    assert due - NOW == RETRY[min(attempts, len(RETRY)) - 1]


def test_the_domain_may_want_a_longer_pause():
    later = NOW + timedelta(hours=1)
    assert judged(said(DEFERRED, 421, again_at=later)).due_at == later


def test_a_copy_expires_when_its_next_try_would_be_too_late():
    born = NOW - ONCE.expires + RETRY[0]
    assert judged(said(DEFERRED, 451), first=born).state is DEFERRED
    found = judged(said(DEFERRED, 451), first=born - timedelta(seconds=1))
    assert (found.state, found.detail) == (REFUSED, "expired; words")


def test_a_refusal_of_the_address_is_for_good():
    found = judged(said(REFUSED, 550, Blame.ADDRESS))
    assert (found.state, found.alarming, found.domain_until) == (REFUSED, False, None)


def test_552_passes_whatever_it_was_taken_for():
    assert judged(said(REFUSED, 552, Blame.MAILBOX)).state is DEFERRED


def test_a_refusal_of_the_content_puts_the_copy_off_and_alarms():
    found = judged(said(REFUSED, 550, Blame.CONTENT))
    assert (found.state, found.alarming) == (DEFERRED, True)
    paused = NOW + timedelta(minutes=15)
    found = judged(said(REFUSED, 550, Blame.CONTENT), waits=paused)
    assert found.domain_until == paused


def test_greylisting_by_policy_codes_is_no_alarm():
    assert not judged(said(DEFERRED, 451, Blame.CONTENT)).alarming


def test_421_puts_the_whole_domain_off():
    assert judged(said(DEFERRED, 421, Blame.DOMAIN)).domain_until == NOW + RETRY[0]


def test_a_broken_line_puts_nobody_else_off():
    waits = NOW + timedelta(minutes=1)
    assert judged(said(DEFERRED, 0, Blame.LINE), waits=waits).domain_until is None


def test_a_message_that_cannot_be_made_is_invalid_and_alarms_nobody():
    found = judged(said(REFUSED, 0, Blame.CONTENT, relay=""))
    assert (found.state, found.detail) == (REFUSED, "invalid: words")
    assert not found.alarming


def test_what_is_in_doubt_stays_so_unless_more_was_promised():
    reply = said(UNCERTAIN, 0, Blame.LINE)
    assert judged(reply).state is UNCERTAIN
    found = judged(reply, SURE)
    assert (found.state, found.due_at) == (DEFERRED, NOW + RETRY[0])
    assert found.detail == "perhaps sent; words"


def test_what_was_in_doubt_once_is_never_called_refused_for_its_age():
    doubted = "perhaps sent; the line broke"
    kept = judged(said(DEFERRED, 451), SURE, detail=doubted)
    assert kept.detail == "perhaps sent; words"
    old = judged(
        said(DEFERRED, 451), SURE, detail=doubted, first=NOW - timedelta(days=3)
    )
    assert old.state is UNCERTAIN


@pytest.mark.parametrize("state", [ACCEPTED, DEFERRED, REFUSED, UNCERTAIN, CANCELLED])
@pytest.mark.parametrize("blame", Blame)
@pytest.mark.parametrize("code", [0, 250, 421, 450, 550, 552, 571])
@pytest.mark.parametrize("digest", [ONCE, SURE])
def test_every_reply_has_a_verdict_that_the_ledger_takes(state, blame, code, digest):
    found = judged(said(state, code, blame), digest)
    assert (found.due_at is not None) == (found.state is DEFERRED)
    assert found.state not in (DeliveryState.PLANNED, DeliveryState.SENDING)
