"""Units → documents: made of parts that are kept, put in place, and ticked off."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from syndicate.errors import TemplateError
from syndicate.model import Feed
from syndicate.pipeline.pagemaking import PageDesk, make_pages
from syndicate.pipeline.publishing import cited
from syndicate.pipeline.publishing.parts import Parts, ceiling, contents_of
from syndicate.pipeline.publishing.work import DOCUMENTS, TOMBSTONES_FOR, Press
from syndicate.publish.forms.fragments import (
    Document,
    Form,
    Fragment,
    document,
    packed_whole,
)
from syndicate.publish.forms.frames import Heading, frame
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.paging import archive_path, current_path, paging
from syndicate.publish.forms.stamps import NEVER
from syndicate.publish.forms.tombstones import Tombstone
from syndicate.publish.html import pages, shelf
from syndicate.publish.html.headlines import headlines, headlines_path
from syndicate.publish.shelved import Shelved
from syndicate.publish.units import Unit, UnitKind
from syndicate.store import Connection, carried, feeds, permalinks

READERS = (Form.RSS, Form.ATOM, Form.JSON)
_GRAVES = 100
"""Tombstones in a document."""

Documents = dict[str, Document | None]
"""Path → document; None for one that is to be removed."""
_Maker = Callable[[], Document | None]
_Told = Callable[[], Mapping[int, Fragment]]


@dataclass(slots=True)
class Made:
    """The documents of units."""

    documents: dict[Unit, Documents] = field(default_factory=dict)
    failed: dict[Unit, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """(path, cause) of what a template could not make."""

    def said(self) -> tuple[tuple[str, str], ...]:
        """Return what could not be made, and why."""
        return tuple(one for some in self.failed.values() for one in some)

    def paths(self, unit: Unit) -> set[str]:
        """Return the paths of a unit, also of what could not be made."""
        failed = {path for path, _ in self.failed.get(unit, ())}
        return failed | self.documents.get(unit, {}).keys()


def make(
    on: Press, connection: Connection, parts: Parts, units: Sequence[Unit]
) -> Made:
    """Make the documents of some units of one kind."""
    made = Made()
    if units[0].kind in (UnitKind.FEED, UnitKind.ARCHIVE):
        for unit in units:
            _add(made, unit, partial(_feed, on, connection, parts, unit))
    elif units[0].kind is UnitKind.SHELF:
        _add(made, units[0], lambda: _lists(on, connection))
    else:
        for one in make_pages(_desk(on, connection, parts), connection, units):
            made.documents[one.unit] = dict(one.documents)
            if one.failed:
                made.failed[one.unit] = one.failed
    return made


def _add(
    made: Made, unit: Unit, maker: Callable[[], Iterator[tuple[str, _Maker]]]
) -> None:
    """Make each document of a unit; a template that fails keeps none of the others."""
    done: Documents = {}
    failed: list[tuple[str, str]] = []
    for path, one in maker():
        try:
            done[path] = one()
        except TemplateError as error:
            failed.append((path, str(error)))
    made.documents[unit] = done
    if failed:
        made.failed[unit] = tuple(failed)


# ── Feeds and their archive pages ────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a document of a feed carries."""

    feed: Feed
    ids: Sequence[int]
    heading: Heading
    page: int
    pages: int
    shelved: Shelved | None
    """The document that it is the feed of."""


def _feed(
    on: Press, connection: Connection, parts: Parts, unit: Unit
) -> Iterator[tuple[str, _Maker]]:
    """Name the documents of a feed, or of one of its archive pages."""
    row = feeds.get(connection, unit.key)
    shelved = _shelved(connection, unit.key)
    feed = on.feeds.get(unit.key)
    if shelved is not None:
        feed = shelf.feed_of(shelved, on.work.site)
    if feed is None:
        return  # it is no more: what it wrote stays until it is pruned
    closed = row.pages if row else 0
    if unit.number > closed:
        for form in Form:
            yield archive_path(unit.key, unit.number, form), lambda: None
        return
    sheet = _sheet(on, connection, feed, shelved, unit.number, closed)
    rights = ceiling(on.work, feed)
    told = {
        form: partial(
            parts.get, connection, sheet.ids, form, rights, keep=not unit.number
        )
        for form in Form
    }
    for form in READERS:
        yield _path(unit, form), partial(_document, on, sheet, form, told[form])
    yield _path(unit, Form.HTML), partial(_page, on, sheet, told[Form.HTML])
    if not unit.number and shelved is None:
        yield headlines_path(unit.key), partial(_headlines, on, sheet, told[Form.JSON])


