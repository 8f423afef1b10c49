"""An issue is delivered as promised: nobody lost, nobody twice, all accounted for."""

from __future__ import annotations

import email
import email.policy
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from syndicate.digest.linting.lint import errors, lint
from syndicate.digest.post.promises import RETRY
from syndicate.errors import MailError, StoreError, SyndicateError
from syndicate.members.marks import address_mark
from syndicate.model import (
    Blame,
    Choice,
    DeliveryState,
    IssueState,
    Member,
    MemberState,
    Promise,
    Reply,
    Settlement,
    SubscriptionState,
    Suppression,
    SuppressionReason,
)
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.claiming import LEASE
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.copies import Copies
from syndicate.pipeline.mailing.drafting import approve
from syndicate.pipeline.mailing.sending import (
    Watch,
    as_it_stands,
    begun,
    may_begin,
    send_issue,
    try_again,
)
from syndicate.pipeline.membership.audience import bring_in
from syndicate.store import (
    Database,
    deliveries,
    entries,
    issues,
    ledger,
    members,
    subscriptions,
    suppressions,
)
from syndicate.store.schema import deliveries as table
from syndicate.templating import builtin_folder, templates

PLANNED, SENDING, ACCEPTED, DEFERRED, REFUSED, UNCERTAIN, CANCELLED = (
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.CANCELLED,
)
MINUTE = timedelta(minutes=1)


def said(state, code=0, blame=Blame.NONE, status="", detail=""):
    detail = detail or f"{code} {status}"
    return Reply(state=state, code=code, blame=blame, status=status, detail=detail)


GREYLISTED = said(DEFERRED, 451, status="4.7.1")
NOBODY = said(REFUSED, 550, Blame.ADDRESS, "5.1.1")
FULL = said(DEFERRED, 552, Blame.MAILBOX, "5.2.2")
POLICY = said(REFUSED, 550, Blame.CONTENT, "5.7.1")
BUSY = said(DEFERRED, 421, Blame.DOMAIN, "4.3.2")
BROKEN = said(UNCERTAIN, blame=Blame.LINE, detail="the line broke after the message")


def kept(desk, stored):
    return desk.ask(lambda c: issues.get(c, stored.id))


def states(desk, stored):
    return {
        address[0]: one.state for address, one in sorted(desk.copies(stored).items())
    }


def balanced(desk, stored):
    """The equation, of an issue that is closed."""
    books = accounting.standing(desk.database, stored, desk.clock.now)
    assert books.balances
    assert books.open == 0
    assert books.planned == sum(books.tally[state] for state in accounting.CLOSED)
    assert books.issue.state is IssueState.SENT
    assert books.issue.closed_at is not None
    return books.tally


@pytest.fixture
def composed(desk, digest, clock, monday):
    """An approved issue of three stories, a minute after its window."""
    desk.with_news(1, 2, 3)
    clock.now = monday
    return compose_issue(desk.mailing(), digest, clock.now)[0]


@pytest.fixture
def send(desk, digest, composed, pooled):
    def now(post, *, connections=1, limits=None, **given):
        work = given.pop("work", desk.mailing())
        which = given.pop("digest", digest)
        watch = Watch(**given)
        return send_issue(
            work,
            which,
            kept(desk, composed),
            pooled(post, connections, **(limits or {})),
            clock=desk.clock,
            watch=watch,
        )

    return now


def with_people(digest, count, domains=("vd.example",)):
    people = [
        Member(address=f"{number:04}@{domains[number % len(domains)]}")
        for number in range(count)
    ]
    return replace(digest, audience=tuple(people))


def member_of(desk, connection, address, digest="tuan"):
    """Number of the member and of its subscription."""
    secret = desk.mailing().secret
    found = members.marked(connection, address_mark(secret, address))
    return found.id, subscriptions.one(connection, found.id, digest).id


# ── Everybody gets it ────────────────────────────────────────────────────────


def test_every_member_gets_a_copy_and_the_issue_is_closed(desk, composed, send, post):
    sent = send(post_ := post())
    assert post_.recipients == ["a@vd.example", "b@vd.example", "c@vd.example"]
    assert sent.tally[ACCEPTED] == 3
    assert balanced(desk, composed)[ACCEPTED] == 3
    assert len({message.message_id for message in post_.sent}) == 3


