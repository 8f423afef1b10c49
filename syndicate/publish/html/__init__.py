"""Pages for people, and what search engines and other sites are told."""

from __future__ import annotations
