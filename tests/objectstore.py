"""An object store of our own that speaks the S3 API, and has bad days on demand.

PUT, GET, HEAD, DELETE and ListObjectsV2, by path (``/BUCKET/KEY``), with signatures
that are checked (AWS Signature Version 4, the body's digest included), MD5 as ETag, and
objects that keep the headers they were sent with.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET, REGION, BUCKET = "AKIATEST", "not-a-secret", "hanoi-1", "tin"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_REGION": REGION,
}
_KEPT = ("content-type", "cache-control", "content-disposition", "content-encoding")

Trouble = Callable[[str, str, int], str]
"""(method, key, the how manieth request of all) → what goes wrong, or ""."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An object as it lies there."""

    content: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class ObjectStore:
    """What a test looks at, and sets."""

    url: str = ""
    objects: dict[str, Kept] = field(default_factory=dict)
    log: list[tuple[str, str, int]] = field(default_factory=list)
    """(method, key, status), in the order in which answers left."""
    trouble: Trouble = lambda _method, _key, _number: ""
    """Answers ``500``, ``503``, ``403``, ``drop``, ``torn`` (the answer breaks off
    after the object was kept) or ``slow`` (a tenth of a second) to make trouble."""
    most: int = 0
    """Requests that were on their way at the same time, at most."""
    now: int = 0
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to know to use it."""
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.url}

    def keys(self, method: str) -> list[str]:
        """Return the keys of requests that went well, in order."""
        return [key for how, key, status in self.log if how == method and status < 300]


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    kept: ObjectStore  # set by the class that is made for a server

    def log_message(self, *_given: Any) -> None:
        """Say nothing."""

    def do_PUT(self) -> None:
        self._answer(self._put)

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_HEAD(self) -> None:
        self._answer(self._get)

    def do_DELETE(self) -> None:
        self._answer(self._delete)

    def _answer(self, act: Callable[[str, bytes], tuple[int, dict[str, str], bytes]]):
        store, length = self.kept, int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        _slash, bucket, key = f"{unquote(urlsplit(self.path).path)}/".split("/", 2)
        key = key.removesuffix("/")
        with store.lock:
            store.requests += 1
            number = store.requests
            store.now += 1
            store.most = max(store.most, store.now)
        try:
            self._talk(act, bucket, key, body, number)
        finally:
            with store.lock:
                store.now -= 1

    def _talk(self, act, bucket: str, key: str, body: bytes, number: int) -> None:
        store = self.kept
        wrong = store.trouble(self.command, key, number)
        if wrong == "slow":
            time.sleep(0.1)
        if wrong == "drop":
            self.close_connection = True
            return
        status, headers, answer = self._checked(act, bucket, key, body, wrong)
        with store.lock:
            store.log.append((self.command, key, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer) + 10 * (wrong == "torn")))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)
        self.close_connection = self.close_connection or wrong == "torn"

    def _checked(self, act, bucket: str, key: str, body: bytes, wrong: str):
        if wrong.isdigit():
            code = {"503": "SlowDown", "403": "AccessDenied"}.get(
                wrong, "InternalError"
            )
            return int(wrong), {}, _error(code)
        if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
            return 400, {}, _error("XAmzContentSHA256Mismatch")
        if not self._signed():
            return 403, {}, _error("SignatureDoesNotMatch")
        if bucket != BUCKET:
            return 404, {}, _error("NoSuchBucket")
        return act(key, body)

    def _signed(self) -> bool:
        """Check Signature Version 4, step by step as AWS describes it."""
        said = self.headers.get("authorization", "")
        scheme, _space, rest = said.partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        names = given["SignedHeaders"].split(";")
        parts = urlsplit(self.path)
        query = sorted(parse_qsl(parts.query, keep_blank_values=True))
        canonical = "\n".join(
            (
                self.command,
                parts.path,
                "&".join(f"{quote(n, '~')}={quote(v, '~')}" for n, v in query),
                *(f"{name}:{self.headers[name].strip()}" for name in names),
                "",
                given["SignedHeaders"],
                self.headers["x-amz-content-sha256"],
            )
        )
        moment, scope = self.headers["x-amz-date"], given["Credential"].split("/", 1)[1]
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, digest))
        secret = f"AWS4{SECRET}".encode()
        for step in (*scope.split("/"), text):
            secret = hmac.digest(secret, step.encode(), "sha256")
        right = scope.split("/")[1:] == [REGION, "s3", "aws4_request"]
        known = (
            given["Credential"].split("/")[0] == KEY and scheme == "AWS4-HMAC-SHA256"
        )
        return known and right and hmac.compare_digest(secret.hex(), given["Signature"])

    def _put(self, key: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        told = {n: self.headers[n] for n in _KEPT if self.headers.get(n)}
        with self.kept.lock:
            self.kept.objects[key] = Kept(body, told)
        return 200, {"ETag": _etag(body)}, b""

    def _get(self, key: str, _body: bytes) -> tuple[int, dict[str, str], bytes]:
        if not key:
            return self._list()
        if (kept := self.kept.objects.get(key)) is None:
            return 404, {}, _error("NoSuchKey")
        return 200, {**kept.headers, "ETag": _etag(kept.content)}, kept.content

    def _list(self) -> tuple[int, dict[str, str], bytes]:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        start, after = asked.get("prefix", ""), asked.get("continuation-token", "")
        with self.kept.lock:
            keys = sorted(k for k in self.kept.objects if k.startswith(start))
        keys = [key for key in keys if key > after]
        told = "".join(_row(key, self.kept.objects[key]) for key in keys[:1000])
        more = len(keys) > 1000
        if more:
            told += (
                f"<NextContinuationToken>{escape(keys[999])}</NextContinuationToken>"
            )
        body = (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"{told}</ListBucketResult>"
        )
        return 200, {"content-type": "application/xml"}, body.encode()

    def _delete(self, key: str, _body: bytes) -> tuple[int, dict[str, str], bytes]:
        with self.kept.lock:
            self.kept.objects.pop(key, None)
        return 204, {}, b""


def _row(key: str, kept: Kept) -> str:
    return (
        f"<Contents><Key>{escape(key)}</Key><Size>{len(kept.content)}</Size>"
        "<LastModified>2026-11-22T00:00:00.000Z</LastModified>"
        f"<ETag>{escape(_etag(kept.content))}</ETag></Contents>"
    )


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()


@contextmanager
def object_store(port: int = 0) -> Iterator[ObjectStore]:
    """Serve an empty bucket on 127.0.0.1."""
    kept = ObjectStore()
    talk = type("Talk", (_Talk,), {"kept": kept})
    server = ThreadingHTTPServer(("127.0.0.1", port), talk)
    server.daemon_threads = True
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
