from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from syndicate.digest.choosing.compose import Edition, compose, window, window_of
from syndicate.model import (
    Category,
    Citation,
    Dated,
    Digest,
    Image,
    Issue,
    Label,
    Precision,
    Rights,
    Source,
    StoredEntry,
    Story,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 10, 11, 23, tzinfo=UTC)
END = datetime(2026, 10, 18, 23, tzinfo=UTC)
EDITION = Edition(number=12, start=START, end=END, now=END + HOUR)

Make = Callable[..., Story]
MakeEntry = Callable[..., StoredEntry]
Compose = Callable[..., Issue]


@pytest.fixture
def composed(
    digest: Digest, sources: dict[str, Source], categories: dict[str, Category]
) -> Compose:
    """Compose issue 12 of the given stories."""

    def run(
        *stories: Story, carried: Mapping[str, datetime] | None = None, **given: Any
    ) -> Issue:
        values: dict[str, Any] = {
            "edition": EDITION,
            "sources": sources,
            "categories": categories,
            "carried": carried or {},
        }
        values.update(given)
        return compose(values.pop("digest", digest), stories, **values)

    return run


def uids(issue: Issue) -> list[str]:
    return [item.uid for item in issue.items]


# ── The window ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        ("2026-10-18T22:59:59+00:00", "2026-10-12T06:00:00+07:00"),
        ("2026-10-18T23:00:00+00:00", "2026-10-19T06:00:00+07:00"),
        ("2026-10-22T12:00:00+00:00", "2026-10-19T06:00:00+07:00"),
        ("2026-10-19T05:59:00+07:00", "2026-10-12T06:00:00+07:00"),
    ],
)
def test_the_window_is_the_last_week_that_is_complete(
    digest: Digest, as_of: str, end: str
) -> None:
    start, found = window(digest, datetime.fromisoformat(as_of))
    assert found == datetime.fromisoformat(end)
    assert found - start == timedelta(days=7)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Gaza"])
@pytest.mark.parametrize("hour", [0, 2, 6, 23])
def test_no_moment_is_in_two_windows_or_in_none(
    digest: Digest, zone: str, hour: int
) -> None:
    berlin = replace(digest, timezone=zone, weekday=6, hour=hour, minute=30)
    as_of = datetime(2025, 1, 1, tzinfo=UTC)
    windows = []
    for _ in range(110):
        windows.append(window(berlin, as_of))
        as_of += timedelta(days=7)
    for (_start, end), (start, _end) in pairwise(windows):
        assert end == start


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Gaza"])
def test_every_moment_is_in_the_window_that_is_said_to_hold_it(
    digest: Digest, zone: str
) -> None:
    odd = replace(digest, timezone=zone, weekday=6, hour=2, minute=30)
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    for _ in range(900):
        start, end = window_of(odd, moment)
        assert start <= moment < end
        assert (start, end) == window(odd, end)
        assert window_of(odd, start) == (start, end)
        moment += timedelta(hours=13)


def test_a_week_in_which_the_clocks_change_keeps_its_wall_clock(
    digest: Digest,
) -> None:
    berlin = replace(digest, timezone="Europe/Berlin", weekday=0, hour=6)
    start, end = window(berlin, datetime(2026, 10, 26, 12, tzinfo=UTC))
    assert end - start == timedelta(hours=169)
    assert (start.hour, end.hour) == (4, 5)


# ── What is news ─────────────────────────────────────────────────────────────


def test_a_story_belongs_to_the_window_in_which_it_was_gathered(
    composed: Compose, make_story: Make
) -> None:
    times = {1: START - HOUR, 2: START, 3: END - HOUR, 4: END}
    issue = composed(*(make_story(n, seen_at=at) for n, at in times.items()))
    assert sorted(uids(issue)) == ["u0002", "u0003"]


def test_a_late_article_is_in_the_issue_of_the_week_it_came(
    composed: Compose, make_story: Make, make_dated: Callable[..., Dated]
) -> None:
    late = make_story(1, published=make_dated(START - 3 * DAY))
    assert uids(composed(late)) == ["u0001"]


def test_an_old_article_is_never_news(
    composed: Compose, make_story: Make, make_dated: Callable[..., Dated]
) -> None:
    old = make_story(1, published=make_dated(datetime(2016, 2, 23, tzinfo=UTC)))
    edge = make_story(2, published=make_dated(END - timedelta(days=21)))
    assert uids(composed(old, edge)) == ["u0002"]


