"""``reader`` from PyPI: add the feeds, update them with 20 workers, count."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from reader import make_reader


def main() -> None:
    """Arguments: the database, and a file with an address a line."""
    logging.disable(logging.CRITICAL)  # a stack trace for each broken feed costs CPU
    with make_reader(sys.argv[1]) as reader:
        for url in Path(sys.argv[2]).read_text("utf-8").split():
            reader.add_feed(url, exist_ok=True)
        # scheduled: otherwise it asks nobody whom it asked less than an hour ago.
        reader.update_feeds(workers=20, scheduled=False)
        refused = [feed.url for feed in reader.get_feeds(broken=True)]
        print(
            json.dumps({"entries": reader.get_entry_counts().total, "refused": refused})
        )


if __name__ == "__main__":
    main()
