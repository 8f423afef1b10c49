"""The use cases: order of steps, transactions and error policy; no decisions."""

from __future__ import annotations
