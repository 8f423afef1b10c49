"""Tables of people come in, and nobody is put on what they left."""

from __future__ import annotations

from typing import Any

import pytest

from syndicate.errors import MemberError
from syndicate.members.marks import address_mark
from syndicate.model import Choice, Member, MemberState, Origin
from syndicate.pipeline.membership.enrolling import Fate
from syndicate.pipeline.membership.exporting import as_csv, as_json_lines
from syndicate.pipeline.membership.importing import (
    How,
    Imported,
    add,
    bring,
    bring_suppressed,
)
from syndicate.pipeline.membership.leaving import leave
from syndicate.pipeline.membership.suppressing import standing, suppress
from syndicate.store import consents, members

AN, BA, TU = "an@vd.example", "ba@vd.example", "tu@vd.example"
STATED = How(
    statement="agreed on paper, 1/10", form="import p.csv", digests=("weekly",)
)
ASKED = How(statement="", form="import p.csv", digests=("weekly",))


def _bring(desk: Any, text: str, how: How = STATED, **more: Any) -> Imported:
    return bring(desk.work, text, how, now=desk.now, **more)


def test_people_are_put_on_digests_with_what_they_chose(desk: Any) -> None:
    text = (
        "address;name;digests;language;timezone;text_only;cadence;weekday;hour;"
        "categories;sources\n"
        "An@VD.example;An;weekly, monthly;en;Europe/Paris;có;;mon;7;y-te cau-duong;\n"
        "ba@vd.example;;weekly;;;;daily;6;;;baodong\n"
    )
    done = _bring(desk, text)
    assert (done.fates[Fate.ADDED], done.rows, done.troubles) == (3, 2, [])
    assert desk.audience() == ["An@vd.example", BA]
    an = desk.member(AN)
    assert (an.name, an.language, an.timezone, an.text_only) == (
        *("An", "en", "Europe/Paris"),
        True,
    )
    choice = Choice(categories=("cau-duong", "y-te"), weekday=0, hour=7)
    assert desk.subscription(AN).choice == choice
    assert desk.subscription(AN).origin is Origin.IMPORT
    assert desk.subscription(BA).choice == Choice(
        cadence="daily", weekday=6, sources=("baodong",)
    )


def test_the_statement_is_kept_for_each_person_and_digest(desk: Any) -> None:
    _bring(desk, f"address\n{AN}\n{BA}\n")
    with desk.database.read() as connection:
        (record,) = consents.of(connection, address_mark(desk.work.secret, BA))
    assert (record.text, record.form, record.kind.value) == (
        "agreed on paper, 1/10",
        "import p.csv",
        "stated",
    )


def test_to_import_twice_is_to_import_once(desk: Any) -> None:
    text = f"address,name\n{AN},An\n{BA},Ba\n"
    _bring(desk, text)
    before = (desk.member(AN), desk.subscription(AN))
    desk.later(days=1)
    done = _bring(desk, text.replace("An\n", "Khác\n").upper().lower())
    assert done.fates == {Fate.KNOWN: 2}
    assert (desk.member(AN), desk.subscription(AN)) == before
    with desk.database.read() as connection:
        assert len(consents.of(connection, address_mark(desk.work.secret, AN))) == 1


def test_an_import_fills_in_a_name_and_changes_none(desk: Any) -> None:
    desk.join(AN)
    desk.join(BA, name="Ba tự đặt")
    _bring(desk, f"address,name\n{AN},An\n{BA},Khác\n")
    assert (desk.member(AN).name, desk.member(BA).name) == ("An", "Ba tự đặt")


@pytest.mark.parametrize("how", [STATED, ASKED])
def test_an_import_overrides_nothing_that_a_person_said(desk: Any, how: How) -> None:
    people = [f"{name}@vd.example" for name in ("left", "out", "dead", "angry", "here")]
    for address in people:
        desk.join(address)
    leave(desk.work, desk.subscription(people[0]).id, desk.now)
    suppress(desk.work, people[1], "", desk.now)
    for address, state in (
        (people[2], MemberState.BOUNCED),
        (people[3], MemberState.COMPLAINED),
    ):
        with desk.database.write() as connection:
            members.set_state(connection, desk.member(address).id, state, desk.now)
    letters = len(desk.letters())
    done = _bring(desk, "address\n" + "\n".join(people), how)
    assert done.fates == {
        Fate.LEFT: 1,
        Fate.SUPPRESSED: 1,
        Fate.STOPPED: 2,
        Fate.KNOWN: 1,
    }
    assert desk.audience() == [people[4]]
    assert len(desk.letters()) == letters


