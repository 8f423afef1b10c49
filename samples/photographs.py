"""Pictures of a mail in Chromium: three widths, light and dark, images on and off.

    python -m syndicate demo --once
    python -m samples.photographs config.toml docs/pictures

takes the newest issue of the desk's first digest. The sample portals serve their
pictures over plain http, which no mail shows: what leads gets another one here.
"""

from __future__ import annotations

import asyncio
import base64
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, product
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from samples.pictures import picture
from syndicate.cli.demo import SAMPLE_SECRET
from syndicate.cli.wire import opened
from syndicate.model import Image, Issue
from syndicate.pipeline.mailing.copies import Copies
from syndicate.store import issues

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
    *("--disable-lcd-text", "--remote-debugging-port=0"),
)
_DATA = re.compile("data:image/png;base64,[A-Za-z0-9+/=]*")
SIZES = ((320, 640), (600, 720), (1000, 720))
"""In pixels: a phone, a reading pane, a window."""


def page(config: Path) -> str:
    """Draw the newest issue as a member gets it, its pictures within the page."""
    with opened(config, secret=SAMPLE_SECRET) as desk:
        digest = desk.settings.digests[0]
        with desk.database.read() as connection:
            (stored,) = issues.latest(connection, digest.key, 1)
        issue = _with_picture(stored.issue)
        made = Copies(desk.mailing(), digest, issue).variant()
    html = made.html if made else ""
    return re.sub(
        r'(<img [^>]*src=")([^"]*)',
        lambda found: found.group(1) + _as_data(found.group(2)),
        html,
    )


def _with_picture(issue: Issue) -> Issue:
    """Give what leads a picture, for there is none that mail may show."""
    lead = issue.lead
    found = Image(url="https://anh.example/canh-dong/2187.png", caption="Ảnh minh họa")
    sections = tuple(
        replace(
            section,
            items=tuple(
                replace(item, image=found if item is lead else None)
                for item in section.items
            ),
        )
        for section in issue.sections
    )
    return replace(issue, sections=sections)


def _as_data(seed: str) -> str:
    return "data:image/png;base64," + base64.b64encode(picture(seed)).decode()


@contextmanager
def _chromium() -> Iterator[str]:
    """Start a browser; gives the address of its DevTools."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        raise SystemExit("no Chromium on this machine")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = (*OPTIONS, f"--user-data-dir={profile}")
        with subprocess.Popen(  # noqa: S603 -- a browser of this machine
            [program, *options],
            stderr=subprocess.PIPE,
            text=True,
        ) as browser:
            try:
                said = iter(browser.stderr or ())
                yield next(line for line in said if "ws://" in line).split()[-1]
            finally:
                browser.terminate()


class _Tab:
    """A tab, told what to do by the DevTools protocol."""

    def __init__(self, line: ClientWebSocketResponse) -> None:
        self._line, self._numbers, self._session = line, count(1), ""

    async def open(self) -> None:
        target = await self.do("Target.createTarget", url="about:blank")
        attached = await self.do(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = attached["sessionId"]

    async def do(self, method: str, **given: Any) -> dict[str, Any]:
        number = next(self._numbers)
        order = {"id": number, "method": method, "params": given}
        if self._session:
            order["sessionId"] = self._session
        await self._line.send_json(order)
        while (answer := await self._line.receive_json()).get("id") != number:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        found: dict[str, Any] = answer["result"]
        return found


async def photograph(html: str, address: str, folder: Path) -> list[Path]:
    """Take every picture of a page."""
    made = []
    async with ClientSession() as session, session.ws_connect(address) as line:
        tab = _Tab(line)
        await tab.open()
        for size, scheme, images in product(SIZES, ("light", "dark"), (True, False)):
            shown = html if images else _DATA.sub("data:,", html)
            content = await _taken(tab, shown, size, scheme)
            name = f"mail-{size[0]}-{scheme}{'' if images else '-no-images'}.png"
            (folder / name).write_bytes(content)
            made.append(folder / name)
    return made


async def _taken(tab: _Tab, html: str, size: tuple[int, int], scheme: str) -> bytes:
    width, height = size
    await tab.do(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=1,
        mobile=False,
    )
    await tab.do(
        "Emulation.setEmulatedMedia",
        features=[{"name": "prefers-color-scheme", "value": scheme}],
    )
    frame = (await tab.do("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    await tab.do("Page.setDocumentContent", frameId=frame, html=html)
    await asyncio.sleep(0.3)  # for pictures and fonts
    shot = await tab.do("Page.captureScreenshot", format="png")
    return base64.b64decode(shot["data"])


def main() -> None:
    """Read the arguments and take the pictures."""
    config, folder = map(Path, sys.argv[1:])
    with _chromium() as address:
        for path in asyncio.run(photograph(page(config), address, folder)):
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
