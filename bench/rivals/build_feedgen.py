"""Plain feedgen, straight: the same feeds with the same entries, as RSS and Atom."""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path
from typing import Any

from feedgen.feed import FeedGenerator


def main() -> None:
    """Arguments: what the feeds carry (see bench.stock), and an empty folder.

    Prints the CPU seconds of building alone: without imports, and without reading; of
    all, and of each feed by its key; and of packing both documents of each.
    """
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    folder = Path(sys.argv[2])
    spent: dict[str, float] = {}
    packing: dict[str, float] = {}
    for feed in told["feeds"]:
        began = time.process_time()
        made = _feed(feed, [told["items"][uid] for uid in feed["items"]])
        file = folder / feed["key"]
        file.parent.mkdir(parents=True, exist_ok=True)
        made.rss_file(f"{file}.rss")
        made.atom_file(f"{file}.atom")
        spent[feed["key"]] = time.process_time() - began
        for ending in ("rss", "atom"):
            built = Path(f"{file}.{ending}").read_bytes()
            began = time.process_time()
            gzip.compress(built, 6)
            packing.setdefault(feed["key"], 0.0)
            packing[feed["key"]] += time.process_time() - began
    told = {"building": sum(spent.values()), "feeds": spent, "packing": packing}
    print(json.dumps(told))


def _feed(feed: dict[str, Any], items: list[dict[str, Any]]) -> FeedGenerator:
    made = FeedGenerator()
    made.id(f"tag:bench.example,2026:{feed['key']}")
    made.title(feed["title"])
    made.description(feed["title"])
    made.link(href=f"http://127.0.0.1:8000/feeds/{feed['key']}.atom", rel="self")
    for item in items:
        entry = made.add_entry(order="append")
        entry.id(item["id"])
        entry.title(item["title"])
        entry.link(href=item["link"])
        entry.description(item["summary"])
        entry.content(item["html"], type="html")
        entry.author([{"name": name} for name in item["authors"]])
        entry.published(item["published"])
        entry.updated(item["updated"])
        entry.category(
            [{"term": term, "label": label} for term, label in item["categories"]]
        )
    return made


if __name__ == "__main__":
    main()
