"""Tables of people as programs write them, read row by row."""

from __future__ import annotations

import csv
from contextlib import suppress
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.members.sheets import SheetError, decoded, rows, unknown_heads, written


def _read(content: str | bytes) -> list[dict[str, str]]:
    text = decoded(content) if isinstance(content, bytes) else content
    return [row.cells for row in rows(text) if not row.trouble]


def _troubles(text: str) -> list[int]:
    return [row.line for row in rows(text) if row.trouble]


AN = {"address": "an@vd.example", "name": "Nguyễn An"}


@pytest.mark.parametrize(
    "content",
    [
        "address,name\nan@vd.example,Nguyễn An\n",
        "address;name\r\nan@vd.example;Nguyễn An",
        "address\tname\ran@vd.example\tNguyễn An\r",
        "\ufeffaddress,name\nan@vd.example,Nguyễn An\n",
        'sep=;\r\n"address";"name"\r\n"an@vd.example";"Nguyễn An"\r\n',
        "\n\n,,\nName,E-Mail,\nNguyễn An,an@vd.example,\n,,\n;;\n",
        " Họ và tên , Địa chỉ email \nNguyễn An , an@vd.example\n",
        'address,name,notes\nan@vd.example,Nguyễn An,"two\nlines, and ""words"""\n',
    ],
)
def test_whatever_a_spreadsheet_writes_is_the_same_person(content: str) -> None:
    assert _read(content) == [AN]


def test_every_mark_of_the_byte_order_is_understood() -> None:
    text = "address\tname\r\nan@vd.example\tNguyễn An\r\n"
    for content in (
        text.encode("utf-8"),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ):
        assert _read(content) == [AN]


def test_another_encoding_is_said_by_line() -> None:
    with pytest.raises(SheetError, match="line 3"):
        decoded(b"address,name\na@x.vn,A\nb@x.vn,\xff\xfe\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n ; \n", "empty"),
        ("name,age\n", "address"),
        ("address,email\n", "two columns"),
        ("an@vd.example\nba@vd.example\n", "address"),
        ('"address\n', "address"),
    ],
)
def test_what_is_no_table_of_people_is_said_so(text: str, said: str) -> None:
    with pytest.raises(SheetError, match=said):
        list(rows(text))


def test_a_bad_row_costs_itself_alone() -> None:
    text = (
        "address,name\n"
        "a@x.vn,A\n"
        'b@x.vn,"B\n'
        "c@x.vn,C\n"
        'd@x.vn,D"x\n'
        "e@x.vn,E,too,many\n"
        "f@x.vn\n"
        'g@x.vn,G "quoted" G\n'
    )
    found = {row.cells.get("address", ""): row for row in rows(text)}
    assert {"a@x.vn", "c@x.vn", "d@x.vn", "f@x.vn", "g@x.vn"} <= set(found)
    assert found["d@x.vn"].cells["name"] == 'D"x'
    assert _troubles(text) == [3, 6]


def test_a_quote_that_never_closes_does_not_swallow_the_rest() -> None:
    many = "".join(f"m{n}@x.vn,M\n" for n in range(1_000))
    assert len(_read(f'address,name\n"a@x.vn,A\n{many}')) == 1_000
    assert _troubles(f'address,name\n"a@x.vn,A\n{many}') == [2]


def test_columns_that_we_do_not_know_are_passed_over_and_named() -> None:
    text = "address,Fax,Notes,\nan@vd.example,1,2,\n"
    assert _read(text) == [{"address": "an@vd.example"}]
    assert unknown_heads(text) == ["Fax", "Notes"]


def test_a_cell_that_says_it_is_text_is_text() -> None:
    assert _read('address,name\na@x.vn,"=""007"""\n') == [
        {"address": "a@x.vn", "name": "007"}
    ]


PLAIN = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")), min_size=1
)


@given(st.lists(PLAIN | st.sampled_from(["=1+1", "'=x", "''@x", "+8", "-", "@", "'"])))
@settings(max_examples=300)
def test_what_is_written_is_read_as_it_was_and_never_a_formula(
    names: list[str],
) -> None:
    table = [("address", "name"), *(("a@x.vn", name) for name in names)]
    text = "".join(written(table))
    for record in csv.reader(StringIO(text, newline="")):
        assert not record[1].startswith(("=", "+", "-", "@", "\t", "\r"))
    read = [row.cells.get("name", "") for row in rows(text)]
    assert read == [name.strip(" \u00a0\ufeff") for name in names]


@given(st.text())
@settings(max_examples=300)
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    found = list(rows("address,name\n" + text))
    assert all(row.line > 1 for row in found)
    with suppress(SheetError):
        list(rows(text))
