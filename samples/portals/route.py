"""Which portal answers, and what all five have in common."""

from __future__ import annotations

import re
from collections.abc import Callable

from samples.exchange import Answer, Request
from samples.pictures import picture
from samples.portals import bao, danvan, khoi, so, truong
from samples.showing import Article

Door = Callable[[Request, tuple[Article, ...]], Answer | None]

_DOORS: dict[str, tuple[Door, str]] = {
    "khoi": (khoi.answer, khoi.ROBOTS),
    "dan-van": (danvan.answer, danvan.ROBOTS),
    "truong": (truong.answer, truong.ROBOTS),
    "bao": (bao.answer, bao.ROBOTS),
    "so": (so.answer, so.ROBOTS),
}
_FURNITURE = re.compile(r"/image/(banner|logo|slide-[0-9]{1,2}|avatar)\.png")
_PICTURE = re.compile(r"/image/([a-z-]*)/?([0-9]+)-([0-9]{1,2})\.png")

NOT_FOUND = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">'
    "<title>Không tìm thấy trang</title></head>"
    "<body><h1>Không tìm thấy trang</h1>"
    "<p>Trang bạn yêu cầu không tồn tại hoặc đã bị gỡ.</p></body></html>"
)


def _drawn(path: str, articles: tuple[Article, ...]) -> bool:
    """Whether there is such a picture: furniture, or one of a visible article."""
    if _FURNITURE.fullmatch(path):
        return True
    found = _PICTURE.fullmatch(path)
    if found is None:
        return False
    section, number, place = found[1], int(found[2]), int(found[3])
    return any(
        (one.section, one.number) == (section, number)
        and 1 <= place <= len(one.captions)
        for one in articles
    )


def _shared(
    portal: str, request: Request, articles: tuple[Article, ...]
) -> Answer | None:
    if request.path == "/robots.txt":
        robots = _DOORS[portal][1]
        return Answer(body=robots.encode(), content_type="text/plain; charset=utf-8")
    if _drawn(request.path, articles):
        drawing = picture(portal + request.path)
        return Answer(body=drawing, content_type="image/png", tagged=True)
    return None


def answer(portal: str, request: Request, articles: tuple[Article, ...]) -> Answer:
    """What ``portal``, which shows ``articles`` (newest first), says to ``request``."""
    found = _shared(portal, request, articles)
    if found is None:
        found = _DOORS[portal][0](request, articles)
    return found or Answer(body=NOT_FOUND.encode(), status=404)
