"""Stories as items, and as parts of documents: from the store, or made and kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from syndicate.errors import SyndicateError, TemplateError
from syndicate.model import Feed, Rights, Story
from syndicate.pipeline.publishing.cited import papers_of
from syndicate.pipeline.publishing.work import Press, Publishing, lower, press
from syndicate.publish.forms.fragments import Form, Fragment, form_key, fragment
from syndicate.publish.forms.item import Item, items
from syndicate.publish.forms.rendering import render
from syndicate.publish.html import pages
from syndicate.publish.select import is_free, without_held
from syndicate.store import Connection, fragments, stories
from syndicate.store.fragments import Part
from syndicate.store.rows import portions

_TOGETHER = 25
"""Stories that are rendered in one transaction: others wait to write meanwhile."""
_ITEMS = 2_000
"""Items that a run remembers."""
_BYTES = 48_000_000
"""Of rendered parts that a run remembers."""


class Parts:
    """Items and rendered parts of stories, for one run.

    What is rendered is remembered by the run, and by the store once :meth:`keep` is
    called: in a transaction of its own, or of whoever makes documents.
    """

    def __init__(self, on: Press) -> None:
        self.on = on
        self.failed: dict[int, str] = {}
        """Stories that could not be rendered, and why."""
        self._items: dict[tuple[int, Rights], Item | None] = {}
        self._made: dict[tuple[int, str], Fragment] = {}
        self._bytes = 0
        self._unkept: dict[str, dict[int, Fragment]] = {}
        self._loose: set[tuple[int, str]] = set()
        """Rendered for documents that keep none: another may want them kept."""

    def items(
        self, connection: Connection, ids: Collection[int], rights: Rights
    ) -> dict[int, Item]:
        """Return stories as they may be told now; others are left out."""
        if len(self._items) > _ITEMS:
            self._items = {}
        missing = {one for one in ids if (one, rights) not in self._items}
        if missing:
            made = items_now(self.on, connection, missing, rights)
            self._items |= {(one, rights): made.get(one) for one in missing}
        found = ((one, self._items[one, rights]) for one in dict.fromkeys(ids))
        return {one: item for one, item in found if item is not None}

    def get(
        self,
        connection: Connection,
        ids: Sequence[int],
        form: Form,
        rights: Rights,
        *,
        keep: bool = True,
    ) -> dict[int, Fragment]:
        """Return rendered stories; ``keep`` those that are not in the store yet."""
        key = form_key(form, rights)
        found = {one: self._made[one, key] for one in ids if (one, key) in self._made}
        missing = [one for one in ids if one not in found]
        look = self.on.look_of(form)
        kept = self.on.work.kept
        stored = fragments.recall(connection, missing, key, look, kept)
        found |= stored
        missing = [one for one in missing if one not in stored]
        for some in portions(missing, _TOGETHER):
            made = self._render(connection, some, form, rights)
            self._remember(key, made)
            self._loose.update((one, key) for one in made)
            found |= made
        loose = {(one, key) for one in found}.intersection(self._loose) if keep else ()
        if loose:
            unkept = self._unkept.setdefault(key, {})
            unkept.update((one, found[one]) for one, _key in loose)
            self._loose.difference_update(loose)
        return found

    def keep(self, connection: Connection) -> None:
        """Keep what was rendered, in a transaction that writes."""
        for key, made in self._unkept.items():
            form = Form(key.partition("/")[0])
            rows = (
                (one, Part(part.content, part.packed)) for one, part in made.items()
            )
            fragments.save(connection, key, self.on.look_of(form), rows)
        self._unkept = {}

    def _render(
        self, connection: Connection, ids: Collection[int], form: Form, rights: Rights
    ) -> dict[int, Fragment]:
        made: dict[int, Fragment] = {}
        for story, item in self.items(connection, ids, rights).items():
            try:
                made[story] = self._part(form, item)
            except TemplateError:
                raise
            except (SyndicateError, ValueError) as error:
                # One story that cannot be rendered must not keep back the others.
                self.failed[story] = f"{item.uid}: {error}"
        return made

    def _part(self, form: Form, item: Item) -> Fragment:
        if form is not Form.HTML:
            return fragment(render(form, item, self.on.work.site))
        made = pages.story_fragment(
            item, keys=self.on.feeds.keys(), templates=self.on.work.templates
        )
        return Fragment(made, b"")

    def _remember(self, key: str, made: Mapping[int, Fragment]) -> None:
        """Remember parts for the next document; the oldest go where it is too much."""
        for one, part in made.items():
            self._made[one, key] = part
            self._bytes += len(part.content) + len(part.packed)
        while self._bytes > _BYTES:
            name = next(iter(self._made))
            oldest = self._made.pop(name)
            self._loose.discard(name)
            self._bytes -= len(oldest.content) + len(oldest.packed)


def items_now(
    on: Press, connection: Connection, ids: Collection[int], rights: Rights
) -> dict[int, Item]:
    """Return stories as items, by number, as they may be told now."""
    work = on.work
    told = {story.id: story for story in tellable(on, connection, ids).values()}
    made = items(
        told.values(),
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        papers=papers_of(connection, told.values()),
        rights=rights,
    )
    by_uid = {item.uid: item for item in made}
    return {
        number: by_uid[story.uid]
        for number, story in told.items()
        if story.uid in by_uid
    }


def tellable(
    on: Press, connection: Connection, ids: Collection[int]
) -> dict[int, Story]:
    """Return the stories that may be told now, without tellers that may not."""
    sources = on.work.sources
    return {
        number: without_held(story, sources, on.now)
        for number, story in stories.get_many(connection, ids).items()
        if is_free(story, sources, on.now)
    }


def ceiling(work: Publishing, feed: Feed) -> Rights:
    """Return the most that the public documents of a feed pass on."""
    return lower(work.rights, feed.rights)


# ── For others ───────────────────────────────────────────────────────────────


def items_of(
    work: Publishing,
    connection: Connection,
    story_ids: Collection[int],
    now: datetime,
    rights: Rights | None = None,
) -> dict[int, Item]:
    """Return stories as items, by number, as they may be told now.

    ``rights`` is the most that is passed on; without it, what public documents do.
    """
    most = work.rights if rights is None else rights
    return items_now(press(work, now), connection, story_ids, most)


def fragments_of(
    work: Publishing,
    story_ids: Sequence[int],
    form: Form,
    now: datetime,
    rights: Rights | None = None,
) -> dict[int, Fragment]:
    """Return rendered stories, by number: from the store, else made and kept.

    ``rights`` as in :func:`items_of`. A story that may not be told is left out. What
    is missing is made while nobody else writes, some at a time: a publisher that
    forgets how a story looked does so before, or after.
    """
    on = press(work, now)
    most = work.rights if rights is None else rights
    key, look = form_key(form, most), on.look_of(form)
    with work.database.read() as connection:
        found = fragments.recall(connection, story_ids, key, look, work.kept)
    missing = [one for one in dict.fromkeys(story_ids) if one not in found]
    for some in portions(missing, _TOGETHER):
        parts = Parts(on)
        with work.database.write() as connection:
            found |= parts.get(connection, some, form, most)
            parts.keep(connection)
    return found


def contents_of(parts: Mapping[int, Fragment], ids: Sequence[int]) -> list[bytes]:
    """Return the bytes of parts in the order of ``ids``; what is missing left out."""
    return [parts[one].content for one in ids if one in parts]
