"""Issues of digests and their deliveries."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from syndicate.store.columns import Id, Moment, Name, Prose
from syndicate.store.schema.base import metadata

# ── Digests ──────────────────────────────────────────────────────────────────

issues = Table(
    "issues",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", Name, nullable=False),
    Column("number", Integer, nullable=False),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    Column("state", Name, nullable=False),
    # Of the rendered issue: approval of the preview is approval of what is sent.
    Column("sha256", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
    # The frozen model.Issue, whole.
    Column("content", JSON, nullable=False),
    # One issue per window, whatever runs twice.
    UniqueConstraint("digest", "start"),
    sqlite_autoincrement=True,
)

# Which stories an issue carries; says the same as issues.content, for look-up.
issue_stories = Table(
    "issue_stories",
    metadata,
    Column("issue_id", Id, ForeignKey("issues.id"), primary_key=True),
    Column("uid", Name, primary_key=True),
    sqlite_with_rowid=False,
)

# The ledger: planned = the sum of all states, always; rows are never deleted.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("issue_id", Id, ForeignKey("issues.id"), nullable=False),
    Column("address", Prose, nullable=False),
    # Lower case: nobody gets an issue twice for having two spellings.
    Column("mailbox", Prose, nullable=False),
    Column("name", Prose, nullable=False),
    Column("state", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment),
    Column("detail", Prose, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("issue_id", "mailbox"),
    Index(None, "issue_id", "state", "id"),
    Index(None, "state"),
    sqlite_autoincrement=True,
)

# Who does not want a digest any more; leaving one never touches another.
unsubscriptions = Table(
    "unsubscriptions",
    metadata,
    Column("digest", Name, primary_key=True),
    # Lower case.
    Column("mailbox", Prose, primary_key=True),
    Column("at", Moment, nullable=False),
)
