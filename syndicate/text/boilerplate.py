"""Which citations does a site print under everything? (pure)

"Giấy phép theo Nghị định 72/2013/NĐ-CP" in a footer is cited by nobody. What tells it
from a document that a site really writes about in each article is that it always comes
in the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from syndicate.text.citations import cited
from syndicate.text.clean import key_text

SHARE = 0.8
"""Of a source's newest articles that have to cite a document, and in the same line."""
LEAST = 10
"""Articles of a source: fewer say nothing about its furniture."""
NEWEST = 50
"""Articles of a source that are looked at: what it printed last year is gone."""


def is_nearly_all(citing: int, articles: int) -> bool:
    """Whether so many of a source's newest articles are nearly all of them."""
    return articles >= LEAST and citing >= SHARE * articles


def said_alike(texts: Sequence[str], number: str) -> bool:
    """Whether nearly all ``texts`` name a document in one and the same line."""
    lines: Counter[str] = Counter()
    for text in texts:
        lines.update({key_text(line) for line in _naming(text, number)})
    most = max(lines.values(), default=0)
    return bool(texts) and most >= SHARE * len(texts)


def _naming(text: str, number: str) -> list[str]:
    figures = number.partition("/")[0].partition("-")[0].lstrip("0")
    return [
        line
        for line in text.split("\n")
        if figures in line and any(one.key == number for one in cited(line))
    ]
