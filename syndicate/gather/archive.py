"""Answers as they came, kept in a folder, and read again after a change of rules.

One file for each address, the newest answer in it: a line of JSON (what was asked,
what came, when), then the unpacked body, all of it gzipped. The folder has a cap; the
answers that were not renewed for longest go first.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from syndicate.errors import FetchError, ParseError, Unreachable
from syndicate.ports import Fetcher, Request, Response

SUFFIX = ".answer"
_MAX_UNPACKED = 50_000_000
_ROOM = 0.9
"""Clearing leaves this part of the cap filled, so that it is not due at each answer."""


class KeepingFetcher:
    """A ``Fetcher`` that keeps what another one brings.

    A folder that cannot be written loses the copy and never the answer: ``complain``
    is told once why.
    """

    def __init__(
        self,
        inner: Fetcher,
        folder: Path,
        cap: int,
        *,
        clock: Callable[[], datetime],
        complain: Callable[[str], None],
    ) -> None:
        self._inner = inner
        self._folder = folder
        self._cap = cap
        self._clock = clock
        self._complain = complain
        self._held: int | None = None
        self._broken = False

    async def fetch(self, request: Request) -> Response:
        """Answer ``request``, and keep the answer if it has a body."""
        response = await self._inner.fetch(request)
        if not response.not_modified and response.body and not self._broken:
            await asyncio.to_thread(self._keep, request.url, response)
        return response

    def _keep(self, url: str, response: Response) -> None:
        try:
            self._write(
                file_of(self._folder, url), packed(url, response, self._clock())
            )
        except OSError as error:
            self._broken = True
            self._complain(
                f"{self._folder}: answers are not kept: {error.strerror}; free some"
                " space or change keep_raw in config.toml"
            )

    def _write(self, path: Path, content: bytes) -> None:
        if self._held is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._held = sum(one.stat().st_size for one in _files(self._folder))
        before = path.stat().st_size if path.exists() else 0
        if len(content) > self._cap:
            return
        fresh = path.with_suffix(".part")
        fresh.write_bytes(content)
        fresh.replace(path)
        self._held += len(content) - before
        if self._held > self._cap:
            self._held = clear(self._folder, int(self._cap * _ROOM))


class FolderFetcher:
    """A ``Fetcher`` that brings kept answers and asks nobody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fetch(self, request: Request) -> Response:
        """Answer from the folder, whatever validators say; raises a FetchError."""
        path = file_of(self._folder, request.url)
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise Unreachable(
                request.url, f"no answer of it was kept in {self._folder}"
            ) from None
        except OSError as error:
            raise Unreachable(request.url, f"{path}: {error.strerror}") from error
        try:
            return unpacked(content)
        except ParseError as error:
            raise FetchError(request.url, error.reason) from error


def file_of(folder: Path, url: str) -> Path:
    """Where the answer to ``url`` is kept."""
    return folder / f"{sha256(url.encode('utf-8', 'replace')).hexdigest()[:40]}{SUFFIX}"


def packed(url: str, response: Response, now: datetime) -> bytes:
    """An answer as a file."""
    head = {
        "asked": url,
        "url": response.url,
        "status": response.status,
        "headers": dict(response.headers),
        "at": (response.fetched_at or now).isoformat(),
    }
    line = json.dumps(head, ensure_ascii=False).encode("utf-8", "replace")
    return gzip.compress(line + b"\n" + response.body, 6, mtime=0)


def unpacked(content: bytes) -> Response:
    """The answer in a file; raises ParseError for what is none."""
    try:
        unzip = zlib.decompressobj(wbits=31)
        whole = unzip.decompress(content, _MAX_UNPACKED)
        if not unzip.eof:
            raise ParseError("", "a kept answer that is cut, or too large")
        line, _, body = whole.partition(b"\n")
        head = json.loads(line)
        return Response(
            url=str(head["url"]),
            status=int(head["status"]),
            headers={str(key): str(value) for key, value in head["headers"].items()},
            body=body,
            fetched_at=datetime.fromisoformat(head["at"]),
        )
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ParseError("", f"not a kept answer: {error}") from error


def clear(folder: Path, cap: int) -> int:
    """Remove the oldest answers until ``cap`` bytes are left; return what is left."""
    found = sorted(
        ((one.stat().st_mtime, one.stat().st_size, one) for one in _files(folder)),
        key=lambda one: one[0],
    )
    held = sum(size for _, size, _ in found)
    for _, size, path in found:
        if held <= cap:
            break
        path.unlink(missing_ok=True)
        held -= size
    return held


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if one.suffix == SUFFIX]
