from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.digest.choosing.compose import compose
from syndicate.digest.choosing.news import Edition
from syndicate.model import (
    Carried,
    Category,
    Citation,
    Dated,
    Digest,
    Image,
    Issue,
    Label,
    Limits,
    Precision,
    Rights,
    Source,
    StoredEntry,
    Story,
)
from syndicate.translate import translation

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
        *stories: Story, carried: Mapping[str, Any] | None = None, **given: Any
    ) -> Issue:
        values: dict[str, Any] = {
            "edition": EDITION,
            "sources": sources,
            "categories": categories,
            "carried": {
                uid: (
                    at
                    if isinstance(at, Carried)
                    else Carried(at=at, by=(("tuan", 11, at),))
                )
                for uid, at in (carried or {}).items()
            },
        }
        values.update(given)
        return compose(values.pop("digest", digest), stories, **values)

    return run


OWN = ("Other news", "In brief", "Corrections")


def headings(language: str) -> dict[str, str]:
    return {word: translation(language).gettext(word) for word in OWN}


def uids(issue: Issue) -> list[str]:
    return [item.uid for item in issue.items]


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
    small = replace(digest, max_per_source=3, brief=0)
    flood = [make_story(n, topic="dan-van") for n in range(1, 9)]
    other = make_story(9, topic="dan-van", source="bao")
    issue = composed(*flood, other, digest=small)
    assert len(issue.items) == 4
    assert "u0009" in uids(issue)
    assert issue.left_out == 5


