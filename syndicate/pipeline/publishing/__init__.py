"""Publish: the stories of the store → documents in the feeds folder.

Two steps. The first looks at the stories that changed, says which feeds carry them
where, and notes the units whose documents follow from that, all in the store. The
second makes the documents of these units, writes them, and ticks them off. Whenever the
process dies the store knows what is still to be done; nothing that did not change is
looked at.
"""

from __future__ import annotations

from syndicate.pipeline.publishing.looking import (
    begin_anew,
    leftovers,
    look_over,
    prune,
    tidy,
)
from syndicate.pipeline.publishing.parts import contents_of, fragments_of, items_of
from syndicate.pipeline.publishing.running import is_due, publish
from syndicate.pipeline.publishing.work import Publishing, every_feed

__all__ = [
    "Publishing",
    "begin_anew",
    "contents_of",
    "every_feed",
    "fragments_of",
    "is_due",
    "items_of",
    "leftovers",
    "look_over",
    "prune",
    "publish",
    "tidy",
]
