"""The desk on the web: feeds, pages, issues, and the link to leave."""

from __future__ import annotations
