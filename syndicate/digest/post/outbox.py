"""Messages as files in a folder: to look at, and to try everything without a relay."""

from __future__ import annotations

import re
from pathlib import Path

from syndicate.files import beside, fill, settle
from syndicate.model import DeliveryState, Message, Reply


class FolderTransport:
    """Writes each message to ``<digest>-<number>-<mark of the address>.eml``.

    A message that is handed over twice is one file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> Reply:
        """Write one message; it is there whole or not at all."""
        target = self.folder / file_name(message)
        try:
            if target.is_file() and target.read_bytes() == message.content:
                return Reply(state=DeliveryState.ACCEPTED, detail=f"{target} (again)")
            _write(target, message.content)
        except OSError as error:
            return Reply(state=DeliveryState.DEFERRED, detail=f"{target}: {error}")
        return Reply(state=DeliveryState.ACCEPTED, detail=str(target))

    def close(self) -> None:
        """Nothing is held."""


def file_name(message: Message) -> str:
    """Return the name of the file that a message goes to; its Message-ID decides."""
    local = message.message_id.strip("<>").partition("@")[0]
    safe = re.sub(r"[^A-Za-z0-9]+", "-", local).strip("-")
    return f"{safe[:120] or 'message'}.eml"


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = beside(target)
    try:
        fill(fresh, content)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    settle(target.parent)
