"""What a person means by a number, an address or a uid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from syndicate.errors import SyndicateError
from syndicate.model import StoredEntry, Story
from syndicate.store import Connection, aliases, entries, keys, stories
from syndicate.text.urls import canonical, schemeless

MOST_DIGITS = 19
"""A longer number is no number of ours."""


class Trouble(StrEnum):
    """Why what a person asks for cannot be done; told in their language by ``cli``."""

    NO_ARTICLE = "no-article"
    """There is no such article."""
    NO_STORY = "no-story"
    """There is no such story."""
    A_STORY = "a-story"
    """A story is named where one article of it has to be."""
    SEVERAL_STORIES = "several-stories"
    """The articles do not tell one story."""
    ALONE = "alone"
    """The articles are all that tell their story."""
    TOO_FEW = "too-few"
    """One story cannot be merged."""
    SAME = "same"
    """Both are one article."""
    WITHDRAWN = "withdrawn"
    """The article is withdrawn."""
    NO_RULING = "no-ruling"
    """There is no such ruling."""


_WORDS = {
    Trouble.NO_ARTICLE: '"{asked}" is not an article that we have',
    Trouble.NO_STORY: '"{asked}" is neither a story nor an article that we have',
    Trouble.A_STORY: '"{asked}" is a story: name one article of it',
    Trouble.SEVERAL_STORIES: "these articles tell more than one story: {asked}",
    Trouble.ALONE: "nobody else tells the story of {asked}: there is nothing to split",
    Trouble.TOO_FEW: "at least two stories are needed",
    Trouble.SAME: "{asked}: that is one and the same article",
    Trouble.WITHDRAWN: "article {asked} is withdrawn by its source: it cannot lead",
    Trouble.NO_RULING: "there is no ruling {asked}",
}


class RefusedError(SyndicateError):
    """What a person asks for cannot be done."""

    def __init__(self, trouble: Trouble, asked: str = "") -> None:
        super().__init__(_WORDS[trouble].format(asked=asked))
        self.trouble = trouble
        self.asked = asked


def articles_named(connection: Connection, asked: str) -> tuple[StoredEntry, ...]:
    """The article with this number, or those at this address, which may be an old one.

    Several, if several sources list the address; those that stand come first.

    :raises RefusedError: there is none, or a story is named
    """
    word = _word(asked)
    found = _by_number(connection, word) or _by_address(connection, word)
    if found:
        return tuple(found)
    trouble = Trouble.NO_ARTICLE
    if stories.by_uid(connection, word, include_withdrawn=True):
        trouble = Trouble.A_STORY
    raise RefusedError(trouble, word)


def story_named(connection: Connection, asked: str) -> Story:
    """The story with this uid, or that this article tells; withdrawn articles included.

    A uid of a story that was merged names the one into which it was. Tellers that
    stand come before those that are withdrawn.

    :raises RefusedError: there is none
    """
    word = _word(asked)
    story = stories.by_uid(connection, word, include_withdrawn=True)
    if story is None:
        told = _by_number(connection, word) or _by_address(connection, word)
        number = told[0].story if told else 0
        story = stories.get(connection, number, include_withdrawn=True)
    if story is None:
        raise RefusedError(Trouble.NO_STORY, word)
    return story


def article_of(connection: Connection, asked: str) -> StoredEntry:
    """One article: as :func:`articles_named`, or the leader of a story that is named.

    :raises RefusedError: there is none
    """
    try:
        return articles_named(connection, asked)[0]
    except RefusedError as refused:
        if refused.trouble is not Trouble.A_STORY:
            raise
    return standing_first(story_named(connection, asked).entries)[0]


def _word(asked: str) -> str:
    """What is asked for; of the id that a feed gives to a story, the uid alone."""
    word = asked.strip()
    return word.rpartition(":story/")[2] if word.startswith("tag:") else word


def standing_first(some: Iterable[StoredEntry]) -> tuple[StoredEntry, ...]:
    """What is withdrawn goes to the end; else in the same order."""
    return tuple(sorted(some, key=lambda one: one.withdrawn_at is not None))


def merged_uids(connection: Connection, story: Story) -> tuple[str, ...]:
    """Uids of stories that were merged into this one."""
    return aliases.of_stories(connection, [story.id]).get(story.id, ())


def _by_number(connection: Connection, word: str) -> list[StoredEntry]:
    if not (word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS):
        return []
    found = entries.get(connection, int(word))
    return [found] if found else []


def _by_address(connection: Connection, word: str) -> list[StoredEntry]:
    """Entries that have the address, else those that ever had it."""
    if "/" not in word and "." not in word:
        return []
    url = canonical(word if "://" in word else f"https://{word}")
    marks = keys.marked([("address", schemeless(url))])
    holders = [one for ids in keys.holders(connection, marks).values() for one in ids]
    known = list(entries.get_many(connection, holders).values())
    here = [one for one in known if schemeless(one.entry.url) == schemeless(url)]
    return list(standing_first(here or known)) or _at(connection, url)


def _at(connection: Connection, url: str) -> list[StoredEntry]:
    """An article whose address is no key: that of a home page."""
    found = entries.by_url(connection, url)
    return [found] if found else []


def numbers(some: Sequence[StoredEntry]) -> str:
    """The numbers of articles, for a message."""
    return ", ".join(str(one.id) for one in some)
