"""Entries of our own making, and a store that is full of them.

``python -m bench.stock CONFIG --stories N`` fills the store of a config.toml; with
``--more`` it adds a single story to what is there.
"""

from __future__ import annotations

import argparse
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
from syndicate.store import entries, stories

MOMENT = datetime(2026, 9, 1, 8, tzinfo=UTC)
BEGINNING = datetime(2026, 5, 1, tzinfo=UTC)
"""When the first story of a store was told; the next one came a minute later."""
LABELS = 2
"""Categories that each story carries."""


def entry(
    text: Text, number: int, source: str, published: datetime | None = None
) -> Entry:
    """Return ``text`` as gathering would have cleaned it."""
    body = "\n\n".join(text.paragraphs)
    at = published or MOMENT - timedelta(minutes=number)
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


def fill_store(desk: Wiring, numbers: Sequence[int], labels: int = LABELS) -> None:
    """Keep a story for each number, its labels spread over the categories."""
    sources = [source.key for source in desk.settings.sources]
    slugs = [category.slug for category in desk.settings.categories]
    with desk.database.write() as connection:
        for number in numbers:
            text = article(Random(number), size=Random(number).randint(900, 5_400))
            published = BEGINNING + timedelta(minutes=number)
            now = published + timedelta(minutes=5)
            story = stories.create(connection, f"story{number}", now)
            entries.add(
                connection,
                entry(text, number, sources[number % len(sources)], published),
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=now,
                backlog=False,
            )
            stories.set_labels(connection, story, _labels(number, slugs, labels))


def _labels(number: int, slugs: Sequence[str], count: int) -> tuple[Label, ...]:
    chosen = [slugs[(number * LABELS + each) % len(slugs)] for each in range(count)]
    first, *others = [
        Label(category=slug, reason="bench", confidence=0.9) for slug in chosen
    ]
    return (replace(first, primary=True), *others)


def main() -> None:
    """Read the arguments and fill the store."""
    parser = argparse.ArgumentParser(prog="python -m bench.stock")
    parser.add_argument("config", type=Path)
    parser.add_argument("--stories", type=int, default=0)
    parser.add_argument("--more", type=int, help="the number of one more story")
    given = parser.parse_args()
    with opened(given.config) as desk:
        fill_store(desk, range(given.stories))
        if given.more is not None:
            fill_store(desk, [given.more])


if __name__ == "__main__":
    main()
