from __future__ import annotations

import json

import pytest

from bench.__main__ import BENCHMARKS, main
from bench.table import HEADINGS, Report, Row, as_json, exit_code, rendered


def row(**given: object) -> Row:
    values = {
        "name": "first gather: CPU",
        "ours": 3.0,
        "other": 2.0,
        "other_name": "reader",
        "unit": "s",
        "target": 1.5,
    }
    return Row(**{**values, **given})


def report(*rows: Row, **given: object) -> Report:
    return Report(name="gather", rows=rows, **given)


def test_a_ratio_that_just_meets_its_target_is_ok():
    assert row().ratio == 1.5
    assert row().verdict == "ok"


def test_a_ratio_beyond_its_target_is_short():
    assert row(ours=3.01).verdict == "short"


def test_a_row_without_a_target_is_shown_and_not_judged():
    without = row(ours=900.0, target=None)
    assert without.verdict == ""
    assert exit_code([report(without)]) == 0


def test_a_rival_that_costs_nothing_cannot_be_beaten_by_something():
    assert row(other=0.0).verdict == "short"
    assert row(ours=0.0, other=0.0).ratio == 1.0


def test_one_short_row_in_any_report_makes_the_exit_code_one():
    fine, late = report(row()), report(row(), row(ours=99.0))
    assert exit_code([fine]) == 0
    assert exit_code([fine, late]) == 1


def test_counts_that_do_not_agree_make_a_report_short_however_fast_it_was():
    cheat = report(row(ours=0.1), wrong=("ours kept 3 of 40 entries",))
    assert exit_code([cheat]) == 1
    assert "WRONG: ours kept 3 of 40 entries" in rendered(cheat)


def test_the_table_has_its_headings_and_a_line_for_each_row():
    lines = rendered(
        report(row(), row(name="memory", unit="MB", target=None), notes=("40 feeds",))
    ).splitlines()
    assert lines[0] == "== gather"
    assert [cell.strip() for cell in lines[1].split("|")] == list(HEADINGS)
    assert " ".join(lines[3].split()) == (
        "first gather: CPU | 3.00 s | 2.00 s reader | 1.50 | <= 1.50 | ok"
    )
    assert " ".join(lines[4].split()) == (
        "memory | 3.00 MB | 2.00 MB reader | 1.50 | - |"
    )
    assert lines[5] == "  40 feeds"


def test_the_columns_of_the_table_stand_below_each_other():
    wide = row(name="a much longer name than the others have", ours=123_456.0)
    heading, rule, *body = rendered(report(row(), wide)).splitlines()[1:]
    assert len(rule) >= len(heading)
    ends = {line.index("<= ") for line in body}
    assert len(ends) == 1


def test_the_answer_for_machines_is_json_even_where_a_ratio_is_infinite():
    told = as_json(report(row(other=0.0), notes=("a",)))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["short"] is True
    assert told["rows"][0]["ratio"] is None
    assert told["rows"][0]["verdict"] == "short"


def test_an_unknown_benchmark_is_named_beside_the_known_ones(capsys):
    assert main(["gathre"]) == 2
    said = capsys.readouterr().err
    assert '"gathre"' in said
    assert ", ".join((*BENCHMARKS, "all")) in said


def test_no_benchmark_at_all_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "NAME" in capsys.readouterr().err.upper()
