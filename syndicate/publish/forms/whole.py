"""Documents of a feed made in one go from items (pure).

The desk itself keeps rendered parts and puts them together anew
(:mod:`syndicate.publish.forms.fragments`); this is for whoever has the items at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from syndicate.model import Feed, Site
from syndicate.publish.forms.fragments import Document, Form, document, fragment
from syndicate.publish.forms.frames import Heading, frame
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.paging import current_path, paging
from syndicate.publish.forms.rendering import render
from syndicate.publish.forms.stamps import NEVER

FORMS = (Form.RSS, Form.ATOM, Form.JSON)
"""What other programs read."""


def whole(form: Form, heading: Heading, items: Iterable[Item]) -> Document:
    """Return one document; the same arguments give the same bytes."""
    parts = (fragment(render(form, item, heading.site)) for item in items)
    return document(frame(form, heading), parts)


def feed_files(
    feed: Feed, items: Sequence[Item], *, site: Site, hubs: tuple[str, ...] = ()
) -> dict[str, bytes]:
    """Return the current documents of ``feed`` by path, as if it had no archives."""
    return {
        current_path(feed.key, form): whole(
            form,
            Heading(
                feed=feed,
                site=site,
                updated=last_change(items),
                paging=paging(form, feed, site),
                hubs=hubs,
            ),
            items,
        ).content
        for form in FORMS
    }


def last_change(items: Iterable[Item]) -> datetime:
    """Return when the newest content changed; a fixed date if there is none."""
    return max((item.updated for item in items), default=NEVER)