def _sheet(
    on: Press,
    connection: Connection,
    feed: Feed,
    shelved: Shelved | None,
    page: int,
    closed: int,
) -> _Sheet:
    if shelved is not None and not shelved.stories:
        rows = []
    elif page:
        rows = carried.page(connection, feed.key, page)
    else:
        rows = carried.current(connection, feed.key, feed.limit)
    since = on.now - TOMBSTONES_FOR
    gone = [] if page else carried.gone(connection, feed.key, since, _GRAVES)
    graves = tuple(Tombstone(uid=uid, at=at, into=into) for uid, at, into in gone)
    changed = permalinks.newest(connection, [uid for uid, _ in rows])
    moments = [changed or NEVER, *(one.at for one in graves)]
    heading = Heading(
        feed=feed,
        site=on.work.site,
        updated=max(moments),
        paging=paging(Form.ATOM, feed, on.work.site, page=page, pages=closed),
        hubs=() if page else on.work.hubs,
        tombstones=graves,
    )
    return _Sheet(feed, cited.ordered_ids(rows), heading, page, closed, shelved)


def _path(unit: Unit, form: Form) -> str:
    if unit.number:
        return archive_path(unit.key, unit.number, form)
    return current_path(unit.key, form)


def _document(on: Press, sheet: _Sheet, form: Form, told: _Told) -> Document:
    given = sheet.heading
    around = paging(form, sheet.feed, on.work.site, page=sheet.page, pages=sheet.pages)
    found = told()
    shown = [found[one] for one in sheet.ids if one in found]
    return document(frame(form, replace(given, paging=around)), shown)


def _page(on: Press, sheet: _Sheet, told: _Told) -> Document:
    site, templates = on.work.site, on.work.templates
    stories = contents_of(told(), sheet.ids)
    if sheet.shelved is not None and not sheet.page:
        return shelf.shelved_page(
            sheet.shelved,
            stories,
            site=site,
            templates=templates,
            archived=sheet.pages,
        )
    return pages.feed_page(
        sheet.feed,
        stories,
        site=site,
        templates=templates,
        pages=sheet.pages,
        page=sheet.page,
    )


def _headlines(on: Press, sheet: _Sheet, told: _Told) -> Document:
    return headlines(sheet.feed, contents_of(told(), sheet.ids), site=on.work.site)


# ── Cited documents ──────────────────────────────────────────────────────────


def _shelved(connection: Connection, key: str) -> Shelved | None:
    """Return the cited document whose feed this is, with as many stories as cite it."""
    if not key.startswith(DOCUMENTS):
        return None
    found = cited.named(connection, key)
    if found is None:
        return None
    shelved, one = found
    if not shelved:
        return shelf.emptied(one.document)
    return replace(one, stories=tuple(range(carried.count(connection, key))))


def _lists(on: Press, connection: Connection) -> Iterator[tuple[str, _Maker]]:
    """Name the lists of all cited documents."""
    site, templates = on.work.site, on.work.templates
    if not on.work.documents_from:
        for path in (*shelf.LISTS, shelf.OPML):
            yield path, lambda: None
        return
    shelved = cited.shelf(connection)

    def listed(path: str) -> Document:
        return packed_whole(
            shelf.shelf_lists(shelved, site=site, templates=templates)[path]
        )

    yield shelf.OPML, lambda: packed_whole(shelf.shelf_outlines(shelved, site=site))
    for path in shelf.LISTS:
        yield path, partial(listed, path)


# ── Pages ────────────────────────────────────────────────────────────────────


def _desk(on: Press, connection: Connection, parts: Parts) -> PageDesk:
    """Say what the pages of stories, days, months and the site are made of."""
    work = on.work

    def fragments(connection: Connection, ids: Sequence[int]) -> Mapping[int, bytes]:
        made = parts.get(connection, ids, Form.HTML, work.rights)
        return {one: part.content for one, part in made.items()}

    def items(connection: Connection, ids: Collection[int]) -> Mapping[int, Item]:
        return parts.items(connection, ids, work.rights)

    rows = feeds.starting(connection, DOCUMENTS) if work.documents_from else {}
    return PageDesk(
        site=work.site,
        sources=work.sources,
        feeds=tuple(on.feeds.values()),
        templates=work.templates,
        shelved=cited.shelved_count(rows),
        rights=work.rights,
        items=items,
        fragments=fragments,
    )
