"""Where a picture is, also one that loads late, and whether it is one to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping

from syndicate.text.urls import absolute

_PLACEHOLDERS = (
    *("placeholder", "blank.", "spacer", "loading", "lazy", "1x1", "pixel."),
    *("transparent", "grey.gif"),
)
_LATER = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-echo")
_POINT = re.compile(r"(?:^|;)(?:width|height):[01](?:px)?(?:;|$)")

Attributes = Mapping[str, str | None]
"""An element's attributes as they stand; None where one has no value."""


def stands_in(source: str) -> bool:
    """Whether an address is only a placeholder for the picture that comes later."""
    source = source.lower()
    return (
        not source
        or source.startswith("data:")
        or any(mark in source for mark in _PLACEHOLDERS)
    )


def address_of(attributes: Attributes, base_url: str) -> str:
    """The absolute address of a picture, also of one that loads late; "" if none."""
    source = (attributes.get("src") or "").strip()
    if stands_in(source):
        sets = (attributes.get("data-srcset"), attributes.get("srcset"))
        candidates = [attributes.get(name) for name in _LATER]
        candidates += [(many or "").strip().split(" ")[0].rstrip(",") for many in sets]
        later = next((item.strip() for item in candidates if item and item.strip()), "")
        source = later or source
    return absolute(base_url, source)


def is_pixel(attributes: Attributes) -> bool:
    """Whether a picture is there to count us, not to be seen."""
    width, height = attributes.get("width"), attributes.get("height")
    if width and height and _is_point(width) and _is_point(height):
        return True
    style = attributes.get("style") or ""
    return _POINT.search(re.sub(r"\s", "", style).lower()) is not None


def _is_point(side: str) -> bool:
    """Whether a width or height is one pixel, or none."""
    return side.strip().lower().removesuffix("px") in {"0", "1"}
