from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from syndicate.digest.drawing.wishes import (
    Wish,
    everything,
    heading,
    least_first,
    led,
    wished,
    without,
)
from syndicate.model import Issue, IssueItem, IssueSection

Item = Callable[..., IssueItem]
MakeIssue = Callable[..., Issue]


@pytest.fixture
def issue(make_issue: MakeIssue, make_item: Item) -> Issue:
    """Two sections of two, then a correction; ranks against the reading order."""

    def item(number: int, *topics: str, **given: object) -> IssueItem:
        return make_item(
            number,
            categories=topics,
            sources=("khoi",) if number % 2 else ("bao", "khoi"),
            **given,
        )

    party = (item(1, "dang", rank=3), item(2, "dang", "dan", rank=2))
    people = (item(3, "dan", rank=1), item(4, "dan", rank=5, documents=("05-CT/TW",)))
    again = (item(5, "dang", rank=4, corrected=True),)
    return make_issue(
        sections=(
            IssueSection(title="Đảng", items=party, titles=(("en", "Party"),)),
            IssueSection(title="Dân", items=people),
            IssueSection(title="Đính chính", items=again),
        ),
        spare=(item(6, "dan"), item(7, "dang")),
        left_out=9,
        documents=(("02-NQ/TU", 4), ("05-CT/TW", 1)),
    )


def told(issue: Issue) -> list[tuple[str, list[int]]]:
    return [(one.title, [item.story for item in one.items]) for one in issue.sections]


def test_who_wishes_for_nothing_gets_all_but_the_corrections(issue: Issue) -> None:
    plain = wished(issue, Wish(language="vi"))
    assert told(plain) == [("Đảng", [1, 2]), ("Dân", [3, 4])]
    assert (plain.left_out, plain.documents) == (issue.left_out, issue.documents)


def test_corrections_are_for_those_who_had_the_first_version(issue: Issue) -> None:
    owed = wished(issue, Wish(language="vi", corrections=("u0005",)))
    assert told(owed)[-1] == ("Đính chính", [5])
    assert told(wished(issue, everything(issue, "vi"))) == told(owed)


def test_a_section_without_stories_has_no_heading(issue: Issue) -> None:
    chosen = wished(issue, Wish(language="vi", categories=("dang",)))
    assert told(chosen) == [("Đảng", [1, 2])]


def test_any_of_the_topics_and_any_of_the_sources_will_do(issue: Issue) -> None:
    topics = wished(issue, Wish(language="vi", categories=("dan", "none")))
    assert told(topics) == [("Đảng", [2]), ("Dân", [3, 4])]
    both = wished(issue, Wish(language="vi", categories=("dan",), sources=("bao",)))
    assert told(both) == [("Đảng", [2]), ("Dân", [4])]


def test_what_the_web_has_more_is_counted_for_the_choice(issue: Issue) -> None:
    assert wished(issue, Wish(language="vi", categories=("dan",))).left_out == 1
    assert wished(issue, Wish(language="vi", sources=("elsewhere",))).left_out == 0


def test_documents_are_counted_again_for_a_choice(issue: Issue) -> None:
    chosen = wished(issue, Wish(language="vi", categories=("dan",)))
    assert chosen.documents == (("02-NQ/TU", 2), ("05-CT/TW", 1))


def test_a_key_is_the_same_however_a_wish_is_spelt() -> None:
    one = Wish(language="vi", categories=("a", "b"), sources=("c",))
    same = Wish(language="vi", categories=("b", "a", "b"), sources=("c",))
    assert one.key == same.key
    others = [
        Wish(language="vi"),
        Wish(language="en", categories=("a", "b"), sources=("c",)),
        Wish(language="vi", categories=("a",), sources=("b", "c")),
        Wish(language="vi", categories=("a", "b"), corrections=("c",)),
        Wish(language="vi", categories=("a", "b", "c")),
        replace(one, text_only=True),
    ]
    assert len({one.key, *(other.key for other in others)}) == 7
    longest = Wish(language="zh-Hant-HK-x-private", categories=("x" * 500,) * 9)
    assert len(longest.key) <= 64


def test_what_leads_stands_in_front(issue: Issue) -> None:
    front = led(wished(issue, Wish(language="vi")), "vi")
    assert told(front)[1:] == [("Đảng", [1, 2]), ("Dân", [4])]
    assert [item.story for item in front.sections[0].items] == [3]
    assert front.left_out == issue.left_out


def test_what_is_in_front_already_leads_where_it_is(issue: Issue) -> None:
    one = wished(issue, Wish(language="vi", categories=("dan",)))
    swapped = replace(one, sections=tuple(reversed(one.sections)))
    assert led(swapped, "vi") is swapped


def test_a_correction_or_a_story_in_brief_never_leads(
    make_issue: MakeIssue, make_item: Item
) -> None:
    only = make_issue(make_item(1, corrected=True), make_item(2, brief=True, rank=1))
    assert led(only, "vi") is only


def test_what_matters_least_is_dropped_first(issue: Issue) -> None:
    assert least_first(issue) == ["u0004", "u0005", "u0001", "u0002", "u0003"]
    shorter = without(issue, frozenset({"u0004", "u0003"}))
    assert told(shorter) == [("Đảng", [1, 2]), ("Đính chính", [5])]
    assert shorter.left_out == issue.left_out + 2


def test_stories_without_a_rank_are_dropped_from_the_longest_section(
    make_issue: MakeIssue, make_item: Item
) -> None:
    sections = (
        IssueSection(title="A", items=tuple(make_item(n) for n in (1, 2, 3))),
        IssueSection(title="B", items=(make_item(4),)),
    )
    assert least_first(make_issue(sections=sections)) == [
        "u0003",
        "u0002",
        "u0004",
        "u0001",
    ]


def test_a_heading_is_in_the_language_of_the_reader_if_it_is_known(
    issue: Issue,
) -> None:
    first, second, _third = issue.sections
    assert heading(first, "en") == "Party"
    assert heading(first, "vi") == "Đảng"
    assert heading(second, "en") == "Dân"
