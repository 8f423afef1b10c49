"""Publishing again and again in one process, as ``syndicate serve`` does.

``python -m bench.lasting CONFIG NUMBER`` prints CPU seconds: of building RSS and Atom
alone with nothing kept yet, and of three runs of publishing: into an empty folder,
with nothing changed, and after one more story (of that number).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.stock import carried, fill_store
from syndicate.cli.wire import Wiring, opened
from syndicate.pipeline.publishing import publish
from syndicate.publish import xml


def main() -> None:
    """Read the arguments and publish three times."""
    with opened(Path(sys.argv[1])) as desk:
        costs = {"xml": _xml(desk)}
        _forget()
        costs |= {"full": _publish(desk), "nothing": _publish(desk)}
        fill_store(desk, [int(sys.argv[2])])
        costs["one"] = _publish(desk)
    print(json.dumps(costs))


def _xml(desk: Wiring) -> float:
    filled, site = carried(desk, desk.clock()), desk.settings.site
    began = time.process_time()
    for each in filled:
        xml.rss(each.feed, each.items, site=site, self_url=f"{site.base_url}/x.rss")
        xml.atom(each.feed, each.items, site=site, self_url=f"{site.base_url}/x.atom")
    return time.process_time() - began


def _forget() -> None:
    """Empty what keeps rendered entries, whatever it is called."""
    for value in vars(xml).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def _publish(desk: Wiring) -> float:
    began = time.process_time()
    written = publish(desk.publishing(), desk.clock())
    if written.failed:
        sys.exit(f"not written: {written.failed[0]}")
    return time.process_time() - began


if __name__ == "__main__":
    main()
