"""Whether words of one colour can be read on another (WCAG 2.2 §1.4.3)."""

from __future__ import annotations

LEAST = 4.5
SHEET, DARK_SHEET = "#fffdf9", "#1e1c18"
"""What the words of a mail stand on; templates/mail/layout.html has the same."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21; each is ``#rrggbb``."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
