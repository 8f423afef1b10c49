"""The people of a plain feed's entries, by feedparser's rules."""

from __future__ import annotations

import re

from lxml import etree

from syndicate.gather.fastbase import (
    PERSON_PARTS,
    Document,
    Item,
    UncertainError,
    expect_parts,
    key_of,
    plain_of,
    short_of,
)

_MAIL = re.compile(
    r"[A-Za-z0-9_.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,9}(?P<top>[A-Za-z]{2,63})"
    r"(?: \((?P<name>[^\W_]|[^\W_][^()<>@&;]*[^\W_])\))?"
)


def read_author(document: Document, item: Item, element: etree._Element) -> None:
    """Take an author: a text, or parts as Atom has them."""
    if "long_mail" in item:
        raise UncertainError
    if len(element):
        _person(document, item, element)
        return
    value = plain_of(document, element)
    authors = item.setdefault("authors", [])
    person = {"name": value} if value else {}
    if "@" in value:
        mail = _MAIL.fullmatch(value)
        # Of a longer top level feedparser knows the first four letters, which can be
        # put right where there is one author.
        if mail is None or (authors and len(mail["top"]) > 4):
            raise UncertainError
        person = {"name": mail["name"]} if mail["name"] else {}
        if len(mail["top"]) > 4:
            item["long_mail"] = value
    authors.append(person)
    item["author"] = item["one_author"] = value


def _person(document: Document, item: Item, element: etree._Element) -> None:
    """An author in Atom's manner, with a name of its own."""
    found: dict[str, str] = {}
    for part in element:
        key = key_of(document, part)
        if key in found or key not in {"name", "uri", "email"}:
            raise UncertainError
        short_of(document, part)
        found[key] = (part.text or "").strip()
    name, email = found.get("name"), found.get("email")
    if name == "" and len(found) == 1 and "authors" not in item:
        # Written, and left empty: that is how some say "nobody".
        item["authors"] = [{"name": ""}]
        return
    # After an author without parts, feedparser gives that one this one's name.
    if not name or element.keys() or "one_author" in item:
        raise UncertainError
    item.setdefault("authors", []).append({"name": name})
    item["author"] = f"{name} ({email})" if email else name


def read_contributor(document: Document, _item: Item, element: etree._Element) -> None:
    """Pass over a contributor, whom no entry shows."""
    expect_parts(document, element, PERSON_PARTS)
