"""The feeds folder: whole files, only those that differ, beside their packed twins."""

from __future__ import annotations
