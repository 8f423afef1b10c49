"""Where a copy of the feeds folder goes: another folder, or an object store."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from syndicate.errors import PublishError
from syndicate.files import beside, fill, settle
from syndicate.ports import Bucket

_LOCAL = "file://"


def bucket(target: str) -> Bucket:
    """Open ``[publish] target``; raises PublishError."""
    if target.startswith(_LOCAL):
        return FolderBucket(Path(target.removeprefix(_LOCAL)))
    try:
        from syndicate.publish.copies.objects import (  # noqa: PLC0415 - an extra
            ObjectBucket,
        )
    except ImportError as error:
        raise PublishError(
            f'[publish] target {target} needs the extra "s3": install syndicate[s3]'
        ) from error
    return ObjectBucket(target)


class FolderBucket:
    """Another folder: a mount, or what another web server serves.

    Beside each document stands its ``.gz``, as in the feeds folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, path: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Keep ``content`` under ``path``: the old file or the new one, never a part.

        The old twin goes first and the new one comes last, so that none is ever that
        of another document. ``headers`` are for the web server of that folder to say.
        """
        del headers
        try:
            target = self._target(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            twin = target.with_name(f"{target.name}.gz")
            twin.unlink(missing_ok=True)
            _put(target, content)
            _put(twin, gzip.compress(content, 6, mtime=0))
            settle(target.parent)
        except OSError as error:
            raise PublishError(f"{path}: {error.strerror or error}") from error

    async def remove(self, path: str) -> None:
        """Remove ``path`` and its twin, and folders that are empty then."""
        try:
            target = self._target(path)
            target.with_name(f"{target.name}.gz").unlink(missing_ok=True)
            target.unlink(missing_ok=True)
        except OSError as error:
            raise PublishError(f"{path}: {error.strerror or error}") from error
        with suppress(OSError):  # it is not empty
            for folder in target.relative_to(self._folder).parents:
                if folder != Path():
                    (self._folder / folder).rmdir()

    def _target(self, path: str) -> Path:
        target = self._folder.joinpath(*path.split("/"))
        if not target.parent.resolve().is_relative_to(self._folder.resolve()):
            raise PublishError(f"{path}: leads out of {self._folder}")
        return target


def _put(file: Path, content: bytes) -> None:
    temporary = beside(file)
    try:
        fill(temporary, content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
