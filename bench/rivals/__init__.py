"""Each module is a script: what somebody else's library takes for the same work."""

from __future__ import annotations