def test_the_ledger_remembers_as_what_and_by_whom_a_copy_was_sent(
    desk, composed, send, post
):
    send(post_ := post())
    copies = desk.copies(composed)
    for message in post_.sent:
        copy = copies[message.recipient]
        assert copy.message_id == message.message_id
        assert copy.relay == "main"
        assert copy.variant
        assert copy.domain == "vd.example"


def test_what_is_sent_passes_the_lint(composed, send, post):
    send(post_ := post())
    links = [item.url for item in composed.issue.items]
    for message in post_.sent:
        assert errors(lint(message.content, links=links)) == ()


def test_copies_are_planned_once_however_often_sending_is_begun(
    desk, composed, send, post
):
    for _ in range(3):
        send(post())
    assert len(desk.copies(composed)) == 3


def test_an_address_in_two_spellings_gets_one_copy(digest, send, post):
    twice = replace(
        digest,
        audience=(Member(address="A@vd.example"), Member(address="a@VD.example")),
    )
    sent = send(post_ := post(), digest=twice)
    assert len(post_.sent) == 1
    assert sent.tally[ACCEPTED] == 1


def test_who_joins_after_the_plan_gets_the_next_issue(
    desk, digest, composed, send, post
):
    send(post(DEFERRED))
    desk.clock.advance(minutes=6)
    wider = replace(digest, audience=(*digest.audience, Member(address="d@vd.example")))
    send(again := post(), digest=wider)
    assert again.recipients == ["a@vd.example"]
    assert len(desk.copies(composed)) == 3


def test_an_issue_that_nobody_subscribes_to_is_closed(
    desk, digest, composed, send, post
):
    sent = send(post(), digest=replace(digest, audience=()))
    assert sum(sent.tally.values()) == 0
    assert kept(desk, composed).state is IssueState.SENT


def test_many_connections_share_the_work_and_nobody_gets_it_twice(
    desk, digest, composed, send, post
):
    many = with_people(digest, 200)
    sent = send(post_ := post(), connections=8, digest=many)
    assert sent.tally[ACCEPTED] == 200
    assert Counter(post_.recipients) == Counter(one.address for one in many.audience)
    balanced(desk, composed)


def test_never_more_is_claimed_than_there_are_connections(
    desk, digest, composed, send, post
):
    seen = []

    def look(_message):
        tally = desk.ask(lambda c: ledger.tally(c, composed.id))
        seen.append(tally[SENDING])

    post_ = post()
    post_.before = look
    send(post_, connections=3, digest=with_people(digest, 40))
    assert 1 <= max(seen) <= 3


def test_a_copy_is_claimed_and_committed_before_it_leaves(desk, composed, send, post):
    seen = []
    post_ = post()
    post_.before = lambda message: seen.append(
        desk.copies(composed)[message.recipient].state
    )
    send(post_)
    assert seen == [SENDING] * 3


# ── Temporary refusals ───────────────────────────────────────────────────────


def test_greylisting_is_retried_at_growing_pauses_until_the_issue_expires(
    desk, digest, composed, send, post, clock
):
    """RETRY in order, its last for ever, until 48 hours after the copy was due."""
    alone = replace(digest, audience=(Member(address="a@vd.example"),))
    tries, began = [], clock.now
    for _ in range(100):
        tries.append(clock.now)
        send(post(GREYLISTED), digest=alone)
        copy = desk.copies(composed)["a@vd.example"]
        if copy.due_at is None:
            break
        send(post(AssertionError()), digest=alone)
        clock.now = copy.due_at
    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses[: len(RETRY)] == list(RETRY)
    assert set(pauses[len(RETRY) :]) == {RETRY[-1]}
    assert copy.state is REFUSED
    assert copy.detail == "expired; 451 4.7.1"
    assert began + digest.expires - RETRY[-1] <= tries[-1] <= began + digest.expires
    balanced(desk, composed)


def test_a_digest_may_expire_sooner(desk, digest, composed, send, post, clock):
    brief = replace(digest, expires=timedelta(minutes=12))
    send(post(GREYLISTED), digest=brief)
    clock.advance(minutes=5)
    send(post(GREYLISTED), digest=brief)
    assert desk.copies(composed)["a@vd.example"].state is REFUSED


def test_a_deferred_copy_that_is_accepted_later_closes_the_issue(
    desk, composed, send, post, clock
):
    sent = send(post(GREYLISTED))
    assert sent.next_due == clock.now + RETRY[0]
    assert kept(desk, composed).state is IssueState.APPROVED
    send(again := post())
    assert again.sent == []
    clock.advance(minutes=5)
    sent = send(again)
    assert again.recipients == ["a@vd.example"]
    assert sent.tally[ACCEPTED] == 3
    balanced(desk, composed)


