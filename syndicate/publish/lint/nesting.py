"""Whether tags are nested as HTML allows (WHATWG, "tree construction"): no parse error.

Only errors that feeds have are known: text or cells outside their table, end tags too
early or of nothing, what may not be in itself, elements never closed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.entities import html5

from syndicate.publish.lint.words import words

VOID = words(
    """
    area base basefont bgsound br col embed frame hr img input keygen link meta param
    source track wbr
    """
)
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")
_CLOSES_P = words(
    """
    address article aside blockquote center details dialog dir div dl fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li dd dt listing
    main menu nav ol p plaintext pre search section summary table ul xmp
    """
)
_IMPLIED_END = words("dd dt li optgroup option p rb rp rt rtc")
_OPEN_AT_END = words("dd dt li p tbody td tfoot th thead tr body html")
_SCOPE = words(
    """
    applet caption html table td th marquee object template foreignobject desc
    """
)
_SPECIAL = (
    _CLOSES_P
    | _SCOPE
    | VOID
    | words(
        """
    body button colgroup head iframe noembed noframes noscript script select style
    tbody textarea tfoot thead title tr
    """
    )
)
_HEADINGS = words("h1 h2 h3 h4 h5 h6")
_TABLE = words("table tbody thead tfoot tr colgroup")
_PARTS = {
    "caption": ("table",),
    "colgroup": ("table",),
    "col": ("colgroup", "table"),
    "tbody": ("table",),
    "thead": ("table",),
    "tfoot": ("table",),
    "tr": ("tbody", "thead", "tfoot", "table"),
    "td": ("tr",),
    "th": ("tr",),
}
"""Parts of a table, and what they may stand in."""
_IN_TABLE = frozenset(_PARTS) | {"script", "style", "template", "form", "input"}
_DEEPEST = 500
"""Tags inside one another; browsers stop at 512."""
_TEXTS = words("script style textarea title xmp iframe noembed noframes")


class Nesting:
    """Follows tags; keeps the first thing that is wrong."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._wrong = ""

    def broken(self, said: str) -> None:
        """Note that something is wrong; the first counts."""
        self._wrong = self._wrong or said

    def finished(self) -> str:
        """Return what was wrong, or an empty text."""
        never = [tag for tag in self._open if tag not in _OPEN_AT_END]
        if never:
            self.broken(f"<{never[-1]}>…")
        return self._wrong

    def text(self, said: str) -> None:
        """Text stands here."""
        if self._open and self._open[-1] in _TABLE and said.strip():
            self.broken(f"<{self._open[-1]}> {said.strip()[:20]}")
        if re.search(r"<(?![A-Za-z!/?])|&[A-Za-z#]|\x00", said):
            self.broken(said.strip()[:20])

    def entity(self, name: str, semicolon: bool) -> None:
        """A named reference stands here."""
        if not semicolon or f"{name};" not in html5:
            self.broken(f"&{name}")

    def opened(self, tag: str, names: Sequence[str], *, closed: bool = False) -> None:
        """A start tag with attributes of these ``names``; ``closed``: "<br/>"."""
        if len(set(names)) != len(names):
            self.broken(f"<{tag}>")
        if closed and tag not in VOID:
            self.broken(f"<{tag}/>")
        if self._inside_text():
            return
        if len(self._open) >= _DEEPEST:
            self.broken(f"<{tag}>…")
            return
        if tag in _PARTS:
            self._part_of_table(tag)
        elif self._open and self._open[-1] in _TABLE and tag not in _IN_TABLE:
            self.broken(f"<{self._open[-1]}><{tag}>")
        self._make_room(tag)
        if tag not in VOID:
            self._open.append(tag)

    def ended(self, tag: str) -> None:
        """An end tag."""
        if tag in VOID or tag not in self._open or not self._in_scope(tag):
            self.broken(f"</{tag}>")
        elif tag in _PARTS or tag == "table":
            self._pop_to(tag, implied=_IMPLIED_END | frozenset(_PARTS))
        elif tag in _FORMATTING:
            self._pop_to(tag, implied=frozenset())
        else:
            self._pop_to(tag, implied=_IMPLIED_END - {tag})

    def _inside_text(self) -> bool:
        return bool(self._open) and self._open[-1] in _TEXTS

    def _make_room(self, tag: str) -> None:
        if tag in _CLOSES_P and self._in_scope("p", "button"):
            self._pop_to("p", implied=_IMPLIED_END - {"p"})
        if tag in ("li", "dd", "dt"):
            self._close_sibling(("li",) if tag == "li" else ("dd", "dt"))
        if tag in _HEADINGS and self._open and self._open[-1] in _HEADINGS:
            self.broken(f"<{self._open[-1]}><{tag}>")
            self._open.pop()
        if tag in ("a", "nobr", "button") and self._in_scope(tag):
            self.broken(f"<{tag}><{tag}>")
            self._pop_to(tag, implied=_IMPLIED_END)
        if tag in ("option", "optgroup") and self._open[-1:] == ["option"]:
            self._open.pop()
        if tag == "form" and "form" in self._open:
            self.broken("<form><form>")

    def _close_sibling(self, siblings: Sequence[str]) -> None:
        for opened in reversed(self._open):
            if opened in siblings:
                self._pop_to(opened, implied=_IMPLIED_END - {opened})
                return
            if opened in _SPECIAL and opened not in ("address", "div", "p"):
                return

    def _part_of_table(self, tag: str) -> None:
        homes = _PARTS[tag]
        while self._open and self._open[-1] in _PARTS and self._open[-1] not in homes:
            self._open.pop()  # its end tag may be left out
        if not self._open or self._open[-1] not in homes:
            self.broken(f"<{tag}>")

    def _in_scope(self, tag: str, *more: str) -> bool:
        bounds = _SCOPE if tag not in _PARTS and tag != "table" else {"html"}
        for opened in reversed(self._open):
            if opened == tag:
                return True
            if opened in bounds or opened in more:
                return False
            if tag == "li" and opened in ("ol", "ul"):
                return False
        return False

    def _pop_to(self, tag: str, *, implied: frozenset[str]) -> None:
        """Close up to ``tag``; what is open inside must be of ``implied``."""
        early = False
        while self._open:
            opened = self._open.pop()
            if opened == tag:
                break
            early = early or opened not in implied
        if early:
            self.broken(f"</{tag}>")
