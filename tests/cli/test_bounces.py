"""``bounce`` and ``bounces``: by a pipe, by hand, and for the desk to look at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from syndicate import signing
from syndicate.cli import main
from syndicate.store import Database

SECRET = "a secret of at least thirty-two letters"
QUESTION = b"From: lan@thu.example\nSubject: x\n\nWhat is this?\x1b[31m\n"
ANSWER = b"From: lan@thu.example\nSubject: x\nAuto-Submitted: auto-replied\n\nAway.\n"


@pytest.fixture
def desk(gathered: Any, due: str) -> Any:
    """A desk whose issue was sent to two members."""
    gathered.run("digest", "send", "--as-of", due)
    return gathered


def pipe(desk: Any, raw: bytes, *words: str, **environment: str) -> Result:
    done = CliRunner(env={"SYNDICATE_SECRET": SECRET, **environment}).invoke(
        main, ["-c", str(desk.config), "bounce", *words], input=raw
    )
    assert "Traceback" not in done.output
    return done


def rows(desk: Any, query: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(desk.folder / "var" / "syndicate.db")) as database:
        return database.execute(query, values).fetchall()


def copy(desk: Any) -> tuple[str, str]:
    """Address of a member, and the envelope of the copy that was sent there."""
    number, address = rows(desk, "SELECT id, address FROM deliveries ORDER BY id")[0]
    return address, f"b-{signing.token(SECRET, 'bounce', number)}@tra-lai.example"


def failed(address: str, to: str = "x@y.example") -> bytes:
    return f"""\
From: MAILER-DAEMON@mx.example
To: {to}
Content-Type: multipart/report; report-type=delivery-status; boundary=a

--a
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--a--
""".encode()


def state(desk: Any, address: str) -> str:
    (row,) = rows(desk, "SELECT state FROM members WHERE address = ?", address)
    return str(row[0])


def test_a_mail_system_pipes_a_bounce_and_the_address_is_given_up(desk: Any) -> None:
    address, word = copy(desk)
    done = pipe(desk, failed(address, word))
    assert (done.exit_code, done.output) == (0, "")
    assert state(desk, address) == "bounced"


@pytest.mark.parametrize("name", ["ORIGINAL_RECIPIENT", "RECIPIENT", "EXTENSION"])
def test_the_recipient_is_taken_from_the_environment(desk: Any, name: str) -> None:
    address, word = copy(desk)
    said = word.partition("@")[0] if name == "EXTENSION" else word
    assert pipe(desk, failed(address), **{name: said}).exit_code == 0
    assert state(desk, address) == "bounced"


def test_the_recipient_that_is_given_goes_first(desk: Any) -> None:
    address, word = copy(desk)
    pipe(desk, failed(address), "--recipient", word, RECIPIENT="nobody@x.example")
    assert state(desk, address) == "bounced"


def test_a_dry_run_says_what_it_is_and_changes_nothing(desk: Any) -> None:
    address, word = copy(desk)
    done = pipe(desk, failed(address, word), "--dry-run")
    assert "dsn" in done.output
    assert "5.1.1" in done.output
    assert state(desk, address) != "bounced"
    assert desk.json("bounces")["bounces"] == []


@pytest.mark.parametrize("raw", [b"", ANSWER, b"\xff\x00" * 1_000, b"x" * 3_000_000])
def test_whatever_is_piped_is_taken_or_ignored(desk: Any, raw: bytes) -> None:
    assert pipe(desk, raw).exit_code == 0


def test_a_mail_system_keeps_the_mail_while_the_store_is_locked(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = Database.open  # half a minute, which a test has not
    monkeypatch.setattr(Database, "open", lambda url: patient(url, timeout=0.2))
    address, word = copy(desk)
    path = desk.folder / "var" / "syndicate.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = pipe(desk, failed(address, word))
    assert done.exit_code == 75


def test_a_mail_system_keeps_the_mail_while_the_settings_are_wrong(
    desk: Any, tmp_path: Path
) -> None:
    desk.config.write_text("[site]\n", encoding="utf-8")
    assert pipe(desk, QUESTION).exit_code == 75


def test_a_mail_system_keeps_the_mail_while_there_is_no_secret(desk: Any) -> None:
    assert pipe(desk, QUESTION, SYNDICATE_SECRET="").exit_code == 75


def test_what_is_nobodys_is_listed_shown_and_settled(desk: Any) -> None:
    assert pipe(desk, QUESTION).exit_code == 0
    assert "bounces --unknown" in desk.run("bounces").output
    (held,) = desk.json("bounces", "--unknown")["bounces"]
    assert held["kind"] == "unknown"
    shown = desk.run("bounces", "show", str(held["id"])).output
    assert "What is this?" in shown
    assert "\x1b" not in shown
    assert "1" in desk.run("bounces", "settle", str(held["id"]), "--dry-run").output
    assert desk.json("bounces")["unsettled"] == 1
    desk.run("bounces", "settle", str(held["id"]))
    assert desk.json("bounces")["unsettled"] == 0
    assert desk.json("bounces", "--unknown")["bounces"] == []
    assert desk.json("bounces", "show", str(held["id"]))["raw"] is None


def test_what_came_since_a_day_is_listed(desk: Any) -> None:
    pipe(desk, QUESTION)
    assert len(desk.json("bounces", "--since", "2020-01-01")["bounces"]) == 1
    assert desk.json("bounces", "--since", "2999-01-01")["bounces"] == []


def test_a_number_that_is_none_is_said_plainly(desk: Any) -> None:
    assert "99" in desk.run("bounces", "show", "99", code=4).output
    assert desk.run("bounces", "show", "9" * 30, code=4)


def test_the_mailbox_of_the_settings_is_read(desk: Any) -> None:
    address, word = copy(desk)
    for name in ("new", "cur", "tmp"):
        (desk.folder / "box" / name).mkdir(parents=True)
    (desk.folder / "box" / "new" / "1.host").write_bytes(failed(address, word))
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(f'{text}\n[mail]\nbounces = "maildir:box"\n', "utf-8")
    assert desk.json("bounces", "read", "--dry-run")["messages"] == 1
    assert state(desk, address) != "bounced"
    told = desk.json("bounces", "read")
    assert told == {"messages": 1, "unknown": 0, "kinds": {"dsn": 1}}
    assert state(desk, address) == "bounced"
    assert [path.name for path in (desk.folder / "box" / "cur").iterdir()] == [
        "1.host:2,S"
    ]
    assert desk.run("bounces", "read").output == "0 messages.\n"


def test_without_a_mailbox_there_is_nothing_to_read(desk: Any) -> None:
    assert "bounces" in desk.run("bounces", "read", code=4).output
