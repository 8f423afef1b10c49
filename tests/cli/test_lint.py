"""``syndicate lint``: files, the standard input, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from syndicate.cli import main

CASES = Path(__file__).resolve().parents[1] / "data" / "publish" / "lint"
RIGHT = str(CASES / "right" / "rss.rss")
ERROR = str(CASES / "broken" / "InvalidRFC2822Date.rss")
WARNING = str(CASES / "broken" / "MissingGuid.rss")


def run(*words: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["-c", "none.toml", "lint", *words], input=stdin)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((RIGHT,), 0),
        ((WARNING,), 0),
        ((WARNING, "--strict"), 1),
        ((ERROR,), 1),
        ((RIGHT, ERROR), 1),
        ((RIGHT, "nowhere.rss"), 1),
        (("nowhere.rss",), 4),
        ((), 2),
        ((RIGHT, WARNING, "--url", "https://a.example/"), 2),
    ],
)
def test_the_exit_code_says_how_bad_it_is(words: tuple[str, ...], code: int) -> None:
    assert run(*words).exit_code == code


def test_a_finding_is_shown_with_line_rule_and_what_to_do() -> None:
    shown = run(ERROR).stdout
    assert "1 error" in shown
    for word in ("17", "error", "InvalidRFC2822Date", "22 Nov 2026 08:00:00 GMT"):
        assert word in shown


def test_a_rule_is_shown_once_unless_all_is_asked_for() -> None:
    document = (
        Path(ERROR).read_bytes().replace(b"<lastBuildDate>Sun,", b"<lastBuildDate>")
    )
    document = document.replace(b"22 Nov 2026 08:00:00 GMT", b"hom qua")
    assert run("-", stdin=document).stdout.count("InvalidRFC2822Date") == 1
    assert run("-", "--all", stdin=document).stdout.count("InvalidRFC2822Date") == 2


def test_json_has_every_finding() -> None:
    told = json.loads(run(RIGHT, ERROR, "nowhere.rss", "--json").stdout)
    assert [one["valid"] for one in told] == [True, False, False]
    assert [one["errors"] for one in told] == [0, 1, 0]
    assert told[1]["findings"][0]["rule"] == "InvalidRFC2822Date"
    assert told[2]["failure"]


def test_the_address_of_a_file_can_be_said() -> None:
    right = "https://cuuha.example/all.rss"
    assert run(RIGHT, "--strict", "--url", right).exit_code == 0
    assert run(RIGHT, "--strict", "--url", "https://b.example/").exit_code == 1


def test_a_private_address_is_not_asked() -> None:
    done = run("http://127.0.0.1:9/feed.rss")
    assert done.exit_code == 4
    assert "loopback" in done.stderr
