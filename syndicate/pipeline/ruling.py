"""Editors rule on stories: split, merge, not the same, choose the lead.

Each is one transaction. It moves what has to move, and keeps a ruling that outlives
it. Nothing but an editor ever moves an entry that has its story, so what is split
stays split and what is merged stays merged, whatever is gathered later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from syndicate.dedupe.rulings import came_by
from syndicate.model import (
    Ruling,
    RulingKind,
    StoredEntry,
    Story,
)
from syndicate.pipeline.heading import Filing
from syndicate.pipeline.referring import (
    RefusedError,
    Trouble,
    articles_named,
    numbers,
    standing_first,
    story_named,
)
from syndicate.pipeline.regrouping import (
    Editor,
    Ruled,
    as_they_are,
    keep_rulings,
    pairs_in_force,
    part,
    renew,
    unite,
)
from syndicate.store import Connection, Database, rulings

__all__ = [
    "Editor",
    "Ruled",
    "apart",
    "choose_lead",
    "forget",
    "merge",
    "split",
]

Step = Callable[[Connection], Ruled]


class _NotKeptError(Exception):
    """Undoes a transaction that was only tried."""


def split(
    database: Database,
    desk: Filing,
    asked: Sequence[str],
    editor: Editor,
    *,
    with_copies: bool = False,
) -> Ruled:
    """Let articles of one story tell another one from now on, together.

    The rest keeps the story, its uid and its place, even if the uid was made of an
    article that goes: readers know the story by it, and the rest is what they have
    read on under it. ``with_copies``: what joined for being like them goes along.

    :raises RefusedError: no such article, or they do not tell one story with others
    """

    def step(connection: Connection) -> Ruled:
        told = _articles(connection, asked)
        story = _one_story(connection, told)
        going = {one.id for one in told}
        followers = came_by(going, story.entries)
        if with_copies and going | followers != {one.id for one in story.entries}:
            going |= followers
        return part(connection, desk, story, going, editor)

    return _written(database, step, editor)


def merge(
    database: Database,
    desk: Filing,
    asked: Sequence[str],
    editor: Editor,
    *,
    into: str = "",
) -> Ruled:
    """Let stories be one, named by their uids or by articles of them.

    That which was seen first keeps its uid, unless ``into`` names another; the uids
    of the others lead to it.

    :raises RefusedError: no such story, or only one
    """

    def step(connection: Connection) -> Ruled:
        named = [*asked, into] if into else list(asked)
        told = [story_named(connection, each) for each in named]
        distinct = {story.id: story for story in told}
        if len(named) < 2:
            raise RefusedError(Trouble.TOO_FEW)
        kept = min(distinct.values(), key=lambda story: (story.seen_at, story.id))
        kept = told[-1] if into else kept
        rest = [story for story in distinct.values() if story.id != kept.id]
        if not rest:
            return _are_one(connection, kept, asked, editor)
        return unite(connection, desk, kept, rest, editor)

    return _written(database, step, editor)


def apart(
    database: Database, desk: Filing, one: str, other: str, editor: Editor
) -> Ruled:
    """Rule that two articles, or stories, are not the same.

    If they tell one story, the ``other`` leaves it with what joined for being like it;
    else they only never come together.

    :raises RefusedError: no such article or story, or both are one
    """

    def step(connection: Connection) -> Ruled:
        ours, theirs = _side(connection, one), _side(connection, other)
        going = {each.id for each in theirs}
        if going.intersection(each.id for each in ours):
            raise RefusedError(Trouble.SAME, numbers(theirs))
        if {each.story for each in ours} != {each.story for each in theirs}:
            return _never_one(connection, ours[0], theirs[0], editor)
        story = _one_story(connection, theirs)
        staying = {each.id for each in ours}
        # What came by the one of them that came by the other is nearer to the one.
        near, far = came_by(staying, story.entries), came_by(going, story.entries)
        if staying & far:
            going |= far - staying - near
        else:
            going |= far
        return part(connection, desk, story, going, editor)

    return _written(database, step, editor)


def choose_lead(database: Database, desk: Filing, asked: str, editor: Editor) -> Ruled:
    """Let an article lead its story, for as long as it stands.

    :raises RefusedError: no such article, or it is withdrawn
    """

    def step(connection: Connection) -> Ruled:
        chosen = articles_named(connection, asked)[0]
        if chosen.withdrawn_at:
            raise RefusedError(Trouble.WITHDRAWN, str(chosen.id))
        before = rulings.chosen(connection, [chosen.story]).get(chosen.story, [])
        if before and before[0] == chosen.id:
            return Ruled(stories=as_they_are(connection, [chosen.story]))
        older = rulings.of_entries(connection, before)
        kept = keep_rulings(connection, [(RulingKind.LEAD, chosen.id, 0)], editor)
        renew(connection, desk, [chosen.story], editor.now)
        return Ruled(
            rulings=kept,
            stories=as_they_are(connection, [chosen.story]),
            overruled=_leads(older),
        )

    return _written(database, step, editor)


def forget(
    database: Database, desk: Filing, numbered: Sequence[int], editor: Editor
) -> Ruled:
    """Take rulings back.

    No article moves: only what is gathered from now on is placed without them. A lead
    that was chosen is elected anew.

    :raises RefusedError: there is no such ruling
    """

    def step(connection: Connection) -> Ruled:
        gone = [_taken_back(connection, one) for one in dict.fromkeys(numbered)]
        led = {one.entry for one in gone if one.kind is RulingKind.LEAD}
        anew = [story.id for story in _stories_of(connection, sorted(led))]
        if anew:
            renew(connection, desk, anew, editor.now)
        spoken_of = (each for one in gone for each in (one.entry, one.other) if each)
        return Ruled(rulings=tuple(gone), stories=_stories_of(connection, spoken_of))

    return _written(database, step, editor)


def _written(database: Database, step: Step, editor: Editor) -> Ruled:
    """Take a step in one transaction; a dry run takes it and undoes it."""
    ruled = Ruled()
    try:
        with database.write() as connection:
            ruled = step(connection)
            if editor.dry_run:
                raise _NotKeptError
    except _NotKeptError:
        pass
    return ruled


# ── Who is meant ─────────────────────────────────────────────────────────────


def _articles(connection: Connection, asked: Iterable[str]) -> list[StoredEntry]:
    """Each article once: what several sources list at one address is all of these."""
    told = {one.id: one for each in asked for one in articles_named(connection, each)}
    return list(told.values())


def _side(connection: Connection, asked: str) -> tuple[StoredEntry, ...]:
    """The articles that are meant; of a story its leader."""
    try:
        return articles_named(connection, asked)
    except RefusedError as refused:
        if refused.trouble is not Trouble.A_STORY:
            raise
    return standing_first(story_named(connection, asked).entries)[:1]


def _one_story(connection: Connection, told: Sequence[StoredEntry]) -> Story:
    """The story that all of these tell."""
    if len({one.story for one in told}) != 1:
        raise RefusedError(Trouble.SEVERAL_STORIES, numbers(told))
    return story_named(connection, str(told[0].id))


def _stories_of(connection: Connection, ids: Iterable[int]) -> tuple[Story, ...]:
    """The stories that these entries tell, each once, in their order."""
    found = [story_named(connection, str(entry_id)) for entry_id in ids]
    return tuple({story.id: story for story in found}.values())


def _taken_back(connection: Connection, number: int) -> Ruling:
    gone = rulings.remove(connection, number)
    if gone is None:
        raise RefusedError(Trouble.NO_RULING, str(number))
    return gone


# ── Where nothing moves ──────────────────────────────────────────────────────


def _are_one(
    connection: Connection, story: Story, asked: Sequence[str], editor: Editor
) -> Ruled:
    """What is to be merged is one story already; that it stays so is kept once."""
    named = [_article(connection, each) for each in asked]
    told = list(dict.fromkeys(one for one in named if one))
    pairs = [(told[0], other) for other in told[1:]]
    held = pairs_in_force(connection, pairs)
    is_so = {
        frozenset((one.entry, one.other))
        for one in held
        if one.kind is RulingKind.TOGETHER
    }
    new = [
        (RulingKind.TOGETHER, *pair) for pair in pairs if frozenset(pair) not in is_so
    ]
    return Ruled(
        rulings=keep_rulings(connection, new, editor),
        stories=as_they_are(connection, [story.id]),
        overruled=tuple(one for one in held if one.kind is RulingKind.APART),
    )


def _article(connection: Connection, asked: str) -> int:
    """The number of the article that is named; 0 for a story."""
    try:
        return articles_named(connection, asked)[0].id
    except RefusedError:
        return 0


def _never_one(
    connection: Connection, one: StoredEntry, other: StoredEntry, editor: Editor
) -> Ruled:
    """Two stories that are not one are not to become one."""
    held = pairs_in_force(connection, [(one.id, other.id)])
    is_so = any(each.kind is RulingKind.APART for each in held)
    new = [] if is_so else [(RulingKind.APART, one.id, other.id)]
    return Ruled(
        rulings=keep_rulings(connection, new, editor),
        stories=as_they_are(connection, [one.story, other.story]),
        overruled=() if is_so else tuple(held),
    )


def _leads(some: Iterable[Ruling]) -> tuple[Ruling, ...]:
    return tuple(one for one in some if one.kind is RulingKind.LEAD)
