from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.digest.drawing.shown import (
    blurb,
    clipped,
    plain,
    preheader,
    shown,
    subject,
    web_address,
)
from syndicate.model import Digest, Image, Issue, IssueItem, IssueSection

Item = Callable[..., IssueItem]
MakeIssue = Callable[..., Issue]


def test_a_subject_says_what_when_and_what_leads(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    issue = make_issue(make_item(1, title="Cầu mới ở Bình Khê"))
    assert subject(issue, digest) == (
        "[Bản tin tuần Cửu Hà] 12–18/10/2026 · Cầu mới ở Bình Khê"
    )


@pytest.mark.parametrize("title", ["", "None"])
def test_a_subject_leads_with_a_story_that_has_a_title(
    make_issue: MakeIssue, make_item: Item, digest: Digest, title: str
) -> None:
    issue = make_issue(make_item(1, title=title), make_item(2, title="Cầu mới"))
    assert subject(issue, digest).endswith(" · Cầu mới")


@pytest.mark.parametrize("title", ["{{{{ x }}}}", "{%%}", "{#}#}", "a}}}}b"])
def test_a_subject_never_looks_like_an_unfilled_template(
    make_issue: MakeIssue, make_item: Item, digest: Digest, title: str
) -> None:
    made = subject(make_issue(make_item(1, title=title)), digest)
    for mark in ("{{", "}}", "{%", "%}", "{#"):
        assert mark not in made


def test_a_long_subject_ends_with_a_whole_word(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    made = subject(make_issue(make_item(1, title="nghị quyết " * 40)), digest)
    assert 60 < len(made) <= 70
    assert made.endswith(("nghị…", "quyết…"))


def test_a_subject_without_room_for_a_title_says_the_period_alone(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    long = replace(digest, title="Bản tin " + "rất dài " * 30)
    made = subject(make_issue(make_item(1, title="nghị quyết " * 40)), long)
    assert made.endswith("rất…] 12–18/10/2026")
    assert len(made) < 80


def test_an_editors_subject_goes_before_ours(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    issue = make_issue(make_item(1), subject="Ba nghị quyết mới\r\nBcc: x")
    assert subject(issue, digest) == "Ba nghị quyết mới Bcc: x"
    long = subject(replace(issue, subject="nghị quyết " * 40), digest)
    assert 140 < len(long) <= 150


@pytest.mark.parametrize("own", ["", "Ba nghị quyết", "[QC] Ba nghị quyết"])
def test_a_digest_with_advertising_says_so_first_and_once(
    make_issue: MakeIssue, make_item: Item, digest: Digest, own: str
) -> None:
    made = subject(
        make_issue(make_item(1), subject=own), replace(digest, advertising=True)
    )
    assert made.startswith("[QC] ")
    assert made.count("[QC]") == 1
    assert len(made) <= 70


def test_an_issue_is_counted_in_words(make_issue: MakeIssue, make_item: Item) -> None:
    issue = make_issue(make_item(1), make_item(2, source="Báo Cửu Hà"))
    assert blurb(issue, "vi") == (
        "2 tin từ 2 nguồn, 1 văn bản được nhắc đến. Đọc trong 1 phút."
    )
    assert blurb(issue, "en") == (
        "2 stories from 2 sources, 1 document cited. 1 minute read."
    )


def test_a_preheader_is_of_a_length_that_inboxes_show(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    for issue in (
        make_issue(sections=(), documents=()),
        make_issue(make_item(1), documents=()),
        make_issue(*(make_item(n, title="nghị quyết " * 9) for n in range(30))),
        make_issue(make_item(1), make_item(2, title="–" * 200), documents=()),
    ):
        assert 40 <= len(preheader(issue, digest)) <= 130


def test_a_story_is_shown_clean_and_of_bounded_length(
    make_issue: MakeIssue, make_item: Item
) -> None:
    bad = make_item(
        1,
        title="Cầu\r\nmới\u202e " + "dài " * 300,
        summary="\x00" * 9,
        url="javascript:alert(1)",
        authors=("", "\x07", *["An"] * 9),
        also=(("", "https://bao.cuuha.example/1"), ("Đài", "ftp://x/")),
        image=Image(url="http://khoi.cuuha.example/a.jpg"),
    )
    (item,) = shown(make_issue(bad)).items
    assert item.title.startswith("Cầu mới dài ")
    assert len(item.title) <= 300
    assert (item.summary, item.url, item.image) == ("", "", None)
    assert item.also == (
        ("bao.cuuha.example", "https://bao.cuuha.example/1"),
        ("Đài", ""),
    )


def test_a_story_without_a_title_goes_by_its_words(
    make_issue: MakeIssue, make_item: Item
) -> None:
    (item,) = shown(make_issue(make_item(1, title=" ", summary="Cầu mới."))).items
    assert item.title == "Cầu mới."
    (bare,) = shown(make_issue(make_item(1, title="", summary="", url=""))).items
    assert bare.title == "u0001"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/?/slug/17751487",
        "http://a.example/x?a=1&b='2'|3#đ",
        "https://đảng.example/tin",
    ],
)
def test_an_address_that_can_be_linked_to_stays_as_it_is(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "//a.example",
        "ftp://a.example",
        "javascript:x",
        "https://",
        "http://[::1",
    ]
    + ["https://a.example/" + c for c in ("a b", '"', "<", "\n", "\u2028", "x" * 2000)],
)
def test_an_address_that_cannot_is_dropped(url: str) -> None:
    assert web_address(url) == ""


@given(st.text(max_size=200), st.integers(10, 80))
def test_clipping_keeps_to_the_limit_and_to_the_beginning(
    text: str, limit: int
) -> None:
    made = clipped(text, limit)
    assert len(made) <= limit
    assert made == text or (made.endswith("…") and text.startswith(made[:-1]))


@given(st.text(st.characters(), max_size=100))
def test_a_plain_line_is_one_line(text: str) -> None:
    made = plain(text)
    assert len(made.splitlines()) <= 1
    assert made == made.strip() == plain(made)
    made.encode("utf-8")


def test_corrections_are_counted_apart_from_news(
    make_issue: MakeIssue, make_item: Item
) -> None:
    mixed = make_issue(make_item(1), make_item(2, corrected=True), documents=())
    assert blurb(mixed, "vi") == "1 tin từ 1 nguồn, 1 đính chính. Đọc trong 1 phút."
    alone = make_issue(make_item(1, corrected=True), documents=())
    assert blurb(alone, "vi") == "1 đính chính. Đọc trong 1 phút."


def test_an_issue_without_stories_says_so_and_counts_nothing(
    make_issue: MakeIssue,
) -> None:
    assert blurb(make_issue(sections=()), "vi") == "Kỳ này không có tin mới."


def test_a_correction_that_leads_is_not_sold_as_news(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    issue = make_issue(make_item(1, title="Cầu mới ở Bình Khê", corrected=True))
    assert subject(issue, digest).endswith(" · Đính chính: Cầu mới ở Bình Khê")


def test_a_preheader_shows_how_far_an_issue_reaches(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    sections = tuple(
        IssueSection(
            title=name, items=tuple(make_item(n, title=f"{name} {n}") for n in (1, 2))
        )
        for name in ("Đảng", "Dân vận", "Kinh tế")
    )
    issue = make_issue(sections=sections)
    assert preheader(issue, digest).endswith(" · Dân vận 1 · Kinh tế 1")
    assert preheader(replace(issue, sections=sections[:1]), digest).endswith(
        " · Đảng 2"
    )


def test_a_byline_does_not_say_the_source_again(
    make_issue: MakeIssue, make_item: Item
) -> None:
    bylines = ("Huyền Trân (Đảng uỷ Khối Cửu Hà)", "ĐẢNG ỦY KHỐI CỬU HÀ", "Anh (Sở)")
    (item,) = shown(make_issue(make_item(1, authors=bylines))).items
    assert item.authors == ("Huyền Trân", "Anh (Sở)")


def test_a_source_without_a_title_goes_by_its_host(
    make_issue: MakeIssue, make_item: Item
) -> None:
    (item,) = shown(make_issue(make_item(1, source=" "))).items
    assert item.source == "khoi.cuuha.example"
