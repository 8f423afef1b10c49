"""What a source took back after an issue was frozen is not shown again."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.digest.choosing.takedown import without_withdrawn

GONE = datetime(2026, 10, 20, tzinfo=UTC)


def test_an_issue_of_which_nothing_was_withdrawn_is_itself(
    make_issue, make_item, make_story
):
    issue = make_issue(make_item(1), make_item(2))
    told = {story.uid: story for story in (make_story(1), make_story(2))}
    assert without_withdrawn(issue, told) is issue


def test_an_issue_keeps_what_it_printed_of_stories_that_were_purged(
    make_issue, make_item
):
    issue = make_issue(make_item(1))
    assert without_withdrawn(issue, {}) is issue


def test_a_story_in_the_words_of_a_withdrawn_entry_goes(
    make_issue, make_item, make_story, make_entry
):
    """Others tell it, but not in these words; a section that is empty goes too."""
    lead = make_entry(1, withdrawn_at=GONE)
    other = make_entry(2, source="bao", url="https://bao.example/2")
    story = make_story(1, entries=(lead, other))
    issue = make_issue(make_item(1, also=(("Báo", other.entry.url),)))
    assert without_withdrawn(issue, {story.uid: story}).sections == ()


def test_another_teller_that_was_withdrawn_is_named_no_more(
    make_issue, make_item, make_story, make_entry
):
    other = make_entry(2, source="bao", url="https://b.example/2", withdrawn_at=GONE)
    story = make_story(1, entries=(make_entry(1), other))
    issue = make_issue(make_item(1, also=(("Báo", other.entry.url),)))
    assert without_withdrawn(issue, {story.uid: story}).items == (make_item(1),)
