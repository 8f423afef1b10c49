"""Which entries tell the same story: pure decisions, no input or output.

``keys`` names what an entry can be found by, ``identity`` says whether a source's
entry is one that we have, ``likeness`` measures how much wording two texts share,
and ``decide`` puts an entry into a story and says who leads it.
"""

from __future__ import annotations
