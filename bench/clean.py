"""What it costs to clean an entry, stage by stage, beside a fixed yardstick.

    python -m bench.clean [ENTRIES]

CPU time of one process, the best of three rounds. The yardstick is what others do to
the same HTML: nh3 once with its defaults, and feedparser's own sanitiser.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import nh3
from feedparser.sanitizer import _sanitize_html

from bench.feeds import rfc822
from bench.texts import article
from syndicate.categorise.decide import label
from syndicate.categorise.rules import Rules
from syndicate.gather.clean import to_entry
from syndicate.model import (
    Category,
    DateClaim,
    DateOrigin,
    Entry,
    RawEntry,
    Scoring,
    Source,
    SourceKind,
)
from syndicate.text import clean
from syndicate.text.html import sanitise, to_text

NOW = datetime(2026, 9, 2, tzinfo=UTC)
HOME = "https://tin.example"
SOURCE = Source(key="tin", title="Tin", kind=SourceKind.FEED, url=f"{HOME}/rss")
ROOT = Path(__file__).resolve().parents[1]


def raw_entries(count: int, seed: int = 1) -> list[RawEntry]:
    """``count`` entries as a feed gives them, 1 to 6 KB of HTML each."""
    rng = Random(seed)
    return [_raw(rng, number) for number in range(count)]


def _raw(rng: Random, number: int) -> RawEntry:
    text = article(rng, "fr" if number % 12 == 5 else "vi", rng.randint(900, 5_400))
    first, *others = text.paragraphs
    middle = "".join(f"<p>{escape(each)}</p>\n" for each in others)
    written = NOW - timedelta(minutes=number)
    return RawEntry(
        source="tin",
        url=f"{HOME}/bai/{number}.html",
        guid=f"bai {number}",
        title=text.title,
        html=f"<p><strong>{escape(first)}</strong></p>\n"
        f'<p><img src="/anh/{number}.jpg" alt=""></p>\n{middle}'
        '<p style="text-align: right">Nguồn&nbsp;tin: '
        f'<a href="/muc/{number % 7}">x</a></p>',
        lead=f"<p>{escape(first[:200])}</p>",
        authors=("Ban biên tập",),
        dates=(DateClaim(raw=rfc822(written), origin=DateOrigin.FEED),),
        terms=(f"Tin {number % 5}",),
    )


def rules() -> Rules:
    """The categories of the config.toml that comes with us."""
    found: dict[str, Any] = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    categories = [
        Category(
            slug=slug,
            title=slug,
            **{
                name: tuple(each.get(name, ()))
                for name in ("strong", "normal", "negative", "masks")
            },
        )
        for slug, each in found["category"].items()
    ]
    return Rules(categories, Scoring())


def cost(work: Callable[[Any], object], on: Sequence[Any]) -> float:
    """Microseconds of CPU for one item: the best of three rounds over all of them."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        for each in on:
            work(each)
        best = min(best, time.process_time() - started)
    return best / len(on) * 1e6


def _entry(raw: RawEntry) -> Entry:
    return to_entry(raw, source=SOURCE, fetched_at=NOW)


def _anew(entry: Entry) -> Entry:
    """The entry with a text that no cache has seen."""
    return replace(entry, text=f"{entry.text} ")


def main(count: int) -> None:
    """Print a line for each stage."""
    raw = raw_entries(count)
    entries = [_entry(each) for each in raw]
    labels = rules()

    def keyed(entry: Entry) -> None:
        clean.key_text(_anew(entry).text)

    def keyed_and_labelled(entry: Entry) -> None:
        fresh = _anew(entry)
        clean.key_text(fresh.text)
        label(fresh, labels, SOURCE)

    yardstick = cost(lambda each: nh3.clean(each.html), raw)
    theirs = cost(lambda each: _sanitize_html(each.html, "utf-8", "text/html"), raw)
    key = cost(keyed, entries)
    stages = {
        "yardstick: nh3.clean": yardstick,
        "yardstick: feedparser's sanitiser": theirs,
        "to_entry, all of it": cost(_entry, raw),
        "  sanitise (and its text)": cost(lambda each: sanitise(each.html, HOME), raw),
        "  to_text of what it gave": cost(lambda each: to_text(each.html), entries),
        "  key_text": key,
        "words, the key being known": cost(
            lambda e: clean.words(_anew(e).text), entries
        )
        - key,
        "label, the key being known": cost(keyed_and_labelled, entries) - key,
    }
    size = sum(len(each.html) for each in raw) / len(raw)
    print(f"{count} entries of {size:,.0f} characters of HTML\n")
    print(f"{'stage':<36} {'µs':>8} {'× nh3.clean':>12}")
    for name, microseconds in stages.items():
        print(f"{name:<36} {microseconds:>8.1f} {microseconds / yardstick:>12.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
