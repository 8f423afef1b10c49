"""Letters: owed with their reason, sent within seconds, never twice, never too many."""

from __future__ import annotations

import email
import email.policy
import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate import signing
from syndicate.digest.linting.lint import errors, lint
from syndicate.errors import MailError
from syndicate.members.marks import address_mark
from syndicate.model import (
    Blame,
    DeliveryState,
    Letter,
    LetterKind,
    Member,
    MemberState,
    Reply,
    Suppression,
    SuppressionReason,
    Theme,
)
from syndicate.pipeline.membership.letters import (
    Lettering,
    forget,
    is_spent,
    letter_for,
    owe,
    send_letters,
    spend,
)
from syndicate.store import letters, members, suppressions, used_tokens
from syndicate.templating import templates

SENDER = "Bàn tin <ban@ban.example>"
ACCEPTED = Reply(state=DeliveryState.ACCEPTED)
_OF_LISTS = ("unsubscribe-", "list-id", "text-unsubscribe")


class Post:
    """Takes what is sent, and answers what it is told to."""

    def __init__(self, *answers):
        self.sent, self.closed = [], 0
        self.answers = [*answers]

    def send(self, message):
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        self.closed += 1


@pytest.fixture
def lettering(desk):
    return Lettering(
        database=desk.database,
        site=desk.work.site,
        digests=desk.work.digests,
        templates=lambda language: templates(language=language),
        sender=SENDER,
        bounce_domain="tra-ve.ban.example",
        secret=desk.work.secret,
        confirm_within=timedelta(days=7),
    )


@pytest.fixture
def owed(desk):
    """Owe letters to a new member; gives the number of the last one."""

    def make(kind=LetterKind.CONFIRM, *, times=1, most=0, digests=("weekly",), **more):
        address = more.pop("address", "an@vd.example")
        with desk.database.write() as connection:
            mark = address_mark(desk.work.secret, address)
            member = members.marked(connection, mark) or members.add(
                connection,
                Member(address=address, **more),
                mailbox=address,
                mark=mark,
                now=desk.now,
            )
            made = [
                owe(connection, kind, member.id, digests, desk.now, most=most)
                for _ in range(times)
            ]
        return made[-1]

    return make


def send(desk, lettering, post):
    return send_letters(lettering, lambda: post, clock=lambda: desk.now)


def state(desk, number):
    with desk.database.read() as connection:
        return letters.find(connection, number)


def text_of(message):
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    return parsed.get_body(("plain",)).get_content()


# ── Owing ──


def test_the_same_letter_that_has_not_left_is_owed_once(desk, owed):
    assert owed() == owed() == owed(times=5)
    assert len(desk.letters()) == 1


def test_a_member_gets_so_many_letters_a_day(desk, lettering, owed):
    post = Post()
    for kind in (LetterKind.CONFIRM, LetterKind.ALREADY, LetterKind.DATA):
        assert owed(kind, most=3)
        send(desk, lettering, post)
    desk.later(seconds=5)
    assert owed(LetterKind.CONFIRM, most=3) is None
    assert owed(LetterKind.PROBE, most=3)
    desk.later(hours=24)
    assert owed(LetterKind.CONFIRM, most=3)


def test_a_form_that_is_pressed_twice_owes_one_letter(desk, lettering, owed):
    first = owed(most=3)
    send(desk, lettering, Post())
    desk.later(seconds=1)
    assert owed(most=3) == first
    desk.later(minutes=1)
    assert owed(most=3) > first


def test_who_does_not_stop_asking_fills_no_mailbox(desk, lettering, owed):
    for _day in range(60):
        for kind in (LetterKind.CONFIRM, LetterKind.ALREADY) * 3:
            owed(kind, most=3)
            send(desk, lettering, Post())
            desk.later(minutes=5)
        desk.later(days=1)
    assert 12 < len(desk.letters()) < 30  # of 180 that three a day would be
    assert owed(LetterKind.DATA, most=3)
    desk.later(days=7)
    assert owed(LetterKind.CONFIRM, most=3)


def test_letters_of_others_do_not_count(desk, lettering, owed):
    for n in range(5):
        assert owed(address=f"n{n}@vd.example", most=1)


# ── Leaving ──


