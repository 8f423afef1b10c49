from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Callable

import pytest

from syndicate.digest.drawing.variants import Variant
from syndicate.digest.linting.htmllint import faults
from syndicate.digest.linting.htmllint import page as read
from syndicate.digest.linting.lint import errors, lint
from syndicate.model import Issue, IssueItem, Message

LINK = "https://khoi.cuuha.example/tin-1"


@pytest.fixture
def good(
    make_issue: Callable[..., Issue],
    make_item: Callable[..., IssueItem],
    make_mail: Callable[..., Message],
) -> bytes:
    """A message of ours, whole and right."""
    return make_mail(make_issue(make_item(1, title="Cầu mới ở Bình Khê"))).content


@pytest.fixture
def page(
    make_issue: Callable[..., Issue],
    make_item: Callable[..., IssueItem],
    make_variant: Callable[..., Variant],
) -> str:
    """An HTML part of ours."""
    return make_variant(make_issue(make_item())).html


def rules(content: bytes, level: str = "E", links: tuple[str, ...] = ()) -> set[str]:
    return {f.rule for f in lint(content, links=links) if f.level == level}


def test_a_message_of_ours_lacks_nothing_but_a_signature(good: bytes) -> None:
    assert [one.rule for one in lint(good, links=[LINK])] == ["dkim-off"]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (rb"From: [^\r]+\r\n", b"", "header-missing"),
        (rb"MIME-Version: 1.0\r\n", b"", "header-missing"),
        (rb"(Date: [^\r]+\r\n)", rb"\1\1", "header-twice"),
        (rb"(To: [^\r]+\r\n)", rb"\1Cc: x@y.example\r\n", "header-refused"),
        (rb"To: [^\r]+", b"To: an@vd.example, ba@vd.example", "to"),
        (rb"Message-ID: [^\r]+", b"Message-ID: <a@elsewhere.example>", "message-id"),
        (rb"Date: [^\r]+", b"Date: yesterday", "date"),
        (rb"Date: [^\r]+", b"Date: Mon, 19 Oct 2026 06:00:00 -0000", "date"),
        (rb"Subject: [^\r]+(\r\n [^\r]+)*", b"Subject: ", "subject-empty"),
        (rb"Subject: [^\r]+(\r\n [^\r]+)*", b"Subject: {{ title }}", "subject-residue"),
        (rb"Subject: [^\r]+(\r\n [^\r]+)*", b"Subject: [Tin] None", "subject-residue"),
        (
            rb"Subject: [^\r]+(\r\n [^\r]+)*",
            b"Subject: " + b"a " * 77,
            "subject-length",
        ),
        (
            rb"Subject: [^\r]+(\r\n [^\r]+)*",
            b"Subject: =?utf-8?B?ZcyC?=",
            "subject-nfc",
        ),
        (
            rb"Subject: [^\r]+(\r\n [^\r]+)*",
            b"Subject: =?utf-8?B?4buA4bs=?= =?utf-8?B?gA==?=",
            "encoded-word",
        ),
        (rb"Subject: ", b"Subject: \xe1\xba\xbf", "header-ascii"),
        (rb"List-Unsubscribe:\r\n [^\r]+\r\n", b"", "unsubscribe-missing"),
        (
            rb"<https://ban-tin.example/unsub",
            b"<http://ban-tin.example/unsub",
            "unsubscribe-https",
        ),
        (rb"/unsubscribe/l+>", b"/unsubscribe/an@vd.example>", "unsubscribe-clear"),
        (rb"=One-Click", b"=Two-Clicks", "unsubscribe-post"),
        (rb"List-Id: [^\r]+(\r\n [^\r]+)*", b"List-Id: tuan", "list-id"),
        (rb"multipart/alternative", b"multipart/mixed", "mime-alternative"),
        (rb"text/plain; charset=utf-8", b"text/html; charset=utf-8", "mime-order"),
        (rb"text/plain; charset=utf-8", b"text/plain; charset=koi8-r", "charset"),
        (rb"\r\nPrecedence: list", b"\nPrecedence: list", "line-end"),
        (rb"Feedback-ID: ", b"Feedback-ID: " + b"x" * 1000, "line-length"),
    ],
)
def test_what_is_wrong_in_a_header_is_an_error(
    good: bytes, before: bytes, after: bytes, rule: str
) -> None:
    broken = re.sub(before, after, good, count=1)
    assert broken != good
    assert rule in rules(broken)


@pytest.mark.parametrize(
    "name", [b"List-Archive", b"Feedback-ID", b"Precedence", b"Auto-Submitted"]
)
def test_a_header_that_is_merely_wanted_is_a_warning(good: bytes, name: bytes) -> None:
    broken = re.sub(name + rb": [^\r]+\r\n", b"", good)
    assert rules(broken) == set()
    assert rules(broken, "W") == {"dkim-off", "header-wanted"}


def test_a_long_subject_is_a_warning(good: bytes) -> None:
    long = rb"Subject: aa\r\n " + b"a" * 68
    broken = re.sub(rb"Subject: [^\r]+(\r\n [^\r]+)*", long, good)
    assert rules(broken) == set()
    assert "subject-long" in rules(broken, "W")


