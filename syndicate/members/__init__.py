"""The life of addresses and subscriptions, marks of people, tables of people."""

from __future__ import annotations
