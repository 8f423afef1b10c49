"""Which categories a story carries: pure decisions, each with its reason.

``rules`` scores a text by the phrases of the categories, ``decide`` turns scores
into labels, and may abstain. ``learned`` guesses by what people decided before.
"""

from __future__ import annotations
