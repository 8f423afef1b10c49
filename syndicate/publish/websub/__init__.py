"""Our hub: what is asked of it, who is told when, and what is said (WebSub)."""

from __future__ import annotations
