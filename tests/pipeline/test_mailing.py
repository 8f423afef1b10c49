"""An issue is composed once and delivered as promised: nobody lost, nobody twice."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from syndicate.digest.linting.lint import errors, lint
from syndicate.errors import MailError
from syndicate.model import Approval, DeliveryState, IssueState, Member
from syndicate.pipeline.mailing.copies import check, draw, messages, rendered
from syndicate.pipeline.mailing.sending import (
    EXPIRES,
    RETRY,
    approve,
    as_it_stands,
    begun,
    compose_issue,
    expire,
    preview,
    rescue,
    send_issue,
)
from syndicate.pipeline.membership.leaving import leave
from syndicate.store import deliveries, entries, issues, members

ACCEPTED, DEFERRED, REFUSED, UNCERTAIN, CANCELLED = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.CANCELLED,
)
FEED = "https://tin.example/rss"


def kept(desk, stored):
    return desk.ask(lambda c: issues.get(c, stored.id))


def states(desk, stored):
    return [one.state for one in desk.copies(stored).values()]


@pytest.fixture
def composed(desk, digest, clock, monday):
    """An approved issue of three stories, a minute after its window."""
    desk.with_news(1, 2, 3)
    clock.now = monday
    return compose_issue(desk.mailing(), digest, clock.now)[0]


@pytest.fixture
def send(desk, digest, composed):
    def now(transport, **given):
        work = given.pop("work", desk.mailing())
        return send_issue(
            work, digest, kept(desk, composed), transport, clock=desk.clock, **given
        )

    return now


def test_an_issue_is_composed_once_for_its_window(desk, digest, clock, monday):
    desk.with_news(1, 2)
    clock.now = monday
    first, made = compose_issue(desk.mailing(), digest, clock.now)
    assert made
    assert (first.state, first.issue.number) == (IssueState.APPROVED, 1)
    assert len(first.issue.items) == 2
    for later in ({"seconds": 30}, {"days": 6}):
        again, made = compose_issue(desk.mailing(), digest, clock.advance(**later))
        assert (again, made) == (first, False)


def test_the_next_window_has_the_next_number_and_no_old_news(
    desk, web, digest, clock, monday, words
):
    desk.with_news(1)
    clock.now = monday
    compose_issue(desk.mailing(), digest, clock.now)
    clock.advance(days=2)
    fresh = words.item(2, at=clock.now)
    web.pages[FEED] = words.rss(fresh, words.item(1))
    desk.visit()
    clock.advance(days=5)
    second, made = compose_issue(desk.mailing(), digest, clock.now)
    assert made
    assert second.issue.number == 2
    assert [item.url for item in second.issue.items] == ["https://tin.example/2.html"]


def test_a_preview_is_the_issue_and_keeps_nothing(desk, digest, clock, monday):
    desk.with_news(1, 2)
    clock.now = monday
    shown = preview(desk.mailing(), digest, clock.now)
    assert desk.ask(lambda c: issues.latest(c, digest.key)) == []
    assert compose_issue(desk.mailing(), digest, clock.now)[0].issue == shown


def test_a_preview_of_a_frozen_issue_is_that_issue(desk, digest, clock, monday):
    """An editor approves what is frozen, so that is what must be seen."""
    desk.with_news(1, 2)
    clock.now = monday
    stored, _ = compose_issue(desk.mailing(), digest, clock.now)
    assert stored.issue.items
    assert preview(desk.mailing(), digest, clock.now) == stored.issue


def test_too_few_stories_skip_the_issue_and_its_stories_are_not_used_up(
    desk, digest, clock, monday
):
    desk.with_news(1)
    clock.now = monday
    picky = replace(digest, min_stories=2)
    stored, _ = compose_issue(desk.mailing(), picky, clock.now)
    assert stored.state is IssueState.SKIPPED
    assert desk.ask(lambda c: issues.carried(c, digest.key)) == {}


def test_a_skipped_issue_leaves_its_number_to_the_next(
    desk, web, digest, clock, monday, words
):
    work = desk.mailing()
    clock.advance(days=-14)
    for _week in range(2):
        assert compose_issue(work, digest, clock.now)[0].state is IssueState.SKIPPED
        clock.advance(days=7)
    desk.with_news(1)
    clock.now = monday
    assert compose_issue(work, digest, clock.now)[0].issue.number == 1
    clock.advance(days=1)
    web.pages[FEED] = words.rss(words.item(2, at=clock.now))
    desk.visit()
    second, _ = compose_issue(work, digest, clock.advance(days=6))
    assert second.issue.number == 2


def test_every_member_gets_a_copy_and_the_issue_is_closed(desk, composed, send, post):
    sent = send(post_ := post())
    assert post_.recipients == ["a@vd.example", "b@vd.example", "c@vd.example"]
    assert sent.tally[ACCEPTED] == 3
    assert kept(desk, composed).state is IssueState.SENT
    assert len({message.message_id for message in post_.sent}) == 3


def test_what_is_sent_passes_the_lint(composed, send, post):
    send(post_ := post())
    links = [item.url for item in composed.issue.items]
    for message in post_.sent:
        assert errors(lint(message.content, links=links)) == ()


def test_each_copy_has_a_link_of_its_own_to_leave(composed, send, post):
    send(post_ := post())
    links = {
        line
        for message in post_.sent
        for line in message.content.split(b"\r\n")
        if b"/unsubscribe/tuan/" in line and line.startswith((b" <", b"List-Unsub"))
    }
    assert len(links) == 3


def test_a_draft_waits_for_its_editor(desk, digest, clock, monday, post):
    desk.with_news(1)
    clock.now = monday
    careful = replace(digest, approval=Approval.EDITOR)
    work = desk.mailing()
    stored, _ = compose_issue(work, careful, clock.now)
    assert stored.state is IssueState.DRAFT
    assert not begun(desk.database, stored)
    approved = approve(work, careful, stored)
    assert (approved.state, approved.sha256) == (IssueState.APPROVED, stored.sha256)
    assert send_issue(work, careful, approved, post(), clock=clock).tally[ACCEPTED] == 3


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


def test_the_web_shows_an_issue_without_what_was_withdrawn_since(
    desk, digest, composed, clock
):
    gone = desk.entries()[0]
    assert gone.entry.url in draw(desk.mailing(), digest, composed.issue).html
    with desk.database.write() as connection:
        entries.withdraw(connection, gone.id, clock.now)
    assert gone.entry.url not in draw(desk.mailing(), digest, composed.issue).html


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


def test_a_refused_copy_is_for_good_and_the_others_go_on(desk, composed, send, post):
    sent = send(post_ := post(ACCEPTED, REFUSED))
    assert (sent.tally[ACCEPTED], sent.tally[REFUSED]) == (2, 1)
    assert kept(desk, composed).state is IssueState.SENT
    assert desk.copies(composed)["b@vd.example"].detail == "said refused"
    assert len(post_.sent) == 3


def test_a_deferred_copy_is_tried_again_at_growing_pauses_then_expires(
    desk, digest, composed, send, post, clock
):
    """RETRY in order, its last for ever, until 48 hours after the window."""
    alone = replace(digest, audience=(Member(address="a@vd.example"),))
    tries, work = [], desk.mailing()
    for _ in range(100):
        tries.append(clock.now)
        stored = kept(desk, composed)
        send_issue(work, alone, stored, post(DEFERRED), clock=clock)
        copy = desk.copies(composed)["a@vd.example"]
        if copy.due_at is None:
            break
        send_issue(work, alone, stored, post(AssertionError()), clock=clock)
        clock.now = copy.due_at
    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses[: len(RETRY)] == list(RETRY)
    assert set(pauses[len(RETRY) :]) == {RETRY[-1]}
    assert copy.state is REFUSED
    end = composed.issue.end
    assert end + EXPIRES - RETRY[-1] <= tries[-1] <= end + EXPIRES
    assert kept(desk, composed).state is IssueState.SENT


def test_a_deferred_copy_that_is_accepted_later_closes_the_issue(
    desk, composed, send, post, clock
):
    send(post(DEFERRED))
    assert kept(desk, composed).state is IssueState.APPROVED
    send(again := post())
    assert again.sent == []
    clock.advance(minutes=5)
    sent = send(again)
    assert again.recipients == ["a@vd.example"]
    assert sent.tally[ACCEPTED] == 3
    assert kept(desk, composed).state is IssueState.SENT


def test_a_copy_that_is_sent_again_is_the_same_bytes(send, post, clock):
    send(first := post(DEFERRED))
    clock.advance(minutes=5)
    send(second := post())
    assert second.sent[0] == first.sent[0]


@pytest.mark.parametrize("reply", [UNCERTAIN, RuntimeError("lạ"), MailError("lạ")])
def test_nobody_knows_what_became_of_it_and_it_is_not_sent_again(
    desk, composed, send, post, clock, reply
):
    sent = send(post_ := post(reply))
    assert (sent.tally[UNCERTAIN], sent.tally[ACCEPTED]) == (1, 2)
    clock.advance(hours=1)
    assert kept(desk, composed).state is IssueState.SENT
    assert len(post_.sent) == 3


def test_who_leaves_between_plan_and_send_gets_nothing(
    desk, digest, composed, send, post
):
    """The first copy's departure is the moment at which the third member leaves."""
    post_ = post()

    def third_leaves(_message):
        post_.before = lambda _message: None
        with desk.database.write() as connection:
            members.unsubscribe(connection, "tuan", "C@vd.example", desk.clock.now)

    post_.before = third_leaves
    sent = send(post_)
    assert post_.recipients == ["a@vd.example", "b@vd.example"]
    assert sent.tally[CANCELLED] == 1
    assert kept(desk, composed).state is IssueState.SENT


