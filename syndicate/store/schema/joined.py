"""Members: addresses, subscriptions, consent, and who is never written to."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from syndicate.store.columns import Id, Moment, Name, Prose
from syndicate.store.schema.base import metadata

# ── Members ──────────────────────────────────────────────────────────────────

members = Table(
    "members",
    metadata,
    Column("id", Id, primary_key=True),
    # Keyed hash of the mailbox: what is left of a member who was erased.
    Column("mark", Name, nullable=False, unique=True),
    # As the person writes it, and as it is compared; both empty once erased.
    Column("address", Prose, nullable=False),
    Column("mailbox", Prose, nullable=False),
    Column("name", Prose, nullable=False),
    # unverified, ok, soft_bouncing, bounced, complained, invalid, erased
    Column("state", Name, nullable=False),
    # Empty: as the digest has it.
    Column("language", Name, nullable=False),
    Column("timezone", Name, nullable=False),
    Column("text_only", Boolean, nullable=False),
    # Soft bounces: the last days that counted, and when it was last looked at.
    Column("score", Integer, nullable=False),
    Column("soft_days", JSON, nullable=False),
    Column("scored_at", Moment),
    # When a probe was sent to an address that bounces softly.
    Column("probed_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index(None, "mailbox"),
    Index(None, "state"),
    sqlite_autoincrement=True,
)

# A member's standing with one digest; leaving one never touches another.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("member_id", Id, ForeignKey("members.id"), nullable=False),
    # Key of the series: the same for all cadences of a digest.
    Column("digest", Name, nullable=False),
    # pending, active, paused, unsubscribed, expired
    Column("state", Name, nullable=False),
    # signup, import, desk, config
    Column("origin", Name, nullable=False),
    # model.Choice, column by column; NULL and [] are "as the digest has it".
    Column("cadence", Name, nullable=False),
    Column("weekday", Integer),
    Column("hour", Integer),
    Column("categories", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("paused_until", Moment),
    Column("asked_at", Moment),
    Column("confirmed_at", Moment),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("member_id", "digest"),
    Index(None, "digest", "state", "member_id"),
    sqlite_autoincrement=True,
)

# When, how, and to which text people agreed; kept when they are erased, by mark.
consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mark", Name, nullable=False),
    Column("digest", Name, nullable=False),
    # asked, confirmed, stated, changed, left
    Column("kind", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("form", Prose, nullable=False),
    Column("text", Prose, nullable=False),
    Column("version", Name, nullable=False),
    Index(None, "mark", "id"),
    sqlite_autoincrement=True,
)

# Addresses that get nothing more, by mark alone.
suppressions = Table(
    "suppressions",
    metadata,
    Column("mark", Name, primary_key=True),
    # desk, complaint, bounce, erased
    Column("reason", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("note", Prose, nullable=False),
)

# Of each digest: the members whom config.toml named when they were last brought in, as
# one hash. While it is the same there is nothing to do.
audiences = Table(
    "audiences",
    metadata,
    Column("digest", Name, primary_key=True),
    Column("stamp", Name, nullable=False),
    Column("at", Moment, nullable=False),
)

# Signed words that work once: which ones have been used.
used_tokens = Table(
    "used_tokens",
    metadata,
    Column("mark", Name, primary_key=True),
    Column("at", Moment, nullable=False),
)

# What is limited: sign-ups by address and by network, guesses. By mark, kept for days.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Name, nullable=False),
    Column("mark", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "kind", "mark", "at"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

# Mails that are owed to one person: confirmations and probes. Claimed before they
# leave, as copies of issues are.
letters = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    # confirm, welcome, probe, goodbye
    Column("kind", Name, nullable=False),
    Column("member_id", Id, nullable=False),
    Column("digest", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("detail", Prose, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index(None, "state", "due_at"),
    Index(None, "member_id", "asked_at"),
    sqlite_autoincrement=True,
)
