"""The floor of what feedparser costs: fetch, parse, put into a dict; nothing kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.request import urlopen

import feedparser


def main() -> None:
    """Argument: a file with an address a line."""
    found: dict[tuple[str, str], str] = {}
    for url in Path(sys.argv[1]).read_text("utf-8").split():
        with urlopen(url, timeout=60) as answer:
            body, headers = answer.read(), dict(answer.headers)
        parsed = feedparser.parse(
            body,
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        for entry in parsed.entries:
            found[url, entry.get("id", "")] = entry.get("title", "")
    print(json.dumps({"entries": len(found)}))


if __name__ == "__main__":
    main()
