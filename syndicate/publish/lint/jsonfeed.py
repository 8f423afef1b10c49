"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), and 1.0 where it differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from syndicate.publish.lint.dates import rfc3339
from syndicate.publish.lint.findings import Report, Value
from syndicate.publish.lint.html import absolute_markup
from syndicate.publish.lint.uris import full_iri, iri
from syndicate.publish.lint.values import Check, language, media_type, nonblank

_VERSIONS = (
    "https://jsonfeed.org/version/1",
    "https://jsonfeed.org/version/1.0",
    "https://jsonfeed.org/version/1.1",
)
_LOST = 100
"""Items after which one whose place is not found ends the search for places."""
_Member = tuple[type | tuple[type, ...], str, tuple[Check, ...]]
_WORDS: _Member = (str, "text", ())
_LINK: _Member = (str, "text", (nonblank, full_iri))
_COUNT: _Member = ((int, float), "a number", ())
_FEED: dict[str, _Member] = {
    "version": _WORDS,
    "title": (str, "text", (nonblank,)),
    "home_page_url": _LINK,
    "feed_url": _LINK,
    "description": _WORDS,
    "user_comment": _WORDS,
    "next_url": (str, "text", (nonblank, iri)),
    "icon": _LINK,
    "favicon": _LINK,
    "author": (dict, "an object", ()),
    "authors": (list, "a list", ()),
    "language": (str, "text", (language,)),
    "expired": (bool, "true or false", ()),
    "hubs": (list, "a list", ()),
    "items": (list, "a list", ()),
}
_ITEM: dict[str, _Member] = {
    "id": (str, "text", (nonblank,)),
    "url": _LINK,
    "external_url": _LINK,
    "title": _WORDS,
    "content_html": (str, "text", (absolute_markup,)),
    "content_text": _WORDS,
    "summary": _WORDS,
    "image": _LINK,
    "banner_image": _LINK,
    "date_published": (str, "text", (rfc3339,)),
    "date_modified": (str, "text", (rfc3339,)),
    "author": (dict, "an object", ()),
    "authors": (list, "a list", ()),
    "tags": (list, "a list", ()),
    "language": (str, "text", (language,)),
    "attachments": (list, "a list", ()),
}
_AUTHOR: dict[str, _Member] = {"name": _WORDS, "url": _LINK, "avatar": _LINK}
_HUB: dict[str, _Member] = {"type": _WORDS, "url": _LINK}
_FILE: dict[str, _Member] = {
    "url": _LINK,
    "mime_type": (str, "text", (media_type("InvalidMIMEType"),)),
    "title": _WORDS,
    "size_in_bytes": _COUNT,
    "duration_in_seconds": _COUNT,
}


