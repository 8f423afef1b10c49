"""``syndicate status``: who needs somebody, what to do, and the report by mail."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import insert

from syndicate.model import Move, SourceMemory, SourceState
from syndicate.store import Database, schema, sources

SOURCE = """
[[source]]
key = "{key}"
title = "Nguồn {key}"
kind = "feed"
url = "https://{key}.example/rss"
"""
REPORT = """
[desk]
report_to = ["Ấn <an@vd.example>", "AN@vd.example", "ba@vd.example"]
"""


@pytest.fixture
def told(desk):
    """A desk of three feeds: one is well, one fails, one has moved."""
    desk.write(more="".join(SOURCE.format(key=key) for key in ("tot", "xau", "doi")))
    now = datetime.now(UTC)
    day = timedelta(days=1)
    move = Move(
        to="https://moi.example/rss",
        since=now - 8 * day,
        of="https://doi.example/rss",
        adopted=True,
    )
    fine = {"visited_at": now, "succeeded_at": now}
    bad = {"failures": 4, "error": "https://xau.example/rss: HTTP 500: later"}
    with (
        Database.open(f"sqlite:///{desk.folder}/var/syndicate.db") as database,
        database.write() as connection,
    ):
        for state in (
            SourceState(source="tot", **fine),
            SourceState(source="xau", **{**fine, "succeeded_at": now - day}, **bad),
            SourceState(source="doi", **fine, memory=SourceMemory(move=move)),
        ):
            sources.save(connection, state)
        connection.execute(
            insert(schema.traffic),
            [
                {
                    "host": f"h{n}.example",
                    "day": now.date().isoformat(),
                    "requests": 10 + n,
                    "not_modified": 5,
                    "bytes": 10**6,
                }
                for n in range(12)
            ],
        )
    return desk


def test_those_who_need_somebody_are_named_with_what_to_do(told):
    said = told.run("status", code=1).output
    assert "3 active, 1 failing." in said
    assert "4 failures: HTTP 500: later" in said
    assert "→ Try it by hand: `syndicate sources test xau`" in said
    lines = [line.strip() for line in said.splitlines() if "url =" in line]
    assert [tomllib.loads(line)["url"] for line in lines] == ["https://moi.example/rss"]
    assert "Nguồn tot" not in said
    assert said.index("xau") < said.index("doi")


def test_every_source_is_named_if_asked_for(told):
    said = told.run("status", "--all", code=1).output
    assert all(key in said for key in ("luu", "tot", "xau", "doi"))
    assert "h0.example" in said


def test_the_hosts_that_were_asked_most_are_shown(told):
    said = told.run("status", code=1).output
    assert "h11.example" in said
    assert "h1.example" not in said
    assert "2 further hosts" in said


def test_the_findings_are_there_for_machines_too(told):
    said = told.json("status", code=1)
    assert said["statuses"] == {"active": 3, "failing": 1}
    assert said["failing"] == ["xau"]
    assert {
        key: [one["code"] for one in found] for key, found in said["findings"].items()
    } == {"xau": ["failing"], "doi": ["moved"]}
    assert said["findings"]["doi"][0]["address"] == "https://moi.example/rss"
    assert said["traffic"][0] == {
        "host": "h11.example",
        "requests": 21,
        "not_modified": 5,
        "bytes": 10**6,
    }
    assert said["desk"] == []


def test_a_desk_that_is_well_says_so_in_a_line(gathered):
    said = gathered.run("status").output
    assert said.startswith("3 articles from 1 source. All of them are well.")


def test_a_desk_without_sources_has_no_traffic_and_no_findings(desk):
    desk.config.write_text('[site]\ntitle = "B"\nbase_url = "https://b.example"\n')
    assert desk.run("status").output.startswith("0 articles from 0 sources.")
    assert desk.json("status")["findings"] == {}


# ── By mail ──


def test_a_dry_run_prints_the_report_and_sends_nothing(told):
    said = told.run("status", "--mail", "--dry-run").output
    assert "Nguồn tin" in said or "Sources" in said
    assert "HTTP 500" in said
    assert not (told.folder / "var" / "outbox").exists()


def test_a_dry_run_is_of_the_mail_alone(told):
    assert "--mail" in told.run("status", "--dry-run", code=2).output


def test_without_an_address_nobody_gets_the_report(told):
    assert "report_to" in told.run("status", "--mail", code=4).stderr


def test_the_report_is_mailed_now_once_to_each_address(told):
    text = told.config.read_text(encoding="utf-8")
    told.config.write_text(text + REPORT, encoding="utf-8")
    copies = told.json("status", "--mail")
    assert [(one["address"], one["state"]) for one in copies] == [
        ("an@vd.example", "accepted"),
        ("ba@vd.example", "accepted"),
    ]
    files = sorted((told.folder / "var" / "outbox").glob("*.eml"))
    assert len(files) == 2
    mail = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert "HTTP 500" in mail.get_body(("plain",)).get_content()
    assert mail["List-Unsubscribe"] is None


def test_a_report_that_was_not_taken_is_1(told):
    text = told.config.read_text(encoding="utf-8")
    (told.folder / "taken").write_text("a file")
    mail = '\n[mail]\nurl = "folder:taken"\n'
    told.config.write_text(text + REPORT + mail, encoding="utf-8")
    assert "deferred" in told.run("status", "--mail", code=1).output
