"""Keeps the nouns: SQLite and PostgreSQL, one schema, one module per noun.

::

    database = Database.open("sqlite:///var/syndicate.db")
    with database.write() as connection:
        story = stories.create(connection, uid, now)
"""

from __future__ import annotations

from sqlalchemy import Connection

from syndicate.store.database import Database
from syndicate.store.issues import StoredIssue

__all__ = ["Connection", "Database", "StoredIssue"]
