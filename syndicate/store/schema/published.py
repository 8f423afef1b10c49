"""What we publish, what of it has to be made anew, and who takes it.

Changes are noted by the database itself, by triggers: whoever writes a story, and by
whatever way, publishing hears of it.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, Table
from sqlalchemy import text as sql

from syndicate.store.columns import Id, Moment, Name, Prose
from syndicate.store.schema.base import metadata

# ── What has to be made anew ─────────────────────────────────────────────────

# Stories that may have changed since they were last published. Only ever added to, so
# that two who write never wait for each other; publishing removes what it has read.
changes = Table(
    "changes",
    metadata,
    Column("id", Id, primary_key=True),
    # No foreign key: a story that was purged has changed, too.
    Column("story_id", Id, nullable=False),
    # Not before then: the end of an embargo. Empty for at once.
    Column("due_at", Moment),
    sqlite_autoincrement=True,
)

# Units (publish.units) whose documents are not yet on the disk as they should be:
# decided with the rows below, removed once they are written.
unwritten = Table(
    "unwritten",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit", Name, nullable=False),
    sqlite_autoincrement=True,
)

# ── What stands where ────────────────────────────────────────────────────────

# What each feed was last made of. Keys with a colon in front hold what was last made of
# the site as a whole.
feeds = Table(
    "feeds",
    metadata,
    Column("feed", Name, primary_key=True),
    # Of its settings, the site's and this version: another one, and it is filled anew.
    Column("stamp", Name, nullable=False),
    # When what it carries last changed, as far as we know: the moment of publishing.
    Column("changed_at", Moment, nullable=False),
    # Archive pages that are closed (RFC 5005).
    Column("pages", Integer, nullable=False),
)

# Which feed carries which story; ``id`` is the order in which stories came to feeds.
carried = Table(
    "carried",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed", Name, nullable=False),
    Column("uid", Name, nullable=False),
    # No foreign key: a story that was merged into another leaves a tombstone.
    Column("story_id", Id, nullable=False),
    # publish.places.place when it came; the greatest stands first. Never changed.
    Column("place", Name, nullable=False),
    # Its archive page; 0 while that is not closed.
    Column("page", Integer, nullable=False),
    # When it was withdrawn or merged (RFC 6721).
    Column("gone_at", Moment),
    # By uid first: a change of a story asks for all of its rows.
    Index(None, "uid", "feed", unique=True),
    Index(None, "feed", "place"),
    Index(None, "feed", "page"),
    # Of the few that are gone: what names them must not read all the others.
    Index(
        None,
        "feed",
        "gone_at",
        sqlite_where=sql("gone_at IS NOT NULL"),
        postgresql_where=sql("gone_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

# The page of each story, also of one that is gone.
permalinks = Table(
    "permalinks",
    metadata,
    Column("uid", Name, primary_key=True),
    Column("story_id", Id, nullable=False),
    # YYYY-MM-DD in the time zone of the site: the page of that day lists it.
    Column("day", Name, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("gone_at", Moment),
    # The uid of the story that it was merged into; else empty.
    Column("into", Name, nullable=False),
    # publish.places.place in the order of gathering.
    Column("place", Name, nullable=False),
    # Of all that documents show of it: the same, and no document is made anew.
    Column("stamp", Name, nullable=False),
    Index(None, "day"),
    Index(None, "story_id"),
)

# Stories as parts of documents, rendered: of those that current feeds carry.
fragments = Table(
    "fragments",
    metadata,
    # An ordinary table: without rowid SQLite keeps long rows in the tree of their
    # key, and reading 500 of them takes three times as long.
    # 0 is no story: its stamp changes whenever a part is forgotten.
    Column("story_id", Id, primary_key=True, autoincrement=False),
    # publish.fragments.Form: rss, atom, json, html, with the ceiling of rights.
    Column("form", Name, primary_key=True),
    # Of all that it was made of.
    Column("stamp", Name, nullable=False),
    Column("content", LargeBinary, nullable=False),
    # The same, deflated, so that a document is packed by putting parts together.
    Column("packed", LargeBinary, nullable=False),
)

# The documents in the feeds folder.
written = Table(
    "written",
    metadata,
    Column("path", Name, primary_key=True),
    Column("sha256", Name, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # The unit that it belongs to, and the time of the file in nanoseconds: a file that
    # was deleted or edited by hand is found without being read.
    Column("unit", Name, nullable=False),
    Column("mtime", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What a source prints under nearly all of its articles: naming a document as often as
# that is no citing.
boilerplates = Table(
    "boilerplates",
    metadata,
    Column("source", Name, primary_key=True),
    # No foreign key: documents are never removed, and this is worked out anew.
    Column("document_id", Id, primary_key=True, autoincrement=False),
    Column("mentions", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# What an object store has of them.
mirrored = Table(
    "mirrored",
    metadata,
    Column("target", Name, primary_key=True),
    Column("path", Name, primary_key=True),
    Column("sha256", Name, nullable=False),
    sqlite_with_rowid=False,
)

# ── Who takes it ─────────────────────────────────────────────────────────────

# Who follows a topic at our own hub: model.Follower.
followers = Table(
    "followers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("topic", Name, nullable=False),
    Column("callback", Prose, nullable=False),
    # columns.mark of the callback.
    Column("mark", Name, nullable=False),
    # Of the callback: no host is asked too much at once.
    Column("host", Name, nullable=False),
    Column("secret", Prose, nullable=False),
    # model.FollowerState
    Column("state", Name, nullable=False),
    # What is to be verified: subscribe, unsubscribe, or nothing.
    Column("intent", Name, nullable=False),
    # Seconds that it asked for, or has.
    Column("lease", Integer, nullable=False),
    # The secret it asked for, until that is verified.
    Column("new_secret", Prose, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("verified_at", Moment),
    Column("lease_until", Moment),
    Column("delivered_at", Moment),
    # When the newest news came that it waits for; empty if it has what there is.
    Column("owed_at", Moment),
    Column("due_at", Moment),
    # Deliveries in a row that failed, and since when.
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("detail", Prose, nullable=False),
    Index(None, "topic", "mark", unique=True),
    Index(None, "due_at"),
    Index(None, "host"),
    sqlite_autoincrement=True,
)

# Other people's hubs that are told when a topic changes: model.Ping.
pings = Table(
    "pings",
    metadata,
    Column("hub", Name, primary_key=True),
    Column("topic", Name, primary_key=True),
    # When the newest news came that it waits for; empty if it was told.
    Column("owed_at", Moment),
    Column("due_at", Moment),
    Column("pinged_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("detail", Prose, nullable=False),
    Index(None, "due_at"),
    sqlite_with_rowid=False,
)

# Portals with feeds of their own: model.Partner.
partners = Table(
    "partners",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("title", Prose, nullable=False),
    # SHA-256 of the token, in hexadecimal: the token itself is known to them alone.
    Column("token", Name, nullable=False, unique=True),
    # Its last characters, for people.
    Column("hint", Name, nullable=False),
    # Keys of the feeds whose stories they get.
    Column("feeds", JSON, nullable=False),
    # model.Rights: the most that is passed on.
    Column("rights", Name, nullable=False),
    # model.FeedFormat
    Column("format", Name, nullable=False),
    # Most stories in the document.
    Column("items", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    # Of pulls: the last, how many, how many of them found nothing new, bytes sent.
    Column("pulled_at", Moment),
    Column("pulls", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    # What it calls itself.
    Column("agent", Prose, nullable=False),
    sqlite_autoincrement=True,
)