def test_sections_and_the_whole_have_limits_and_what_is_left_out_is_counted(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    small = replace(
        digest, max_per_section=3, max_stories=4, max_per_source=99, brief=0
    )
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
    small = replace(digest, max_stories=3, brief=0)
    issue = composed(*great, make_story(9, topic="dan-van"), digest=small)
    assert [len(section.items) for section in issue.sections] == [2, 1]


@given(seed=st.integers(0, 2**32), order=st.randoms(use_true_random=False))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_same_stories_in_any_order_make_the_same_issue(
    composed: Compose, make_story: Make, digest: Digest, seed: int, order: Random
) -> None:
    """And however late it is made; and to JSON and back it is the same."""
    chance = Random(seed)  # noqa: S311 -- no secret
    stories = [
        make_story(
            n,
            topic=chance.choice(("dan-van", "xay-dung-dang", "")),
            source=chance.choice(("khoi", "bao", "so", "lạ")),
            seen_at=START + chance.randrange(200) * HOUR,
            text="tin " * chance.randrange(900),
        )
        for n in range(chance.randrange(60))
    ]
    small = replace(
        digest, max_stories=chance.randrange(1, 20), brief=chance.randrange(8)
    )
    carried = {one.uid: START for one in stories if chance.random() < 0.2}
    first = composed(*stories, digest=small, carried=carried)
    order.shuffle(stories)
    late = replace(EDITION, now=END + 90 * DAY)
    again = composed(*stories, *stories, digest=small, carried=carried, edition=late)
    assert again == first
    ranks = [item.rank for item in (*first.items, *first.spare)]
    assert sorted(ranks) == list(range(1, len(ranks) + 1))


def test_a_week_without_news_is_an_empty_issue(composed: Compose) -> None:
    issue = composed()
    assert (issue.sections, issue.documents, issue.left_out) == ((), (), 0)


# ── In brief, and what stands by ─────────────────────────────────────────────


def test_the_next_best_are_told_in_brief_in_a_section_of_their_own(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    small = replace(digest, max_stories=2, brief=3)
    issue = composed(*(make_story(n) for n in range(1, 9)), digest=small)
    assert [section.title for section in issue.sections] == [
        "Xây dựng Đảng",
        headings("vi")["In brief"],
    ]
    full, brief = issue.sections
    assert [item.brief for item in (*full.items, *brief.items)] == [False] * 2 + [
        True
    ] * 3
    assert {item.section for item in brief.items} == {"Xây dựng Đảng"}
    assert [item.rank for item in issue.items] == [1, 2, 3, 4, 5]
    assert (len(issue.spare), issue.left_out) == (3, 3)


def test_who_floods_a_window_gets_no_short_places_on_top(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    small = replace(digest, max_per_source=2, max_stories=4)
    flood = [make_story(n, text="dài " * 900) for n in range(1, 40)]
    others = [make_story(n, source="bao") for n in (51, 52, 53)]
    issue = composed(*flood, *others, digest=small)
    assert len(issue.items) == 4
    assert sum(item.sources[0] == "bao" for item in issue.items) == 2
    assert sum(item.sources[0] == "khoi" for item in issue.spare) == 5
    assert sum(item.sources[0] == "bao" for item in issue.spare) == 1
    assert issue.left_out == 38


def test_one_category_has_a_limit_of_its_own(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    few = replace(digest, max_per_category=2, brief=5)
    issue = composed(
        *(make_story(n) for n in range(1, 6)),
        *(make_story(n, topic="") for n in range(11, 16)),
        digest=few,
    )
    told = Counter(item.categories for item in issue.items)
    assert told == {("xay-dung-dang",): 2, (): 5}


def test_no_brief_part_where_the_digest_wants_none_or_all_have_their_place(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    stories = [make_story(n) for n in range(1, 4)]
    assert not any(item.brief for item in composed(*stories).items)
    none = replace(digest, max_stories=1, brief=0)
    assert len(composed(*stories, digest=none).items) == 1


def test_the_lead_is_what_matters_most_wherever_its_section_stands(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    people = make_story(
        2, topic="dan-van", entries=(make_entry(2), make_entry(3, source="bao"))
    )
    issue = composed(make_story(1), people)
    assert uids(issue) == ["u0001", "u0002"]
    assert issue.lead is not None
    assert (issue.lead.uid, issue.lead.rank) == ("u0002", 1)
    assert composed().lead is None


def test_a_correction_is_owed_and_goes_last_of_what_must_go_to_fit(
    composed: Compose, make_story: Make
) -> None:
    corrected = make_story(1, seen_at=START - DAY, changed_at=START + DAY)
    issue = composed(corrected, make_story(2), make_story(3), carried={"u0001": START})
    by_rank = sorted(issue.items, key=lambda item: item.rank)
    assert [item.corrected for item in by_rank] == [False, True, False]


def test_our_own_headings_are_there_for_readers_of_either_language(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    corrected = make_story(1, seen_at=START - DAY, changed_at=START + DAY)
    stories = [corrected, make_story(2, topic=""), make_story(3, topic="dan-van")]
    small = replace(digest, max_stories=1)
    issue = composed(*stories, digest=small, carried={"u0001": START})
    vi, en = headings("vi"), headings("en")
    named = {one.title: dict(one.titles) for one in issue.headings}
    assert list(named) == [
        "Xây dựng Đảng",
        "Dân vận – Mặt trận",
        *(vi[word] for word in OWN),
    ]
    for word in OWN:
        assert named[vi[word]] == {"vi": vi[word], "en": en[word]}
    assert named["Xây dựng Đảng"] == {}
    assert all(one.items == () for one in issue.headings)
    for section in issue.sections:
        assert dict(section.titles) == named[section.title]


def test_the_limits_of_the_digest_are_kept_with_the_issue(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    limits = composed(make_story(1), digest=replace(digest, max_per_category=4)).limits
    assert limits == Limits(
        stories=30,
        per_section=10,
        per_source=10,
        per_category=4,
        brief=10,
        documents=12,
    )


# ── Windows of which nobody was told ─────────────────────────────────────────


def test_what_came_in_a_window_that_was_left_out_comes_now(
    composed: Compose, make_story: Make
) -> None:
    stories = [make_story(n, seen_at=START - n * DAY) for n in (1, 2, 3)]
    reaching = replace(EDITION, since=START - 2 * DAY)
    assert uids(composed(*stories, edition=reaching)) == ["u0001", "u0002"]


def test_a_story_of_a_skipped_issue_comes_once_more(
    composed: Compose, make_story: Make
) -> None:
    stories = [make_story(n, seen_at=START - DAY) for n in (1, 2, 3)]
    owing = replace(EDITION, owed=frozenset({"u0001", "u0003"}))
    told = {"u0003": START}
    assert uids(composed(*stories, edition=owing, carried=told)) == ["u0001"]


def test_a_month_has_news_of_its_first_days(
    composed: Compose, make_story: Make, make_dated: Callable[..., Dated]
) -> None:
    """Their age counts at first sight, not at the end of so long a window."""
    month = replace(EDITION, start=END - 31 * DAY)
    seen = month.start + HOUR
    new = make_story(1, seen_at=seen, published=make_dated(seen - DAY))
    old = make_story(2, seen_at=seen, published=make_dated(seen - 22 * DAY))
    assert uids(composed(new, old, edition=month)) == ["u0001"]


def test_a_long_embargo_does_not_make_a_story_old(
    composed: Compose, make_story: Make, sources: dict[str, Source]
) -> None:
    sources["khoi"] = replace(sources["khoi"], embargo=30 * DAY)
    seen = START - 29 * DAY
    assert uids(composed(make_story(1, seen_at=seen))) == ["u0001"]


def test_an_undated_find_of_the_first_import_is_news_when_somebody_dates_it(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    """Unless we had it so long that it is old by now."""
    dated = make_entry(2, source="bao")
    for days, told in ((2, ["u0001"]), (30, [])):
        seen = dated.seen_at - days * DAY
        undated = make_entry(1, backlog=True, published=None, seen_at=seen)
        assert uids(composed(make_story(1, entries=(undated, dated)))) == told


def test_a_copy_of_what_its_first_source_took_back_is_news_of_its_own_week(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    before = START - DAY
    gone = make_entry(1, seen_at=before, withdrawn_at=before + HOUR)
    stays = make_entry(2, source="bao", seen_at=START + DAY)
    assert uids(composed(make_story(1, entries=(gone, stays)))) == ["u0001"]


def test_a_teller_who_came_after_the_window_is_of_the_next(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    """However late the issue is made: it is the same an hour and a week after."""
    late = make_entry(2, source="bao", seen_at=END)
    story = make_story(1, entries=(late, make_entry(1)))
    (item,) = composed(story, edition=replace(EDITION, now=END + 3 * DAY)).items
    assert (item.source, item.also, item.sources) == (
        "Đảng ủy Khối Cửu Hà",
        (),
        ("khoi",),
    )


def test_what_was_withdrawn_after_an_issue_was_made_was_in_it(
    composed: Compose, make_story: Make
) -> None:
    story = make_story(1, withdrawn_at=END + 2 * HOUR)
    assert uids(composed(story)) == ["u0001"]
    assert uids(composed(story, edition=replace(EDITION, now=END + 3 * HOUR))) == []


# ── What an item shows ───────────────────────────────────────────────────────


def test_an_item_says_by_what_it_can_be_chosen_and_whom_it_comes_from(
    composed: Compose, make_story: Make, make_entry: MakeEntry
) -> None:
    labels = (
        Label(category="kiem-tra", reason="", confidence=0.9),
        Label(category="dan-van", reason="", confidence=0.5, primary=True),
    )
    tellers = (
        make_entry(1, credit="baocuuha.example"),
        make_entry(2, source="bao"),
        make_entry(3, source="khoi"),
    )
    (item,) = composed(replace(make_story(entries=tellers), labels=labels)).items
    assert item.categories == ("dan-van", "kiem-tra")
    assert item.sources == ("khoi", "bao")
    assert item.credit == "baocuuha.example"
    assert item.section == "Dân vận – Mặt trận"


def test_a_correction_names_the_issues_that_told_it_in_old_words(
    composed: Compose, make_story: Make
) -> None:
    story = make_story(1, seen_at=START - 9 * DAY, changed_at=START + DAY)
    by = (
        ("tuan", 10, START - 7 * DAY),
        ("tuan-daily", 71, START - 8 * DAY),
        ("tuan-daily", 79, START + 2 * DAY),  # it had the new words
    )
    carried = {"u0001": Carried(at=START - 7 * DAY, by=by)}
    issue = composed(story, make_story(2), carried=carried)
    (item,) = [one for one in issue.items if one.corrected]
    assert item.carried_in == (10,)
    assert item.carried_by == (("tuan", 10), ("tuan-daily", 71))


def test_a_change_after_the_window_is_corrected_in_the_next(
    composed: Compose, make_story: Make
) -> None:
    story = make_story(1, seen_at=START - DAY, changed_at=END + HOUR)
    late = replace(EDITION, now=END + 2 * HOUR)
    assert composed(story, edition=late, carried={"u0001": START}).items == ()
    later = replace(EDITION, start=END, end=END + 7 * DAY, now=END + 7 * DAY)
    assert composed(story, edition=later, carried={"u0001": START}).items != ()


def test_one_source_that_changes_everything_does_not_flood_the_corrections(
    composed: Compose, make_story: Make, digest: Digest
) -> None:
    flood = [
        make_story(n, seen_at=START - DAY, changed_at=START + DAY) for n in range(1, 9)
    ]
    one = make_story(9, source="bao", seen_at=START - DAY, changed_at=START + DAY)
    carried = {story.uid: START for story in (*flood, one)}
    few = replace(digest, max_per_source=2)
    issue = composed(*flood, one, carried=carried, digest=few)
    assert Counter(item.sources[0] for item in issue.items) == {"khoi": 2, "bao": 1}
    assert issue.left_out == 6


def test_the_list_of_documents_has_a_length_and_may_be_left_out(
    composed: Compose,
    make_story: Make,
    make_citation: Callable[..., Citation],
    digest: Digest,
) -> None:
    cited = tuple(make_citation(f"{n:02}-CT/TW") for n in range(1, 20))
    stories = [make_story(1, citations=cited), make_story(2, citations=cited[:2])]
    assert len(composed(*stories).documents) == 12
    two = composed(*stories, digest=replace(digest, most_cited=2)).documents
    assert two == (("01-CT/TW", 2), ("02-CT/TW", 2))
    assert composed(*stories, digest=replace(digest, most_cited=0)).documents == ()
    assert len(composed(*stories).items[-1].cites) in (2, 19)


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
