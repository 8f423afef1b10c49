"""What a feed says of itself to a person, drawn here (blocks).

Browsers are taking XSLT out, and Chromium warns of each feed that uses it; so whoever
opens a feed gets what its stylesheet makes of it as a page. Links in that page are
relative to the same address as those of the feed.
"""

from __future__ import annotations

import logging

from lxml import etree

STYLE = "feed.xsl"
"""Below the feeds folder, for all feeds in it."""
LARGEST = 8_000_000
"""Bytes of a feed that is drawn: about a second; an ordinary one takes milliseconds."""
_PROLOG = 1024
_PAGE = (b"<!doctype html", b"<html")
log = logging.getLogger(__name__)


class _Nothing(etree.Resolver):
    """What a stylesheet would include counts as empty, wherever it is."""

    def resolve(self, _url, _name, context):  # type: ignore[no-untyped-def]  # lxml's
        return self.resolve_empty(context)


def is_styled_by_us(content: bytes) -> bool:
    """Say whether a feed names a stylesheet, and is of a size to be drawn."""
    named = b"<?xml-stylesheet" in content[:_PROLOG]
    return named and len(content) <= LARGEST


def explain(content: bytes, style: bytes, path: str = "") -> bytes:
    """Return the page, in UTF-8, that ``style`` (XSLT 1.0) makes of a feed.

    Empty if it makes none; why is logged with ``path``. Nothing else is read or
    written, whatever either of them says.
    """
    try:
        feed = etree.ElementTree(etree.fromstring(content, _parser()))
        if feed.docinfo.internalDTD is not None:
            return b""  # ours have none
        draw = etree.XSLT(
            etree.fromstring(style, _parser()),
            access_control=etree.XSLTAccessControl.DENY_ALL,
        )
        page = str(draw(feed)).encode()
    except (etree.LxmlError, ValueError) as error:
        log.warning("%s does not draw %r: %s", STYLE, path, error)
        return b""
    # Another template may make XML, which is no page under this type.
    return page if page[:_PROLOG].lstrip().lower().startswith(_PAGE) else b""


def _parser() -> etree.XMLParser:
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    parser.resolvers.add(_Nothing())
    return parser