def test_a_bounced_address_is_put_on_no_other_digest(desk: Any) -> None:
    an = desk.join(AN)
    with desk.database.write() as connection:
        members.set_state(connection, an.id, MemberState.BOUNCED, desk.now)
    done = _bring(desk, f"address,digests\n{AN},monthly\n")
    assert done.fates == {Fate.STOPPED: 1}
    assert desk.state(AN, "monthly") == ""


def test_leaving_one_digest_does_not_keep_an_import_from_another(desk: Any) -> None:
    desk.join(AN)
    leave(desk.work, desk.subscription(AN).id, desk.now)
    done = _bring(desk, f"address,digests\n{AN},weekly monthly\n")
    assert done.fates == {Fate.LEFT: 1, Fate.ADDED: 1}
    assert (desk.audience(), desk.audience("monthly")) == ([], [AN])


def test_each_is_asked_by_one_letter_where_nobody_states_anything(desk: Any) -> None:
    text = f"address,digests\n{AN},weekly monthly\n{BA},weekly\n"
    done = _bring(desk, text, ASKED)
    assert done.fates == {Fate.ADDED: 3}
    assert [row.digest for row in desk.letters()] == ["weekly monthly", "weekly"]
    assert desk.audience() == []
    desk.post()
    assert _bring(desk, text, ASKED).fates == {Fate.KNOWN: 3}
    assert len(desk.letters()) == 2
    assert desk.confirm() == ("weekly",)
    assert desk.audience() == [BA]
    assert desk.subscription(BA).origin is Origin.SIGNUP


def test_a_dry_run_tells_the_same_and_keeps_nothing(desk: Any) -> None:
    desk.join(TU)
    text = f"address\n{AN}\nnonsense\n{TU}\n{AN.upper()}\n"
    dry = _bring(desk, text, dry_run=True)
    assert desk.find(AN) is None
    wet = _bring(desk, text)
    assert (dry.fates, dry.troubles, dry.rows) == (wet.fates, wet.troubles, wet.rows)
    assert [one.line for one in wet.troubles] == [3, 5]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x@y\r", "mail address"),
        ("an@vd.example\tx,An", "mail address"),
        (f"{AN},An,nothing", "nothing"),
        (f"{AN},An,,fr", "fr"),
        (f"{AN},An,,,Mars", "Mars"),
        (f"{AN},An,,,,99", "weekday"),
        (f"{AN},An,,,,,x", "hour"),
        (f"{AN},An,,,,,,x", "category"),
        (f"{AN},An,,,,,,,odd", "odd"),
        (f"{AN},An,,,,,,,paused,tomorrow", "tomorrow"),
        (f"{AN},An,,,,,,,paused,", "until when"),
        (f"{AN},An,,,,,,,paused,9999-12-31T23:59:59+07:00", "9999"),
        (f"{AN},An,,,,,,,paused,0001-01-01T00:00:00+07:00", "0001"),
    ],
)
def test_a_bad_row_says_what_is_wrong(desk: Any, row: str, said: str) -> None:
    heads = (
        "address,name,digests,language,timezone,weekday,hour,categories,state,"
        "paused_until"
    )
    done = _bring(desk, f"{heads}\n{row}\n{BA}\n")
    (trouble,) = done.troubles
    assert trouble.line == 2
    assert said in trouble.what
    assert desk.audience() == [BA]


def test_a_row_without_a_digest_is_a_bad_row(desk: Any) -> None:
    how = How(statement="x", form="f")
    done = _bring(desk, f"address,digests\n{AN},\n{BA},weekly\n", how)
    assert [one.line for one in done.troubles] == [2]


