"""An editor's changes: what goes, what comes up, who leads, and in what order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from syndicate.digest.choosing.editing import LONGEST, edited, joined
from syndicate.errors import MailError
from syndicate.model import Edits, Issue, IssueItem, IssueSection, Limits

MONDAY = datetime(2026, 10, 19, tzinfo=UTC)
HEADINGS = ("Cầu đường", "Giáo dục", "Tin khác")
BRIEF = "Tin vắn"


def item(uid: str, rank: int, section: str = HEADINGS[0], **given: Any) -> IssueItem:
    values = {
        "story": rank,
        "uid": uid,
        "title": f"Tin {uid}",
        "url": f"https://tin.example/{uid}",
        "summary": f"Tóm tắt {uid}",
        "source": "Tin",
        "language": "vi",
        "published": None,
        "sources": ("tin",),
        "categories": (section,),
        "rank": rank,
        "section": section,
    }
    return IssueItem(**values | given)


def issue(
    *groups: tuple[str, list[IssueItem]],
    spare: tuple[IssueItem, ...] = (),
    limits: Limits | None = Limits(stories=4, documents=5),  # noqa: B008 -- frozen
    left_out: int | None = None,
) -> Issue:
    return Issue(
        digest="tuan",
        number=3,
        start=MONDAY,
        end=MONDAY,
        sections=tuple(
            IssueSection(title=title, items=tuple(items)) for title, items in groups
        ),
        spare=spare,
        limits=limits,
        headings=tuple(IssueSection(title=title, items=()) for title in HEADINGS),
        left_out=len(spare) if left_out is None else left_out,
    )


@pytest.fixture
def four() -> Issue:
    """a b | c d are shown, e f are spare; a is what matters most."""
    return issue(
        (HEADINGS[0], [item("a", 1), item("b", 3)]),
        (HEADINGS[1], [item("c", 2, HEADINGS[1]), item("d", 4, HEADINGS[1])]),
        spare=(item("e", 5), item("f", 6, HEADINGS[1])),
    )


def shown(issue: Issue) -> list[str]:
    return [
        f"{section.title}: {' '.join(item.uid for item in section.items)}"
        for section in issue.sections
    ]


def uids(issue: Issue) -> str:
    return "".join(item.uid for item in issue.items)


# ── Hiding ──


def test_an_issue_without_edits_is_the_issue_itself(four):
    assert edited(four, Edits()) is four


def test_the_next_one_by_rank_comes_up_for_one_that_is_hidden(four):
    made = edited(four, Edits(hidden=("c",)))
    assert shown(made) == ["Cầu đường: a b e", "Giáo dục: d"]
    assert [one.uid for one in made.spare] == ["f"]
    assert [one.uid for one in made.hidden] == ["c"]
    assert made.left_out == 1


def test_what_comes_up_keeps_to_the_limit_of_its_source():
    one_each = Limits(stories=2, per_source=1)
    base = issue(
        (HEADINGS[0], [item("a", 1), item("b", 2, sources=("bao",))]),
        spare=(item("c", 3), item("d", 4, sources=("xa",))),
        limits=one_each,
    )
    assert uids(edited(base, Edits(hidden=("b",)))) == "ad"
    assert uids(edited(base, Edits(hidden=("a",)))) == "bc"
    assert uids(edited(base, Edits(hidden=("b", "d")))) == "a"


@pytest.mark.parametrize("limit", ["per_section", "per_category"])
def test_what_comes_up_keeps_to_the_limits_of_section_and_category(limit):
    base = issue(
        (HEADINGS[0], [item("a", 1)]),
        (HEADINGS[1], [item("b", 2, HEADINGS[1])]),
        spare=(item("c", 3), item("d", 4, HEADINGS[1])),
        limits=Limits(stories=2, **{limit: 1}),
    )
    assert shown(edited(base, Edits(hidden=("b",)))) == [
        "Cầu đường: a",
        "Giáo dục: d",
    ]


def test_a_section_opens_where_the_digest_has_it():
    base = issue(
        (HEADINGS[0], [item("a", 1)]),
        (HEADINGS[2], [item("b", 2, HEADINGS[2])]),
        spare=(item("c", 3, HEADINGS[1]),),
        limits=Limits(stories=2),
    )
    assert shown(edited(base, Edits(hidden=("b",)))) == ["Cầu đường: a", "Giáo dục: c"]
    wanted = edited(replace(base, limits=Limits(stories=3)), Edits(pinned=("a", "c")))
    assert [section.title for section in wanted.sections] == list(HEADINGS)


def test_a_spare_story_can_be_hidden_and_does_not_come_up(four):
    made = edited(four, Edits(hidden=("a", "e")))
    assert uids(made) == "bcdf"


def test_a_correction_neither_takes_nor_leaves_a_place():
    again = item("k", 7, "Đính chính", corrected=True)
    base = issue(
        (HEADINGS[0], [item("a", 1)]),
        ("Đính chính", [again]),
        spare=(item("b", 2),),
        limits=Limits(stories=1),
    )
    assert uids(edited(base, Edits(hidden=("k",)))) == "a"
    assert shown(edited(base, Edits(hidden=("a",)))) == [
        "Cầu đường: b",
        "Đính chính: k",
    ]


def test_to_hide_everything_is_refused_and_the_way_out_is_named(four):
    with pytest.raises(MailError, match=r"every story is hidden.*skip the issue"):
        edited(four, Edits(hidden=tuple("abcdef")))


def test_an_issue_of_an_older_version_lets_one_up_for_one_hidden():
    """It was frozen without limits, ranks and headings of its stories."""
    old = [item(uid, 0, section="", sources=()) for uid in "abc"]
    base = issue(
        (HEADINGS[0], old[:1]), (HEADINGS[1], old[1:2]), spare=(old[2],), limits=None
    )
    base = replace(base, headings=())
    assert shown(edited(base, Edits(hidden=("a",)))) == ["Giáo dục: b c"]
    assert edited(base, Edits(subject="Tin")).items == base.items


# ── In brief ──


@pytest.fixture
def with_brief() -> Issue:
    """a is shown, b and c in brief, d and e are spare."""
    other = HEADINGS[1]
    brief = [item("b", 2, brief=True), item("c", 3, other, brief=True)]
    return issue(
        (HEADINGS[0], [item("a", 1)]),
        (BRIEF, brief),
        spare=(item("d", 4), item("e", 5, other)),
        limits=Limits(stories=1, brief=2),
    )


def test_what_was_in_brief_comes_up_first_and_leaves_its_place(with_brief):
    made = edited(with_brief, Edits(hidden=("a",)))
    assert shown(made) == ["Cầu đường: b", "Tin vắn: c d"]
    assert [one.brief for one in made.items] == [False, True, True]


def test_a_brief_story_that_is_hidden_makes_room_for_a_brief_one(with_brief):
    made = edited(with_brief, Edits(hidden=("b",)))
    assert shown(made) == ["Cầu đường: a", "Tin vắn: c d"]


def test_a_brief_story_that_is_pinned_is_told_in_full(with_brief):
    made = edited(with_brief, Edits(pinned=("c",)))
    assert shown(made) == ["Giáo dục: c", "Tin vắn: b a"]
    assert made.lead.uid == "c"


def test_a_brief_story_that_gets_a_summary_is_told_in_full(with_brief):
    wider = replace(with_brief, limits=Limits(stories=2, brief=2))
    made = edited(wider, Edits(summaries=(("c", "Ba lớp mới."),)))
    assert shown(made) == ["Cầu đường: a", "Giáo dục: c", "Tin vắn: b d"]
    assert made.items[1].summary == "Ba lớp mới."


# ── Pins and order ──


def test_the_first_pinned_story_leads_and_each_is_the_first_of_its_section(four):
    made = edited(four, Edits(pinned=("d", "b")))
    assert shown(made) == ["Cầu đường: b a", "Giáo dục: d c"]
    assert made.lead.uid == "d"
    assert {one.uid: one.rank for one in made.items} == {"d": 1, "b": 2, "a": 3, "c": 4}


def test_a_spare_story_that_is_pinned_comes_up_and_the_last_makes_room(four):
    made = edited(four, Edits(pinned=("f",)))
    assert shown(made) == ["Cầu đường: a b", "Giáo dục: f c"]
    assert made.lead.uid == "f"
    assert [one.uid for one in made.spare] == ["d", "e"]
    assert made.left_out == 2


def test_what_is_pinned_is_shown_even_beyond_the_limit(four):
    made = edited(four, Edits(pinned=tuple("abcdef")))
    assert sorted(uids(made)) == list("abcdef")
    assert made.left_out == 0


def test_a_pinned_correction_comes_first_among_corrections_and_leads_nothing():
    again = [item(uid, 8, "Đính chính", corrected=True) for uid in "kl"]
    base = issue((HEADINGS[0], [item("a", 1)]), ("Đính chính", again))
    made = edited(base, Edits(pinned=("l",)))
    assert shown(made) == ["Cầu đường: a", "Đính chính: l k"]
    assert made.lead.uid == "a"


def test_stories_follow_the_order_and_those_not_named_come_after(four):
    made = edited(four, Edits(order=("b",)))
    assert shown(made) == ["Cầu đường: b a", "Giáo dục: c d"]


def test_sections_change_places_as_the_order_says(four):
    made = edited(four, Edits(order=("d", "c", "a")))
    assert shown(made) == ["Giáo dục: d c", "Cầu đường: a b"]
    within = edited(four, Edits(order=("d", "c")))
    assert shown(within) == ["Cầu đường: a b", "Giáo dục: d c"]


def test_the_order_does_not_say_what_goes_first_when_a_mail_is_too_large(four):
    made = edited(four, Edits(order=("d", "c", "b", "a")))
    ranks = {one.uid: one.rank for one in made.items}
    assert ranks == {"a": 1, "b": 3, "c": 2, "d": 4}


# ── Words ──


def test_summary_note_subject_and_the_note_at_the_head_are_the_editors(four):
    made = edited(
        four,
        Edits(
            summaries=(("a", "  Cầu\nmới  "),),
            notes=(("b", "Xem thêm  số trước."),),
            subject="Tuần của những cây cầu",
            note="Chào bạn đọc.\n\n  Số này dài.\n",
        ),
    )
    a, b = made.items[:2]
    assert (a.summary, b.note) == ("Cầu mới", "Xem thêm số trước.")
    assert (made.subject, made.note) == (
        "Tuần của những cây cầu",
        "Chào bạn đọc.\nSố này dài.",
    )
    assert b.summary == "Tóm tắt b"


def test_decomposed_vietnamese_of_an_editor_is_composed(four):
    made = edited(four, Edits(subject="Ca\u0302\u0300u mo\u031b\u0301i"))
    assert made.subject == "Cầu mới"


def test_a_summary_can_be_taken_away(four):
    assert edited(four, Edits(summaries=(("a", ""),))).items[0].summary == ""


@pytest.mark.parametrize(
    ("kind", "edits"),
    [
        ("subject", lambda text: Edits(subject=text)),
        ("note at the head", lambda text: Edits(note=text)),
        ("summary", lambda text: Edits(summaries=(("a", text),))),
        ("note", lambda text: Edits(notes=(("a", text),))),
    ],
)
def test_a_text_that_would_be_cut_is_refused(four, kind, edits):
    edited(four, edits("x" * LONGEST[kind]))
    with pytest.raises(MailError, match=f"the {kind}.* has {LONGEST[kind] + 1}"):
        edited(four, edits("x" * (LONGEST[kind] + 1)))


# ── One change after another ──


def test_edits_add_up_and_what_is_not_named_stays():
    held = Edits(pinned=("a",), hidden=("b",), subject="Cũ", notes=(("a", "1"),))
    given_now = Edits(pinned=("c",), notes=(("d", "2"),), order=("d", "c"))
    assert joined(held, given_now) == Edits(
        pinned=("c", "a"),
        hidden=("b",),
        order=("d", "c"),
        notes=(("a", "1"), ("d", "2")),
        subject="Cũ",
    )


def test_to_pin_what_was_hidden_shows_it_and_to_hide_what_was_pinned_lets_it_go():
    held = Edits(pinned=("a",), hidden=("b",))
    assert joined(held, Edits(pinned=("b",), hidden=("a",))) == Edits(
        pinned=("b",), hidden=("a",)
    )
    assert joined(held, Edits(), freed=("a", "b")) == Edits()


# ── Mistakes ──


@pytest.mark.parametrize(
    "edits",
    [
        Edits(pinned=("a", "zz")),
        Edits(hidden=("zz",)),
        Edits(order=("zz", "a")),
        Edits(summaries=(("zz", "x"),)),
        Edits(notes=(("zz", "x"),)),
    ],
)
def test_a_story_that_the_issue_does_not_have_is_named(four, edits):
    with pytest.raises(MailError, match=r"tuan no\. 3 has no such story: zz$"):
        edited(four, edits)


def test_a_story_cannot_be_both_pinned_and_hidden(four):
    with pytest.raises(MailError, match="both pinned and hidden: a"):
        edited(four, Edits(pinned=("a",), hidden=("a",)))


# ── What follows ──


def test_documents_are_counted_again_for_what_is_shown():
    cited = {"a": ("1-NQ/TW", "2-NQ/TW"), "b": ("1-NQ/TW",), "c": ("3-NQ/TW",)}
    a, b, c = (item(uid, n, cites=cited[uid]) for n, uid in enumerate("abc", 1))
    base = issue(
        (HEADINGS[0], [a, b]), spare=(c,), limits=Limits(stories=2, documents=5)
    )
    made = edited(base, Edits(hidden=("a",)))
    assert made.documents == (("1-NQ/TW", 1), ("3-NQ/TW", 1))


# ── For whatever is asked ──

letters = some.lists(some.sampled_from("abcdefghij"), max_size=5, unique=True)


@some.composite
def drafts(draw: Any) -> tuple[Issue, Edits]:
    """An issue as the limits would have it, and edits that fit it."""
    limits = Limits(
        stories=draw(some.integers(1, 6)),
        per_section=draw(some.integers(0, 3)),
        per_source=draw(some.integers(0, 3)),
        per_category=draw(some.integers(0, 3)),
        brief=draw(some.integers(0, 2)),
        documents=3,
    )
    count = draw(some.integers(1, 6))
    made = [
        item(
            uid,
            rank,
            draw(some.sampled_from(HEADINGS)),
            sources=(draw(some.sampled_from(("tin", "bao", "xa"))),),
            cites=draw(some.sampled_from(((), ("1-NQ/TW",), ("2-NQ/TW",)))),
        )
        for rank, uid in enumerate("abcdefghij", 1)
    ]
    groups = [
        (title, [one for one in made[:count] if one.section == title])
        for title in HEADINGS
    ]
    brief = [replace(one, brief=True) for one in made[count : count + limits.brief]]
    groups.append((BRIEF, brief))
    base = issue(
        *((title, items) for title, items in groups if items),
        spare=tuple(made[count + limits.brief :]),
        limits=draw(some.sampled_from((limits, None))),
    )
    hidden = draw(letters)
    edits = Edits(
        pinned=tuple(uid for uid in draw(letters) if uid not in hidden),
        hidden=tuple(hidden),
        order=tuple(draw(letters)),
        summaries=tuple((uid, f"Kể lại {uid}") for uid in draw(letters)[:2]),
        subject=draw(some.sampled_from(("", "Đầu đề"))),
    )
    return base, edits


@settings(max_examples=300, deadline=None)
@given(drafts())
def test_whatever_is_edited_no_story_is_lost_or_doubled(draft):
    base, edits = draft
    made = edited(base, edits)
    told = [one.uid for one in (*made.items, *made.spare, *made.hidden)]
    assert sorted(told) == list("abcdefghij")
    assert {one.uid for one in made.hidden} == set(edits.hidden)
    assert set(edits.pinned) <= {one.uid for one in made.items}
    assert all(section.items for section in made.sections)


@settings(max_examples=300, deadline=None)
@given(drafts())
def test_to_edit_twice_is_to_edit_once(draft):
    base, edits = draft
    once = edited(base, edits)
    assert edited(once, edits) == once
    assert edited(base, edits) == once


@settings(max_examples=300, deadline=None)
@given(drafts())
def test_the_first_pinned_story_always_leads(draft):
    base, edits = draft
    made = edited(base, edits)
    if edits.pinned:
        assert made.lead.uid == edits.pinned[0]
    assert len({one.rank for one in made.items}) == len(made.items)
