"""Ratios against rivals: ``python -m bench NAME|all [--quick] [--json]``.

Absolute times belong to a machine; ratios of two programs measured in one run travel.
"""

from __future__ import annotations
