"""At which addresses members are answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syndicate.errors import SyndicateError
from syndicate.web.members import confirming, going, preferring, signing_up
from syndicate.web.members.door import MembersDoor, arrived, closed, unknown
from syndicate.web.members.forms import RefusedError

Answerer = Callable[[MembersDoor, Request], Awaitable[Response]]
PATHS = ("/confirm/", "/preferences/", "/return/", "/unsubscribe/")
"""Below them tokens stand in addresses."""


def routes(door: MembersDoor) -> list[Route]:
    """The routes for members; HEAD is answered as GET is."""
    pages: list[tuple[str, Answerer, Answerer | None]] = [
        (signing_up.DONE, signing_up.sent, None),
        (signing_up.PATH, signing_up.show, signing_up.sign_up),
        ("/confirm/{token}", confirming.show, confirming.press),
        ("/preferences/{token}", preferring.show, preferring.save),
        ("/preferences/{token}/erase", preferring.show_erase, preferring.erase_me),
        ("/unsubscribe/{token}", going.show, going.press),
        ("/unsubscribe/{digest}/{token}", going.show_old, going.press_old),
        ("/return/{token}", going.show_return, going.come_again),
    ]
    made = []
    for path, on_get, on_post in pages:
        methods = ["GET"] if on_post is None else ["GET", "POST"]
        answer = _safely(door, on_get, on_post or on_get)
        made.append(Route(path, answer, methods=methods))
    # Else a slash too many would be led to an address with the token in it.
    made += [Route(f"{path}{{rest:path}}", _lost(door)) for path in PATHS]
    return made


def _safely(
    door: MembersDoor, on_get: Answerer, on_post: Answerer
) -> Callable[[Request], Awaitable[Response]]:
    # One route for both, so that an answer to any other method names both (Allow).
    async def answered(request: Request) -> Response:
        answer = on_post if request.method == "POST" else on_get
        try:
            return await answer(door, request)
        except RefusedError as error:
            return arrived(door, request).unread(error.status)
        except SyndicateError as error:
            return closed(door, request, error)

    return answered


def _lost(door: MembersDoor) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        return unknown(door, request)

    return answered
