"""Serves the written documents, by a bare ASGI path.

A document is read once and kept as (bytes, gzip, ETag) until its file changes; a
reader that holds the current one gets 304 and nothing else. Cost, measured by others
on this path: 0.7 of nginx's rate on 304s, against 0.06 for a general static-file app.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TYPES = {
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".xsl": "text/xsl; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
CACHE = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class _Document:
    stamp: tuple[int, int]
    modified: float
    body: bytes
    packed: bytes
    etag: str


class Documents:
    """An ASGI application over one folder; only known types are served."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._kept: dict[Path, _Document] = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer GET and HEAD."""
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD")], b"")
            return
        path = self._path(scope)
        document = self._read(path) if path else None
        if path is None or document is None:
            await _answer(send, 404, [(b"content-type", b"text/plain")], b"not found\n")
            return
        await _answer_with(scope, send, path, document)

    def _path(self, scope: Scope) -> Path | None:
        """Find the file; nothing outside the folder, nothing hidden, no other type."""
        asked = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        asked = asked or "index.html"
        if "\0" in asked or any(part.startswith(".") for part in asked.split("/")):
            return None
        path = (self._folder / asked).resolve()
        inside = path.is_relative_to(self._folder)
        return path if inside and path.suffix in TYPES else None

    def _read(self, path: Path) -> _Document | None:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            kept = self._kept.get(path)
            if kept and kept.stamp == stamp:
                return kept
            body = path.read_bytes()
        except OSError:
            return None
        document = _Document(
            stamp=stamp,
            modified=status.st_mtime,
            body=body,
            packed=_packed(path, status.st_mtime),
            etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        )
        self._kept[path] = document
        return document


def _packed(path: Path, not_before: float) -> bytes:
    """Read the ``.gz`` beside a document, unless it is older than the document."""
    beside = path.with_name(f"{path.name}.gz")
    try:
        fresh = beside.stat().st_mtime >= not_before - 2
        return beside.read_bytes() if fresh else b""
    except OSError:
        return b""


async def _answer_with(
    scope: Scope, send: Send, path: Path, document: _Document
) -> None:
    asked = dict(scope["headers"])
    headers = [
        (b"etag", document.etag.encode()),
        (b"last-modified", formatdate(document.modified, usegmt=True).encode()),
        (b"cache-control", CACHE.encode()),
        (b"vary", b"accept-encoding"),
    ]
    if _is_current(asked, document):
        await _answer(send, 304, headers, b"")
        return
    headers.append((b"content-type", TYPES[path.suffix].encode()))
    headers.append((b"x-content-type-options", b"nosniff"))
    if path.suffix == ".json":
        headers.append((b"access-control-allow-origin", b"*"))
    body = document.body
    if document.packed and b"gzip" in asked.get(b"accept-encoding", b""):
        body = document.packed
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await _answer(send, 200, headers, b"" if scope["method"] == "HEAD" else body)


def _is_current(asked: dict[bytes, bytes], document: _Document) -> bool:
    """Compare validators as RFC 9110 §13.2.2 orders them: ETag first."""
    if (tags := asked.get(b"if-none-match")) is not None:
        held = {
            tag.strip().removeprefix("W/") for tag in tags.decode("latin-1").split(",")
        }
        return document.etag in held or "*" in held
    if (since := asked.get(b"if-modified-since")) is None:
        return False
    try:
        return document.modified < parsedate_to_datetime(since.decode()).timestamp() + 1
    except (ValueError, OverflowError):
        return False


async def _answer(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
