"""config.toml and the environment → settings; every mistake reported at once."""

from __future__ import annotations
