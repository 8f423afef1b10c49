"""XML elements: making, replacing and writing them (lxml)."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def add(
    parent: etree._Element, name: str, text: str = "", **attributes: str
) -> etree._Element:
    """Append an element; attributes that are empty are left out."""
    given = {key: value for key, value in attributes.items() if value}
    element = etree.SubElement(parent, name, given)
    element.text = text or None
    return element


def replace(parent: etree._Element, name: str, text: str = "") -> None:
    """Put ``text`` into the only ``name``, made if need be; no text: have none."""
    found = parent.findall(name)
    if text and found:
        found[0].text = text
    elif text:
        add(parent, name, text)
    for surplus in found[1:] if text else found:
        parent.remove(surplus)


def mark_as_text(parent: etree._Element, name: str) -> None:
    """Say of every ``name`` that it is plain text (RFC 4287 §3.1.1)."""
    for element in parent.findall(name):
        element.set("type", "text")


def rendered(element: etree._Element, names: Mapping[str | None, str]) -> bytes:
    """Write ``element`` alone, its prefixes being declared by the document around."""
    around = etree.Element("around", nsmap=dict(names))
    around.append(element)
    text = etree.tostring(around, encoding="unicode")
    return text[text.index(">") + 1 : text.rindex("<")].encode()


def opened(root: etree._Element, closing: bytes) -> tuple[bytes, bytes]:
    """Write ``root`` and cut it before ``closing``, where its entries will stand."""
    text = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    end = text.rindex(closing)
    return text[:end], text[end:]
