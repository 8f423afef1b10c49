"""Official documents that articles cite, each with a page of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedDocument:
    """One document, whatever articles call it; what is not known of it is empty."""

    id: int = 0
    """0 until it is kept."""
    slug: str = ""
    """ASCII; in the addresses of its page and feeds, the same for ever."""
    number: str
    """Canonical: ``05-CT/TW``, ``98/2014/NĐ-CP``."""
    type_word: str = ""
    """``Chỉ thị``."""
    issuer: str = ""
    """In words: ``Bộ Chính trị``."""
    scope: str = ""
    """Whose number it is, where each place counts for itself: ``Bến Tre``, ``huyện Ba
    Tri, Bến Tre``; the title of the source where no place is known."""
    issued: str = ""
    """Its day or year, as far as articles said it: ``2016-05-15``, ``2016``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedStories:
    """A document and the stories that cite it now, the newest first."""

    document: CitedDocument
    stories: tuple[int, ...]
    """Numbers of stories that readers can see."""