def replaced(good: bytes, part: int, change: Callable[[str], str]) -> bytes:
    """Return the message with one of its two parts rewritten."""
    boundary = re.search(rb'boundary="([^"]+)"', good)
    assert boundary
    mark = b"--" + boundary.group(1)
    chunks = good.split(mark)
    head, _blank, body = chunks[part + 1].partition(b"\r\n\r\n")
    encoding = re.search(rb"Encoding: (\S+)", head)
    assert encoding
    if encoding.group(1) == b"base64":
        text = base64.b64decode(body).decode("utf-8")
    else:
        text = quopri.decodestring(body).decode("utf-8")
    packed = base64.encodebytes(change(text).encode("utf-8", "surrogatepass"))
    head = head.replace(encoding.group(1), b"base64")
    chunks[part + 1] = head + b"\r\n\r\n" + packed.replace(b"\n", b"\r\n")
    return mark.join(chunks)


@pytest.mark.parametrize(
    ("part", "change", "rule"),
    [
        (0, lambda t: t + "cuối", "text-unsubscribe"),
        (0, lambda t: "một hai ba " * 9 + "\n" + t, "text-width"),
        (0, lambda t: t.replace(LINK, ""), "text-link"),
        (0, lambda t: "e\u0302\n" + t, "nfc"),
        (0, lambda t: "\x0b\n" + t, "characters"),
        (1, lambda t: t + "\x85", "characters"),
        (1, lambda t: t + "\ud800", "charset"),
        (1, lambda t: t + " " * 80_000, "size"),
        (1, lambda t: t.replace(LINK, "https://a.example"), "html-link"),
        (1, lambda t: t.replace("<!DOCTYPE html>", ""), "html-doctype"),
        (1, lambda t: "", "html-read"),
    ],
)
def test_what_is_wrong_in_a_part_is_an_error(
    good: bytes, part: int, change: Callable[[str], str], rule: str
) -> None:
    assert rules(replaced(good, part, str), links=(LINK,)) == set()
    assert rule in rules(replaced(good, part, change), links=(LINK,))


def test_a_part_close_to_the_limit_is_a_warning(good: bytes) -> None:
    close = replaced(good, 1, lambda t: t + " " * (68_000 - len(t.encode())))
    assert rules(close) == set()
    assert rules(close, "W") == {"dkim-off", "size-large"}


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (r'<html lang="vi"', "<html", "html-lang"),
        (r"<title>[^<]*", "<title>", "html-title"),
        (r'<meta name="color-scheme"', "<meta", "html-meta"),
        (r'<meta charset="utf-8">', "", "html-meta"),
        (r"<!--\[if mso\]><table", "<!--<table", "html-outlook"),
        (r"<h1", "<script>1</script><h1", "html-element"),
        (
            r"<h1",
            '<link rel="stylesheet" href="https://a.example/b.css"><h1',
            "html-element",
        ),
        (r"<h1", "<table></table><h1", "html-table"),
        (r"<h1", '<p style="position: fixed">x</p><h1', "html-position"),
        (r"<h1", '<p onclick="x">x</p><h1', "html-handler"),
        (
            r"<h1",
            '<img src="https://a.example/b.png" width="1" height="1"><h1',
            "html-image",
        ),
        (
            r"<h1",
            '<img alt="x" src="http://a.example/b.png" width="90" height="90"><h1',
            "html-image-https",
        ),
        (r"<h1", '<a href="/huy">Hủy nhận tin</a><h1', "html-href"),
        (r"<h1", '<a href="javascript:x">Hủy nhận tin</a><h1', "html-href"),
        (r"<h1", '<a href="https://a.example/">Tại đây</a><h1', "html-link-text"),
        (r"<h1", "<h2>x</h2><h1", "html-headings"),
        (r"<h3", "<h4>x</h4><h3", "html-headings"),
        (r"<h1", "<h1>x</h1><h1", "html-headings"),
        (r"display:none", "display:block", "html-preheader"),
        (r"(mso-hide:all\">)[^<]*", r"\1ngắn", "html-preheader-length"),
        (r"<h1", '<p style="font-size:12px">x</p><h1', "html-size"),
        (r"<h1", '<p style="line-height:1.2">x</p><h1', "html-leading"),
        (r"<h1", "<p>theo 213-QĐ/TW</p><h1", "html-document"),
    ],
)
def test_what_mail_programs_trip_over_is_an_error(
    page: str, before: str, after: str, rule: str
) -> None:
    assert list(faults(page, read(page))) == []
    broken = re.sub(before, after, page, count=1)
    assert broken != page
    assert rule in {fault.rule for fault in faults(broken, read(broken))}


@pytest.mark.parametrize(
    "content", [b"", b"\r\n\r\n", b"x", b"\xff" * 50, b"A: b\r\n\r\nx"]
)
def test_anything_at_all_can_be_checked(content: bytes) -> None:
    assert errors(lint(content))
