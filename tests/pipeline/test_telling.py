"""Findings in words: what is so, what to do, and the line to write."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.gather.findings import Finding, FindingCode, Severity
from syndicate.model import Source, SourceKind, SourceStatus
from syndicate.pipeline.telling import status_word, tell
from syndicate.translate import translation

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TIN = Source(
    key="tin", title="Tin", kind=SourceKind.FEED, url="https://tin.example/rss"
)
ZONE = "Asia/Ho_Chi_Minh"
DESK = (FindingCode.OUTAGE, FindingCode.NOTHING_ANSWERS)


def said(code: FindingCode, language: str = "en", **given):
    values = {"since": NOW, "count": 4, "total": 9, "detail": "HTTP 500"}
    finding = Finding(code=code, severity=Severity.ACT, **values | given)
    source = None if code in DESK else TIN
    return tell(finding, source, language=language, zone=ZONE)


@pytest.mark.parametrize("code", FindingCode)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_finding_has_its_words(code, language):
    told = said(code, language)
    for text in (told.what, told.todo):
        assert "{" not in text
        assert "None" not in text
    assert told.what.endswith((".", "500")), told.what


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_is_said_in_vietnamese(code):
    english, vietnamese = said(code), said(code, "vi")
    assert english.what != vietnamese.what
    assert not english.todo or english.todo != vietnamese.todo


def test_every_status_has_a_word_in_both_languages():
    for status in SourceStatus:
        assert status_word(status, "en") == status.value
        assert status_word(status, "vi") != status.value


def test_a_failure_says_since_when_how_often_and_why():
    told = said(FindingCode.FAILING, detail="https://tin.example/rss: HTTP 503: later")
    assert told.what == (
        "No success since 23 November 2026, 10:00, 4 failures: HTTP 503: later"
    )
    assert said(FindingCode.FAILING, since=None).what.startswith("It has never")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "`syndicate sources add https://tin.example/ --dry-run`"),
        (403, "User-Agent"),
        (429, "`every`"),
        (503, "owner"),
        (0, "`syndicate sources test tin`"),
    ],
)
def test_what_to_do_about_a_failure_goes_by_the_answer(status, words):
    assert words in said(FindingCode.FAILING, status=status).todo


@pytest.mark.parametrize("code", [FindingCode.MOVED, FindingCode.FEED_ELSEWHERE])
@pytest.mark.parametrize(
    "address",
    [
        "https://moi.example/rss?a=1&b=%20#x",
        'https://moi.example/"a"\\b',
        "https://moi.example/tin mới\n\u202e/\ud800",
    ],
)
def test_the_line_for_the_settings_is_toml_of_one_line(code, address):
    line = said(code, address=address).line
    assert "\n" not in line
    assert line.isascii()
    url = tomllib.loads(line)["url"]
    assert url.startswith("https://moi.example/")
    if address.isascii() and '"' not in address:
        assert url == address


def test_only_a_source_that_moved_has_a_line_for_the_settings():
    with_line = {code for code in FindingCode if said(code, address="https://x/").line}
    assert with_line == {FindingCode.MOVED, FindingCode.FEED_ELSEWHERE}


def test_what_was_said_outside_is_one_clean_line_of_bounded_length():
    hostile = "\x1b[31mA\r\nB\u202e\ufffe\ud800 {count} " + "rất dài " * 500
    what = said(FindingCode.FAILING, detail=hostile).what
    assert what.isprintable()
    assert len(what) < 400
    assert "{count}" in what


def test_a_day_is_that_of_the_desk():
    late = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert "01/12/2026" in said(FindingCode.CERTIFICATE_ENDS, "vi", since=late).what


def test_a_rhythm_is_said_in_the_unit_that_fits():
    for seconds, words in (
        (0, "1 minute"),
        (2400, "40 minutes"),
        (3 * 3600, "3 hours"),
        (172_800, "2 days"),
    ):
        told = said(FindingCode.QUIET, total=seconds).what
        assert f"every {words}," in told


def test_a_source_is_looked_for_at_its_page_for_people():
    home = Source(
        key="t",
        title="T",
        kind=SourceKind.FEED,
        url="https://a.example/x/rss",
        home="https://a.example/tin",
    )
    finding = Finding(code=FindingCode.PARKED, severity=Severity.ACT, since=NOW)
    told = tell(finding, home, language="en", zone=ZONE)
    assert "sources add https://a.example/tin --dry-run" in told.todo
    broken = Source(key="t", title="T", kind=SourceKind.FEED, url="http://[x")
    assert "`" in tell(finding, broken, language="en", zone=ZONE).todo


def test_spans_are_in_the_catalogue():
    assert translation("vi").ngettext("{n} hour", "{n} hours", 2) != "{n} hours"


def test_a_moment_of_the_past_is_told_to_the_minute():
    told = said(FindingCode.QUIET, since=NOW - timedelta(days=3)).what
    assert "20 November 2026, 10:00" in told
