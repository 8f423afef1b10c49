"""The life of members' subscriptions; for now the signed links in their mails."""

from __future__ import annotations