def test_a_copy_that_is_sent_again_is_the_same_bytes(send, post, clock):
    send(first := post(GREYLISTED))
    clock.advance(minutes=5)
    send(second := post())
    assert second.sent[0] == first.sent[0]


def test_a_421_defers_the_whole_domain_and_the_others_go_on(
    desk, digest, composed, send, post
):
    mixed = with_people(digest, 40, ("ban.example", "khac.example"))
    sent = send(post_ := post(BUSY), digest=mixed)
    asked = Counter(address.partition("@")[2] for address in post_.recipients)
    assert asked == {"ban.example": 1, "khac.example": 20}
    assert sent.tally[ACCEPTED] == 20
    waiting = [one for one in desk.copies(composed).values() if one.due_at]
    assert len(waiting) == 20
    assert {one.domain for one in waiting} == {"ban.example"}
    assert {one.state for one in waiting} == {PLANNED, DEFERRED}
    assert min(one.due_at for one in waiting) >= desk.clock.now + RETRY[0]
    desk.clock.now = max(one.due_at for one in waiting)
    assert send(post(), digest=mixed).tally[ACCEPTED] == 40
    balanced(desk, composed)


def test_a_full_mailbox_is_no_refusal(desk, composed, send, post):
    """552 counts as temporary, whatever the relay makes of it."""
    refused = said(REFUSED, 552, Blame.MAILBOX, "5.2.2")
    send(post(FULL, refused))
    copies = desk.copies(composed)
    assert states(desk, composed) == {"a": DEFERRED, "b": DEFERRED, "c": ACCEPTED}
    assert copies["a@vd.example"].status == "5.2.2"


def test_what_the_clock_put_off_while_it_was_ahead_is_due_when_it_is_set_back(
    desk, composed, send, post, clock
):
    true = clock.now
    clock.advance(days=1)
    send(post(GREYLISTED))
    clock.now = true
    send(again := post())
    assert again.recipients == ["a@vd.example"]
    balanced(desk, composed)


# ── Refusals for good ────────────────────────────────────────────────────────


def test_a_refused_copy_is_for_good_and_the_others_go_on(desk, composed, send, post):
    sent = send(post_ := post(ACCEPTED, NOBODY))
    assert (sent.tally[ACCEPTED], sent.tally[REFUSED]) == (2, 1)
    assert desk.copies(composed)["b@vd.example"].detail == "550 5.1.1"
    assert len(post_.sent) == 3
    balanced(desk, composed)


def test_a_5xx_at_rcpt_feeds_the_state_of_the_member(desk, composed, send, post):
    send(post(NOBODY))
    with desk.database.read() as connection:
        number, _ = member_of(desk, connection, "a@vd.example")
        assert members.get(connection, number).state is MemberState.BOUNCED


def test_a_refusal_of_what_we_send_punishes_no_member_and_alarms_the_desk(
    desk, digest, composed, send, post
):
    many = with_people(digest, 60, ("khac.example", "nghiem.example"))
    replies = {"nghiem.example": POLICY}

    class Strict(post):
        def send(self, message):
            super().send(message)
            domain = message.recipient.partition("@")[2]
            return replies.get(domain, said(ACCEPTED, 250))

    sent = send(post_ := Strict(), connections=4, digest=many)
    asked = Counter(address.partition("@")[2] for address in post_.recipients)
    assert asked["khac.example"] == 30
    assert asked["nghiem.example"] < 10
    assert sent.tally[REFUSED] == 0
    assert sent.alarms == {"nghiem.example": POLICY.detail}
    with desk.database.read() as connection:
        for one in many.audience:
            number, _ = member_of(desk, connection, one.address)
            assert members.get(connection, number).state is MemberState.UNVERIFIED
    replies.clear()
    for _hour in range(8):
        desk.clock.advance(hours=1)
        send(post_, connections=4, digest=many)
    assert balanced(desk, composed)[ACCEPTED] == 60


def test_what_is_refused_for_its_content_until_it_expires_is_refused_then(
    desk, digest, composed, send, post, clock
):
    alone = replace(digest, audience=(Member(address="a@vd.example"),))
    for _ in range(100):
        send(post(POLICY), digest=alone)
        due_at = desk.copies(composed)["a@vd.example"].due_at
        if due_at is None:
            break
        clock.now = due_at
    copy = desk.copies(composed)["a@vd.example"]
    assert (copy.state, copy.detail) == (REFUSED, f"expired; {POLICY.detail}")
    balanced(desk, composed)