def test_who_has_left_before_is_not_planned(desk, digest, send, post):
    secret = desk.mailing().secret
    (_, mail), *_ = messages(
        desk.mailing(),
        digest,
        preview(desk.mailing(), digest, desk.clock.now),
        digest.audience[:1],
    )
    link = next(
        line for line in mail.content.decode().split() if "/unsubscribe/tuan/" in line
    )
    token = link.strip("<>").rpartition("/")[2]
    for _ in range(2):
        assert leave(desk.database, digest, token, secret=secret, now=desk.clock.now)
    assert not leave(desk.database, digest, "x" * 32, secret=secret, now=desk.clock.now)
    sent = send(post_ := post())
    assert post_.recipients == ["b@vd.example", "c@vd.example"]
    assert sum(sent.tally.values()) == 2


def test_a_process_that_dies_between_claim_and_settle_never_sends_twice(
    desk, composed, send, post, clock
):
    """KeyboardInterrupt stands for kill -9: nothing after the hand-over happens."""
    with pytest.raises(KeyboardInterrupt):
        send(first := post(ACCEPTED, KeyboardInterrupt()))
    assert states(desk, composed) == [
        ACCEPTED,
        DeliveryState.SENDING,
        DeliveryState.PLANNED,
    ]
    assert rescue(desk.database, clock.now) == 1
    sent = send(second := post())
    assert second.recipients == ["c@vd.example"]
    assert sorted(first.recipients + second.recipients) == [
        "a@vd.example",
        "b@vd.example",
        "c@vd.example",
    ]
    assert (sent.tally[ACCEPTED], sent.tally[UNCERTAIN]) == (2, 1)
    assert rescue(desk.database, clock.now) == 0