def check_json(document: str, report: Report) -> None:
    """Check a JSON Feed."""
    try:
        feed = json.loads(document.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        report.note("SAXError", line=error.lineno, value=error.msg)
        return
    except RecursionError:
        report.note("ValidatorLimit", value="depth")
        return
    if not isinstance(feed, dict) or not {"version", "items"} & set(feed):
        report.note("NotAFeed", line=1, value="JSON")
        return
    _feed(feed, report, _lines(document, feed))


def _feed(feed: Mapping[str, Any], report: Report, lines: list[int]) -> None:
    for name in ("version", "title", "items"):
        if name not in feed:
            report.note("MissingElement", line=1, element=name)
    if "version" in feed and feed["version"] not in _VERSIONS:
        said = str(feed["version"])
        report.note("InvalidVersion", line=1, element="version", value=said)
    _members(feed, _FEED, "", 1, report)
    _place(feed, report)
    _people(feed, "", 1, report)
    _several(feed, "hubs", _HUB, ("type", "url"), 1, report)
    known: set[str] = set()
    items = feed.get("items")
    for number, item in enumerate(items if isinstance(items, list) else ()):
        path = f"items[{number}]"
        line = lines[number] if number < len(lines) else 1
        if isinstance(item, dict):
            _item(item, path, line, known, report)
        else:
            report.note("WrongType", line=line, element=path, value="an object")


def _place(feed: Mapping[str, Any], report: Report) -> None:
    """Does it say where it is, and is it there?"""
    own = feed.get("feed_url")
    if own is None:
        rule = "HubWithoutSelf" if feed.get("hubs") else "MissingFeedUrl"
        report.note(rule, line=1, element="feed_url")
    elif report.url and isinstance(own, str) and own != report.url:
        report.note("SelfDoesntMatchLocation", line=1, value=own)
    following = feed.get("next_url")
    if isinstance(following, str) and following in (own, report.url):
        report.note("ArchiveNotOlder", line=1, value=following)


def _item(
    item: Mapping[str, Any], path: str, line: int, known: set[str], report: Report
) -> None:
    own = item.get("id")
    if own is None:
        report.note("MissingElement", line=line, element=f"{path}.id")
    elif isinstance(own, str):
        if own in known:
            report.note("DuplicateEntries", line=line, element="id", value=own)
        known.add(own)
    if not {"content_html", "content_text"} & set(item):
        report.note("MissingContent", line=line, element=path)
    _members(item, _ITEM, f"{path}.", line, report)
    _people(item, f"{path}.", line, report)
    _several(
        item, "attachments", _FILE, ("url", "mime_type"), line, report, prefix=path
    )
    tags = item.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if not isinstance(tag, str):
            report.note("WrongType", line=line, element=f"{path}.tags", value="text")


def _people(holder: Mapping[str, Any], path: str, line: int, report: Report) -> None:
    if "author" in holder:
        report.note(
            "ObsoleteMember", line=line, element=f"{path}author", value="authors"
        )
    _several(holder, "authors", _AUTHOR, (), line, report, prefix=path.rstrip("."))
    authors = holder.get("authors")
    for author in authors if isinstance(authors, list) else ():
        if isinstance(author, dict) and not set(_AUTHOR) & set(author):
            report.note("MissingElement", line=line, element=f"{path}authors.name")


def _several(  # noqa: PLR0913 - a table row, and where it stands
    holder: Mapping[str, Any],
    name: str,
    members: Mapping[str, _Member],
    required: tuple[str, ...],
    line: int,
    report: Report,
    *,
    prefix: str = "",
) -> None:
    found = holder.get(name)
    for number, one in enumerate(found if isinstance(found, list) else ()):
        path = f"{prefix}.{name}[{number}]".lstrip(".")
        if not isinstance(one, dict):
            report.note("WrongType", line=line, element=path, value="an object")
            continue
        for asked in required:
            if asked not in one:
                report.note("MissingElement", line=line, element=f"{path}.{asked}")
        _members(one, members, f"{path}.", line, report)


def _members(
    holder: Mapping[str, Any],
    members: Mapping[str, _Member],
    path: str,
    line: int,
    report: Report,
) -> None:
    for name, said in holder.items():
        shown = f"{path}{name}"
        if name not in members:
            if not name.startswith("_"):
                report.note("UnknownMember", line=line, element=shown)
            continue
        wanted, words, checks = members[name]
        # A truth value is a number to Python, and to nobody else.
        confused = isinstance(said, bool) and wanted is not bool
        if confused or not isinstance(said, wanted):
            report.note("WrongType", line=line, element=shown, value=words)
        elif isinstance(said, str):
            _debris(said, shown, line, report)
            _apply(checks, Value(said.strip(), shown, line, said), report)


def _apply(
    checks: tuple[Callable[[Value, Report], object], ...],
    value: Value,
    report: Report,
) -> None:
    for check in checks:
        check(value, report)


def _debris(said: str, shown: str, line: int, report: Report) -> None:
    if any(0x80 <= ord(letter) < 0xA0 or letter == "\ufffd" for letter in said):
        report.note("BadCharacters", line=line, element=shown)


def _lines(document: str, feed: Mapping[str, Any]) -> list[int]:
    """Find the line of each item by its id: the decoder tells none."""
    found: list[int] = []
    at, line = 0, 1
    escaped = document.isascii()
    items = feed.get("items")
    for item in items if isinstance(items, list) else ():
        said = item.get("id") if isinstance(item, dict) else None
        here = -1
        if isinstance(said, str):
            here = document.find(json.dumps(said, ensure_ascii=escaped), at)
            escaped = not escaped if here < 0 and not said.isascii() else escaped
        if here >= 0:
            line += document.count("\n", at, here)
            at = here
        found.append(line)
        if here < 0 and len(found) > _LOST:
            return found  # written in a way of its own
    return found
