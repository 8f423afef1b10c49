"""Portals with feeds of their own: enrolled, served, counted."""

from __future__ import annotations
