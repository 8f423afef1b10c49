"""A caller for an ASGI application, in place of a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Caller:
    """Calls an application as uvicorn would: the path decoded, raw beside it."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.raised: Exception | None = None
        """What the application raised after its answer, for the server's log."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        query: str = "",
        **headers: str,
    ) -> Answer:
        sent: list[Any] = []
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "path": unquote(path, errors="replace"),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.replace("_", "-").lower().encode(), value.encode("latin-1"))
                for name, value in {"host": "127.0.0.1", **headers}.items()
            ],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            asyncio.run(self.application(scope, receive, send))
        except Exception as error:  # noqa: BLE001 -- a server logs whatever it is
            self.raised = error
        head = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        body = b"".join(part.get("body", b"") for part in sent[1:])
        return Answer(sent[0]["status"], head, body)

    def get(self, path: str, **headers: str) -> Answer:
        return self("GET", path, **headers)


@pytest.fixture
def caller() -> type[Caller]:
    return Caller
