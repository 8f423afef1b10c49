"""What people send with a form: read with care, because anybody can send anything."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request

LARGEST = 16_384
"""Bytes of a form that anybody can send."""
LARGEST_OF_MEMBERS = 262_144
"""Bytes of a form behind a member's own link: many sources can be ticked."""
_FIELD = 16
"""Bytes that a field has at least, but for the odd one."""
PATIENCE = 10.0
"""Seconds in which a form must have come."""
_TYPE = "application/x-www-form-urlencoded"


class RefusedError(Exception):
    """A form that is not read; ``status`` is that of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a form that is answered with {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: each field's values in order."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str, longest: int = 100) -> str:
        """The first value of a field on one line, without what cannot be seen."""
        return plain(self.values.get(name, ("",))[0], longest)

    def all(self, name: str, longest: int = 100) -> tuple[str, ...]:
        """All values of a field, each once."""
        found = (plain(value, longest) for value in self.values.get(name, ()))
        return tuple(dict.fromkeys(value for value in found if value))

    def has(self, name: str) -> bool:
        """Say whether a field has come, with anything in it."""
        return bool(self.one(name, 1))


async def read(request: Request, largest: int = LARGEST) -> Form:
    """Read a form of at most ``largest`` bytes.

    :raises RefusedError: it is none, too large, too slow, or cannot be decoded
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _TYPE:
        raise RefusedError(415)
    body = await _body(request, largest)
    try:
        found = parse_qs(
            body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=largest // _FIELD,
        )
    except ValueError:  # of which a UnicodeError is one
        raise RefusedError(400) from None
    return Form(found)


async def _body(request: Request, largest: int) -> bytes:
    said = request.headers.get("content-length", "")
    if said.isdigit() and (len(said) > 9 or int(said) > largest):
        raise RefusedError(413)
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > largest:
                    raise RefusedError(413)
    except ClientDisconnect:
        raise RefusedError(400) from None
    except TimeoutError:
        raise RefusedError(408) from None
    return bytes(body)


def plain(text: str, longest: int) -> str:
    """One line, NFC, of characters that can be seen; cut after ``longest``."""
    seen = "".join(
        " " if char.isspace() else char
        for char in text[: 4 * longest]
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")
    )
    return " ".join(unicodedata.normalize("NFC", seen).split())[:longest].rstrip()
