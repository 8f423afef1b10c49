"""Followers of our feeds and other people's hubs: owed, told, tried again."""

from __future__ import annotations
