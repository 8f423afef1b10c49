"""What the pages for members need, and how each of them is answered.

Tokens stand in addresses, so nothing here may leak one: no page is kept by a cache,
none tells another site where a reader came from, none is found by a search engine.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import ceil
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from syndicate import signing
from syndicate.errors import SyndicateError
from syndicate.model import Digest, Site
from syndicate.pipeline.membership.desk import Membership
from syndicate.pipeline.partners.partnering import Pace
from syndicate.publish.forms.characters import legal
from syndicate.templating import Templates
from syndicate.translate import translation
from syndicate.web.callers import network_of
from syndicate.web.headers import HEADERS
from syndicate.web.members.languages import NAMES, chosen

P = ParamSpec("P")
T = TypeVar("T")

MISSES = 30
"""Links that are not ours which a network may try in a minute."""
AT_ONCE = 4
"""Answers that are worked on side by side: other pages have threads of their own."""
SECURE = {
    **HEADERS,
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "accept-language",
}
PRIVATE = {**SECURE, "x-robots-tag": "noindex, nofollow, noarchive"}
_KEPT = ("digest", "saved")
"""Of a query, what stands on a page that is drawn in another language."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersDoor:
    """What the pages for members need."""

    work: Membership
    site: Site
    templates: Callable[[str], Templates]
    """Of a language."""
    clock: Callable[[], datetime]
    wake: Callable[[], None] = lambda: None
    """Say that a letter is owed."""
    misses: Pace = field(default_factory=partial(Pace, MISSES))
    told: Pace = field(default_factory=partial(Pace, 1))
    """How often the log is told of it."""
    at_least: float = 2.0
    """Seconds in which no person fills in a form."""
    evenly: float = 0.25
    """Answers to sign-ups come after so many seconds, or twice as many, and so on:
    how long one took tells nothing of the address."""
    threads: Executor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "members")
    )
    drawn: dict[str, Templates] = field(default_factory=dict)
    """Templates by language, once they were used."""

    @property
    def open_digests(self) -> Mapping[str, Digest]:
        """The digests that people can sign up for, by series."""
        return {key: one for key, one in self.work.digests.items() if one.signup}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, and in which language to answer it."""

    door: MembersDoor
    request: Request
    language: str
    asked: str = ""
    """The language that the address asks for; "" if it says nothing."""

    @property
    def gettext(self) -> Callable[[str], str]:
        """What says something in that language."""
        return translation(self.language).gettext

    @property
    def spoken(self) -> str:
        """That language if our mails have it, else "": as the digest has it."""
        return self.language if self.language in NAMES else ""

    @property
    def network(self) -> str:
        """The network that asks."""
        client = self.request.client
        return network_of(client.host if client else "")

    def path(self, path: str, **query: str) -> str:
        """``path`` so that the next page speaks the same language."""
        said = {**query, **({"lang": self.asked} if self.asked else {})}
        return f"{path}?{urlencode(said)}" if said else path

    def page(
        self, name: str, *, status: int = 200, public: bool = False, **values: object
    ) -> HTMLResponse:
        """Draw a page; what is not public is found by nobody."""
        door = self.door
        if self.language not in door.drawn:
            door.drawn[self.language] = door.templates(self.language)
        html = door.drawn[self.language].render(
            f"web/members/{name}.html",
            site=door.site,
            here=f"{door.site.base_url}/subscribe",
            up="/feeds/",
            switches=_switches(self),
            public=public,
            privacy=door.work.privacy,
            **values,
        )
        headers = SECURE if public else PRIVATE
        return HTMLResponse(legal(html), status_code=status, headers=headers)

    def message(
        self, heading: str, *said: str, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Draw a page that says something, with perhaps a button, titles, links."""
        shown: dict[str, Any] = {"button": "", "action": "", "links": ()}
        shown |= {"titles": (), **values, "heading": heading, "said": said}
        return self.page("said", status=status, **shown)

    def unread(self, status: int) -> HTMLResponse:
        """Say that what was sent is none of our forms."""
        _ = self.gettext
        said = _("What was sent is not what the form on this page sends.")
        return self.message(_("That did not work"), said, status=status)


async def threaded(
    door: MembersDoor, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Let a thread of the door's own do what waits for the store."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(door.threads, partial(task, *args, **kwargs))


def arrived(door: MembersDoor, request: Request, own: str = "") -> Visit:
    """Say in which language to answer; ``own`` is the member's."""
    said = request.query_params.get("lang", "")
    accepts = request.headers.get("accept-language", "")
    return Visit(door, request, *chosen(said, own, accepts, door.site.language))


def led(path: str) -> Response:
    """Lead on after a POST, so that a page that is loaded anew repeats nothing."""
    return RedirectResponse(path, status_code=303, headers=PRIVATE)


def unknown(door: MembersDoor, request: Request) -> Response:
    """Say that a link is not ours; slow down who tries many.

    A link that is ours is never slowed down, whoever else tries from the same network.
    """
    visit = arrived(door, request)
    _ = visit.gettext
    wait = door.misses.wait(visit.network, door.clock())
    if not wait:
        return visit.message(
            _("Unknown link"),
            _("This link is not one of ours, or it is no longer in use."),
            _("If your mail program has cut it, copy the whole address from the mail."),
            status=404,
        )
    if not door.told.wait(visit.network, door.clock()):
        mark = signing.mark(door.work.secret, "network", visit.network)[:8]
        log.warning("members: a network tries links that are not ours: %s", mark)
    said = _("Too many links from your network are not ours. Please try again later.")
    answer = visit.message(_("Too many tries"), said, status=429)
    answer.headers["retry-after"] = str(ceil(wait))
    return answer


def closed(door: MembersDoor, request: Request, error: SyndicateError) -> Response:
    """Say that it cannot be done just now; what is wrong is for the log."""
    log.error("members: %s", error)
    visit = arrived(door, request)
    _ = visit.gettext
    said = _("Something went wrong here. Please try again in a few minutes.")
    answer = visit.message(_("Not just now"), said, status=503)
    answer.headers["retry-after"] = "120"
    return answer


def _switches(visit: Visit) -> list[tuple[str, str, str]]:
    """The page in other languages: (tag, name, address)."""
    own = visit.language.partition("-")[0].lower()
    kept = {
        key: value[:100]
        for key, value in visit.request.query_params.items()
        if key in _KEPT
    }
    return [
        (tag, name, "?" + urlencode({**kept, "lang": tag}))
        for tag, name in NAMES.items()
        if tag != own
    ]
