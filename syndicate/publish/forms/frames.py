"""What stands around the stories of a document, in each format (pure).

A frame costs a twentieth of a millisecond and is made anew each time; the stories
between head and tail are parts that were rendered once
(:mod:`syndicate.publish.forms.rendering`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from syndicate.model import Feed, Site
from syndicate.publish.forms.addresses import tag
from syndicate.publish.forms.elements import (
    ATOM,
    HISTORY,
    LANG,
    TOMBSTONES,
    add,
    opened,
    rendered,
    replace,
)
from syndicate.publish.forms.fragments import Form, Frame
from syndicate.publish.forms.jsonfeed import json_frame
from syndicate.publish.forms.languages import language_tag
from syndicate.publish.forms.paging import Paging
from syndicate.publish.forms.stamps import atom_date, rss_date
from syndicate.publish.forms.tombstones import Tombstone, ordered
from syndicate.publish.forms.xml import ATOM_NAMES, RSS_NAMES, atom_feed, rss_channel
from syndicate.translate import translation

_DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a document says before its first story."""

    feed: Feed
    site: Site
    updated: datetime
    """When what it shows last changed, a withdrawal too; never the build."""
    paging: Paging
    hubs: tuple[str, ...] = ()
    """WebSub hubs, of which current documents name each (W3C WebSub §4)."""
    tombstones: tuple[Tombstone, ...] = ()
    """Only Atom can show them; in any order."""


def frame(form: Form, heading: Heading) -> Frame:
    """Return the frame of a document; the same heading gives the same bytes.

    Raises a ValueError for a form that other programs do not read.
    """
    if form is Form.RSS:
        return _rss(heading)
    if form is Form.ATOM:
        return _atom(heading)
    if form is Form.JSON:
        given = heading
        return json_frame(given.feed, given.site, given.paging, _hubs(given))
    raise ValueError(f"{form.value} has no frame")


def _rss(heading: Heading) -> Frame:
    paging = heading.paging
    channel = rss_channel(heading.feed, heading.site, paging)
    for link in _links(heading, "application/rss+xml"):
        add(channel, f"{{{ATOM}}}link", **link)
    add(channel, "lastBuildDate", rss_date(heading.updated))
    names = dict(RSS_NAMES)
    if paging.marked:
        names["fh"] = HISTORY
        add(channel, f"{{{HISTORY}}}archive")
    root = etree.Element("rss", {"version": "2.0"}, nsmap=names)
    root.append(channel)
    return _framed(paging, *opened(root, b"</channel>"))


def _atom(heading: Heading) -> Frame:
    paging = heading.paging
    graves = ordered(heading.tombstones)
    names = dict(ATOM_NAMES)
    if paging.marked:
        names["fh"] = HISTORY
    if graves:
        names["at"] = TOMBSTONES
    root = atom_feed(heading.feed, heading.site, paging, names)
    replace(root, f"{{{ATOM}}}updated", atom_date(heading.updated))
    for link in _links(heading, "application/atom+xml"):
        add(root, f"{{{ATOM}}}link", **link)
    if paging.marked:
        add(root, f"{{{HISTORY}}}archive")
    head, tail = opened(root, b"</feed>")
    # Before the entries, where the grammar of RFC 4287 has room for them.
    lines = [_deleted(grave, heading.site) for grave in graves]
    return _framed(paging, b"\n".join([head, *lines]), tail)


def _framed(paging: Paging, head: bytes, tail: bytes) -> Frame:
    styles = ""
    if paging.style:
        # Browsers that know no XSLT any more show the document with the second.
        plain = paging.style.removesuffix("xsl") + "css"
        styles = (
            f'<?xml-stylesheet type="text/xsl" href="{paging.style}"?>\n'
            f'<?xml-stylesheet type="text/css" href="{plain}"?>\n'
        )
    return Frame(_DECLARATION + styles.encode() + head + b"\n", b"", tail + b"\n")


def _hubs(heading: Heading) -> tuple[str, ...]:
    """Return the hubs: an archive page is no topic, so it names none."""
    return () if heading.paging.archive else heading.hubs


def _links(heading: Heading, media_type: str) -> list[dict[str, str]]:
    """Return the links to hubs and to other documents of the feed (RFC 5005)."""
    paging = heading.paging
    others = {
        "current": paging.current,
        "prev-archive": paging.previous,
        "next-archive": paging.next,
        "next": paging.older,
    }
    return [
        *({"rel": "hub", "href": hub} for hub in _hubs(heading)),
        *(
            {"rel": rel, "href": href, "type": media_type}
            for rel, href in others.items()
            if href
        ),
    ]


def _deleted(grave: Tombstone, site: Site) -> bytes:
    """Write a tombstone (RFC 6721 §3)."""
    _ = translation(site.language).gettext
    ref = tag(site, f"story/{grave.uid}")
    found = etree.Element(
        f"{{{TOMBSTONES}}}deleted-entry",
        {"ref": ref, "when": atom_date(grave.at.replace(microsecond=0))},
    )
    why = _("Told with another story") if grave.into else _("Withdrawn")
    comment = add(found, f"{{{TOMBSTONES}}}comment", why)
    comment.set(LANG, language_tag(site.language))
    return rendered(found, {"at": TOMBSTONES})
