"""Bytes from outside become raw entries, and raw entries become entries."""

from __future__ import annotations