def test_a_member_whose_name_would_break_a_header_does_not_stop_the_others(
    desk, composed, digest, send, post
):
    """What was imported before addresses were checked, say."""
    send(post(GREYLISTED, GREYLISTED, GREYLISTED))
    with desk.database.write() as connection:
        connection.execute(
            table.update()
            .where(table.c.address == "b@vd.example")
            .values(name="B\r\nBcc: x@vd.example")
        )
    desk.clock.advance(minutes=5)
    sent = send(post_ := post())
    assert post_.recipients == ["a@vd.example", "c@vd.example"]
    assert (sent.tally[REFUSED], sent.tally[ACCEPTED]) == (1, 2)
    assert desk.copies(composed)["b@vd.example"].detail.startswith("invalid: ")
    balanced(desk, composed)


def test_a_bad_address_of_config_toml_stops_nobody(digest, send, post):
    bad = Member(address="a@b@vd.example\r\nBcc: x@vd.example")
    wider = replace(digest, audience=(bad, *digest.audience))
    sent = send(post_ := post(), digest=wider)
    assert sent.tally[ACCEPTED] == 3
    assert post_.recipients == ["a@vd.example", "b@vd.example", "c@vd.example"]


# ── In doubt ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reply", [BROKEN, RuntimeError("lạ"), MailError("lạ")])
def test_nobody_knows_what_became_of_it_and_it_is_not_sent_again(
    desk, composed, send, post, clock, reply
):
    sent = send(post_ := post(reply))
    assert (sent.tally[UNCERTAIN], sent.tally[ACCEPTED]) == (1, 2)
    clock.advance(hours=1)
    send(post_)
    assert len(post_.sent) == 3
    balanced(desk, composed)


def test_at_least_once_sends_what_is_in_doubt_again_under_the_same_message_id(
    desk, digest, composed, send, post, clock
):
    sure = replace(digest, promise=Promise.AT_LEAST_ONCE)
    send(first := post(BROKEN), digest=sure)
    assert desk.copies(composed)["a@vd.example"].state is DEFERRED
    clock.advance(minutes=5)
    send(second := post(), digest=sure)
    assert second.recipients == ["a@vd.example"]
    assert second.sent[0] == first.sent[0]
    assert balanced(desk, composed)[ACCEPTED] == 3


def test_what_may_have_arrived_expires_as_uncertain_not_as_refused(
    desk, digest, composed, send, post, clock
):
    sure = replace(digest, promise=Promise.AT_LEAST_ONCE)
    send(post(BROKEN), digest=sure)
    clock.advance(minutes=5)
    send(post(GREYLISTED), digest=sure)
    clock.advance(days=3)
    send(post(), digest=sure)
    copy = desk.copies(composed)["a@vd.example"]
    assert copy.state is UNCERTAIN
    balanced(desk, composed)


def die_after(desk, composed, count):
    """Claim as a process does that is killed before it can settle."""
    with desk.database.write() as connection:
        now = desk.clock.now
        found = deliveries.due(connection, composed.id, "tuan", most=count, now=now)
        return deliveries.take(
            connection,
            [one.delivery for one in found],
            lease_until=now + LEASE,
            now=now,
        )


def test_a_process_that_dies_between_claim_and_settle_never_sends_twice(
    desk, composed, send, post, clock
):
    send(post(), stopping=lambda: True)
    [lost] = die_after(desk, composed, 1)
    sent = send(post_ := post())
    assert post_.recipients == ["b@vd.example", "c@vd.example"]
    assert sent.issue.state is IssueState.APPROVED
    assert sent.tally[SENDING] == 1
    clock.advance(minutes=3)
    sent = send(post_)
    assert len(post_.sent) == 2
    assert sent.tally[UNCERTAIN] == 1
    assert desk.copies(composed)[lost.member.address].detail.startswith("interrupted")
    balanced(desk, composed)


def test_at_least_once_sends_what_a_dead_process_held_when_its_lease_is_over(
    desk, digest, composed, send, post, clock
):
    sure = replace(digest, promise=Promise.AT_LEAST_ONCE)
    send(post(), digest=sure, stopping=lambda: True)
    [lost] = die_after(desk, composed, 1)
    clock.advance(minutes=3)
    send(post_ := post(), digest=sure)
    assert lost.member.address in post_.recipients
    assert balanced(desk, composed)[ACCEPTED] == 3


