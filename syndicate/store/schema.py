"""The tables, as they are today; ``migrations/`` tells how they came to be.

A change here needs a new file in ``migrations/versions`` and a new ``REVISION``;
tests/store/test_migrations.py compares the two on both engines. Migrations that were
released are never edited.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR

from syndicate.store.columns import Id, Moment, Name, Prose

REVISION = "0003"
"""The newest migration: what this version of syndicate reads and writes."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

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
subscriptions = Table(
    "subscriptions",
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

# ── Stories and the entries that tell them ───────────────────────────────────

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", Name, nullable=False, unique=True),
    Column("seen_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # The entry that leads. No foreign key: entries point here, and neither engine
    # likes a circle. Empty, or withdrawn: the earliest entry leads.
    Column("lead_id", Id),
    Index(None, "seen_at", "id"),
    Index(None, "changed_at"),
    # Feeds are made of ids: one that was given is never given again.
    sqlite_autoincrement=True,
)

labels = Table(
    "labels",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    Column("category", Name, primary_key=True),
    Column("reason", Prose, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("is_primary", Boolean, nullable=False),
    # As the categoriser ordered them.
    Column("position", Integer, nullable=False),
    # rules, learned, editor
    Column("origin", Name, nullable=False, server_default="rules"),
    Index(None, "category", "story_id"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    # The bond: why it belongs to the story, and since when.
    Column("relation", Name, nullable=False),
    Column("score", Float, nullable=False),
    # model.Evidence as JSON text; a version before 0003 wrote a sentence.
    Column("evidence", Prose, nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("backlog", Boolean, nullable=False),
    # The entry itself. Never changes hands: source stays what it was.
    Column("source", Name, nullable=False),
    Column("url", Prose, nullable=False),
    # See columns.mark: an address may be too long for an index.
    Column("url_mark", String(32), nullable=False),
    Column("guid", Prose, nullable=False),
    Column("title", Prose, nullable=False),
    Column("lead", Prose, nullable=False),
    Column("html", Prose, nullable=False),
    Column("text", Prose, nullable=False),
    Column("credit", Prose, nullable=False),
    Column("language", Prose, nullable=False),
    Column("fingerprint", Prose, nullable=False),
    Column("updated", Moment),
    # For sorting only; ``published`` below also knows precision, origin and zone.
    Column("published_at", Moment),
    # JSON null for None in the two that may be empty: SQL sees "null", Python None.
    Column("published", JSON, nullable=False),
    Column("image", JSON, nullable=False),
    Column("dates", JSON, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("captions", JSON, nullable=False),
    Column("enclosures", JSON, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("citations", JSON, nullable=False),
    # 3-grams of its text: whether a shared few are many is known without the text.
    Column("grams", Integer, nullable=False, server_default="0"),
    # How often it changed on the day of its last change: content may flip for ever.
    Column("changes", Integer, nullable=False, server_default="0"),
    # Hash of what the source said of it: the same again is not read again.
    Column("told", String(32), nullable=False, server_default=""),
    # The entry that it was found to be like; 0 for none. No foreign key: purged first.
    Column("bond_to", Id, nullable=False, server_default="0"),
    Index(None, "story_id"),
    Index(None, "url_mark"),
    Index(None, "source", "seen_at"),
    sqlite_autoincrement=True,
)

# Every key an entry was ever known by, also those it no longer shows (guids and
# addresses change when a site changes its software).
keys = Table(
    "keys",
    metadata,
    Column("kind", Name, primary_key=True),
    # columns.mark of the value.
    Column("mark", String(32), primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    # For people.
    Column("value", Prose, nullable=False),
    Index(None, "entry_id"),
    sqlite_with_rowid=False,
)

# Sampled hashes of word 3-grams: 64 bits, signed.
shingles = Table(
    "shingles",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Index(None, "entry_id"),
    sqlite_with_rowid=False,
)

# Uids of stories that were merged into others: their addresses still lead somewhere.
aliases = Table(
    "aliases",
    metadata,
    Column("uid", Name, primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "story_id"),
)

# What editors decided of stories: model.Ruling. Never changed; taken back by removal.
rulings = Table(
    "rulings",
    metadata,
    Column("id", Id, primary_key=True),
    # apart, together, lead
    Column("kind", Name, nullable=False),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
    # Empty where one entry is enough.
    Column("other_id", Id, ForeignKey("entries.id")),
    Column("at", Moment, nullable=False),
    Column("by", Prose, nullable=False),
    Column("note", Prose, nullable=False),
    Index(None, "entry_id"),
    Index(None, "other_id"),
    sqlite_autoincrement=True,
)

# ── Events: what entries are about ───────────────────────────────────────────

# dedupe.gist.Gist of an entry, packed: its telling words, names, numbers, days.
gists = Table(
    "gists",
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    # When the story began that it joined: hours since 1970, as in the gist.
    Column("began", Integer, nullable=False),
    Column("content", Prose, nullable=False),
)

# Under which marks (a rare term within a span of days) an entry is found.
terms = Table(
    "terms",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Index(None, "entry_id"),
    sqlite_with_rowid=False,
)

# In how many texts a word was met: what is rare tells more. "" counts the texts.
rarities = Table(
    "rarities",
    metadata,
    Column("word", Name, primary_key=True),
    Column("texts", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# ── Labels: what people decided, and what was learnt of it ───────────────────

# The categories that a person gave an entry: model.Decision. The newest counts.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
    Column("categories", JSON, nullable=False),
    # model.Label that the desk had shown.
    Column("shown", JSON, nullable=False),
    # unsure, check, own
    Column("asked", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Prose, nullable=False),
    Column("note", Prose, nullable=False),
    Index(None, "entry_id", "id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

# The learner's state, in parts that it names itself; it never leaves the database.
learned = Table(
    "learned",
    metadata,
    Column("part", Name, primary_key=True),
    # Rises with each change, so that a process knows that what it holds is old.
    Column("version", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# Stories whose labels a person should look at; gone once decided or sure.
reviews = Table(
    "reviews",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    # unsure, check
    Column("asked", Name, nullable=False),
    Column("since", Moment, nullable=False),
    # The best guess and how sure: model.Label, as JSON.
    Column("guesses", JSON, nullable=False),
    Index(None, "since"),
)

# ── Documents that entries cite ──────────────────────────────────────────────

documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True),
    # ASCII; in addresses of its page and feed, the same for ever.
    Column("slug", Name, nullable=False, unique=True),
    # Canonical number: "05-CT/TW".
    Column("number", Prose, nullable=False),
    # "Chỉ thị"; empty if no article said it.
    Column("type_word", Prose, nullable=False),
    Column("issuer", Prose, nullable=False),
    # The province, for numbers that start anew in each; else empty.
    Column("scope", Prose, nullable=False),
    # Day or year of issue, as far as articles said it: "2016-05-15", "2016", "".
    Column("issued", Name, nullable=False),
    Index(None, "number"),
    sqlite_autoincrement=True,
)

citings = Table(
    "citings",
    metadata,
    Column("document_id", Id, ForeignKey("documents.id"), primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("mentions", Integer, nullable=False),
    Index(None, "entry_id"),
    sqlite_with_rowid=False,
)

# ── Search ───────────────────────────────────────────────────────────────────

# Entries in the order of search: newest first is the highest number first.
searchable = Table(
    "searchable",
    metadata,
    # The day of its date since 1970, times 2^17, and a count within that day.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    # Empty where an entry has gone whose words SQLite could not be told to forget.
    Column("entry_id", Id, ForeignKey("entries.id")),
    # Its date as seconds since 1970, for filters.
    Column("at", BigInteger, nullable=False),
    # text.sought.Sought.print of what was indexed.
    Column("print", BigInteger, nullable=False),
    # Its words on PostgreSQL, without places; SQLite has them in ``search_words``.
    Column("words", TSVECTOR().with_variant(Text, "sqlite")),
    Index(
        None,
        "words",
        postgresql_using="gin",
        # On SQLite, where it would be of no use, it holds nothing.
        sqlite_where=sql("words IS NOT NULL"),
    ),
    Index(None, "entry_id", unique=True),
)

# Entries that are new or have changed, and are not in the index as they are now.
unsearched = Table(
    "unsearched",
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
)

SEARCH_WORDS = """
CREATE VIRTUAL TABLE search_words USING fts5(
    exact, plain, content='', columnsize=0, tokenize="ascii tokenchars '-:=@^_'"
)
"""
"""SQLite's index of words: ``text.sought.Sought`` under ``searchable.number``.

It keeps no texts (they are in ``entries``) and splits at spaces, no more: what a word
is, we say. ``ascii`` takes every letter that is not ASCII for part of a word."""


def _index_words(_table: object, connection: Connection, **_more: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(SEARCH_WORDS)


event.listen(searchable, "after_create", _index_words)

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