def test_what_is_owed_is_sent_once(desk, lettering, owed):
    number, post = owed(), Post()
    assert send(desk, lettering, post) == {DeliveryState.ACCEPTED: 1}
    assert send(desk, lettering, post) == {}
    assert state(desk, number).state is DeliveryState.ACCEPTED
    assert (len(post.sent), post.closed) == (1, 1)


def test_nothing_is_opened_when_nothing_is_due(desk, lettering):
    def never():
        raise AssertionError("opened")

    assert send_letters(lettering, never, clock=lambda: desk.now) == {}


def test_a_letter_that_was_put_off_is_tried_for_a_day_and_is_the_same(
    desk, lettering, owed
):
    number = owed()
    put_off = Reply(state=DeliveryState.DEFERRED, detail="451 later", code=451)
    post = Post(*[put_off] * 99)
    while state(desk, number).state in (DeliveryState.PLANNED, DeliveryState.DEFERRED):
        send(desk, lettering, post)
        desk.later(minutes=1)
    assert state(desk, number).state is DeliveryState.REFUSED
    assert 8 <= len(post.sent) <= 15
    assert timedelta(hours=18) < desk.now - state(desk, number).asked_at
    assert len({mail.content for mail in post.sent}) == 1


def test_a_relay_that_says_when_is_not_asked_sooner(desk, lettering, owed):
    number = owed()
    later = desk.now + timedelta(hours=3)
    put_off = Reply(state=DeliveryState.DEFERRED, again_at=later)
    send(desk, lettering, Post(put_off))
    assert state(desk, number).due_at == later


def test_a_letter_that_was_refused_is_not_tried_again(desk, lettering, owed):
    number = owed()
    refused = Reply(state=DeliveryState.REFUSED, blame=Blame.ADDRESS, code=550)
    post = Post(refused)
    send(desk, lettering, post)
    desk.later(days=1)
    assert send(desk, lettering, post) == {}
    assert state(desk, number).state is DeliveryState.REFUSED


def test_who_wants_to_know_hears_what_became_of_it(desk, lettering, owed):
    heard = []
    number = owed()
    lettering = replace(
        lettering,
        on_reply=lambda _c, letter, reply, _now: heard.append((letter.id, reply.code)),
    )
    send(desk, lettering, Post(Reply(state=DeliveryState.REFUSED, code=550)))
    assert heard == [(number, 550)]


def test_a_line_that_breaks_leaves_it_in_doubt_and_the_next_one_goes(
    desk, lettering, owed
):
    first, second = owed(), owed(address="ba@vd.example")
    post = Post(OSError("broken"))
    assert send(desk, lettering, post) == {
        DeliveryState.UNCERTAIN: 1,
        DeliveryState.ACCEPTED: 1,
    }
    assert state(desk, first).state is DeliveryState.UNCERTAIN
    assert state(desk, second).state is DeliveryState.ACCEPTED


def test_a_process_that_dies_sends_nothing_twice(desk, lettering, owed):
    number = owed()

    class Dies(Post):
        def send(self, message):
            super().send(message)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(desk, lettering, Dies())
    assert state(desk, number).state is DeliveryState.SENDING
    post = Post()
    send(desk, lettering, post)
    desk.later(hours=1)
    send(desk, lettering, post)
    assert post.sent == []
    assert state(desk, number).state is DeliveryState.UNCERTAIN


