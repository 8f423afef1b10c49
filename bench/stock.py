"""Entries of our own making, and a store that is full of them.

``python -m bench.stock CONFIG --stories N`` fills the store of a config.toml; with
``--dump FILE`` it writes what our feeds carry then, so that a rival can build the
very same documents; with ``--more`` it adds a single story to what is there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import escape
from pathlib import Path
from random import Random

from bench.texts import Text, article
from syndicate.cli.wire import Wiring, opened
from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Label,
    Precision,
    Relation,
)
from syndicate.pipeline.publishing import DEPTH, every_feed
from syndicate.publish.documents import Filled, fill
from syndicate.store import entries, stories

MOMENT = datetime(2026, 9, 1, 8, tzinfo=UTC)
LABELS = 2
"""Categories that each story carries."""


def entry(text: Text, number: int, source: str) -> Entry:
    """Return ``text`` as gathering would have cleaned it."""
    body = "\n\n".join(text.paragraphs)
    at = MOMENT - timedelta(minutes=number)
    dated = Dated(
        value=at, precision=Precision.MINUTE, origin=DateOrigin.FEED, raw=at.isoformat()
    )
    return Entry(
        source=source,
        url=f"https://{source}.example/bai/{number}.html",
        guid=f"{source}-{number}",
        title=text.title,
        lead=text.paragraphs[0][:200],
        html="".join(f"<p>{escape(each)}</p>" for each in text.paragraphs),
        text=body,
        authors=("Ban biên tập",),
        published=dated,
        dates=(dated,),
        language="vi",
        fingerprint=sha256(f"{text.title}\n{body}".encode()).hexdigest(),
    )


def fill_store(desk: Wiring, numbers: Sequence[int]) -> None:
    """Keep a story for each number, its labels spread over the categories."""
    sources = [source.key for source in desk.settings.sources]
    slugs = [category.slug for category in desk.settings.categories]
    with desk.database.write() as connection:
        for number in numbers:
            text = article(Random(number), size=Random(number).randint(900, 5_400))
            now = MOMENT + timedelta(seconds=number)
            story = stories.create(connection, f"story{number}", now)
            entries.add(
                connection,
                entry(text, number, sources[number % len(sources)]),
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=now,
                backlog=False,
            )
            stories.set_labels(connection, story, _labels(number, slugs))


def carried(desk: Wiring, now: datetime) -> tuple[Filled, ...]:
    """Return what our feeds carry."""
    work = desk.publishing()
    with desk.database.read() as connection:
        latest = stories.latest(connection, limit=DEPTH)
    return fill(
        latest,
        every_feed(work),
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        now=now,
    )


def _labels(number: int, slugs: Sequence[str]) -> tuple[Label, ...]:
    chosen = [slugs[(number * LABELS + each) % len(slugs)] for each in range(LABELS)]
    first, *others = [
        Label(category=slug, reason="bench", confidence=0.9) for slug in chosen
    ]
    return (replace(first, primary=True), *others)


def _dump(filled: Sequence[Filled], file: Path) -> None:
    items = {
        item.uid: {
            "id": item.id,
            "title": item.title,
            "link": item.link,
            "summary": item.summary,
            "html": item.html,
            "authors": item.authors,
            "published": (item.published or item.seen).isoformat(),
            "updated": item.updated.isoformat(),
            "categories": item.categories,
        }
        for each in filled
        for item in each.items
    }
    feeds = [
        {
            "key": each.feed.key,
            "title": each.feed.title,
            "items": [item.uid for item in each.items],
        }
        for each in filled
    ]
    file.write_text(json.dumps({"feeds": feeds, "items": items}), "utf-8")


def main() -> None:
    """Read the arguments and fill the store."""
    parser = argparse.ArgumentParser(prog="python -m bench.stock")
    parser.add_argument("config", type=Path)
    parser.add_argument("--stories", type=int, default=0)
    parser.add_argument("--more", type=int, help="the number of one more story")
    parser.add_argument("--dump", type=Path)
    given = parser.parse_args()
    with opened(given.config) as desk:
        fill_store(desk, range(given.stories))
        if given.more is not None:
            fill_store(desk, [given.more])
        if given.dump:
            _dump(carried(desk, desk.clock()), given.dump)


if __name__ == "__main__":
    main()
