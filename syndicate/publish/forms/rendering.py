"""A story as its part of a document that other programs read (pure).

The part is the same in every feed, so it is made once and kept.
"""

from __future__ import annotations

from syndicate.model import Site
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.jsonfeed import json_item
from syndicate.publish.forms.xml import atom_entry, rss_item

RENDERING = "1"
"""Another one whenever the same settings and stories give other bytes: parts that are
kept are made anew then."""


def render(form: Form, item: Item, site: Site) -> bytes:
    """Return ``item`` as RSS, Atom or JSON.

    Raises a ValueError for a form that other programs do not read.
    """
    if form is Form.RSS:
        return rss_item(item, site)
    if form is Form.ATOM:
        return atom_entry(item, site)
    if form is Form.JSON:
        return json_item(item, site)
    raise ValueError(f"{form.value} is not rendered here")