def test_the_books_balance_whatever_the_replies(desk, composed, digest, send, post):
    send(post(ACCEPTED, REFUSED, UNCERTAIN))
    tally = as_it_stands(desk.database, composed).tally
    settled = (ACCEPTED, REFUSED, CANCELLED, UNCERTAIN)
    assert sum(tally[state] for state in settled) == len(digest.audience)


def test_a_member_with_an_address_of_no_use_does_not_stop_the_others(
    desk, composed, digest, post, clock
):
    bad = Member(address="a@b@vd.example\r\nBcc: x@vd.example")
    wider = replace(digest, audience=(bad, *digest.audience))
    sent = send_issue(desk.mailing(), wider, composed, post_ := post(), clock=clock)
    assert (sent.tally[REFUSED], sent.tally[ACCEPTED]) == (1, 3)
    assert len(post_.sent) == 3


def test_an_issue_that_renders_otherwise_than_approved_is_not_sent(
    desk, digest, composed, post, clock
):
    other = desk.mailing(site=replace(desk.site, title="Tên khác"))
    with pytest.raises(MailError, match="approve it again"):
        send_issue(other, digest, composed, post_ := post(), clock=clock)
    assert post_.sent == []
    again = approve(other, digest, composed)
    assert again.sha256 != composed.sha256
    assert send_issue(other, digest, again, post_, clock=clock).tally[ACCEPTED] == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sender": "không phải địa chỉ"}, "sender"),
        ({"bounce_domain": "không phải tên miền"}, "bounces"),
    ],
)
def test_settings_that_would_spoil_every_copy_are_said_before_the_first(
    desk, composed, send, post, given, said
):
    with pytest.raises(MailError, match=said):
        send(post_ := post(), work=desk.mailing(**given))
    assert post_.sent == []
    assert desk.copies(composed) == {}


