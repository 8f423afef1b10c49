"""Confirming: a page with a button behind the link, and the button works once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate import signing
from syndicate.pipeline.membership.erasing import erase
from syndicate.pipeline.membership.leaving import leave, leave_all
from syndicate.store import consents, members


@pytest.fixture
def asked(desk, links):
    """Sign up; gives the link in the letter."""

    def ask(address="an@vd.example", *digests):
        desk.sign_up(address, *digests)
        (letter,) = desk.letters()
        return links(letter)[0].removeprefix("https://ban-tin.example")

    return ask


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_following_the_link_confirms_nothing(desk, asked, method):
    """Mail gateways follow every link of a mail."""
    link = asked()
    for _ in range(3):
        assert desk.call(method, link).status == 200
    assert desk.states() == {"tuan": "pending"}


def test_the_button_confirms(desk, asked, form):
    link = asked()
    page = desk.get(link).text
    assert form(page).actions == [link]
    answer = desk.send(link, {})
    assert answer.status == 200
    assert "location" not in answer.headers
    assert desk.states() == {"tuan": "active"}


def test_a_post_without_a_body_confirms_too(desk, asked):
    assert desk.call("POST", asked()).status == 200
    assert desk.states() == {"tuan": "active"}


def test_what_was_agreed_to_is_kept_word_for_word(desk, asked):
    desk.call("POST", asked())
    with desk.database.read() as connection:
        kept = consents.of(connection, members.mark_of(connection, 1))
    assert [one.kind for one in kept] == ["asked", "confirmed"]
    assert kept[0].form == "/subscribe"
    assert kept[0].text in desk.get("/subscribe").text
    assert kept[0].text == kept[1].text


def test_only_what_the_letter_names_is_confirmed(desk, asked):
    """A stranger may have signed the address up for more meanwhile."""
    link = asked("an@vd.example", "tuan")
    desk.sign_up("an@vd.example", "thang")
    desk.call("POST", link)
    assert desk.states() == {"tuan": "active", "thang": "pending"}


def test_a_used_link_says_so_kindly_and_changes_nothing(desk, asked):
    link = asked()
    desk.call("POST", link)
    leave(desk.work, desk.subscription("tuan").id, desk.now)
    for method in ("GET", "POST"):
        answer = desk.call(method, link)
        assert answer.status == 200
        assert "chỉ dùng" in answer.text or "only once" in answer.text
    assert desk.states() == {"tuan": "unsubscribed"}


def test_who_has_left_since_is_not_told_that_all_is_well(desk, asked, links):
    first = asked()
    desk.sign_up("an@vd.example", "thang")
    (second,) = desk.letters()
    assert desk.call("POST", first).status == 200
    desk.later(seconds=1)
    leave_all(desk.work, 1, desk.now)
    desk.later(seconds=1)
    answer = desk.call("POST", links(second)[0].removeprefix(desk.work.site.base_url))
    assert answer.status == 410
    assert set(desk.states().values()) == {"unsubscribed"}


def test_an_old_link_says_so_kindly_and_offers_the_form(desk, asked, form):
    link = asked()
    desk.later(days=7, minutes=2)
    for method in ("GET", "POST"):
        answer = desk.call(method, link)
        assert answer.status == 410
        assert "/subscribe" in form(answer.text).links
    assert desk.states() == {"tuan": "pending"}


def test_a_link_works_for_seven_days(desk, asked):
    link = asked()
    desk.later(days=6, hours=23)
    assert desk.call("POST", link).status == 200
    assert desk.states() == {"tuan": "active"}


def test_the_link_of_an_address_that_was_shut_since_confirms_nothing(desk, asked):
    link = asked()
    erase(desk.work, 1, desk.now)
    for method in ("GET", "POST"):
        assert desk.call(method, link).status == 410


@pytest.mark.parametrize("purpose", ["leave", "choose", "letter", "return", "form"])
def test_a_token_of_another_purpose_confirms_nothing(desk, asked, purpose):
    asked()
    expires = desk.now + timedelta(days=1)
    word = signing.token(desk.work.secret, purpose, 1, expires=expires)
    assert desk.call("POST", f"/confirm/{word}").status == 404
    assert desk.states() == {"tuan": "pending"}


def test_a_letter_of_another_kind_confirms_nothing(desk, asked):
    desk.call("POST", asked())
    desk.sign_up("an@vd.example")  # owes the letter that says "already"
    word = signing.token(
        desk.work.secret, "confirm", 2, expires=desk.now + timedelta(days=1)
    )
    assert desk.call("POST", f"/confirm/{word}").status == 410


def test_capitals_in_a_link_do_no_harm(desk, asked):
    word = asked().removeprefix("/confirm/")
    assert desk.call("POST", f"/confirm/{word.upper()}").status == 200


# ── Guessing ──


def test_a_guess_is_unknown_and_many_are_slowed_down(desk):
    statuses = [desk.get(f"/confirm/{'a' * 31}{n % 10}").status for n in range(40)]
    assert statuses[:30] == [404] * 30
    assert statuses[30:] == [429] * 10


def test_a_link_of_ours_works_while_others_guess_from_the_same_network(desk, asked):
    link = asked()
    for n in range(60):
        desk.call("POST", f"/unsubscribe/{'b' * 30}{n:02}")
    assert desk.get(link).status == 200
    assert desk.call("POST", link).status == 200


def test_guesses_are_logged_without_tokens_and_networks(desk, caplog):
    for n in range(40):
        desk.get(f"/preferences/{'c' * 30}{n:02}")
    assert caplog.text.count("not ours") == 1
    assert "ccc" not in caplog.text
    assert "127.0.0" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/confirm/x",
        "/confirm/",
        "/confirm/%C4%91%00%ff",
        "/confirm/" + "a" * 5_000,
        "/preferences/x/y/z",
        "/unsubscribe/a/b/c",
        "/return/x",
        "/preferences/x/erase",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_no_link_is_unknown_in_words(desk, method, path):
    answer = desk.call(method, path)
    assert answer.status == 404
    assert desk.call.raised is None
    assert "location" not in answer.headers
