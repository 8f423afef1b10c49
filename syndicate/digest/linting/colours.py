"""Colours as style sheets write them."""

from __future__ import annotations

import re
from functools import lru_cache

_NAMES = {
    "black": "#000000",
    "white": "#ffffff",
    "red": "#ff0000",
    "green": "#008000",
    "blue": "#0000ff",
    "gray": "#808080",
    "grey": "#808080",
    "silver": "#c0c0c0",
    "navy": "#000080",
    "maroon": "#800000",
    "yellow": "#ffff00",
    "orange": "#ffa500",
}
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])")
_RGB = re.compile(
    r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*1(?:\.0+)?\s*)?\)"
)
_WORD = re.compile(r"[a-z]+")


@lru_cache(maxsize=1024)
def colour_in(value: str) -> str | None:
    """Return the first colour in a value as ``#rrggbb``; None if none is known."""
    said = value.lower()
    if found := _HEX.search(said):
        digits = found[1]
        return (
            f"#{digits}" if len(digits) == 6 else "#" + "".join(d * 2 for d in digits)
        )
    if found := _RGB.search(said):
        parts = [min(int(part[:4]), 255) for part in found.groups()]
        return "#" + "".join(f"{part:02x}" for part in parts)
    return next((_NAMES[word] for word in _WORD.findall(said) if word in _NAMES), None)
