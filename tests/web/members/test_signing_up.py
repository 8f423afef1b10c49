"""Signing up: one form, one letter, and the same answer whatever an address's state."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from syndicate.members.marks import address_mark
from syndicate.model import Suppression, SuppressionReason
from syndicate.pipeline.membership.leaving import leave
from syndicate.store import attempts, members, suppressions
from syndicate.store.schema import attempts as attempts_table
from syndicate.web.members import forms

SIGNED = (303, "/subscribe/sent")
ENGLISH = {"accept_language": "en-GB,en;q=0.8,vi;q=0.3"}


def seen(answer):
    """All that an answer tells, but for the date."""
    return answer.status, dict(answer.headers), answer.body


def test_a_sign_up_owes_one_letter_and_nothing_is_active(desk):
    answer = desk.sign_up("an@vd.example")
    assert (answer.status, answer.headers["location"]) == SIGNED
    assert desk.states() == {"tuan": "pending"}
    assert desk.woken == 1
    (letter,) = desk.letters()
    assert letter.recipient == "an@vd.example"
    assert desk.letters() == []


def test_several_digests_are_asked_for_with_one_letter(desk):
    desk.sign_up("an@vd.example", "tuan", "thang")
    (letter,) = desk.letters()
    assert desk.states() == {"tuan": "pending", "thang": "pending"}
    assert letter.content.count(b"multipart/alternative") == 1


def test_a_digest_that_nobody_may_sign_up_for_is_not_offered(desk):
    assert "noi-bo" not in desk.get("/subscribe").text
    answer = desk.sign_up("an@vd.example", "noi-bo")
    assert answer.status == 422
    assert desk.letters() == []


def test_without_a_digest_to_sign_up_for_there_is_no_form(desk, without_signup):
    call = desk.open(desk.made(work=without_signup(desk.work)))
    for method in ("GET", "POST"):
        assert call(method, "/subscribe").status == 404


def test_how_often_it_comes_can_be_chosen_if_it_is_offered(desk):
    desk.sign_up("an@vd.example", **{"cadence.tuan": "monthly"})
    assert desk.subscription("tuan").choice.cadence == "monthly"
    desk.sign_up("ba@vd.example", **{"cadence.tuan": "fortnightly"})
    assert desk.subscription("tuan", 2).choice.cadence == ""


def test_the_name_is_kept_and_never_repeated_in_the_letter(desk):
    desk.sign_up("an@vd.example", name="Win a prize at https://spam.example")
    (letter,) = desk.letters()
    assert b"spam" not in letter.content
    with desk.database.read() as connection:
        assert "prize" in members.get(connection, 1).name


# ── Enumeration ──


def known_in_every_state(desk):
    """Addresses in every state that matters, and what each came to."""
    desk.confirmed("active@vd.example")
    desk.confirmed("left@vd.example")
    leave(desk.work, desk.subscription("tuan", 2).id, desk.now)
    desk.sign_up("pending@vd.example")
    desk.letters()
    return ["active@vd.example", "left@vd.example", "pending@vd.example"]


def test_the_answer_is_the_same_whatever_the_state_of_the_address(desk):
    addresses = [*known_in_every_state(desk), "new@vd.example", "shut@vd.example"]
    with desk.database.write() as connection:
        suppressions.add(
            connection,
            Suppression(
                mark=address_mark(desk.work.secret, "shut@vd.example"),
                reason=SuppressionReason.DESK,
                at=desk.now,
            ),
        )
    for _ in range(4):  # beyond the limit of mails, too
        desk.later(hours=2)
        answers = [seen(desk.sign_up(address)) for address in addresses]
        assert all(answer == answers[0] for answer in answers)
    assert {letter.recipient for letter in desk.letters()} == {
        "active@vd.example",
        "left@vd.example",
        "pending@vd.example",
        "new@vd.example",
    }


def test_nothing_is_sent_while_somebody_waits_for_the_answer(desk):
    desk.sign_up("an@vd.example")
    assert desk.post.sent == []


def test_answers_come_at_even_times(desk):
    call = desk.open(desk.made(evenly=0.2))
    fields = desk.fields() | {"email": "an@vd.example"}
    desk.later(seconds=5)
    body = urlencode(fields, doseq=True).encode()
    kind = "application/x-www-form-urlencoded"
    for _ in range(3):
        began = time.perf_counter()
        call("POST", "/subscribe", body=body, content_type=kind)
        spent = time.perf_counter() - began
        assert spent >= 0.2
        assert spent % 0.2 < 0.1


def test_who_gets_it_already_is_told_so_by_mail_alone(desk, links):
    desk.confirmed("an@vd.example")
    desk.sign_up("an@vd.example", **{"cadence.tuan": "daily"})
    (letter,) = desk.letters()
    (link, *_) = links(letter)
    assert "/preferences/" in link
    assert desk.subscription("tuan").choice.cadence == ""
    assert desk.states() == {"tuan": "active"}


# ── Floods ──


def test_an_address_gets_three_letters_a_day_and_no_more(desk):
    for _ in range(8):
        desk.sign_up("an@vd.example")
        desk.letters()
    assert len(desk.post.sent) == 3
    desk.later(hours=25)
    desk.sign_up("an@vd.example")
    assert len(desk.letters()) == 1


@pytest.mark.parametrize("spelt", ["nan.nhan+{n}@vd.example", "{dotted}+{n}@gmail.com"])
def test_one_mailbox_is_not_flooded_under_many_spellings(desk, spelt):
    for n in range(18):
        dotted = f"{'nguyenan'[: n % 7 + 1]}.{'nguyenan'[n % 7 + 1 :]}"
        desk.sign_up(spelt.format(n=n, dotted=dotted))
    assert len(desk.letters()) == 9


def test_spellings_in_capitals_are_one_address(desk):
    for address in ("An@vd.example", "an@VD.example", "AN@vd.EXAMPLE", "an@vd.example"):
        desk.sign_up(address)
        desk.letters()
    assert len(desk.post.sent) == 3


def test_a_network_may_sign_up_twenty_an_hour(desk):
    statuses = [desk.sign_up(f"n{n}@vd.example").status for n in range(22)]
    assert statuses == [303] * 20 + [429] * 2
    desk.later(hours=1)
    assert desk.sign_up("later@vd.example").status == 303


def test_who_is_turned_away_is_told_when_to_come_again(desk):
    for n in range(20):
        desk.sign_up(f"n{n}@vd.example")
    answer = desk.sign_up("more@vd.example")
    assert answer.headers["retry-after"] == "3600"
    assert "an hour" in desk.sign_up("x@vd.example", headers=ENGLISH).text


def test_a_restart_lets_nobody_begin_anew(desk):
    for n in range(20):
        desk.sign_up(f"n{n}@vd.example")
    desk.call = desk.open(desk.made())
    assert desk.sign_up("more@vd.example").status == 429


def test_all_together_have_a_limit_too(desk):
    with desk.database.write() as connection:
        for _ in range(1_000):
            attempts.note(connection, "all", "all", desk.now)
    answer = desk.sign_up("an@vd.example")
    assert answer.status == 503
    assert desk.letters() == []


def test_neither_networks_nor_addresses_can_be_read_in_the_store(desk):
    desk.sign_up("an@vd.example")
    with desk.database.read() as connection:
        rows = connection.execute(attempts_table.select()).fetchall()
    said = " ".join(f"{row.kind} {row.mark}" for row in rows)
    assert len(rows) == 3
    assert "vd.example" not in said
    assert "127." not in said


# ── Programs ──


def test_a_program_that_fills_in_the_trap_is_answered_like_everybody(desk):
    answer = desk.sign_up("an@vd.example", homepage="https://spam.example")
    assert (answer.status, answer.headers["location"]) == SIGNED
    assert desk.states() == {}


def test_a_form_that_came_back_at_once_is_shown_again_as_it_was(desk, form):
    fields = desk.fields() | {"email": "an@vd.example", "name": "An"}
    answer = desk.send("/subscribe", fields)
    assert answer.status == 200
    assert desk.states() == {}
    again = form(answer.text).forms[0]
    assert (again["email"], again["name"]) == (["an@vd.example"], ["An"])
    desk.later(seconds=3)
    assert desk.send("/subscribe", again).status == 303


@pytest.mark.parametrize("stamp", ["", "x" * 32, "7" * 32, None])
def test_a_form_that_is_not_ours_is_shown_with_what_it_said(desk, form, stamp):
    fields = desk.fields() | {"email": "an@vd.example", "t": stamp}
    if stamp is None:
        del fields["t"]
    desk.later(seconds=5)
    answer = desk.send("/subscribe", fields)
    assert answer.status == 200
    assert form(answer.text).forms[0]["email"] == ["an@vd.example"]
    assert desk.states() == {}


def test_a_clock_that_was_set_back_locks_nobody_out(desk, form):
    fields = desk.fields() | {"email": "an@vd.example"}
    desk.later(hours=-3)
    again = form(desk.send("/subscribe", fields).text).forms[0]
    desk.later(seconds=3)
    assert desk.send("/subscribe", again).status == 303


def test_a_site_in_another_language_takes_sign_ups(desk, form):
    site = replace(desk.work.site, language="fr")
    work = replace(desk.work, site=site)
    desk.call = desk.open(desk.made(work=work, site=site))
    assert form(desk.get("/subscribe").text).forms[0]["language"] == [""]
    assert desk.sign_up("an@vd.example").status == 303
    assert len(desk.letters()) == 1


def test_a_form_of_yesterday_is_shown_once_more(desk):
    fields = desk.fields() | {"email": "an@vd.example"}
    desk.later(hours=25)
    assert desk.send("/subscribe", fields).status == 200
    assert desk.states() == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_has_a_browser_send_is_shown_not_taken(desk, site):
    fields = desk.fields() | {"email": "an@vd.example"}
    desk.later(seconds=5)
    answer = desk.send("/subscribe", fields, sec_fetch_site=site)
    assert answer.status == 200
    assert desk.states() == {}


# ── What is sent ──


@pytest.mark.parametrize(
    "address",
    [
        "",
        "an",
        "an@",
        "@vd.example",
        "an@vd.example, ba@vd.example",
        "an@vd.example\r\nBcc: ba@vd.example",
        "an@vd.example\x00",
        "a\x00n@vd.example",
        "an\u200b@vd.example",
        "<an@vd.example>",
        '"an"@vd.example',
        "an@localhost",
        "an@[127.0.0.1]",
        "ân@vd.example",
        "a" * 65 + "@vd.example",
        "an@" + "x" * 250 + ".example",
        "\U0001f600" * 400,
        "an@vd..example",
        "an\u202e@vd.example",
    ],
)
def test_what_is_no_address_is_said_beside_the_field(desk, form, address):
    answer = desk.sign_up(address)
    assert answer.status == 422
    assert 'href="#email"' in answer.text
    assert 'aria-describedby="email-fault"' in answer.text
    assert 'id="email-fault"' in answer.text
    assert desk.states() == {}
    assert desk.letters() == []


@pytest.mark.parametrize("address", ["  an@vd.example ", "an@bücher.example"])
def test_what_people_paste_is_taken(desk, address):
    assert desk.sign_up(address).status == 303
    assert len(desk.letters()) == 1


def test_markup_in_a_field_stays_text(desk):
    answer = desk.sign_up('"><script>alert(1)</script>', name="<b>x</b>")
    assert "<script" not in answer.text
    assert "<b>x</b>" not in answer.text


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"email=" + b"a" * 17_000, 413),
        ("application/x-www-form-urlencoded", b"email=%ff%fe", 400),
        ("application/x-www-form-urlencoded", b"\xff\xfe", 400),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 1_200), 400),
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("text/plain", b"email=an@vd.example", 415),
        ("", b"email=an@vd.example", 415),
    ],
)
def test_what_is_no_form_of_ours_is_not_read(desk, kind, body, status):
    answer = desk.call("POST", "/subscribe", body=body, content_type=kind)
    assert answer.status == status
    assert desk.states() == {}


def test_a_length_that_is_too_large_is_refused_before_the_body(desk):
    answer = desk.call(
        "POST",
        "/subscribe",
        content_type="application/x-www-form-urlencoded",
        content_length="9" * 30,
    )
    assert answer.status == 413


def test_a_body_that_never_ends_is_not_waited_for(desk, monkeypatch):
    monkeypatch.setattr(forms, "PATIENCE", 0.1)

    async def ask():
        said = []

        async def receive():
            await asyncio.sleep(0.03)
            return {"type": "http.request", "body": b"a", "more_body": True}

        async def send(message):
            said.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/subscribe",
            "query_string": b"",
            "headers": [(b"content-type", b"application/x-www-form-urlencoded")],
            "client": ("127.0.0.1", 1),
        }
        await asyncio.wait_for(desk.call.application(scope, receive, send), 5)
        return said[0]["status"]

    assert asyncio.run(ask()) == 408


# ── Languages ──


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/subscribe", {}, "vi"),
        ("/subscribe", ENGLISH, "en"),
        ("/subscribe?lang=en", {}, "en"),
        ("/subscribe?lang=vi", ENGLISH, "vi"),
        ("/subscribe?lang=xx", {}, "vi"),
        ("/subscribe", {"accept_language": "fr, de;q=0.5"}, "vi"),
        ("/subscribe", {"accept_language": "*"}, "vi"),
        ("/subscribe", {"accept_language": "en;q=0, vi;q=x"}, "vi"),
        ("/subscribe/sent?lang=en", {}, "en"),
    ],
)
def test_a_page_speaks_the_language_of_who_asks(desk, path, headers, language):
    assert f'<html lang="{language}"' in desk.get(path, **headers).text


def test_the_language_that_was_asked_for_stays(desk, form):
    text = desk.get("/subscribe?lang=en").text
    assert form(text).actions == ["/subscribe?lang=en"]
    fields = form(text).forms[0] | {"email": "an@vd.example", "digest": "tuan"}
    desk.later(seconds=5)
    answer = desk.send("/subscribe?lang=en", fields)
    assert answer.headers["location"] == "/subscribe/sent?lang=en"
    (letter,) = desk.letters()
    assert b"Content-Language: en" in letter.content


def test_a_form_that_asks_for_a_digest_has_it_ticked(desk, form):
    assert form(desk.get("/subscribe?digest=thang").text).forms[0]["digest"] == [
        "thang"
    ]


# ── Headers ──


def test_pages_are_kept_by_nobody_and_tell_nobody_of_their_address(desk):
    for path in ("/subscribe", "/subscribe/sent"):
        headers = desk.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in headers
        assert "script" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