def test_two_processes_send_each_letter_once(desk, lettering, owed):
    for n in range(12):
        owed(address=f"n{n}@vd.example")
    posts = [Post(), Post(), Post()]
    threads = [
        threading.Thread(target=send, args=(desk, lettering, post)) for post in posts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [mail.recipient for post in posts for mail in post.sent]
    assert sorted(sent) == sorted(f"n{n}@vd.example" for n in range(12))


def test_a_desk_that_is_to_end_begins_no_other_letter(desk, lettering, owed):
    owed(), owed(address="ba@vd.example")
    post = Post()
    lettering = replace(lettering, stopping=lambda: bool(post.sent))
    send(desk, lettering, post)
    assert len(post.sent) == 1


@pytest.mark.parametrize(
    "gone", [MemberState.ERASED, MemberState.INVALID, MemberState.COMPLAINED]
)
def test_nobody_is_written_to_who_is_gone_since(desk, lettering, owed, gone):
    number = owed()
    with desk.database.write() as connection:
        members.set_state(connection, 1, gone, desk.now)
    assert send(desk, lettering, Post()) == {DeliveryState.CANCELLED: 1}
    assert state(desk, number).state is DeliveryState.CANCELLED


def test_nobody_is_written_to_who_was_suppressed_since(desk, lettering, owed):
    owed()
    kept = Suppression(
        mark=address_mark(desk.work.secret, "an@vd.example"),
        reason=SuppressionReason.DESK,
        at=desk.now,
    )
    with desk.database.write() as connection:
        suppressions.add(connection, kept)
    post = Post()
    assert send(desk, lettering, post) == {DeliveryState.CANCELLED: 1}
    assert post.sent == []


def test_a_letter_that_cannot_be_made_waits_and_stops_no_other(
    desk, lettering, owed, tmp_path
):
    (tmp_path / "mail").mkdir()
    broken = tmp_path / "mail" / "letter.html"
    broken.write_text("{{ nothing.there }}")
    lettering = replace(
        lettering,
        templates=lambda language: templates([tmp_path], language=language),
    )
    number, post = owed(), Post()
    owed(address="ba@vd.example")
    assert send(desk, lettering, post) == {DeliveryState.DEFERRED: 2}
    assert "nothing" in state(desk, number).detail
    broken.unlink()
    desk.later(minutes=2)
    send(desk, lettering, post)
    assert len(post.sent) == 2


def test_the_log_names_nobody(desk, lettering, owed, caplog):
    caplog.set_level("INFO")
    owed()
    refused = Reply(
        state=DeliveryState.REFUSED, detail="550 <an@vd.example> unknown", code=550
    )
    send(desk, lettering, Post(refused))
    assert "550" in caplog.text
    assert "vd.example" not in caplog.text


# ── What a letter says ──


def made(lettering, desk, kind=LetterKind.CONFIRM, **member):
    letter = Letter(
        id=41,
        kind=kind,
        member=7,
        digests=("weekly", "monthly"),
        state=DeliveryState.SENDING,
        attempts=1,
        asked_at=desk.now,
    )
    values = {"id": 7, "address": "an@vd.example", "name": "Buy at spam.example"}
    return letter_for(lettering, letter, Member(**(values | member)), told="a: b\n\nc")


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_letter_is_without_an_error(desk, lettering, kind, language):
    message = made(lettering, desk, kind, language=language)
    found = errors(lint(message.content))
    assert [one for one in found if not one.rule.startswith(_OF_LISTS)] == []


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_same_letter_is_the_same_bytes(desk, lettering, kind):
    assert made(lettering, desk, kind) == made(lettering, desk, kind)


def test_the_headers_say_what_it_is(desk, lettering):
    message = made(lettering, desk)
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    word = signing.token(desk.work.secret, "letter", 41)
    assert message.sender == f"l-{word}@tra-ve.ban.example"
    assert message.message_id == f"<letter.{word}@ban.example>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["To"] == "an@vd.example"
    assert [name for name in parsed.keys() if name.startswith("List-")] == []  # noqa: SIM118 -- of a mail


def test_nothing_of_what_somebody_typed_is_repeated(desk, lettering):
    message = made(lettering, desk)
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    said = text_of(message) + parsed.get_body(("html",)).get_content()
    assert "spam" not in message.content.decode() + said
    assert "an@vd.example" not in said


def test_the_link_to_confirm_works_for_as_long_as_it_says(desk, lettering):
    text = text_of(made(lettering, desk))
    (link,) = [line for line in text.split() if "/confirm/" in line]
    word = link.rpartition("/")[2]
    until = desk.now + timedelta(days=7)
    numbers = [
        signing.number_of(desk.work.secret, "confirm", word, at)
        for at in (desk.now, until - timedelta(minutes=1), until + timedelta(minutes=1))
    ]
    assert numbers == [41, 41, None]


def test_a_person_s_data_comes_whole_however_long_it_is(desk, lettering):
    lines = [f'  "{n}": "{"dài " * 20}\x85\u0301\x9b"' for n in range(5_000)]
    letter = Letter(
        id=41,
        kind=LetterKind.DATA,
        member=7,
        digests=(),
        state=DeliveryState.SENDING,
        attempts=1,
        asked_at=desk.now,
    )
    member = Member(id=7, address="an@vd.example")
    message = letter_for(lettering, letter, member, told="\n".join(lines))
    assert text_of(message).count('": "dài') == 5_000
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    assert len(parsed.get_body(("html",)).get_content()) < 100_000


def test_a_letter_leads_nowhere_but_home(desk, lettering):
    for kind in LetterKind:
        message = made(lettering, desk, kind)
        parsed = email.message_from_bytes(message.content, policy=email.policy.default)
        found = re.findall(
            r'(?:href|src)="([^"]+)"', parsed.get_body(("html",)).get_content()
        )
        assert found
        assert all(link.startswith("https://ban.example/") for link in found)


@pytest.mark.parametrize(
    "title",
    [
        "Bản tin " + "rất dài " * 60,
        "<b>&amp; {{ x }} None",
        "Tin\u202e\x07 mới\n hôm nay",
        "📰" * 200,
        "مرحبا بالعالم",
        "Thông báo 213-QĐ/TW",
    ],
)
@pytest.mark.parametrize("kind", [LetterKind.CONFIRM, LetterKind.ALREADY])
def test_whatever_a_digest_is_called_the_letter_is_sound(desk, lettering, kind, title):
    digests = {
        key: replace(one, title=title, theme=Theme(accent="#003366"))
        for key, one in lettering.digests.items()
    }
    message = made(replace(lettering, digests=digests), desk, kind)
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    assert len(parsed["Subject"]) <= 150


def test_a_digest_that_is_gone_is_not_named(desk, lettering):
    message = made(replace(lettering, digests={}), desk, LetterKind.PROBE)
    assert "Bàn tin" in text_of(message)


def test_an_address_that_cannot_stand_in_a_header_is_refused(desk, lettering):
    for address in ("an@vd.example\r\nBcc: ba@vd.example", "an", "an@@vd.example"):
        with pytest.raises(MailError):
            made(lettering, desk, address=address)


def test_without_a_bounce_domain_it_comes_from_the_sender(desk, lettering):
    assert made(replace(lettering, bounce_domain=""), desk).sender == "ban@ban.example"


def test_postal_address_and_privacy_stand_at_the_foot(desk, lettering):
    more = replace(
        lettering,
        postal_address="12 đường 30/4, Cửu Hà",
        privacy="https://ban.example/rieng-tu",
    )
    text = text_of(made(more, desk))
    assert "12 đường 30/4" in text
    assert "https://ban.example/rieng-tu" in text


# ── Links that work once ──


def test_a_link_to_confirm_is_used_up_by_one(desk, owed):
    number, secret = owed(), desk.work.secret
    with desk.database.write() as connection:
        assert not is_spent(connection, secret, number)
        assert spend(connection, secret, number, desk.now).id == number
        assert spend(connection, secret, number, desk.now) is None
        assert is_spent(connection, secret, number)


def test_no_other_letter_has_such_a_link(desk, owed):
    others = [owed(kind) for kind in LetterKind if kind is not LetterKind.CONFIRM]
    with desk.database.write() as connection:
        for number in (*others, 999, 2**70):
            assert spend(connection, desk.work.secret, number, desk.now) is None


def test_used_links_are_remembered_for_longer_than_they_would_work(desk, owed):
    number, within = owed(), timedelta(days=40)
    with desk.database.write() as connection:
        spend(connection, desk.work.secret, number, desk.now)
        forget(connection, within, desk.later(days=79))
        assert is_spent(connection, desk.work.secret, number)
        forget(connection, within, desk.later(days=2))
        assert not is_spent(connection, desk.work.secret, number)


def test_tables_do_not_grow_for_ever(desk, lettering, owed):
    for n in range(20):
        owed(address=f"n{n}@vd.example")
    send(desk, lettering, Post())
    desk.later(days=31)
    with desk.database.write() as connection:
        used_tokens.use(connection, "x", desk.now - timedelta(days=90))
        assert forget(connection, timedelta(days=7), desk.now) == 21
        assert letters.latest(connection) == []