def test_whoever_held_a_copy_too_long_can_no_longer_settle_it(
    desk, digest, composed, send, post, clock
):
    sure = replace(digest, promise=Promise.AT_LEAST_ONCE)
    send(post(), digest=sure, stopping=lambda: True)
    [stale] = die_after(desk, composed, 1)
    clock.advance(minutes=3)
    send(post(NOBODY), digest=sure)
    before = desk.copies(composed)
    with desk.database.write() as connection:
        late = Settlement(delivery=stale, state=ACCEPTED, detail="250 late")
        assert deliveries.settle(connection, [late], clock.now) == []
    assert desk.copies(composed) == before


def test_who_comes_back_in_time_still_knows_best(desk, composed, send, post, clock):
    """A laptop that slept: its claim ran out, nobody else took the copy."""
    send(post(), stopping=lambda: True)
    [held] = die_after(desk, composed, 1)
    clock.advance(minutes=3)
    send(post())
    assert states(desk, composed)["a"] is UNCERTAIN
    with desk.database.write() as connection:
        late = Settlement(delivery=held, state=ACCEPTED, detail="250 late")
        assert deliveries.settle(connection, [late], clock.now) == [late]
    assert balanced(desk, composed)[ACCEPTED] == 3


def test_two_runs_at_once_share_the_work(desk, digest, composed, pooled, post):
    many = with_people(digest, 120)
    posts = [post(), post()]
    pools = [pooled(one, 3) for one in posts]
    stored = kept(desk, composed)
    failed = []

    def run(pool):
        try:
            send_issue(desk.mailing(), many, stored, pool, clock=desk.clock)
        except BaseException as error:  # noqa: BLE001 -- told to the test
            failed.append(error)

    threads = [threading.Thread(target=run, args=(pool,)) for pool in pools]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    got = Counter(posts[0].recipients + posts[1].recipients)
    assert got == Counter(one.address for one in many.audience)
    balanced(desk, composed)


# ── Who may no longer get it ─────────────────────────────────────────────────


def leave(desk, connection, number, subscription):
    subscriptions.set_state(
        connection, subscription, SubscriptionState.UNSUBSCRIBED, desk.clock.now
    )


def pause(desk, connection, number, subscription):
    until = desk.clock.now + timedelta(days=30)
    subscriptions.set_state(
        connection,
        subscription,
        SubscriptionState.PAUSED,
        desk.clock.now,
        paused_until=until,
    )


def block(desk, connection, number, subscription):
    suppressions.add(
        connection,
        Suppression(
            mark=members.mark_of(connection, number),
            reason=SuppressionReason.DESK,
            at=desk.clock.now,
        ),
    )


def bounce(desk, connection, number, subscription):
    members.set_state(connection, number, MemberState.BOUNCED, desk.clock.now)


def complain(desk, connection, number, subscription):
    members.set_state(connection, number, MemberState.COMPLAINED, desk.clock.now)


def erase(desk, connection, number, subscription):
    members.set_state(connection, number, MemberState.ERASED, desk.clock.now)


def change(desk, connection, number, subscription):
    choice = Choice(cadence="monthly")
    subscriptions.set_choice(connection, subscription, choice, desk.clock.now)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (leave, "unsubscribed"),
        (pause, "paused"),
        (block, "suppressed"),
        (bounce, "bounced"),
        (complain, "complained"),
        (erase, "erased"),
        (change, "changed the cadence"),
    ],
)
def test_what_happens_between_plan_and_send_is_seen_in_the_claim(
    desk, composed, send, post, happens, why
):
    """The first copy's departure is the moment at which it happens to the third."""
    post_ = post()

    def now(_message):
        post_.before = lambda _message: None
        with desk.database.write() as connection:
            happens(desk, connection, *member_of(desk, connection, "c@vd.example"))

    post_.before = now
    sent = send(post_)
    assert post_.recipients == ["a@vd.example", "b@vd.example"]
    assert sent.tally[CANCELLED] == 1
    assert desk.copies(composed)["c@vd.example"].detail == why
    balanced(desk, composed)


def test_a_copy_that_expired_before_it_was_tried_is_cancelled(
    desk, composed, send, post, clock
):
    send(post(), stopping=lambda: True)
    clock.advance(hours=49)
    send(post_ := post())
    assert post_.sent == []
    copies = desk.copies(composed).values()
    assert {(one.state, one.detail) for one in copies} == {(CANCELLED, "expired")}
    balanced(desk, composed)