def test_a_fresh_copy_of_an_old_article_is_old(
    composed: Compose,
    make_story: Make,
    make_entry: MakeEntry,
    make_dated: Callable[..., Dated],
) -> None:
    old = make_entry(2, source="bao", published=make_dated(START - 40 * DAY))
    assert composed(make_story(entries=(make_entry(1), old))).items == ()


def test_backlog_is_never_news(composed: Compose, make_story: Make) -> None:
    issue = composed(
        make_story(1, backlog=True), make_story(2, backlog=True, published=None)
    )
    assert issue.items == ()


def test_a_dated_copy_speaks_for_an_undated_one_from_the_backlog(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    undated = make_entry(1, backlog=True, published=None)
    story = make_story(entries=(undated, make_entry(2, source="bao")))
    assert uids(composed(story)) == ["u0001"]


def test_an_article_without_a_date_is_news_when_it_is_not_backlog(
    composed: Compose, make_story: Make
) -> None:
    issue = composed(make_story(1, published=None))
    assert issue.items[0].published is None


def test_a_story_is_carried_once(composed: Compose, make_story: Make) -> None:
    issue = composed(make_story(1), make_story(2), carried={"u0001": START})
    assert uids(issue) == ["u0002"]


def test_a_story_under_embargo_waits_for_the_window_in_which_it_ends(
    composed: Compose,
    make_story: Make,
    sources: dict[str, Source],
    make_dated: Callable[..., Dated],
) -> None:
    sources["khoi"] = replace(sources["khoi"], embargo=2 * HOUR)
    seen = END - timedelta(minutes=30)
    story = make_story(1, seen_at=seen, published=make_dated(seen - HOUR))
    later = replace(EDITION, number=13, start=END, end=END + 7 * DAY, now=END + 8 * DAY)
    assert composed(story).items == ()
    assert uids(composed(story, edition=later)) == ["u0001"]


def test_an_embargo_is_counted_from_the_gathering_when_only_the_day_is_known(
    composed: Compose,
    make_story: Make,
    sources: dict[str, Source],
    make_dated: Callable[..., Dated],
) -> None:
    sources["khoi"] = replace(sources["khoi"], embargo=2 * HOUR)
    seen = END - HOUR
    day = make_dated(seen - 12 * HOUR, Precision.DAY)
    minute = make_dated(seen - 12 * HOUR)
    assert composed(make_story(1, seen_at=seen, published=day)).items == ()
    assert composed(make_story(1, seen_at=seen, published=minute)).items != ()


def test_another_teller_under_embargo_is_not_named(
    composed: Compose,
    make_story: Make,
    make_entry: MakeEntry,
    make_citation: Callable[..., Citation],
    sources: dict[str, Source],
) -> None:
    """Nor are the documents that nobody else cites."""
    seen = END - HOUR
    cited = (make_citation("05-CT/TW"),)
    other = make_entry(2, source="bao", seen_at=seen, citations=cited)
    story = make_story(1, entries=(make_entry(1, seen_at=seen), other))
    for hours, also in ((0, 1), (3, 1), (4, 0)):
        sources["bao"] = replace(sources["bao"], embargo=hours * HOUR)
        issue = composed(story, edition=replace(EDITION, now=END))
        (told,) = issue.items
        assert len(told.also) == also
        assert len(issue.documents) == also


def test_what_a_source_withdrew_is_not_told(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    gone = make_entry(1, withdrawn_at=END)
    stays = make_entry(2, source="bao", title="Báo Cửu Hà vẫn giữ tin này")
    issue = composed(
        make_story(1, entries=(gone, stays)), make_story(2, withdrawn_at=END)
    )
    assert [item.title for item in issue.items] == ["Báo Cửu Hà vẫn giữ tin này"]


# ── Corrections ──────────────────────────────────────────────────────────────


def test_a_story_corrected_since_comes_again_under_its_own_heading(
    composed: Compose, make_story: Make
) -> None:
    before = START - DAY
    corrected = make_story(1, seen_at=before, changed_at=START + DAY)
    issue = composed(corrected, make_story(2), carried={"u0001": START})
    assert [section.title for section in issue.sections] == [
        "Xây dựng Đảng",
        "Đính chính",
    ]
    assert issue.sections[-1].items[0].corrected
    assert not issue.sections[0].items[0].corrected


def test_a_correction_that_was_carried_is_not_carried_again(
    composed: Compose, make_story: Make
) -> None:
    story = make_story(1, seen_at=START - DAY, changed_at=START)
    assert composed(story, carried={"u0001": START}).items == ()


def test_one_more_teller_is_no_correction(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    first = make_entry(1, seen_at=START - DAY)
    joined = make_entry(2, source="bao", seen_at=START + DAY)
    story = make_story(entries=(first, joined))
    assert composed(story, carried={"u0001": START}).items == ()


# ── Order and limits ─────────────────────────────────────────────────────────


def test_sections_stand_in_order_and_each_story_once(
    composed: Compose, make_story: Make
) -> None:
    both = (
        Label(category="dan-van", reason="", confidence=0.9, primary=True),
        Label(category="xay-dung-dang", reason="", confidence=0.5),
    )
    second = (
        Label(category="the-thao", reason="", confidence=0.9, primary=True),
        Label(category="kiem-tra", reason="", confidence=0.5),
    )
    issue = composed(
        make_story(1, topic=""),
        make_story(2, topic="the-thao"),
        replace(make_story(3), labels=both),
        replace(make_story(4), labels=second),
    )
    told = {section.title: {i.uid for i in section.items} for section in issue.sections}
    assert list(told.items()) == [
        ("Xây dựng Đảng", {"u0004"}),
        ("Dân vận – Mặt trận", {"u0003"}),
        ("Tin khác", {"u0001", "u0002"}),
    ]


def test_a_digest_without_sections_has_one_for_each_category(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    issue = composed(
        make_story(1),
        make_story(2, topic="dan-van"),
        digest=replace(digest, sections=()),
    )
    assert [section.title for section in issue.sections] == [
        "Dân vận – Mặt trận",
        "Xây dựng Đảng",
    ]


def test_headings_are_in_the_language_of_the_digest(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    issue = composed(make_story(1, topic=""), digest=replace(digest, language="en"))
    assert [section.title for section in issue.sections] == ["Other news"]


def test_what_more_tell_comes_first(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    told_by_two = make_story(2, entries=(make_entry(2), make_entry(3, source="bao")))
    assert uids(composed(make_story(1), told_by_two)) == ["u0002", "u0001"]


def test_one_source_cannot_flood_an_issue(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    small = replace(digest, max_per_source=3)
    flood = [make_story(n, topic="dan-van") for n in range(1, 9)]
    other = make_story(9, topic="dan-van", source="bao")
    issue = composed(*flood, other, digest=small)
    assert len(issue.items) == 4
    assert "u0009" in uids(issue)
    assert issue.left_out == 5


def test_sections_and_the_whole_have_limits_and_what_is_left_out_is_counted(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    small = replace(digest, max_per_section=3, max_stories=4, max_per_source=99)
    party = [make_story(n) for n in range(1, 9)]
    people = [make_story(n, topic="dan-van") for n in range(11, 15)]
    issue = composed(*party, *people, digest=small)
    assert [len(section.items) for section in issue.sections] == [3, 1]
    assert issue.left_out == 8


def test_every_section_with_a_story_is_there_before_any_is_full(
    composed: Compose, make_story: Make, make_entry: MakeEntry, digest: Digest
) -> None:
    great = [
        make_story(n, entries=(make_entry(n), make_entry(n + 50, source="bao")))
        for n in range(1, 6)
    ]
    small = replace(digest, max_stories=3)
    issue = composed(*great, make_story(9, topic="dan-van"), digest=small)
    assert [len(section.items) for section in issue.sections] == [2, 1]


def test_the_same_stories_in_any_order_make_the_same_issue(
    composed: Compose, make_story: Make
) -> None:
    stories = [make_story(n, topic=("dan-van", "")[n % 2]) for n in range(1, 30)]
    assert (
        composed(*stories)
        == composed(*reversed(stories))
        == composed(*stories, *stories)
    )


def test_a_week_without_news_is_an_empty_issue(composed: Compose) -> None:
    issue = composed()
    assert (issue.sections, issue.documents, issue.left_out) == ((), (), 0)


# ── What an item shows ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rights", "summary", "picture"),
    [
        (Rights.LINK, False, False),
        (Rights.EXTRACT, True, False),
        (Rights.FULL, True, True),
    ],
)
def test_an_item_shows_no_more_than_its_source_allows(
    composed: Compose,
    make_story: Make,
    sources: dict[str, Source],
    rights: Rights,
    summary: bool,
    picture: bool,
) -> None:
    sources["khoi"] = replace(sources["khoi"], rights=rights)
    image = Image(url="https://khoi.cuuha.example/cau.jpg")
    (item,) = composed(make_story(1, image=image)).items
    assert bool(item.summary) is summary
    assert (item.image is not None) is picture


def test_the_body_of_an_extract_source_is_not_quoted(
    composed: Compose, make_story: Make, sources: dict[str, Source]
) -> None:
    sources["khoi"] = replace(sources["khoi"], rights=Rights.EXTRACT)
    (item,) = composed(make_story(1, lead="")).items
    assert item.summary == ""


def test_other_tellers_are_named_once_each(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    entries = (
        make_entry(1),
        make_entry(2, source="bao"),
        make_entry(3, source="bao"),
        make_entry(4),
        make_entry(5, source="so"),
    )
    (item,) = composed(make_story(entries=entries)).items
    assert item.also == (
        ("Báo Cửu Hà", "https://khoi.cuuha.example/tin-2"),
        ("Sở Nội vụ", "https://khoi.cuuha.example/tin-5"),
    )


def test_a_story_of_a_forgotten_source_is_a_title_and_a_link(
    composed: Compose, make_story: Make
) -> None:
    (item,) = composed(make_story(1, source="da-giai-the")).items
    assert (item.source, item.summary, item.image) == ("da-giai-the", "", None)


def test_documents_are_counted_by_story_most_cited_first(
    composed: Compose,
    make_story: Make,
    make_entry: MakeEntry,
    make_citation: Callable[..., Citation],
) -> None:
    tw, tu = make_citation("05-CT/TW", mentions=4), make_citation("02-NQ/TU")
    guessed = make_citation("01-CT/ĐUK", inferred=True, mentions=0)
    copies = (
        make_entry(1, citations=(tu, tw, guessed)),
        make_entry(2, source="bao", citations=(tw,)),
    )
    issue = composed(make_story(entries=copies), make_story(3, citations=(tw,)))
    assert issue.documents == (("05-CT/TW", 2), ("02-NQ/TU", 1))
    assert {item.documents for item in issue.items} == {
        ("05-CT/TW", "02-NQ/TU"),
        ("05-CT/TW",),
    }


def test_one_number_of_two_provinces_is_two_documents(
    composed: Compose, make_story: Make, make_citation: Callable[..., Citation]
) -> None:
    ours, theirs = (make_citation("02-ĐA/TU", scope=s) for s in ("Cửu Hà", "Tân Giang"))
    issue = composed(
        make_story(1, citations=(ours,)), make_story(2, citations=(theirs,))
    )
    assert issue.documents == (("02-ĐA/TU (Cửu Hà)", 1), ("02-ĐA/TU (Tân Giang)", 1))


def test_substance_leads_a_week_and_not_the_latest_ceremony(
    composed: Compose,
    make_story: Make,
    make_citation: Callable[..., Citation],
    make_dated: Callable[..., Dated],
) -> None:
    """A picture and three days do not outweigh a document; length counts too."""
    told = "Ủy ban kiểm tra bốc thăm người được xác minh tài sản. "
    ceremony = make_story(
        1,
        text=told * 25,
        image=Image(url="https://khoi.cuuha.example/a.jpg"),
        published=make_dated(START + 6 * DAY),
    )
    report = make_story(
        2,
        text=told * 25,
        citations=(make_citation("130/2020/NĐ-CP"),),
        published=make_dated(START + 3 * DAY),
    )
    notice = make_story(3, text=told * 6, published=make_dated(START + 6 * DAY))
    assert uids(composed(notice, ceremony, report)) == ["u0002", "u0001", "u0003"]


def test_a_source_that_gives_leads_alone_is_not_behind_for_it(
    composed: Compose, make_story: Make
) -> None:
    lead = "Cầu Bình Khê dài 42 m, do 36 hộ dân góp công xây dựng trong bốn tháng."
    brief, whole = make_story(1, lead=lead, text=lead), make_story(2, text="tin " * 300)
    assert uids(composed(whole, brief)) == ["u0001", "u0002"]
