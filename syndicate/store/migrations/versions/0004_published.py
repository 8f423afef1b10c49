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
        op.f("ix_carried_feed_page"), "carried", ["feed", "page"], unique=False
    )
    op.create_index(
        op.f("ix_carried_feed_place"), "carried", ["feed", "place"], unique=False
    )
    op.create_index(
        op.f("ix_carried_feed_uid"), "carried", ["feed", "uid"], unique=True
    )
    op.create_index(op.f("ix_carried_story_id"), "carried", ["story_id"], unique=False)
    op.create_table(
        "permalinks",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("into", sa.String(), nullable=False),
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
        sqlite_with_rowid=False,
    )
    op.create_table(
        "written",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_written")),
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
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_followers_due_at"), "followers", ["due_at"], unique=False)
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
