"""Whatever becomes of stories: a feed and its archive are all of them, each once.

Random lives of stories through the real store: they arrive, are corrected, relabelled,
withdrawn, come back, are merged and split; feeds change their length. After each
publishing the documents are held against what the store says.
"""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from syndicate.model import (
    Bond,
    Category,
    Dated,
    DateOrigin,
    Entry,
    Feed,
    FeedOrder,
    Label,
    Precision,
    Relation,
    Site,
)
from syndicate.pipeline.publishing import Publishing, every_feed, is_due, publish
from syndicate.publish.select import carries, free_at, standing_entries, without_held
from syndicate.store import Database, aliases, entries, moving, purging, stories
from syndicate.templating import templates

SITE = Site(
    title="Bàn tin",
    base_url="https://ban-tin.example",
    contact="ban@ban-tin.example",
    id_authority="ban-tin.example,2026",
)
CATEGORIES = (
    Category(slug="cau", title="Cầu"),
    Category(slug="hoc", title="Học"),
)
WORDS = ("cây cầu", "lớp học", "con đường", "dòng sông", "khu chợ")


@dataclass
class Life:
    """A desk whose stories live at random, and what a reader of its feeds knows."""

    database: Database
    folder: Path
    sources: dict
    random: Random
    now: object
    limit: int = 3
    order: FeedOrder = FeedOrder.SEEN
    made: int = 0
    pages: dict = field(default_factory=dict)
    """(feed, page) → the ids that it held when it was first seen."""
    readers: list = field(default_factory=list)
    """Of each reader: feed → (ids that it has met, pages that it knows)."""

    def work(self) -> Publishing:
        return Publishing(
            database=self.database,
            site=SITE,
            sources=self.sources,
            categories=CATEGORIES,
            feeds=(
                Feed(key="rieng", title="Riêng", limit=self.limit, order=self.order),
                Feed(key="cau", title="Cầu", phrases=("cây cầu",), limit=self.limit),
            ),
            templates=TEMPLATES,
            folder=self.folder,
        )

    # ── What happens ──

    def arrive(self) -> None:
        source = self.random.choice(list(self.sources))
        backlog = self.random.random() < 0.3
        with self.database.write() as connection:
            for _one in range(self.random.randint(1, 4)):
                self.made += 1
                uid = f"u{self.made:04d}"
                story = stories.create(connection, uid, self.now)
                self._tell(connection, source, story, backlog)
                stories.set_labels(connection, story, self._labels())

    def retell(self) -> None:
        with self.database.write() as connection:
            for story in self._some(connection, 1):
                self.made += 1
                self._tell(connection, self.random.choice(list(self.sources)), story.id)

    def correct(self) -> None:
        with self.database.write() as connection:
            for story in self._some(connection, 2):
                stored = self.random.choice(story.entries)
                said = f"{self.random.choice(WORDS)} sửa {self.random.random()}"
                new = replace(stored.entry, text=said, html=f"<p>{said}</p>")
                entries.change(
                    connection, stored.id, new, keys=(), shingles=(), now=self.now
                )

    def relabel(self) -> None:
        with self.database.write() as connection:
            for story in self._some(connection, 2):
                stories.set_labels(connection, story.id, self._labels())

    def withdraw(self) -> None:
        with self.database.write() as connection:
            for story in self._some(connection, 1):
                for stored in story.entries:
                    entries.withdraw(connection, stored.id, self.now)

    def come_back(self) -> None:
        with self.database.write() as connection:
            told = stories.latest(connection, include_withdrawn=True)
            gone = [one for one in told if not standing_entries(one)]
            if gone:
                for stored in self.random.choice(gone).entries:
                    entries.restore(connection, stored.id)

    def merge(self) -> None:
        with self.database.write() as connection:
            some = self._some(connection, 2)
            if len(some) == 2:
                one, other = some
                bonds = {
                    each.id: Bond(relation=Relation.EDITOR) for each in other.entries
                }
                moving.move(connection, bonds, one.id, self.now)
                moving.dissolve(connection, other.id, other.uid, one.id, self.now)
                moving.touch(connection, [one.id], self.now)

    def split(self) -> None:
        with self.database.write() as connection:
            for story in self._some(connection, 3):
                known = aliases.of_stories(connection, [story.id]).get(story.id, ())
                if len(story.entries) < 2 or not known:
                    continue
                aliases.take_back(connection, known[0])
                last = story.entries[-1]
                new = moving.begin(
                    connection, known[0], seen_at=last.seen_at, changed_at=self.now
                )
                bond = Bond(relation=Relation.FIRST)
                moving.move(connection, {last.id: bond}, new, self.now)
                moving.touch(connection, [story.id], self.now)

    def purge(self) -> None:
        with self.database.write() as connection:
            told = stories.latest(connection, include_withdrawn=True)
            if len(told) > 4:
                purging.remove(connection, [one.id for one in told[-1].entries])

    def grow(self) -> None:
        self.limit = self.random.choice((1, 2, 3, 5, 8))

    def _some(self, connection, most):
        told = stories.latest(connection)
        return self.random.sample(told, min(most, len(told)))

    def _labels(self):
        slugs = self.random.sample(("cau", "hoc"), self.random.randint(0, 2))
        return [
            Label(category=slug, reason="thử", confidence=0.9, primary=not number)
            for number, slug in enumerate(slugs)
        ]

    def _tell(self, connection, source, story, backlog=False):
        days = self.random.randint(20, 400) if backlog else 0
        said = self.now - timedelta(days=days, minutes=self.random.randint(0, 60))
        told = f"{self.random.choice(WORDS)} bài {self.made}"
        entry = Entry(
            source=source,
            url=f"https://{source}.example/{self.made}-{self.random.random()}",
            title=f"Bài {self.made}",
            text=told,
            html=f"<p>{told}</p>",
            published=Dated(
                value=said,
                precision=Precision.MINUTE,
                origin=DateOrigin.FEED,
                raw="",
            ),
        )
        entries.add(
            connection,
            entry,
            story=story,
            bond=Bond(relation=Relation.FIRST),
            keys=(),
            shingles=(),
            now=self.now,
            backlog=backlog,
        )

    # ── What must hold ──

    def check(self) -> None:
        done = publish(self.work(), self.now)
        assert done.failed == ()
        assert not is_due(self.work(), self.now)
        with self.database.read() as connection:
            told = stories.latest(connection)
        for feed in every_feed(self.work()):
            belong = {
                f"tag:ban-tin.example,2026:story/{story.uid}"
                for story in told
                if free_at(story, self.sources) <= self.now
                and carries(
                    feed, without_held(story, self.sources, self.now), self.sources
                )
            }
            self._check_feed(feed, belong)

    def _check_feed(self, feed: Feed, belong: set) -> None:
        current, older = self._document(self.folder / f"{feed.key}.json")
        assert len(current) == min(feed.limit, len(belong)), feed.key
        pages: dict[str, list[str]] = {}
        while older:
            name = older.removeprefix("https://ban-tin.example/feeds/")
            ids, older = self._document(self.folder / name)
            first = self.pages.setdefault((feed.key, name), ids)
            # A closed page never gets a story that it did not have, nor another order.
            assert ids == [one for one in first if one in set(ids)], name
            pages[name] = ids
        paged = [one for ids in pages.values() for one in ids]
        assert len(paged) == len(set(paged)), feed.key
        assert set(paged) | set(current) == belong, feed.key
        for reader in self.readers:
            met, known = reader.setdefault(feed.key, (set(), set()))
            met.update(current)
            for name, ids in pages.items():
                if name in known:
                    break  # it has read what is older
                met.update(ids)
            known.update(pages)
            assert belong <= met, feed.key

    def _document(self, path: Path) -> tuple[list[str], str]:
        found = json.loads(path.read_bytes())
        return [one["id"] for one in found["items"]], found.get("next_url", "")


