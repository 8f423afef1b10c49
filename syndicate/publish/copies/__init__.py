"""Copies of the feeds folder: another folder, or an object store."""

from __future__ import annotations
