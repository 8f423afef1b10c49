"""Blocks put together are the issue drawn whole, for every wish that there can be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from syndicate.digest.drawing.coding import CHOOSE, LEAVE
from syndicate.digest.drawing.parts import Parts, arranged, frame_of
from syndicate.digest.drawing.render import LARGEST
from syndicate.digest.drawing.variants import Variant, content_key, variant
from syndicate.digest.drawing.wishes import Wish, everything
from syndicate.digest.mime import encoded
from syndicate.errors import MailError, TemplateError
from syndicate.model import (
    Digest,
    Image,
    Issue,
    IssueItem,
    IssueSection,
    Site,
    Theme,
)
from syndicate.templating import Templates, templates

Item = Callable[..., IssueItem]
MakeIssue = Callable[..., Issue]
MakeParts = Callable[..., Parts]
TOPICS = ("dang", "dan", "kinh-te")
TELLERS = ("khoi", "bao", "dai")
LONG = "Đường bê tông rộng 3,5 m do nhân dân góp công. " * 12


@cache
def spoken(language: str) -> Templates:
    return templates(language=language, zone="Asia/Ho_Chi_Minh")


@pytest.fixture
def rich(make_issue: MakeIssue, make_item: Item) -> Issue:
    """Of everything something: topics, tellers, notes, pictures, brief, corrections."""

    def item(number: int, **given: Any) -> IssueItem:
        return make_item(
            number,
            categories=(TOPICS[number % 3],),
            sources=tuple(TELLERS[: number % 3 + 1]),
            rank=(number * 7) % 17 + 1,
            **given,
        )

    picture = Image(url="https://khoi.cuuha.example/cau.jpg", caption="Cầu")
    sections = (
        IssueSection(
            title="Đảng",
            titles=(("en", "Party"),),
            items=(item(1, image=picture), item(2, note="Hay.\nĐọc kỹ."), item(3)),
        ),
        IssueSection(
            title="Dân", items=(item(4, language="en"), item(5, credit="TTX"))
        ),
        IssueSection(title="Vắn", items=tuple(item(n, brief=True) for n in (6, 7, 8))),
        IssueSection(title="Sửa", items=(item(9, corrected=True), item(10))),
    )
    return make_issue(
        sections=sections,
        note="Chào bạn đọc.\nSố này có 10 tin.",
        documents=(("02-NQ/TU", 10),),
        spare=(item(11), item(12)),
        left_out=2,
    )


@pytest.fixture
def drawn(make_parts: MakeParts, rich: Issue) -> Parts:
    return make_parts(rich, templates=spoken, languages=("vi", "en"))


def plainly(drawn: Parts, made: Variant) -> tuple[str, str, str]:
    """Draw what a variant shows the plain way: one template, inlined whole."""
    language = made.wish.language
    blocks = tuple(arranged(made.issue, language))
    return frame_of(drawn).pages(made.issue, spoken(language), blocks, ("", ""))


def lines(text: str) -> list[str]:
    """Blanks that fill up a block to three bytes stand at the ends of lines."""
    return [line.rstrip() for line in text.strip().splitlines()]


WISHES = st.builds(
    Wish,
    language=st.sampled_from(["vi", "en"]),
    categories=st.lists(st.sampled_from(TOPICS), unique=True).map(tuple),
    sources=st.lists(st.sampled_from(TELLERS), unique=True).map(tuple),
    corrections=st.sampled_from([(), ("u0009",)]),
)


@settings(
    max_examples=60,
    deadline=None,
    # the fixtures are never changed
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wish=WISHES)
def test_blocks_put_together_are_the_issue_drawn_whole(
    drawn: Parts, wish: Wish
) -> None:
    made = variant(drawn, wish)
    if made is None:
        assert not any(wish.wants(item) for item in drawn.issue.items)
        return
    told, page, text = plainly(drawn, made)
    assert made.subject == told
    assert lines(made.html) == lines(page)
    assert lines(made.text) == lines(text)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # likewise
)
@given(wish=WISHES)
def test_a_variant_tells_what_was_wished_for_and_nothing_else(
    drawn: Parts, wish: Wish
) -> None:
    made = variant(drawn, wish)
    wanted = {item.title for item in drawn.issue.items if wish.wants(item)}
    if made is None:
        assert wanted == set()
        return
    root = html.document_fromstring(made.html)
    titles = [str(one.text_content()) for one in root.iter("h3")]
    assert sorted(titles) == sorted(wanted)
    flat = " ".join(made.text.split())
    for item in drawn.issue.items:
        assert (item.url in made.text.split()) == wish.wants(item)
        assert (item.title in flat) == wish.wants(item)


def test_the_first_story_leads_and_lines_stand_between_the_others(
    drawn: Parts, make_parts: MakeParts, rich: Issue
) -> None:
    for wish in (Wish(language="vi"), Wish(language="vi", categories=("dan",))):
        made = variant(drawn, wish)
        assert made is not None
        large = html.document_fromstring(made.html).find_class("top")
        assert [one.text_content() for one in large] == [made.issue.items[0].title]
        full = [one for one in made.issue.sections if not one.items[0].brief]
        between = sum(len(one.items) - 1 for one in full)
        assert made.html.count('class="next"') == between


def test_a_frame_is_in_the_readers_language(drawn: Parts) -> None:
    made = variant(drawn, Wish(language="en"))
    assert made is not None
    assert '<html lang="en"' in made.html
    assert "Unsubscribe" in made.text
    assert ">Party<" in made.html
    assert "Hủy nhận tin" not in made.html + made.text
    assert re.search(r'<td[^>]* lang="vi"', made.html)


def test_a_language_that_we_do_not_have_is_the_digests(drawn: Parts) -> None:
    made = variant(drawn, Wish(language="fr"))
    assert made is not None
    assert made.wish.language == "vi"


def test_nothing_is_made_for_whom_nothing_is_in_it(drawn: Parts) -> None:
    assert variant(drawn, Wish(language="vi", categories=("the-thao",))) is None
    assert content_key(drawn, Wish(language="vi", sources=("xa",))) is None


def test_an_issue_without_stories_is_made_all_the_same(
    make_parts: MakeParts, make_issue: MakeIssue
) -> None:
    made = variant(make_parts(make_issue(sections=())), Wish(language="vi"))
    assert made is not None
    assert "Kỳ này không có tin mới." in made.text


def test_wishes_that_come_to_the_same_are_one_variant(drawn: Parts) -> None:
    all_topics = Wish(language="vi", categories=TOPICS)
    swapped = Wish(language="vi", categories=tuple(reversed(TOPICS)))
    assert content_key(drawn, all_topics) == content_key(drawn, swapped)
    assert content_key(drawn, all_topics) != content_key(
        drawn, replace(all_topics, text_only=True)
    )


def test_notes_and_credits_are_shown(drawn: Parts) -> None:
    made = variant(drawn, Wish(language="vi"))
    assert made is not None
    for part in (made.html, made.text):
        for words in ("Chào bạn đọc.", "Số này có 10 tin.", "Đọc kỹ.", "TTX"):
            assert words in part


def test_a_members_links_stand_in_both_parts(drawn: Parts) -> None:
    made = variant(drawn, Wish(language="vi"))
    assert made is not None
    for part in (made.html, made.text):
        assert part.count(LEAVE) == 1
        assert part.count(CHOOSE) == 1
    assert made.text.rstrip().endswith(LEAVE)


def test_words_of_a_story_never_take_a_members_word(
    make_parts: MakeParts, make_issue: MakeIssue, make_item: Item
) -> None:
    story = make_item(1, title=f"Cầu {LEAVE}", summary=CHOOSE, note=f"x/{LEAVE}")
    made = variant(make_parts(make_issue(story, note=CHOOSE)), Wish(language="vi"))
    assert made is not None
    for part in (made.html, made.text):
        assert part.count(LEAVE) == 1
        assert part.count(CHOOSE) == 1


# ── What a theme, a site and a digest say ────────────────────────────────────


def test_a_theme_is_a_few_values(
    make_parts: MakeParts, make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    theme = Theme(
        accent="#0b5d1e",
        accent_dark="#8fe0a4",
        logo="https://ban-tin.example/logo.png",
        logo_width=120,
        logo_height=40,
    )
    issue = make_issue(make_item(note="Hay."))
    made = variant(
        make_parts(issue, digest=replace(digest, theme=theme)), Wish(language="vi")
    )
    assert made is not None
    assert "#9a1b1e" not in made.html
    assert "#f2a09a" not in made.html
    (logo,) = html.document_fromstring(made.html).find_class("logo")
    assert (logo.get("width"), logo.get("height")) == ("120", "40")
    assert logo.get("alt")


def test_the_foot_names_address_and_advertising(
    make_parts: MakeParts, make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    drawn = make_parts(
        make_issue(make_item()),
        digest=replace(digest, advertising=True),
        postal="Số 1 đường Trung tâm, Cửu Hà",
    )
    made = variant(drawn, Wish(language="vi"))
    assert made is not None
    assert made.subject.startswith("[QC] ")
    for part in (made.html, made.text):
        assert "Số 1 đường Trung tâm, Cửu Hà" in part
        assert "[QC]" in part


def test_a_sites_own_layout_is_used_and_held_to_the_pieces(
    make_parts: MakeParts,
    make_issue: MakeIssue,
    make_item: Item,
    own_templates: Callable[[str, str], Templates],
) -> None:
    issue = make_issue(make_item())
    own = own_templates("mail/issue.txt", 'TIN\n{% include "mail/pieces.txt" %}HẾT\n')
    made = variant(make_parts(issue, templates=lambda _one: own), Wish(language="vi"))
    assert made is not None
    assert made.text.startswith("TIN\n")
    assert made.text.rstrip().endswith("HẾT")
    assert issue.items[0].url in made.text
    without = own_templates("mail/issue.txt", "{{ issue.number }}\n")
    with pytest.raises(TemplateError, match=r"mail/issue\.txt: it must have"):
        make_parts(issue, templates=lambda _one: without)


def test_a_sites_own_template_reaches_nothing_but_what_it_is_given(
    make_parts: MakeParts,
    make_issue: MakeIssue,
    make_item: Item,
    own_templates: Callable[[str, str], Templates],
) -> None:
    for reach in ("''.__class__.__mro__", "issue.__init__.__globals__"):
        own = own_templates("mail/macros.html", "{{ " + reach + " }}")
        with pytest.raises(TemplateError, match=r"mail/macros\.html"):
            make_parts(make_issue(make_item()), templates=lambda _one, own=own: own)


# ── What has to fit ──────────────────────────────────────────────────────────


@pytest.fixture
def crowded(make_issue: MakeIssue, make_item: Item) -> Issue:
    """Two sections whose ranks go against their order."""
    items = [make_item(n, summary=LONG, rank=61 - n) for n in range(1, 61)]
    return make_issue(
        sections=(
            IssueSection(title="A", items=tuple(items[:30])),
            IssueSection(title="B", items=tuple(items[30:])),
        )
    )


@pytest.mark.parametrize("largest", [30_000, 60_000, LARGEST])
def test_what_ranks_lowest_goes_until_the_rest_fits(
    make_parts: MakeParts, crowded: Issue, largest: int
) -> None:
    drawn = make_parts(crowded)
    made = variant(drawn, Wish(language="vi"), largest)
    assert made is not None
    side = made.html_side
    assert side is not None
    size = sum(len(one) if isinstance(one, bytes) else 48 for one in side.pieces)
    one_story = 3000
    assert largest - one_story < size <= largest + 100
    kept = {item.rank for item in made.issue.items}
    assert kept == set(range(1, len(kept) + 1))
    gone = 60 - len(kept)
    for part in (made.html, made.text):
        assert f"Còn {gone} tin trên trang web" in part
    html.document_fromstring(made.html)  # and no tag is cut
    assert made.html.rstrip().endswith("</html>")


def test_the_part_as_it_is_sent_has_the_size_that_was_counted(
    make_parts: MakeParts, crowded: Issue
) -> None:
    made = variant(make_parts(crowded), Wish(language="vi"))
    assert made is not None
    assert 0.95 * LARGEST < len(encoded(made.html).body) <= LARGEST


def test_text_alone_has_room_for_everything(
    make_parts: MakeParts, crowded: Issue
) -> None:
    made = variant(make_parts(crowded), Wish(language="vi", text_only=True), 30_000)
    assert made is not None
    assert len(made.issue.items) == 60
    assert made.html == ""


def test_an_issue_of_which_nothing_fits_is_refused(
    make_parts: MakeParts, crowded: Issue
) -> None:
    with pytest.raises(MailError, match="even one story makes more than 9000 bytes"):
        variant(make_parts(crowded), Wish(language="vi"), 9_000)


# ── What an approval stands for ──────────────────────────────────────────────


def test_the_seal_is_the_same_for_the_same_and_another_for_anything_else(
    make_parts: MakeParts, rich: Issue, digest: Digest, site: Site
) -> None:
    given: dict[str, Any] = {"templates": spoken, "languages": ("en",)}
    seal = make_parts(rich, **given).sha256
    assert make_parts(rich, **given).sha256 == seal
    first, *rest = rich.sections
    items = (replace(first.items[0], summary="Khác."), *first.items[1:])
    others = [
        make_parts(replace(rich, note="Khác."), **given),
        make_parts(replace(rich, subject="Khác"), **given),
        make_parts(
            replace(rich, sections=(replace(first, items=items), *rest)), **given
        ),
        make_parts(rich, **given | {"digest": replace(digest, title="Khác")}),
        make_parts(rich, **given | {"site": replace(site, contact="x@y.example")}),
        make_parts(rich, **given, postal="Khác"),
    ]
    assert len({seal, *(one.sha256 for one in others)}) == 7


def test_what_narrows_an_issue_is_sealed_too(
    make_parts: MakeParts, rich: Issue
) -> None:
    """Categories show in no page, yet they say who gets what."""
    first, *rest = rich.sections
    items = (replace(first.items[0], categories=("khac",)), *first.items[1:])
    moved = replace(rich, sections=(replace(first, items=items), *rest))
    assert make_parts(moved).sha256 != make_parts(rich).sha256
    ranked = replace(
        rich,
        sections=(
            replace(first, items=(replace(first.items[0], rank=99), *first.items[1:])),
            *rest,
        ),
    )
    assert make_parts(ranked).sha256 != make_parts(rich).sha256


def test_everything_is_in_the_wish_for_everything(rich: Issue, drawn: Parts) -> None:
    made = variant(drawn, everything(rich, "vi"))
    assert made is not None
    assert {item.uid for item in made.issue.items} == {one.uid for one in rich.items}