def test_addresses_are_read_as_programs_write_them(desk: Any) -> None:
    text = f"address\nmailto:{AN}\nBa <{BA}>\n\u200b{TU}\u00a0\n"
    assert _bring(desk, text).troubles == []
    assert desk.audience() == [AN, BA, TU]


def test_a_table_of_another_desk_brings_its_departures_along(desk: Any) -> None:
    text = (
        "address,digest,state,standing,paused_until\n"
        "a@x.vn,weekly,active,ok,\n"
        "b@x.vn,weekly,unsubscribed,ok,\n"
        "c@x.vn,weekly,active,bounced,\n"
        "d@x.vn,weekly,active,complained,\n"
        "e@x.vn,weekly,paused,ok,2026-12-31T00:00:00+07:00\n"
        "f@x.vn,weekly,pending,unverified,\n"
        "g@x.vn,weekly,expired,ok,\n"
    )
    done = _bring(desk, text)
    assert done.fates == {
        Fate.ADDED: 2,
        Fate.LEFT: 1,
        Fate.STOPPED: 2,
        Fate.PASSED: 2,
    }
    assert desk.audience() == ["a@x.vn"]
    assert (desk.state("b@x.vn"), desk.state("e@x.vn")) == ("unsubscribed", "paused")
    assert desk.member("c@x.vn").state is MemberState.BOUNCED
    assert standing(desk.work, "d@x.vn").kept is not None
    plain = "address\n" + "".join(f"{one}@x.vn\n" for one in "bcd")
    assert _bring(desk, plain).fates[Fate.ADDED] == 0
    desk.later(days=90)
    assert desk.audience() == ["a@x.vn", "e@x.vn"]


def test_a_table_makes_nobody_leave_who_is_active_here(desk: Any) -> None:
    desk.join(AN)
    _bring(desk, f"address,state\n{AN},unsubscribed\n")
    assert desk.audience() == [AN]


def test_what_is_exported_is_imported_elsewhere_as_it_was(desk: Any) -> None:
    desk.join(AN, "weekly", "monthly", name="=An", choices={"weekly": Choice(hour=7)})
    desk.join(BA)
    leave(desk.work, desk.subscription(BA).id, desk.now)
    table = "".join(as_csv(desk.work))
    lines = list(as_json_lines(desk.work, "monthly"))
    assert len(lines) == 1
    assert AN in lines[0]
    other = desk.working(secret="another secret of thirty-two letters")
    done = bring(other, table, STATED, now=desk.now, dry_run=True)
    assert (done.fates[Fate.LEFT], done.troubles) == (1, [])


def test_marks_of_suppressed_addresses_are_brought_in(desk: Any) -> None:
    mark = address_mark(desk.work.secret, AN)
    lines = (f"{mark},complaint,,x", "nonsense,desk,,", f"{mark[::-1]},odd,,")
    text = "\n".join(("mark,reason,at,note", *lines))
    done = bring_suppressed(desk.work, text, desk.now, dry_run=True)
    assert standing(desk.work, AN).kept is None
    done = bring_suppressed(desk.work, text, desk.now)
    assert (done.fates[Fate.ADDED], [one.line for one in done.troubles]) == (1, [3, 4])
    assert _bring(desk, f"address\n{AN}\n").fates == {Fate.SUPPRESSED: 1}


def test_one_person_is_added_as_a_table_with_one_row_would(desk: Any) -> None:
    how = How(statement="by phone", form="members add", origin=Origin.DESK)
    choices = {"weekly": Choice(hour=7), "monthly": Choice()}
    fates = add(desk.work, Member(address=" An@VD.example "), choices, how, desk.now)
    assert fates == {Fate.ADDED: 2}
    assert desk.subscription(AN).origin is Origin.DESK
    for member, wanted in (
        (Member(address="x"), choices),
        (Member(address=AN, language="fr"), choices),
        (Member(address=AN), {}),
        (Member(address=AN), {"nothing": Choice()}),
    ):
        with pytest.raises(MemberError):
            add(desk.work, member, wanted, how, desk.now)
