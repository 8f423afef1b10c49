"""What is withdrawn is taken out of frozen issues, whatever editors ruled since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import Issue, IssueItem, IssueSection
from syndicate.pipeline.mailing.copies import lawful
from syndicate.pipeline.referring import story_named
from syndicate.pipeline.ruling import Editor, merge, split
from syndicate.store import entries


@pytest.fixture
def told(desk, words):
    """An article, number 1; and another, 2, of which another source has a copy, 3."""
    desk.with_news(1, 2)
    desk.add("bao")
    desk.web.pages["https://bao.example/rss"] = words.rss(
        words.item(1, host="bao.example")
    )
    desk.visit("bao")
    return desk


def frozen(desk, *numbers: int) -> Issue:
    """An issue that holds the stories of these articles as they stand."""
    items = []
    for number in numbers:
        story = desk.ask(lambda c, number=number: story_named(c, str(number)))
        items.append(
            IssueItem(
                story=story.id,
                uid=story.uid,
                title=story.lead.entry.title,
                url=story.lead.entry.url,
                summary="",
                source="s",
                language="vi",
                published=None,
                also=tuple((one.entry.source, one.entry.url) for one in story.others),
            )
        )
    section = IssueSection(title="s", items=tuple(items))
    now = desk.clock()
    return Issue(
        digest="tuan",
        number=1,
        start=now - timedelta(days=7),
        end=now,
        sections=(section,),
    )


def withdraw(desk, *numbers: int) -> None:
    with desk.database.write() as connection:
        for number in numbers:
            entries.withdraw(connection, number, desk.clock())


def urls(issue: Issue) -> list[str]:
    return [item.url for item in issue.items]


def test_an_issue_of_which_nothing_is_withdrawn_is_as_it_was(told):
    issue = frozen(told, 1, 2)
    assert lawful(told.database, issue) == issue


def test_what_was_told_in_the_words_of_a_withdrawn_article_goes(told):
    issue = frozen(told, 1, 2)
    lead = next(item for item in issue.items if item.also)
    number = told.ask(lambda c: entries.by_url(c, lead.url)).id
    withdraw(told, number)
    assert lead.url not in urls(lawful(told.database, issue))


def test_it_goes_too_if_it_was_split_off_since(told):
    issue = frozen(told, 2)
    (item,) = issue.items
    number = told.ask(lambda c: entries.by_url(c, item.url)).id
    editor = Editor(now=told.clock())
    split(told.database, told.work().desk, [str(number)], editor)
    assert lawful(told.database, issue) == issue
    withdraw(told, number)
    assert urls(lawful(told.database, issue)) == []


def test_it_goes_too_if_its_story_was_merged_since(told):
    issue = frozen(told, 1)
    editor = Editor(now=told.clock())
    merge(told.database, told.work().desk, ["1"], editor, into="2")
    assert lawful(told.database, issue) == issue
    withdraw(told, 1)
    assert urls(lawful(told.database, issue)) == []
