"""One story once: events, rulings, decisions, what is learnt, documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As they were at this revision: a migration never imports what may change later.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "labels",
        sa.Column("origin", sa.String(), nullable=False, server_default="rules"),
    )
    op.add_column(
        "entries", sa.Column("bond_to", ID, nullable=False, server_default="0")
    )
    _stories()
    _events()
    _labels()
    _documents()
    _search()


def _stories() -> None:
    op.create_table(
        "aliases",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_aliases_story_id")
        ),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_story_id"), "aliases", ["story_id"])
    op.create_table(
        "rulings",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_rulings_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["entries.id"], name=op.f("fk_rulings_other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rulings_entry_id"), "rulings", ["entry_id"])
    op.create_index(op.f("ix_rulings_other_id"), "rulings", ["other_id"])


def _events() -> None:
    op.create_table(
        "gists",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_gists_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_gists")),
    )
    op.create_table(
        "terms",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_terms_entry_id")
        ),
        sa.PrimaryKeyConstraint("mark", "entry_id", name=op.f("pk_terms")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_terms_entry_id"), "terms", ["entry_id"])
    op.create_table(
        "rarities",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_rarities")),
        sqlite_with_rowid=False,
    )


def _labels() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_decisions_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decisions_entry_id_id"), "decisions", ["entry_id", "id"])
    op.create_index(op.f("ix_decisions_at"), "decisions", ["at"])
    op.create_table(
        "learned",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_learned")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Numbers do not get smaller by packing, and each decision would wait for it.
        op.execute("ALTER TABLE learned ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "reviews",
        sa.Column("story_id", ID, nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("guesses", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_reviews_story_id")
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_since"), "reviews", ["since"])


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("type_word", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("issued", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("slug", name=op.f("uq_documents_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_documents_number"), "documents", ["number"])
    op.create_table(
        "citings",
        sa.Column("document_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_citings_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_citings_entry_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "entry_id", name=op.f("pk_citings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_citings_entry_id"), "citings", ["entry_id"])


def _search() -> None:
    op.create_table(
        "searchable",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("print", sa.BigInteger(), nullable=False),
        sa.Column("words", TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_searchable_entry_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_searchable")),
    )
    op.create_index(
        op.f("ix_searchable_words"),
        "searchable",
        ["words"],
        postgresql_using="gin",
        sqlite_where=sa.text("words IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_searchable_entry_id"), "searchable", ["entry_id"], unique=True
    )
    op.create_table(
        "unsearched",
        sa.Column("entry_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_unsearched_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_unsearched")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SEARCH_WORDS)
    # What is there already waits to be found, too.
    op.execute("INSERT INTO unsearched (entry_id) SELECT id FROM entries")


SEARCH_WORDS = """
CREATE VIRTUAL TABLE search_words USING fts5(
    exact, plain, content='', columnsize=0, tokenize="ascii tokenchars '-:=@^_'"
)
"""
