"""``syndicate members``: on a desk with a digest, through the commands alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

MORE = """
[category.y-te]
title = "Y tế"
strong = ["bệnh viện"]
"""
TWO = """
[[digest]]
key = "thang"
title = "Bản tin tháng"
cadence = "monthly"
"""
STATED = ("--consent", "nói qua điện thoại ngày 1/10")
AN = "an@dan.example"


@pytest.fixture
def members(desk: Any) -> Any:
    desk.write(MORE)
    with desk.config.open("a", encoding="utf-8") as file:
        file.write(TWO)
    return desk


def _import(desk: Any, text: str | bytes, *words: str, code: int = 0) -> Any:
    path = desk.folder / "people.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return desk.json("members", "import", str(path), *words, code=code)


def _states(desk: Any) -> dict[str, str]:
    return {
        f"{one['address']} {held['digest']}": held["state"]
        for one in desk.json("members", "list")
        for held in one["subscriptions"]
    }


def test_a_person_is_added_on_a_statement_that_is_kept(members: Any) -> None:
    members.run("members", "add", AN, "--digest", "tuan", *STATED, "--name", "An")
    told = members.json("members", "show", AN)
    assert told["member"]["name"] == "An"
    (record,) = told["consents"]
    assert (record["kind"], record["text"]) == ("stated", STATED[1])
    assert (record["form"], len(record["sha256"])) == ("members add", 64)
    assert "nói qua điện thoại" in members.run("members", "show", AN).output


def test_nobody_is_added_without_a_ground(members: Any) -> None:
    done = members.run("members", "add", AN, "--digest", "tuan", code=4)
    assert "--consent" in done.output
    assert members.json("members", "list") == []


def test_a_newcomer_is_told_how_members_come(members: Any) -> None:
    assert "members import" in members.run("members", "list").output
    done = members.run("members", "list", "--digest", "khong", code=4)
    assert "tuan" in done.output


def test_a_digest_that_is_none_is_said_once_and_not_for_each_row(members: Any) -> None:
    path = members.folder / "people.csv"
    path.write_text("address\nx@y.example\nz@y.example\n", encoding="utf-8")
    words = ("members", "import", str(path), "--digest", "khong", *STATED)
    assert members.run(*words, code=4).output.count("khong") == 1


def test_who_is_asked_first_is_pending(members: Any) -> None:
    members.run("members", "add", AN, "--digest", "tuan", "--confirm")
    assert _states(members) == {f"{AN} tuan": "pending"}
    assert members.json("members", "show", AN)["letters"][0]["kind"] == "confirm"


def test_bad_choices_are_said_in_words(members: Any) -> None:
    for words, said in (
        (("--category", "khong-co"), "khong-co"),
        (("--cadence", "daily"), "daily"),
        (("--timezone", "Mars/Base"), "Mars/Base"),
        (("--digest", "khong"), "khong"),
    ):
        given = words if "--digest" in words else ("--digest", "tuan", *words)
        done = members.run("members", "add", AN, *given, *STATED, code=4)
        assert said in done.output
    assert "x y" in members.run("members", "add", "x y", *STATED, code=4).output


def test_a_table_is_brought_in_and_its_bad_rows_are_told_by_line(members: Any) -> None:
    text = (
        "address;name;digests;categories\r\n"
        "an@dan.example;Nguyễn Văn An;tuan thang;y-te\r\n"
        ";nobody;;\r\n"
        "khong phai;X;tuan;\r\n"
        '"ba@dan.example";"Lê; Thị Ba";tuan;\r\n'
        "tu@dan.example;Tư;tuan;khong-co\r\n"
    )
    done = _import(members, text, *STATED, code=1)
    assert [one["line"] for one in done["bad"]] == [3, 4, 6]
    assert (done["rows"], done["added"]) == (5, 3)
    assert _states(members) == {
        "an@dan.example tuan": "active",
        "an@dan.example thang": "active",
        "ba@dan.example tuan": "active",
    }


def test_a_dry_run_of_an_import_keeps_nothing(members: Any) -> None:
    text = f"address,name\n{AN},An\n"
    given = (*STATED, "--digest", "tuan")
    assert _import(members, text, *given, "--dry-run")["added"] == 1
    assert members.json("members", "list") == []


def test_an_export_is_imported_as_it_was(members: Any, tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "+84", "-x", "@x", "'=x", "An, Bình", 'A "B"', "Ơ"]
    for number, name in enumerate(names):
        address = f"m{number}@dan.example"
        given = ("--digest", "tuan", *STATED, "--name", name, "--category", "y-te")
        members.run("members", "add", address, *given)
    members.run("members", "leave", "m0@dan.example")
    out = tmp_path / "out.csv"
    members.run("members", "export", "--output", str(out))
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert not any(one["name"][0] in "=+-@" for one in rows)
    assert out.stat().st_mode & 0o077 == 0
    before = members.json("members", "list")
    (members.folder / "var" / "syndicate.db").unlink()
    _import(members, out.read_bytes(), *STATED)
    after = members.json("members", "list")
    for one, other in zip(before, after, strict=True):
        assert one["name"] == other["name"]
        (held,), (again,) = one["subscriptions"], other["subscriptions"]
        assert (held["state"], held["categories"]) == (
            again["state"],
            again["categories"],
        )


def test_an_import_never_overrides_what_a_person_said(members: Any) -> None:
    for number in range(4):
        address = f"m{number}@dan.example"
        members.run("members", "add", address, "--digest", "tuan", *STATED)
    members.run("members", "leave", "m0@dan.example")
    members.run("members", "suppress", "m1@dan.example", "--why", "asked by letter")
    members.run("members", "erase", "m2@dan.example")
    text = "address\n" + "".join(f"M{n}@dan.example\n" for n in range(5))
    done = _import(members, text, *STATED, "--digest", "tuan")
    assert {key: done[key] for key in ("added", "left", "suppressed", "known")} == {
        "added": 1,
        "left": 1,
        "suppressed": 2,
        "known": 1,
    }


def test_suppressions_go_along_by_mark(members: Any, tmp_path: Path) -> None:
    members.run("members", "suppress", AN)
    out = tmp_path / "marks.csv"
    members.run("members", "export", "--suppressed", "--output", str(out))
    assert "dan.example" not in out.read_text(encoding="utf-8")
    (members.folder / "var" / "syndicate.db").unlink()
    assert _import(members, out.read_bytes())["added"] == 1
    done = _import(members, f"address\n{AN}\n", *STATED, "--digest", "tuan")
    assert (done["added"], done["suppressed"]) == (0, 1)


def test_erasing_leaves_no_trace_in_the_file_and_is_done_once(members: Any) -> None:
    rare = "hiem-co-khong-ai-co@dan.example"
    given = (
        "--digest",
        "tuan",
        "--consent",
        f"{rare} said so",
        "--name",
        "Tô Rất Hiếm",
    )
    members.run("members", "add", rare, *given)
    seen = members.json("members", "erase", rare, "--dry-run")
    assert (seen["erased"], seen["rows"]["members"]) == (False, 1)
    assert members.json("members", "show", rare)["member"]["address"] == rare
    done = members.json("members", "erase", rare)
    assert (done["erased"], done["clean"]) == (True, True)
    for path in (members.folder / "var").iterdir():
        content = path.read_bytes().lower()
        assert rare.encode() not in content, path
        assert "tô rất hiếm".encode() not in content, path
    again = members.json("members", "erase", rare.upper())
    assert (again["was_erased"], sum(again["rows"].values())) == (True, 0)
    told = members.json("members", "show", rare)
    assert told["suppressed"]["reason"] == "erased"
    assert [one["kind"] for one in told["consents"]] == ["stated", "left"]


def test_erasing_tells_that_config_names_the_person(members: Any) -> None:
    done = members.run("members", "erase", "ba@vd.example")
    assert "config.toml" in done.output


def test_a_suppression_is_lifted_on_a_statement_only(members: Any) -> None:
    members.run("members", "suppress", AN)
    members.run("members", "suppress", AN, "--lift", code=4)
    members.run("members", "suppress", AN, "--lift", *STATED)
    members.run("members", "suppress", AN, "--lift", *STATED, code=4)
    members.run("members", "add", AN, "--digest", "tuan", *STATED)


def test_a_pause_ends_and_is_ended(members: Any) -> None:
    members.run("members", "add", AN, "--digest", "tuan", *STATED)
    members.run("members", "pause", AN, "--until", "2020-01-01", code=4)
    members.run("members", "pause", AN, "--until", "2099-01-01", code=4)
    until = members.json("members", "show", AN)["member"]["created_at"][:4]
    members.run("members", "pause", AN, "--until", f"{int(until)}-12-31")
    assert _states(members)[f"{AN} tuan"] == "paused"
    members.run("members", "resume", AN)
    members.run("members", "resume", AN, code=4)
    assert _states(members)[f"{AN} tuan"] == "active"


def test_lists_are_paged_and_filtered(members: Any) -> None:
    text = "address,digests\n" + "".join(
        f"m{n}@dan.example,{'tuan' if n % 2 else 'thang'}\n" for n in range(9)
    )
    _import(members, text, *STATED)
    members.run("members", "leave", "m3@dan.example")
    first = members.json("members", "list", "--limit", "4", "--digest", "tuan")
    rest = members.json(
        "members", "list", "--digest", "tuan", "--before", str(first[-1]["id"])
    )
    addresses = [one["address"] for one in (*first, *rest)]
    assert addresses == [f"m{n}@dan.example" for n in (7, 5, 3, 1)]
    (left,) = members.json("members", "list", "--state", "unsubscribed")
    assert left["address"] == "m3@dan.example"
    assert members.json("members", "list", "--since", "2099-01-01") == []
    assert "--before" in members.run("members", "list", "--limit", "4").output
    count = members.json("members", "count")
    assert count["digests"]["tuan"] == {"active": 3, "unsubscribed": 1}
    members.run("members", "count")


def test_a_persons_export_holds_everything(members: Any) -> None:
    members.run("members", "add", AN, "--digest", "tuan", *STATED)
    told = json.loads(members.run("members", "export", AN).stdout)
    assert set(told) == {
        *("member", "suppressed", "consents", "copies", "letters", "returned")
    }


def test_nobody_is_found_who_is_not_there(members: Any) -> None:
    for words in (
        ("show",),
        ("leave",),
        ("resume",),
        ("pause", "--until", "2099-01-01"),
    ):
        assert AN in members.run("members", words[0], AN, *words[1:], code=4).output


def test_a_file_that_is_no_table_is_said_so(members: Any) -> None:
    path = members.folder / "people.csv"
    for content, said in (
        (b"", "empty"),
        (b"ten,tuoi\nAn,3\n", "address"),
        ("địa chỉ\nan@x.vn\n".encode("cp1258", "replace") + b"\xff", "UTF-8"),
    ):
        path.write_bytes(content)
        done = members.run("members", "import", str(path), *STATED, code=4)
        assert said in done.output


def test_another_secret_stops_everything_until_the_desk_says_it_is_lost(
    members: Any,
) -> None:
    other = "another secret of thirty-two letters, or more"
    members.run("members", "add", AN, "--digest", "tuan", *STATED)
    members.run("members", "suppress", AN)
    members.run("members", "erase", "ba@dan.example")
    given = ("members", "add", "tu@dan.example", "--digest", "tuan", *STATED)
    for words in (given, ("members", "show", AN), ("digest", "preview", "tuan")):
        done = members.run(*words, secret=other, code=4)
        assert "SYNDICATE_SECRET" in done.output
    done = members.run("members", "rekey", secret=other)
    assert "1 " in done.output
    assert AN in members.run("members", "show", AN, secret=other).output
    assert "suppressed" in members.run("members", "show", AN, secret=other).output
    members.run("members", "show", AN, code=4)
