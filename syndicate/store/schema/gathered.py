"""Where news comes from, and what asking there left behind."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from syndicate.store.columns import Id, Moment, Name, Prose
from syndicate.store.schema.base import metadata

# ── Where news comes from ────────────────────────────────────────────────────

# What a visit left behind. Sources themselves are settings: a row may outlive its
# source, and a source that was never visited has none.
sources = Table(
    "sources",
    metadata,
    Column("source", Name, primary_key=True),
    Column("etag", Prose, nullable=False),
    Column("last_modified", Prose, nullable=False),
    Column("body_hash", Prose, nullable=False),
    Column("visited_at", Moment),
    Column("succeeded_at", Moment),
    Column("due_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Prose, nullable=False),
    Column("imported", Boolean, nullable=False),
    # model.SourceMemory as JSON text: what changes seldom, and is never asked for
    # by parts. Empty for none.
    Column("memory", Prose, nullable=False, server_default=""),
)

# The log of visits, the newest 200 of each source.
visits = Table(
    "visits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("error", Prose, nullable=False),
    Column("not_modified", Boolean, nullable=False),
    # How many entries came to which outcome.
    Column("outcomes", JSON, nullable=False),
    Column("details", JSON, nullable=False),
    # HTTP status of its own answer; 0 for none.
    Column("status", Integer, nullable=False, server_default="0"),
    Index(None, "source", "id"),
)

# What hosts were asked, by UTC day: manners can be shown only if they are counted.
traffic = Table(
    "traffic",
    metadata,
    Column("host", Name, primary_key=True),
    # YYYY-MM-DD
    Column("day", Name, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("not_modified", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

# robots.txt of each origin (scheme, host and port), good for a day (RFC 9309 §2.4).
robots = Table(
    "robots",
    metadata,
    Column("origin", Name, primary_key=True),
    # HTTP status; 0 if the host could not be reached.
    Column("status", Integer, nullable=False),
    Column("body", Prose, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    # When the rules were last other than before; empty until then.
    Column("changed_at", Moment),
)

# What was purged and is still listed by its source, so that it does not come back as
# news. The key is one of dedupe.keys, as in ``keys``.
tombstones = Table(
    "tombstones",
    metadata,
    Column("source", Name, primary_key=True),
    Column("kind", Name, primary_key=True),
    Column("mark", String(32), primary_key=True),
    Column("purged_at", Moment, nullable=False),
    # When the source last listed it; long ago, and the stone goes too.
    Column("listed_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# WebSub: what we asked of hubs, one row a source.
hub_subscriptions = Table(
    "hub_subscriptions",
    metadata,
    Column("source", Name, primary_key=True),
    Column("hub", Prose, nullable=False),
    Column("topic", Prose, nullable=False),
    # The unguessable part of our callback address, and the key of the signatures.
    Column("token", Name, nullable=False, unique=True),
    Column("secret", Name, nullable=False),
    # asked, verified, live, distrusted, denied, ended
    Column("state", Name, nullable=False),
    Column("asked_at", Moment),
    Column("verified_at", Moment),
    Column("lease_until", Moment),
    Column("pushed_at", Moment),
    Column("due_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("detail", Prose, nullable=False),
)

# What hubs pushed and gathering has not read yet.
pushes = Table(
    "pushes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Name, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("content_type", Prose, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "source", "id"),
)

# Reports to the desk, one a kind and period, claimed before they are sent.
reports = Table(
    "reports",
    metadata,
    Column("kind", Name, primary_key=True),
    Column("start", Moment, primary_key=True),
    # claimed, sent, failed
    Column("state", Name, nullable=False),
    Column("detail", Prose, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

# ── Pages that were read ─────────────────────────────────────────────────────

pages = Table(
    "pages",
    metadata,
    Column("source", Name, primary_key=True),
    Column("url_mark", String(32), primary_key=True),
    Column("url", Prose, nullable=False),
    Column("etag", Prose, nullable=False),
    Column("last_modified", Prose, nullable=False),
    Column("body_hash", Prose, nullable=False),
    Column("visited_at", Moment, nullable=False),
    Column("entry_id", Id, ForeignKey("entries.id")),
    Column("misses", Integer, nullable=False),
    Index(None, "entry_id"),
)
