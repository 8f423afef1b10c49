"""What documents say: a story as part of each format, and what stands around it."""

from __future__ import annotations
