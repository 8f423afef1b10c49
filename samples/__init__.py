"""A small world of five fictional portals, to try everything without a network."""

from __future__ import annotations
