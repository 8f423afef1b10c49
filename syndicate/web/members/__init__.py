"""Pages for members: sign up, confirm, prefer, leave; without a script or a cookie."""

from __future__ import annotations
