"""Search for readers: ``/search?q=…``, drawn here, without a script.

What is shown of a text is what its source lets us pass on: of a link alone the title,
of an extract the lead, else the place that was found. Nothing under embargo is found.
A search costs more than a document, so only a few run at a time, and who comes when
too many wait is asked to come again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from html import escape
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from syndicate.model import Rights, Site
from syndicate.pipeline.finding import Finding, Findings, Searching, Wish, find
from syndicate.publish.forms.addresses import address
from syndicate.publish.forms.characters import legal, line
from syndicate.templating import Templates
from syndicate.text.excerpts import Piece, excerpt
from syndicate.text.query import Query
from syndicate.text.tiers import Marks
from syndicate.translate import moment, translation
from syndicate.web.headers import HEADERS

LONGEST = 200
"""Characters of a query that are read."""
PAGE = 20
"""Stories on one page."""
PAGES = 50
"""Pages that can be turned."""
_AT_ONCE = 2
"""Searches that run side by side."""
_LEAD = 400
"""Characters of a lead that are shown."""
_GRANTED = (Rights.LINK, Rights.EXTRACT, Rights.FULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDoor:
    """What the search page needs."""

    searching: Searching
    site: Site
    templates: Templates
    rights: Rights = Rights.FULL
    """The most that is passed on."""
    catch_up: int = 0
    """Entries that are indexed before looking, where nobody else does that."""
    waiting: int = 16
    """Searches that may run or wait; who comes then is asked to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A story that was found, as the page shows it; the HTML is escaped."""

    uid: str
    link: str
    title: str
    plain: str
    source: str
    day: str
    language: str
    excerpt: str


class _Queue:
    """Lets few in at a time, and turns away who would wait for long."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def find(self, door: SearchDoor, q: str, wish: Wish) -> Findings | None:
        """Search, in a thread; None if too many wait."""
        if self._waiting >= door.waiting:
            return None
        self._waiting += 1
        try:
            async with self._places:
                return await run_in_threadpool(find, door.searching, q, wish)
        finally:
            self._waiting -= 1


def routes(door: SearchDoor) -> list[Route]:
    """The page's route."""
    return [Route("/search", partial(_search, door, _Queue()))]


async def _search(door: SearchDoor, queue: _Queue, request: Request) -> Response:
    said = line(legal(request.query_params.get("q", "")[: LONGEST + 1]))
    q, page = said[:LONGEST], _page(request.query_params.get("page", ""))
    if not q:
        return _drawn(door, q, Findings(query=Query()), page)
    wish = Wish(
        limit=PAGE, offset=(page - 1) * PAGE, public=True, catch_up=door.catch_up
    )
    found = await queue.find(door, q, wish)
    if found is None:
        return _too_many(door, q)
    return _drawn(door, q, found, page, cut=len(said) > LONGEST)


def _page(said: str) -> int:
    """Read the number of a page; whatever is none is the first."""
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 1
    return min(max(number, 1), PAGES)


def _drawn(
    door: SearchDoor, q: str, found: Findings, page: int, *, cut: bool = False
) -> Response:
    more = found.more and page < PAGES
    return _answer(
        door,
        q,
        notes=_notes(door, q, found, cut=cut or found.query.cut),
        found=[_shown(door, one, found.query) for one in found.found],
        before=_link(q, page - 1) if page > 1 else "",
        after=_link(q, page + 1) if more else "",
    )


def _too_many(door: SearchDoor, q: str) -> Response:
    _ = translation(door.site.language).gettext
    said = _("Many people are searching just now. Please try again in a moment.")
    answer = _answer(door, q, notes=[said], found=[], before="", after="")
    answer.status_code = 503
    answer.headers["retry-after"] = "10"
    return answer


def _answer(door: SearchDoor, q: str, **values: object) -> HTMLResponse:
    html = door.templates.render(
        "web/search.html",
        site=door.site,
        here=f"{door.site.base_url}/search",
        up="/feeds/",
        q=q,
        **values,
    )
    headers = {**HEADERS, "x-robots-tag": "noindex", "cache-control": "private"}
    return HTMLResponse(legal(html), headers=headers)


def _notes(door: SearchDoor, q: str, found: Findings, *, cut: bool) -> list[str]:
    """Say what a reader should know beside what was found."""
    _ = translation(door.site.language).gettext
    notes = []
    if cut:
        notes.append(_("The query is long; only its beginning is looked for."))
    if found.unknown:
        said = _("Nothing here is called “{value}”.")
        notes.append(said.format(value=found.unknown[0].value))
    elif q and not found.found:
        notes.append(_("Nothing found."))
    return notes


def _link(q: str, page: int) -> str:
    return "?" + urlencode({"q": q, "page": page} if page > 1 else {"q": q})


# ── One story ────────────────────────────────────────────────────────────────


def _shown(door: SearchDoor, one: Finding, query: Query) -> _Shown:
    entry = one.teller.entry
    source = door.searching.named.sources.get(entry.source)
    site = door.site
    link = address(entry.url) or site.base_url
    return _Shown(
        uid=one.story.uid,
        link=link,
        title=_html(one.title) or escape(link),
        plain=line(entry.title) or link,
        source=line(source.title if source else "") or entry.source,
        day=moment(entry.published, language=site.language, zone=site.timezone),
        language=entry.language or site.language,
        excerpt=_html(_allowed(door, one, query)),
    )


def _allowed(door: SearchDoor, one: Finding, query: Query) -> Iterable[Piece]:
    """Return what the rights let us show of a text."""
    source = door.searching.named.sources.get(one.teller.entry.source)
    granted = source.rights if source else Rights.LINK
    rights = min(granted, door.rights, key=_GRANTED.index)
    if rights is Rights.FULL:
        return one.excerpt
    if rights is Rights.LINK:
        return ()
    lead = one.teller.entry.lead
    found = excerpt(lead, query, one.marks or Marks.ANY)
    return found or (Piece(lead[:_LEAD], False),)


def _html(pieces: Iterable[Piece]) -> str:
    """As HTML: what was found in ``mark``, everything else escaped."""
    return "".join(
        f"<mark>{escape(piece.text)}</mark>" if piece.found else escape(piece.text)
        for piece in pieces
    )
