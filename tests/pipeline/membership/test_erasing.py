"""A person is forgotten, wherever anything stands of them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from syndicate.errors import MemberError
from syndicate.members.marks import address_mark
from syndicate.model import Choice, MemberState, Origin
from syndicate.pipeline.membership.choosing import Wanted, choose
from syndicate.pipeline.membership.erasing import erase, erase_address
from syndicate.pipeline.membership.exporting import everything, told
from syndicate.pipeline.membership.importing import How, bring
from syndicate.pipeline.membership.scores import complain
from syndicate.pipeline.membership.suppressing import lift, standing, suppress
from syndicate.store import Database, consents
from syndicate.store.schema import (
    bounces,
    deliveries,
    issues,
    metadata,
    unsubscriptions,
)

RARE = "hiem.hoi@vd.example"
NAME = "Tôn Nữ Hiếm Hoi"
STATED = How(statement="said so by phone", form="import list.csv")


def _texts(desk: Any) -> Iterator[str]:
    """Everything that stands in the database, in small letters."""
    with desk.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                yield f"{table.name}: {tuple(row)!r}".lower()


def _issue(desk: Any, number: int) -> int:
    values = {
        "digest": "weekly",
        "number": number,
        "start": desk.now.replace(day=number),
        "end": desk.now.replace(day=number + 1),
        "state": "approved",
        "sha256": "",
        "created_at": desk.now,
        "content": {},
    }
    with desk.database.write() as connection:
        made = connection.execute(insert(issues).values(values).returning(issues.c.id))
        return int(made.scalar_one())


def _copy(desk: Any, issue: int, **more: Any) -> int:
    values = {
        "issue_id": issue,
        "address": RARE,
        "mailbox": RARE,
        "name": NAME,
        "domain": "vd.example",
        "state": "accepted",
        "attempts": 1,
        "detail": f"550 5.1.1 <{RARE}>: no such user",
        "changed_at": desk.now,
        "fence": 0,
        "variant": "",
        "message_id": "",
        "relay": "",
        "status": "5.1.1",
    } | more
    with desk.database.write() as connection:
        query = insert(deliveries).values(values).returning(deliveries.c.id)
        return int(connection.execute(query).scalar_one())


def _bounce(desk: Any, **more: Any) -> None:
    values = {
        "at": desk.now,
        "kind": "dsn",
        "status": "5.1.1",
        "diagnostic": f"<{RARE}>: unknown",
        "sha256": hashlib.sha256(repr(more).encode()).hexdigest(),
        **{
            column.name: "" if "VARCHAR" in str(column.type) else False
            for column in bounces.c
            if not column.nullable
            and column.name
            not in ("id", "at", "kind", "status", "diagnostic", "sha256")
        },
    } | more
    with desk.database.write() as connection:
        connection.execute(insert(bounces).values(values))


@pytest.fixture
def marked(desk: Any) -> Any:
    """A desk that knows of one person what it can."""
    member = desk.join(RARE, "weekly", "monthly", name=NAME)
    choices = {"weekly": Choice(cadence="daily", categories=("y-te",))}
    wanted = Wanted(language="en", timezone="Europe/Paris", choices=choices)
    choose(desk.work, member.id, wanted, desk.now)
    text = f"address,name,digests\n{RARE},{NAME},weekly\n"
    bring(desk.work, text, STATED, now=desk.now)
    first, second = _issue(desk, 1), _issue(desk, 2)
    copy = _copy(desk, first, member_id=member.id)
    _copy(desk, second, member_id=member.id, state="deferred", due_at=desk.now)
    _copy(desk, _issue(desk, 3))
    _bounce(desk, member_id=member.id)
    _bounce(desk, delivery_id=copy)
    _bounce(desk, kind="unknown", diagnostic="", raw=f"To: {RARE.upper()}".encode())
    _bounce(desk, kind="unknown", diagnostic="", raw=b"To: somebody@else.example")
    with desk.database.write() as connection:
        row = {"digest": "gone", "mailbox": RARE, "at": desk.now}
        connection.execute(insert(unsubscriptions).values(row))
    return desk


def test_nothing_is_left_of_a_person_but_marks(marked: Any) -> None:
    number = marked.member(RARE).id
    done = erase_address(marked.work, f" {RARE.upper()} ", marked.now)
    assert dict(done.held) == {
        "members": 1,
        "subscriptions": 2,
        "deliveries": 3,
        "letters": 1,
        "bounces": 3,
        "unsubscriptions": 1,
    }
    for said in _texts(marked):
        assert RARE not in said, said
        assert NAME.lower() not in said, said
        assert "paris" not in said, said
        assert "vd.example" not in said, said
    gone = marked.member(RARE)
    assert (gone.id, gone.state) == (number, MemberState.ERASED)
    assert marked.audience() == marked.audience("monthly") == []


def test_the_ledger_still_adds_up_and_what_waited_is_cancelled(marked: Any) -> None:
    erase_address(marked.work, RARE, marked.now)
    with marked.database.read() as connection:
        rows = connection.execute(deliveries.select().order_by(deliveries.c.id)).all()
    mark = address_mark(marked.work.secret, RARE)
    assert [row.state for row in rows] == ["accepted", "cancelled", "accepted"]
    assert {(row.mailbox, row.address, row.detail) for row in rows} == {
        (mark, "", "erased")
    }
    assert [row.status for row in rows] == ["5.1.1"] * 3


def test_another_persons_mail_is_left_alone(marked: Any) -> None:
    other = "x" + RARE
    marked.join(other)
    _copy(marked, _issue(marked, 4), address=other, mailbox=other)
    erase_address(marked.work, RARE, marked.now)
    assert marked.audience() == [other]
    with marked.database.read() as connection:
        raws = connection.execute(bounces.select().where(bounces.c.raw.is_not(None)))
        assert [row.raw for row in raws] == [b"To: somebody@else.example"]
    assert len(everything(marked.work, other)["copies"]) == 1


def test_to_look_first_changes_nothing(marked: Any) -> None:
    before = sorted(_texts(marked))
    done = erase_address(marked.work, RARE, marked.now, dry_run=True)
    assert done.held["deliveries"] == 3
    assert sorted(_texts(marked)) == before


def test_records_of_consent_stay_by_mark_without_the_address(desk: Any) -> None:
    how = How(statement=f"{NAME} <{RARE}> wrote to us", form="members add")
    bring(desk.work, f"address,name,digests\n{RARE},{NAME},weekly\n", how, now=desk.now)
    mark = address_mark(desk.work.secret, RARE)
    with desk.database.read() as connection:
        (before,) = consents.of(connection, mark)
    erase_address(desk.work, RARE, desk.now)
    with desk.database.read() as connection:
        stated, left = consents.of(connection, mark)
    assert stated.text == "… <…> wrote to us"
    assert stated.version == before.version
    assert (left.kind.value, left.form) == ("left", "erased")


def test_who_was_erased_comes_back_by_no_import_and_no_sign_up(marked: Any) -> None:
    erase_address(marked.work, RARE, marked.now)
    text = f"address,digests\n{RARE},weekly\n"
    assert bring(marked.work, text, STATED, now=marked.now).fates["suppressed"] == 1
    letters = len(marked.letters())
    marked.ask(RARE)
    assert len(marked.letters()) == letters
    assert RARE not in "".join(_texts(marked))


def test_who_complained_and_is_let_in_again_gets_what_they_signed_up_for(
    desk: Any,
) -> None:
    member = desk.join(RARE, "weekly")
    with desk.database.write() as connection:
        complain(connection, member.id, desk.now)
    assert (desk.audience(), desk.subscription(RARE).origin) == ([], Origin.SIGNUP)
    assert lift(desk.work, RARE, "pressed the wrong button, wrote to us", desk.now)
    assert desk.audience() == [RARE]
    # of an address that is unverified, a claim lets pass what the desk vouches for
    assert desk.member(RARE).state is MemberState.UNVERIFIED
    assert desk.subscription(RARE).origin is Origin.DESK


def test_who_was_erased_and_let_in_again_begins_anew(marked: Any) -> None:
    number = marked.member(RARE).id
    erase_address(marked.work, RARE, marked.now)
    assert lift(marked.work, RARE, "came to the office", marked.now)
    assert marked.member(RARE).state is MemberState.ERASED, "nothing is kept as yet"
    text = f"address,digests,name\n{RARE},weekly monthly,Hoi\n"
    assert bring(marked.work, text, STATED, now=marked.now).fates["left"] == 2
    assert RARE not in "".join(_texts(marked)), "an import does not undo that they left"
    marked.later(days=1)
    marked.ask(RARE)
    assert marked.confirm() == ("weekly",)
    again = marked.member(RARE)
    assert (again.id, again.address, again.name) == (number, RARE, "")
    assert marked.audience() == [RARE]
    assert marked.subscription(RARE).choice == Choice()


def test_who_is_no_member_is_suppressed_all_the_same(desk: Any) -> None:
    done = erase_address(desk.work, RARE, desk.now)
    assert sum(done.held.values()) == 0
    assert not done.suppressed
    assert standing(desk.work, RARE.upper()).kept is not None
    assert erase_address(desk.work, RARE, desk.now).suppressed


def test_what_the_person_said_goes_before_what_the_desk_says(desk: Any) -> None:
    assert suppress(desk.work, RARE, "by letter", desk.now)
    assert not suppress(desk.work, RARE, "again", desk.now)
    erase_address(desk.work, RARE, desk.now)
    assert not suppress(desk.work, RARE, "again", desk.now)
    kept = standing(desk.work, RARE).kept
    assert kept is not None
    assert kept.reason.value == "erased"
    with pytest.raises(MemberError):
        lift(desk.work, RARE, "  ", desk.now)


def test_a_person_is_told_everything_that_is_kept(marked: Any) -> None:
    with marked.database.read() as connection:
        said = told(connection, marked.member(RARE).id)
    for word in (RARE, NAME, "Europe/Paris", "y-te", "/subscribe", "5.1.1"):
        assert word in said
    erase(marked.work, marked.member(RARE).id, marked.now)
    with marked.database.read() as connection:
        assert told(connection, marked.member(RARE).id) == ""


def test_the_file_holds_no_byte_of_it_however_often_rows_had_changed(
    sqlite_desk: Any, tmp_path: Path
) -> None:
    desk = sqlite_desk
    for number in range(300):
        desk.ask(f"m{number}@vd.example", name=f"{NAME} {number}")
    wanted = f"m{150}@vd.example"
    member = desk.member(wanted)
    for number in range(50):
        new = Wanted(name=f"{NAME} 150 {'x' * number}", timezone="Asia/Ho_Chi_Minh")
        choose(desk.work, member.id, new, desk.now)
    done = erase_address(desk.work, wanted, desk.now)
    assert done.clean
    for path in tmp_path.glob("only.db*"):
        content = path.read_bytes()
        assert wanted.encode() not in content
        assert f"{NAME} 150".encode() not in content
    assert b"m151@vd.example" in (tmp_path / "only.db").read_bytes()


def test_a_reader_that_holds_the_file_is_told_and_nothing_is_lost(
    sqlite_desk: Any, tmp_path: Path
) -> None:
    desk = sqlite_desk
    desk.join(RARE)
    with Database.open(f"sqlite:///{tmp_path / 'only.db'}", timeout=0.1) as other:
        with other.read() as connection:
            consents.tally(connection)
            assert not erase_address(desk.work, RARE, desk.now).clean
        assert erase_address(desk.work, RARE, desk.now).clean
    assert desk.member(RARE).state is MemberState.ERASED


def test_a_backup_from_before_is_another_file(sqlite_desk: Any, tmp_path: Path) -> None:
    """What was copied away is not ours to wipe: the mark keeps the person away."""
    desk = sqlite_desk
    desk.join(RARE)
    desk.database.scrub(["nothing at all"])
    shutil.copyfile(tmp_path / "only.db", tmp_path / "backup")
    erase_address(desk.work, RARE, desk.now)
    assert RARE.encode() in (tmp_path / "backup").read_bytes()
