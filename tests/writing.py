"""Documents that are made in one piece, written as publishing writes its own."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

from syndicate.files import alone
from syndicate.publish.disk.folder import Written, made, sweep
from syndicate.publish.disk.write import place
from syndicate.publish.forms.fragments import Document


def write(
    folder: Path, documents: Mapping[str, bytes], packed: Sequence[str] = ("gz",)
) -> Written:
    """Write each of ``documents`` (path under ``folder`` → bytes) that differs.

    Beside each stand the same bytes as ``.gz``. What cannot be written is reported
    in ``failed`` and does not keep the others from being written; an error is raised
    for nothing but a ``folder`` that cannot be made.
    """
    with alone(made(folder)):
        sweep(folder)
        whole = {
            path: Document(content, gzip.compress(content, 6, mtime=0))
            for path, content in documents.items()
        }
        placed = place(folder, whole, packed=packed)
    return Written(
        changed=tuple(placed.changed),
        unchanged=len(placed.same),
        failed=placed.failed,
    )
