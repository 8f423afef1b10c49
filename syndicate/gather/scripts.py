"""Pages that show nothing until their scripts have run (extra ``js``, off by default).

A source with ``scripts = true`` has its pages drawn by a Chromium without a window.
The page itself is fetched as every other is, with all manners; what its scripts then
ask for is fetched for the browser one by one, and only where the guard lets us. The
browser's own way to the network leads nowhere, so nothing gets past that: no
redirect, no socket, no prefetch.

One limit stands: between our look at a name's addresses and the connection the name
may be pointed elsewhere, since the library connects by name. Set ``scripts`` for
portals that you know.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Collection
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from syndicate.errors import FetchError, TooSlow
from syndicate.gather.decode import decode
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.ports import Fetcher, Request, Response

_INSTALL = (
    "its pages need scripts: pip install 'syndicate[js]', then"
    " playwright install chromium (or install the system's chromium)"
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WANTED = frozenset({"document", "script", "xhr", "fetch"})
"""What is fetched for a page; pictures, films, fonts, styles and sockets are not."""
_REQUESTS = 100
"""Requests of one page; more are refused."""
_REDIRECTS = 5
_QUIET = 5.0
"""Seconds to wait for a page that never stops asking."""
_PAGES_AT_ONCE = 2
_ARGUMENTS = (
    # nobody listens there: what is not fetched for the browser is not fetched
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--no-first-run",
)


class Rendering:
    """A fetcher that has the pages of some sources drawn before it hands them over.

    ``scripted`` names the sources; requests of all others, and whatever is no HTML,
    pass through as they are. The browser starts with the first page and ends with
    the ``async with`` block.
    """

    def __init__(
        self,
        inner: Fetcher,
        guard: AddressGuard,
        *,
        scripted: Collection[str],
        limits: Limits | None = None,
    ) -> None:
        self._inner = inner
        self._guard = guard
        self._scripted = frozenset(scripted)
        self._limits = limits or Limits()
        self._stack = AsyncExitStack()
        self._browser: Any = None
        self._starting = asyncio.Lock()
        self._turns = asyncio.Semaphore(_PAGES_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._browser = None
        await self._stack.aclose()

    async def fetch(self, request: Request) -> Response:
        """Answer ``request``; raises a FetchError, also where the extra is missing.

        A drawn page has no validators: its document may stay the same for years
        while its scripts show other news every day.
        """
        if request.source not in self._scripted:
            return await self._inner.fetch(request)
        response = await self._inner.fetch(replace(request, etag="", last_modified=""))
        kind = response.headers.get("content-type", "").lower()
        if "html" not in kind or not response.body:
            return response
        async with self._turns:
            drawn = await render(
                response.url,
                response.body,
                content_type=kind,
                browser=await self._started(response.url),
                guard=self._guard,
                limits=self._limits,
            )
        return replace(
            response,
            headers={"content-type": "text/html; charset=utf-8"},
            body=drawn.encode("utf-8", "replace"),
        )

    async def _started(self, url: str) -> Any:
        async with self._starting:
            if self._browser is None:
                self._browser = await start_browser(self._stack, url)
        return self._browser


async def start_browser(stack: AsyncExitStack, url: str) -> Any:
    """Start a Chromium that ends with ``stack``; ``url`` is for the error's text.

    Raises FetchError, saying what to install, where Playwright or a browser is missing.
    """
    try:
        from playwright.async_api import (  # noqa: PLC0415 - an extra, seldom there
            Error,
            async_playwright,
        )
    except ImportError as error:
        raise FetchError(url, _INSTALL) from error
    arguments = [*_ARGUMENTS]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses to sandbox itself for root, as in most containers.
        arguments.append("--no-sandbox")
    playwright = await stack.enter_async_context(async_playwright())
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    try:
        browser = await playwright.chromium.launch(
            args=arguments, executable_path=found, headless=True
        )
    except Error as error:
        first = str(error).strip().splitlines()[:1]
        raise FetchError(url, f"{_INSTALL} ({' '.join(first)})") from error
    stack.push_async_callback(browser.close)
    return browser


async def render(
    url: str,
    document: bytes,
    *,
    content_type: str,
    browser: Any,
    guard: AddressGuard,
    limits: Limits,
) -> str:
    """The HTML of ``document`` after its scripts have run as if it stood at ``url``.

    In a context of its own: no cookies, no downloads, no service workers. Raises
    TooSlow after ``limits.total`` seconds, FetchError if the page cannot be drawn.
    """
    try:
        async with asyncio.timeout(limits.total):
            return await _drawn(url, document, content_type, browser, guard, limits)
    except TimeoutError as error:
        seconds = f"{limits.total:g}"
        raise TooSlow(url, f"its scripts ran longer than {seconds} s") from error


async def _drawn(
    url: str,
    document: bytes,
    content_type: str,
    browser: Any,
    guard: AddressGuard,
    limits: Limits,
) -> str:
    from playwright.async_api import Error  # noqa: PLC0415 - see start_browser

    context = await browser.new_context(
        accept_downloads=False, service_workers="block", permissions=[]
    )
    try:
        page = await context.new_page()
        courier = _Courier(url, document, content_type, guard, limits)
        await context.route("**/*", courier.carry)
        await page.goto(url, wait_until="domcontentloaded")
        # One that never stops asking: what is there by then is the page.
        with suppress(Error):
            await page.wait_for_load_state("networkidle", timeout=_QUIET * 1000)
        return str(await page.content())
    except Error as error:
        reason = str(error).strip().splitlines()[:1]
        raise FetchError(url, f"could not be drawn: {' '.join(reason)}") from error
    finally:
        await context.close()


class _Courier:
    """Fetches for one page what it asks for, as far as it may."""

    def __init__(
        self,
        url: str,
        document: bytes,
        content_type: str,
        guard: AddressGuard,
        limits: Limits,
    ) -> None:
        self._url = url
        self._document: bytes | None = document
        self._content_type = content_type
        self._guard = guard
        self._left = _REQUESTS
        self._bytes_left = limits.unpacked
        self._seconds = limits.read

    async def carry(self, route: Any) -> None:
        """Fulfil one request of the page, or refuse it."""
        asked = route.request
        if self._document is not None and asked.is_navigation_request():
            document, self._document = self._document, None
            # Browsers guess at an encoding that is not named, and guess wrong; the
            # reader of all other pages decides here too.
            await route.fulfill(
                status=200,
                body=decode(document, self._content_type).encode("utf-8", "replace"),
                content_type="text/html; charset=utf-8",
            )
            return
        self._left -= 1
        may = asked.resource_type in _WANTED and self._left >= 0
        # A second document would be another page, or a frame with advertisements.
        if not may or asked.resource_type == "document":
            await route.abort()
            return
        try:
            await self._bring(route)
        except Exception:  # noqa: BLE001 - whatever it was, the page must not wait
            await route.abort()

    async def _bring(self, route: Any) -> None:
        address = route.request.url
        for _ in range(_REDIRECTS + 1):
            if await refused(address, self._guard):
                break
            answer = await route.fetch(
                url=address, max_redirects=0, timeout=self._seconds * 1000
            )
            to = answer.headers.get("location", "")
            if not (300 <= answer.status < 400 and to):
                body = await answer.body()
                self._bytes_left -= len(body)
                if self._bytes_left < 0:
                    break
                await route.fulfill(response=answer, body=body)
                return
            address = urljoin(address, to)
        await route.abort()


async def refused(address: str, guard: AddressGuard) -> str:
    """Why an address of the web may not be asked; "" if it may.

    Every address that its host's name has must be one that the guard lets through.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "not an address of the web"
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            parts.hostname, parts.port or 443, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        return "no such host"
    reasons = (guard.refuses(str(each[4][0])) for each in found)
    return next((reason for reason in reasons if reason), "" if found else "no address")
