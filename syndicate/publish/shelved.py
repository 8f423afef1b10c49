"""A cited document that has a page."""

from __future__ import annotations

from dataclasses import dataclass

from syndicate.model import CitedDocument

FOLDER = "document"
"""Under the feeds folder: pages and feeds of cited documents."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document with a page, and how readers are told which one it is."""

    document: CitedDocument
    stories: tuple[int, ...]
    """Numbers of the stories that cite it, the newest first."""
    name: str
    """Its number; with its place, or its year, where that says which."""

    @property
    def key(self) -> str:
        """Its feed's key, also the path of its page and feeds."""
        return f"{FOLDER}/{self.document.slug}"
