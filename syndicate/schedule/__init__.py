"""When work is done (clock), and where (for now: in this process)."""

from __future__ import annotations
