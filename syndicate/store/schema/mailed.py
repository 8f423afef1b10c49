"""Issues of digests, their deliveries, and what bounced."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
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
    # The frozen model.Issue, whole; and model.Edits, what editors changed since.
    Column("content", JSON, nullable=False),
    Column("edits", JSON),
    # When an editor's silence counts; when the desk was told of the draft.
    Column("deadline_at", Moment),
    Column("told_at", Moment),
    Column("approved_at", Moment),
    # Who approved or held it: a person's name, "deadline", "automatic".
    Column("decided_by", Name),
    # Why it is held: an editor's words, or ours.
    Column("held_why", Prose),
    # When its deliveries were all planned, and when the last one was settled.
    Column("planned_at", Moment),
    # How many copies were planned then: what the books must come to.
    Column("planned", Integer),
    Column("closed_at", Moment),
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
    Index(None, "uid"),
    sqlite_with_rowid=False,
)

# The ledger: planned = the sum of all states, always; rows are never deleted.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("issue_id", Id, ForeignKey("issues.id"), nullable=False),
    # No foreign key: the ledger outlives whom it tells of.
    Column("member_id", Id),
    Column("address", Prose, nullable=False),
    # Lower case: nobody gets an issue twice for having two spellings. The mark of
    # a member who was erased.
    Column("mailbox", Prose, nullable=False),
    Column("name", Prose, nullable=False),
    # Of the address; for throttles, and when a whole domain wants us to wait.
    Column("domain", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment),
    Column("detail", Prose, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # Who is sending: a claim counts until lease_until, and only under its fence.
    Column("lease_until", Moment),
    Column("fence", Integer, nullable=False),
    # What it was sent as: the rendering's key, the relay's name, enhanced status.
    Column("variant", Name, nullable=False),
    Column("message_id", Name, nullable=False),
    Column("relay", Name, nullable=False),
    Column("status", Name, nullable=False),
    # When it was due for the first time: a copy expires so long after that.
    Column("first_due_at", Moment),
    UniqueConstraint("issue_id", "mailbox"),
    # What is due of an issue, in the order in which it is sent.
    Index(None, "issue_id", "state", "due_at", "id"),
    # When a whole domain is put off.
    Index(None, "issue_id", "domain"),
    Index(None, "member_id"),
    sqlite_autoincrement=True,
)

# Relays and, per relay, the domains behind it ("" is the relay itself): what a
# circuit breaker, a throttle and a warm-up have to remember over a restart.
relays = Table(
    "relays",
    metadata,
    Column("relay", Name, primary_key=True),
    Column("domain", Name, primary_key=True),
    # closed (all is well), open (nothing is sent until open_until)
    Column("state", Name, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("open_until", Moment),
    Column("detail", Prose, nullable=False),
    # Of the day: how many left, for the warm-up; the day is a local date.
    Column("day", Name, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("first_at", Moment),
    Column("next_at", Moment),
)

# How often this store has begun to send, and when; a file beside it knows it too. If
# the file has seen more, a backup was restored, and nothing leaves until somebody
# says so.
generations = Table(
    "generations",
    metadata,
    Column("name", Name, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

# What came back: one row for each message to our bounce address, and for each reply
# that told of a dead address.
bounces = Table(
    "bounces",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    # smtp, dsn, arf, unknown; automatic answers are not kept
    Column("kind", Name, nullable=False),
    # By what it was known: dsn, arf, qmail, exchange, …
    Column("form", Name, nullable=False),
    # Whose it is; all empty if that could not be told.
    Column("delivery_id", Id),
    Column("letter_id", Id),
    Column("member_id", Id),
    Column("status", Name, nullable=False),
    # Whether the other side has given up.
    Column("is_final", Boolean, nullable=False),
    # Feedback-Type of a complaint.
    Column("feedback", Name, nullable=False),
    Column("diagnostic", Prose, nullable=False),
    # Of the message as it came: the same one twice counts once.
    Column("sha256", Name, nullable=False, unique=True),
    # Only of what is nobody's, for the desk.
    Column("raw", LargeBinary),
    Column("settled_at", Moment),
    Index(None, "member_id", "at"),
    Index(None, "delivery_id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

# Who left a digest before members were kept in the store (versions up to 0.4); moved
# into subscriptions when that digest is next planned.
unsubscriptions = Table(
    "unsubscriptions",
    metadata,
    Column("digest", Name, primary_key=True),
    # Lower case.
    Column("mailbox", Prose, primary_key=True),
    Column("at", Moment, nullable=False),
)
