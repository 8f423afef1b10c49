"""A listing's pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from samples.showing import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of a listing; ``number`` and ``last`` count from 1."""

    articles: tuple[Article, ...]
    number: int
    last: int
    total: int


def leaf(articles: tuple[Article, ...], number: int, size: int) -> Leaf | None:
    """Page ``number`` of ``articles``; None if there is no such page."""
    last = max(1, -(-len(articles) // size))
    if not 1 <= number <= last:
        return None
    start = (number - 1) * size
    return Leaf(
        articles=articles[start : start + size],
        number=number,
        last=last,
        total=len(articles),
    )


def asked(query: str, name: str, default: int) -> int:
    """The number that ``query`` gives for ``name``; -1 if it is not a number."""
    found = re.search(rf"(?:^|&){re.escape(name)}=([^&]*)", query)
    if found is None:
        return default
    return int(found[1]) if re.fullmatch(r"[0-9]{1,9}", found[1]) else -1


def numbered(articles: tuple[Article, ...], number: str) -> Article | None:
    """The article of that number."""
    return next((one for one in articles if str(one.number) == number), None)


def others(
    articles: tuple[Article, ...], article: Article, size: int = 5
) -> tuple[Article, ...]:
    """What stands beside ``article``: the newest that are not it."""
    return tuple(one for one in articles if one is not article)[:size]
