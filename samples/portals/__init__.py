"""The five portals: each module turns a request and its articles into an answer."""

from __future__ import annotations
