"""Where a source files an article: its own categories, and parts of the address.

A source's section is a weak sign (a school's site also carries what is no training
news), so these are small votes; ``decide`` says when they count alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from syndicate.model import Category, Entry
from syndicate.text.clean import fold

_PARTS = re.compile(r"[/>»›|\\,;]+")
"""Sources write "XDD/Tin tức", "Chính trị » Xây dựng Đảng", or a list in one."""
_BETWEEN = re.compile(r"[\W_]+")
_ENDING = re.compile(r"\.(?:html?|aspx?|php|jsp)$")
_STEPS = re.compile(r"[/?&=]+")


class Sections:
    """The terms and paths of all categories, looked up for each entry.

    A category's title and slug are terms of it, and its slug is a path.
    """

    def __init__(self, categories: Sequence[Category]) -> None:
        self._terms: dict[str, list[str]] = {}
        self._paths: dict[str, list[str]] = {}
        for one in categories:
            for term in dict.fromkeys(map(term_key, own_terms(one))):
                self._terms.setdefault(term, []).append(one.slug)
            for path in dict.fromkeys(map(path_key, own_paths(one))):
                self._paths.setdefault(path, []).append(one.slug)
        self._terms.pop("", None)
        self._paths.pop("//", None)

    def terms(self, entry: Entry) -> dict[str, str]:
        """Category → the term of the source that means it."""
        found: dict[str, str] = {}
        for term in entry.terms:
            for key, said in _known_as(term):
                for slug in self._terms.get(key, ()):
                    found.setdefault(slug, said)
        return found

    def paths(self, entry: Entry) -> dict[str, str]:
        """Category → the part of the entry's address that means it."""
        if not self._paths:
            return {}
        steps = address_key(entry.url)
        return {
            slug: path
            for path, slugs in self._paths.items()
            if path in steps
            for slug in slugs
        }


def own_terms(category: Category) -> Iterator[str]:
    """What sources may call a category: its terms, its title and its slug."""
    yield from category.terms
    yield category.title
    yield category.slug


def own_paths(category: Category) -> Iterator[str]:
    """What may stand for a category in an address: its paths, and its slug."""
    yield from category.paths
    yield category.slug


@lru_cache(maxsize=4096)
def _known_as(term: str) -> tuple[tuple[str, str], ...]:
    """A term as a whole and in its parts: how each is compared, and as it is written.

    Remembered: a source has few, and says them with each entry.
    """
    parts = dict.fromkeys((term, *_PARTS.split(term)))
    return tuple((term_key(part), part.strip()) for part in parts)


def term_key(term: str) -> str:
    """The form in which categories of sources are compared: no accents, no dashes."""
    return _BETWEEN.sub(" ", fold(term)).strip()


def path_key(path: str) -> str:
    """The form in which parts of addresses are compared: ``/xay-dung-dang/``."""
    return _joined(_STEPS.split(path))


def address_key(url: str) -> str:
    """All steps of an address in that form: of its path, and of its query.

    Some portals have the whole way to an article in the query.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    return _joined(_STEPS.split(f"{parts.path}/{parts.query}"))


def _joined(steps: Iterable[str]) -> str:
    inside = "/".join(filter(None, map(_step, steps)))
    return f"/{inside}/"


@lru_cache(maxsize=4096)
def _step(step: str) -> str:
    plain = unquote(step.replace("+", " ")) if "%" in step or "+" in step else step
    plain = plain.lower() if plain.isascii() else fold(plain)
    return _BETWEEN.sub("-", _ENDING.sub("", plain)).strip("-")