def test_a_link_that_is_not_https_is_said_before_the_first_copy(
    desk, digest, composed, post, clock
):
    plain = desk.mailing(site=replace(desk.site, base_url="http://ban-tin.example"))
    again = approve(plain, digest, composed)
    with pytest.raises(MailError, match="must be https"):
        send_issue(plain, digest, again, post(), clock=clock)
    assert desk.copies(composed) == {}


def test_a_faulty_template_is_said_by_its_rules_before_the_first_copy(
    desk, digest, composed
):
    """A drawn issue that lost a story's link and grew a script stands for it."""
    work = desk.mailing()
    drawn = rendered(work, digest, composed.issue)
    url = composed.issue.items[0].url
    wrong = replace(
        drawn,
        html=drawn.html.replace("</body>", "<script>x</script></body>"),
        text=drawn.text.replace(url, "(không có)"),
    )
    with pytest.raises(MailError) as caught:
        check(work, digest, composed.issue, wrong)
    assert "text-link" in str(caught.value)
    assert "html" in str(caught.value)
    check(work, digest, composed.issue, drawn)


def test_a_desk_that_is_to_end_begins_no_further_copy(desk, composed, send, post):
    post_ = post()
    work = desk.mailing(stopping=lambda: bool(post_.sent))
    sent = send(post_, work=work)
    assert len(post_.sent) == 1
    assert sent.tally[DeliveryState.PLANNED] == 2
    assert kept(desk, composed).state is IssueState.APPROVED
    send(rest := post())
    assert rest.recipients == ["b@vd.example", "c@vd.example"]


def test_what_waits_of_an_older_window_expires_and_the_issue_is_closed(
    desk, digest, composed, send, post, clock
):
    send(post(DEFERRED, DEFERRED))
    clock.advance(days=7)
    work = desk.mailing()
    newer, _ = compose_issue(work, digest, clock.now)
    before = newer.issue.start
    assert expire(work, digest, before=before, now=clock.now) == 2
    copies = desk.copies(composed)
    assert copies["a@vd.example"].state is REFUSED
    assert copies["a@vd.example"].detail == "expired; said deferred"
    assert kept(desk, composed).state is IssueState.SENT
    assert kept(desk, newer).state is newer.state
    assert expire(work, digest, before=before, now=clock.now) == 0


def test_an_older_issue_that_was_never_begun_is_left_to_its_editor(
    desk, digest, composed, clock
):
    clock.advance(days=7)
    work = desk.mailing()
    newer, _ = compose_issue(work, digest, clock.now)
    assert expire(work, digest, before=newer.issue.start, now=clock.now) == 0
    assert kept(desk, composed).state is IssueState.APPROVED


def test_an_issue_on_the_web_has_no_link_to_leave(desk, digest, composed):
    drawn = draw(desk.mailing(), digest, composed.issue)
    assert "unsubscribe" not in drawn.html.lower()
    assert composed.issue.items[0].title in drawn.html


def test_copies_are_planned_once_however_often_sending_is_begun(
    desk, composed, send, post
):
    for _ in range(3):
        send(post())
    assert len(desk.ask(lambda c: deliveries.all_of(c, composed.id))) == 3


def test_an_address_in_two_spellings_gets_one_copy(desk, digest, composed, post, clock):
    twice = replace(
        digest,
        audience=(Member(address="A@vd.example"), Member(address="a@VD.example")),
    )
    sent = send_issue(desk.mailing(), twice, composed, post_ := post(), clock=clock)
    assert len(post_.sent) == 1
    assert sent.tally[ACCEPTED] == 1


def test_a_late_story_goes_into_the_next_issue(desk, web, digest, clock, monday, words):
    """Gathered after the window, published before its end: next week's news."""
    desk.with_news(1)
    clock.now = monday
    compose_issue(desk.mailing(), digest, clock.now)
    late = words.item(3, at=monday - timedelta(hours=3))
    web.pages[FEED] = words.rss(late, words.item(1))
    desk.visit()
    stored, _ = compose_issue(desk.mailing(), digest, clock.advance(days=7))
    assert [item.url for item in stored.issue.items] == ["https://tin.example/3.html"]
