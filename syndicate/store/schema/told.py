"""Stories, the entries that tell them, and what people and rules said of both."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from syndicate.store.columns import Id, Moment, Name, Prose
from syndicate.store.schema.base import metadata

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