def test_an_issue_that_is_held_back_meanwhile_is_sent_no_further(
    desk, composed, send, post
):
    post_ = post()

    def hold(_message):
        with desk.database.write() as connection:
            issues.set_state(
                connection, composed.id, IssueState.HELD, now=desk.clock.now
            )

    post_.before = hold
    sent = send(post_)
    assert len(post_.sent) == 1
    assert sent.issue.state is IssueState.HELD
    assert (sent.tally[ACCEPTED], sent.tally[PLANNED]) == (1, 2)


def test_an_issue_that_is_approved_otherwise_meanwhile_is_sent_no_further_as_it_was(
    desk, composed, send, post
):
    post_ = post()

    def approve_otherwise(_message):
        with desk.database.write() as connection:
            issues.set_state(
                connection, composed.id, IssueState.APPROVED, sha256="f" * 64
            )

    post_.before = approve_otherwise
    sent = send(post_)
    assert len(post_.sent) == 1
    assert (sent.tally[ACCEPTED], sent.tally[PLANNED]) == (1, 2)


class Weak:
    """A pool that cannot take the second copy that it is given."""

    def __init__(self, pool):
        self.pool, self.asked = pool, 0

    def __getattr__(self, name):
        return getattr(self.pool, name)

    def put(self, *given):
        self.asked += 1
        if self.asked == 2:
            raise RuntimeError("can't start new thread")
        self.pool.put(*given)


def test_a_pool_that_can_take_no_more_costs_nobody_their_copy(
    desk, digest, composed, post, pooled
):
    """A machine that begins no further thread, say."""
    weak, stored = Weak(pooled(post_ := post())), kept(desk, composed)
    sent = send_issue(desk.mailing(), digest, stored, weak, clock=desk.clock)
    assert (sent.tally[ACCEPTED], sent.tally[DEFERRED]) == (2, 1)
    desk.clock.advance(minutes=5)
    send_issue(desk.mailing(), digest, kept(desk, composed), weak, clock=desk.clock)
    assert post_.recipients == ["a@vd.example", "c@vd.example", "b@vd.example"]
    balanced(desk, composed)


# ── What keeps everything back ───────────────────────────────────────────────


def test_an_issue_that_renders_otherwise_than_approved_is_not_sent(
    desk, digest, composed, send, post
):
    other = desk.mailing(site=replace(desk.site, title="Tên khác"))
    with pytest.raises(MailError, match="approve it again"):
        send(post_ := post(), work=other)
    assert post_.sent == []
    approve(other, digest, kept(desk, composed), by="An", now=desk.clock.now)
    assert kept(desk, composed).sha256 != composed.sha256
    assert send(post_, work=other).tally[ACCEPTED] == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sender": "không phải địa chỉ"}, "sender"),
        ({"bounce_domain": "không phải tên miền"}, "bounces"),
    ],
)
def test_settings_that_would_spoil_every_copy_are_said_before_the_first(
    desk, composed, send, post, given, words
):
    with pytest.raises(MailError, match=words):
        send(post_ := post(), work=desk.mailing(**given))
    assert post_.sent == []
    assert desk.copies(composed) == {}


BODY, END = "{% block body %}", "</body>"


@pytest.mark.parametrize(
    ("name", "there", "put", "words"),
    [
        ("issue.txt", "{% if issue.note %}", "{{ no_such }}", "no_such"),
        ("issue.html", BODY, BODY + "{{ issue.no_such_thing }}", "no_such_thing"),
        ("issue.html", BODY, BODY + "{% if %}", "issue.html"),
        ("layout.html", END, "<script>alert(1)</script>" + END, "script"),
        ("issue.txt", '{% include "mail/pieces.txt" %}', "", "pieces.txt"),
    ],
)
def test_a_template_that_is_wrong_is_said_before_the_first_copy(  # noqa: PLR0917 -- fixtures
    desk, digest, composed, send, post, tmp_path, name, there, put, words
):
    """A site's own one: it breaks, or what it draws must not be sent."""
    own = tmp_path / "own"
    (own / "mail").mkdir(parents=True)
    built_in = (builtin_folder() / "mail" / name).read_text("utf-8")
    assert there in built_in
    changed = built_in.replace(there, put + there if put == "{{ no_such }}" else put)
    (own / "mail" / name).write_text(changed, "utf-8")
    work = desk.mailing(
        templates=lambda one: templates([own], language=one.language, zone=one.timezone)
    )
    with suppress(SyndicateError):
        sealed(desk, digest, composed, work)
    with pytest.raises(SyndicateError, match=words):
        send(post(), work=work)
    assert desk.copies(composed) == {}
    assert kept(desk, composed).state is IssueState.APPROVED