TEMPLATES = templates(language="vi", zone="Asia/Ho_Chi_Minh")
DEEDS = (
    *(Life.arrive,) * 5,
    Life.retell,
    *(Life.correct,) * 2,
    *(Life.relabel,) * 2,
    *(Life.withdraw,) * 2,
    *(Life.come_back,) * 2,
    *(Life.merge,) * 2,
    *(Life.split,) * 2,
    Life.purge,
    Life.grow,
)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def life(request, tmp_path, blank, desk, clock):
    if request.param == "postgresql":
        url = request.getfixturevalue("emptied")
    else:
        shutil.copy(blank, tmp_path / "life.db")
        url = f"sqlite:///{tmp_path}/life.db"
    desk.add("tin")
    desk.add("bao")
    with closing(Database.open(url)) as database:

        def begin(seed: int, order: FeedOrder = FeedOrder.SEEN) -> Life:
            return Life(
                database=database,
                folder=tmp_path / "life" / "feeds",
                sources=desk.sources,
                random=Random(seed),  # noqa: S311 - the same every time
                now=clock.now,
                order=order,
            )

        yield begin


@pytest.mark.parametrize("seed", range(4))
def test_a_feed_and_its_archive_are_all_stories_each_once(life, seed):
    one = life(seed, FeedOrder.PUBLISHED if seed % 2 else FeedOrder.SEEN)
    for _turn in range(12):
        for _deed in range(one.random.randint(1, 4)):
            one.now += timedelta(minutes=one.random.randint(1, 90))
            one.random.choice(DEEDS)(one)
        one.readers.append({})
        one.check()
    assert one.pages
    before = documents(one.folder)
    assert rebuilt(one, KEPT) == before


def test_a_rebuild_of_everything_gives_the_same_bytes(life):
    """As long as nothing is gone and no page closed: those are history."""
    one = life(77)
    one.limit = 500
    deeds = (Life.arrive, Life.retell, Life.correct, Life.relabel)
    for _turn in range(8):
        one.now += timedelta(minutes=one.random.randint(1, 90))
        one.random.choice(deeds)(one)
        one.check()
    before = documents(one.folder)
    assert rebuilt(one, LOST) == before


KEPT = (
    "UPDATE feeds SET stamp = ''",
    "UPDATE permalinks SET stamp = ''",
    "DELETE FROM fragments",
    "DELETE FROM written",
    "DELETE FROM boilerplates",
)
"""What is lost of all but who stands where, and since when."""
LOST = (
    "DELETE FROM feeds",
    "DELETE FROM permalinks",
    "DELETE FROM carried",
    *KEPT[2:],
)


def rebuilt(one: Life, damage: tuple[str, ...]) -> dict[str, bytes]:
    """Publish anew to another folder, after much of what is known was lost."""
    one.folder = one.folder.with_name("anew")
    with one.database.write() as connection:
        for statement in damage:
            connection.exec_driver_sql(statement)
    assert publish(one.work(), one.now).failed == ()
    return documents(one.folder)


def documents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
