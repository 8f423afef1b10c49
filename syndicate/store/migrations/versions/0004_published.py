"""Publishing follows what changed: places, fragments, archives, hub, partners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As they were at this revision: a migration never imports what may change later.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _changes()
    _places()
    _takers()
    write = _sqlite if op.get_bind().dialect.name == "sqlite" else _postgresql
    for watched in _WATCHED:
        for statement in write(*watched):
            op.execute(statement)
    # Whatever is there waits to be published as this version does it.
    op.execute("INSERT INTO changes (story_id) SELECT id FROM stories ORDER BY id")


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unwritten",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unwritten")),
        sqlite_autoincrement=True,
    )


def _places() -> None:
    op.create_table(
        "feeds",
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feeds")),
    )
    op.create_table(
        "carried",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carried")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_carried_feed_gone_at"),
        "carried",
        ["feed", "gone_at"],
        unique=False,
        sqlite_where=sa.text("gone_at IS NOT NULL"),
        postgresql_where=sa.text("gone_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_carried_feed_page"), "carried", ["feed", "page"], unique=False
    )
    op.create_index(
        op.f("ix_carried_feed_place"), "carried", ["feed", "place"], unique=False
    )
    op.create_index(
        op.f("ix_carried_uid_feed"), "carried", ["uid", "feed"], unique=True
    )
    op.create_table(
        "permalinks",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("into", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_permalinks")),
    )
    op.create_index(op.f("ix_permalinks_day"), "permalinks", ["day"], unique=False)
    op.create_index(
        op.f("ix_permalinks_story_id"), "permalinks", ["story_id"], unique=False
    )
    op.create_table(
        "fragments",
        sa.Column("story_id", ID, autoincrement=False, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("story_id", "form", name=op.f("pk_fragments")),
    )
    op.create_table(
        "written",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("mtime", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_written")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "boilerplates",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document_id", ID, autoincrement=False, nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "document_id", name=op.f("pk_boilerplates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mirrored",
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("target", "path", name=op.f("pk_mirrored")),
        sqlite_with_rowid=False,
    )


def _takers() -> None:
    op.create_table(
        "followers",
        sa.Column("id", ID, nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("new_secret", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("owed_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_followers_due_at"), "followers", ["due_at"], unique=False)
    op.create_index(op.f("ix_followers_host"), "followers", ["host"], unique=False)
    op.create_index(
        op.f("ix_followers_topic_mark"), "followers", ["topic", "mark"], unique=True
    )
    op.create_table(
        "pings",
        sa.Column("hub", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("owed_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("pinged_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hub", "topic", name=op.f("pk_pings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_pings_due_at"), "pings", ["due_at"], unique=False)
    op.create_table(
        "partners",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("feeds", sa.JSON(), nullable=False),
        sa.Column("rights", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("pulled_at", MOMENT, nullable=True),
        sa.Column("pulls", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("name", name=op.f("uq_partners_name")),
        sa.UniqueConstraint("token", name=op.f("uq_partners_token")),
        sqlite_autoincrement=True,
    )


# ── Triggers ─────────────────────────────────────────────────────────────────

_SHOWN = (
    "story_id, relation, seen_at, changed_at, withdrawn_at, backlog, source, url, "
    "title, lead, html, text, credit, language, published, image, authors, captions, "
    "enclosures, citations"
)

_NOTE = "INSERT INTO changes (story_id)"
_OF_ENTRY = f"{_NOTE} SELECT story_id FROM entries WHERE id ="  # noqa: S608 - our own names
_EDITED = " OR ".join(
    f"OLD.{name} <> NEW.{name}" for name in ("type_word", "issuer", "scope", "issued")
)

_BOTH = f"{_NOTE} VALUES (OLD.story_id);\n" + (
    f"    {_NOTE} SELECT NEW.story_id WHERE NEW.story_id <> OLD.story_id"
)
# Of a document one story that cites it is enough: from there publishing comes to it.
_CITING = f"""{_NOTE} SELECT entries.story_id FROM citings
        JOIN entries ON entries.id = citings.entry_id
        WHERE citings.document_id = NEW.id ORDER BY citings.entry_id DESC LIMIT 1"""  # noqa: S608 - our own names

_WATCHED: tuple[tuple[str, str, str, str], ...] = (
    # Table, name, when, what is noted.
    ("entries", "come", "INSERT", f"{_NOTE} VALUES (NEW.story_id)"),
    ("entries", "go", "DELETE", f"{_NOTE} VALUES (OLD.story_id)"),
    ("entries", "turn", f"UPDATE OF {_SHOWN}", _BOTH),
    (
        "stories",
        "turn",
        "UPDATE OF uid, seen_at, changed_at, lead_id",
        f"{_NOTE} VALUES (NEW.id)",
    ),
    ("stories", "go", "DELETE", f"{_NOTE} VALUES (OLD.id)"),
    ("labels", "come", "INSERT", f"{_NOTE} VALUES (NEW.story_id)"),
    ("labels", "go", "DELETE", f"{_NOTE} VALUES (OLD.story_id)"),
    ("labels", "turn", "UPDATE", _BOTH),
    ("aliases", "come", "INSERT", f"{_NOTE} VALUES (NEW.story_id)"),
    ("aliases", "go", "DELETE", f"{_NOTE} VALUES (OLD.story_id)"),
    ("aliases", "turn", "UPDATE", _BOTH),
    ("citings", "come", "INSERT", f"{_OF_ENTRY} NEW.entry_id"),
    ("citings", "go", "DELETE", f"{_OF_ENTRY} OLD.entry_id"),
    ("citings", "turn", "UPDATE", f"{_OF_ENTRY} OLD.entry_id OR id = NEW.entry_id"),
    ("documents", "turn", "UPDATE OF type_word, issuer, scope, issued", _CITING),
)


def _sqlite(table: str, name: str, when: str, noted: str) -> list[str]:
    condition = f"\nWHEN {_EDITED}" if table == "documents" else ""
    return [
        f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table}{condition}\n"
        f"BEGIN\n    {noted};\nEND"
    ]


def _postgresql(table: str, name: str, when: str, noted: str) -> list[str]:
    condition = f"\nWHEN ({_EDITED})" if table == "documents" else ""
    return [
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n    {noted};\n    RETURN NULL;\nEND $$",
        f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table}\n"
        f"FOR EACH ROW{condition} EXECUTE FUNCTION {table}_{name}()",
    ]