def sealed(desk, digest, stored, work):
    """Let an issue be approved as it renders with other settings or templates."""
    sha256 = Copies(work, digest, stored).sha256
    with desk.database.write() as connection:
        issues.set_state(connection, stored.id, IssueState.APPROVED, sha256=sha256)


def test_a_link_that_is_not_https_is_said_before_the_first_copy(
    desk, digest, composed, post, pooled
):
    plain = desk.mailing(site=replace(desk.site, base_url="http://ban-tin.example"))
    stored = replace(composed, sha256=Copies(plain, digest, composed).sha256)
    with pytest.raises(MailError, match="https"):
        send_issue(plain, digest, stored, pooled(post()), clock=desk.clock)
    assert desk.copies(composed) == {}


def test_what_is_withdrawn_after_an_issue_was_frozen_is_in_no_copy(
    desk, composed, send, post, clock
):
    gone, *rest = desk.entries()
    with desk.database.write() as connection:
        entries.withdraw(connection, gone.id, clock.now)
    sent = send(post_ := post())
    assert sent.tally[ACCEPTED] == 3
    for message in post_.sent:
        text = email.message_from_bytes(message.content, policy=email.policy.default)
        body = text.get_body(("plain",)).get_content()
        assert gone.entry.url not in body
        assert all(one.entry.url in body for one in rest)


def test_an_issue_of_which_everything_was_withdrawn_is_not_sent(
    desk, composed, send, post, clock
):
    with desk.database.write() as connection:
        for one in desk.entries():
            entries.withdraw(connection, one.id, clock.now)
    post_ = post()
    with pytest.raises(MailError, match="withdrawn"):
        send(post_)
    assert post_.sent == []


# ── Ends and beginnings ──────────────────────────────────────────────────────


def test_a_desk_that_is_to_end_begins_no_further_copy(desk, composed, send, post):
    post_ = post()
    sent = send(post_, work=desk.mailing(stopping=lambda: bool(post_.sent)))
    assert len(post_.sent) == 1
    assert sent.tally[PLANNED] == 2
    assert kept(desk, composed).state is IssueState.APPROVED
    send(rest := post())
    assert rest.recipients == ["b@vd.example", "c@vd.example"]


def test_ctrl_c_waits_for_what_is_on_its_way_and_leaves_nothing_uncertain(
    desk, digest, composed, send, post
):
    def interrupt(_copy, _reply):
        raise KeyboardInterrupt

    many = with_people(digest, 30)
    with pytest.raises(KeyboardInterrupt):
        send(first := post(), connections=4, digest=many, on_delivery=interrupt)
    tally = as_it_stands(desk.database, composed).tally
    assert tally[SENDING] == 0
    assert tally[ACCEPTED] == len(first.sent)
    assert 1 <= len(first.sent) < 30
    send(rest := post(), digest=many)
    got = Counter(first.recipients + rest.recipients)
    assert got == Counter(one.address for one in many.audience)


class Fickle(Database):
    """A store that cannot be written so many times: a full disk, a long VACUUM."""

    troubles = 0

    @contextmanager
    def write(self):
        if self.troubles:
            self.troubles -= 1
            raise StoreError("the database is locked")
        with super().write() as connection:
            yield connection


def test_a_store_that_is_locked_for_a_moment_loses_no_reply(desk, composed, send, post):
    pauses, post_ = [], post()
    with Fickle.open(desk.database.url) as fickle:

        def lock(_message):
            post_.before = lambda _message: None
            fickle.troubles = 2

        post_.before = lock
        send(post_, work=desk.mailing(database=fickle), sleep=pauses.append)
    assert pauses == [1.0, 2.0]
    assert len(post_.sent) == 3
    assert balanced(desk, composed)[ACCEPTED] == 3


def test_books_that_do_not_balance_keep_an_issue_open(desk, composed, send, post):
    send(post(), stopping=lambda: True)
    with desk.database.write() as connection:
        connection.execute(table.delete().where(table.c.address == "a@vd.example"))
    with pytest.raises(MailError, match="do not balance: 3 copies were planned, 2 are"):
        send(post())
    assert kept(desk, composed).state is IssueState.APPROVED


