"""The one door to obstore: object stores that keep a copy of what we publish.

obstore reads credentials, region and endpoint from the environment (``AWS_*``,
``GOOGLE_*``, ``AZURE_*``) or from the machine it runs on; we never see them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from syndicate.errors import PublishError

_RETRY: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
# Plain HTTP only where the environment names such an endpoint: a store on this host.
_CLIENT: Any = {"allow_http": True, "timeout": timedelta(seconds=60)}
_LONGEST = 300
_SAID = re.compile(
    r"non-2xx status code: (?P<status>\d+ [\w ]*)(?:.*?<Code>(?P<code>\w+)</Code>)?",
    re.DOTALL,
)


class ObjectBucket:
    """A bucket, or a part of it, that takes copies; see :class:`ports.Bucket`."""

    def __init__(self, url: str) -> None:
        """Read ``url``, as ``s3://BUCKET/PREFIX``; raises PublishError."""
        # DeleteObjects is not understood by every store that speaks S3.
        more: Any = {"aws_disable_bulk_delete": True} if url.startswith("s3:") else {}
        try:
            self._store: Any = from_url(
                url, config=more, client_options=_CLIENT, retry_config=_RETRY
            )
        except (BaseError, ValueError) as error:
            raise PublishError(f"[publish] target {url}: {_cause(error)}") from error

    async def put(self, path: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Keep ``content`` under ``path``; raises PublishError that names it."""
        try:
            await obstore.put_async(
                self._store,
                path,
                content,
                attributes=dict(headers),
                use_multipart=False,  # one request: the old document or the new one
            )
        except (BaseError, OSError, ValueError) as error:
            raise PublishError(f"{path}: {_cause(error)}") from error

    async def remove(self, path: str) -> None:
        """Forget ``path``, if it is there; raises PublishError that names it."""
        try:
            await obstore.delete_async(self._store, path)
        except FileNotFoundError:
            return
        except (BaseError, OSError, ValueError) as error:
            raise PublishError(f"{path}: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    """Say what went wrong in one line; obstore prints its inner state below it."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if "169.254." in lines[0] or "metadata.google" in lines[0]:  # asked the machine
        return "no credentials in the environment (AWS_ACCESS_KEY_ID and the like)"
    if found := _SAID.search(str(error)):
        return f"the object store says {found['code'] or found['status']}"
    return lines[0].strip()[:_LONGEST]
