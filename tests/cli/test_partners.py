"""`syndicate partners`: who takes what, and tokens that are shown once."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from syndicate.cli import main
from syndicate.publish.tokens import hashed, is_token
from syndicate.store import Database, partners


def holder(desk, token):
    url = f"sqlite:///{desk.folder}/var/syndicate.db"
    with Database.open(url) as database, database.read() as connection:
        return partners.holding(connection, hashed(token))


def test_adding_a_partner_shows_its_token_once_and_where_to_read(desk):
    said = desk.run("partners", "add", "bao", "--title", "Báo Tỉnh").stdout
    token = next(word for word in said.split() if is_token(word))
    assert f"https://ban.example/partner/{token}/feed.atom" in said
    assert "https://ban.example/partner/feed.atom" in said
    assert holder(desk, token).title == "Báo Tỉnh"
    shown = desk.run("partners", "show", "bao").stdout
    listed = desk.run("partners", "list").stdout
    as_json = desk.run("partners", "show", "bao", "--json").stdout
    for later in (shown, listed, as_json):
        assert token not in later
    assert f"…{token[-4:]}" in shown


def test_json_gives_token_address_and_what_was_asked_for(desk):
    made = desk.json(
        "partners",
        "add",
        "bao",
        "--feed",
        "category/cau-duong",
        "--feed",
        "source/luu",
        "--feed",
        "source/luu",
        "--rights",
        "extract",
        "--format",
        "json",
        "--items",
        "20",
    )
    assert made["address"].endswith(f"/partner/{made['token']}/feed.json")
    found = desk.json("partners", "show", "bao")
    assert found["feeds"] == ["category/cau-duong", "source/luu"]
    assert (found["rights"], found["format"], found["items"]) == ("extract", "json", 20)
    assert (found["pulls"], found["pulled"], found["missing"]) == (0, None, [])
    assert "token" not in found
    assert found["address"] == "https://ban.example/partner/feed.json"
    assert desk.json("partners", "list") == [found]


def test_a_partner_that_is_not_told_of_more_gets_everything(desk):
    found = desk.json("partners", "add", "bao")
    assert (found["feeds"], found["rights"]) == (["all"], "full")
    assert (found["format"], found["items"]) == ("atom", 50)


def test_a_feed_that_there_is_not_is_refused_with_those_that_there_are(desk):
    done = desk.run("partners", "add", "bao", "--feed", "category/x", code=4)
    assert "category/x" in done.stderr
    assert "category/cau-duong" in done.stderr
    assert desk.json("partners", "list") == []


@pytest.mark.parametrize("name", ["", "Báo", "a b", "-a", "a--b", "a/b", "x" * 41])
def test_a_name_that_commands_could_not_take_is_refused(desk, name):
    done = CliRunner().invoke(
        main, ["-c", str(desk.config), "partners", "add", "--", name]
    )
    assert done.exit_code == 2


def test_a_name_is_taken_once(desk):
    desk.run("partners", "add", "bao")
    assert "bao" in desk.run("partners", "add", "bao", code=4).stderr


def test_a_change_keeps_the_token_and_what_is_not_named(desk):
    token = desk.json("partners", "add", "bao", "--items", "7")["token"]
    changed = desk.json(
        "partners", "change", "bao", "--feed", "source/luu", "--title", " Báo  mới "
    )
    assert (changed["feeds"], changed["items"]) == (["source/luu"], 7)
    assert changed["title"] == "Báo mới"
    assert holder(desk, token).feeds == ("source/luu",)
    assert (
        "x/y" in desk.run("partners", "change", "bao", "--feed", "x/y", code=4).stderr
    )
    desk.run("partners", "change", "bao", "--items", "0", code=2)
    assert desk.json("partners", "change", "bao", "--title", "")["title"] == ""


def test_a_renewed_token_ends_the_old_one(desk):
    old = desk.json("partners", "add", "bao")["token"]
    new = desk.json("partners", "renew", "bao")["token"]
    assert new != old
    assert holder(desk, old) is None
    assert holder(desk, new).name == "bao"


def test_a_dry_run_revokes_and_removes_nobody(desk):
    token = desk.json("partners", "add", "bao")["token"]
    desk.run("partners", "revoke", "bao", "--dry-run")
    desk.run("partners", "remove", "bao", "--dry-run")
    assert holder(desk, token).revoked_at is None


def test_a_revoked_partner_stays_in_the_list_until_it_is_removed(desk):
    token = desk.json("partners", "add", "bao")["token"]
    assert "renew bao" in desk.run("partners", "revoke", "bao").stdout
    assert holder(desk, token).revoked_at is not None
    assert desk.json("partners", "list")[0]["revoked"]
    assert desk.json("partners", "renew", "bao")["revoked"] is None
    desk.run("partners", "remove", "bao")
    assert desk.json("partners", "list") == []
    desk.run("partners", "list")


def test_a_partner_that_nobody_knows_is_an_error_with_those_one_knows(desk):
    desk.run("partners", "add", "bao")
    for words in (["show"], ["change"], ["renew"], ["revoke"], ["remove"]):
        assert "bao" in desk.run("partners", *words, "dai", code=4).stderr


def test_a_feed_that_is_no_more_is_named_where_partners_are(desk):
    desk.write('\n[[feed]]\nkey = "rieng"\ntitle = "Riêng"\n')
    desk.run("partners", "add", "bao", "--feed", "rieng", "--feed", "all")
    desk.write()
    assert desk.json("partners", "show", "bao")["missing"] == ["rieng"]
    for words in (["partners", "list"], ["partners", "show", "bao"], ["status"]):
        assert "rieng" in desk.run(*words).stdout
    assert desk.json("status")["partners"] == [
        {"name": "bao", "missing": ["rieng"], "revoked": None, "pulled": None}
    ]