def test_copies_that_a_limit_puts_off_are_waited_for_if_somebody_watches(
    desk, digest, composed, send, post, clock
):
    many = with_people(digest, 10)
    sent = send(
        post_ := post(),
        connections=4,
        digest=many,
        limits={"per_domain": {"*": 5}},
        patience=timedelta(seconds=90),
        sleep=lambda seconds: clock.advance(seconds=seconds),
    )
    assert sent.tally[ACCEPTED] == 10
    assert len(post_.sent) == 10
    balanced(desk, composed)


def test_a_limit_is_kept_to_the_message_however_many_connections_there_are(
    digest, send, post, clock
):
    many = with_people(digest, 40, ("mot.example", "hai.example"))
    sent = send(
        post_ := post(),
        connections=8,
        digest=many,
        limits={"per_domain": {"mot.example": 3}},
    )
    asked = Counter(address.partition("@")[2] for address in post_.recipients)
    assert asked == {"mot.example": 3, "hai.example": 20}
    assert clock.now < sent.next_due <= clock.now + MINUTE


def test_what_is_uncertain_or_refused_can_be_tried_again_by_hand(
    desk, composed, send, post
):
    send(post(BROKEN, NOBODY))
    closed = kept(desk, composed)
    count = try_again(
        desk.mailing(), closed, [UNCERTAIN], now=desk.clock.now, domain="vd.example"
    )
    assert count == 1
    assert kept(desk, composed).closed_at is None
    send(again := post())
    assert again.recipients == ["a@vd.example"]
    assert balanced(desk, composed)[ACCEPTED] == 2
    assert try_again(desk.mailing(), closed, [REFUSED], now=desk.clock.now) == 1
    send(again)
    assert desk.copies(composed)["b@vd.example"].detail == "bounced"
    balanced(desk, composed)


def test_what_was_never_sent_cannot_be_tried_again(desk, composed):
    draft = replace(composed, state=IssueState.DRAFT)
    with pytest.raises(MailError, match="was not sent"):
        try_again(desk.mailing(), draft, [REFUSED], now=desk.clock.now)


def test_the_clock_begins_no_issue_that_is_old_news(digest, composed, monday):
    end = composed.issue.end
    automatic = replace(composed, decided_by="automatic", approved_at=end)
    assert may_begin(digest, automatic, end + timedelta(hours=47))
    late = end + timedelta(hours=49)
    composed_late = replace(automatic, approved_at=late)
    assert not may_begin(digest, composed_late, late)
    by_hand = replace(composed, decided_by="An", approved_at=late)
    assert may_begin(digest, by_hand, late)


def test_an_issue_is_begun_when_it_is_planned(desk, composed, send, post):
    assert not begun(desk.database, composed)
    send(post(), stopping=lambda: True)
    assert begun(desk.database, composed)


# ── The hour that a member chose ─────────────────────────────────────────────


def test_a_copy_waits_for_the_weekday_and_hour_that_its_member_chose(
    desk, digest, composed, send, post, clock
):
    """The issue comes on Monday at six in Hà Nội; B wants it on Tuesday at nine."""
    with desk.database.write() as connection:
        bring_in(connection, digest, secret=desk.mailing().secret, now=clock.now)
        _, subscription = member_of(desk, connection, "b@vd.example")
        choice = Choice(weekday=1, hour=9)
        subscriptions.set_choice(connection, subscription, choice, clock.now)
    sent = send(post_ := post())
    assert post_.recipients == ["a@vd.example", "c@vd.example"]
    tuesday = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
    assert sent.next_due == tuesday
    clock.now = tuesday
    send(post_)
    assert post_.recipients[-1] == "b@vd.example"
    assert balanced(desk, composed)[ACCEPTED] == 3


def test_a_copy_expires_by_the_moment_that_its_member_chose(
    desk, digest, composed, send, post, clock
):
    with desk.database.write() as connection:
        bring_in(connection, digest, secret=desk.mailing().secret, now=clock.now)
        _, subscription = member_of(desk, connection, "b@vd.example")
        choice = Choice(weekday=6)
        subscriptions.set_choice(connection, subscription, choice, clock.now)
    sent = send(post())
    assert sent.next_due > clock.now + digest.expires
    clock.now = sent.next_due + timedelta(hours=1)
    send(post_ := post())
    assert post_.recipients == ["b@vd.example"]
