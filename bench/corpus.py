"""Entries of which we know who tells the same: the portals' own, and copies of them.

``python -m bench.corpus FILE FEEDS`` writes them as JSON lines, one feed after another
and each from its last entry to its first, as they are filed. A fifth are copies: as
portals repeat each other, and as lists, digests and hasty editors do. Some others
look like copies: columns that have one title for ever, and notices on one form.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random

from bench.feeds import portals
from bench.texts import Text, article

HOSTS = ["https://a.example", "https://b.example", "https://c.example"]
KINDS = ("as they are", "retitled", "lead only", "cut", "quoted", "reworded")
"""Of copies, each as often as any other but the first, which is half of them."""
_CHANGED = 20
"""One in so many words is another in a copy that was reworded."""
_COLUMN = 9
_FORM = 11
"""One in so many of the others is a column's, or is written on a form."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, and what is true of it."""

    feed: int
    number: int
    """Unlike that of any other entry."""
    group: int
    """The number of the entry that all of its kind are copies of."""
    kind: str
    """One of KINDS; ``own``, ``column`` or ``form`` if it is no copy."""
    title: str
    paragraphs: tuple[str, ...]
    at: str
    """ISO 8601."""


def corpus(feeds: int) -> Iterator[Told]:
    """Yield the entries of so many feeds, as they are filed."""
    rng = Random("corpus")
    groups: dict[str, tuple[int, Text]] = {}
    number = 0
    for portal in portals(feeds, HOSTS):
        column = article(rng).title
        form = article(rng, size=500).paragraphs
        for item in reversed(portal.items):
            number += 1
            group, first = groups.setdefault(item.text.title, (number, item.text))
            text, kind = (
                _copy(rng, first, item.text)
                if group != number
                else _own(number, item.text, column, form)
            )
            yield Told(
                feed=portal.number,
                number=number,
                group=group,
                kind=kind,
                title=text.title,
                paragraphs=text.paragraphs,
                at=item.at.isoformat(),
            )


def read(path: Path) -> Iterator[Told]:
    """Yield what :func:`main` wrote."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            told = json.loads(line)
            yield Told(**told | {"paragraphs": tuple(told["paragraphs"])})


def documents(path: Path) -> Iterator[list[Told]]:
    """Yield the entries of each feed together."""
    some: list[Told] = []
    for told in read(path):
        if some and some[0].feed != told.feed:
            yield some
            some = []
        some.append(told)
    if some:
        yield some


def portions(path: Path, size: int = 500) -> Iterator[list[Told]]:
    """Yield so many entries at a time: to look at the clock costs as much as one."""
    rest = read(path)
    while some := list(islice(rest, size)):
        yield some


def moment(told: Told) -> datetime:
    """Return when it was published."""
    return datetime.fromisoformat(told.at)


def _own(
    number: int, text: Text, column: str, form: tuple[str, ...]
) -> tuple[Text, str]:
    if number % _COLUMN == 0:
        return Text(column, text.paragraphs), "column"
    if number % _FORM == 0:
        return Text(text.title, (*form, *text.paragraphs)), "form"
    return text, "own"


def _copy(rng: Random, first: Text, copied: Text) -> tuple[Text, str]:
    kind = rng.choice((KINDS[0],) * (len(KINDS) - 1) + KINDS[1:])
    made = article(rng, size=1_500)
    half = len(made.paragraphs) // 2
    part = max(1, round(0.3 * len(copied.paragraphs)))
    title, paragraphs = {
        "as they are": (copied.title, copied.paragraphs),
        "retitled": (made.title, copied.paragraphs),
        "lead only": (first.title, first.paragraphs[:1]),
        "cut": (copied.title, copied.paragraphs[:part]),
        "quoted": (
            made.title,
            (*made.paragraphs[:half], *first.paragraphs, *made.paragraphs[half:]),
        ),
        "reworded": (copied.title, tuple(_reworded(rng, copied, made))),
    }[kind]
    return Text(title, paragraphs), kind


def _reworded(rng: Random, text: Text, other: Text) -> Iterator[str]:
    words = " ".join(other.paragraphs).split()
    for paragraph in text.paragraphs:
        yield " ".join(
            rng.choice(words) if rng.randrange(_CHANGED) == 0 else word
            for word in paragraph.split()
        )


def main() -> None:
    """Write the entries to the file that is named."""
    path, feeds = Path(sys.argv[1]), int(sys.argv[2])
    with path.open("w", encoding="utf-8") as file:
        for told in corpus(feeds):
            file.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
