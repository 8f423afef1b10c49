"""The world's texts as they are written down: one TOML file each, told by portals.

samples/README.md has the form. Anything that the form does not know is an error that
names the file, so that a misspelt key never silently tells nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from samples.tones import STYLES

PORTALS = ("khoi", "dan-van", "truong", "bao", "so")
"""In the order of their addresses: the first answers at ``<network>.1``."""

Kind = TypeVar("Kind")


class TextError(ValueError):
    """A file of the world is not in the form that samples/README.md gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a portal changes in an article that is already out."""

    at: datetime
    title: str = ""
    replace: tuple[tuple[str, str], ...] = ()
    """(wrong, right), in everything that the article shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text before any portal has touched it; NFC, tone marks in the old style."""

    story: str
    """Equal for texts that tell the same story."""
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    author: str = ""
    post: str = ""
    """The author's office, printed on a line of its own."""
    captions: tuple[str, ...] = ()
    photo_credit: str = ""
    language: str = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One text as one portal publishes it."""

    text: Text
    portal: str
    at: datetime
    """From this moment the portal shows it."""
    number: int = 0
    """The portal's own number for it: never changes, larger is later."""
    section: str = ""
    """The module it stands in; only ``so`` has two."""
    title: str = ""
    listing_title: str = ""
    author: str = ""
    credit: str = ""
    tones: str = ""
    nfd: bool = False
    cut: float = 1.0
    """The part of the body's paragraphs that is kept, from the start."""
    frame: tuple[str, ...] = ()
    """Nothing, or a paragraph before the text and one after it."""
    show_date: bool = True
    shown_at: datetime | None = None
    withdrawn_at: datetime | None = None
    correction: Correction | None = None


class _Table:
    """A TOML table that is read key by key; what nobody asked for is an error."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values = dict(values)
        self.where = where

    def take(self, key: str, kind: type[Kind], default: Kind | None = None) -> Kind:
        value = self.values.pop(key, default)
        if kind is float and isinstance(value, int):
            value = float(value)
        if value is None:
            raise TextError(f"{self.where}: {key} is missing")
        if not isinstance(value, kind):
            raise TextError(f"{self.where}: {key} must be a {kind.__name__}")
        return value

    def moment(self, key: str) -> datetime:
        value = self.take(key, datetime)
        if value.tzinfo is None:
            raise TextError(f"{self.where}: {key} needs an offset (+07:00)")
        return value

    def moment_if_any(self, key: str) -> datetime | None:
        return self.moment(key) if key in self.values else None

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise TextError(f"{self.where}: {key} must be a list of strings")
        return tuple(values)

    def end(self) -> None:
        if self.values:
            unknown = ", ".join(sorted(self.values))
            raise TextError(f"{self.where}: nobody reads {unknown}")


def paragraphs(body: str) -> tuple[str, ...]:
    """The paragraphs of a text in which blank lines divide them."""
    blocks = body.replace("\r\n", "\n").split("\n\n")
    return tuple(
        " ".join(block.split("\n")).strip() for block in blocks if block.strip()
    )


def _text(table: _Table) -> Text:
    return Text(
        story=table.take("story", str),
        title=table.take("title", str),
        lead=table.take("lead", str, "").strip(),
        paragraphs=paragraphs(table.take("body", str)),
        author=table.take("author", str, ""),
        post=table.take("post", str, ""),
        captions=table.strings("captions"),
        photo_credit=table.take("photo_credit", str, ""),
        language=table.take("language", str, "vi"),
    )


def _correction(table: _Table) -> Correction:
    pairs = table.take("replace", list, [])
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(pair)):
            raise TextError(f"{table.where}: replace holds [wrong, right] pairs")
    correction = Correction(
        at=table.moment("at"),
        title=table.take("title", str, ""),
        replace=tuple((str(wrong), str(right)) for wrong, right in pairs),
    )
    table.end()
    return correction


def _telling(table: _Table, text: Text) -> Telling:
    correction = table.take("correction", dict, {})
    telling = Telling(
        text=text,
        portal=table.take("portal", str),
        at=table.moment("at"),
        title=table.take("title", str, ""),
        listing_title=table.take("listing_title", str, ""),
        author=table.take("author", str, ""),
        credit=table.take("credit", str, ""),
        tones=table.take("tones", str, ""),
        nfd=table.take("nfd", bool, False),
        cut=table.take("cut", float, 1.0),
        frame=table.strings("frame"),
        show_date=table.take("show_date", bool, True),
        shown_at=table.moment_if_any("shown_at"),
        withdrawn_at=table.moment_if_any("withdrawn_at"),
        correction=_correction(_Table(correction, f"{table.where} correction"))
        if correction
        else None,
    )
    table.end()
    _check(telling, table.where)
    return telling


def _check(telling: Telling, where: str) -> None:
    if telling.portal not in PORTALS:
        raise TextError(f"{where}: no portal {telling.portal!r}")
    if telling.tones not in STYLES:
        raise TextError(f"{where}: tones is old or new")
    if not 0 < telling.cut <= 1:
        raise TextError(f"{where}: cut is more than 0 and at most 1")
    if len(telling.frame) not in (0, 2):
        raise TextError(f"{where}: frame is two paragraphs")
    if telling.at < _NUMBERS_BEGIN:
        raise TextError(f"{where}: at is before the year 2000")


def _read(path: Path) -> list[Telling]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TextError(f"{path.name}: {error}") from error
    table = _Table(values, path.name)
    told = table.take("telling", list, [])
    text = _text(table)
    table.end()
    return [
        _telling(_Table(values, f"{path.name} telling {place}"), text)
        for place, values in enumerate(told, start=1)
    ]


# ── Numbers ──────────────────────────────────────────────────────────────────

_NUMBERS_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_OF_A_MODULE = 412


def _numbered(tellings: list[Telling]) -> list[Telling]:
    """Tellings of one portal with numbers that no other telling moves.

    A number is the minute of publication, so that a text added later renumbers
    nothing; only two of the same minute push each other.
    """
    numbered: list[Telling] = []
    last = 0
    for telling in tellings:
        minutes = int((telling.at - _NUMBERS_BEGIN).total_seconds() // 60)
        last = max(minutes, last + 1)
        numbered.append(replace(telling, number=last))
    return numbered


def _numbered_by_module(tellings: list[Telling]) -> list[Telling]:
    """Tellings of ``so``: two modules that both count from the same number.

    That is how one feed of a real portal comes to hold one guid for two articles.
    """
    following = {"news": _FIRST_OF_A_MODULE, "thong-bao": _FIRST_OF_A_MODULE}
    numbered: list[Telling] = []
    for place, telling in enumerate(tellings):
        section = "thong-bao" if place % 6 == 2 else "news"
        number = following[section]
        numbered.append(replace(telling, section=section, number=number))
        following[section] += 1
    return numbered


def load_tellings(folder: Path) -> tuple[Telling, ...]:
    """Every telling of the TOML files in ``folder``, oldest first.

    Raises TextError, which names the file and the key, at the first mistake.
    """
    if not folder.is_dir():
        raise TextError(f"{folder}: no such folder")
    told = [one for path in sorted(folder.glob("*.toml")) for one in _read(path)]
    told.sort(key=lambda one: (one.at, one.text.story, one.text.title))
    numbered: list[Telling] = []
    for portal in PORTALS:
        own = [one for one in told if one.portal == portal]
        numbered += _numbered_by_module(own) if portal == "so" else _numbered(own)
    return tuple(sorted(numbered, key=lambda one: (one.at, one.portal, one.number)))
