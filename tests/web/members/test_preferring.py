"""Preferences: what comes, when, how, and until when not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import MemberState
from syndicate.pipeline.membership.exporting import told
from syndicate.store import members


@pytest.fixture
def link(desk):
    return desk.confirmed("an@vd.example", "tuan", "thang")


def member(desk):
    with desk.database.read() as connection:
        return members.get(connection, 1)


def saved(desk, link, **changed):
    """Load the form, change it, send it."""
    fields = desk.fields(link)
    for name, value in changed.items():
        key = name.replace("__", ".")
        if value is None:
            fields.pop(key, None)
        else:
            fields[key] = value
    return desk.send(link, fields | {"do": "save"})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(desk, link, method):
    assert desk.call(method, link).status == 200
    assert desk.states() == {"tuan": "active", "thang": "active"}


def test_a_form_that_is_sent_as_it_came_changes_nothing(desk, link):
    before = (member(desk), desk.subscription("tuan"), desk.subscription("thang"))
    answer = saved(desk, link)
    assert answer.status == 303
    after = (member(desk), desk.subscription("tuan"), desk.subscription("thang"))
    assert after[1:] == before[1:]
    assert after[0].name == before[0].name


def test_everything_that_is_offered_can_be_chosen(desk, link):
    answer = saved(
        desk,
        link,
        cadence__tuan="daily",
        weekday__tuan="4",
        hour__tuan="18",
        category__tuan=["y-te"],
        source__tuan=["bao", "dai"],
        name="Nguyễn Thị An",
        language="en",
        timezone="Europe/Paris",
        text_only="yes",
    )
    assert answer.status == 303
    choice, who = desk.subscription("tuan").choice, member(desk)
    assert (choice.cadence, choice.weekday, choice.hour) == ("daily", 4, 18)
    assert (choice.categories, choice.sources) == (("y-te",), ("bao", "dai"))
    assert (who.name, who.language, who.timezone) == (
        "Nguyễn Thị An",
        "en",
        "Europe/Paris",
    )
    assert who.text_only
    page = desk.get(answer.headers["location"])
    assert '<html lang="en"' in page.text
    assert "Saved." in page.text
    fields = desk.fields(link)
    assert fields["category.tuan"] == ["y-te"]
    assert fields["hour.tuan"] == ["18"]


def test_a_choice_can_be_taken_back(desk, link):
    saved(desk, link, cadence__tuan="daily", weekday__tuan="4", category__tuan=["y-te"])
    saved(desk, link, cadence__tuan="", weekday__tuan="", category__tuan=None)
    choice = desk.subscription("tuan").choice
    assert (choice.cadence, choice.weekday, choice.categories) == ("", None, ())


def test_to_leave_one_touches_no_other(desk, link):
    saved(desk, link, on__tuan=None)
    assert desk.states() == {"tuan": "unsubscribed", "thang": "active"}
    saved(desk, link, on__tuan="yes")
    assert desk.states() == {"tuan": "active", "thang": "active"}


def test_what_the_form_has_not_shown_is_left_alone(desk, link):
    answer = desk.send(link, {"do": "save", "row": "thang", "on.thang": "yes"})
    assert answer.status == 303
    assert desk.states() == {"tuan": "active", "thang": "active"}
    assert desk.send(link, {"do": "save"}).status == 303
    assert desk.states() == {"tuan": "active", "thang": "active"}


def test_a_new_digest_is_asked_for_by_mail(desk, links):
    link = desk.confirmed("an@vd.example", "tuan")
    answer = saved(desk, link, on__thang="yes")
    assert "saved=asked" in answer.headers["location"]
    assert desk.states() == {"tuan": "active", "thang": "pending"}
    (letter,) = desk.letters()
    desk.call("POST", links(letter)[0].removeprefix("https://ban-tin.example"))
    assert desk.states() == {"tuan": "active", "thang": "active"}


def test_who_left_long_ago_is_asked_by_mail_before_it_comes_again(desk, link, links):
    saved(desk, link, on__tuan=None)
    assert "A mail will ask you" not in desk.get(link, accept_language="en").text
    desk.later(days=2)
    assert "confirm" in desk.get(link + "?lang=en").text
    for day in ("3", "4"):  # another choice is no way around it
        answer = saved(desk, link, on__tuan="yes", weekday__tuan=day)
        assert "saved=asked" in answer.headers["location"]
        assert desk.states()["tuan"] == "unsubscribed"
    (letter,) = desk.letters()
    desk.call("POST", links(letter)[0].removeprefix("https://ban-tin.example"))
    assert desk.states()["tuan"] == "active"


def test_a_digest_that_nobody_may_sign_up_for_is_not_shown(desk, link):
    assert "noi-bo" not in desk.get(link).text
    saved(desk, link, row=["noi-bo"], on__noi__bo="yes")
    assert "noi-bo" not in desk.states()


# ── Pauses ──


def test_a_pause_begins_and_ends(desk, link):
    until = (desk.now + timedelta(days=20)).date()
    saved(desk, link, until__tuan=until.isoformat())
    kept = desk.subscription("tuan")
    assert kept.state == "paused"
    assert kept.paused_until.isoformat().startswith(
        (until - timedelta(days=1)).isoformat()
    )  # midnight in Vietnam
    assert desk.fields(link)["until.tuan"] == [until.isoformat()]
    saved(desk, link)
    assert desk.subscription("tuan") == kept
    saved(desk, link, until__tuan="")
    assert desk.states()["tuan"] == "active"


@pytest.mark.parametrize(
    "until",
    ["2020-01-01", "2026-11-22", "2030-01-01", "soon", "0001-01-01", "9999-12-31"],
)
def test_a_pause_that_cannot_be_is_said_beside_the_field(desk, link, until):
    answer = saved(desk, link, until__tuan=until, hour__tuan="7")
    assert answer.status == 422
    assert 'href="#until.tuan"' in answer.text
    assert 'aria-describedby="until.tuan-fault"' in answer.text
    assert f'value="{until}"' in answer.text
    assert desk.states()["tuan"] == "active"
    assert desk.subscription("tuan").choice.hour is None


# ── What nobody can choose ──


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cadence.tuan", "fortnightly"),
        ("weekday.tuan", "7"),
        ("hour.tuan", "24"),
        ("category.tuan", "khac"),
        ("source.tuan", "khac"),
        ("language", "fr"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
    ],
)
def test_what_is_not_offered_cannot_be_chosen(desk, link, field, value):
    before = member(desk), desk.subscription("tuan")
    answer = desk.send(link, desk.fields(link) | {field: value, "do": "save"})
    assert answer.status == 422
    assert f'href="#{field}"' in answer.text
    assert (member(desk), desk.subscription("tuan")) == before


@pytest.mark.parametrize(
    "name",
    ["x" * 5_000, "An\r\nBcc: ba@vd.example", "An\x00\x1b[31m", "\u202eAn\u2066"],
)
def test_a_name_is_one_line_of_what_can_be_seen(desk, link, name):
    assert saved(desk, link, name=name).status == 303
    kept = member(desk).name
    assert len(kept) <= 100
    assert kept.isprintable()


def test_a_wrong_deed_is_no_deed(desk, link):
    for do in ("", "erase", "x"):
        assert desk.send(link, {"do": do}).status == 400
    assert desk.call("POST", link).status == 415
    assert desk.states() == {"tuan": "active", "thang": "active"}


# ── Everything at once ──


def test_everything_can_be_left_at_once(desk, link):
    answer = desk.send(link, {"do": "leave"})
    assert answer.status == 303
    assert desk.states() == {"tuan": "unsubscribed", "thang": "unsubscribed"}
    assert desk.get(answer.headers["location"]).status == 200


def test_a_person_s_data_comes_by_mail_and_only_there(desk, link):
    desk.lettering = replace(desk.lettering, told=told)
    answer = desk.send(link, {"do": "data"})
    assert "an@vd.example" not in desk.get(answer.headers["location"]).text
    (letter,) = desk.letters()
    assert letter.recipient == "an@vd.example"
    for _ in range(3):
        answer = desk.send(link, {"do": "data"})
        desk.letters()
    assert "saved=enough" in answer.headers["location"]
    assert len(desk.post.sent) == 3  # with the one that asked to confirm


def test_erasing_takes_a_tick_and_a_button(desk, link, form):
    page = desk.get(f"{link}/erase")
    assert form(page.text).actions == [f"{link}/erase"]
    answer = desk.send(f"{link}/erase", {})
    assert answer.status == 422
    assert 'href="#sure"' in answer.text
    assert member(desk).state is MemberState.OK
    assert desk.send(f"{link}/erase", {"sure": "yes"}).status == 200
    kept = member(desk)
    assert (kept.address, kept.state) == ("", MemberState.ERASED)
    for path in (link, f"{link}/erase"):
        assert desk.get(path).status == 404


def test_the_page_shows_no_whole_address(desk, link):
    text = desk.get(link).text
    assert "a…@vd.example" in text
    assert "an@vd.example" not in text


# ── Pages ──


def test_no_page_with_a_token_is_kept_found_or_told_of(desk, link):
    for path in (link, f"{link}/erase"):
        headers = desk.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-robots-tag"].startswith("noindex")
        assert "canonical" not in desk.get(path).text


def test_no_page_has_a_script_or_anything_of_another_site(desk, link):
    loads = re.compile(r'<(?:img|link|iframe|source)[^>]*(?:src|href)="([^"]+)"')
    for path in (link, f"{link}/erase", "/subscribe", "/subscribe/sent"):
        text = desk.get(path).text
        assert "<script" not in text
        assert not re.search(r"<\w+[^>]*\son\w+=", text)
        own = ("/feeds/style.css", "https://ban-tin.example/subscribe")
        assert all(found in own for found in loads.findall(text))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_has_a_language_a_title_one_heading_and_labels(desk, link, language):
    paths = (link, f"{link}/erase", "/subscribe", "/subscribe/sent", "/confirm/x")
    for path in paths:
        text = desk.get(f"{path}?lang={language}").text
        assert f'<html lang="{language}"' in text
        assert re.search(r"<title>[^<]{5,}</title>", text)
        assert text.count("<h1") == 1
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        named = re.findall(r'<(?:input|select)[^>]*\sid="([^"]+)"', text)
        labelled = re.findall(r'<label for="([^"]+)"', text)
        inside = re.findall(r'<label class="tick"><input[^>]*\sid="([^"]+)"', text)
        assert set(named) == set(labelled) | set(inside)
        pointed = " ".join(
            re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', text)
        )
        assert set(pointed.split()) <= set(ids)


def test_hundreds_of_sources_can_be_ticked(desk, link):
    fields = desk.fields(link) | {"do": "save", "source.tuan": ["bao", "dai"] * 1_500}
    assert desk.send(link, fields).status == 303
    assert desk.subscription("tuan").choice.sources == ("bao", "dai")
    assert desk.send(link, fields | {"source.tuan": ["x" * 90] * 4_000}).status == 413
