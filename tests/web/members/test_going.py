"""Leaving with one click, and coming back after a mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from syndicate import signing
from syndicate.members.tokens import unsubscribe_token
from syndicate.model import Member
from syndicate.pipeline.membership.erasing import erase
from syndicate.pipeline.membership.links import unsubscribe_url
from syndicate.store import subscriptions

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link(desk):
    desk.confirmed("an@vd.example", "tuan", "thang")
    return unsubscribe_url("", desk.work.secret, desk.subscription("tuan").id)


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH"])
def test_other_methods_do_nothing_and_hear_which_there_are(desk, method):
    desk.confirmed()
    path = unsubscribe_url("", desk.work.secret, 1)
    answer = desk.call(method, path)
    allowed = {one.strip() for one in answer.headers["allow"].split(",")}
    assert (answer.status, allowed) == (405, {"GET", "HEAD", "POST"})
    assert desk.states() == {"tuan": "active"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_following_the_link_changes_nothing(desk, link, method):
    for _ in range(3):
        assert desk.call(method, link).status == 200
    assert desk.states() == {"tuan": "active", "thang": "active"}


def test_one_post_leaves_at_once_without_a_cookie_or_a_redirect(desk, link):
    for _ in range(3):
        answer = desk.send(link, ONE_CLICK)
        assert answer.status == 200
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers
    assert desk.states() == {"tuan": "unsubscribed", "thang": "active"}
    assert desk.post.sent[1:] == []  # nobody is written to for having left


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", b""),
        ("application/x-www-form-urlencoded", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nOne-Click\r\n--x--"),
        ("application/json", b"{"),
        ("application/x-www-form-urlencoded", b"\xff" * 100_000),
    ],
)
def test_a_post_leaves_whatever_its_body(desk, link, kind, body):
    assert desk.call("POST", link, body=body, content_type=kind).status == 200
    assert desk.states()["tuan"] == "unsubscribed"


def test_the_page_of_the_link_names_the_digest_and_no_address(desk, link, form):
    page = desk.get(link)
    assert form(page.text).actions == [link]
    assert "Bản tin &lt;tuần&gt;" in page.text
    assert "an@vd.example" not in page.text


def test_who_left_by_mistake_is_taken_back_by_a_button(desk, link, form):
    page = form(desk.send(link, ONE_CLICK).text)
    (back,) = page.actions
    assert any("/preferences/" in one for one in page.links)
    for method in ("GET", "HEAD"):
        assert desk.call(method, back).status == 200
    assert desk.states()["tuan"] == "unsubscribed"
    assert desk.send(back, {}).status == 200
    assert desk.states()["tuan"] == "active"


def test_the_way_back_is_open_for_a_day(desk, link, form):
    page = form(desk.send(link, ONE_CLICK).text)
    (back,) = page.actions
    desk.later(hours=25)
    assert form(desk.get(link).text).actions == []
    assert desk.send(back, {}).status == 404
    assert desk.states()["tuan"] == "unsubscribed"


def test_a_link_to_leave_takes_nobody_back(desk, link):
    desk.send(link, ONE_CLICK)
    word = link.removeprefix("/unsubscribe/")
    assert desk.send(f"/return/{word}", {}).status == 404


def test_an_erased_member_s_link_still_answers_200(desk, link):
    erase(desk.work, 1, desk.now)
    assert desk.send(link, ONE_CLICK).status == 200
    assert desk.get(link).status == 200


def test_who_left_and_was_erased_is_not_taken_back(desk, link, form):
    (back,) = form(desk.send(link, ONE_CLICK).text).actions
    erase(desk.work, 1, desk.now)
    assert desk.send(back, {}).status in (404, 409)
    with desk.database.read() as connection:
        kept = subscriptions.get(connection, 1)
    assert kept is None or kept.state != "active"


def test_a_token_of_another_purpose_leaves_nothing(desk, link):
    del link
    for purpose in ("confirm", "choose", "return", "bounce"):
        word = signing.token(desk.work.secret, purpose, 1)
        assert desk.send(f"/unsubscribe/{word}", ONE_CLICK).status == 404
    assert desk.states() == {"tuan": "active", "thang": "active"}


def test_a_store_that_is_shut_says_try_again_so_that_providers_do(desk, link):
    desk.database.close()
    path = Path(desk.database.url.removeprefix("sqlite:///"))
    for each in path.parent.glob("desk.db*"):
        each.unlink()
    path.mkdir()
    answer = desk.send(link, ONE_CLICK)
    assert answer.status == 503
    assert "retry-after" in answer.headers


# ── Links of mails from before members were kept ──


@pytest.fixture
def old(desk):
    digest = replace(
        desk.work.digests["noi-bo"], audience=(Member(address="an@vd.example"),)
    )
    work = replace(desk.work, digests={"noi-bo": digest})
    desk.call = desk.open(desk.made(work=work))
    token = unsubscribe_token(desk.work.secret, "noi-bo", "an@vd.example")
    return f"/unsubscribe/noi-bo/{token}"


def test_an_old_link_goes_on_working(desk, old):
    for method in ("GET", "HEAD"):
        assert desk.call(method, old).status == 200
    with desk.database.read() as connection:
        assert subscriptions.of_member(connection, 1) == []
    for _ in range(2):
        assert desk.send(old, ONE_CLICK).status == 200
    assert desk.states() == {"noi-bo": "unsubscribed"}


def test_an_old_link_of_nobody_is_unknown(desk, old):
    for path in (
        old[:-1] + "x",
        old.replace("noi-bo", "khac"),
        "/unsubscribe/noi-bo/x",
    ):
        for method in ("GET", "POST"):
            assert desk.call(method, path).status == 404
